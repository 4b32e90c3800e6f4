"""Events to a person's timeline: one row each, in data that the CLI puts into words."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.events import Allocation, Envelope, Event, LotId, counts_from
from ledger.domain.lots import touched
from ledger.domain.quantities import Unit
from ledger.store.catalogue import BY_CLASS, CODEC
from projections.projection import Before, Json, Key, Needs, Projection, Row, Rows, Table, place_of


class EntryRow(NamedTuple):
    """One event.

    `effective_on` of a status is the first day of its term; profile facts and annulments have
    none. `lot` is the only one, or the one that was entered; `quantity` is in `unit`, both None
    when the event has none or spreads over several units. `details` is the event as it is
    stored, canonical JSON.
    """

    account: UUID
    position: int
    recorded_at: datetime
    effective_on: date | None
    kind: str
    scheme: str | None
    lot: LotId | None
    quantity: int | None
    unit: Unit | None
    actor: str
    command: str
    details: Json


class KnownLotRow(NamedTuple):
    """The scheme and unit of a lot, which most events do not repeat."""

    account: UUID
    lot: LotId
    scheme: str
    unit: Unit


ENTRIES = Table("timeline", EntryRow, 2, only_grows=True)
KNOWN_LOTS = Table("timeline_lots", KnownLotRow, 2, only_grows=True)


def needs(page: Sequence[Envelope]) -> Needs:
    """Name the lots that a page speaks of."""
    lots = {(envelope.account, lot) for envelope in page for lot in touched(envelope.event)}
    return {ENTRIES.name: set(), KNOWN_LOTS.name: lots}


def project(before: Before, page: Sequence[Envelope]) -> Rows:
    """Write one entry per event, and the lots that are new."""
    entries: dict[Key, Row] = {}
    known: dict[Key, Row] = {}
    for envelope in page:
        account, event, position = envelope.account, envelope.event, place_of(envelope)
        if isinstance(event, e.RightGranted | e.RightTransferred):
            key = (account, event.lot)
            if key not in known and key not in before[KNOWN_LOTS.name]:
                known[key] = KnownLotRow(account, event.lot, event.scheme, event.unit)
        spread = _spread(event)
        lots = [
            KnownLotRow(*(known.get((account, lot)) or before[KNOWN_LOTS.name][account, lot]))
            for lot, _ in spread
        ]
        schemes = {getattr(event, "scheme", None) or lot.scheme for lot in lots}
        units = {lot.unit for lot in lots}
        entries[account, position] = EntryRow(
            account=account,
            position=position,
            recorded_at=envelope.metadata.recorded_at,
            effective_on=counts_from(event),
            kind=BY_CLASS[type(event)].name,
            scheme=schemes.pop() if len(schemes) == 1 else getattr(event, "scheme", None),
            lot=spread[0][0] if len(spread) == 1 else None,
            quantity=sum(quantity for _, quantity in spread) if len(units) == 1 else None,
            unit=units.pop() if len(units) == 1 else None,
            actor=envelope.metadata.actor,
            command=envelope.metadata.command,
            details=Json(CODEC.encode(event).decode()),
        )
    return {ENTRIES.name: entries, KNOWN_LOTS.name: known}


def _spread(event: Event) -> Allocation:
    """Return the lots, and how much of each, that an event is about."""
    match event:
        case (
            e.RightGranted()
            | e.RightWithdrawn()
            | e.RightExpired()
            | e.RightRestored()
            | e.ShortfallRecorded()
            | e.ShortfallSettled()
        ):
            return ((event.lot, event.quantity),)
        case e.TermCorrected():
            return ((event.lot, 0),)
        case e.RightTransferred() | e.TransferReversed():
            return ((event.lot, event.quantity_in),)
        case e.RightReserved() | e.ReservationReleased() | e.RightUsed() | e.UseReversed():
            return event.allocation
        case _:
            return ()


TIMELINE = Projection(
    name="timeline",
    version=1,
    tables=(ENTRIES, KNOWN_LOTS),
    room=Path(__file__).parent,
    needs=needs,
    project=project,
)
