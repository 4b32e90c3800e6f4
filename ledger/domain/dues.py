"""Dues: what the regulations say that a person should have been granted (a pure function)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.domain.calendar import Term
from ledger.domain.career import Person, Questions
from ledger.domain.events import LotId
from ledger.domain.expressions import Env, environment
from ledger.domain.facts import FactId
from ledger.domain.quantities import Unit, rounded, shown
from ledger.domain.regulation import Grant, Scheme, Touched, label, period_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What one lot should have been granted, and why.

    Attributes:
        quantity: in `unit`'s smallest unit; 0 says that nothing is due.
        effective_on: the day from which it is due.
        rule: the grant block and the digest of the regulation.
        facts: those relied on.
        steps: named values on the way; `unmet` names the condition that failed.

    """

    lot: LotId
    scheme: str
    unit: Unit
    quantity: int
    term: Term
    funder: str
    effective_on: date
    rule: str
    facts: tuple[FactId, ...]
    steps: tuple[tuple[str, str], ...]


def assess(
    scheme: Scheme, person: Person, until: date, touched: Touched | None = None
) -> list[Due]:
    """Return a due for every lot that can be due by a day and that the change can influence.

    Without a change, for every lot. Where accrual has a cap, credits are taken in the order
    of their days, and a change re-opens all that come later.
    """
    dues: list[Due] = []
    woken = touched is None
    if scheme.capped:
        woken = touched is None or touched.kind == "movement"
    questions = Questions(person, scheme.id)
    env = environment(questions)
    for opens, grant, period in _occasions(scheme, until):
        if grant.at_most is None:
            if touched is None or _notices(grant, period, touched):
                dues.append(_due(scheme, grant, period, env, questions, until, None))
            continue
        woken = woken or (touched is not None and _notices(grant, period, touched))
        before = _balance(dues, person, scheme.id, opens)
        due = _due(scheme, grant, period, env, questions, until, before)
        dues.append(due)
    if scheme.capped and not woken:
        return []
    return dues


def next_day(scheme: Scheme, person: Person, after: date) -> date | None:
    """Return the next day on which a due, or the standing, may change by itself.

    A career that can't give anything has none, so that a quiet account costs nothing.
    """
    if not scheme.concerns(person, None):
        return None
    days = [day for day in person.career.edges() if day > after]
    for grant in scheme.grants:
        period = _next_period(grant, after)
        if period is not None and _can_give(grant, person, grant.window(period)):
            days.append(grant.opening.of(period))
    return min(days, default=None)


def _occasions(scheme: Scheme, until: date) -> list[tuple[date, Grant, Term]]:
    """Return all grants that can be due by a day, in the order of their days."""
    found = [
        (grant.opening.of(period), grant, period)
        for grant in scheme.grants
        for period in grant.periods(until)
    ]
    found.sort(key=lambda each: (each[0], each[1].id))
    return found


def _notices(grant: Grant, period: Term, touched: Touched) -> bool:
    return touched.kind in grant.kinds and grant.window(period).overlaps(touched.term)


def _balance(dues: list[Due], person: Person, scheme: str, day: date) -> int:
    """Return what the account would hold just before a day."""
    credited = sum(due.quantity for due in dues if due.effective_on < day)
    moved = sum(quantity for on, quantity in person.movements.get(scheme, ()) if on < day)
    return max(credited + moved, 0)


def _due(
    scheme: Scheme,
    grant: Grant,
    period: Term,
    env: Env,
    questions: Questions,
    until: date,
    balance: int | None,
) -> Due:
    """Decide one grant of one period."""
    questions.noted = set()
    opens = grant.opening.of(period)
    for day in _days(grant, questions.person, period, opens, until):
        values, unmet = _evaluated(scheme, grant, period, env | {"balance": balance or 0}, day)
        if unmet is None:
            opens = day
            break
    steps = [(name, _text(values[name], e.type)) for name, e in grant.lets if e.type != "spells"]
    quantity = 0
    if unmet is not None:
        steps.append(("unmet", unmet))
    else:
        exact = grant.amount.value(values)
        assert isinstance(exact, int | Fraction)  # noqa: S101  checked at load
        quantity = rounded(Fraction(exact), grant.rounding, grant.step)
        steps.append(("amount", shown(quantity, scheme.unit)))
        if grant.at_most is not None and balance is not None:
            cap = grant.at_most.value(values)
            assert isinstance(cap, int | Fraction)  # noqa: S101  checked at load
            room = max(int(cap) - balance, 0)
            if room < quantity:
                quantity = room
                steps.append(("room under the cap", shown(room, scheme.unit)))
    bucket = f"/{grant.bucket}" if grant.bucket else ""
    return Due(
        lot=f"{scheme.id}/{label(grant.of, period)}{bucket}",
        scheme=scheme.id,
        unit=scheme.unit,
        quantity=quantity,
        term=grant.term(period),
        funder=scheme.funder,
        effective_on=opens,
        rule=f"{grant.id}@{scheme.digest}",
        facts=tuple(sorted(questions.noted)),
        steps=tuple(steps),
    )


def _days(grant: Grant, person: Person, period: Term, opens: date, until: date) -> Iterator[date]:
    """Yield the days on which the conditions may come to hold."""
    yield opens
    if grant.opening.how == "first eligible day":
        yield from (
            day for day in person.career.edges() if opens < day < period.until and day <= until
        )


def _evaluated(
    scheme: Scheme, grant: Grant, period: Term, env: Env, day: date
) -> tuple[Env, str | None]:
    """Evaluate the named values, and return the first condition that does not hold."""
    values = env | scheme.numbers_on(period.since)
    values["period"], values["day"] = period, day
    for name, expression in grant.lets:
        values[name] = expression.value(values)
    for name, expression in grant.who:
        if not expression.value(values):
            return values, name
    return values, None


def _text(value: object, type_: str) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if type_ in {"minute", "cent", "voucher"}:
            return shown(value, type_)  # type: ignore[arg-type]  # the checker's unit
        case Term():
            return f"{value.since}/{value.until}"
        case _:
            return str(value)


def _next_period(grant: Grant, after: date) -> Term | None:
    for number in range(after.year - 1, after.year + 3):
        period = period_of(grant.of, number)
        if grant.opening.of(period) > after and period.since in grant.valid:
            return period
    return None


def _can_give(grant: Grant, person: Person, window: Term) -> bool:
    return any(
        piece.term.overlaps(window) and selector.matches(piece.status)
        for piece in person.career.pieces
        for selector in grant.selectors
    )
