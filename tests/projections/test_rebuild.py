"""A projection is made anew beside the live one, which keeps serving."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger.domain.events import Envelope
from projections import rebuild as rebuilding
from projections.balances.project import BALANCES
from projections.balances.view import balances_of
from projections.catalogue import PROJECTIONS
from projections.projection import Before, Rows
from projections.rebuild import RebuildBlocked, rebuild, status
from projections.runner import ProjectionStopped, Runner, connect
from projections.tables import Conn, ask, generations
from tests.projections.logs import DAY, ListLog, lives, moved, person
from tests.projections.test_runner import differences, raising_at, running, wait_until


def tables(conn: Conn) -> list[str]:
    """Name the tables that are there."""
    found = conn.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'projections' ORDER BY 1"
    )
    return [row[0] for row in found]


def test_a_rebuild_gives_the_rows_that_the_live_one_had(database: str, conn: Conn) -> None:
    log = ListLog(lives(1, 300))
    Runner(database, log).catch_up()
    before = tables(conn)
    for projection in PROJECTIONS:
        made = rebuild(database, log, projection, page_events=17)
        assert (made.generation, made.position) == (2, log.head())
    assert differences(conn, log) == []
    assert tables(conn) == before
    log.envelopes += moved(lives(2, 0), log.head())
    assert {s.state for s in status(conn, log)} == {"live"}


def test_reads_and_writes_go_on_during_a_rebuild_and_positions_never_go_back(
    database: str, conn: Conn
) -> None:
    whole = lives(3, 3000)
    log = ListLog(whole[:500])
    done = threading.Event()
    seen: list[int] = []
    slowest_seconds = 0.0

    def reading() -> None:
        nonlocal slowest_seconds
        with connect(database) as reader:
            while not done.is_set():
                began = time.monotonic()
                seen.append(ask(reader, balances_of(person(1), DAY)).position)
                slowest_seconds = max(slowest_seconds, time.monotonic() - began)

    Runner(database, log).catch_up()
    follower = Runner(database, log, page_events=50, heartbeat_seconds=0.01)
    reader = threading.Thread(target=reading)
    with running(follower):
        reader.start()
        for number in range(5):
            log.envelopes += whole[500 * (number + 1) : 500 * (number + 2)]
            rebuild(database, log, BALANCES, page_events=40)
        done.set()
        reader.join()
    Runner(database, log).catch_up()
    assert len(seen) > 50
    assert seen == sorted(seen)
    assert slowest_seconds < 1
    assert max(g.generation for g in generations(conn)) == 6
    assert differences(conn, log) == []


def test_an_interrupted_rebuild_leaves_the_live_one_and_is_cleaned_up_by_the_next(
    database: str, conn: Conn
) -> None:
    log = ListLog(lives(4, 100))
    Runner(database, log).catch_up()
    before = tables(conn)
    with pytest.raises(ProjectionStopped):
        rebuild(database, log, raising_at(log.envelopes[60].position or 0))
    live, building = status(conn, log, [BALANCES])
    assert (live.state, live.lag) == ("live", 0)
    assert (building.state, building.position) == ("building", log.envelopes[59].position)
    rebuild(database, log, BALANCES)
    assert tables(conn) == before
    assert differences(conn, log) == []


def test_a_changed_version_stops_the_runner_and_asks_for_a_rebuild(
    database: str, conn: Conn
) -> None:
    log = ListLog(lives(5, 100))
    Runner(database, log).catch_up()

    def doubled(before: Before, page: Sequence[Envelope]) -> Rows:
        return BALANCES.project(before, page)

    newer = replace(BALANCES, version=BALANCES.version + 1, project=doubled)
    log.envelopes += moved(lives(5, 50), log.head())
    assert Runner(database, log, [newer]).catch_up() == 0
    assert [s.state for s in status(conn, log, [newer])] == ["rebuild needed"]


def test_a_changed_version_serves_after_its_rebuild(database: str, conn: Conn) -> None:
    log = ListLog(lives(5, 100))
    Runner(database, log).catch_up()
    newer = replace(BALANCES, version=BALANCES.version + 1)
    rebuild(database, log, newer)
    assert [s.state for s in status(conn, log, [newer])] == ["live"]
    assert [s.state for s in status(conn, log, [BALANCES])] == ["rebuild needed"]


def test_two_rebuilds_of_the_same_projection_do_not_mix(database: str, conn: Conn) -> None:
    log = ListLog(lives(6, 10))
    Runner(database, log).catch_up()
    conn.execute("SELECT pg_advisory_lock(hashtext('rugzak rebuild balances'))")
    with pytest.raises(RebuildBlocked):
        rebuild(database, log, BALANCES)
    conn.execute("SELECT pg_advisory_unlock_all()")
    rebuild(database, log, BALANCES)


def test_a_reader_that_does_not_let_go_blocks_the_swap_and_not_the_other_readers(
    database: str, conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "SWAP_LOCK_MILLISECONDS", 50)
    monkeypatch.setattr(rebuilding, "SWAP_ATTEMPTS", 3)
    monkeypatch.setattr(rebuilding, "SWAP_PAUSE_SECONDS", 0.05)
    log = ListLog(lives(7, 50))
    Runner(database, log).catch_up()
    with connect(database) as other, other.transaction():
        ask(other, balances_of(person(1), DAY))
        with pytest.raises(RebuildBlocked):
            rebuild(database, log, BALANCES)
        assert ask(conn, balances_of(person(1), DAY)).position == log.head()
    assert rebuild(database, log, BALANCES).generation == 2


def test_before_the_first_run_every_projection_is_missing(conn: Conn) -> None:
    assert {s.state for s in status(conn, ListLog(lives(8, 5)))} == {"missing"}
    with pytest.raises(LookupError):
        ask(conn, balances_of(person(1), DAY))


def test_a_running_follower_goes_on_with_what_was_rebuilt_after_it_had_stopped(
    database: str, conn: Conn
) -> None:
    log = ListLog(lives(21, 40))
    faulty = raising_at(log.envelopes[20].position or 0)
    others = [p for p in PROJECTIONS if p.name != "balances"]
    with running(Runner(database, log, [faulty, *others], heartbeat_seconds=0.05)):
        wait_until(lambda: "stopped" in {s.state for s in status(conn, log)})
        rebuild(database, log, BALANCES)
        log.envelopes += moved(lives(22, 10), log.head())
        wait_until(lambda: {(s.state, s.lag) for s in status(conn, log)} == {("live", 0)})
    assert differences(conn, log) == []
