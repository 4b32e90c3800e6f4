"""Relays that die, stop or lose their servers: nothing is lost, and no older balance stays."""

import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from structlog.testing import capture_logs

from ledger.service import outage
from ledger.store.postgres import PostgresStore
from ops.embedded.apache import apache_kafka
from ops.embedded.broker import embedded_broker
from ops.embedded.child import free_port
from ops.ledger_wiring import open_door
from tests.consumers.relays import BALANCES, LEDGER, OUTCOMES, Out, out_of
from tests.consumers.stories import CAREER, RIGHTS, employed, people, raw, reserved
from tests.lines import Line, at_steps, make_line, running, wait_until
from tests.system import relay_child
from tests.system.children import begin, ended
from tests.system.relay_child import STEPS
from tests.system.test_outages import AWAY, own_database, told

OF_OUR_OWN = ("the lock", "reading a page", "marking what was parked", "noting the place")
"""Steps in which the broker has no part; the last one, beside its transaction, is tried on both."""

TAKEOVER_SECONDS = 15.0
DEATH_SECONDS = 60.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pause no longer than a test can wait."""
    monkeypatch.setattr(outage, "LONGEST_PAUSE_SECONDS", 0.5)


@pytest.fixture
def out(line: Line, database: str, kafka: str) -> Out:
    return out_of(database, kafka, career_topic=line.names[CAREER], rights_topic=line.names[RIGHTS])


@contextmanager
def relaying(out: Out, *step: str) -> Iterator[ForkServerProcess]:
    """Run a relay in a process of its own until the block ends."""
    told = out.settings.model_dump_json(exclude_none=True)
    process = begin(relay_child.main, told, *step)
    try:
        yield process
    finally:
        process.kill()
        ended(process, DEATH_SECONDS)


def leads(database: str) -> bool:
    """Whether somebody holds the relay's lock."""
    with psycopg.connect(database) as conn:
        found = conn.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    return found is not None


def relays(database: str) -> int:
    """Count those that lead, or wait to."""
    with psycopg.connect(database) as conn:
        found = conn.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'rugzak-relay' AND datname = current_database()"
        ).fetchone()
    assert found is not None
    return int(found[0])


def sent(database: str) -> Callable[[], bool]:
    """Return what says whether all of the log went out."""

    def all_of_it() -> bool:
        with psycopg.connect(database) as conn:
            found = conn.execute(
                "SELECT count(*) FROM ledger.relay_positions WHERE name IN ('ledger', 'balances')"
                " AND position = (SELECT max(notification_id) FROM ledger.events)"
            ).fetchone()
        return found == (2,)

    return all_of_it


def whole_and_in_order(out: Out, store: PostgresStore) -> None:
    """See that every event is there, repeats are alike, and each person's come in order."""
    by_id: dict[str, dict[str, Any]] = {}
    seen: dict[str, list[int]] = defaultdict(list)
    for record in out.records(LEDGER):
        message = json.loads(record.value)
        assert by_id.setdefault(message["id"], message) == message
        position = message["data"]["position"]
        if position not in seen[record.key.decode()]:
            seen[record.key.decode()].append(position)
    events = list(store.each_event())
    assert len(by_id) == len(events)
    for positions in seen.values():
        assert positions == sorted(positions)


def last_balances_are_the_ledgers(out: Out, line: Line) -> None:
    last = {record.key: json.loads(record.value)["data"] for record in out.records(BALANCES)}
    assert last
    for key, balance in last.items():
        assert balance["version"] == line.door.state(UUID(key.decode())).version


@at_steps(tansu=OF_OUR_OWN, apache=[each for each in STEPS if each not in OF_OUR_OWN[:3]])
def test_a_relay_that_dies_after_a_step_loses_nothing(
    line: Line, out: Out, database: str, step: str
) -> None:
    everyone = people(8)
    line.publish(*map(employed, everyone), raw(CAREER, b"{nonsense"))
    line.drain()
    with relaying(out, step, "1") as first:
        assert ended(first, DEATH_SECONDS) == -signal.SIGKILL
    line.publish(*map(reserved, everyone))
    line.drain()
    with relaying(out):
        wait_until(sent(database))
    out.send_all()
    whole_and_in_order(out, line.store)
    last_balances_are_the_ledgers(out, line)
    replies = {message["id"] for message in out.told(OUTCOMES)}
    assert len(replies) == 2 * len(everyone)


def test_one_sends_and_another_one_takes_over_when_it_is_killed(
    line: Line, out: Out, database: str
) -> None:
    everyone = people(6)
    with relaying(out) as first:
        wait_until(lambda: leads(database))
        with relaying(out) as second:
            line.publish(*map(employed, everyone))
            line.drain()
            wait_until(sent(database))
            wait_until(lambda: relays(database) == 2)
            first.kill()
            line.publish(*map(reserved, everyone))
            line.drain()
            began = time.monotonic()
            wait_until(sent(database))
            assert time.monotonic() - began < TAKEOVER_SECONDS
            assert second.is_alive()
    whole_and_in_order(out, line.store)
    last_balances_are_the_ledgers(out, line)


@at_steps(tansu=["reading balances"], apache=["reading balances", "sending", "the commit"])
def test_a_leader_that_was_stopped_midway_and_goes_on_does_not_put_an_older_balance_back(
    line: Line, out: Out, database: str, step: str
) -> None:
    everyone = people(6)
    line.publish(*map(employed, everyone))
    line.drain()
    pages_before = "1" if step == "reading balances" else "2"  # of the ledger's own stream
    with relaying(out, step, pages_before, "SIGSTOP") as stopped:
        wait_until(lambda: is_stopped(stopped))
        line.publish(*map(reserved, everyone))
        line.drain()
        with relaying(out) as other:
            wait_until(sent(database))
            assert stopped.pid is not None
            os.kill(stopped.pid, signal.SIGCONT)
            line.publish(*(employed(person, version=2, fraction="1/2") for person in everyone))
            line.drain()
            wait_until(sent(database))
            time.sleep(2)  # so long the one that was stopped could do harm
            assert (stopped.is_alive(), other.is_alive()) == (True, True)
    whole_and_in_order(out, line.store)
    last_balances_are_the_ledgers(out, line)


def is_stopped(process: ForkServerProcess) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "T"


def test_what_a_dead_leader_left_open_keeps_readers_waiting_only_until_the_next_one(
    line: Line, out: Out, database: str
) -> None:
    line.publish(employed())
    line.drain()
    with relaying(out, "sending", "1") as first:
        ended(first, DEATH_SECONDS)
    assert out.records(LEDGER) == []
    assert out.records(LEDGER, committed=False) != []
    with relaying(out):
        wait_until(sent(database))
        assert len({message["id"] for message in out.told(LEDGER)}) == line.store.head()


def test_the_database_goes_away_and_the_relay_goes_on_when_it_is_back(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, everyone = free_port(), people(5)
    with own_database(tmp_path / "db", port) as url:
        store = PostgresStore(url)
        line = make_line(kafka, store)
    out = out_of(url, kafka)
    with capture_logs() as said, out.relay() as relay, running(relay), running(line.intake()):
        with own_database(tmp_path / "db", port):
            line.publish(*map(employed, everyone))
            wait_until(lambda: receipts(url) == len(everyone))
            wait_until(sent(url))
        wait_until(lambda: told(said, AWAY, "database") > 1)  # to both
        with own_database(tmp_path / "db", port):
            line.publish(*map(reserved, everyone))
            wait_until(lambda: receipts(url) == 2 * len(everyone))
            wait_until(sent(url))
            whole_and_in_order(out, store)
            last_balances_are_the_ledgers(out, line)
    store.close()


def receipts(database: str) -> int:
    """Count the receipts of messages."""
    with psycopg.connect(database) as conn:
        query = "SELECT count(*) FROM ledger.receipts WHERE command LIKE 'https:%'"
        found = conn.execute(query).fetchone()
    assert found is not None
    return int(found[0])


def test_a_leader_whose_lock_is_cut_off_leads_again_and_loses_nothing(
    line: Line, out: Out, database: str
) -> None:
    everyone = people(10)
    with out.relay() as relay, running(relay):
        for person in everyone:
            line.publish(employed(person))
            line.drain()
            with psycopg.connect(database, autocommit=True) as conn:
                conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'rugzak-relay' AND datname = current_database()"
                )
        wait_until(sent(database))
    whole_and_in_order(out, line.store)
    last_balances_are_the_ledgers(out, line)


@pytest.mark.apache_kafka
def test_apache_kafka_is_killed_and_started_again_and_the_relay_goes_on(
    store: PostgresStore, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, everyone = free_port(), people(8)
    with apache_kafka(tmp_path / "kafka", port=port) as first:
        line = make_line(first.bootstrap_servers, store)
        out = out_of(database, first.bootstrap_servers)
        with capture_logs() as said, out.relay() as relay, running(relay):
            line.publish(*map(employed, everyone))
            line.drain()
            wait_until(sent(database))
            os.kill(first.pid, signal.SIGKILL)
            wait_until(lambda: told(said, AWAY, "broker") > 0)
            with apache_kafka(tmp_path / "kafka", port=port):
                line.publish(*map(reserved, everyone))
                line.drain()
                wait_until(sent(database))
                whole_and_in_order(out, store)
                last_balances_are_the_ledgers(out, line)


def test_a_broker_that_forgets_everything_is_filled_again(
    line: Line, database: str, tmp_path: Path
) -> None:
    """The embedded broker keeps nothing: its topics are other ones after a start."""
    port = free_port()
    out = out_of(database, f"127.0.0.1:{port}")
    line.publish(*map(employed, people(5)))
    line.drain()
    with capture_logs() as said, out.relay() as relay, running(relay):
        with embedded_broker(tmp_path, port=port):
            wait_until(sent(database))
        line.publish(*map(employed, people(5)))
        line.drain()
        wait_until(lambda: told(said, AWAY, "broker") > 0)
        with embedded_broker(tmp_path, port=port):
            wait_until(sent(database))
            whole_and_in_order(out, line.store)
            last_balances_are_the_ledgers(out, line)


def test_the_door_is_not_needed_to_relay(database: str, kafka: str, store: PostgresStore) -> None:
    open_door(store)
    assert out_of(database, kafka).send_all() > 0
