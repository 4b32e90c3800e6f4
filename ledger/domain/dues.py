"""Dues: what the regulations say that a person should have been granted (a pure function)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple, TypeAlias

from ledger.domain.calendar import Term, month_of, plus_months
from ledger.domain.career import NEVER, Career, Number, Person, Questions
from ledger.domain.events import LotId
from ledger.domain.expressions import Type, Values
from ledger.domain.facts import FactId, Holder
from ledger.domain.occasions import (
    TIME,
    Grant,
    Occasion,
    Touched,
    moments,
    occasion_asked,
)
from ledger.domain.quantities import DISPLAY, Unit, plural, rounded, shown
from ledger.domain.regulation import Scheme
from ledger.domain.use import known_of, said_of

TERMS_KEPT = 1_024
"""How many terms are kept written: most are months and years."""

UNTOLD = "the-{}-is-told"
"""The condition that does not hold when a rule needs what nobody said of the course."""

OTHER_HOLDER: Final[Mapping[Holder, str]] = {
    "person": "the-account-is-of-a-person",
    "enterprise": "the-account-is-of-an-enterprise",
}
"""The condition that does not hold when the scheme's rights are another kind of holder's."""

OTHER_UNIT = "the-top-up-is-in-{}"
"""The condition that does not hold when a funder counts in another unit than the scheme."""

NEXT_YEARS = 2
"""How many years ahead the next occasion of any grant is to be found."""

Steps: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Judgement:
    """What a block's conditions make of a person: the day, the named values, the first "no"."""

    day: date
    values: Values
    unmet: str | None
    facts: frozenset[FactId]
    _told: Steps | None = None

    def told(self, grant: Grant) -> Steps:
        """Write the values that the block names."""
        if self._told is None:
            self._told = tuple(
                (name, _TEXTS[expression.type](self.values[name]))
                for name, expression in grant.lets
                if expression.type != "spells"
            )
        return self._told


class Due(NamedTuple):
    """What one lot should have been granted, and why.

    Attributes:
        quantity: in the scheme's smallest unit; 0 says that nothing is due.
        amount: what the rule gives, before the cap on the balance.

    """

    scheme: Scheme
    occasion: Occasion
    judged: Judgement
    amount: int
    quantity: int

    @property
    def lot(self) -> LotId:
        """What it is granted to."""
        return self.occasion.lot

    @property
    def grant(self) -> Grant:
        """The block that gives it."""
        return self.occasion.grant

    @property
    def rule(self) -> str:
        """The grant block and the digest of the regulation."""
        return f"{self.occasion.grant.id}@{self.scheme.digest}"

    @property
    def effective_on(self) -> date:
        """The day from which it is due."""
        return self.judged.day

    @property
    def term(self) -> Term:
        """How long the lot lasts."""
        return self.occasion.term(self.judged.day)

    @property
    def funder(self) -> str:
        """Who pays: who topped up, or the scheme's."""
        made = self.occasion.topped_up
        return self.scheme.funder if made is None else made.content.funder

    @property
    def facts(self) -> frozenset[FactId]:
        """Those relied on."""
        return self.judged.facts

    @property
    def steps(self) -> Steps:
        """Named values on the way; `unmet` names the condition that failed."""
        told, unit = self.judged.told(self.grant), self.scheme.unit
        if self.judged.unmet is not None:
            return (*told, ("unmet", self.judged.unmet))
        amount = ("amount", shown(self.amount, unit))
        if self.quantity < self.amount:
            return (*told, amount, ("room under the cap", shown(self.quantity, unit)))
        return (*told, amount)


def assess(
    scheme: Scheme,
    person: Person,
    until: date,
    touched: Touched | None = None,
    held: Collection[LotId] = (),
    *,
    every: bool = False,
) -> list[Due]:
    """Return a due for every lot that can be due by a day and that the change can influence.

    Without a change, for every lot. Where accrual has a cap, credits are taken in the order
    of their days, and a change re-opens all that come later. What can't be due, and is not
    `held` either, is left out, unless `every` one is asked for.
    """
    if touched is not None and touched.kind not in scheme.kinds:
        return []
    occasions = _occasions(scheme, person, until)
    if touched is not None:
        noticed = [each for each in occasions if _notices(each, touched)]
        if not noticed:
            return []
        occasions = occasions if scheme.capped else noticed
    career = person.career
    theirs = career.holder == scheme.holder
    occasions = [
        each
        for each in occasions
        if every or each.lot in held or (theirs and each.grant.can_give(career, each.window))
    ]
    if not occasions:
        return []
    assessor = _Assessor(scheme, person, until)
    for each in occasions:
        assessor.dues.append(assessor.due(each))
    return assessor.dues


def _occasions(scheme: Scheme, person: Person, until: date) -> Sequence[Occasion]:
    """Return the periods that open by a day, requests and top-ups, in the order of their days."""
    timed = scheme.occasions(date.min, until)
    requests = person.requests.get(scheme.id, ()) if scheme.gives_on_request else ()
    topped_up = [each for each in scheme.topped_up(person.career) if each.opens <= until]
    if not requests and not topped_up:
        return timed
    asked = [
        occasion_asked(scheme.id, grant, each)
        for grant in scheme.grants
        if grant.of == "request"
        for each in requests
        if each.on in grant.valid and each.on <= until
    ]
    return sorted(
        [*timed, *asked, *topped_up], key=lambda each: (each.opens, each.grant.id, each.lot)
    )


def next_day(scheme: Scheme, career: Career, after: date, before: date) -> date:
    """Return the next day, before another, on which a due may change by itself; else that one.

    The edges of the career are such days, too; they are the same for every scheme. Asked of
    schemes that can give something: so a quiet account costs nothing.
    """
    if scheme.tops_up:
        opening = (each.opens for each in scheme.topped_up(career) if each.opens > after)
        before = min([before, *opening])
    if scheme.waiting:
        year = Term(after + timedelta(days=1), plus_months(after, 13))
        for grant in scheme.waits_in(year):
            numbers = scheme.numbers_on(grant.valid.since)
            before = min([before, *moments(grant, career, numbers, year)[:1]])
    horizon = date(min(after.year + NEXT_YEARS, date.max.year), 12, 31)
    for each in scheme.occasions(after, min(before, horizon)):
        if each.opens < before and each.grant.can_give(career, each.window):
            return each.opens
    return before


def _notices(occasion: Occasion, touched: Touched) -> bool:
    if touched.kind == TIME:
        waits = occasion.grant.opening.how == "first eligible day"
        return occasion.opens in touched.term or (waits and occasion.period.overlaps(touched.term))
    if occasion.lot in touched.lots:
        return True
    return touched.kind in occasion.grant.kinds and occasion.window.overlaps(touched.term)


class _Assessor:
    """Judges one person for one scheme; blocks with the same conditions are judged once.

    Attributes:
        dues: those found, in the order of their days.

    """

    def __init__(self, scheme: Scheme, person: Person, until: date) -> None:
        self.scheme = scheme
        self.person = person
        self.until = until
        self.asked = Questions(person, scheme.id, holidays=scheme.holidays)
        self.judged: dict[tuple[object, ...], Judgement] = {}
        self.dues: list[Due] = []

    def due(self, occasion: Occasion) -> Due:
        """Decide one grant of one period."""
        grant = occasion.grant
        if grant.looks_at_balance:
            judged = self._judge(occasion)
        else:
            since, until = occasion.period.since, occasion.period.until  # quicker than the term
            key = (grant.same, since, until, occasion.asked or occasion.topped_up)
            found = self.judged.get(key)
            if found is None:
                found = self.judged[key] = self._judge(occasion)
            judged = found
        if judged.unmet is not None:
            return Due(self.scheme, occasion, judged, 0, 0)
        exact = grant.amount.value(self.asked, judged.values)
        assert isinstance(exact, int | Fraction)  # noqa: S101  checked at load
        amount = quantity = max(rounded(exact, grant.rounding, grant.step), 0)
        if grant.at_most is not None:
            cap = grant.at_most.value(self.asked, judged.values)
            assert isinstance(cap, int | Fraction)  # noqa: S101  checked at load
            quantity = min(amount, max(int(cap) - self._balance(judged.day), 0))
        return Due(self.scheme, occasion, judged, amount, quantity)

    def _before(self, day: date) -> list[Due]:
        """Return what is due before a day, without what funders add."""
        return [
            due for due in self.dues if due.occasion.topped_up is None and due.effective_on < day
        ]

    def _balance(self, day: date) -> int:
        """Return what the account would hold just before a day, without what funders add."""
        credited = sum(due.quantity for due in self._before(day))
        movements = self.person.movements.get(self.scheme.id, ())
        moved = sum(each.quantity for each in movements if each.on < day and not each.beside)
        return max(credited + moved, 0)

    def _judge(self, occasion: Occasion) -> Judgement:
        """Evaluate the conditions on the first day on which they hold, or on the last one."""
        noted = self.asked.noted
        noted.clear()
        self.asked.asked = occasion.asked
        known: Values = {}
        untold = None
        if occasion.topped_up is not None:
            made, unit = occasion.topped_up, self.scheme.unit
            counts = made.content.unit == unit
            known["topped_up"] = made.content.quantity if counts else 0
            untold = None if counts else OTHER_UNIT.format(plural(unit))
            noted.add(made.id)
        if occasion.asked is not None:
            said = said_of(occasion.asked.course)
            known |= known_of(occasion.asked.course)
            missing = sorted(n for n in occasion.grant.reads & said.keys() if said[n] is None)
            untold = UNTOLD.format(missing[0].replace("_", "-")) if missing else None
        if occasion.grant.of == "change":
            known["growth"] = occasion.grant.growth[occasion.opens]
            noted.update(*(due.facts for due in self._before(occasion.opens) if due.quantity))
        if self.person.career.holder != self.scheme.holder:
            untold = OTHER_HOLDER[self.scheme.holder]
        last: tuple[Values, str] | None = None
        looks_at_balance = occasion.grant.looks_at_balance
        for day in self._days(occasion):
            numbers = self.scheme.numbers_on(occasion.numbers_day(day))
            values = {**numbers, **known, "period": occasion.period, "day": day}
            if looks_at_balance:
                values["balance"] = self._balance(day)
            unmet = occasion.grant.judge(self.asked, values)
            if unmet is None:
                return Judgement(day, values, untold, frozenset(noted))
            last = (values, unmet)
        assert last is not None  # noqa: S101  the opening day is always tried
        return Judgement(occasion.opens, *last, frozenset(noted))

    def _days(self, occasion: Occasion) -> Iterator[date]:
        """Yield the days on which the conditions may come to hold."""
        yield occasion.opens
        if occasion.grant.opening.how != "first eligible day":
            return
        since = occasion.opens + timedelta(days=1)
        until = min(self.until + timedelta(days=1), occasion.period.until)
        if since < until:
            numbers = self.scheme.numbers_on(occasion.period.since)
            career = self.person.career
            yield from moments(occasion.grant, career, numbers, Term(since, until))


def _quantity(value: Number, unit: Unit) -> str:
    return f"{value} {plural(unit)}" if value.denominator > 1 else shown(int(value), unit)


@lru_cache(TERMS_KEPT)
def _term(value: Term) -> str:
    if value == NEVER:
        return "none"
    if value == month_of(value.since):
        return value.since.isoformat()[:-3]
    return f"{value.since} to {value.until - timedelta(days=1)}"


_TEXTS: Mapping[Type, Callable[[Any], str]] = {
    "bool": lambda value: "yes" if value else "no",
    "number": str,
    "day": str,
    "term": _term,
    **{unit: partial(_quantity, unit=unit) for unit in DISPLAY},
}
"""How a value of each type is written."""
