"""Events to balances: the quantities of every lot, and what stands in the way of using them."""

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import orjson

from ledger.domain import events as e
from ledger.domain.calendar import Term
from ledger.domain.events import Envelope, Event, LotId
from ledger.domain.lots import Lot, apply, touched
from projections.balances.rows import LotRow, MergedRow, StandingRow
from projections.balances.telling import telling
from projections.projection import Before, Key, Needs, Projection, Rows, Table, place_of

EVERY_SCHEME = ""
"""The scheme of a freeze that holds for all of a person's rights."""

AMOUNTS = (
    "granted", "withdrawn", "transferred_in", "transferred_out", "reserved", "used", "expired",
    "shortfall",
)  # fmt: skip
"""The quantities that a lot's row has in common with the domain's `Lot`, in column order."""

_amounts = attrgetter(*AMOUNTS)
_Standing: TypeAlias = e.RightRestricted | e.RestrictionLifted | e.RightsFrozen | e.RightsUnfrozen


LOTS = Table("balances", LotRow, 2)
STANDINGS = Table("balances_standings", StandingRow, 2)
MERGED = Table("balances_merged", MergedRow, 1)


def needs(page: Sequence[Envelope]) -> Needs:
    """Name the lots and standings that a page changes."""
    lots: set[Key] = set()
    standings: set[Key] = set()
    for envelope in page:
        event = envelope.event
        if isinstance(event, _Standing):
            standings.add((envelope.account, event.scheme))
        else:
            lots.update((envelope.account, lot) for lot in touched(event))
    return {LOTS.name: lots, STANDINGS.name: standings, MERGED.name: set()}


def project(before: Before, page: Sequence[Envelope]) -> Rows:
    """Fold a page into the lots and standings that it changes."""
    held: dict[UUID, dict[LotId, Lot]] = {}
    marks: dict[Key, tuple[str, int]] = {}
    standings: dict[Key, StandingRow] = {}
    merged: dict[Key, MergedRow] = {}
    for envelope in page:
        account, event, position = envelope.account, envelope.event, place_of(envelope)
        if isinstance(event, e.AccountMerged | e.AccountUnmerged):
            into = event.into if isinstance(event, e.AccountMerged) else None
            merged[account,] = MergedRow(account, into, position)
            continue
        if isinstance(event, _Standing):
            key = (account, event.scheme)
            row = standings.get(key) or before[STANDINGS.name].get(key) or StandingRow(*key)
            standings[key] = _stood(StandingRow(*row), event, position)
            continue
        changed = tuple(touched(event))
        if not changed:
            continue
        lots = held.setdefault(account, {})
        for lot in changed:
            if lot not in lots and (found := before[LOTS.name].get((account, lot))):
                known = LotRow(*found)
                lots[lot] = lot_of(known)
                marks[account, lot] = known.rule, known.position
        apply(lots, event)
        for lot in changed:
            rule, _ = marks.get((account, lot), ("", 0))
            marks[account, lot] = _rule(event, lot, rule), position
    return {
        LOTS.name: {
            (account, lot): row_of(account, held[account][lot], *mark)
            for (account, lot), mark in marks.items()
        },
        STANDINGS.name: dict(standings),
        MERGED.name: dict(merged),
    }


def _rule(event: Event, lot: LotId, before: str) -> str:
    match event:
        case e.RightGranted():
            return event.basis.rule
        case e.RightTransferred() if event.lot == lot and not before:
            return event.basis.rule
        case _:
            return before


def _stood(row: StandingRow, event: _Standing, position: int) -> StandingRow:
    row = row._replace(position=position)
    match event:
        case e.RightRestricted():
            return row._replace(
                restricted=event.mode,
                restricted_since=event.effective_on,
                restricted_reason=event.reason,
            )
        case e.RestrictionLifted():
            return row._replace(restricted=None, restricted_since=None, restricted_reason=None)
        case e.RightsFrozen():
            return row._replace(
                frozen=True, frozen_since=event.effective_on, frozen_reason=event.reason
            )
        case e.RightsUnfrozen():
            return row._replace(frozen=False, frozen_since=None, frozen_reason=None)


def lot_of(row: LotRow) -> Lot:
    """Return the domain's lot that a row holds."""
    return Lot(
        id=row.lot,
        scheme=row.scheme,
        unit=row.unit,
        term=Term(row.since, row.until),
        funder=row.funder,
        granted=row.granted,
        withdrawn=row.withdrawn,
        transferred_in=row.transferred_in,
        transferred_out=row.transferred_out,
        reserved=row.reserved,
        used=row.used,
        expired=row.expired,
        shortfall=row.shortfall,
    )


def row_of(account: UUID, lot: Lot, rule: str, position: int) -> LotRow:
    """Return the row that holds a lot."""
    head = (account, lot.id, lot.scheme, lot.unit, lot.term.since, lot.term.until, lot.funder)
    row = LotRow._make((*head, *_amounts(lot), rule, position, ""))
    return row._replace(told=orjson.dumps(telling(row, lot.available)).decode())


BALANCES = Projection(
    name="balances",
    version=3,
    tables=(LOTS, STANDINGS, MERGED),
    room=Path(__file__).parent,
    needs=needs,
    project=project,
)
