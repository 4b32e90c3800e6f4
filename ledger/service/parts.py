"""Parts of a regulation file: numbers, expressions, days and durations, each read by itself."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias, cast, get_args

import yaml

from ledger.domain.calendar import OPEN, Term
from ledger.domain.expressions import (
    MONTHS,
    Expression,
    Type,
    WrongExpression,
    compiled,
    wrong_name,
)
from ledger.domain.occasions import Grant, Opening, periods
from ledger.domain.quantities import Rounding, Unit, plural
from ledger.domain.regulation import Parameter, Value
from ledger.service import marked
from ledger.service.dated import dated
from ledger.service.marked import Wrong

MAX_MONTHS = 1_200
MAX_DAYS = 36_500
"""How long a right or a reservation may last."""

ANY_TYPE = ("bool", "number", "day", "term", "spells", *get_args(Unit))
"""What a named value can be."""

Reads: TypeAlias = Callable[[yaml.Node, Mapping[str, Type], tuple[Type, ...]], Expression]
"""Reads an expression of one of some types, which may use some names."""

Lets: TypeAlias = tuple[tuple[str, Expression], ...]
"""Named values, in order."""

_DUE_AFTER = re.compile(r"(\d{1,2}) ([a-z]+) after the period")


def check_top_up(
    node: yaml.Node, entry: marked.Entries, opening: Opening, lasts: date | int | None
) -> None:
    """Refuse a block that would say itself what the funder says."""
    if entry.get("bucket") is None:
        raise Wrong(node, "'bucket' is missing: the kind of top-up that funders name")
    if opening.how not in ("start", "first eligible day"):
        message = (
            "a top-up is due at 'period start', its funder's first day, or 'first eligible day'"
        )
        raise Wrong(entry["due"], message)
    if lasts is not None:
        raise Wrong(entry["term"], "write 'period': a top-up lasts until its funder's deadline")
    cap = entry.get("balance-at-most")
    if cap is not None:
        raise Wrong(cap, "a top-up does not count for a ceiling, nor is it held back by one")


def growth_of(number: Parameter, node: yaml.Node, valid: Term) -> dict[date, Fraction]:
    """Return by what part of itself a number grows, by the days of a term on which it does."""
    found: dict[date, Fraction] = {}
    for before, value in pairwise(number.values):
        if value.since not in valid or value.number == before.number:
            continue
        if not 0 < before.number < value.number:
            message = f"{number.name} falls, or was 0, on {value.since}; a block only gives, so "
            raise Wrong(node, f"{message}what is left can't be made less")
        found[value.since] = Fraction(value.number) / before.number - 1
    return found


def renewals(grant: Grant, parameters: Mapping[str, Parameter]) -> tuple[date, ...]:
    """Return the days on which a number changes that a block reads, after the block begins."""
    read = [parameters[name] for name in grant.reads & parameters.keys()]
    days = {value.since for each in read for value in each.values}
    return tuple(sorted(day for day in days if day in grant.valid and day > grant.valid.since))


def check_change(
    node: yaml.Node, entry: marked.Entries, opening: Opening, lasts: date | int | None
) -> None:
    """Refuse a block for changes of a number that would not be about all that is left."""
    if entry.get("bucket") is None:
        raise Wrong(node, "'bucket' is missing: what is added at a change has lots of its own")
    if opening.how != "start":
        raise Wrong(entry["due"], "write 'period start': the day of the change")
    if not isinstance(lasts, date):
        raise Wrong(entry["term"], "write 'open' or 'until 2030-01-01', as in the other blocks")


def check_ends(grants: tuple[Grant, ...], nodes: list[yaml.Node]) -> None:
    """Refuse lots that end otherwise than what is added to what is left of all of them."""
    for change in (grant for grant in grants if grant.of == "change"):
        for grant, node in zip(grants, nodes, strict=True):
            if grant.of != "top-up" and grant.lasts != change.lasts:
                message = "its lots end otherwise than those of the block 'of: change'"
                raise Wrong(node, f"{message}, which adds to all that is left; end them together")


def check_overlaps(grants: tuple[Grant, ...], nodes: list[yaml.Node]) -> None:
    """Refuse two blocks of one bucket that hold for the same period."""
    for index, (grant, node) in enumerate(zip(grants, nodes, strict=True)):
        for other in grants[:index]:
            if grant.bucket != other.bucket:
                continue
            if grant.of == other.of == "once":
                message = "a second right that is given once needs a bucket of its own"
                raise Wrong(node, message)
            if grant.valid.overlaps(other.valid):
                message = (
                    f"valid from {grant.valid.since} overlaps the block from {other.valid.since}; "
                    "end the earlier one where the later begins"
                )
                raise Wrong(node, message)


def check_cases(node: yaml.Node, conditions: Sequence[Expression | None], whom: str) -> None:
    """Refuse cases of which not the last, and only that, is for whom the others leave."""
    nodes = marked.items(node)
    odd = [
        each
        for each, condition in zip(nodes, conditions, strict=True)
        if (condition is None) != (each is nodes[-1])
    ]
    if odd or not nodes:
        message = f"the last case, and only that, has no 'if': it is for {whom}"
        raise Wrong(odd[0] if odd else node, message)


def check_lasting(grant: Grant, term: yaml.Node) -> None:
    """Refuse a block that would give a lot whose term is over when it is due."""
    until = grant.lasts
    if not isinstance(until, date) or until == OPEN:
        return
    for number in range(grant.valid.since.year, min(until.year + 2, date.max.year)):
        for period in periods(grant, number):
            due = grant.opening.of(period)
            if due >= until:
                message = f"the period from {period.since} is due on {due}, when this term is over"
                raise Wrong(term, f"{message}; end the block earlier, or the term later")


def parameter_of(pair: marked.Pair, known: Collection[str]) -> Parameter:
    """Read a number that changes on known days."""
    name = marked.text(pair.key).replace("-", "_")
    wrong = f"{name!r} is here twice" if name in known else wrong_name(name)
    if wrong:
        raise Wrong(pair.key, wrong)
    entry = marked.mapping(pair.value, ["values", "source"], ["unit"])
    unit_node = entry.get("unit")
    unit, per = marked.unit(unit_node) if unit_node is not None else (None, 1)
    written = marked.pairs(entry["values"])
    values: list[Value] = []
    days = dated(written, entry["source"])
    for (_, node), (since, source) in zip(written, days, strict=True):
        number = marked.number(node) * per
        if unit is not None and number.denominator != 1:
            raise Wrong(node, f"not a whole number of {plural(unit)}")
        whole = number.denominator == 1
        values.append(Value(since=since, number=int(number) if whole else number, source=source))
    if not values:
        raise Wrong(entry["values"], "at least one value is needed, e.g. {2019-09-01: 125}")
    return Parameter(name=name, unit=unit, values=tuple(values))


def names_of(parameters: Mapping[str, Parameter], **more: Type) -> dict[str, Type]:
    """Return what expressions may name, with its type."""
    return {name: each.unit or "number" for name, each in parameters.items()} | more


def expression_of(
    node: yaml.Node,
    names: Mapping[str, Type],
    expected: tuple[Type, ...],
    parameters: Mapping[str, Parameter],
    since: date,
) -> Expression:
    """Compile an expression that is evaluated from `since` on."""
    written = marked.text(node)
    try:
        expression = compiled(written, names, expected)
    except WrongExpression as wrong:
        column = marked.column_in(node, wrong.column)
        raise Wrong(node, f"{wrong} (in {written!r})", column) from None
    for name in expression.names & parameters.keys():
        first = parameters[name].values[0].since
        if first > since:
            raise Wrong(node, f"{name} has no value before {first}, and is read from {since} on")
    return expression


def lets_of(node: yaml.Node | None, names: dict[str, Type], read: Reads) -> Lets:
    """Read named values in their order, and add them to the names that may be read."""
    lets: list[tuple[str, Expression]] = []
    for key, value in marked.pairs(node):
        wrong = wrong_name(key.value)
        if key.value in names:
            wrong = f"{key.value!r} names something else here"
        if wrong:
            raise Wrong(key, wrong)
        lets.append((key.value, read(value, names, ANY_TYPE)))
        names[key.value] = lets[-1][1].type
    return tuple(lets)


def rounding_of(node: yaml.Node, unit: Unit) -> tuple[Rounding, int]:
    """Read how an amount is rounded, and to how many smallest units."""
    how, _, of = marked.text(node).partition(" ")
    if how not in get_args(Rounding) or of not in marked.UNITS:
        raise Wrong(node, "name the rounding, e.g. 'nearest minute', 'up cent', 'down hour'")
    smallest, per = marked.UNITS[of]
    if smallest != unit:
        message = f"a quantity in {plural(unit)} can't be rounded to a {of}; write '{how} {unit}'"
        raise Wrong(node, message)
    return cast("Rounding", how), per


def opening_of(node: yaml.Node) -> Opening:
    """Read when a block's grant becomes due."""
    written = marked.text(node)
    if written == "period start":
        return Opening(how="start")
    if written == "first eligible day":
        return Opening(how="first eligible day")
    if written == "when asked for":
        return Opening(how="asked")
    match = _DUE_AFTER.fullmatch(written)
    if match is None or match[2] not in MONTHS:
        raise Wrong(
            node,
            "write 'period start', 'first eligible day', 'when asked for' or "
            "'15 june after the period'",
        )
    opening = Opening(how="after", month=MONTHS[match[2]], day=int(match[1]))
    try:
        date(2001, opening.month, opening.day)
    except ValueError:
        raise Wrong(node, f"not every year has a {match[1]} {match[2]}") from None
    return opening


def holding_of(node: yaml.Node | None) -> tuple[int, int]:
    """Read how long a reservation is held, in months and in days; 0 is for ever."""
    if node is None:
        return 0, 0
    match marked.text(node).split():
        case [count, "months" | "month"] if count.isdigit() and 0 < int(count) <= MAX_MONTHS:
            return int(count), 0
        case [count, "days" | "day"] if count.isdigit() and 0 < int(count) <= MAX_DAYS:
            return 0, int(count)
        case _:
            raise Wrong(node, "write how long, e.g. '4 months' or '31 days'")


def lasting_of(node: yaml.Node) -> date | int | None:
    """Read how long a lot lasts: its period (None), open, until a day, or some months."""
    match marked.text(node).split():
        case [count, "months" | "month"] if count.isdigit() and 0 < int(count) <= MAX_MONTHS:
            return int(count)
        case ["period"]:
            return None
        case ["open"]:
            return OPEN
        case ["until", written]:
            return marked.day(yaml.ScalarNode(node.tag, written, node.start_mark, node.end_mark))
        case _:
            raise Wrong(node, "write 'period', 'open', '36 months' or 'until 2019-01-01'")
