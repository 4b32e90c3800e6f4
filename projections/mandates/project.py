"""Events to mandates: one row each, ended ones too."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.events import Envelope
from projections.projection import Before, Key, Needs, Projection, Rows, Table, place_of

_Mandating = e.MandateGiven | e.MandateEnded


class MandateRow(NamedTuple):
    """A mandate as its holder gave it.

    `helper` is the account of a person, or `organisation` an enterprise number; `actions` and
    `schemes` are words with a space between them, and no scheme stands for all. `given_by` and
    `ended_by` are actors of commands; `position` is that of the last event on it.
    """

    account: UUID
    mandate: str
    helper: UUID | None
    organisation: str
    actions: str
    schemes: str
    since: date
    until: date
    given_by: str
    given_on: date
    ended_by: str | None
    ended_on: date | None
    reason: str | None
    position: int


MANDATES_TABLE = Table("mandates", MandateRow, 2)


def needs(page: Sequence[Envelope]) -> Needs:
    """Name the mandates that a page ends."""
    keys: set[Key] = set()
    for envelope in page:
        if isinstance(envelope.event, e.MandateEnded):
            keys.add((envelope.account, envelope.event.mandate))
    return {MANDATES_TABLE.name: keys}


def project(before: Before, page: Sequence[Envelope]) -> Rows:
    """Write the mandates that a page gives or ends."""
    rows: dict[Key, MandateRow] = {}
    for envelope in page:
        event, actor = envelope.event, envelope.metadata.actor
        if not isinstance(event, _Mandating):
            continue
        key, position = (envelope.account, event.mandate), place_of(envelope)
        if isinstance(event, e.MandateGiven):
            rows[key] = MandateRow(
                account=envelope.account,
                mandate=event.mandate,
                helper=event.helper,
                organisation=event.organisation,
                actions=" ".join(event.actions),
                schemes=" ".join(event.schemes),
                since=event.term.since,
                until=event.term.until,
                given_by=actor,
                given_on=event.effective_on,
                ended_by=None,
                ended_on=None,
                reason=None,
                position=position,
            )
        elif found := rows.get(key) or before[MANDATES_TABLE.name].get(key):
            rows[key] = MandateRow(*found)._replace(
                ended_by=actor, ended_on=event.effective_on, reason=event.reason, position=position
            )
    return {MANDATES_TABLE.name: dict(rows)}


MANDATES = Projection(
    name="mandates",
    version=1,
    tables=(MANDATES_TABLE,),
    room=Path(__file__).parent,
    needs=needs,
    project=project,
)
