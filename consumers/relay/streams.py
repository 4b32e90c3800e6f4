"""The four streams that go out: events, balances, replies and parked records."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Final
from uuid import UUID

from consumers.relay.balance import balance_of
from consumers.relay.dead_letters import dead_letter
from consumers.relay.records import Page, Record
from consumers.relay.replies import parked_reply, reply
from consumers.relay.telling import Teller, written
from ledger.domain.account import Account
from ledger.domain.events import NOBODYS
from ledger.service.naming import Lots
from ledger.store.outbox import Outbox

LEDGER: Final = "ledger"
BALANCES: Final = "balances"
OUTCOMES: Final = "outcomes"
PARKED: Final = "parked"

PAGE_EVENTS: Final = 5_000
"""Most events, or receipts, in one page: hence in one transaction and in memory at once."""

PAGE_PARKED: Final = 20
"""Most parked records in one page; each may be as long as a record that came in."""


class _Place:
    """How far a stream went, as the ledger keeps it."""

    def __init__(self, outbox: Outbox, name: str, *, whole: bool) -> None:
        """Begin nowhere; with `whole`, a topic that was made again is filled again."""
        self._outbox = outbox
        self._name = name
        self._whole = whole
        self._topic_id = UUID(int=0)
        self.position = 0

    def begin(self, topic_id: UUID) -> None:
        """Find where to go on."""
        self._topic_id = topic_id
        self.position = self._outbox.relay_from(self._name, topic_id, whole=self._whole)

    def move(self, position: int) -> None:
        """Note how far it went."""
        self._outbox.relay_moved(self._name, self._topic_id, self.position, position)
        self.position = position


class LedgerStream:
    """Every event, in the order of the log."""

    name = LEDGER

    def __init__(self, outbox: Outbox, topic: str, teller: Teller) -> None:
        """Tell the events of a log."""
        self.topic = topic
        self._outbox = outbox
        self._teller = teller
        self._place = _Place(outbox, self.name, whole=True)

    def begin(self, topic_id: UUID) -> None:
        """Find where to go on, on a topic as it is now."""
        self._place.begin(topic_id)

    def page(self) -> Page | None:
        """Return the events that come next."""
        events = self._outbox.events_after(self._place.position, PAGE_EVENTS)
        if not events:
            return None
        told = ((e.account, self._teller.told(e)) for e in events)
        records = [
            Record(topic=self.topic, key=str(account).encode(), value=written(message))
            for account, message in told
            if message is not None
        ]
        last = events[-1].position or 0
        return Page(records=records, count=len(events), confirm=partial(self._place.move, last))


class BalancesStream:
    """What each account has after its last event; the topic is compacted."""

    name = BALANCES

    def __init__(
        self,
        outbox: Outbox,
        topic: str,
        *,
        source: str,
        lots: Lots,
        decode: Callable[[bytes], Account],
    ) -> None:
        """Tell the states of a ledger; `decode` is the store's codec of them."""
        self.topic = topic
        self._outbox = outbox
        self._source = source
        self._lots = lots
        self._decode = decode
        self._place = _Place(outbox, self.name, whole=True)

    def begin(self, topic_id: UUID) -> None:
        """Find where to go on, on a topic as it is now."""
        self._place.begin(topic_id)

    def page(self) -> Page | None:
        """Return the balances of those whose last event is among the next ones.

        An account that has moved on since is told of then: each state is published once.
        """
        changed = self._outbox.changed_after(self._place.position, PAGE_EVENTS)
        if not changed:
            return None
        records = [
            self._told(each.account, self._decode(each.state), each.position)
            for each in changed
            if each.state is not None and each.account not in NOBODYS
        ]
        last = changed[-1].position
        return Page(records=records, count=len(changed), confirm=partial(self._place.move, last))

    def _told(self, id_: UUID, account: Account, position: int) -> Record:
        key, value = str(id_).encode(), None
        # Of who was erased nothing stays on a compacted topic; of who was merged another one tells.
        if account.erased is None and account.merged is None:
            value = written(balance_of(id_, account, position, self._source, self._lots))
        return Record(topic=self.topic, key=key, value=value)


class OutcomesStream:
    """A reply for each receipt of a message's command, in the order of their commits."""

    name = OUTCOMES

    def __init__(self, outbox: Outbox, topic: str, source: str) -> None:
        """Reply as an installation."""
        self.topic = topic
        self._outbox = outbox
        self._source = source
        self._place = _Place(outbox, self.name, whole=False)

    def begin(self, topic_id: UUID) -> None:
        """Find where to go on; nobody is answered again because a topic is new."""
        self._place.begin(topic_id)

    def page(self) -> Page | None:
        """Return the replies that come next."""
        receipts = self._outbox.receipts_after(self._place.position, PAGE_EVENTS)
        if not receipts:
            return None
        replies = (reply(number, receipt, self._source) for number, receipt in receipts)
        records = [Record(topic=self.topic, key=r[0], value=r[1]) for r in replies if r]
        last = receipts[-1][0]
        return Page(records=records, count=len(receipts), confirm=partial(self._place.move, last))


class ParkedStream:
    """Parked records as they came, and the replies to those who published them."""

    name = PARKED

    def __init__(
        self, outbox: Outbox, topic: str, *, outcomes: str, source: str, plain: Collection[str]
    ) -> None:
        """Announce what is parked.

        Args:
            outbox: has it.
            topic: for dead letters.
            outcomes: the topic of replies.
            source: the installation's URI.
            plain: topics whose records name people by reference.

        """
        self.topic = topic
        self._outbox = outbox
        self._outcomes = outcomes
        self._source = source
        self._plain = plain

    def begin(self, topic_id: UUID) -> None:
        """Each record knows by itself whether it was announced."""

    def page(self) -> Page | None:
        """Return the parked records that come next."""
        waiting = self._outbox.unannounced(PAGE_PARKED)
        if not waiting:
            return None
        records = [dead_letter(each, self.topic, self._plain) for each in waiting]
        replies = (parked_reply(each, self._source) for each in waiting)
        records += [Record(topic=self._outcomes, key=r[0], value=r[1]) for r in replies if r]
        ids = [each.id for each in waiting]
        confirm = partial(self._outbox.mark_announced, ids)
        return Page(records=records, count=len(waiting), confirm=confirm)
