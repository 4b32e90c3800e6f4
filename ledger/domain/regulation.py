"""A scheme's regulation, compiled: parameters, grants, use, conversions and portability.

The data lives in `ledger/regulations`, and `ledger.service.rulebook` reads it. What a scheme
makes due is computed in `ledger.domain.dues`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from ledger.domain.calendar import OPEN, Term, year
from ledger.domain.career import Person, Questions
from ledger.domain.commands import Course
from ledger.domain.events import LotId
from ledger.domain.expressions import PURE, Env, Expression, Selector, environment
from ledger.domain.facts import Profile, Spell
from ledger.domain.lots import Lot
from ledger.domain.quantities import Rounding, Unit

SCHOOL_YEAR_STARTS = (9, 1)
"""Month and day on which a school year begins in Belgium."""

PeriodKind: TypeAlias = Literal["school-year", "calendar-year"]
Mode: TypeAlias = Literal["open", "keep", "freeze", "lapse", "convert"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A value that changes on known days, each with its source."""

    values: tuple[tuple[date, Fraction | int], ...]

    def on(self, day: date) -> Fraction | int | None:
        """Return the value in force on a day, None before the first."""
        found = None
        for since, value in self.values:
            if since > day:
                break
            found = value
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a period's grant becomes due.

    Attributes:
        how: at the period's start, on the first day of it on which the person qualifies,
            or on a day of the calendar year after it (`month`, `day`).

    """

    how: Literal["start", "first eligible day", "after"]
    month: int = 0
    day: int = 0

    def of(self, period: Term) -> date:
        """Return the first day on which the grant of a period can be due."""
        if self.how == "after":
            return date(period.until.year, self.month, self.day)
        return period.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A dated block of a grant rule.

    Attributes:
        id: `period kind:valid from`, with the bucket if it has one.
        valid: the periods that begin in it follow this block.
        lets: named sub-values, in order of evaluation.
        who: named conditions; all must hold.
        at_most: what the balance may come to; None when accrual has no cap.
        lasts_until: the last lots' end; None when a lot lasts for its period, `OPEN` when it
            stays open.
        source: the legal or official reference.

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
    lasts_until: date | None
    source: str
    selectors: tuple[Selector, ...] = field(init=False)
    kinds: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Collect what the block reads, from its expressions."""
        expressions = [e for _, e in (*self.lets, *self.who)] + [self.amount]
        if self.at_most is not None:
            expressions.append(self.at_most)
        selectors = tuple({s: None for e in expressions for s in e.selectors})
        kinds = {s.kind for s in selectors}.union(*(e.profile for e in expressions))
        if any(e.requests for e in expressions):
            kinds.add("request")
        if self.at_most is not None:
            kinds.add("movement")
        object.__setattr__(self, "selectors", selectors)
        object.__setattr__(self, "kinds", frozenset(kinds))

    def periods(self, until: date) -> Iterable[Term]:
        """Yield the periods of this block whose grant can be due by a day, in order."""
        number = self.valid.since.year
        while True:
            period = period_of(self.of, number)
            if period.since >= self.valid.until or self.opening.of(period) > until:
                return
            if period.since >= self.valid.since:
                yield period
            number += 1

    def term(self, period: Term) -> Term:
        """Return how long the lot of a period lasts."""
        if self.lasts_until is None:
            return period
        return Term(self.opening.of(period), self.lasts_until)

    def window(self, period: Term) -> Term:
        """Return the days whose facts can matter for a period: the period and its months."""
        key = (self.id, period)
        found = _WINDOWS.get(key)
        if found is None:
            found = period
            for _, expression in (*self.lets, *self.who):
                for code in expression.months:
                    month = eval(code, {**PURE, "period": period})  # noqa: S307  checked at load
                    found = found.hull(month)
            _WINDOWS[key] = found
        return found


_WINDOWS: dict[tuple[str, Term], Term] = {}
"""Memo of a pure function: blocks and periods are few."""


def period_of(kind: PeriodKind, number: int) -> Term:
    """Return the school year or calendar year that begins in a year."""
    if kind == "calendar-year":
        return year(number)
    month, day = SCHOOL_YEAR_STARTS
    return Term(date(number, month, day), date(number + 1, month, day))


def label(kind: PeriodKind, period: Term) -> str:
    """Write a period as in a lot's id: `2021-22` or `2021`."""
    first = period.since.year
    return f"{first}" if kind == "calendar-year" else f"{first}-{(first + 1) % 100:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A conversion into another scheme.

    Attributes:
        to: the target scheme.
        unit: the target's.
        rate: exact target smallest units per source smallest unit.
        rule: `conversion@digest` of the scheme that it leaves.
        valid: days on which it can be asked for, or on which it happens.

    """

    to: str
    unit: Unit
    rate: Fraction
    rounding: Rounding
    funder: str
    rule: str
    valid: Term
    source: str

    def target(self, lot: LotId) -> LotId:
        """Name the lot in the target scheme that holds what a rule converts out of a lot."""
        return f"{self.to}/from-{lot.replace('/', '.')}"

    @staticmethod
    def term_from(day: date) -> Term:
        """Return the term of what is converted on a day: it stays open."""
        return Term(day, OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portability:
    """One case of what a change of status does; the first whose condition holds counts."""

    condition: Expression | None
    mode: Mode
    reason: str
    conversion: Conversion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the portability rule says of a person on a day."""

    mode: Mode
    reason: str
    conversion: Conversion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A condition of use that does not hold."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed: a kind of fact, the days that it is about, and what it said and says."""

    kind: str
    term: Term
    contents: tuple[Spell | Profile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A measure that gives rights, with its dated rules.

    Attributes:
        names: by language.
        digest: first 8 hexadecimal digits of the SHA-256 of the regulation's content.
        parameters: dated numbers, with the names that expressions use.
        at_end: what happens to what is left when a lot's term is over; None: it lapses.
        conversions: on request.
        assumptions: what the sources leave open, and what was taken, with the reason.

    """

    id: str
    unit: Unit
    funder: str
    names: Mapping[str, str]
    digest: str
    parameters: Mapping[str, Dated]
    grants: tuple[Grant, ...]
    use: tuple[tuple[str, Expression, str], ...]
    portability: tuple[Portability, ...]
    at_end: Conversion | None
    conversions: tuple[Conversion, ...]
    source: str
    assumptions: tuple[str, ...]
    capped: bool = field(init=False)
    kinds: frozenset[str] = field(init=False)
    selectors: tuple[Selector, ...] = field(init=False)
    _numbers: dict[date, Env] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Collect what the grants read."""
        set_ = object.__setattr__
        set_(self, "capped", any(g.at_most is not None for g in self.grants))
        set_(self, "kinds", frozenset().union(*(g.kinds for g in self.grants)))
        set_(self, "selectors", tuple({s: None for g in self.grants for s in g.selectors}))

    def reads(self, kind: str) -> bool:
        """Whether a change of this kind can change what is due."""
        return kind in self.kinds

    def concerns(self, person: Person, touched: Touched | None) -> bool:
        """Whether anything in the person's career, or what it was, can make something due."""
        statuses = [piece.status for piece in person.career.pieces]
        if touched is not None:
            if touched.kind not in self.kinds:
                return False
            statuses += [c.status for c in touched.contents if isinstance(c, Spell)]
        return any(s.matches(status) for s in self.selectors for status in statuses)

    def numbers_on(self, day: date) -> Env:
        """Return the parameters in force on a day."""
        found = self._numbers.get(day)
        if found is None:
            values = {name: dated.on(day) for name, dated in self.parameters.items()}
            found = {name: value for name, value in values.items() if value is not None}
            self._numbers[day] = found
        return found

    def standing(self, person: Person, on: date) -> Standing:
        """Say what the portability rule makes of the person's statuses on a day."""
        env: Env = environment(Questions(person, self.id)) | {"day": on}
        for case in self.portability:
            if case.condition is None or case.condition.value(env):
                return Standing(mode=case.mode, reason=case.reason, conversion=case.conversion)
        return Standing(mode="open", reason="no rule stops it", conversion=None)

    def standing_since(self, person: Person, on: date) -> date:
        """Return since when, without a break, the standing has been that of the day."""
        mode = self.standing(person, on).mode
        since = on
        for edge in reversed([day for day in person.career.edges() if day <= on]):
            if self.standing(person, edge).mode != mode:
                break
            since = edge
        return since

    def check_use(self, person: Person, course: Course, on: date) -> list[Failure]:
        """Return the conditions of use that do not hold on the day of the request."""
        env: Env = environment(Questions(person, self.id)) | self.numbers_on(on)
        env |= {"day": on, "course_starts": course.starts_on}
        return [
            Failure(name=name, text=text)
            for name, condition, text in self.use
            if not condition.value(env)
        ]

    def conversion(self, to: str, on: date) -> Conversion | None:
        """Return how rights can be converted on request into another scheme on a day."""
        return next((c for c in self.conversions if c.to == to and on in c.valid), None)

    @staticmethod
    def order(lots: Sequence[Lot]) -> list[Lot]:
        """Put lots in the order of use: what ends soonest first."""
        return sorted(lots, key=lambda lot: (lot.term.until, lot.term.since, lot.id))

    def grant(self, rule: str) -> Grant | None:
        """Find the block that a basis names, if it is of this content of the regulation."""
        id_, _, digest = rule.partition("@")
        return next((g for g in self.grants if g.id == id_ and digest == self.digest), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who gives courses; recognised for schemes during terms."""

    id: str
    name: str
    recognised: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All regulations in force."""

    schemes: Mapping[str, Scheme]
    providers: Mapping[str, Provider]

    def touched_by(self, person: Person, touched: Touched | None) -> list[Scheme]:
        """Return the schemes that can notice a change; None stands for any change."""
        return [s for s in self.schemes.values() if s.concerns(person, touched)]

    def provider_recognised(self, provider: str, scheme: str, on: date) -> bool:
        """Whether a provider is recognised for a scheme on a day."""
        known = self.providers.get(provider)
        return known is not None and any(on in term for term in known.recognised.get(scheme, ()))
