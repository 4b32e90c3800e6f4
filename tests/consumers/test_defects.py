"""Our own code fails on somebody's data: that record is parked, the line goes on, or stops whole."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from kafka import KafkaConsumer
from structlog.testing import capture_logs

from consumers import intake
from consumers.intake import Intake, Limits
from consumers.parking import replay
from consumers.topics import make_missing, topic_ids
from ledger.service.defects import MAX_DEFECTS_IN_A_ROW, LineStopped
from ledger.service.ports import AccountRow
from tests.consumers.stories import CAREER, account, employed, people
from tests.lines import LIMITS, Line, admin_of, running, wait_until


def damage(database: str, everyone: list[str]) -> None:
    """Make state rows unreadable: decoding them raises, as a defect in our code would."""
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(
            "UPDATE ledger.accounts SET state = 'x'::bytea WHERE account = ANY(%s)",
            ([account(person) for person in everyone],),
        )


def mend(database: str, rows: list[AccountRow]) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        for row in rows:
            conn.execute(
                "UPDATE ledger.accounts SET state = %s WHERE account = %s", (row.state, row.account)
            )


def rows_of(line: Line, everyone: list[str]) -> list[AccountRow]:
    return list(line.store.load([account(person) for person in everyone], [])[0].values())


def test_a_record_on_which_our_code_fails_is_parked_and_everyone_else_is_served(
    line: Line, database: str
) -> None:
    everyone = people(20)
    bad = everyone[7:9]
    line.publish(*(employed(person) for person in everyone))
    line.drain()
    rows = rows_of(line, bad)
    damage(database, bad)
    with capture_logs() as logs:
        line.publish(*(employed(person, version=2, fraction="9/10") for person in everyone))
        line.drain()
        line.drain()
    parked = line.store.parked(100)
    assert {(p.record.key or b"").decode() for p in parked} == set(bad)
    assert {p.record.reason for p in parked} == {"defect"}
    assert all(p.record.detail.startswith("Undecodable in codec.py, line ") for p in parked)
    assert sorted(line.statuses() + bad) == sorted(2 * everyone)
    said = [entry for entry in logs if entry["event"] == "record_defective"]
    assert {entry["log_level"] for entry in said} == {"error"}
    assert len(said) == len(bad)
    assert not any(person in str(logs) for person in everyone)

    stays = replay(parked[0], line.door, line.store, line.languages, max_bytes=1 << 20)
    assert (stays.handled, stays.reason) == (False, "defect")
    mend(database, rows)
    for each in parked:
        assert replay(each, line.door, line.store, line.languages, max_bytes=1 << 20).handled
    assert sorted(line.statuses()) == sorted(2 * everyone)


def test_one_persons_many_records_on_which_our_code_fails_do_not_stop_the_line(
    line: Line, database: str
) -> None:
    bad, good = people(2)
    line.publish(employed(bad))
    line.drain()
    damage(database, [bad])
    versions = range(2, 2 * MAX_DEFECTS_IN_A_ROW)
    line.publish(*(employed(bad, version=version) for version in versions), employed(good))
    line.drain()
    assert len(line.store.parked(100)) == len(versions)
    assert line.statuses() == [bad, good]


def test_when_our_code_fails_for_everyone_the_line_stops_and_nothing_is_parked(
    line: Line, database: str
) -> None:
    everyone = people(2 * MAX_DEFECTS_IN_A_ROW)
    line.publish(*(employed(person) for person in everyone))
    line.drain()
    rows = rows_of(line, everyone)
    damage(database, everyone)
    line.publish(*(employed(person, version=2, fraction="9/10") for person in everyone))
    for _ in range(2):
        with pytest.raises(LineStopped, match=r"for 10 people in a row.*Undecodable in codec\.py"):
            line.drain()
        assert line.store.parked(100) == []
    mend(database, rows)
    line.drain()
    assert sorted(line.statuses()) == sorted(2 * everyone)


def other_group(line: Line) -> Intake:
    """Return an intake of a group that has no positions of its own."""
    return Intake(
        line.door, line.store, {"bootstrap_servers": line.bootstrap}, line.languages,
        group=f"{line.names[CAREER]}-others", limits=Limits(**LIMITS),
    )  # fmt: skip


def drain_of(consumer: Intake) -> None:
    stop = threading.Event()
    stop.set()
    consumer.run(stop, drain=True)


def visit(line: Line, group: str, enough: Callable[[KafkaConsumer], bool]) -> None:
    """Be one of a group, taking a part of its partitions, until it is enough."""
    visitor = KafkaConsumer(
        *line.languages, bootstrap_servers=line.bootstrap, group_id=group,
        enable_auto_commit=False, session_timeout_ms=1_000, heartbeat_interval_ms=300,
    )  # fmt: skip
    try:
        wait_until(lambda: visitor.poll(50) is not None and enough(visitor))
    finally:
        visitor.close(autocommit=False)


def test_after_a_rebalance_the_ledgers_positions_count_and_not_the_groups(line: Line) -> None:
    everyone = people(40)
    line.publish(*(employed(person) for person in everyone[:38]))
    line.drain()
    with capture_logs() as logs, running(other_group(line)):
        line.publish(employed(everyone[38]))
        wait_until(lambda: len(line.statuses()) == 39)
        visit(line, f"{line.names[CAREER]}-others", lambda visitor: bool(visitor.assignment()))
        line.publish(employed(everyone[39]))
        wait_until(lambda: len(line.statuses()) == 40)
    assert [entry for entry in logs if entry["event"] == "log_was_cut"] == []


def test_a_drain_ends_though_others_take_over_a_part_of_its_partitions(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "JOIN_SECONDS", 2.0)
    everyone = people(300)
    line.publish(*(employed(person) for person in everyone))
    drain = threading.Thread(target=drain_of, args=(line.intake(max_records=1),))
    drain.start()
    wait_until(lambda: bool(line.statuses()))
    visit(line, f"{line.names[CAREER]}-readers", lambda _: not drain.is_alive())
    drain_of(other_group(line))
    assert sorted(line.statuses()) == sorted(everyone)


def test_a_topic_that_is_made_late_is_read_from_its_beginning(line: Line) -> None:
    with admin_of(line.bootstrap) as admin:
        names = list(line.names.values())
        admin.delete_topics(names)
        wait_until(lambda: not topic_ids(admin, names))
        with running(line.intake()):
            make_missing(admin, names)
            line.publish(*(employed(person) for person in people(5)))
            wait_until(lambda: len(line.statuses()) == 5)


def test_a_drain_takes_in_what_a_member_held_that_has_just_died(line: Line) -> None:
    everyone = people(60)
    group = f"{line.names[CAREER]}-others"
    dead = KafkaConsumer(
        *line.languages, bootstrap_servers=line.bootstrap, group_id=group,
        enable_auto_commit=False, session_timeout_ms=3_000, heartbeat_interval_ms=300,
    )  # fmt: skip
    wait_until(lambda: dead.poll(50) is not None and bool(dead.assignment()))
    line.publish(*(employed(person) for person in everyone))
    drain = threading.Thread(target=drain_of, args=(other_group(line),))
    drain.start()
    try:
        wait_until(lambda: dead.poll(50) is not None and bool(line.statuses()))
        assert len(line.statuses()) < len(everyone)
    finally:
        dead.close(autocommit=False)
        drain.join()
    assert sorted(line.statuses()) == sorted(everyone)
