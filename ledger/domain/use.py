"""What a regulation says of use: conditions, how rights are taken, and how a course ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from ledger.domain.calendar import plus_days, plus_months
from ledger.domain.commands import Course
from ledger.domain.expressions import Expression, Type, Values
from ledger.domain.expressions import Value as Named
from ledger.domain.quantities import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of use: what is said when it does not hold."""

    name: str
    expression: Expression
    otherwise: str


def course_names(money: Unit) -> dict[str, Type]:
    """Return what a rule of use may read of a course, whose price is in some money."""
    return {
        "course_starts": "day",
        "course_minutes": "minute",
        "course_hours": "number",
        "course_credits": "number",
        "course_price": money,
        "course_kind": "text",
    }


def said_of(course: Course) -> dict[str, Named | None]:
    """Return what was said of a course, by the names of `course_names`; None when nobody said."""
    return {
        "course_starts": course.starts_on,
        "course_minutes": course.minutes,
        "course_hours": None if course.minutes is None else Fraction(course.minutes, 60),
        "course_credits": course.credits,
        "course_price": course.price,
        "course_kind": course.kind,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRegister:
    """That a course, or its programme, must be in the register on its first day.

    Attributes:
        continued_until: until when who asked for it before may go on with one that was struck from
            the register on `struck_on`; None: it can't be continued.

    """

    continued_until: Expression | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What the end of a course gives back; the fields are those of a `CourseEnded`."""

    gives_back: int
    refunds: int | None
    recovers: int
    because: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One case of how a course ends; the first whose condition holds counts.

    Attributes:
        id: `ending:number`, as they stand in the file.
        condition: None is for every other ending.
        gives_back: what the lots get back; None: nothing.
        refunds: what the learner gets back, in the scheme's money; None: the rule doesn't tell.
        recovers: what the funder gets back of what stays used; None: nothing.
        because: what people are told.

    """

    id: str
    condition: Expression | None
    gives_back: Expression | None
    refunds: Expression | None
    recovers: Expression | None
    because: str

    @property
    def back(self) -> dict[str, Expression]:
        """What goes back, by how: `gives-back`, `refunds` and `recovers`."""
        ways = ("gives-back", "refunds", "recovers")
        rules = (self.gives_back, self.refunds, self.recovers)
        return {way: rule for way, rule in zip(ways, rules, strict=True) if rule is not None}

    @property
    def reads(self) -> frozenset[str]:
        """The names that its expressions read."""
        found = [rule.names for rule in self.back.values()]
        return frozenset().union(*found, self.condition.names if self.condition else ())


ENDED: Final[dict[str, Type]] = {
    "withdrawn": "bool",
    "attended": "number",
    "exam": "text",
    "asked_on": "day",
}
"""What a rule of endings may read, beside the course, what was `taken` of it, and is `paid`."""


def known_of(course: Course) -> Values:
    """Return what was said of a course; what nobody said is 0."""
    return {name: 0 if value is None else value for name, value in said_of(course).items()}


ORDINARY: Final = "ordinary"
"""How an order of use calls the lots without a bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Buckets that are drawn from without being named, first to last, from a day on.

    Attributes:
        buckets: `` are the ordinary lots, which are always among them.
        source: `` when the order has no date.

    """

    since: date
    buckets: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How a scheme's rights are taken for a course; what is None is not limited.

    Attributes:
        lets: named values that the rules of use read, in order.
        opens: the first day on which it can be asked for.
        closes: the last day on which it can be asked for.
        brings: the most that a course is worth, in the scheme's unit.
        by_course: whether `brings` reads the parameters of the course's first day, not those of
            the day of the request.
        pays: what the learner pays, in the scheme's money; `quantity` is what the scheme gives.
        held_months: a reservation lapses when it is so old, and has not been captured.
        held_days: the same, in days.
        orders: of use, from early to late.
        earmarks: by bucket, what its lots may be used for.

    """

    lets: tuple[tuple[str, Expression], ...] = ()
    opens: Expression | None = None
    closes: Expression | None = None
    brings: Expression | None = None
    by_course: bool = False
    pays: Expression | None = None
    held_months: int = 0
    held_days: int = 0
    orders: tuple[Order, ...] = ()
    earmarks: Mapping[str, Condition] = field(default_factory=dict)

    def read_by(self, rule: Expression) -> dict[str, Expression]:
        """Return the named values that a rule needs, in the order in which they are worked out."""
        names, found = set(rule.names), dict[str, Expression]()
        for name, each in reversed(self.lets):
            if name in names:
                names |= each.names
                found[name] = each
        return dict(reversed(found.items()))

    def order_on(self, day: date) -> tuple[str, ...]:
        """Return the buckets that a request of a day draws from without naming one."""
        found = (each.buckets for each in reversed(self.orders) if each.since <= day)
        return next(found, ("",))

    def lapses_on(self, on: date) -> date | None:
        """Return the first day on which a reservation of a day is no longer held."""
        if self.held_months:
            return plus_months(on, self.held_months)
        return plus_days(on, self.held_days) if self.held_days else None
