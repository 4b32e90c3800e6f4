"""A scheme's rules as people read them: as the file has them, or in words with numbers put in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import assert_never, cast

from ledger.audit.in_force import in_force
from ledger.domain.calendar import ALWAYS, OPEN, Term
from ledger.domain.expressions import Expression
from ledger.domain.occasions import Grant
from ledger.domain.portability import Conversion, Portability
from ledger.domain.quantities import Unit, plural
from ledger.domain.regulation import Scheme
from ledger.domain.shared import Limit
from ledger.domain.use import Ending
from ledger.service.lint import expressions_in
from ledger.words.language import ENGLISH, Language, number
from ledger.words.sentences import rounding
from ledger.words.wording import in_words, numbers_on


@dataclass(slots=True)
class Sources:
    """Sources, numbered in the order in which they are named."""

    say: Language = ENGLISH
    named: list[str] = field(default_factory=list)

    def __call__(self, source: str) -> str:
        """Return the mark of a source, e.g. `[1]`."""
        if source not in self.named:
            self.named.append(source)
        return f"[{self.named.index(source) + 1}]"

    def lines(self) -> Iterator[str]:
        """Write what each mark stands for."""
        yield self.say("sources")
        for index, source in enumerate(self.named, 1):
            yield f"[{index}] {self.say.known(source) or source}"


def decree(scheme: Scheme, on: date, say: Language = ENGLISH) -> Iterator[str]:
    """Write the rules in force on a day in words, sources at the end."""
    say = say.of(scheme)
    today, source = in_force(scheme, on), Sources(say)
    numbers = numbers_on(today.parameters.values(), on, say)
    yield say(
        "decree",
        name=scheme.names[say.code],
        scheme=scheme.id,
        day=say.day(on),
        unit=say.measured(scheme.unit),
        funder=scheme.funder,
    )
    yield say("version", digest=scheme.digest, mark=source(scheme.source))
    if scheme.holder == "enterprise":
        yield say("held-by-enterprise")
    for grant in today.grants:
        yield from ("", *grant_text(grant, source, numbers, say))
    if not today.grants:
        yield from ("", _nothing_granted(scheme, on, say))
    if today.use:
        yield from ("", say("use"))
    for each in today.use:
        said = in_words(each.expression, numbers, say)
        name, otherwise = say.text(each.name), say.text(each.otherwise)
        yield f"  - {say('use-condition', name=name, said=said, otherwise=otherwise)}"
    yield from _taking(today, numbers, source, say)
    if today.endings:
        yield from ("", say("ending"))
    yield from (f"  - {_ending(case, numbers, say)}" for case in today.endings)
    if today.shared:
        yield from ("", say("shared"))
    yield from (f"  - {_limit(each, scheme, on, source, say)}" for each in today.shared)
    yield from ("", say("portability"))
    yield from (f"  - {_case(case, source, say)}" for case in today.portability)
    if today.at_end is not None:
        yield from ("", say("at-end", conversion=_conversion(today.at_end, source, say)))
    for made in today.conversions:
        conversion = _conversion(made, source, say)
        yield from ("", say("on-request", span=say.span(made.valid), conversion=conversion))
    told = list(_numbers(today, source, say))
    yield from ("", say("numbers"), *told) if told else ()
    if scheme.assumptions:
        yield from ("", say("left-open"))
    yield from (f"- {say.text(assumption)}" for assumption in scheme.assumptions)
    yield from ("", *source.lines())


def order_of_use(buckets: Iterable[str], say: Language = ENGLISH) -> str:
    """Write the buckets from which is taken, first to last."""
    named = (say.text(bucket) if bucket else say("ordinary") for bucket in buckets)
    return f", {say('then-from')} ".join(named)


def _taking(
    today: Scheme, numbers: Mapping[str, str], source: Sources, say: Language
) -> Iterator[str]:
    """Write how rights are taken for a course."""
    taking, told = today.taking, list[str]()
    if taking.opens is not None:
        told.append(say("taking-opens", day=in_words(taking.opens, numbers, say)))
    if taking.closes is not None:
        told.append(say("taking-closes", day=in_words(taking.closes, numbers, say)))
    if (register := today.course_register) is not None:
        told.append(f"{say('taking-register')} {source(register.source)}")
        if register.continued_until is not None:
            day = in_words(register.continued_until, numbers, say)
            told.append(say("taking-continued", day=day))
    if taking.brings is not None:
        message = "taking-brings-first-day" if taking.by_course else "taking-brings"
        told.append(say(message, amount=in_words(taking.brings, numbers, say)))
    if taking.pays is not None:
        told.append(say("taking-pays", amount=in_words(taking.pays, numbers, say)))
    if taking.held_months:
        told.append(say("taking-held-months", count=taking.held_months))
    if taking.held_days:
        told.append(say("taking-held-days", count=taking.held_days))
    for each in taking.orders:
        order = say("taking-order", buckets=order_of_use(each.buckets, say))
        told.append(f"{order} {source(each.source)}" if each.source else order)
    for name, value in taking.lets:
        means = "where-means" if value.type == "bool" else "where-is"
        named = say("quoted", what=say.text(name))
        told.append(say(means, name=named, said=in_words(value, numbers, say)))
    for bucket, earmark in taking.earmarks.items():
        said = in_words(earmark.expression, numbers, say)
        told.append(say("taking-earmark", bucket=say.text(bucket), said=said))
    if told:
        yield from ("", say("taking"))
    yield from (f"  - {each}" for each in told)


def _numbers(today: Scheme, source: Sources, say: Language) -> Iterator[str]:
    """Write the numbers that the rules in force read."""
    parts = (today.grants, today.use, today.taking, today.endings, today.shared)
    rules = expressions_in(parts, ALWAYS)
    read = {name for expression, _ in rules for name in expression.names}
    read |= {grant.number for grant in today.grants}
    for parameter in today.parameters.values():
        for value in parameter.values if parameter.name in read else ():
            amount, since = say.number(value.number, parameter.unit), say.span(Term(value.since))
            said = f"{amount} {since} {source(value.source)}"
            yield f"  {say('item', name=say.text(parameter.name), said=said)}"


def _nothing_granted(scheme: Scheme, on: date, say: Language) -> str:
    """Say that no block is valid on a day, and what the file says of it."""
    later = [each for each in scheme.grants if each.valid.since > on]
    following = min(later, key=lambda each: each.valid.since, default=None)
    why = following.gap_before if following is not None and on > scheme.since else None
    if why is None:
        return say("nothing-granted", day=say.day(on))
    return say("nothing-granted-why", day=say.day(on), why=say.text(why))


def _ending(case: Ending, numbers: Mapping[str, str], say: Language) -> str:
    """Write what one way of ending a course gives back, and to whom."""
    who = say("every-other-ending")
    if case.condition is not None:
        who = say("if", said=in_words(case.condition, numbers, say))
    back = [say(to, amount=in_words(rule, numbers, say)) for to, rule in case.back.items()]
    said = ", ".join(back) or say("nothing-back")
    return say("ending-case", who=who, said=said, because=say.text(case.because))


def _limit(limit: Limit, scheme: Scheme, on: date, source: Sources, say: Language) -> str:
    """Write what all have together, with the numbers of the first day of its round or period."""
    numbers = numbers_on(scheme.parameters.values(), limit.read_on(on), say)
    return say(
        "shared-limit",
        name=say.text(limit.name),
        counted=say(f"shared-{limit.counts}", amount=in_words(limit.at_most, numbers, say)),
        whose=say(f"shared-{limit.per}"),
        each=say(f"shared-{limit.each}", rounds=", ".join(map(say.day, limit.rounds))),
        span=say.span(limit.valid),
        mark=source(limit.source),
        otherwise=say.text(limit.otherwise),
    )


def _case(case: Portability, source: Sources, say: Language) -> str:
    who = say("everybody-else")
    if case.condition is not None:
        who = say("who", said=in_words(case.condition, {}, say))
    standing, reason = say(f"standing-{case.mode}"), say.text(case.reason)
    if case.conversion is None:
        return say("case", who=who, standing=standing, reason=reason)
    into = _conversion(case.conversion, source, say)
    return say("case-converted", who=who, standing=standing, conversion=into, reason=reason)


def _conversion(made: Conversion, source: Sources, say: Language) -> str:
    return say(
        "conversion",
        scheme=made.to,
        rate=say.text(made.words),
        rounding=rounding(made.rounding, 1, made.unit, say),
        mark=source(made.source),
    )


def as_written(scheme: Scheme) -> Iterator[str]:
    """Write a scheme's rules as its file has them, in all versions."""
    yield f"{scheme.names['en']} ({scheme.id}), in {plural(scheme.unit)}; {scheme.funder} pays"
    yield f"text {scheme.digest}, after {scheme.source}"
    if scheme.holder == "enterprise":
        yield ENGLISH("held-by-enterprise")
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
    if scheme.endings:
        yield from ("", "When a course ends, the first of these that holds:")
    for ending in scheme.endings:
        condition = f"if {ending.condition.text}" if ending.condition else "else"
        told = ", ".join(f"{to} {rule.text}" for to, rule in ending.back.items())
        told = told or "nothing comes back"
        yield f"  {condition}: {told}, because {ending.because}"
    for limit in scheme.shared:
        rounds = f" ({', '.join(map(str, limit.rounds))})" if limit.rounds else ""
        yield from ("", f"{limit.name}, which all have together, {ENGLISH.span(limit.valid)}:")
        yield f"  {limit.counts} at most {limit.at_most.text}, per {limit.per}"
        yield f"  each {limit.each}{rounds}; if not: {limit.otherwise} [{limit.source}]"
    yield from ("", "When the status changes, the first of these that holds:")
    for case in scheme.portability:
        condition = f"if {case.condition.text}" if case.condition else "else"
        yield f"  {condition}: {case.mode}, because {case.reason}"
    for made in (*scheme.conversions, *scheme.by_rule):
        yield from ("", f"{made.id}: into {made.to}, {made.words} [{made.source}]")
    yield from ("", "What the sources leave open, and what was taken:")
    yield from (f"- {assumption}" for assumption in scheme.assumptions)


def grant_text(
    block: Grant,
    mark: Callable[[str], str],
    numbers: Mapping[str, str] | None = None,
    say: Language = ENGLISH,
) -> Iterator[str]:
    """Write a grant block as its file has it, or in words with numbers put in.

    `mark` writes a source.
    """
    if numbers is None:
        put: Callable[[Expression], str] = _text
        where = dict(block.lets)
    else:
        spells = {name: each for name, each in block.lets if each.type == "spells"}
        put = partial(in_words, numbers={**numbers, **spells}, say=say)
        where = {
            say("quoted", what=say.text(name)): each
            for name, each in block.lets
            if name not in spells
        }
    how = rounding(block.rounding, block.step, cast("Unit", block.amount.type), say)
    about = {"rule": block.id, "span": say.span(block.valid), "mark": mark(block.source)}
    if block.of == "change":
        yield say("rule-change", number=say.text(block.number), **about)
    else:
        yield say("rule-top-up" if block.of == "top-up" else "rule", **about)
    whom = "gives" if block.who else "gives-everybody"
    yield f"  {say(whom, amount=put(block.amount), rounding=how)}"
    for name, condition in block.who:
        yield f"  - {say('item', name=say.text(name), said=put(condition))}"
    for name, expression in where.items():
        means = numbers is not None and expression.type == "bool"
        yield f"  {say('where-means' if means else 'where-is', name=name, said=put(expression))}"
    yield f"  {say('due', opening=opening(block, say), lasting=lasting(block, say))}"
    if block.at_most is not None:
        yield f"  {say('until-balance', amount=put(block.at_most))}"


def _text(expression: Expression) -> str:
    return expression.text


def opening(block: Grant, say: Language = ENGLISH) -> str:
    """Write when what a block grants is due."""
    match block.opening.how:
        case "start" if block.of == "top-up":
            return say("opening-top-up")
        case "start" if block.of == "change":
            return say("opening-change")
        case "start":
            return say("opening-start")
        case "first eligible day":
            return say("opening-first-eligible-day")
        case "after":
            day = say.day_of_year(block.opening.month, block.opening.day)
            return say("opening-after", day=day)
        case "asked":
            return say("opening-asked")
        case _:
            assert_never(block.opening.how)


def lasting(block: Grant, say: Language = ENGLISH) -> str:
    """Write how long what a block grants can be used."""
    match block.lasts:
        case None if block.of == "top-up":
            return say("lasting-top-up")
        case None:
            return say("lasting-period")
        case int(months):
            return say("lasting-months", count=months)
        case until if until == OPEN:
            return say("lasting-open")
        case until:
            return say("lasting-until", day=say.day(until))
