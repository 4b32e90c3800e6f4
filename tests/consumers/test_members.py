"""Who reads which partitions: a group's members come, go and die, and topics change under them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from kafka import KafkaConsumer
from structlog.testing import capture_logs

from consumers import clients, intake
from consumers.clients import Group
from consumers.intake import Intake
from consumers.topics import PARTITIONS, make_missing, topic_ids
from ledger.service.ports import Append, StoreUnavailable
from tests.consumers.stories import CAREER, employed, people
from tests.lines import APACHE, SESSION_MS, Line, admin_of, running, wait_until


def others(line: Line, session_timeout_ms: int = SESSION_MS) -> Group:
    """Return a group that has no positions of its own."""
    return Group(id=f"{line.names[CAREER]}-others", session_timeout_ms=session_timeout_ms)


def other_group(line: Line) -> Intake:
    return line.intake(group=others(line))


def member(line: Line, group: Group) -> KafkaConsumer:
    """Return a member of a group that takes a part of its partitions, and handles nothing."""
    return clients.member({"bootstrap_servers": line.bootstrap}, group, line.languages)


def visit(line: Line, group: Group, enough: Callable[[KafkaConsumer], bool]) -> None:
    """Be one of a group until it is enough."""
    visitor = member(line, group)
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
        visit(line, others(line), lambda visitor: bool(visitor.assignment()))
        line.publish(employed(everyone[39]))
        wait_until(lambda: len(line.statuses()) == 40)
    assert [entry for entry in logs if entry["event"] == "log_was_cut"] == []


def test_a_drain_ends_though_others_take_over_a_part_of_its_partitions(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "JOIN_SECONDS", 2.0)
    everyone = people(300)
    line.publish(*(employed(person) for person in everyone))
    drain = threading.Thread(target=line.drain, args=(line.intake(max_records=1),))
    drain.start()
    wait_until(lambda: bool(line.statuses()))
    visit(line, line.group, lambda _: not drain.is_alive())
    line.drain(other_group(line))
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
    dead = member(line, others(line, 3_000))
    wait_until(lambda: dead.poll(50) is not None and bool(dead.assignment()))
    line.publish(*(employed(person) for person in everyone))
    drain = threading.Thread(target=line.drain, args=(other_group(line),))
    drain.start()
    try:
        had = dead.assignment()
        wait_until(lambda: dead.poll(50) is not None and dead.assignment() < had)
    finally:
        dead.close(autocommit=False)
        drain.join()
    assert sorted(line.statuses()) == sorted(everyone)


def test_a_member_that_works_more_than_it_polls_gets_its_share(line: Line) -> None:
    first, second = (member(line, others(line, 3_000)) for _ in range(2))
    with closing(first), closing(second):
        wait_until(lambda: first.poll(50) is not None and bool(first.assignment()))
        had = first.assignment()
        wait_until(
            lambda: (
                (first.poll(5), second.poll(5)) is not None
                and first.assignment() | second.assignment() == had
                and len(first.assignment()) == len(second.assignment())
            )
        )


@APACHE  # Tansu can't add partitions
def test_a_partition_that_is_added_is_read_though_no_poll_is_as_long_as_a_join(line: Line) -> None:
    everyone = people(100)
    with running(line.intake(max_wait_ms=1)):
        line.publish(*(employed(person) for person in everyone[:20]))
        wait_until(lambda: len(line.statuses()) == 20)
        with admin_of(line.bootstrap) as admin:
            admin.create_partitions({line.names[CAREER]: 2 * PARTITIONS})
        line.publish(*(employed(person) for person in everyone[20:]))
        wait_until(lambda: len(line.statuses()) == len(everyone))


@APACHE  # Tansu gives a member with a name of its own no partition
def test_a_member_with_a_name_of_its_own_finds_its_partitions_again_after_a_restart(
    line: Line,
) -> None:
    """Without a rebalance: the other one keeps what it has, and gets nothing meanwhile."""
    first, second = (replace(others(line, 10_000), member=name) for name in ("first", "second"))
    with running(line.intake(group=second)):
        with running(line.intake(group=first)):
            wait_until(lambda: sorted(_given(line).values()) == [PARTITIONS, PARTITIONS])
        line.publish(*(employed(person) for person in people(60)))
        wait_until(lambda: bool(line.statuses()))
        assert _given(line) == {"first": PARTITIONS, "second": PARTITIONS}
        with running(line.intake(group=first)):
            wait_until(lambda: len(line.statuses()) == 60)
            assert _given(line) == {"first": PARTITIONS, "second": PARTITIONS}


def test_partitions_that_the_group_takes_while_their_places_are_asked_for_are_left_to_others(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, asked = threading.Event(), line.store.positions

    def positions(topic_id: UUID) -> dict[int, int]:
        if away.is_set():
            raise StoreUnavailable("away, as far as this test goes")
        return asked(topic_id)

    monkeypatch.setattr(line.store, "positions", positions)
    everyone, stop = people(30), threading.Event()
    away.set()
    with ThreadPoolExecutor() as pool, capture_logs() as logs:
        first = pool.submit(other_group(line).run, stop)
        wait_until(lambda: any(entry["event"] == "server_unreachable" for entry in logs))
        with closing(member(line, others(line))) as visitor:
            wait_until(lambda: visitor.poll(50) is not None and bool(visitor.assignment()))
            away.clear()
            threading.Event().wait(2.0)
        line.publish(*map(employed, everyone))
        wait_until(lambda: first.done() or len(line.statuses()) == len(everyone))
        stop.set()
        first.result()
    assert sorted(line.statuses()) == sorted(everyone)


@APACHE  # kafka-python can't read how Tansu describes a group
def test_while_the_database_is_away_a_consumer_stays_in_its_group(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be counted out if it did not poll on, and its partitions begun anew by others."""
    monkeypatch.setattr(clients, "MAX_POLL_MS", 1_500)
    away = threading.Event()
    asked = line.store.append

    def append(batch: Append) -> Sequence[int]:
        if away.is_set():
            raise StoreUnavailable("away, as far as this test goes")
        return asked(batch)

    monkeypatch.setattr(line.store, "append", append)
    with running(line.intake(group=others(line))), capture_logs() as logs:
        line.publish(employed())
        wait_until(lambda: bool(line.statuses()))
        before = _members(line)
        away.set()
        line.publish(employed(version=2, fraction="9/10"))
        threading.Event().wait(4.0)
        away.clear()
        wait_until(lambda: len(line.statuses()) == 2)
        assert _members(line) == before
    assert [entry for entry in logs if entry["event"] == "partition_lost"] == []
    assert line.store.parked(10) == []


def _members(line: Line) -> list[str]:
    return [each["member_id"] for each in _described(line)]


def _given(line: Line) -> dict[str, int]:
    """Return how many partitions each member with a name has."""
    return {
        each["group_instance_id"]: sum(
            len(topic["partitions"]) for topic in each["member_assignment"]["assigned_partitions"]
        )
        for each in _described(line)
        if each["member_assignment"]
    }


def _described(line: Line) -> list[dict[str, Any]]:
    group = others(line).id
    with admin_of(line.bootstrap) as admin:
        members: list[dict[str, Any]] = admin.describe_groups([group])[group]["members"]
    return members
