"""A request that comes before what it names waits for that, and is decided once it is there."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from consumers.bounds import HELD_SECONDS
from consumers.held import HeldRecords
from consumers.parking import Replay
from consumers.publisher import Message
from consumers.translate import RIGHTS_LANGUAGE
from ledger.domain.events import RequestRefused, ReservationReleased, RightUsed, UseReversed
from ledger.domain.evolve import fold
from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from schemas.examples import TRAINING_DESK
from tests.consumers.stories import (
    account,
    captured,
    employed,
    people,
    released,
    reserved,
    reversed_,
)
from tests.lines import TODAY, Line, running, wait_until

VOV = "be-vlg/vov/2025-26"


def amounts(line: Line, person: str) -> tuple[int, int]:
    """Return what is reserved and used."""
    lot = fold(line.store.events_of(account(person))).lots[VOV]
    return lot.reserved, lot.used


def looking(line: Line, door: Door | None = None) -> HeldRecords:
    door = door or line.door
    return HeldRecords(line.store, door.clock, Replay(door, line.languages, max_bytes=1 << 20))


def on_another_topic(message: Message) -> Message:
    return Message(topic="provider", key=message.key, value=message.value)


def states(line: Line) -> dict[str, int]:
    return {name: n for name, n in line.store.parked_counts().by_state.items() if n}


def test_a_capture_that_overtook_its_reservation_on_another_topic_counts_once(line: Line) -> None:
    line.speak("provider", RIGHTS_LANGUAGE)
    nora, tuur = people(2)
    line.publish(employed(nora), employed(tuur))
    line.publish(*(on_another_topic(captured(person)) for person in (nora, tuur)))
    line.drain()
    assert line.events(RequestRefused) == []
    assert states(line) == {"held": 2}
    one, other = line.store.parked(10, state="held")
    assert {one.record.account, other.record.account} == {account(nora), account(tuur)}
    assert one.record.reason == "unknown-reservation"
    assert (one.record.source, one.record.message is None) == (TRAINING_DESK, False)
    assert other.record.held is not None
    assert other.record.held.thing == "reservation reservation-1"

    line.publish(reserved(nora))
    line.drain()
    assert amounts(line, nora) == (0, 600)
    assert states(line) == {"held": 1, "replayed": 1}
    line.publish(reserved(tuur), reserved(nora), on_another_topic(captured(nora)))
    line.drain()
    line.drain()
    assert amounts(line, tuur) == amounts(line, nora) == (0, 600)
    assert len(line.events(RightUsed)) == 2
    assert states(line) == {"replayed": 2}
    assert line.events(RequestRefused) == []


def test_what_comes_after_a_held_request_about_the_same_thing_waits_behind_it(line: Line) -> None:
    line.publish(employed())
    line.drain()
    line.publish(captured(minutes=400), reserved(), released(), reversed_(minutes=100))
    line.drain()
    assert [type(event) for event in line.events(object)[-4:]] == [
        RightUsed,
        ReservationReleased,  # the rest of what was captured
        RequestRefused,  # nothing was left to release
        UseReversed,
    ]
    assert amounts(line, str(account())) == (0, 300)
    assert states(line) == {"replayed": 3}


def test_what_can_never_come_is_refused_at_once(line: Line) -> None:
    line.publish(employed())
    line.drain()
    line.publish(reserved(), released())
    line.drain()
    line.publish(captured(), released(id_="again"), reversed_())
    line.drain()
    reasons = [event.reason for event in line.events(RequestRefused)]  # type: ignore[attr-defined]
    assert reasons == ["unknown-reservation", "unknown-reservation", "unknown-use"]
    assert states(line) == {}


def test_what_waited_long_enough_is_parked_and_an_operator_replays_it_later(line: Line) -> None:
    line.publish(employed())
    line.drain()
    line.publish(captured())
    line.drain()
    clock = line.door.clock
    assert isinstance(clock, SetClock)
    clock.set(TODAY + timedelta(seconds=HELD_SECONDS - 1))
    looking(line).look()
    assert states(line) == {"held": 1}
    clock.set(TODAY + timedelta(days=2))
    assert looking(line).look() == 1
    assert states(line) == {"parked": 1}
    (parked,) = line.store.parked(10)
    assert parked.record.reason == "unknown-reservation"
    assert parked.record.detail.endswith("it waited 2 days, 0:00:00 (h:mm:ss)")
    assert not line.replay(parked).handled
    assert looking(line).look() == 0
    line.publish(reserved())
    line.drain()
    assert amounts(line, str(account())) == (600, 0)
    (parked,) = line.store.parked(10)
    assert parked.tries == 3
    assert line.replay(parked).handled
    assert amounts(line, str(account())) == (0, 600)


def test_two_consumers_that_look_at_once_use_a_right_once(
    line: Line, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(30)
    line.publish(*map(employed, everyone))
    line.drain()
    line.publish(*map(captured, everyone))
    line.drain()
    assert states(line) == {"held": 30}
    # Nobody looks while the reservations come.
    with monkeypatch.context() as patch:
        patch.setattr(HeldRecords, "look", lambda _: 0)
        line.publish(*map(reserved, everyone))
        line.drain()
    both = Barrier(2)
    again = Replay.again

    def together(self: Replay, *args: Any) -> Any:
        both.wait(10)
        return again(self, *args)

    monkeypatch.setattr(Replay, "again", together)
    with PostgresStore(database) as store:
        doors = line.door, open_door(store, line.door.clock)
        threads = [Thread(target=looking(line, door).look) for door in doors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    monkeypatch.undo()
    looking(line).look()
    assert len(line.events(RightUsed)) == 30
    assert states(line) == {"replayed": 30}
    assert all(each.tries == 2 for each in line.store.parked(100, state="replayed"))
    assert line.events(RequestRefused) == []


def test_while_consumers_run_held_requests_are_decided_soon(line: Line) -> None:
    everyone = people(40)
    with running(line.intake(max_records=10)), running(line.intake(max_records=10)):
        line.publish(*map(captured, everyone), *map(employed, everyone))
        wait_until(lambda: states(line) == {"held": 40})
        line.publish(*map(reserved, everyone))
        wait_until(lambda: len(line.events(RightUsed)) == 40)
        wait_until(lambda: states(line) == {"replayed": 40})
    assert line.events(RequestRefused) == []


def test_what_was_held_leaves_no_bytes_once_it_is_decided(line: Line) -> None:
    line.publish(employed())
    line.drain()
    line.publish(captured())
    line.drain()
    line.publish(reserved())
    line.drain()
    (left,) = line.store.parked(10, state="replayed")
    assert (left.record.key, left.record.value, left.record.headers) == (None, None, ())
    assert (left.record.reason, left.tries) == ("unknown-reservation", 2)
