"""What was granted, used and what lapsed, over the days on which it was recorded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from ledger.audit.books.journal import Entry, Kept
from ledger.audit.books.movements import Name
from ledger.audit.books.totals import Period
from ledger.domain.calendar import Term, plus_months
from ledger.domain.quantities import Unit

Flow: TypeAlias = Literal["granted", "used", "expired"]

FLOWS: Final[tuple[Flow, ...]] = get_args(Flow)

ACCOUNTS: Final[dict[Flow, tuple[Name, Literal["debits", "credits"]]]] = {
    "granted": ("pool", "credits"),
    "used": ("used", "debits"),
    "expired": ("expired", "debits"),
}
"""On which account each is booked, and on which side; the other side takes it back."""

Step: TypeAlias = Literal["day", "week", "month", "year"]

MOST_DAYS: Final = 31
"""A longer period is shown by weeks,"""

MOST_WEEKS: Final = 14
"""one of more weeks by months,"""

MOST_MONTHS: Final = 36
"""and one of more months by years."""

_BY_NAME: Final = {
    name: (flow, 1 if side == "debits" else -1) for flow, (name, side) in ACCOUNTS.items()
}


class Span(NamedTuple):
    """Some days of a period, and what was moved on them: less what was taken back.

    Attributes:
        term: the days.
        moved: of each flow, in the smallest unit; below zero when more was taken back.

    """

    term: Term
    moved: dict[Flow, int]


class Series(NamedTuple):
    """What happened to the rights of one scheme and unit."""

    scheme: str
    unit: Unit
    spans: tuple[Span, ...]

    def total(self, flow: Flow) -> int:
        """Return what was moved in all of the period, as the trial balance has it, too."""
        return sum(span.moved[flow] for span in self.spans)


@dataclass(slots=True)
class Activity:
    """Adds entries up by day: a few numbers for each day and scheme."""

    period: Period
    _days: dict[Kept, dict[date, Counter[Flow]]] = field(default_factory=dict)
    _first: date = date.max
    _last: date = date.min

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries; those outside the period count for nothing."""
        for entry in entries:
            day = entry.recorded_on
            self._first, self._last = min(self._first, day), max(self._last, day)
            if day not in self.period:
                continue
            days = self._days.setdefault(Kept(entry.scheme, entry.unit), {})
            for name, sign in ((entry.debit, 1), (entry.credit, -1)):
                if name in _BY_NAME:
                    flow, side = _BY_NAME[name]
                    days.setdefault(day, Counter())[flow] += sign * side * entry.quantity

    def series(self) -> tuple[Step, list[Series]]:
        """Return what happened, by days, weeks, months or years: as fits the period.

        Of a period that is longer than the journal only the days of the journal are told.
        """
        if not self._days:
            return "month", []
        since = max(self._first, self.period.since or date.min)
        until = min(self._last + timedelta(days=1), self.period.until or date.max)
        step, terms = spans(Term(since, until))
        return step, [
            Series(*kept, tuple(_span(term, days) for term in terms))
            for kept, days in sorted(self._days.items())
            if any(any(moved.values()) for moved in days.values())
        ]


def _span(term: Term, days: dict[date, Counter[Flow]]) -> Span:
    inside = [moved for day, moved in days.items() if day in term]
    return Span(term, {flow: sum(each[flow] for each in inside) for flow in FLOWS})


def spans(whole: Term) -> tuple[Step, list[Term]]:
    """Divide days into days, weeks from Monday, months or years, the fewest that tell enough.

    The first and the last are cut where the days begin and end.
    """
    days = (whole.until - whole.since).days
    months = (whole.until.year - whole.since.year) * 12 + whole.until.month - whole.since.month
    if days <= MOST_DAYS:
        step: Step = "day"
    elif days <= MOST_WEEKS * 7:
        step = "week"
    else:
        step = "month" if months <= MOST_MONTHS else "year"
    return step, list(_cut(whole, step))


def _cut(whole: Term, step: Step) -> Iterator[Term]:
    since = whole.since
    while since < whole.until:
        until = min(_next(since, step), whole.until)
        yield Term(since, until)
        since = until


def _next(day: date, step: Step) -> date:
    match step:
        case "day":
            return day + timedelta(days=1)
        case "week":
            return day + timedelta(days=7 - day.weekday())
        case "month":
            return plus_months(day.replace(day=1), 1)
        case "year":
            return date(day.year + 1, 1, 1)
