"""Occasions: the periods, requests and top-ups for which a regulation can give a right."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from ledger.domain.calendar import (
    ALWAYS,
    OPEN,
    SCHOOL_YEAR_STARTS,
    Term,
    month,
    only,
    plus_months,
    quarter,
    year,
)
from ledger.domain.career import Asked, Career, Home, Need, Questions, Selector
from ledger.domain.events import LotId
from ledger.domain.expressions import Expression, Values, judgement
from ledger.domain.facts import FactId, TopUp
from ledger.domain.lots import TOPPED_UP
from ledger.domain.quantities import Rounding

ASKED_FOR = "asked-"
"""How the label of a lot begins that is there for a request."""

_DIGEST_BYTES = 4

PeriodKind: TypeAlias = Literal[
    "school-year", "calendar-year", "quarter", "once", "request", "top-up", "change"
]
"""What a right is given for: a period, once in a life, each request or top-up by itself, or a day
on which a number changes."""

FUNDED: Final = "top-up"
"""The kind of fact that a top-up is."""

TIME = "time"
"""What changed when nothing did but the day."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed: a kind of fact, `request`, `movement` or `time`, and the days it is about.

    Attributes:
        lots: to which a movement gave something back.

    """

    kind: str
    term: Term
    lots: frozenset[LotId] = frozenset()


MOVEMENT = "movement"
"""What changed when rights were taken, given back or converted."""


def movement(lots: Iterable[LotId] = ()) -> Touched:
    """Return the change that each cap on accrual looks at, and lots that are free again."""
    return Touched(MOVEMENT, ALWAYS, frozenset(lots))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a period's grant becomes due.

    Attributes:
        how: at the period's start, on the first day of it on which the person qualifies,
            on the first such day after it (`month`, `day`), or when it is asked for.

    """

    how: Literal["start", "first eligible day", "after", "asked"]
    month: int = 0
    day: int = 0

    def of(self, period: Term) -> date:
        """Return the first day on which the grant of a period can be due."""
        if self.how != "after":
            return period.since
        day = date(period.until.year, self.month, self.day)
        return day if day >= period.until else day.replace(year=day.year + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A dated block of a grant rule.

    Attributes:
        id: `period kind:valid from`, with the bucket if it has one.
        valid: the periods that begin in it follow this block.
        lets: named sub-values, in order of evaluation.
        who: named conditions; all must hold.
        at_most: what the balance may come to; None when accrual has no cap.
        lasts: a lot's last end, or how many months it lasts from the day on which it is due;
            None when it lasts for its period, `OPEN` when it stays open.
        gap_before: why nothing is granted between the block before and this one; None when there
            is no such time.
        source: the legal or official reference.
        number: the parameter whose changes it is for, `` for another block.
        growth: by the day of each such change, by what part of itself the number grew.
        renewed: of a right given once, the days on which a number that it reads changes.
        judge: adds the named values to those given; returns the first condition that fails.
        same: what two blocks that judge a person alike have in common.
        kinds: of facts whose change it can notice.
        reads: the names that its expressions read.
        spans: how many months its conditions look back from a day.
        needs: for each condition that has any, the spells and homes of which one must touch the
            period, or nothing is due.

    """

    id: str
    of: PeriodKind
    bucket: str
    valid: Term
    lets: tuple[tuple[str, Expression], ...]
    who: tuple[tuple[str, Expression], ...]
    amount: Expression
    rounding: Rounding
    step: int
    at_most: Expression | None
    opening: Opening
    lasts: date | int | None
    gap_before: str | None
    source: str
    number: str = ""
    growth: Mapping[date, Fraction] = field(default_factory=dict)
    renewed: tuple[date, ...] = ()
    judge: Callable[[Questions, Values], str | None] = field(init=False, repr=False, compare=False)
    same: str = field(init=False)
    kinds: frozenset[str] = field(init=False)
    reads: frozenset[str] = field(init=False)
    spans: tuple[int | str, ...] = field(init=False)
    needs: tuple[tuple[Need, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Collect what the block reads, from its expressions."""
        expressions = [e for _, e in (*self.lets, *self.who)] + [self.amount]
        if self.at_most is not None:
            expressions.append(self.at_most)
        kinds = {s.kind for e in expressions for s in e.selectors}
        kinds = kinds.union(*(e.profile for e in expressions))
        if self.of == "request" or any(e.requests for e in expressions):
            kinds.add("request")
        if self.of == "top-up":
            kinds.add(FUNDED)
        if self.looks_at_balance or any(e.uses for e in expressions):
            kinds.add(MOVEMENT)
        same = repr([(name, e.text) for name, e in (*self.lets, *self.who)])
        object.__setattr__(self, "judge", judgement(self.lets, self.who))
        object.__setattr__(self, "same", f"{self.of} {self.opening} {same}")
        object.__setattr__(self, "kinds", frozenset(kinds))
        object.__setattr__(self, "spans", tuple(span for e in expressions for span in e.spans))
        object.__setattr__(self, "reads", frozenset().union(*(e.names for e in expressions)))
        needs = (self._resolved(e.needs) for _, e in self.who)
        object.__setattr__(self, "needs", tuple(dict.fromkeys(n for n in needs if n is not None)))

    @property
    def waits(self) -> bool:
        """Whether a day can make its conditions hold on which no fact begins or ends."""
        return bool(self.spans or self.renewed) or "birth" in self.kinds

    @property
    def looks_at_balance(self) -> bool:
        """Whether what it gives depends on what is left of what was given before."""
        return self.at_most is not None or self.of == "change"

    def _resolved(self, needs: frozenset[Need | str] | None) -> tuple[Need, ...] | None:
        """Replace names of what a condition needs by what these need."""
        found: dict[Need, None] = {}
        lets = dict(self.lets)
        for need in sorted(needs, key=repr) if needs is not None else (None,):
            match need:
                case Selector() | Home():
                    found[need] = None
                case str() if need in lets and lets[need].type == "spells":
                    deeper = lets[need].names | frozenset(lets[need].selectors)
                    found |= dict.fromkeys(self._resolved(deeper) or ())
                case str() if need in lets:
                    inner = self._resolved(lets[need].needs)
                    if inner is None:
                        return None
                    found |= dict.fromkeys(inner)
                case _:
                    return None
        return tuple(found)

    def can_give(self, career: Career, window: Term | None = None) -> bool:
        """Whether a person with this career can get anything for a period with this window."""
        for needs in self.needs:  # noqa: SIM110  asked of every period; a generator is slower
            if not career.touches(needs, window):
                return False
        return True


class ToppedUp(NamedTuple):
    """A top-up, and the fact that says it."""

    id: FactId
    content: TopUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One period of one grant block, one request, or one top-up.

    Attributes:
        opens: the first day on which it can be due.
        window: the days whose facts can matter.
        lot: what it would be granted to.
        asked: the request, None for another occasion.
        topped_up: the top-up, None for another occasion.

    """

    grant: Grant
    period: Term
    opens: date
    window: Term
    lot: LotId
    asked: Asked | None = None
    topped_up: ToppedUp | None = None

    def numbers_day(self, day: date) -> date:
        """Return the day whose numbers count for a grant of a day: the period's first one.

        A right that is given once in a life is given by the numbers of its own day.
        """
        return max(day, self.period.since) if self.grant.of == "once" else self.period.since

    def term(self, day: date) -> Term:
        """Return how long a lot lasts that is due from a day on."""
        match self.grant.lasts:
            case None:
                return self.period
            case int(months):
                return Term(day, plus_months(day, months))
            case until:
                return Term(self.opens, until)


def moments(grant: Grant, career: Career, numbers: Values, term: Term) -> list[date]:
    """Return the days of a term on which a block's conditions may come to hold, in order.

    Statuses, qualifications and homes begin and end; a birthday comes, if it asks the age; a
    number is renewed; and something has lasted for, or is over since, as many months as it looks
    back.
    """
    edges = career.edges()
    between = edges[bisect_left(edges, term.since) : bisect_left(edges, term.until)]
    if not grant.waits:
        return between
    days = {*between, *(day for day in grant.renewed if day in term)}
    if "birth" in grant.kinds:
        days.update(career.birthdays(term))
    for span in grant.spans:
        months = numbers.get(span) if isinstance(span, str) else span
        if isinstance(months, int):
            days.update(day for edge in edges if (day := plus_months(edge, months)) in term)
    return sorted(days)


def occasion(scheme: str, grant: Grant, period: Term) -> Occasion:
    """Return the occasion that a period is."""
    opens = grant.opening.of(period)
    window = period
    if grant.opening.how == "after":
        window = window.hull(only(opens))
    if any(expression.looks_back for _, expression in (*grant.lets, *grant.who)):
        window = ALWAYS
    for _, expression in (*grant.lets, *grant.who):
        for number in expression.months:
            window = window.hull(month(number, period.since.year))
    lot = lot_of(scheme, label(grant.of, period), grant.bucket)
    return Occasion(grant=grant, period=period, opens=opens, window=window, lot=lot)


def occasion_asked(scheme: str, grant: Grant, asked: Asked) -> Occasion:
    """Return the occasion that a request is; any fact can matter to it."""
    return Occasion(
        grant=grant,
        period=only(asked.on),
        opens=asked.on,
        window=ALWAYS,
        lot=lot_of(scheme, label_asked(asked.id), grant.bucket),
        asked=asked,
    )


def occasion_topped_up(scheme: str, grant: Grant, made: ToppedUp) -> Occasion:
    """Return the occasion that a top-up is; any fact can matter to it."""
    return Occasion(
        grant=grant,
        period=made.content.term,
        opens=made.content.term.since,
        window=ALWAYS,
        lot=lot_of(scheme, label_topped_up(made.id), grant.bucket),
        topped_up=made,
    )


def periods(grant: Grant, number: int) -> tuple[Term, ...]:
    """Return the periods of a block that begin in a calendar year, in order."""
    match grant.of:
        case "school-year":
            found: tuple[Term, ...] = (year(number, SCHOOL_YEAR_STARTS),)
        case "calendar-year":
            found = (year(number),)
        case "quarter":
            found = tuple(quarter(each, number) for each in (1, 2, 3, 4))
        case "once":
            found = (grant.valid,) if grant.valid.since.year == number else ()
        case "change":
            found = tuple(Term(day, OPEN) for day in grant.growth if day.year == number)
        case "request" | "top-up":
            found = ()
        case _:
            assert_never(grant.of)
    return tuple(period for period in found if period.since in grant.valid)


def first_period(kind: PeriodKind, day: date) -> date:
    """Return the day on which a block's validity can begin, a day itself or one near it."""
    match kind:
        case "school-year":
            return date(day.year, *SCHOOL_YEAR_STARTS)
        case "calendar-year":
            return date(day.year, 1, 1)
        case "quarter":
            return quarter((day.month + 2) // 3, day.year).since
        case _:
            return day


def label(kind: PeriodKind, period: Term) -> str:
    """Write a period as in a lot's id: `2021-22`, `2021`, `2021-Q3`, `once` or `2021-08-01`."""
    first = period.since.year
    match kind:
        case "school-year":
            return f"{first}-{(first + 1) % 100:02d}"
        case "quarter":
            return f"{first}-Q{(period.since.month + 2) // 3}"
        case "once":
            return "once"
        case "change":
            return period.since.isoformat()
        case _:
            return f"{first}"


def label_asked(request: str) -> str:
    """Write a request as in a lot's id."""
    return f"{ASKED_FOR}{request.replace('/', '.')}"


def label_topped_up(fact: FactId) -> str:
    """Write a top-up as in a lot's id: as its source calls it, and what tells sources apart."""
    apart = blake2b(f"{fact.source} {fact.id}".encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return f"{TOPPED_UP}{fact.id.replace('/', '.')}-{apart}"


def lot_of(scheme: str, label_: str, bucket: str) -> LotId:
    """Name a lot."""
    return f"{scheme}/{label_}/{bucket}" if bucket else f"{scheme}/{label_}"
