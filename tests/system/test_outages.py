"""A server that is away, at the start or midway: it is said once, and nothing is lost or doubled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from structlog.testing import capture_logs
from structlog.types import EventDict

from consumers.topics import make_missing
from ledger.service import outage
from ledger.service.clock import SetClock
from ledger.service.ports import StoreUnavailable
from ledger.store.migrations import migrate
from ledger.store.postgres import PostgresStore
from ops.embedded.broker import embedded_broker
from ops.embedded.child import free_port
from ops.embedded.postgres import embedded_postgres
from ops.ledger_wiring import publishing_door
from tests.consumers.stories import CAREER, RIGHTS, employed, people
from tests.lines import TODAY, Line, admin_of, running, wait_until

AWAY = "server_unreachable"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pause no longer than a test can wait."""
    monkeypatch.setattr(outage, "LONGEST_PAUSE_SECONDS", 0.5)


def line_on(bootstrap: str, store: PostgresStore) -> Line:
    """Return a line whose topics need not be there yet, nor its database."""
    clock = SetClock()
    clock.set(TODAY)
    unique = uuid4().hex[:8]
    names = {CAREER: f"career-{unique}", RIGHTS: f"rights-{unique}"}
    return Line(bootstrap, names, publishing_door(store, clock), store)


def make_topics(line: Line) -> None:
    with admin_of(line.bootstrap) as admin:
        make_missing(admin, line.names.values())


def told(said: list[EventDict], event: str, server: str) -> int:
    return sum(1 for line in said if line["event"] == event and line.get("server") == server)


@contextmanager
def own_database(folder: Path, port: int) -> Iterator[str]:
    """Run a PostgreSQL that the test can stop, with the ledger's tables."""
    with embedded_postgres(folder, port=port, durable=True) as server:
        migrate(server.url)
        yield server.url


def test_the_database_goes_away_midway_and_the_line_goes_on_when_it_is_back(
    kafka: str, tmp_path: Path
) -> None:
    port, everyone = free_port(), people(60)
    with own_database(tmp_path / "db", port) as url:
        store = PostgresStore(url)
        line = line_on(kafka, store)
        make_topics(line)
    with capture_logs() as said, running(line.intake(max_records=10)):
        with own_database(tmp_path / "db", port):
            line.publish(*(employed(person) for person in everyone[:20]))
            wait_until(lambda: len(line.statuses()) == 20)
        line.publish(*(employed(person) for person in everyone[20:40]))
        wait_until(lambda: told(said, AWAY, "database") > 0)
        with own_database(tmp_path / "db", port):
            wait_until(lambda: told(said, "server_reached_again", "database") > 0)
            line.publish(*(employed(person) for person in everyone[40:]))
            wait_until(lambda: len(line.statuses()) >= 60)
            assert sorted(line.statuses()) == sorted(everyone)
            assert told(said, AWAY, "database") <= 2
    store.close()


def test_a_consumer_that_starts_before_its_broker_waits_for_it(
    store: PostgresStore, tmp_path: Path
) -> None:
    port, everyone = free_port(), people(5)
    line = line_on(f"127.0.0.1:{port}", store)
    with capture_logs() as said, running(line.intake()):
        wait_until(lambda: told(said, AWAY, "broker") > 0)
        with embedded_broker(tmp_path, port=port):
            make_topics(line)
            line.publish(*(employed(person) for person in everyone))
            wait_until(lambda: len(line.statuses()) == 5)
            assert told(said, AWAY, "broker") == 1


def test_a_broker_that_forgets_everything_is_read_from_its_new_beginning(
    store: PostgresStore, tmp_path: Path
) -> None:
    port, everyone = free_port(), people(40)
    line = line_on(f"127.0.0.1:{port}", store)
    with capture_logs() as said, running(line.intake()):
        with embedded_broker(tmp_path, port=port):
            make_topics(line)
            line.publish(*(employed(person) for person in everyone[:30]))
            wait_until(lambda: len(line.statuses()) == 30)
        wait_until(lambda: told(said, AWAY, "broker") > 0)
        with embedded_broker(tmp_path, port=port):
            make_topics(line)
            line.publish(*(employed(person) for person in everyone[30:]))
            wait_until(lambda: len(line.statuses()) >= 40)
    assert sorted(line.statuses()) == sorted(everyone)


def test_connections_cut_in_the_middle_of_batches_lose_and_double_nothing(
    line: Line, database: str
) -> None:
    everyone = people(200)
    line.publish(*(employed(person) for person in everyone))
    stop = threading.Event()

    def cut() -> None:
        with psycopg.connect(database, autocommit=True) as conn:
            while not stop.wait(0.4):
                conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'ledger-store' AND datname = current_database()"
                    " AND random() < 0.5"
                )

    cutting = threading.Thread(target=cut)
    with running(line.intake(max_records=5)):
        cutting.start()
        try:
            wait_until(lambda: _count(line) >= 200)
        finally:
            stop.set()
            cutting.join()
    with PostgresStore(database) as uncut:
        assert sorted(replace(line, store=uncut).statuses()) == sorted(everyone)


def _count(line: Line) -> int:
    """Count the statuses, through cut connections of our own."""
    try:
        return len(line.statuses())
    except StoreUnavailable:
        return 0
