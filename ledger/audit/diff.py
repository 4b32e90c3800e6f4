"""What became known of a person between two instants, and why it moved each balance.

Both are asked about the same day, so that nothing differs but by what was recorded in between: the
passing of time alone moves nothing here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from ledger.audit.explain import Entry, entry_of
from ledger.audit.held import Held
from ledger.audit.seen import Seen
from ledger.domain.events import (
    Envelope,
    Event,
    FactEvent,
    LotId,
    Metadata,
    RestrictionLifted,
    RightRestricted,
    RightsFrozen,
    RightsUnfrozen,
    counts_from,
)
from ledger.domain.lots import touched
from ledger.domain.quantities import Unit
from ledger.service.published import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One command that was recorded in between: by whom, when, and all that came of it."""

    metadata: Metadata
    envelopes: tuple[Envelope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A lot of which something else was told, and why.

    Attributes:
        before: as it stood by what was known first; None when it was not there.
        after: as it stood by what was known last; None when it is there no more.
        entries: what was recorded of it in between and counts on the day, with what stopped its
            scheme, and what lifted that.

    """

    lot: LotId
    scheme: str
    unit: Unit
    before: Held | None
    after: Held | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What is told otherwise of a day.

    Attributes:
        acts: all commands in between, also those that move nothing on the day.
        moved: the lots that are told otherwise, in order.
        texts: of regulations that were published in between.
        same: how many lots are told as before.
        units: of every lot of the person.

    """

    on: date
    acts: tuple[Act, ...]
    moved: tuple[Moved, ...]
    texts: tuple[Publication, ...]
    same: int
    units: dict[LotId, Unit]


def diff(before: Seen, after: Seen, on: date) -> Diff:
    """Compare what was known of one account at two instants, the earlier one first."""
    news = after.envelopes[len(before.envelopes) :]
    was, is_ = ({each.lot.id: each for each in seen.held(on)} for seen in (before, after))
    moved: list[Moved] = []
    for id_ in sorted(was.keys() | is_.keys()):
        one, other = was.get(id_), is_.get(id_)
        if one != other:
            lot = (other or one).lot  # type: ignore[union-attr]  # one of them is there
            entries = tuple(_entries(id_, lot.scheme, news, after.envelopes, on))
            moved.append(
                Moved(
                    lot=id_,
                    scheme=lot.scheme,
                    unit=lot.unit,
                    before=one,
                    after=other,
                    entries=entries,
                )
            )
    return Diff(
        on=on,
        acts=tuple(
            Act(metadata=metadata, envelopes=tuple(some))
            for metadata, some in groupby(news, attrgetter("metadata"))
        ),
        moved=tuple(moved),
        texts=tuple(after.published[len(before.published) :]),
        same=len(was.keys() | is_.keys()) - len(moved),
        units={each.id: each.unit for each in after.account.lots.values()},
    )


def _entries(
    lot: LotId, scheme: str, news: Sequence[Envelope], seen: Sequence[Envelope], on: date
) -> Iterator[Entry]:
    for each in news:
        event = each.event
        about = lot in touched(event) or _stops(event, scheme)
        if about and not isinstance(event, FactEvent) and (counts_from(event) or on) <= on:
            yield entry_of(each, seen)


def _stops(event: Event, scheme: str) -> bool:
    """Whether it stops new use of a scheme, or lifts what stopped it."""
    match event:
        case RightRestricted() | RestrictionLifted():
            return event.scheme == scheme
        case RightsFrozen() | RightsUnfrozen():
            return event.scheme in {scheme, ""}
        case _:
            return False
