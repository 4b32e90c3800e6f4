"""Lots: every grant is kept apart, with its unit, term and funder, and adds up (law 1).

The only arithmetic on rights: the account's state and the balances view both fold with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ledger.domain.calendar import Term
from ledger.domain.events import (
    Event,
    LotId,
    ProfileRecorded,
    ReservationReleased,
    RightExpired,
    RightGranted,
    RightReserved,
    RightRestored,
    RightTransferred,
    RightUsed,
    RightWithdrawn,
    ShortfallRecorded,
    ShortfallSettled,
    StatusRecorded,
    TermCorrected,
    TransferReversed,
    UseReversed,
)
from ledger.domain.making import quickly_made
from ledger.domain.quantities import Unit


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot's quantities, in `unit`'s smallest unit; none is ever negative.

    Attributes:
        granted: all that was granted, before withdrawals.
        withdrawn: taken back by corrections.
        transferred_in: entered from other lots, net of reversals.
        transferred_out: left for other lots, net of reversals.
        expired: lapsed, net of what was restored or withdrawn afterwards.
        shortfall: used or reserved beyond what is due.

    """

    id: LotId
    scheme: str
    unit: Unit
    term: Term
    funder: str
    granted: int = 0
    withdrawn: int = 0
    transferred_in: int = 0
    transferred_out: int = 0
    reserved: int = 0
    used: int = 0
    expired: int = 0
    shortfall: int = 0

    @property
    def available(self) -> int:
        """What can still be reserved, used or transferred, restrictions aside."""
        return available(self)

    @property
    def net(self) -> int:
        """Granted less withdrawn."""
        return self.granted - self.withdrawn

    @property
    def committed(self) -> int:
        """What corrections can't take back: reserved, used or moved on."""
        return self.reserved + self.used + self.transferred_out


class _Quantities(Protocol):
    """The quantities of a lot, wherever they are kept."""

    @property
    def granted(self) -> int: ...
    @property
    def withdrawn(self) -> int: ...
    @property
    def transferred_in(self) -> int: ...
    @property
    def transferred_out(self) -> int: ...
    @property
    def reserved(self) -> int: ...
    @property
    def used(self) -> int: ...
    @property
    def expired(self) -> int: ...


def available(of: _Quantities) -> int:
    """Return what of a lot can still be reserved, used or transferred, restrictions aside."""
    inward = of.granted - of.withdrawn + of.transferred_in
    return inward - of.reserved - of.used - of.transferred_out - of.expired


TOPPED_UP = "top-up-"
"""How the label of a lot begins that a funder gave."""


def is_top_up(lot: LotId, scheme: str) -> bool:
    """Whether a funder gave it, beside what the scheme's rules make due."""
    return lot.startswith(TOPPED_UP, len(scheme) + 1)


def bucket_of(lot: LotId, scheme: str) -> str:
    """Return the bucket in a lot's id, `` for the ordinary one."""
    _, _, bucket = lot.removeprefix(scheme + "/").partition("/")
    return bucket


def touched(event: Event) -> Iterator[LotId]:
    """Name the lots that an event changes."""
    match event:
        case (
            RightGranted()
            | RightWithdrawn()
            | RightExpired()
            | RightRestored()
            | TermCorrected()
            | ShortfallRecorded()
            | ShortfallSettled()
        ):
            yield event.lot
        case RightReserved() | ReservationReleased() | RightUsed() | UseReversed():
            for lot, _ in event.allocation:
                yield lot
        case RightTransferred() | TransferReversed():
            yield event.from_lot
            yield event.lot
        case _:
            pass


def apply(lots: dict[LotId, Lot], event: Event) -> None:
    """Fold an event into the lots; events about other things change nothing."""
    match event:
        case RightGranted(lot=lot):
            _changed(lots, _begun(lots, event), granted=event.quantity)
        case RightWithdrawn(lot=lot):
            _changed(lots, lots[lot], withdrawn=event.quantity, expired=-event.from_expired)
        case RightExpired(lot=lot):
            _changed(lots, lots[lot], expired=event.quantity)
        case RightRestored(lot=lot):
            _changed(lots, lots[lot], expired=-event.quantity)
        case StatusRecorded() | ProfileRecorded():
            pass  # frequent, and about no lot
        case TermCorrected(lot=lot):
            lots[lot] = replace(lots[lot], term=event.term, funder=event.funder)
        case ShortfallRecorded(lot=lot):
            _changed(lots, lots[lot], shortfall=event.quantity)
        case ShortfallSettled(lot=lot):
            _changed(lots, lots[lot], shortfall=-event.quantity)
        case RightReserved():
            for lot, quantity in event.allocation:
                _changed(lots, lots[lot], reserved=quantity)
        case ReservationReleased():
            for lot, quantity in event.allocation:
                _changed(lots, lots[lot], reserved=-quantity)
        case RightUsed():
            for lot, quantity in event.allocation:
                held = -quantity if event.reserved else 0
                _changed(lots, lots[lot], used=quantity, reserved=held)
        case UseReversed():
            for lot, quantity in event.allocation:
                _changed(lots, lots[lot], used=-quantity)
        case RightTransferred():
            _changed(lots, lots[event.from_lot], transferred_out=event.quantity_out)
            _changed(lots, _begun(lots, event), transferred_in=event.quantity_in)
        case TransferReversed(lot=lot):
            _changed(lots, lots[event.from_lot], transferred_out=-event.quantity_out)
            _changed(lots, lots[lot], transferred_in=-event.quantity_in)
        case _:
            pass


def _begun(lots: dict[LotId, Lot], event: RightGranted | RightTransferred) -> Lot:
    """Return the lot that an event adds to, made by it when it is the first.

    Or when all that was in it had been taken back: then term and funder are the new one's.
    """
    found = lots.get(event.lot)
    if found is None:
        return Lot(
            id=event.lot,
            scheme=event.scheme,
            unit=event.unit,
            term=event.term,
            funder=event.funder,
        )
    if found.net or found.transferred_in:
        return found
    if (found.term, found.funder) == (event.term, event.funder):
        return found
    return replace(found, term=event.term, funder=event.funder)


def _changed(
    lots: dict[LotId, Lot],
    lot: Lot,
    *,
    granted: int = 0,
    withdrawn: int = 0,
    transferred_in: int = 0,
    transferred_out: int = 0,
    reserved: int = 0,
    used: int = 0,
    expired: int = 0,
    shortfall: int = 0,
) -> None:
    lots[lot.id] = Lot(
        id=lot.id,
        scheme=lot.scheme,
        unit=lot.unit,
        term=lot.term,
        funder=lot.funder,
        granted=lot.granted + granted,
        withdrawn=lot.withdrawn + withdrawn,
        transferred_in=lot.transferred_in + transferred_in,
        transferred_out=lot.transferred_out + transferred_out,
        reserved=lot.reserved + reserved,
        used=lot.used + used,
        expired=lot.expired + expired,
        shortfall=lot.shortfall + shortfall,
    )
