"""Expressions in words, so that a rule can be read by those whom it is about.

Every entry of the vocabulary has its words here. What has none is left as the code that it is.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from ledger.domain.career import Number
from ledger.domain.expressions import FUNCTIONS, MONTHS, Expression
from ledger.domain.quantities import Unit, shown
from ledger.domain.regulation import Parameter

Known: TypeAlias = Mapping[str, str | Expression]
"""What is put in for a name: words, or an expression that is said in its place."""


class SpellWords(NamedTuple):
    """How a kind of spell is said: of a person, of a person without it, and as a thing."""

    has: str
    has_not: str
    thing: str


SPELL_WORDS: Final[Mapping[str, SpellWords]] = {
    "employment": SpellWords("is employed", "is not employed", "employment"),
    "civil_service": SpellWords("is a civil servant", "is not a civil servant", "civil service"),
    "self_employment": SpellWords("is self-employed", "is not self-employed", "self-employment"),
    "jobseeking": SpellWords("is a jobseeker", "is not a jobseeker", "jobseeking"),
    "study": SpellWords("is a student", "is not a student", "study"),
    "retirement": SpellWords("is retired", "is not retired", "retirement"),
    "circumstance": SpellWords("has a circumstance", "has no circumstance", "a circumstance"),
}

ATTRIBUTE_WORDS: Final[Mapping[str, str | tuple[str, str]]] = {
    "sector": "{} sector",
    "place": "in {}",
    "activity": "{} activity",
    "contributes": ("contributes", "does not contribute"),
    "benefit": ("with benefit", "without benefit"),
    "name": "{}",
}
"""What a spell is like; of yes or no, both."""

METHOD_WORDS: Final[Mapping[str, str]] = {
    "exists_on": "{} on {}",
    "exists_in": "{} at some time in {}",
    "share_in": "the highest part of full time of {} in {}",
    "share_over": "the average part of full time of {} over {}",
    "weekly_in": "the weekly time of {} in {}",
    "months_in": "the number of months with {} in {}",
    "days_in": "the number of days with {} in {}",
    "days_before": "the number of days with {} before {}",
}
"""What is asked of spells; what exists is said of a person, the rest of a thing."""

FUNCTION_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "level_below": (
        "has a qualification below level {0} on {1}",
        "has no qualification below level {0} on {1}",
    ),
    "level_from": (
        "has a qualification of level {0} or above on {1}",
        "has no qualification of level {0} or above on {1}",
    ),
    "age_from": ("is {0} or older on {1}", "is not known to be {0} or older on {1}"),
    "lives_in": ("lives in {0} on {1}", "does not live in {0} on {1}"),
    "course_month": ("the month in which the first course asked for in {0} starts", ""),
    "asked_in": ("the number of earlier requests in {0}", ""),
    "completed_in": ("the number of earlier requests in {0} that were completed", ""),
    "taken_in": ("what was reserved or used in {0}", ""),
    "months_after": ("{1} months after {0}", ""),
    "days_after": ("{1} days after {0}", ""),
    "last_months": ("the {0} months before {1}", ""),
    "year_end": ("the last day of the year of {0}", ""),
    "min": ("the lowest of {all}", ""),
    "max": ("the highest of {all}", ""),
    "month": ("{0} of the year in which the period begins", ""),
}
"""Other vocabulary, and how it is denied where it can be."""

NAME_WORDS: Final[Mapping[str, str]] = {
    "day": "the day",
    "period": "the period",
    "course_starts": "the start of the course",
    "course_minutes": "the contact time of the course",
    "course_credits": "the credits of the course",
    "course_price": "the price of the course",
    "course_kind": "the kind of the course",
    "quantity": "what is taken",
    "topped_up": "what the funder adds",
    "balance": "the balance",
}
"""Names that every rule has."""

_COMPARED: Final[Mapping[type[ast.cmpop], tuple[str, str, type[ast.cmpop]]]] = {
    ast.Lt: ("is below", "is before", ast.GtE),
    ast.LtE: ("is at most", "is on or before", ast.Gt),
    ast.Gt: ("is above", "is after", ast.LtE),
    ast.GtE: ("is at least", "is on or after", ast.Lt),
    ast.Eq: ("is", "is", ast.NotEq),
    ast.NotEq: ("is not", "is not", ast.Eq),
}
"""A comparison of quantities, of days, and the opposite."""

_WORKED: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "plus",
    ast.Sub: "minus",
    ast.Mult: "times",
    ast.Div: "divided by",
}


def in_words(expression: Expression, numbers: Known) -> str:
    """Say an expression in words, with what is known put in for names: `share is at least 80 %`.

    Other names stand in quotes; what has no words stays code, in backquotes.
    """
    said = _Sayer(numbers).said(_tree(expression))
    return re.sub(r"(?<![\d.,/])1 months\b", "1 month", said)


def numbers_on(parameters: Iterable[Parameter], day: date) -> dict[str, str]:
    """Return the numbers in force on a day as people write them, by the names of expressions."""
    found = {each.name: (each.on(day), each.unit) for each in parameters}
    return {name: number(value, unit) for name, (value, unit) in found.items() if value is not None}


def number(value: Number, unit: Unit | None) -> str:
    """Write a parameter's value, exactly."""
    if unit is not None:
        return shown(int(value), unit)
    hundredths = value * 100
    part = value.denominator > 1 and hundredths.denominator == 1
    return f"{hundredths} %" if part else str(value)


def listed(parts: Sequence[str], last: str) -> str:
    """Write parts as a list: `a, b or c`."""
    *first, end = parts or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def _tree(expression: Expression) -> ast.expr:
    return ast.parse(expression.text, mode="eval").body


class _Sayer:
    """Says the parts of one expression."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def said(self, node: ast.expr, *, holds: bool = True) -> str:
        """Say a part, or, of a condition, that it does not hold."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"minus {self.part(operand)}"
            case ast.UnaryOp(operand=operand):
                return self.said(operand, holds=not holds)
            case ast.BoolOp() | ast.IfExp() if not holds:
                return f"it is not so that {self.part(node)}"
            case ast.BoolOp(op=op, values=values):
                word = " and " if isinstance(op, ast.And) else " or "
                return word.join(self.part(value, within=ast.BoolOp) for value in values)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"{self.part(body)} if {self.said(test)}, otherwise {self.part(orelse)}"
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.comparison(left, op, right, holds=holds)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _WORKED:
                inner = ast.BinOp if isinstance(op, ast.Mult | ast.Div) else None
                one, other = self.part(left, within=inner), self.part(right, within=ast.BinOp)
                return f"{one} {_WORKED[type(op)]} {other}"
            case ast.Call(func=ast.Attribute(value=spells, attr=method), args=[when]) if (
                method in METHOD_WORDS
            ):
                exists = method.startswith("exists")
                what = self.owned(spells, holds=holds) if exists else self.said(spells)
                return METHOD_WORDS[method].format(what, self.said(when))
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in SPELL_WORDS:
                return SPELL_WORDS[name].thing + _like(keywords)
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTION_WORDS:
                return self.call(name, arguments, holds=holds)
            case ast.Name(id=name):
                return self.name(name) if holds else f"not {self.name(name)}"
            case ast.Constant(value=bool(value)):
                return "always" if value == holds else "never"
            case ast.Constant(value=value):
                return str(value)
            case _:
                return f"{'' if holds else 'not '}`{ast.unparse(node)}`"

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
        return f"{self.part(left)} {of_days if days else of_quantities} {self.part(right)}"

    def is_day(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id="day" | "course_starts"):
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
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in SPELL_WORDS:
                words = SPELL_WORDS[name]
                return (words.has if holds else words.has_not) + _like(keywords)
            case ast.Name(id=name) if isinstance(put_in := self.known.get(name), Expression):
                return self.owned(_tree(put_in), holds=holds)
            case _:
                return f"has {'' if holds else 'no '}{self.said(node)}"

    def call(self, name: str, arguments: list[ast.expr], *, holds: bool) -> str:
        within = ast.BinOp if len(arguments) > 1 else None
        said = [
            listed(argument.value.split(), "or")  # some texts are lists, e.g. of regions
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            else self.part(argument, within=within)
            for argument in arguments
        ]
        form = FUNCTION_WORDS[name][not holds]
        return form.format(*said, all=listed(said, "and"))

    def name(self, name: str) -> str:
        put_in = self.known.get(name)
        if isinstance(put_in, Expression):
            return self.said(_tree(put_in))
        if put_in is not None:
            return put_in
        if name in MONTHS:
            return name.capitalize()
        return NAME_WORDS.get(name, f"'{name.replace('_', ' ')}'")


def _like(keywords: Iterable[ast.keyword]) -> str:
    """Say what spells are like, ` (private sector, in be-vlg)`."""
    said = []
    for each in keywords:
        assert isinstance(each.value, ast.Constant)  # noqa: S101  checked at load
        value, words = each.value.value, ATTRIBUTE_WORDS.get(each.arg or "")
        if isinstance(words, tuple):
            said.append(words[not value])
        else:
            said.append((words or f"{each.arg} {{}}").format(value))
    return f" ({', '.join(said)})" if said else ""
