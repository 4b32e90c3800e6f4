"""A scheme's rules as people read them: as the file has them, or in words with numbers put in."""

from calendar import month_name
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import assert_never, cast

from ledger.domain.calendar import ALWAYS, OPEN
from ledger.domain.expressions import Expression
from ledger.domain.occasions import Grant
from ledger.domain.quantities import Unit
from ledger.domain.regulation import Conversion, Mode, Portability, Scheme
from ledger.domain.wording import in_words, number, numbers_on
from ledger.service.lint import expressions_in
from ops.cli.words import MEASURED, rounding, span, words

STANDING: dict[Mode, str] = {
    "open": "can be used",
    "keep": "are kept, without new use",
    "freeze": "are frozen",
    "lapse": "are lost",
    "convert": "are converted into another scheme",
}


@dataclass(slots=True)
class Sources:
    """Sources, numbered in the order in which they are named."""

    named: list[str] = field(default_factory=list)

    def __call__(self, source: str) -> str:
        """Return the mark of a source, e.g. `[1]`."""
        if source not in self.named:
            self.named.append(source)
        return f"[{self.named.index(source) + 1}]"

    def lines(self) -> Iterator[str]:
        """Write what each mark stands for."""
        yield "Sources:"
        yield from (f"[{index}] {source}" for index, source in enumerate(self.named, 1))


def in_force(scheme: Scheme, on: date) -> Scheme:
    """Return a scheme with only what is in force on a day."""
    numbers = {
        name: replace(each, values=tuple(v for v in each.values if v.since <= on)[-1:])
        for name, each in scheme.parameters.items()
    }
    at_end, orders = scheme.at_end, scheme.taking.orders
    return replace(
        scheme,
        parameters=numbers,
        grants=tuple(each for each in scheme.grants if on in each.valid),
        taking=replace(
            scheme.taking, orders=tuple(each for each in orders if each.since <= on)[-1:]
        ),
        conversions=tuple(each for each in scheme.conversions if on in each.valid),
        at_end=at_end if at_end and on in at_end.valid else None,
    )


def decree(scheme: Scheme, on: date) -> Iterator[str]:
    """Write the rules in force on a day in words, sources at the end."""
    today, source = in_force(scheme, on), Sources()
    numbers = numbers_on(today.parameters.values(), on)
    unit = MEASURED[scheme.unit]
    yield f"{scheme.names['en']} ({scheme.id}) on {on}, in {unit}; {scheme.funder} pays"
    yield f"text {scheme.digest}, after {source(scheme.source)}"
    for grant in today.grants:
        yield from ("", *grant_text(grant, source, numbers))
    if not today.grants:
        yield from ("", _nothing_granted(scheme, on))
    if today.use:
        yield from ("", "To use it, all of this must hold:")
    for each in today.use:
        said = in_words(each.expression, numbers)
        yield f"  - {words(each.name)}: {said}; if not: {each.otherwise}"
    yield from _taking(today, numbers, source)
    yield from ("", "When the status changes, the first of these counts:")
    yield from (f"  - {_case(case, source)}" for case in today.portability)
    if today.at_end is not None:
        yield from ("", f"What is left when its term ends {_conversion(today.at_end, source)}")
    for made in today.conversions:
        yield from ("", f"On request, {span(made.valid)}, what is left {_conversion(made, source)}")
    told = list(_numbers(today, source))
    yield from ("", "Numbers in force:", *told) if told else ()
    if scheme.assumptions:
        yield from ("", "What the sources leave open, and what was taken:")
    yield from (f"- {assumption}" for assumption in scheme.assumptions)
    yield from ("", *source.lines())


def order_of_use(buckets: Iterable[str]) -> str:
    """Write the buckets from which is taken, first to last."""
    return ", then from ".join(bucket or "the ordinary rights" for bucket in buckets)


def _taking(today: Scheme, numbers: Mapping[str, str], source: Sources) -> Iterator[str]:
    """Write how rights are taken for a course."""
    taking, told = today.taking, list[str]()
    if taking.opens is not None:
        told.append(f"it is asked for from {in_words(taking.opens, numbers)} on")
    if taking.closes is not None:
        told.append(f"it is asked for at the latest {in_words(taking.closes, numbers)}")
    if taking.brings is not None:
        day = ", with the numbers of its first day" if taking.by_course else ""
        told.append(f"a course brings at most {in_words(taking.brings, numbers)}{day}")
    if taking.pays is not None:
        told.append(f"the learner pays {in_words(taking.pays, numbers)}")
    held = f"{taking.held_months} months" if taking.held_months else f"{taking.held_days} days"
    if taking.held_months or taking.held_days:
        told.append(f"a reservation that is not captured lapses after {held}")
    told += [
        f"it is taken from {order_of_use(each.buckets)}"
        + (f" {source(each.source)}" if each.source else "")
        for each in taking.orders
    ]
    for bucket, earmark in taking.earmarks.items():
        told.append(f"{bucket} is only for this: {in_words(earmark.expression, numbers)}")
    if told:
        yield from ("", "How it is taken:")
    yield from (f"  - {each}" for each in told)


def _numbers(today: Scheme, source: Sources) -> Iterator[str]:
    """Write the numbers that the rules in force read."""
    rules = expressions_in((today.grants, today.use, today.taking), ALWAYS)
    read = {name for expression, _ in rules for name in expression.names}
    for parameter in today.parameters.values():
        for value in parameter.values if parameter.name in read else ():
            shown = number(value.number, parameter.unit)
            yield f"  {words(parameter.name)}: {shown} from {value.since} {source(value.source)}"


def _nothing_granted(scheme: Scheme, on: date) -> str:
    """Say that no block is valid on a day, and what the file says of it."""
    later = [each for each in scheme.grants if each.valid.since > on]
    following = min(later, key=lambda each: each.valid.since, default=None)
    why = following.gap_before if following is not None and on > scheme.since else None
    return f"No period that begins on {on} gives a right{f': {why}' if why else '.'}"


def _case(case: Portability, source: Sources) -> str:
    who = "everybody else" if case.condition is None else f"who {in_words(case.condition, {})}"
    into = f"; what is left {_conversion(case.conversion, source)}" if case.conversion else ""
    return f"{who}: rights {STANDING[case.mode]}{into} ({case.reason})"


def _conversion(made: Conversion, source: Sources) -> str:
    how = rounding(made.rounding, 1, made.unit)
    return f"becomes a right of {made.to}: {made.words}, {how} {source(made.source)}"


def as_written(scheme: Scheme) -> Iterator[str]:
    """Write a scheme's rules as its file has them, in all versions."""
    yield f"{scheme.names['en']} ({scheme.id}), in {scheme.unit}s; {scheme.funder} pays"
    yield f"text {scheme.digest}, after {scheme.source}"
    for parameter in scheme.parameters.values():
        yield from ("", f"{parameter.name}:")
        for value in parameter.values:
            yield f"  {number(value.number, parameter.unit)} from {value.since} [{value.source}]"
    for grant in scheme.grants:
        yield from ("", *grant_text(grant, lambda source: f"[{source}]"))
    if scheme.use:
        yield from ("", "To use it:")
    for each in scheme.use:
        yield f"  {each.name}: {each.expression.text}; if not: {each.otherwise}"
    yield from ("", "When the status changes, the first of these that holds:")
    for case in scheme.portability:
        condition = f"if {case.condition.text}" if case.condition else "else"
        yield f"  {condition}: {case.mode}, because {case.reason}"
    for made in (*scheme.conversions, *scheme.by_rule):
        yield from ("", f"{made.id}: into {made.to}, {made.words} [{made.source}]")
    yield from ("", "What the sources leave open, and what was taken:")
    yield from (f"- {assumption}" for assumption in scheme.assumptions)


def grant_text(
    block: Grant, mark: Callable[[str], str], numbers: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Write a grant block as its file has it, or in words with numbers put in.

    `mark` writes a source.
    """
    how = rounding(block.rounding, block.step, cast("Unit", block.amount.type))
    if numbers is None:
        say: Callable[[Expression], str] = _text
        where = dict(block.lets)
    else:
        spells = {name: each for name, each in block.lets if each.type == "spells"}
        say = partial(in_words, numbers={**numbers, **spells})
        where = {f"'{words(name)}'": each for name, each in block.lets if name not in spells}
    what = "top-ups" if block.of == "top-up" else "periods"
    yield f"The rule {block.id}, for {what} that begin {span(block.valid)} {mark(block.source)}"
    whom = "to whom all of this holds:" if block.who else "to everybody"
    yield f"  gives {say(block.amount)}, {how}, {whom}"
    yield from (f"  - {words(name)}: {say(condition)}" for name, condition in block.who)
    for name, expression in where.items():
        means = "means" if numbers is not None and expression.type == "bool" else "is"
        yield f"  where {name} {means} {say(expression)}"
    yield f"  due {opening(block)}, {lasting(block)}"
    if block.at_most is not None:
        yield f"  until the balance is {say(block.at_most)}"


def _text(expression: Expression) -> str:
    return expression.text


def opening(block: Grant) -> str:
    """Write when what a block grants is due."""
    match block.opening.how:
        case "start" if block.of == "top-up":
            return "on the first day that its funder names"
        case "start":
            return "at the period's start"
        case "first eligible day":
            return "on the first day of the period on which all of it holds"
        case "after":
            return f"on {block.opening.day} {month_name[block.opening.month]} after the period"
        case "asked":
            return "when it is asked for"
        case _:
            assert_never(block.opening.how)


def lasting(block: Grant) -> str:
    """Write how long what a block grants can be used."""
    match block.lasts:
        case None if block.of == "top-up":
            return "until its funder's deadline"
        case None:
            return "for the period"
        case int(months):
            return f"for {months} months"
        case until:
            return "without end" if until == OPEN else f"until {until}"
