"""A page of a person's timeline from events at hand: as it was known at an instant.

The read model tells of now, and follows the log; these are its rows of an earlier moment, made by
the same function.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice

from ledger.audit.seen import Seen
from ledger.domain.events import Envelope, RightGranted, RightTransferred
from projections.projection import Key, place_of
from projections.timeline.project import ENTRIES, KNOWN_LOTS, EntryRow, KnownLotRow, project
from projections.timeline.view import PAGE_ENTRIES, Order, Timeline


def timeline_from(
    seen: Seen,
    on: date | None,
    position: int,
    *,
    order: Order = "newest first",
    beyond: int | None = None,
    limit: int = PAGE_ENTRIES,
    schemes: Collection[str] | None = None,
    of_facts: bool = True,
) -> Timeline:
    """Return what `timeline_of` would have told then.

    Args:
        seen: the account as it was known.
        on: only what counted by this day; None: all of it.
        position: what the page says that it reflects.
        order: which come first.
        beyond: where the page begins, as a page before it says.
        limit: most entries.
        schemes: only entries that are about one of them.
        of_facts: whether the day of facts counts, too; without it all facts are told.

    """
    lots, envelopes = _lots(seen.envelopes), seen.history(on, of_facts=of_facts)
    newest = order == "newest first"
    rows = (
        row
        for each in (reversed(envelopes) if newest else envelopes)
        if beyond is None or (place_of(each) < beyond if newest else place_of(each) > beyond)
        for row in _entries(each, lots)
        if schemes is None or row.scheme in schemes
    )
    found = tuple(islice(rows, limit + 1))
    return Timeline(
        position=position,
        entries=found[:limit],
        units={row.lot: row.unit for row in lots.values()},
        schemes={row.lot: row.scheme for row in lots.values()},
        beyond=found[limit - 1].position if len(found) > limit else None,
    )


def _lots(envelopes: Iterable[Envelope]) -> dict[Key, KnownLotRow]:
    lots: dict[Key, KnownLotRow] = {}
    for each in envelopes:
        event = each.event
        if isinstance(event, RightGranted | RightTransferred):
            row = KnownLotRow(each.account, event.lot, event.scheme, event.unit)
            lots.setdefault((each.account, event.lot), row)
    return lots


def _entries(envelope: Envelope, lots: Mapping[Key, KnownLotRow]) -> Iterator[EntryRow]:
    rows = project({ENTRIES.name: {}, KNOWN_LOTS.name: lots}, [envelope])
    return (EntryRow(*row) for row in rows[ENTRIES.name].values())
