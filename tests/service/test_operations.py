"""What operators decide about messages is on record, with its reason, in an account of its own."""

from dataclasses import replace
from uuid import UUID

import pytest

from ledger.domain.acts import (
    Act,
    LogKeyChanged,
    ProjectionRebuilt,
    RecordsReplayed,
    SettingsChanged,
    StatesRepaired,
)
from ledger.domain.commands import AcceptGap, DropRecord, PutOnRecord, Request
from ledger.domain.events import OPERATIONS, REGULATIONS, GapAccepted, RecordDropped
from ledger.domain.reasons import Reason
from ledger.service.operated import put_on_record
from ledger.service.outcomes import Accepted, Duplicate, Rejected
from tests.service.doors import AnyStore, agrees, command, open_door
from tests.story import NORA, day, employment, said

TOPIC = UUID("0c9b1e52-9a3d-4e0a-8f3c-5b7d2a1e6f10")
EARLIER = UUID("4a0c1a3e-63a4-4a50-9b3e-0d2f6f1f7a11")
TODAY, LATER = day("2021-10-01"), day("2021-10-02")


def drop(because: str = "a test of the provider's, not a course") -> DropRecord:
    return DropRecord(
        topic="rugzak.rights.v1",
        topic_id=TOPIC,
        partition=3,
        offset=41_207,
        reason="unknown-reservation",
        source="https://cvo.example.be",
        message="m-9",
        because=because,
    )


def accept(since: int, until: int, was: UUID = TOPIC, because: str = "it comes anew") -> AcceptGap:
    return AcceptGap(
        topic="rugzak.career.v1",
        topic_id=TOPIC,
        partition=0,
        was_topic_id=was,
        since=since,
        until=until,
        because=because,
    )


def settings(batch: int, by: str = "up") -> SettingsChanged:
    told = (("batch_max_records", str(batch)),)
    return SettingsChanged(command=by, version="1.4.0", settings=told, effective_on=TODAY)


def repaired(because: str = "a restored backup") -> StatesRepaired:
    wrong = (str(NORA), "there is no state row")
    return StatesRepaired(rows=(wrong,), because=because, effective_on=TODAY)


def test_a_dropped_record_is_an_event_that_says_who_which_and_why(any_store: AnyStore) -> None:
    door = open_door(any_store)
    dropping = command("drop 7", drop(), OPERATIONS)
    [outcome] = door.handle([dropping])
    assert isinstance(outcome, Accepted)
    [envelope] = any_store.events_of(OPERATIONS)
    assert envelope.metadata.actor == "hr-app"
    assert envelope.event == RecordDropped(
        topic="rugzak.rights.v1",
        topic_id=TOPIC,
        partition=3,
        offset=41_207,
        reason="unknown-reservation",
        source="https://cvo.example.be",
        message="m-9",
        because="a test of the provider's, not a course",
        effective_on=day("2021-10-01"),
    )
    [again] = door.handle([dropping])
    assert isinstance(again, Duplicate)
    assert agrees(any_store, [OPERATIONS])


def test_an_accepted_gap_is_an_event_that_says_what_is_missing(any_store: AnyStore) -> None:
    open_door(any_store).handle([command("gap", accept(18_400, 20_000), OPERATIONS)])
    [envelope] = any_store.events_of(OPERATIONS)
    assert isinstance(envelope.event, GapAccepted)
    assert (envelope.event.since, envelope.event.until) == (18_400, 20_000)
    assert agrees(any_store, [OPERATIONS])


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (drop(because=" "), Reason.UNEXPLAINED),
        (accept(5, 9, because=""), Reason.UNEXPLAINED),
        (accept(9, 9), Reason.NO_GAP),
        (PutOnRecord(act=repaired(because=" ")), Reason.UNEXPLAINED),
        (PutOnRecord(act=replace(repaired(), effective_on=LATER)), Reason.IN_THE_FUTURE),
    ],
)
def test_an_operator_says_why_and_accepts_only_what_is_missing(
    any_store: AnyStore, request_: Request, reason: Reason
) -> None:
    [outcome] = open_door(any_store).handle([command("c-1", request_, OPERATIONS)])
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason == reason


def test_a_topic_that_was_made_again_is_read_on_from_a_lower_offset(any_store: AnyStore) -> None:
    [outcome] = open_door(any_store).handle(
        [command("gap", accept(18_400, 0, was=EARLIER), OPERATIONS)]
    )
    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize(
    ("request_", "account"),
    [
        (drop(), NORA),
        (drop(), REGULATIONS),
        (PutOnRecord(act=repaired()), NORA),
        (said("s1", employment(), "2021-09-01"), OPERATIONS),
    ],
)
def test_the_operators_account_and_those_of_people_are_kept_apart(
    any_store: AnyStore, request_: Request, account: UUID
) -> None:
    [outcome] = open_door(any_store).handle([command("c-1", request_, account)])
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason == Reason.NO_PERSON
    assert any_store.events_of(account) == []


def test_what_operators_do_is_an_event_with_who_did_it(any_store: AnyStore) -> None:
    door = open_door(any_store)
    rebuilt = ProjectionRebuilt(
        projection="balances", generation=3, position=41, effective_on=TODAY
    )
    done: tuple[Act, ...] = (repaired(), rebuilt, rebuilt)
    for act in done:
        assert put_on_record(door, act, "an") is None
    kept = any_store.events_of(OPERATIONS)
    assert [each.event for each in kept] == [repaired(), rebuilt, rebuilt]
    assert {each.metadata.actor for each in kept} == {"an"}
    assert agrees(any_store, [OPERATIONS])


def test_what_is_in_use_already_is_told_again_only_when_another_was_in_between(
    any_store: AnyStore,
) -> None:
    door = open_door(any_store)
    key = LogKeyChanged(key="log+0a+A", since=0, effective_on=TODAY)
    other = replace(key, key="log+0b+B", since=9)
    told: list[Act] = [settings(500), key, settings(500), settings(500, "serve"), key, settings(700), other,
            settings(500), key]  # fmt: skip
    for act in told:
        put_on_record(door, act, "an")
    assert [each.event for each in any_store.events_of(OPERATIONS)] == [
        settings(500), key, settings(500, "serve"), settings(700), other, settings(500), key,
    ]  # fmt: skip
    put_on_record(door, replace(settings(500), version="1.5.0"), "an")
    assert len(any_store.events_of(OPERATIONS)) == 8
    assert agrees(any_store, [OPERATIONS])


def test_who_repaired_or_replayed_nothing_did_nothing(any_store: AnyStore) -> None:
    door = open_door(any_store)
    nothing: tuple[Act, ...] = (
        replace(repaired(), rows=()),
        RecordsReplayed(records=(), effective_on=TODAY),
    )
    for act in nothing:
        assert put_on_record(door, act, "an") is None
    assert any_store.events_of(OPERATIONS) == []
