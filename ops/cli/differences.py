"""What a change of regulations changes, and for whom, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final, NamedTuple

from ledger.domain.calendar import ALWAYS, OPEN, Term
from ledger.domain.expressions import Expression
from ledger.domain.occasions import Grant
from ledger.domain.portability import Conversion, Portability
from ledger.domain.regulation import Parameter, Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.shared import Limit
from ledger.domain.use import Ending, Order
from ledger.service.lint import expressions_in
from ledger.words.decree import lasting, opening, order_of_use
from ledger.words.language import ENGLISH, number, plainly
from ledger.words.sentences import rounding
from ledger.words.wording import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is said otherwise.

    Attributes:
        scheme: the scheme's id; `providers` for the register.
        part: of the scheme: `scheme`, `numbers`, `portability`, or a rule's id.
        what: is said otherwise.
        before: None when it is new.
        after: None when it is gone.
        read_by: of a number, the rules that read it in that time.

    """

    scheme: str
    part: str
    what: str
    before: str | None
    after: str | None
    read_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.before is not None and self.after is not None:
            said = f"{self.what}: {self.after}, instead of {self.before}"
        else:
            only = self.before or self.after
            said = f"{'new' if self.before is None else 'gone'}: {self.what}"
            said += f": {only}" if only else ""
        return said + (f" (read by {', '.join(self.read_by)})" if self.read_by else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """The digests of a scheme's text before and after; None when it was not there."""

    scheme: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        """Write them as one line."""
        if self.before == self.after:
            return f"{self.scheme}: {self.after}, unchanged"
        return f"{self.scheme}: {self.before or 'not there'} -> {self.after or 'gone'}"


class Said(NamedTuple):
    """What a part says of one thing: in words, and exactly."""

    words: str
    exact: str


_Told = Mapping[str, Said]

LABELS: Final = {
    "Grant.valid": "periods that begin",
    "Grant.who": "condition",
    "Grant.lets": "where",
    "Grant.at_most": "balance at most",
    "Grant.of": "period",
    "Grant.number": "change in",
    "Grant.opening": "due",
    "Grant.lasts": "lasts",
    "Taking.opens": "asked for from",
    "Taking.closes": "asked for until",
    "Taking.by_course": "as on the course's first day",
    "Taking.pays": "the learner pays",
    "Taking.held_months": "months that a reservation is held",
    "Taking.held_days": "days that a reservation is held",
    "Taking.orders": "taken from",
    "Taking.earmarks": "only for",
    "Taking.lets": "where",
    "Limit.valid": "for requests",
    "Limit.each": "anew",
    "Limit.otherwise": "if not",
    "Scheme.names": "name",
    "Scheme.course_register": "courses of the register",
    "Scheme.holidays": "working days without the holidays of",
    "Scheme.endings": "when a course ends",
    "Ending.gives_back": "gives back",
    "Scheme.assumptions": "assumption",
    "Scheme.conversions": "conversion",
    "Conversion.words": "rate",
}
"""How fields are called whose names say little."""


def _ordered(order: Order) -> str:
    since = f" from {order.since} on ({order.source})" if order.source else ""
    return f"{order_of_use(order.buckets)}{since}"


SAID_OTHERWISE: Final[Mapping[str, Callable[[Any], str]]] = {
    "Grant.opening": opening,
    "Grant.lasts": lasting,
    "Taking.orders": lambda taking: "; ".join(map(_ordered, taking.orders)),
    "Grant.rounding": lambda grant: rounding(grant.rounding, grant.step, grant.amount.type),
    "Scheme.holidays": lambda scheme: "-".join(filter(None, getattr(scheme.holidays, "args", ()))),
    "Limit.rounds": lambda limit: ", ".join(map(str, limit.rounds)),
    "Conversion.rounding": lambda made: rounding(made.rounding, 1, made.unit),
}
"""Fields that are said together with others."""

HIDDEN: Final[Mapping[type, set[str]]] = {
    Scheme: {"id", "sha256", "digest", "parameters", "grants", "portability"},
    Grant: {"id", "step", "growth", "renewed"},
    Ending: {"id", "condition"},
    Conversion: {"id", "unit", "rate", "funder", "rule"},
    Limit: {"name"},
}
"""Fields that are said elsewhere, or follow from others."""


def changes(before: Rulebook, after: Rulebook) -> list[Change]:
    """Return all that is said otherwise, scheme by scheme."""
    found: list[Change] = []
    for id_ in dict.fromkeys([*before.schemes, *after.schemes]):
        old, new = before.schemes.get(id_), after.schemes.get(id_)
        if old is not None and new is not None:
            same = (old.digest, old.words) == (new.digest, new.words)
            found += () if same else _changes_of(old, new)
        else:
            one, other = _summary(old), _summary(new)
            found.append(
                Change(scheme=id_, part="scheme", what="the scheme", before=one, after=other)
            )
    registers = _register(before), _register(after)
    return [*found, *_compared("providers", "register", *registers)]


def digests(before: Rulebook, after: Rulebook) -> list[Digests]:
    """Return each scheme's digest before and after."""

    def digest(book: Rulebook, id_: str) -> str | None:
        return book.schemes[id_].digest if id_ in book.schemes else None

    ids = sorted({*before.schemes, *after.schemes})
    return [
        Digests(scheme=id_, before=digest(before, id_), after=digest(after, id_)) for id_ in ids
    ]


def _summary(scheme: Scheme | None) -> str | None:
    if scheme is None:
        return None
    blocks = "; ".join(f"{each.id}, {ENGLISH.span(each.valid)}" for each in scheme.grants)
    return f"{scheme.names['en']}, with the rules {blocks}"


def _register(book: Rulebook) -> _Told:
    return {
        f"{entry.name} ({entry.id}), recognised for {scheme}": _plain(
            " and ".join(map(ENGLISH.span, terms))
        )
        for entry in (*book.providers.values(), *book.courses.values())
        for scheme, terms in entry.recognised.items()
    }


def _changes_of(old: Scheme, new: Scheme) -> Iterator[Change]:
    id_ = old.id
    yield from _compared(id_, "scheme", dict(_told(old)), dict(_told(new)))
    for name in dict.fromkeys([*old.parameters, *new.parameters]):
        yield from _values(name, old, new)
        sources = (_sources(each.parameters.get(name)) for each in (old, new))
        yield from _compared(id_, "numbers", *sources)
    for one, other in _paired(old.grants, new.grants):
        part = next(block.id for block in (other, one) if block is not None)
        blocks = (dict(_told(block)) if block is not None else {} for block in (one, other))
        yield from _compared(id_, part, *blocks)
    cases, then = (dict(map(_case, each.portability)) for each in (old, new))
    yield from _compared(id_, "portability", cases, then)
    if [who for who in cases if who in then] != [who for who in then if who in cases]:
        first, last = ("; ".join(each) for each in (cases, then))
        yield Change(
            scheme=id_, part="portability", what="order of the cases", before=first, after=last
        )


def _compared(scheme: str, part: str, before: _Told, after: _Told) -> Iterator[Change]:
    for what in dict.fromkeys([*before, *after]):
        one, other = before.get(what), after.get(what)
        if one is not None and other is not None:
            if one.exact == other.exact:
                continue
            if one.words == other.words:
                one, other = Said(one.exact, one.exact), Said(other.exact, other.exact)
        yield Change(
            scheme=scheme,
            part=part,
            what=what,
            before=one and one.words,
            after=other and other.words,
        )


def _paired(
    old: Iterable[Grant], new: Iterable[Grant]
) -> list[tuple[Grant, Grant] | tuple[Grant, None] | tuple[None, Grant]]:
    """Pair blocks: those with the same id, then those of the same bucket in their order."""
    left = {grant.id: grant for grant in new}
    same = {grant.id: left.pop(grant.id) for grant in old if grant.id in left}
    pairs: list[tuple[Grant, Grant] | tuple[Grant, None] | tuple[None, Grant]] = []
    for grant in old:
        like = (
            each for each in left.values() if (each.of, each.bucket) == (grant.of, grant.bucket)
        )
        found = same.get(grant.id) or next(like, None)
        if found is None:
            pairs.append((grant, None))
        else:
            left.pop(found.id, None)
            pairs.append((grant, found))
    return [*pairs, *((None, grant) for grant in left.values())]


def _values(name: str, old: Scheme, new: Scheme) -> Iterator[Change]:
    """Compare a parameter's values, day by day."""
    both = [each.parameters.get(name) for each in (old, new)]
    days = sorted({value.since for each in both if each for value in each.values})
    spans: list[tuple[Term, str | None, str | None]] = []
    for since, until in pairwise([*days, OPEN]):
        term, (one, other) = Term(since, until), (_value(each, since) for each in both)
        if spans and spans[-1] == (Term(spans[-1][0].since, since), one, other):
            spans[-1] = (Term(spans[-1][0].since, until), one, other)
        elif one != other:
            spans.append((term, one, other))
    for term, one, other in spans:
        yield Change(
            scheme=old.id,
            part="numbers",
            what=f"{plainly(name)}, {ENGLISH.span(term)}",
            before=one,
            after=other,
            read_by=tuple(_readers(new if other is not None else old, name, term)),
        )


def _value(parameter: Parameter | None, on: date) -> str | None:
    value = parameter.on(on) if parameter is not None else None
    return None if parameter is None or value is None else number(value, parameter.unit)


def _readers(scheme: Scheme, name: str, term: Term) -> Iterator[str]:
    for grant in scheme.grants:
        if grant.valid.overlaps(term) and _reads(grant, name):
            yield grant.id
    for condition in scheme.use:
        if _reads(condition, name):
            yield f"the condition of use {plainly(condition.name)!r}"
    for limit in scheme.shared:
        if limit.valid.overlaps(term) and _reads(limit, name):
            yield f"the shared limit {plainly(limit.name)!r}"


def _reads(part: object, name: str) -> bool:
    return any(name in expression.names for expression, _ in expressions_in(part, ALWAYS))


def _sources(parameter: Parameter | None) -> _Told:
    if parameter is None:
        return {}
    return {
        f"source of {plainly(parameter.name)} from {value.since}": _plain(value.source)
        for value in parameter.values
    }


def _case(case: Portability) -> tuple[str, Said]:
    who = "everybody else" if case.condition is None else f"who {in_words(case.condition, {})}"
    said = f"rights {ENGLISH(f'standing-{case.mode}')} ({case.reason})"
    if case.conversion is not None:
        said += "; ".join(["", *(f"{what} {how.words}" for what, how in _told(case.conversion))])
    return who, _plain(said)


def _told(part: Any) -> Iterator[tuple[str, Said]]:  # noqa: ANN401  any dataclass of a regulation
    """Yield what a part of a regulation says, thing by thing."""
    for field in fields(part):
        if field.init and field.name not in HIDDEN.get(type(part), ()):
            name = f"{type(part).__name__}.{field.name}"
            label = LABELS.get(name, plainly(field.name))
            say = SAID_OTHERWISE.get(name)
            if say is not None:
                said = say(part)
                yield from [(label, _plain(said))] if said else ()
            else:
                yield from _labelled(label, getattr(part, field.name))


def _labelled(label: str, value: object) -> Iterator[tuple[str, Said]]:
    match value:
        case None | "" | () | Term(since=date.min):
            return
        case Expression():
            yield label, Said(in_words(value, {}), value.text)
        case Term():
            yield label, _plain(ENGLISH.span(value))
        case str():
            yield label, _plain(value)
        case Mapping():
            for key, each in value.items():
                yield from _labelled(f"{label} {key}", each)
        case tuple():
            for each in value:
                yield from _one_of(label, each)
        case _ if is_dataclass(value):
            for inner, said in _told(value):
                yield f"{label}, {inner}", said
        case _:
            yield label, _plain(str(value))


def _one_of(label: str, value: Any) -> Iterator[tuple[str, Said]]:  # noqa: ANN401  one of a tuple
    match value:
        case (str(name), each):
            yield from _labelled(f"{label} {plainly(name)!r}", each)
        case str():
            yield f"{label}: {value}", _plain("")
        case Conversion():
            yield from _labelled(f"{label} into {value.to} {ENGLISH.span(value.valid)}", value)
        case Ending():
            when = ENGLISH("every-other-ending")
            if value.condition is not None:
                when = in_words(value.condition, {})
            yield from _labelled(f"{label}: {when}", value)
        case _ if hasattr(value, "name"):
            yield from _labelled(f"{label} {plainly(value.name)!r}", value)
        case _:
            yield from _labelled(label, value)


def _plain(text: str) -> Said:
    return Said(text, text)
