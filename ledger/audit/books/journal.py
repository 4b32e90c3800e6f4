"""The journal: each movement as an entry, with its place, its cause, its scheme and its unit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from uuid import UUID

from ledger.audit.books.movements import Movement, Name, closed, movements, opened, standing
from ledger.domain.account import Account
from ledger.domain.events import (
    AccountErased,
    AccountMerged,
    AccountUnmerged,
    Envelope,
    Event,
    FactEvent,
    LotId,
    RightGranted,
    RightTransferred,
)
from ledger.domain.quantities import Unit
from ledger.service.clock import at

DAYS_KEPT = 64
"""Of so many instants the day is kept."""


class NoSuchLot(LookupError):  # noqa: N818  it is an answer
    """An event moves a lot that no event before it made."""


Before: TypeAlias = Callable[[Envelope], Account]
"""Folds an account as it was before one of its events; asked where accounts end or are merged."""


class Entry(NamedTuple):
    """One line of the journal: one movement between two accounts of one lot.

    Attributes:
        entry: `E`, the position and the number in the event, e.g. `E120.1`; unique, and no number
            or day to a spreadsheet.
        position: of the event in the log; entries are in its order.
        account: the person or enterprise, an opaque reference (UUID).
        lot: the grant that is moved, unique in the account.
        scheme: the measure that gives the right.
        unit: the smallest unit that `quantity` counts: minutes, cents, vouchers.
        debit: the account that the quantity goes to.
        credit: the account that it comes from.
        quantity: a whole number above zero.
        effective_on: the day on which it is true in the world.
        recorded_at: when the ledger learned it, UTC.
        recorded_on: the office's day of that (Europe/Brussels); periods count by it.
        event: the stored name of the event that moves it.
        command: the id of the command that caused it: the message's source and id, or the key of
            the request.
        actor: who asked: a source, a client, `clock`, or an operator's name.
        rule: the rule that decided, `block@digest` of the regulation; empty where none did.

    """

    entry: str
    position: int
    account: UUID
    lot: LotId
    scheme: str
    unit: Unit
    debit: Name
    credit: Name
    quantity: int
    effective_on: date
    recorded_at: datetime
    recorded_on: date
    event: str
    command: str
    actor: str
    rule: str | None


class Kept(NamedTuple):
    """Of which scheme a lot is, and in which unit it counts."""

    scheme: str
    unit: Unit


@dataclass(slots=True)
class Lots:
    """Of which scheme and unit each lot is; in memory is only what its name doesn't tell.

    An event that takes from a lot names the lot alone. The lots of a scheme have its unit and its
    name before theirs, so that one line for a scheme tells it of all; a lot of which that is not so
    has a line of its own.
    """

    _schemes: dict[str, Kept] = field(default_factory=dict)
    _others: dict[tuple[UUID, LotId], Kept] = field(default_factory=dict)

    def learn(self, account: UUID, event: RightGranted | RightTransferred) -> None:
        """Keep what a grant or a transfer says of the lot that it adds to."""
        kept = Kept(event.scheme, event.unit)
        if kept != self._schemes.setdefault(_home(event.lot), kept):
            self._others.setdefault((account, event.lot), kept)

    def of(self, account: UUID, lot: LotId) -> Kept:
        """Return what is known of a lot.

        Raises:
            NoSuchLot: no event made it.

        """
        found = self._others.get((account, lot)) if self._others else None
        found = found or self._schemes.get(_home(lot))
        if found is None:
            raise NoSuchLot(f"no event granted anything in {lot}, of {account}")
        return found


@lru_cache(DAYS_KEPT)
def day_of(recorded_at: datetime) -> date:
    """Return the office's day of an instant; events that come one after another often share it."""
    return at(recorded_at).today


def _home(lot: LotId) -> str:
    """Return what begins a lot's name, which is mostly its scheme: `be-vlg/vov`."""
    return "/".join(lot.split("/", 2)[:2])


class Journal:
    """Posts events in the log's order, from its beginning; memory does not grow with it."""

    def __init__(self, before: Before) -> None:
        """Take what folds an account, for the few events that only then can be posted."""
        self._before = before
        self._lots = Lots()

    def post(self, envelope: Envelope, name: str) -> list[Entry]:
        """Return the entries of the next event, whose stored name is given.

        Raises:
            NoSuchLot: it moves a lot that no event before it made.

        """
        event = envelope.event
        if isinstance(event, RightGranted | RightTransferred):
            self._lots.learn(envelope.account, event)
        return self._entries(envelope, name)

    def left(self, envelope: Envelope) -> Iterator[tuple[Kept, Name, int]]:
        """Yield what stood in the books of an account that the event erases, if it does.

        It stays there, since it was granted and used, but no read model tells of it any more.
        """
        if not isinstance(envelope.event, AccountErased):
            return
        account = self._before(envelope)
        if account.merged is not None:
            return
        for lot in account.lots.values():
            kept = self._lots.of(envelope.account, lot.id)
            for name, balance in standing(lot).items():
                yield kept, name, balance

    def _moved(self, envelope: Envelope) -> Iterable[Movement]:
        match envelope.event:
            case AccountMerged():
                return closed(self._before(envelope).lots.values())
            case AccountUnmerged():
                return opened(self._before(envelope).lots.values())
            case event:
                return movements(event)

    def _entries(self, envelope: Envelope, name: str) -> list[Entry]:
        moved = tuple(self._moved(envelope))
        if not moved:
            return []
        event, metadata = envelope.event, envelope.metadata
        assert not isinstance(event, FactEvent)  # noqa: S101  what sources say moves nothing itself
        account, position, rule = envelope.account, envelope.position or 0, _rule(event)
        recorded_at, recorded_on = metadata.recorded_at, day_of(metadata.recorded_at)
        return [
            Entry(
                f"E{position}.{number}",
                position,
                account,
                lot,
                *self._lots.of(account, lot),
                debit,
                credit,
                quantity,
                event.effective_on,
                recorded_at,
                recorded_on,
                name,
                metadata.command,
                metadata.actor,
                rule,
            )
            for number, (lot, debit, credit, quantity) in enumerate(moved, start=1)
        ]


def _rule(event: Event) -> str | None:
    """Return the rule that decided, as the event names it."""
    basis = getattr(event, "basis", None)
    return getattr(event if basis is None else basis, "rule", None) or None
