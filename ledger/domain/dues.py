"""Dues: what the regulations say that a person should have been granted (a pure function)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ledger.domain.calendar import ALWAYS, OPEN, Term, month_of
from ledger.domain.career import NEVER, Person, Questions
from ledger.domain.events import LotId
from ledger.domain.expressions import Env, environment
from ledger.domain.facts import FactId
from ledger.domain.quantities import Unit, rounded, shown
from ledger.domain.regulation import TIME, Grant, Occasion, Scheme, Touched

NEXT_YEARS = 2
"""How many years ahead the next occasion of any grant is to be found."""

Steps = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What a block's conditions make of a person: the day, the named values, the first "no"."""

    day: date
    values: Env
    unmet: str | None
    facts: frozenset[FactId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What one lot should have been granted, and why.

    Attributes:
        quantity: in `unit`'s smallest unit; 0 says that nothing is due.
        effective_on: the day from which it is due.
        rule: the grant block and the digest of the regulation.
        facts: those relied on.
        amount: what the rule gives, before the cap on the balance.

    """

    lot: LotId
    scheme: str
    unit: Unit
    quantity: int
    term: Term
    funder: str
    effective_on: date
    rule: str
    facts: frozenset[FactId]
    amount: int
    grant: Grant
    judged: _Judgement

    @property
    def steps(self) -> Steps:
        """Named values on the way; `unmet` names the condition that failed."""
        values = self.judged.values
        steps = [
            (name, _text(values[name], expression.type))
            for name, expression in self.grant.lets
            if expression.type != "spells"
        ]
        if self.judged.unmet is not None:
            return (*steps, ("unmet", self.judged.unmet))
        steps.append(("amount", shown(self.amount, self.unit)))
        if self.quantity < self.amount:
            steps.append(("room under the cap", shown(self.quantity, self.unit)))
        return tuple(steps)


def assess(
    scheme: Scheme,
    person: Person,
    until: date,
    touched: Touched | None = None,
    held: Collection[LotId] = (),
) -> list[Due]:
    """Return a due for every lot that can be due by a day and that the change can influence.

    Without a change, for every lot. Where accrual has a cap, credits are taken in the order
    of their days, and a change re-opens all that come later. What can't be due, and is not
    `held` either, is left out.
    """
    if touched is not None and touched.kind != TIME and touched.kind not in scheme.kinds:
        return []
    occasions = scheme.occasions(date.min, until)
    if touched is not None and touched.kind != "movement":
        noticed = [each for each in occasions if _notices(each, touched)]
        if not noticed:
            return []
        occasions = occasions if scheme.capped else noticed
    career = person.career
    occasions = [
        each for each in occasions if each.lot in held or each.grant.can_give(career, each.window)
    ]
    if not occasions:
        return []
    assessor = _Assessor(scheme, person, until)
    dues: list[Due] = []
    for each in occasions:
        balance = _balance(dues, person, scheme.id, each.opens) if scheme.capped else 0
        dues.append(assessor.due(each, balance))
    return dues


def next_day(scheme: Scheme, person: Person, after: date) -> date | None:
    """Return the next day on which a due, or the standing, may change by itself.

    A career that can't give anything has none, so that a quiet account costs nothing.
    """
    career = person.career
    edge = next((day for day in career.edges() if day > after), OPEN)
    if edge < OPEN and not any(grant.can_give(career, ALWAYS) for grant in scheme.grants):
        return None
    horizon = date(min(after.year + NEXT_YEARS, date.max.year), 12, 31)
    for each in scheme.occasions(after, horizon):
        if each.opens >= edge:
            break
        if each.grant.can_give(career, each.window):
            return each.opens
    return edge if edge < OPEN else None


def _notices(occasion: Occasion, touched: Touched) -> bool:
    if touched.kind == TIME:
        waits = occasion.grant.opening.how == "first eligible day"
        return occasion.opens in touched.term or (waits and occasion.period.overlaps(touched.term))
    return touched.kind in occasion.grant.kinds and occasion.window.overlaps(touched.term)


def _balance(dues: list[Due], person: Person, scheme: str, day: date) -> int:
    """Return what the account would hold just before a day."""
    credited = sum(due.quantity for due in dues if due.effective_on < day)
    moved = sum(quantity for on, quantity in person.movements.get(scheme, ()) if on < day)
    return max(credited + moved, 0)


class _Assessor:
    """Judges one person for one scheme; blocks with the same conditions are judged once."""

    def __init__(self, scheme: Scheme, person: Person, until: date) -> None:
        self.scheme = scheme
        self.person = person
        self.until = until
        self.questions = Questions(person, scheme.id)
        self.env = environment(self.questions)
        self.judged: dict[tuple[str, Term], _Judgement] = {}

    def due(self, occasion: Occasion, balance: int) -> Due:
        """Decide one grant of one period."""
        scheme, grant = self.scheme, occasion.grant
        key = (grant.same, occasion.period)
        judged = self.judged.get(key) if grant.at_most is None else None
        if judged is None:
            judged = self.judged[key] = self._judge(occasion, balance)
        amount = quantity = 0
        if judged.unmet is None:
            exact = grant.amount.value(judged.values)
            assert isinstance(exact, int | Fraction)  # noqa: S101  checked at load
            amount = quantity = max(rounded(exact, grant.rounding, grant.step), 0)
            if grant.at_most is not None:
                cap = grant.at_most.value(judged.values)
                assert isinstance(cap, int | Fraction)  # noqa: S101  checked at load
                quantity = min(amount, max(int(cap) - balance, 0))
        return Due(
            lot=occasion.lot,
            scheme=scheme.id,
            unit=scheme.unit,
            quantity=quantity,
            term=occasion.term,
            funder=scheme.funder,
            effective_on=judged.day,
            rule=f"{grant.id}@{scheme.digest}",
            facts=judged.facts,
            amount=amount,
            grant=grant,
            judged=judged,
        )

    def _judge(self, occasion: Occasion, balance: int) -> _Judgement:
        """Evaluate the conditions on the first day on which they hold, or on the opening day."""
        noted = self.questions.noted = set()
        base = self.env | self.scheme.numbers_on(occasion.period.since)
        base |= {"period": occasion.period, "balance": balance}
        first: tuple[Env, str] | None = None
        for day in self._days(occasion):
            values = base | {"day": day}
            unmet = _unmet(occasion.grant, values)
            if unmet is None:
                return _Judgement(day, values, None, frozenset(noted))
            first = first or (values, unmet)
        assert first is not None  # noqa: S101  the opening day is always tried
        return _Judgement(occasion.opens, *first, frozenset(noted))

    def _days(self, occasion: Occasion) -> Iterator[date]:
        """Yield the days on which the conditions may come to hold."""
        opens, until = occasion.opens, min(self.until, occasion.period.until)
        yield opens
        if occasion.grant.opening.how == "first eligible day":
            edges = self.person.career.edges()
            yield from (day for day in edges if opens < day <= until and day in occasion.period)


def _unmet(grant: Grant, values: Env) -> str | None:
    """Evaluate the named values; return the first condition that does not hold."""
    for name, expression in grant.lets:
        values[name] = expression.value(values)
    for name, expression in grant.who:
        if not expression.value(values):
            return name
    return None


def _text(value: object, type_: str) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | Fraction() if type_ in {"minute", "cent", "voucher"}:
            if value.denominator > 1:
                return f"{value} {type_}s"
            return shown(int(value), type_)  # type: ignore[arg-type]  # the checker's unit
        case Term() if value == NEVER:
            return "none"
        case Term() if value == month_of(value.since):
            return f"{value.since:%Y-%m}"
        case Term():
            return f"{value.since} to {value.until - timedelta(days=1)}"
        case _:
            return str(value)
