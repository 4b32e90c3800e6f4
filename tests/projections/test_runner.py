"""The same rows on a real PostgreSQL, whatever stops the runner in between."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from ledger.domain.events import Envelope, RightGranted
from ledger.service import outage
from ledger.service.ports import StoreUnavailable
from projections import runner
from projections.balances.project import BALANCES
from projections.catalogue import PROJECTIONS
from projections.check import compare, snapshot
from projections.projection import Before, Projection, Rows, fold
from projections.rebuild import status
from projections.runner import ProjectionStopped, Runner, connect, pages
from projections.tables import Conn, advance, ensure, generations, live_of
from tests.projections.logs import ListLog, lives, moved

PATIENCE_SECONDS = 10.0


def differences(conn: Conn, log: ListLog) -> list[object]:
    """Compare every projection with the log folded anew."""
    found: list[object] = []
    for projection in PROJECTIONS:
        with snapshot(conn, projection) as position:
            expected = fold(projection, pages(log, position))
            found += compare(conn, projection, expected)
    return found


def wait_until(done: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def running(follower: Runner) -> Iterator[threading.Thread]:
    """Run a runner in a thread, and stop it."""
    stop = threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def raising_at(position: int, projection: Projection = BALANCES) -> Projection:
    """Return the projection with a fault at one event."""

    def project(before: Before, page: Sequence[Envelope]) -> Rows:
        if any(envelope.position == position for envelope in page):
            msg = "no rule for this"
            raise ValueError(msg)
        return projection.project(before, page)

    return replace(projection, project=project)


@pytest.mark.parametrize("page_events", [1, 7, 1000])
def test_tables_hold_what_the_log_says_whatever_the_page_size(
    database: str, conn: Conn, page_events: int
) -> None:
    log = ListLog(lives(7, 300))
    assert Runner(database, log, page_events=page_events).catch_up() == 300
    assert differences(conn, log) == []
    assert {s.state for s in status(conn, log)} == {"live"}
    assert {s.lag for s in status(conn, log)} == {0}


def test_catching_up_twice_changes_nothing(database: str, conn: Conn) -> None:
    log = ListLog(lives(8, 100))
    Runner(database, log).catch_up()
    assert Runner(database, log).catch_up() == 0
    assert differences(conn, log) == []


def test_a_page_that_somebody_else_applied_is_not_applied_again(database: str, conn: Conn) -> None:
    log = lives(9, 40)
    with connect(database) as other:
        ensure(conn, [BALANCES])
        at = live_of(conn, BALANCES)
        assert advance(other, BALANCES, at, log) == log[-1].position
        assert advance(conn, BALANCES, at, log) is None
    with snapshot(conn, BALANCES):
        assert list(compare(conn, BALANCES, fold(BALANCES, [log]))) == []


def test_two_runners_of_the_same_projections_double_nothing(database: str, conn: Conn) -> None:
    log = ListLog(lives(10, 600))
    first, second = (Runner(database, log, page_events=11) for _ in range(2))
    threads = [threading.Thread(target=r.catch_up) for r in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert max(Runner(database, log).lag().values()) == 0
    assert differences(conn, log) == []


def test_a_runner_that_goes_silent_in_a_page_lets_go_and_goes_on_when_it_wakes(
    database: str, conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SILENCE_SECONDS", 1)
    whole = lives(12, 80)
    log = ListLog(whole[:60])
    asleep, woken = threading.Event(), threading.Event()

    def project(before: Before, page: Sequence[Envelope]) -> Rows:
        asleep.set()
        woken.wait(PATIENCE_SECONDS)
        return BALANCES.project(before, page)

    with running(Runner(database, log, [replace(BALANCES, project=project)])):
        assert asleep.wait(PATIENCE_SECONDS)
        assert Runner(database, log, [BALANCES]).catch_up() == 60
        log.envelopes += whole[60:]
        woken.set()
        wait_until(lambda: Runner(database, log, [BALANCES]).lag()["balances"] == 0)
    with snapshot(conn, BALANCES):
        assert list(compare(conn, BALANCES, fold(BALANCES, [whole]))) == []


def test_a_death_before_the_commit_loses_and_doubles_nothing(
    database: str, conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = ListLog(lives(11, 200))

    class Killed(BaseException):
        pass

    writes = 0
    write = advance

    def dying(*args: Any) -> int | None:
        nonlocal writes
        writes += 1
        with args[0].transaction():
            position = write(*args)
            if writes % 4 == 0:
                raise Killed
        return position

    monkeypatch.setattr(runner, "advance", dying)
    for _ in range(100):
        try:
            Runner(database, log, page_events=13).catch_up()
        except Killed:
            continue
        break
    assert writes > 40
    assert differences(conn, log) == []


def test_a_projection_that_raises_stops_at_that_event_and_says_which(
    database: str, conn: Conn
) -> None:
    log = ListLog(lives(12, 50))
    fault = log.envelopes[31]
    with pytest.raises(ProjectionStopped) as stopped:
        Runner(database, log, [raising_at(fault.position or 0)]).catch_up()
    assert stopped.value.position == fault.position
    assert stopped.value.kind == type(fault.event).__name__
    (found,) = status(conn, log, [BALANCES])
    assert (found.state, found.position) == ("stopped", log.envelopes[30].position)
    assert f"position {fault.position}" in (found.trouble or "")
    Runner(database, log).catch_up()
    assert differences(conn, log) == []
    assert status(conn, log, [BALANCES])[0].state == "live"


def test_the_others_go_on_when_one_stops_and_it_is_said_once(database: str, conn: Conn) -> None:
    log = ListLog(lives(13, 50))
    faulty = raising_at(log.envelopes[20].position or 0)
    others = [p for p in PROJECTIONS if p.name != "balances"]
    follower = Runner(database, log, [faulty, *others], heartbeat_seconds=0.05)
    with capture_logs() as said, running(follower):
        wait_until(lambda: sorted(follower.lag().values())[:2] == [0, 0])
        log.envelopes += moved(lives(13, 10), log.head())
        wait_until(lambda: sorted(follower.lag().values())[:2] == [0, 0])
    assert [line["event"] for line in said] == ["projection_stopped"]
    assert said[0]["position"] == log.envelopes[20].position


def test_a_run_ends_loudly_when_no_projection_can_go_on(database: str) -> None:
    log = ListLog(lives(14, 5))
    follower = Runner(database, log, [raising_at(log.envelopes[0].position or 0)])
    with pytest.raises(ProjectionStopped):
        follower.run(threading.Event())


def test_an_event_that_the_database_refuses_is_named_too(database: str) -> None:
    log = ListLog(lives(15, 30))
    index = next(i for i, x in enumerate(log.envelopes) if isinstance(x.event, RightGranted))
    metadata = replace(log.envelopes[index].metadata, actor="nul\0")
    log.envelopes[index] = replace(log.envelopes[index], metadata=metadata)
    with pytest.raises(ProjectionStopped) as stopped:
        Runner(database, log).catch_up()
    assert (stopped.value.name, stopped.value.position) == (
        "timeline",
        log.envelopes[index].position,
    )


def test_a_run_gets_on_by_its_heartbeat_when_nothing_is_notified(database: str, conn: Conn) -> None:
    log = ListLog()
    follower = Runner(database, log, channel="nobody_notifies", heartbeat_seconds=0.1)
    with running(follower):
        log.envelopes += lives(16, 50)
        wait_until(lambda: set(follower.lag().values()) == {0})
    assert differences(conn, log) == []


def test_a_notification_wakes_a_run_long_before_its_heartbeat(database: str, conn: Conn) -> None:
    log = ListLog()
    follower = Runner(database, log, channel="stored_events", heartbeat_seconds=60)
    with running(follower):
        wait_until(lambda: len(generations(conn) if follower.lag() else []) == len(PROJECTIONS))
        time.sleep(0.3)
        log.envelopes += lives(17, 50)
        conn.execute("NOTIFY stored_events")
        wait_until(lambda: set(follower.lag().values()) == {0})


def test_a_run_waits_out_a_broken_connection_and_says_so_once(
    database: str, conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "FIRST_PAUSE_SECONDS", 0.01)
    log = ListLog(lives(18, 50))
    follower = Runner(database, log, heartbeat_seconds=0.05)
    down = threading.Event()
    read = log.events_after

    def unreachable(position: int, limit: int) -> list[Envelope]:
        if down.is_set():
            raise StoreUnavailable
        return read(position, limit)

    log.events_after = unreachable  # type: ignore[method-assign]
    with capture_logs() as said, running(follower):
        wait_until(lambda: set(follower.lag().values()) == {0})
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'rugzak-projections' AND datname = current_database()"
        )
        wait_until(lambda: len(said) == 2)
        down.set()
        time.sleep(0.3)
        log.envelopes += moved(lives(19, 50), log.head())
        down.clear()
        wait_until(lambda: set(follower.lag().values()) == {0})
        wait_until(lambda: len(said) == 4)
    told = ["server_unreachable", "server_reached_again"]
    assert [line["event"] for line in said] == told * 2
    assert differences(conn, log) == []


def test_a_server_that_is_not_there_is_an_outage_and_not_an_end() -> None:
    follower = Runner("postgresql://localhost:1/none?connect_timeout=1", ListLog())
    with capture_logs() as said, running(follower):
        wait_until(lambda: bool(said))
    assert said[0]["event"] == "server_unreachable"
    assert psycopg.OperationalError.__name__ == said[0]["error"]
