"""As-of: what a person had on a day, as it was known at an instant (law 5).

Both times are named: `on` is the day in the world, `known` the instant at which the office
is asked. The answer only reads events recorded by then, so it never changes once given.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from ledger.domain.events import (
    Envelope,
    Event,
    FactEvent,
    LotId,
    RestrictionLifted,
    RightExpired,
    RightRestored,
    RightRestricted,
    RightsFrozen,
    RightsUnfrozen,
)
from ledger.domain.lots import Lot, apply


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAsOf:
    """A lot as it stood on a day.

    Attributes:
        lot: its quantities, with `expired` as the day says: what the term's end left over.
        available: what could be reserved or used on that day, restrictions aside.
        restricted: why there was no new use of the scheme then, `` when there was no reason.

    """

    lot: Lot
    available: int
    restricted: str


def as_of(
    envelopes: Iterable[Envelope], on: date, known: datetime | None = None
) -> dict[LotId, LotAsOf]:
    """Return every lot that had begun by `on`, from one account's events known at `known`.

    A lot's lapse is told by its term, not by when the clock ran, so that a slow clock never
    shows a lapsed right as usable.
    """
    lots: dict[LotId, Lot] = {}
    forfeited: dict[LotId, int] = {}
    stops: dict[str, str] = {}
    for event in _in_force(envelopes, on, known):
        match event:
            case RightExpired() | RightRestored():
                sign = 1 if isinstance(event, RightExpired) else -1
                if event.effective_on < lots[event.lot].term.until:
                    forfeited[event.lot] = forfeited.get(event.lot, 0) + sign * event.quantity
            case RightRestricted(scheme=scheme, reason=reason):
                stops[scheme] = reason
            case RestrictionLifted(scheme=scheme):
                stops.pop(scheme, None)
            case RightsFrozen(scheme=scheme, reason=reason):
                stops[f"frozen {scheme}"] = f"frozen: {reason}"
            case RightsUnfrozen(scheme=scheme):
                stops.pop(f"frozen {scheme}", None)
            case _:
                apply(lots, event)
    return {
        id_: _on_day(lot, on, forfeited=forfeited.get(id_, 0) > 0, stops=stops)
        for id_, lot in sorted(lots.items())
    }


def known_by(envelopes: Iterable[Envelope], known: datetime | None) -> list[Envelope]:
    """Keep what was recorded by an instant; None: all of it."""
    if known is None:
        return list(envelopes)
    instant = known.astimezone(UTC)  # those of the log are in UTC: of one zone, quick to compare
    return [each for each in envelopes if each.metadata.recorded_at <= instant]


def _in_force(envelopes: Iterable[Envelope], on: date, known: datetime | None) -> list[Event]:
    """Keep the events that were known, and true by the day; facts are not about lots."""
    return [
        envelope.event
        for envelope in known_by(envelopes, known)
        if not isinstance(envelope.event, FactEvent) and envelope.event.effective_on <= on
    ]


def _on_day(lot: Lot, on: date, *, forfeited: bool, stops: dict[str, str]) -> LotAsOf:
    """Split what is left by the term; what is beyond the due is nobody's to use."""
    left = max(lot.net + lot.transferred_in - lot.shortfall - lot.committed, 0)
    closed = forfeited or on >= lot.term.until
    stop = stops.get("frozen ") or stops.get(f"frozen {lot.scheme}") or stops.get(lot.scheme)
    return LotAsOf(
        lot=replace(lot, expired=left if closed else 0),
        available=0 if closed else left,
        restricted=stop or "",
    )
