"""A scheme's regulation, compiled: parameters, grants, and what it says of use and of status.

The data lives in `ledger/regulations`, and `ledger.service.rulebook` reads it. What a scheme
makes due is computed in `ledger.domain.dues`.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from ledger.domain.calendar import Holidays, Term, no_holidays
from ledger.domain.career import Asked, Career, Number, Person, Questions
from ledger.domain.commands import Course
from ledger.domain.events import Draws, LotId
from ledger.domain.expressions import Expression, Values
from ledger.domain.expressions import Value as Named
from ledger.domain.facts import Holder
from ledger.domain.lots import Lot, bucket_of
from ledger.domain.occasions import (
    MOVEMENT,
    TIME,
    Grant,
    Occasion,
    PeriodKind,
    ToppedUp,
    occasion,
    occasion_topped_up,
    periods,
)
from ledger.domain.portability import CLOSING, Conversion, Portability, Standing
from ledger.domain.quantities import Rounding, Unit, rounded
from ledger.domain.shared import Limit
from ledger.domain.use import (
    ENDED,
    Condition,
    CourseRegister,
    Ended,
    Ending,
    Taking,
    known_of,
    said_of,
)

BY_ITSELF: frozenset[PeriodKind] = frozenset({"request", "top-up", "change"})
"""What a right is given for that no period brings to somebody who has nothing yet."""

DIGEST_DIGITS = 8
"""How many hexadecimal digits of the SHA-256 of a regulation's content are its digest."""

DECEASED = "the person has died"


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


NOBODY: Final = Person(Career(()), {}, {})
"""Whom a rule is asked about that reads only numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A measure that gives rights, with its dated rules.

    Attributes:
        holder: whose accounts hold its rights.
        money: in which prices of courses, and what the learner pays, are said; the unit of a scheme
            that is counted in money.
        names: by language.
        sha256: of the regulation's content, in hexadecimal digits.
        digest: the first `DIGEST_DIGITS` of them, by which a basis names the content.
        parameters: dated numbers, by the names that expressions use.
        use: conditions of use.
        taking: how rights are taken.
        course_register: that a course must be in the register; None: any course counts.
        endings: what the end of a course gives back; empty when the scheme has no rule for it.
        shared: limits that the requests of all people have together.
        at_end: what happens to what is left when a lot's term is over; None: it lapses.
        conversions: on request.
        assumptions: what the sources leave open, and what was taken, with the reason.
        words: how languages say what the file says: by the English text or, with dashes, the name,
            then by language. Stored events hold the English text, which finds the others.
        holidays: the public ones of a calendar year, for working days.
        capped: whether a block looks at the balance, so that credits depend on earlier ones.
        closes: whether its portability rule can end a lot before its term.
        knows_death: whether it says what becomes of rights when a person dies; if not, there is no
            new use.
        gives_on_request: whether a request can make something due by itself.
        waiting: the blocks that an age, or a time since a change, can make due.
        tops_up: whether it takes what funders add.
        revalues: whether what is left grows by itself, whoever holds it.
        kinds: of changes that can change what is due.

    """

    id: str
    unit: Unit
    money: Unit
    funder: str
    holder: Holder
    names: Mapping[str, str]
    sha256: str
    digest: str
    parameters: Mapping[str, Parameter]
    grants: tuple[Grant, ...]
    use: tuple[Condition, ...]
    taking: Taking
    portability: tuple[Portability, ...]
    course_register: CourseRegister | None = None
    endings: tuple[Ending, ...] = ()
    shared: tuple[Limit, ...] = ()
    at_end: Conversion | None
    conversions: tuple[Conversion, ...]
    source: str
    assumptions: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    holidays: Holidays = no_holidays
    capped: bool = field(init=False)
    closes: bool = field(init=False)
    knows_death: bool = field(init=False)
    gives_on_request: bool = field(init=False)
    waiting: tuple[Grant, ...] = field(init=False)
    tops_up: bool = field(init=False)
    revalues: bool = field(init=False)
    kinds: frozenset[str] = field(init=False)
    _renewed: tuple[date, ...] = field(init=False)
    _numbers: dict[int, Values] = field(init=False, default_factory=dict)
    _occasions: dict[int, tuple[list[date], list[Occasion]]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Collect what the grants read."""
        set_ = object.__setattr__
        set_(self, "capped", any(g.looks_at_balance for g in self.grants))
        conditions = [case.condition for case in self.portability if case.condition is not None]
        set_(self, "knows_death", any("death" in each.profile for each in conditions))
        set_(self, "closes", any(case.mode in CLOSING for case in self.portability))
        set_(self, "gives_on_request", any(grant.of == "request" for grant in self.grants))
        waiting = [g for g in self.grants if g.opening.how == "first eligible day"]
        set_(self, "waiting", tuple(g for g in waiting if g.waits))
        set_(self, "tops_up", any(grant.of == "top-up" for grant in self.grants))
        set_(self, "revalues", any(grant.of == "change" for grant in self.grants))
        days = {value.since for each in self.parameters.values() for value in each.values}
        set_(self, "_renewed", tuple(sorted(days)))
        set_(self, "kinds", frozenset({MOVEMENT, TIME}).union(*(g.kinds for g in self.grants)))

    def can_give(self, career: Career) -> bool:
        """Whether the holder of this career can ever get anything without asking for it."""
        if career.holder != self.holder:
            return False
        added = self.tops_up and any(each.scheme == self.id for _, each in career.top_ups)
        return added or any(
            grant.of not in BY_ITSELF and grant.can_give(career) for grant in self.grants
        )

    def waits_in(self, term: Term) -> list[Grant]:
        """Return the blocks for which a day of a term can count that is no edge of a career."""
        return [each for each in self.waiting if each.valid.overlaps(term)]

    def topped_up(self, career: Career) -> list[Occasion]:
        """Return the top-ups that a block of this scheme gives, with their occasions."""
        if not self.tops_up:
            return []
        return [
            occasion_topped_up(self.id, grant, ToppedUp(id_, content))
            for id_, content in career.top_ups
            if content.scheme == self.id
            for grant in self.grants
            if grant.of == "top-up"
            and grant.bucket == content.bucket
            and content.term.since in grant.valid
        ]

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
                occasion(self.id, grant, period)
                for grant in self.grants
                for number in range(grant.valid.since.year, until.year + 1)
                for period in periods(grant, number)
            ]
            made.sort(key=lambda each: (each.opens, each.grant.id))
            found = self._occasions[until.year] = ([each.opens for each in made], made)
        days, occasions = found
        return occasions[bisect_right(days, after) : bisect_right(days, until)]

    def numbers_on(self, day: date) -> Values:
        """Return the parameters in force on a day."""
        place = bisect_right(self._renewed, day)
        found = self._numbers.get(place)
        if found is None:
            values = {name: each.on(day) for name, each in self.parameters.items()}
            found = {name: value for name, value in values.items() if value is not None}
            self._numbers[place] = found
        return found

    def standing(self, person: Person, on: date) -> Standing:
        """Say what the portability rule makes of the person's statuses on a day."""
        if person.career.over_on(on) and not self.knows_death:
            return Standing(mode="keep", reason=DECEASED, conversion=None)
        asked, values = Questions(person, self.id), {"day": on}
        for case in self.portability:
            if case.condition is None or case.condition.value(asked, values):
                return case.standing
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

    def check_use(self, person: Person, asked: Asked, quantity: int = 0) -> list[str]:
        """Say which conditions of use do not hold on the day of the request.

        What nobody said of the course is not looked at: that is left to who enrols.
        """
        if asked.on < self.since:
            return [f"{self.id} has no rules before {self.since}"]
        return [
            each.otherwise
            for each in self.use
            if self._use(each.expression, person, asked, quantity) is False
        ]

    def window(self, person: Person, asked: Asked) -> tuple[date | None, date | None]:
        """Return the first and the last day on which a course can be asked for, if limited."""
        days = [
            None if each is None else self._use(each, person, asked, 0)
            for each in (self.taking.opens, self.taking.closes)
        ]
        first, last = (day if isinstance(day, date) else None for day in days)
        return first, last

    def brings(self, person: Person, asked: Asked) -> int | None:
        """Return the most that a course is worth, in the smallest unit; None: not limited."""
        worth = self.taking.brings
        exact = None if worth is None else self._use(worth, person, asked, 0)
        return rounded(exact, "down") if isinstance(exact, int | Fraction) else None

    def pays(self, person: Person, asked: Asked, quantity: int) -> int | None:
        """Return what the learner pays, in the scheme's money, when it gives a quantity."""
        pays = self.taking.pays
        exact = None if pays is None else self._use(pays, person, asked, quantity)
        return rounded(exact, "nearest") if isinstance(exact, int | Fraction) else None

    def ending(self, person: Person, asked: Asked, taken: int, told: Values) -> "Ended | None":
        """Say what the end of a course gives back, by the first case that holds.

        Args:
            person: as known now.
            asked: the request that the course was asked for with.
            taken: what is still held of it.
            told: `day` and, of `ENDED`, what was said; what is left out stays unknown.

        Returns:
            None when a case needs what nobody said.

        """
        values: Values = {**known_of(asked.course), **told, "taken": taken, "paid": asked.pays or 0}
        values |= self.numbers_on(asked.on)
        asking = Questions(person, self.id, asked, self.holidays)
        for case in self.endings:
            if ENDED.keys() & case.reads - told.keys():
                return None
            if case.condition is None or case.condition.value(asking, values):
                back = {way: rule.value(asking, values) for way, rule in case.back.items()}
                known = "refunds" in back and asked.pays is not None
                return Ended(
                    gives_back=min(_whole(back.get("gives-back"), "down"), taken),
                    refunds=_whole(back["refunds"]) if known else None,
                    recovers=_whole(back.get("recovers")),
                    because=case.because,
                    rule=f"{case.id}@{self.digest}",
                )
        raise AssertionError  # the last case has no condition; checked at load

    def continues(self, person: Person, asked: Asked, struck_on: date) -> bool:
        """Whether a course that was struck from the register may be continued by this person."""
        register = self.course_register
        if register is None or register.continued_until is None:
            return False
        values: Values = {**self.numbers_on(asked.on), "struck_on": struck_on}
        until = register.continued_until.value(Questions(person, self.id), values)
        assert isinstance(until, date)  # noqa: S101  checked at load
        return asked.course.starts_on < until and any(
            each.made
            and each.course.starts_on < struck_on
            and {each.course.id, each.course.programme} & ids_of(asked.course)
            for each in person.requests.get(self.id, ())
        )

    def serves(self, bucket: str, named: str, person: Person, asked: Asked) -> bool:
        """Whether a request that names a bucket (`` for none) may draw from another one."""
        if bucket != named and (named or bucket not in self.taking.order_on(asked.on)):
            return False
        earmark = self.taking.earmarks.get(bucket)
        return earmark is None or self._use(earmark.expression, person, asked, 0) is True

    def _use(self, rule: Expression, person: Person, asked: Asked, quantity: int) -> Named | None:
        """Evaluate a rule of use; None when it reads only what nobody said of the course."""
        said = said_of(asked.course)
        lets = self.taking.read_by(rule) if self.taking.lets else {}
        read = rule.names.union(*(each.names for each in lets.values())) & said.keys()
        if read and all(said[name] is None for name in read):
            return None
        by_course = rule is self.taking.brings and self.taking.by_course
        values = {
            **self.numbers_on(max(asked.course.starts_on, self.since) if by_course else asked.on),
            **known_of(asked.course),
            "day": asked.on,
            "quantity": quantity,
        }
        asking = Questions(person, self.id, asked, self.holidays)
        for name, each in lets.items():
            values[name] = each.value(asking, values)
        return rule.value(asking, values)

    def limits(self, on: date) -> list[Limit]:
        """Return the shared limits for requests of a day."""
        return [limit for limit in self.shared if on in limit.valid]

    def draws(self, course: Course, on: date) -> Draws:
        """Return which shared limits a request of a day counts for."""
        return tuple((each.key(self.id, course, on), each.counts) for each in self.limits(on))

    def most(self, limit: Limit, on: date) -> int:
        """Return what a shared limit allows in the round or period of a day."""
        numbers = self.numbers_on(limit.read_on(on))
        return _whole(limit.at_most.value(Questions(NOBODY, self.id), numbers), "down")

    def conversion(self, to: str, on: date) -> Conversion | None:
        """Return how rights can be converted on request into another scheme on a day."""
        return next((c for c in self.conversions if c.to == to and on in c.valid), None)

    def order(self, lots: Sequence[Lot], on: date) -> list[Lot]:
        """Put lots in a day's order of use: by that of buckets, then what ends soonest first."""
        ranks = {bucket: rank for rank, bucket in enumerate(self.taking.order_on(on))}

        def rank(lot: Lot) -> tuple[int, date, date, LotId]:
            place = ranks.get(bucket_of(lot.id, self.id), len(ranks))
            return (place, lot.term.until, lot.term.since, lot.id)

        return sorted(lots, key=rank)

    def rule(self, named: str) -> Grant | Conversion | None:
        """Find the block that a basis names, if it is of this content of the regulation."""
        id_, _, digest = named.rpartition("@")
        if digest != self.digest:
            return None
        blocks: list[Grant | Conversion] = [*self.grants, *self.conversions, *self.by_rule]
        return next((block for block in blocks if block.id == id_), None)


def ids_of(course: Course) -> set[str]:
    """Return by which ids a register can know a course: its own, and its programme's."""
    return {course.id, course.programme} - {""}


def _whole(exact: Named | None, rounding: Rounding = "nearest") -> int:
    return max(rounded(exact, rounding), 0) if isinstance(exact, int | Fraction) else 0
