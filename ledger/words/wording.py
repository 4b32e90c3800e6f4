"""Expressions in words, so that a rule can be read by those whom it is about.

Every entry of the vocabulary has its words in the catalogues (`ledger/words/`), under the ids that
`ids` lists. What is no part of the vocabulary is left as the code that it is.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, TypeAlias

from ledger.domain.expressions import FUNCTIONS, METHODS, MONTHS, SPELLS, Expression
from ledger.domain.quantities import EURO
from ledger.domain.regulation import Parameter
from ledger.domain.use import ENDED, course_names
from ledger.words.language import ENGLISH, Language

Known: TypeAlias = Mapping[str, str | Expression]
"""What is put in for a name: words, or an expression that is said in its place."""

CALLS: Final[frozenset[str]] = frozenset({*FUNCTIONS, "min", "max", "month"})
"""What is called by its name, with arguments."""

NAMES: Final[tuple[str, ...]] = (
    *course_names(EURO), *ENDED, "day", "period", "quantity", "topped_up", "balance", "growth",
    "taken", "paid", "struck_on",
)  # fmt: skip
"""Names that every rule has."""

MAX_COUNT_DIGITS: Final = 3
"""A count with at most so many digits can decide between one and several: `1 month`."""

_COMPARED: Final[Mapping[type[ast.cmpop], tuple[str, str, type[ast.cmpop]]]] = {
    ast.Lt: ("is-below", "is-before", ast.GtE),
    ast.LtE: ("is-at-most", "is-by", ast.Gt),
    ast.Gt: ("is-above", "is-after", ast.LtE),
    ast.GtE: ("is-at-least", "is-from", ast.Lt),
    ast.Eq: ("is", "is", ast.NotEq),
    ast.NotEq: ("is-not", "is-not", ast.Eq),
}
"""A comparison of quantities, of days, and the opposite."""

_WORKED: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "plus",
    ast.Sub: "minus",
    ast.Mult: "times",
    ast.Div: "divided",
}


def in_words(expression: Expression, numbers: Known, say: Language = ENGLISH) -> str:
    """Say an expression in words, with what is known put in for names: `share is at least 80 %`.

    Other names stand in quotes; what has no words stays code, in backquotes.
    """
    return _Sayer(numbers, say).said(_tree(expression))


def numbers_on(
    parameters: Iterable[Parameter], day: date, say: Language = ENGLISH
) -> dict[str, str]:
    """Return the numbers in force on a day as people write them, by the names of expressions."""
    found = {each.name: (each.on(day), each.unit) for each in parameters}
    return {
        name: say.number(value, unit) for name, (value, unit) in found.items() if value is not None
    }


def ids() -> Iterator[str]:
    """Yield the messages of the vocabulary, which every catalogue must have."""
    for spell, form in SPELLS.items():
        yield from (_id("spell", spell), _id("spell", spell, "has"), _id("spell", spell, "has-not"))
        for name, kind in form.attributes.items():
            if kind == "bool":
                yield from (_id("like", name), _id("like", name, "not"))
            elif isinstance(kind, tuple):
                yield from (_id("like", name, value) for value in kind)
    yield from (_id("asked", method) for method in METHODS)
    yield from (_id("call", name) for name in CALLS)
    yield from (_id("call", name, "not") for name in FUNCTIONS if FUNCTIONS[name][1] == "bool")
    yield from (_id("name", name) for name in NAMES)
    yield from MONTHS
    for of_quantities, of_days, _ in _COMPARED.values():
        yield from (of_quantities, of_days)
    yield from _WORKED.values()


def _id(*parts: str) -> str:
    return "-".join(parts).replace("_", "-")


def _tree(expression: Expression) -> ast.expr:
    return ast.parse(expression.text, mode="eval").body


class _Sayer:
    """Says the parts of one expression."""

    def __init__(self, known: Known, say: Language) -> None:
        self.known = known
        self.say = say

    def said(self, node: ast.expr, *, holds: bool = True) -> str:
        """Say a part, or, of a condition, that it does not hold."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.say("negative", what=self.part(operand))
            case ast.UnaryOp(operand=operand):
                return self.said(operand, holds=not holds)
            case ast.BoolOp() | ast.IfExp() if not holds:
                return self.say("not-so", what=self.part(node))
            case ast.BoolOp(op=op, values=values):
                word = self.say("and") if isinstance(op, ast.And) else self.say("or")
                return f" {word} ".join(self.part(value, within=ast.BoolOp) for value in values)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                then, other = self.part(body), self.part(orelse)
                return self.say("if-else", then=then, test=self.said(test), other=other)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.comparison(left, op, right, holds=holds)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _WORKED:
                inner = ast.BinOp if isinstance(op, ast.Mult | ast.Div) else None
                one, other = self.part(left, within=inner), self.part(right, within=ast.BinOp)
                return self.say(_WORKED[type(op)], one=one, other=other)
            case ast.Call(func=ast.Attribute(value=spells, attr=method), args=[when]) if (
                method in METHODS
            ):
                exists = method.startswith("exists")
                what = self.owned(spells, holds=holds) if exists else self.said(spells)
                return self.say(_id("asked", method), what=what, when=self.said(when))
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in SPELLS:
                return self.say(_id("spell", name)) + self.like(keywords)
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in CALLS:
                return self.call(name, arguments, holds=holds)
            case ast.Name(id=name):
                return self.name(name) if holds else self.say("denied", what=self.name(name))
            case ast.Constant(value=bool(value)):
                return self.say("always") if value == holds else self.say("never")
            case ast.Constant(value=value):
                return str(value)
            case _:
                code = f"`{ast.unparse(node)}`"
                return code if holds else self.say("denied", what=code)

    def part(self, node: ast.expr, *, within: type[ast.expr] | None = None) -> str:
        """Say a part of a larger whole, in parentheses where it could be read otherwise."""
        if isinstance(node, ast.Name) and isinstance(put_in := self.known.get(node.id), Expression):
            return self.part(_tree(put_in), within=within)
        said = self.said(node)
        match node:
            case ast.IfExp():
                return f"({said})"
            case ast.BoolOp() | ast.BinOp(op=ast.Add() | ast.Sub()) if isinstance(
                node, within or ast.BoolOp
            ):
                return f"({said})"
            case _:
                return said

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr, *, holds: bool) -> str:
        how = type(op) if holds else _COMPARED[type(op)][2]
        of_quantities, of_days, _ = _COMPARED[how]
        days = self.is_day(left) or self.is_day(right)
        message = of_days if days else of_quantities
        return self.say(message, one=self.part(left), other=self.part(right))

    def is_day(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id="day" | "course_starts" | "asked_on" | "struck_on"):
                return True
            case ast.Name(id=name):
                put_in = self.known.get(name)
                return isinstance(put_in, Expression) and put_in.type == "day"
            case ast.Call(func=ast.Name(id="min" | "max"), args=[first, *_]):
                return self.is_day(first)
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
                return FUNCTIONS[name][1] == "day"
            case _:
                return False

    def owned(self, node: ast.expr, *, holds: bool) -> str:
        """Say that a person has spells, or has not."""
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in SPELLS:
                has = "has" if holds else "has-not"
                return self.say(_id("spell", name, has)) + self.like(keywords)
            case ast.Name(id=name) if isinstance(put_in := self.known.get(name), Expression):
                return self.owned(_tree(put_in), holds=holds)
            case _:
                what = self.said(node)
                return self.say("has", what=what) if holds else self.say("has-not", what=what)

    def call(self, name: str, arguments: list[ast.expr], *, holds: bool) -> str:
        within = ast.BinOp if len(arguments) > 1 else None
        said = [
            self.say.listed(map(self.say.place, argument.value.split()), "or")
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            else self.part(argument, within=within)
            for argument in arguments
        ]
        message = _id("call", name) if holds else _id("call", name, "not")
        if name in ("min", "max"):
            return self.say(message, all=self.say.listed(said, "and"))
        return self.say(message, **dict(zip("ab", map(_counted, said), strict=False)))

    def name(self, name: str) -> str:
        put_in = self.known.get(name)
        if isinstance(put_in, Expression):
            return self.said(_tree(put_in))
        if put_in is not None:
            return put_in
        if name in MONTHS:
            return self.say(name)
        if name in NAMES:
            return self.say(_id("name", name))
        return self.say("quoted", what=self.say.text(name))

    def like(self, keywords: Iterable[ast.keyword]) -> str:
        """Say what spells are like, ` (private sector, in be-vlg)`."""
        said = []
        for each in keywords:
            assert isinstance(each.value, ast.Constant)  # noqa: S101  checked at load
            name, value = each.arg or "", each.value.value
            match value:
                case bool():
                    said.append(self.say(_id("like", name) if value else _id("like", name, "not")))
                case str() if name == "place":
                    said.append(self.say("like-place", place=self.say.place(value)))
                case _:
                    said.append(self.say(_id("like", name, str(value))))
        return f" ({', '.join(said)})" if said else ""


def _counted(said: str) -> str | int:
    """Return a count as a number, which a catalogue can put into the singular."""
    return int(said) if said.isdigit() and len(said) <= MAX_COUNT_DIGITS else said
