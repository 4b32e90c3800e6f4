"""Events to outcomes: what became of each command that left events."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.domain.events import Envelope, RequestRefused
from projections.projection import Before, Key, Needs, Projection, Rows, Table, place_of


class OutcomeRow(NamedTuple):
    """A command that left events; `reason` and `detail` are those of a refusal."""

    command: str
    account: UUID
    outcome: Literal["accepted", "refused"]
    reason: str | None
    detail: str | None
    first_position: int
    last_position: int
    events: int
    recorded_at: datetime


OUTCOMES_TABLE = Table("outcomes", OutcomeRow, 1)


def needs(page: Sequence[Envelope]) -> Needs:
    """Name the commands of a page: one may have begun on the page before."""
    return {OUTCOMES_TABLE.name: {(e.metadata.command,) for e in page}}


def project(before: Before, page: Sequence[Envelope]) -> Rows:
    """Count each command's events, and keep its refusal."""
    rows: dict[Key, OutcomeRow] = {}
    for envelope in page:
        key, position = (envelope.metadata.command,), place_of(envelope)
        found = rows.get(key) or before[OUTCOMES_TABLE.name].get(key)
        row = OutcomeRow(*found) if found else _begun(envelope)
        row = row._replace(last_position=position, events=row.events + 1)
        if isinstance(envelope.event, RequestRefused):
            row = row._replace(
                outcome="refused", reason=envelope.event.reason, detail=envelope.event.detail
            )
        rows[key] = row
    return {OUTCOMES_TABLE.name: dict(rows)}


def _begun(envelope: Envelope) -> OutcomeRow:
    return OutcomeRow(
        command=envelope.metadata.command,
        account=envelope.account,
        outcome="accepted",
        reason=None,
        detail=None,
        first_position=place_of(envelope),
        last_position=place_of(envelope),
        events=0,
        recorded_at=envelope.metadata.recorded_at,
    )


OUTCOMES = Projection(
    name="outcomes",
    version=1,
    tables=(OUTCOMES_TABLE,),
    room=Path(__file__).parent,
    needs=needs,
    project=project,
)
