"""A person's reservations, folded from the timeline's entries, and the position they reflect.

An account's entries are few, as its events are: each command folds them all, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.events import Allocation
from ledger.store.catalogue import BY_CLASS, CODEC, READABLE
from projections.projection import Row
from projections.tables import Reading, read

State: TypeAlias = Literal["open", "used", "released"]

KINDS: Final = tuple(
    BY_CLASS[each].name for each in (e.RightReserved, e.ReservationReleased, e.RightUsed)
)
"""Of the events that make a reservation, and what becomes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A reservation, as of a position in the log.

    Attributes:
        position: of the event that made it.
        recorded_at: when the ledger recorded that.
        made: that event.
        held: what is still reserved; nothing once it was used or given back.
        state: open while something is held; used when any of it was.

    """

    position: int
    recorded_at: datetime
    made: e.RightReserved
    held: Allocation
    state: State = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservations:
    """The reservations of an account, in the order in which they were made."""

    position: int
    reservations: Sequence[Reservation]


def reservations_of(account: UUID) -> Reading[Reservations]:
    """Read all that an account ever reserved."""
    query = (
        "SELECT position, recorded_at, kind, details::text FROM projections.timeline"
        " WHERE account = %(account)s AND kind = ANY(%(kinds)s)"
    )
    asked = {"account": account, "kinds": list(KINDS)}
    position, rows = yield from read("timeline", query, "q.position", asked)
    return Reservations(position=position, reservations=_folded(rows))


def _folded(rows: Iterable[Row]) -> Sequence[Reservation]:
    found: dict[str, Reservation] = {}
    for position, recorded_at, kind, details in rows:
        event: Any = CODEC.decode(READABLE[kind][0].cls, details.encode())
        match event:
            case e.RightReserved():
                found[event.reservation] = Reservation(
                    position=position, recorded_at=recorded_at, made=event, held=event.allocation
                )
            case e.ReservationReleased():
                found[event.reservation] = _less(
                    found[event.reservation], event.allocation, "released"
                )
            case e.RightUsed(reserved=True):
                found[event.use] = _less(found[event.use], event.allocation, "used")
    return list(found.values())


def _less(before: Reservation, gone: Allocation, how: State) -> Reservation:
    """Take away what was used or given back."""
    went = dict(gone)
    left = ((lot, quantity - went.get(lot, 0)) for lot, quantity in before.held)
    held = tuple((lot, quantity) for lot, quantity in left if quantity)
    state: State = "used" if before.state == "used" else how
    # A capture of a part is followed at once by the release of the rest.
    return replace(before, held=held, state=state if not held or state == "used" else "open")
