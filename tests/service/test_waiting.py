"""What names something that has not arrived waits if it may, and is refused at once if it may not."""

from datetime import timedelta

import pytest

from ledger.domain.commands import Request
from ledger.domain.events import RequestRefused
from ledger.domain.reasons import Reason, Rejection
from ledger.service.outcomes import Accepted, Rejected, Waits
from ledger.service.ports import Delivery, ParkedRecord
from tests.service.doors import AnyStore, command, open_door
from tests.store.batches import parked
from tests.story import NORA, capture, employment, end, release, reserve, reverse, said, use

VOV = "be-vlg/vov"
DAY = "2021-10-01"


def patient(*, offset: int = 1) -> Delivery:
    def park(index: int, rejection: Rejection) -> ParkedRecord:
        return parked(offset + index, detail=rejection.detail)

    return Delivery(park=park, patience=timedelta(hours=1))


def hired(store: AnyStore) -> None:
    open_door(store).handle([command("s1", said("s1", employment(), "2021-09-01"))])


@pytest.mark.parametrize(
    ("request_", "thing"),
    [
        (capture("r1", DAY), "reservation r1"),
        (release("r1", DAY), "reservation r1"),
        (end("r1", DAY), "reservation r1"),
        (reverse("u1", DAY), "use u1"),
    ],
)
def test_what_names_something_unknown_leaves_no_trace_but_a_held_record(
    any_store: AnyStore, request_: Request, thing: str
) -> None:
    hired(any_store)
    before = any_store.events_of(NORA)
    door = open_door(any_store)
    [outcome] = door.handle([command("c", request_)], delivery=patient())
    assert isinstance(outcome, Rejected)
    assert outcome.waits == Waits(thing=thing, version=len(before), account=NORA)
    assert any_store.events_of(NORA) == before
    assert any_store.load([], ["c"])[1] == {}
    assert any_store.waiting([NORA]) == {(NORA, thing)}
    [record] = any_store.held(door.clock.now().recorded_at + timedelta(hours=1), 10)
    assert record.record.account == NORA
    assert record.record.held is not None
    assert record.record.held.until == door.clock.now().recorded_at + timedelta(hours=1)


@pytest.mark.parametrize("request_", [capture("r1", DAY), reverse("u1", DAY)])
def test_who_is_answered_at_once_is_refused_on_record(
    any_store: AnyStore, request_: Request
) -> None:
    hired(any_store)
    [outcome] = open_door(any_store).handle([command("c", request_)])
    assert isinstance(outcome, Rejected)
    assert outcome.waits is None
    assert isinstance(any_store.events_of(NORA)[-1].event, RequestRefused)


def test_what_is_over_never_comes_back_so_nothing_waits_for_it(any_store: AnyStore) -> None:
    hired(any_store)
    door = open_door(any_store)
    asked: list[Request] = [
        reserve("r1", VOV, 600, DAY),
        release("r1", DAY),
        use("u1", VOV, 600, DAY),
        reverse("u1", DAY),
    ]
    door.handle([command(f"a{n}", each) for n, each in enumerate(asked)])
    naming: list[Request] = [
        capture("r1", DAY),
        release("r1", DAY),
        end("r1", DAY),
        reverse("r1", DAY),
        reverse("u1", DAY),
        capture("u1", DAY),
    ]
    outcomes = door.handle(
        [command(f"b{n}", each) for n, each in enumerate(naming)], delivery=patient()
    )
    assert all(isinstance(each, Rejected) and each.waits is None for each in outcomes)
    assert any_store.waiting([NORA]) == set()


def test_a_reversal_waits_while_what_is_reserved_can_still_be_used(any_store: AnyStore) -> None:
    hired(any_store)
    door = open_door(any_store)
    door.handle([command("r", reserve("r1", VOV, 600, DAY))])
    reversal, capturing = door.handle(
        [command("v", reverse("r1", DAY)), command("c", capture("r1", DAY))], delivery=patient()
    )
    assert isinstance(reversal, Rejected)
    assert reversal.waits is not None
    assert isinstance(capturing, Accepted)


def test_what_is_asked_for_a_day_to_come_is_refused_and_does_not_wait(any_store: AnyStore) -> None:
    hired(any_store)
    [outcome] = open_door(any_store).handle(
        [command("c", capture("r1", "2021-10-02"))], delivery=patient()
    )
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason == Reason.IN_THE_FUTURE
    assert any_store.waiting([NORA]) == set()


def test_later_requests_wait_behind_an_earlier_one_from_another_batch(any_store: AnyStore) -> None:
    hired(any_store)
    door = open_door(any_store)
    door.handle([command("c", capture("r1", DAY))], delivery=patient(offset=1))
    reserving, releasing = door.handle(
        [command("r", reserve("r1", VOV, 600, DAY)), command("l", release("r1", DAY))],
        delivery=patient(offset=5),
    )
    assert isinstance(reserving, Accepted)
    assert isinstance(releasing, Rejected)
    assert releasing.waits == Waits(thing="reservation r1", version=0, account=NORA)
    [straight] = door.handle([command("d", release("r1", DAY))])
    assert isinstance(straight, Accepted)
