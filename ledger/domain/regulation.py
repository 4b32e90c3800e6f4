"""A scheme's regulation, compiled: parameters, grants, use, conversions and portability.

The data lives in `ledger/regulations`, and `ledger.service.rulebook` reads it. What a scheme
makes due is computed in `ledger.domain.dues`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Literal, TypeAlias

from ledger.domain.calendar import ALWAYS, OPEN, Term, month, only, year
from ledger.domain.career import Career, Number, Person, Questions, Selector
from ledger.domain.commands import Course
from ledger.domain.events import LotId
from ledger.domain.expressions import Expression, Values, judgement
from ledger.domain.lots import Lot
from ledger.domain.quantities import Rounding, Unit

SCHOOL_YEAR_STARTS = (9, 1)
"""Month and day on which a school year begins in Belgium."""

PeriodKind: TypeAlias = Literal["school-year", "calendar-year"]

Mode: TypeAlias = Literal["open", "keep", "freeze", "lapse", "convert"]
"""What becomes of rights when a status changes.

`open`: they can be used; `keep`: no new use, what was reserved can be captured; `freeze`: no use
at all until it ends; `lapse`: they are forfeited; `convert`: they move to another scheme.
"""


CLOSING: frozenset[Mode] = frozenset({"lapse", "convert"})
"""The modes that end a lot for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A parameter's value from a day on, in the smallest unit, with its source."""

    since: date
    number: Number
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that changes on known days.

    Attributes:
        name: as expressions write it.
        unit: None for a plain number.

    """

    name: str
    unit: Unit | None
    values: tuple[Value, ...]

    def on(self, day: date) -> Number | None:
        """Return the value in force on a day, None before the first."""
        return next((v.number for v in reversed(self.values) if v.since <= day), None)


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
        gap_before: why nothing is granted between the block before and this one; None when there
            is no such time.
        source: the legal or official reference.
        judge: adds the named values to those given; returns the first condition that fails.
        same: what two blocks that judge a person alike have in common.
        kinds: of facts whose change it can notice.
        needs: spells of which one must touch the period, or nothing is due; None: none is needed.

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
    gap_before: str | None
    source: str
    judge: Callable[[Questions, Values], str | None] = field(init=False, repr=False, compare=False)
    same: str = field(init=False)
    kinds: frozenset[str] = field(init=False)
    needs: tuple[Selector, ...] | None = field(init=False)

    def __post_init__(self) -> None:
        """Collect what the block reads, from its expressions."""
        expressions = [e for _, e in (*self.lets, *self.who)] + [self.amount]
        if self.at_most is not None:
            expressions.append(self.at_most)
        kinds = {s.kind for e in expressions for s in e.selectors}
        kinds = kinds.union(*(e.profile for e in expressions))
        if any(e.requests for e in expressions):
            kinds.add("request")
        if self.at_most is not None:
            kinds.add(MOVEMENT)
        same = repr([(name, e.text) for name, e in (*self.lets, *self.who)])
        object.__setattr__(self, "judge", judgement(self.lets, self.who))
        object.__setattr__(self, "same", f"{self.of} {self.opening} {same}")
        object.__setattr__(self, "kinds", frozenset(kinds))
        needs = (self._resolved(e.needs) for _, e in self.who)
        object.__setattr__(self, "needs", next((n for n in needs if n is not None), None))

    def _resolved(self, needs: frozenset[Selector | str] | None) -> tuple[Selector, ...] | None:
        """Replace names of what a condition needs by what these need."""
        found: dict[Selector, None] = {}
        lets = dict(self.lets)
        for need in sorted(needs, key=repr) if needs is not None else (None,):
            match need:
                case Selector():
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

    def can_give(self, career: Career, window: Term) -> bool:
        """Whether a person with this career can get anything for a period with this window."""
        if self.needs is None:
            return True
        return any(piece.term.overlaps(window) for piece in career.among(self.needs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One period of one grant block.

    Attributes:
        opens: the first day on which it can be due.
        window: the days whose facts can matter.
        lot: what it would be granted to.

    """

    grant: Grant
    period: Term
    opens: date
    window: Term
    lot: LotId
    term: Term


def occasion(scheme: str, grant: Grant, number: int) -> Occasion:
    """Return the occasion that the period beginning in a year is."""
    period = period_of(grant.of, number)
    opens = grant.opening.of(period)
    window = period
    if grant.opening.how == "after":
        window = window.hull(only(opens))
    for _, expression in (*grant.lets, *grant.who):
        for number_ in expression.months:
            window = window.hull(month(number_, period.since.year))
    bucket = f"/{grant.bucket}" if grant.bucket else ""
    return Occasion(
        grant=grant,
        period=period,
        opens=opens,
        window=window,
        lot=f"{scheme}/{label(grant.of, period)}{bucket}",
        term=period if grant.lasts_until is None else Term(opens, grant.lasts_until),
    )


@cache
def period_of(kind: PeriodKind, number: int) -> Term:
    """Return the school year or calendar year that begins in a year."""
    return year(number) if kind == "calendar-year" else year(number, SCHOOL_YEAR_STARTS)


def label(kind: PeriodKind, period: Term) -> str:
    """Write a period as in a lot's id: `2021-22` or `2021`."""
    first = period.since.year
    return f"{first}" if kind == "calendar-year" else f"{first}-{(first + 1) % 100:02d}"


def converted_lot(to: str, lot: LotId) -> LotId:
    """Name the lot of a scheme that holds what a rule converts out of a lot."""
    return f"{to}/from-{lot.replace('/', '.')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A conversion into another scheme.

    Attributes:
        id: where it stands in the file: `conversion:TO:FROM`, `at-end` or `portability:REASON`.
        to: the target scheme.
        unit: the target's.
        rate: exact target smallest units per source smallest unit.
        words: the rate as the file has it, e.g. `1 hour is 15 EUR`.
        rule: `id@digest`, as a basis names it.
        valid: days on which it can be asked for, or on which it happens.

    """

    id: str
    to: str
    unit: Unit
    rate: Fraction
    words: str
    rounding: Rounding
    funder: str
    rule: str
    valid: Term
    source: str

    def target(self, lot: LotId) -> LotId:
        """Name the lot in the target scheme that holds what a rule converts out of a lot."""
        return converted_lot(self.to, lot)

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
class Condition:
    """A condition of use: what is said when it does not hold."""

    name: str
    expression: Expression
    otherwise: str


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
class Scheme:
    """A measure that gives rights, with its dated rules.

    Attributes:
        names: by language.
        digest: first 8 hexadecimal digits of the SHA-256 of the regulation's content.
        parameters: dated numbers, by the names that expressions use.
        use: conditions of use.
        at_end: what happens to what is left when a lot's term is over; None: it lapses.
        conversions: on request.
        assumptions: what the sources leave open, and what was taken, with the reason.
        capped: whether accrual has a cap, so that credits depend on earlier ones.
        closes: whether its portability rule can end a lot before its term.
        kinds: of changes that can change what is due.

    """

    id: str
    unit: Unit
    funder: str
    names: Mapping[str, str]
    digest: str
    parameters: Mapping[str, Parameter]
    grants: tuple[Grant, ...]
    use: tuple[Condition, ...]
    portability: tuple[Portability, ...]
    at_end: Conversion | None
    conversions: tuple[Conversion, ...]
    source: str
    assumptions: tuple[str, ...]
    capped: bool = field(init=False)
    closes: bool = field(init=False)
    kinds: frozenset[str] = field(init=False)
    _numbers: dict[date, Values] = field(init=False, default_factory=dict)
    _occasions: dict[int, tuple[list[date], list[Occasion]]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Collect what the grants read."""
        set_ = object.__setattr__
        set_(self, "capped", any(g.at_most is not None for g in self.grants))
        set_(self, "closes", any(case.mode in CLOSING for case in self.portability))
        set_(self, "kinds", frozenset({MOVEMENT, TIME}).union(*(g.kinds for g in self.grants)))

    def can_give(self, career: Career) -> bool:
        """Whether a person with this career can ever get anything."""
        return any(grant.needs is None or career.among(grant.needs) for grant in self.grants)

    @property
    def by_rule(self) -> list[Conversion]:
        """The conversions that happen without a request."""
        found = [self.at_end, *(case.conversion for case in self.portability)]
        return [each for each in found if each is not None]

    @property
    def since(self) -> date:
        """The first day of the first grant block."""
        return min(grant.valid.since for grant in self.grants)

    def occasions(self, after: date, until: date) -> Sequence[Occasion]:
        """Return what opens in (after, until], in the order of opening."""
        found = self._occasions.get(until.year)
        if found is None:
            made = [
                occasion(self.id, grant, number)
                for grant in self.grants
                for number in range(grant.valid.since.year, until.year + 1)
                if period_of(grant.of, number).since in grant.valid
            ]
            made.sort(key=lambda each: (each.opens, each.grant.id))
            found = self._occasions[until.year] = ([each.opens for each in made], made)
        days, occasions = found
        return occasions[bisect_right(days, after) : bisect_right(days, until)]

    def numbers_on(self, day: date) -> Values:
        """Return the parameters in force on a day."""
        found = self._numbers.get(day)
        if found is None:
            values = {name: each.on(day) for name, each in self.parameters.items()}
            found = {name: value for name, value in values.items() if value is not None}
            self._numbers[day] = found
        return found

    def standing(self, person: Person, on: date) -> Standing:
        """Say what the portability rule makes of the person's statuses on a day."""
        asked, values = Questions(person, self.id), {"day": on}
        for case in self.portability:
            if case.condition is None or case.condition.value(asked, values):
                return Standing(mode=case.mode, reason=case.reason, conversion=case.conversion)
        raise AssertionError  # the last case has no condition; checked at load

    def standing_since(self, person: Person, on: date) -> date:
        """Return since when, without a break, the standing has been that of the day."""
        mode = self.standing(person, on).mode
        since = on
        for edge in reversed([day for day in person.career.edges() if day <= on]):
            if self.standing(person, edge).mode != mode:
                break
            since = edge
        return since

    def check_use(self, person: Person, course: Course, on: date) -> list[str]:
        """Say which conditions of use do not hold on the day of the request."""
        if on < self.since:
            return [f"{self.id} has no rules before {self.since}"]
        asked = Questions(person, self.id)
        values = self.numbers_on(on) | {"day": on, "course_starts": course.starts_on}
        return [each.otherwise for each in self.use if not each.expression.value(asked, values)]

    def conversion(self, to: str, on: date) -> Conversion | None:
        """Return how rights can be converted on request into another scheme on a day."""
        return next((c for c in self.conversions if c.to == to and on in c.valid), None)

    @staticmethod
    def order(lots: Sequence[Lot]) -> list[Lot]:
        """Put lots in the order of use: what ends soonest first."""
        return sorted(lots, key=lambda lot: (lot.term.until, lot.term.since, lot.id))

    def rule(self, named: str) -> Grant | Conversion | None:
        """Find the block that a basis names, if it is of this content of the regulation."""
        id_, _, digest = named.rpartition("@")
        if digest != self.digest:
            return None
        blocks: list[Grant | Conversion] = [*self.grants, *self.conversions, *self.by_rule]
        return next((block for block in blocks if block.id == id_), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who gives courses; recognised for schemes during terms."""

    id: str
    name: str
    recognised: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All regulations in force.

    Attributes:
        schemes: by id; each comes before those that its rules convert into.

    """

    schemes: Mapping[str, Scheme]
    providers: Mapping[str, Provider]

    def rule(self, named: str) -> Grant | Conversion | None:
        """Find the block that a basis names in any scheme, if it is in force as it was."""
        found = (scheme.rule(named) for scheme in self.schemes.values())
        return next((block for block in found if block is not None), None)

    def provider_recognised(self, provider: str, scheme: str, on: date) -> bool:
        """Whether a provider is recognised for a scheme on a day."""
        known = self.providers.get(provider)
        return known is not None and any(on in term for term in known.recognised.get(scheme, ()))
