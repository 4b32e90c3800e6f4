"""What the door needs of a store, on every store that there is."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest

from ledger.domain.events import Envelope
from ledger.service.ports import (
    AlreadyHandled,
    Append,
    Conflict,
    Delivery,
    Draw,
    Dropped,
    Fenced,
    Handled,
    Held,
    HeldStore,
    Mark,
    Parked,
    ParkedRecord,
    StillHeld,
    StillParked,
)
from ledger.store.postgres import PostgresStore
from tests.memory_store import MemoryStore
from tests.store.batches import NOON, TOPIC, batch, command_id, joined, move, parked

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class Subject(HeldStore, Protocol):
    """A store, with what the tests read of it."""

    def events_of(self, account: UUID, after_version: int = 0) -> list[Envelope]: ...

    def positions(self, topic_id: UUID) -> dict[int, int]: ...

    def parked(self, limit: int) -> list[Parked]: ...

    def parked_records(self, ids: Collection[int]) -> list[Parked]: ...


@pytest.fixture(params=["memory", "postgres"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with PostgresStore(request.getfixturevalue("database")) as store:
        yield store


def parked_in(store: Subject) -> list[ParkedRecord]:
    return [row.record for row in store.parked(limit=100)]


def only(store: Subject, id_: int) -> Parked:
    [found] = store.parked_records([id_])
    return found


def delivered(store: Subject, **what: Any) -> None:
    store.append(Append(envelopes=(), accounts=(), receipts=(), delivery=Delivery(**what)))


def held(
    offset: int, account: UUID, *, at_version: int = 0, until: datetime = NEW_YEAR
) -> ParkedRecord:
    how = Held(until=until, at_version=at_version, thing=f"reservation r{offset}")
    return replace(parked(offset), account=account, held=how)


def nothing_of(store: Subject, refused: Append) -> bool:
    """Tell whether a refused batch left no trace; accounts and commands of it were new."""
    accounts = {envelope.account for envelope in refused.envelopes}
    commands = {receipt.command for receipt in refused.receipts}
    rows, receipts = store.load(accounts, commands)
    return not any((rows, receipts, *map(store.events_of, accounts)))


def test_what_was_appended_is_loaded_with_its_positions(subject: Subject) -> None:
    first, second = batch(events=2), batch(events=1)
    positions = list(subject.append(joined(first, second)))
    assert positions == list(range(positions[0], positions[0] + 3))
    account, row = first.envelopes[0].account, first.accounts[0]
    rows, receipts = subject.load([account, uuid4()], [first.receipts[0].command, "unknown"])
    assert rows == {account: row}
    outcome = replace(first.receipts[0].outcome, position=positions[1])
    assert receipts == {first.receipts[0].command: replace(first.receipts[0], outcome=outcome)}
    assert subject.events_of(account) == list(first.envelopes)
    assert [envelope.position for envelope in subject.events_of(account)] == positions[:2]


def test_a_later_batch_follows_in_the_order_and_replaces_the_row(subject: Subject) -> None:
    first = batch(events=2)
    account = first.envelopes[0].account
    before = subject.append(first)
    after = subject.append(batch(account, after=2, events=1))
    assert min(after) > max(before)
    rows, _ = subject.load([account], [])
    assert rows[account].version == 3
    assert [envelope.version for envelope in subject.events_of(account, after_version=1)] == [2, 3]


def test_a_refusal_and_a_command_without_events_are_remembered(subject: Subject) -> None:
    refused, idle = batch(rejected=True), batch(events=0)
    [position] = subject.append(joined(refused, idle))
    _, receipts = subject.load([], [refused.receipts[0].command, idle.receipts[0].command])
    outcome = replace(refused.receipts[0].outcome, position=position)
    assert receipts[outcome.command].outcome == outcome
    assert receipts[idle.receipts[0].command] == idle.receipts[0]


def test_events_after_a_version_that_moved_are_a_conflict_and_nothing_is_written(
    subject: Subject,
) -> None:
    first = batch(events=2)
    subject.append(first)
    other = batch()
    late = batch(first.envelopes[0].account, after=1)
    with pytest.raises(Conflict):
        subject.append(joined(other, late))
    assert nothing_of(subject, other)
    assert subject.events_of(first.envelopes[0].account) == list(first.envelopes)


def test_a_state_without_events_behind_what_was_appended_is_a_conflict(subject: Subject) -> None:
    first = batch(events=2)
    account = first.envelopes[0].account
    subject.append(first)
    with pytest.raises(Conflict):
        subject.append(batch(account, after=1, events=0))
    subject.append(batch(account, after=2, events=0))


def drawing(*draws: Draw) -> Append:
    return replace(batch(), draws=draws)


def test_what_is_taken_of_shared_limits_is_counted_with_the_events(subject: Subject) -> None:
    subject.append(
        drawing(Draw(key="a", change=5, expected=0), Draw(key="b", change=1, expected=0))
    )
    subject.append(
        drawing(Draw(key="a", change=2, expected=5), Draw(key="b", change=-1, expected=None))
    )
    assert subject.taken(["a", "b", "c"]) == {"a": 7, "b": 0}
    assert subject.taken([]) == {}


@pytest.mark.parametrize("expected", [0, 4, 6])
def test_taking_of_a_limit_that_moved_is_a_conflict_and_nothing_is_written(
    subject: Subject, expected: int
) -> None:
    subject.append(drawing(Draw(key="a", change=5, expected=0)))
    late = drawing(Draw(key="b", change=1, expected=0), Draw(key="a", change=1, expected=expected))
    with pytest.raises(Conflict):
        subject.append(late)
    assert nothing_of(subject, late)
    assert subject.taken(["a", "b"]) == {"a": 5}


def test_a_second_receipt_of_a_command_is_already_handled_and_nothing_is_written(
    subject: Subject,
) -> None:
    command = command_id()
    subject.append(batch(command=command))
    other, again = batch(), batch(command=command)
    with pytest.raises(AlreadyHandled):
        subject.append(joined(other, again))
    assert nothing_of(subject, other)


def test_a_second_refusal_of_a_command_is_already_handled_and_the_store_goes_on(
    subject: Subject,
) -> None:
    command = command_id()
    subject.append(batch(events=0, command=command))
    alone = replace(batch(events=0, command=command), accounts=())
    for _ in range(2):
        with pytest.raises(AlreadyHandled):
            subject.append(alone)
    last = batch()
    [position] = subject.append(last)
    assert subject.events_of(last.envelopes[0].account)[0].position == position


@pytest.mark.parametrize("gap", [timedelta(microseconds=1), timedelta(hours=23)])
@pytest.mark.parametrize("first_is_later", [False, True])
def test_a_command_gets_one_receipt_though_a_month_ended_in_between(
    subject: Subject, gap: timedelta, *, first_is_later: bool
) -> None:
    ends = [NEW_YEAR - gap / 2, NEW_YEAR + gap / 2]
    first, second = reversed(ends) if first_is_later else ends
    command = command_id()
    subject.append(batch(command=command, at=first))
    with pytest.raises(AlreadyHandled):
        subject.append(joined(batch(at=first), batch(command=command, at=second)))
    _, receipts = subject.load([], [command])
    assert receipts[command].recorded_at == first


def test_a_batch_may_span_two_months(subject: Subject) -> None:
    old, new = batch(at=NEW_YEAR - timedelta(seconds=1)), batch(at=NEW_YEAR)
    subject.append(joined(old, new))
    commands = [old.receipts[0].command, new.receipts[0].command]
    assert subject.load([], commands)[1].keys() == set(commands)


def test_positions_move_by_compare_and_set(subject: Subject) -> None:
    subject.append(batch(delivery=Delivery(moves=(move(None, 5), move(None, 2, partition=1)))))
    subject.append(batch(delivery=Delivery(moves=(move(5, 9),))))
    again = UUID(int=7)
    subject.append(
        Append(
            envelopes=(),
            accounts=(),
            receipts=(),
            delivery=Delivery(moves=(move(None, 1, topic_id=again),)),
        )
    )
    assert subject.positions(TOPIC) == {0: 9, 1: 2}
    assert subject.positions(again) == {0: 1}


@pytest.mark.parametrize("expected", [None, 4, 6])
def test_a_consumer_that_lost_its_partition_is_fenced_and_writes_nothing(
    subject: Subject, expected: int | None
) -> None:
    subject.append(batch(delivery=Delivery(moves=(move(None, 5),))))
    late = batch(
        delivery=Delivery(moves=(move(None, 1, partition=3), move(expected, 8)), parked=(parked(),))
    )
    with pytest.raises(Fenced):
        subject.append(late)
    assert nothing_of(subject, late)
    assert subject.positions(TOPIC) == {0: 5}
    assert not parked_in(subject)


def test_a_consumer_that_expects_a_position_where_none_is_kept_is_fenced(subject: Subject) -> None:
    with pytest.raises(Fenced):
        subject.append(batch(delivery=Delivery(moves=(move(5, 9),))))
    assert subject.positions(TOPIC) == {}


def test_a_parked_record_is_kept_whole_and_once(subject: Subject) -> None:
    subject.append(batch(delivery=Delivery(parked=(parked(3), parked(4)))))
    subject.append(batch(delivery=Delivery(parked=(parked(4, detail="no JSON, again"),))))
    assert parked_in(subject) == [parked(3), parked(4, detail="no JSON, again")]


def test_a_held_record_is_found_when_its_account_moved_on_or_its_time_is_over(
    subject: Subject,
) -> None:
    moved, still = uuid4(), uuid4()
    records = held(1, moved), held(2, still, until=NOON + timedelta(days=1)), held(3, moved)
    delivered(subject, parked=records)
    assert parked_in(subject) == []
    assert subject.held(NOON, 10) == []
    assert subject.waiting([moved, uuid4()]) == {
        (moved, "reservation r1"),
        (moved, "reservation r3"),
    }
    subject.append(batch(moved, events=2))
    assert [each.record for each in subject.held(NOON, 10)] == [records[0], records[2]]
    assert [each.record for each in subject.held(NOON, 1)] == [records[0]]
    first, second = subject.held(NOON, 10)
    delivered(
        subject,
        marks=(
            StillHeld(parked=first, at_version=2, account=moved),
            Handled(parked=second, at=NOON, forget=False),
        ),
    )
    assert subject.held(NOON, 10) == []
    assert only(subject, first.id).tries == 2
    assert only(subject, second.id).replayed_at == NOON
    (late,) = subject.held(NOON + timedelta(days=1), 10)
    assert late.record == records[1]


def test_held_records_of_an_account_are_found_together_in_their_order(subject: Subject) -> None:
    account = uuid4()
    subject.append(batch(account, events=3))
    delivered(subject, parked=(held(1, account, at_version=3), held(2, account, at_version=0)))
    assert [each.record.offset for each in subject.held(NOON, 10)] == [1, 2]


def test_a_look_since_the_last_one_finds_what_came_later(subject: Subject) -> None:
    assert subject.seen() is None
    first, second, late = uuid4(), uuid4(), uuid4()
    subject.append(batch(late))
    delivered(subject, parked=(held(1, first), held(2, second)))
    seen = subject.seen()
    assert seen is not None
    assert subject.held(NOON, 10, seen) == []
    subject.append(batch(second))
    # Its account had moved on before it was held: its consumer did not know.
    delivered(subject, parked=(held(3, late),))
    assert [each.record.offset for each in subject.held(NOON, 10, seen)] == [2, 3]
    assert subject.held(NOON, 10, subject.seen()) == []
    assert len(subject.held(NEW_YEAR, 10, subject.seen())) == 3


@pytest.mark.parametrize("what", ["handled", "dropped", "still parked", "still held"])
def test_what_became_of_a_record_is_written_once_and_with_the_events(
    subject: Subject, what: str
) -> None:
    account = uuid4()
    delivered(subject, parked=(held(1, account), parked(2)))
    subject.append(batch(account))
    (first,) = subject.held(NOON, 10)
    marks: dict[str, Mark] = {
        "handled": Handled(parked=first, at=NOON, forget=True),
        "dropped": Dropped(parked=first, at=NOON),
        "still parked": StillParked(parked=first, reason="unknown-use", detail="it waited"),
        "still held": StillHeld(parked=first, at_version=1, account=account),
    }
    subject.append(batch(delivery=Delivery(marks=(marks[what],))))
    found = only(subject, first.id)
    assert found.tries == 2
    assert (found.replayed_at, found.dropped_at) == (
        NOON if what == "handled" else None,
        NOON if what == "dropped" else None,
    )
    gone = what in {"handled", "dropped"}
    assert (found.record.value, found.record.headers) == (
        (None, ()) if gone else (first.record.value, first.record.headers)
    )
    assert (found.record.held is not None) == (what == "still held")
    late = batch(delivery=Delivery(marks=(marks["still held"],)))
    with pytest.raises(Fenced):
        subject.append(late)
    assert nothing_of(subject, late)
    assert only(subject, first.id) == found


def test_a_record_that_comes_again_is_parked_anew_unless_it_was_dropped(subject: Subject) -> None:
    delivered(subject, parked=(parked(1), parked(2)))
    first, second = subject.parked(limit=10)
    handled = Handled(parked=first, at=NOON, forget=True)
    delivered(subject, marks=(handled, Dropped(parked=second, at=NOON)))
    assert parked_in(subject) == []
    delivered(subject, parked=(parked(1), parked(2)))
    assert parked_in(subject) == [parked(1)]
    assert only(subject, first.id).tries == 3
    assert only(subject, second.id).record.value is None


def test_an_empty_batch_writes_nothing(subject: Subject) -> None:
    assert list(subject.append(Append(envelopes=(), accounts=(), receipts=()))) == []
    assert subject.load([], []) == ({}, {})


def test_instants_come_back_in_utc_to_the_microsecond(subject: Subject) -> None:
    one = batch()
    subject.append(one)
    [receipt] = subject.load([], [one.receipts[0].command])[1].values()
    assert receipt.recorded_at == NOON
    assert receipt.recorded_at.utcoffset() == timedelta(0)
