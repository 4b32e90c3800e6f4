"""What a person had on a day, as known at an instant, with what stopped it and by which rule.

The command line and the API answer by it what the read models, which know the newest only, can't.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ledger.audit.asof import as_of, known_by
from ledger.audit.explain import Stop, stops_on
from ledger.domain.events import Envelope, LotId, RightGranted, RightTransferred
from ledger.domain.lots import Lot
from ledger.service.clock import OFFICE_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lot on a day.

    Attributes:
        available: what could be taken on the day, stops aside.
        pending: what could be once the term began.
        rule: of its last grant, or of the transfer that made it.

    """

    lot: Lot
    available: int
    pending: int
    stops: tuple[Stop, ...]
    rule: str

    @property
    def usable(self) -> int:
        """What could be used on the day, stops counted."""
        return 0 if self.stops else self.available


def held_on(
    envelopes: Iterable[Envelope], on: date, known: datetime | None = None
) -> tuple[Held, ...]:
    """Return the lots of one account, from its events that were recorded by `known`."""
    seen = known_by(envelopes, known)
    rules, lots = _rules(seen), as_of(seen, on)
    schemes = {each.lot.scheme for each in lots.values()}
    stops = {scheme: stops_on(seen, scheme, on) for scheme in schemes}
    return tuple(
        Held(
            lot=each.lot,
            available=0 if on < each.lot.term.since else each.available,
            pending=each.available if on < each.lot.term.since else 0,
            stops=stops[each.lot.scheme],
            rule=rules[id_],
        )
        for id_, each in lots.items()
    )


def day_asked(on: date | None, known: datetime | None, today: date) -> date:
    """Return the day asked about: when left out, that of the knowledge, at the latest today."""
    if on is not None or known is None:
        return on or today
    return min(known.astimezone(OFFICE_ZONE).date(), today)


def _rules(envelopes: Iterable[Envelope]) -> dict[LotId, str]:
    rules: dict[LotId, str] = {}
    for envelope in envelopes:
        match envelope.event:
            case RightGranted(lot=lot, basis=basis):
                rules[lot] = basis.rule
            case RightTransferred(lot=lot, basis=basis):
                rules.setdefault(lot, basis.rule)
    return rules
