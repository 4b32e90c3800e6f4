"""Events to movements: a quantity of one lot is debited to one account and credited to another.

Double entry: per lot, and so per unit, everything adds up to zero. What a lot holds is on the debit
side, where it came from on the credit side.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from ledger.domain.events import (
    Event,
    LotId,
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
    TransferReversed,
    UseReversed,
)
from ledger.domain.lots import Lot

Name: TypeAlias = Literal[
    "pool",
    "available",
    "reserved",
    "used",
    "expired",
    "withdrawn",
    "transferred-in",
    "transferred-out",
    "shortfall",
    "beyond-due",
    "merged",
]

NAMES: Final[tuple[Name, ...]] = get_args(Name)
"""The accounts, in the order in which they are shown."""

MEANINGS: Final[dict[Name, str]] = {
    "pool": "The scheme, as the source of rights: what it granted stands on its credit side.",
    "available": "What can still be reserved, used or transferred; stops and terms aside.",
    "reserved": "What is held for courses that were not captured or released yet.",
    "used": "What was used at recognised providers, less what was reversed.",
    "expired": "What lapsed, less what was restored or withdrawn afterwards.",
    "withdrawn": "What corrections took back, since it was not due after all.",
    "transferred-in": "The source of what entered from other lots: it stands on the credit side.",
    "transferred-out": "What left for other lots, in the unit of the lot that it left.",
    "shortfall": "What should be withdrawn, and can't be: it is used or reserved already.",
    "beyond-due": "The other side of `shortfall`: of what is used or reserved, what is not due.",
    "merged": "What left the books because the account was merged, and is told in another's; "
    "for each lot it adds up to zero.",
}
"""What stands on each account."""


class Movement(NamedTuple):
    """A quantity of a lot, above zero, from the account `credit` to the account `debit`."""

    lot: LotId
    debit: Name
    credit: Name
    quantity: int


def movements(event: Event) -> Iterator[Movement]:
    """Yield what an event moves; nothing for events about other things.

    What is moved when accounts are merged is not told by their events: see `closed` and `opened`.
    """
    for each in _moved(event):
        if each.quantity:
            yield each


def _moved(event: Event) -> Iterator[Movement]:
    match event:
        case RightGranted():
            yield Movement(event.lot, "available", "pool", event.quantity)
        case RightWithdrawn():
            there = event.quantity - event.from_expired
            yield Movement(event.lot, "withdrawn", "available", there)
            yield Movement(event.lot, "withdrawn", "expired", event.from_expired)
        case ShortfallRecorded():
            yield Movement(event.lot, "shortfall", "beyond-due", event.quantity)
        case ShortfallSettled():
            yield Movement(event.lot, "beyond-due", "shortfall", event.quantity)
        case RightReserved():
            for lot, quantity in event.allocation:
                yield Movement(lot, "reserved", "available", quantity)
        case ReservationReleased():
            for lot, quantity in event.allocation:
                yield Movement(lot, "available", "reserved", quantity)
        case RightUsed():
            source: Name = "reserved" if event.reserved else "available"
            for lot, quantity in event.allocation:
                yield Movement(lot, "used", source, quantity)
        case UseReversed():
            for lot, quantity in event.allocation:
                yield Movement(lot, "available", "used", quantity)
        case RightTransferred():
            yield Movement(event.from_lot, "transferred-out", "available", event.quantity_out)
            yield Movement(event.lot, "available", "transferred-in", event.quantity_in)
        case TransferReversed():
            yield Movement(event.from_lot, "available", "transferred-out", event.quantity_out)
            yield Movement(event.lot, "transferred-in", "available", event.quantity_in)
        case RightExpired():
            yield Movement(event.lot, "expired", "available", event.quantity)
        case RightRestored():
            yield Movement(event.lot, "available", "expired", event.quantity)
        case _:
            pass


def standing(lot: Lot) -> dict[Name, int]:
    """Return what stands on each account of a lot, debits above zero; it adds up to zero."""
    return {
        "pool": -lot.granted,
        "available": lot.available,
        "reserved": lot.reserved,
        "used": lot.used,
        "expired": lot.expired,
        "withdrawn": lot.withdrawn,
        "transferred-in": -lot.transferred_in,
        "transferred-out": lot.transferred_out,
        "shortfall": lot.shortfall,
        "beyond-due": -lot.shortfall,
    }


def closed(lots: Iterable[Lot]) -> Iterator[Movement]:
    """Yield what takes lots out of the books: their account was merged into another."""
    for lot in lots:
        for name, balance in standing(lot).items():
            if balance > 0:
                yield Movement(lot.id, "merged", name, balance)
            elif balance < 0:
                yield Movement(lot.id, name, "merged", -balance)


def opened(lots: Iterable[Lot]) -> Iterator[Movement]:
    """Yield what puts lots back into the books: their account stands for itself again."""
    for lot, debit, credit, quantity in closed(lots):
        yield Movement(lot, credit, debit, quantity)
