"""An erased account is closed: nothing is taken in for it, nothing happens on it, nothing waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.domain.commands import Erase, ReachDay, Request
from ledger.domain.events import OPERATIONS, AccountErased
from ledger.domain.reasons import Reason, Rejection
from ledger.service.erasing import erase
from ledger.service.outcomes import Accepted, Duplicate, Rejected
from ledger.service.ports import Delivery, ParkedRecord
from tests.service.doors import AnyStore, agrees, command, decoded, open_door, standing
from tests.store.batches import parked
from tests.story import NORA, capture, employment, reserve, said

VOV = "be-vlg/vov"
DAY = "2021-10-01"
WHY = "asked for by the person, file 118"


def erased(store: AnyStore) -> int:
    """Let a person with rights be erased; return how many events there are of it."""
    door = open_door(store)
    door.handle([command("s1", said("s1", employment(), "2021-09-01"))])
    door.handle([command("r1", reserve("r1", VOV, 600, DAY))])
    assert isinstance(erase(door, NORA, because=WHY, actor="an"), Accepted)
    return len(store.events_of(NORA))


def test_an_account_is_erased_once_with_who_and_why(any_store: AnyStore) -> None:
    count = erased(any_store)
    last = any_store.events_of(NORA)[-1]
    assert isinstance(last.event, AccountErased)
    assert (last.event.because, last.metadata.actor) == (WHY, "an")
    assert isinstance(erase(open_door(any_store), NORA, because=WHY, actor="an"), Duplicate)
    [again] = open_door(any_store).handle([command("other", Erase(because=WHY))])
    assert isinstance(again, Accepted)
    assert len(any_store.events_of(NORA)) == count
    assert agrees(any_store)


@pytest.mark.parametrize(
    "request_",
    [
        said("s2", employment("1/2"), "2021-09-15"),
        said("s1", None, version=2),
        reserve("r2", VOV, 600, DAY),
        capture("r1", DAY),
        capture("unknown", DAY),
    ],
    ids=["fact", "annulment", "reserve", "capture", "unknown"],
)
def test_whatever_comes_for_it_is_refused_as_erased_and_leaves_only_a_receipt(
    any_store: AnyStore, request_: Request
) -> None:
    count = erased(any_store)

    def park(index: int, rejection: Rejection) -> ParkedRecord:
        return parked(index, detail=rejection.detail)

    delivery = Delivery(park=park, patience=timedelta(hours=1))
    door = open_door(any_store)
    [outcome] = door.handle([command("late", request_)], delivery=delivery)
    assert isinstance(outcome, Rejected)
    assert (outcome.rejection.reason, outcome.waits) == (Reason.ERASED, None)
    assert len(any_store.events_of(NORA)) == count
    assert any_store.load([], ["late"])[1]["late"].outcome == outcome
    assert any_store.parked(10) == []
    assert any_store.waiting([NORA]) == set()
    [again] = door.handle([command("late", request_)])
    assert again == Duplicate(first=outcome)


def test_no_day_comes_for_it_and_no_round_decides_anew(any_store: AnyStore) -> None:
    count = erased(any_store)
    rows, _ = any_store.load([NORA], [])
    assert rows[NORA].due_on is None
    assert decoded(rows[NORA].state).erased is not None
    later = open_door(any_store, standing("2023-10-01"))
    for anew in (False, True):
        later.handle([command(f"day {anew}", ReachDay(anew=anew))])
    assert len(any_store.events_of(NORA)) == count
    assert agrees(any_store)


def test_what_was_parked_or_held_of_it_loses_its_bytes_in_the_same_transaction(
    any_store: AnyStore,
) -> None:
    door = open_door(any_store)
    door.handle([command("s1", said("s1", employment(), "2021-09-01"))])
    by_key = replace(parked(3), key=str(NORA).encode(), value=b"{")
    delivery = Delivery(
        parked=(by_key, parked(4)),
        park=lambda index, _: parked(index + 1),
        patience=timedelta(hours=1),
    )
    door.handle([command("c", capture("r1", DAY))], delivery=delivery)
    assert any_store.waiting([NORA]) == {(NORA, "reservation r1")}
    erase(door, NORA, because=WHY, actor="an")
    assert any_store.waiting([NORA]) == set()
    kept = {e.record.offset: e.record.value for e in any_store.parked_records(range(9))}
    assert kept == {1: None, 3: None, 4: parked(4).value}
    assert [each.record.offset for each in any_store.parked(10)] == [4]


def test_an_account_of_nobody_is_not_erased_and_a_reason_is_needed(any_store: AnyStore) -> None:
    door = open_door(any_store)
    no_one, unexplained = door.handle(
        [command("o", Erase(because=WHY), OPERATIONS), command("n", Erase(because=" "))]
    )
    assert isinstance(no_one, Rejected)
    assert no_one.rejection.reason == Reason.NO_PERSON
    assert isinstance(unexplained, Rejected)
    assert unexplained.rejection.reason == Reason.UNEXPLAINED
