"""Any interleaving of requests and what they name ends as their order would have (a law)."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from consumers.held import HeldRecords
from consumers.parking import Replay, set_aside
from consumers.publisher import Message
from consumers.translate import CAREER_LANGUAGE, RIGHTS_LANGUAGE, Unhandled, translate
from ledger.domain.account import Account
from ledger.domain.commands import Command
from ledger.domain.events import RequestRefused
from ledger.domain.evolve import fold
from ledger.domain.reasons import Rejection
from ledger.service.ports import Delivery, Move, ParkedRecord
from tests.consumers.stories import (
    CAREER,
    RIGHTS,
    account,
    captured,
    employed,
    released,
    reserved,
    reversed_,
)
from tests.lines import TODAY
from tests.memory_store import MemoryStore
from tests.service.doors import open_door, standing

LANGUAGES = {CAREER: CAREER_LANGUAGE, RIGHTS: RIGHTS_LANGUAGE}
TOPIC = UUID(int=1)
HELD = timedelta(days=1)


@st.composite
def chains(draw: st.DrawFn) -> list[list[Message]]:
    """Return requests about one to three reservations, each one's in the order that makes sense."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        id_, held = f"r{number}", draw(st.sampled_from([60, 120, 600]))
        chain = [reserved(minutes=held, id_=id_)]
        follows = draw(
            st.sampled_from(["nothing", "release", "capture", "reverse", "reverse twice"])
        )
        if follows == "release":
            chain.append(released(of=id_))
        elif follows != "nothing":
            used = draw(st.sampled_from([None, held // 2]))
            chain.append(captured(of=id_, minutes=used))
            if follows == "reverse twice":
                chain.append(reversed_(of=id_, minutes=10, id_=f"{id_}-10"))
                chain.append(reversed_(of=id_, minutes=20, id_=f"{id_}-20"))
            elif follows == "reverse":
                chain.append(reversed_(of=id_))
        made.append(chain)
    return made


class Reader:
    """Takes batches in as a consumer does, without a broker."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.door = open_door(self.store, standing(TODAY.isoformat()))
        replay = Replay(self.door, LANGUAGES, max_bytes=1 << 20)
        self.held = HeldRecords(self.store, self.door.clock, replay)
        self.read = 0

    def take(self, batch: Sequence[Message]) -> None:
        commands: list[Command] = []
        records: list[Any] = []
        for message in batch:
            read = translate(LANGUAGES[message.topic], message.key, message.value)
            assert not isinstance(read, Unhandled)
            commands += read
            records.append(
                SimpleNamespace(
                    topic=message.topic,
                    partition=0,
                    offset=self.read + len(records),
                    key=message.key,
                    value=message.value,
                    headers=(),
                )
            )

        def park(index: int, why: Rejection) -> ParkedRecord:
            at = self.door.clock.now().recorded_at
            return set_aside(records[index], TOPIC, why.reason.value, why.detail, at)

        before, self.read = self.read or None, self.read + len(batch)
        move = Move(topic_id=TOPIC, topic="all", partition=0, expected=before, position=self.read)
        self.door.handle(commands, delivery=Delivery(moves=(move,), park=park, patience=HELD))
        self.held.look()

    def account(self) -> Account:
        return fold(self.store.events_of(account()))


@given(st.data())
def test_any_order_of_requests_ends_as_their_own_order_does(data: st.DataObject) -> None:
    requests = data.draw(chains())
    told = [message for chain in requests for message in chain]
    mixed = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told)))]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(mixed)), max_size=4)))

    straight, crossed = Reader(), Reader()
    straight.take([employed()])
    crossed.take([employed()])
    straight.take(told)
    for since, until in zip([0, *cuts], [*cuts, len(mixed)], strict=True):
        if since < until:
            crossed.take(mixed[since:until])

    one, other = straight.account(), crossed.account()
    assert other.lots == one.lots
    assert other.reservations == one.reservations
    assert other.uses == one.uses
    assert not any(isinstance(e.event, RequestRefused) for e in crossed.store.log)
    assert not any(each.record.held for each in crossed.store.set_aside.values())
    assert crossed.store.parked(100) == []
