"""Expressions of regulations: a checked subset of Python's expression grammar.

Parsed with `ast`, every node whitelisted, names, types and units checked before anything
runs, then compiled by Python itself. No loops, no attributes outside the vocabulary, no
floats: numbers are whole or exact fractions, quantities carry their unit.
"""

import ast
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import CodeType
from typing import Final, Never, TypeAlias

from ledger.domain.calendar import Term, month, month_of, year
from ledger.domain.career import Questions, Spells
from ledger.domain.facts import (
    CivilService,
    Employment,
    Jobseeking,
    Retirement,
    SelfEmployment,
    Status,
    Study,
)

Type: TypeAlias = str
"""`bool`, `number`, `day`, `term`, `spells`, `text`, or a unit: `minute`, `cent`, `voucher`."""

Value: TypeAlias = bool | int | Fraction | date | Term | str | Spells
Env: TypeAlias = dict[str, Value | Callable[..., Value]]

UNITS: Final = frozenset({"minute", "cent", "voucher"})
MONTHS: Final = {
    name: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ),
        start=1,
    )
}
NEVER: Final = Term(date.min, date.min.replace(day=2))
"""The month of a course that nobody asked for; no spell is in it."""


class WrongExpression(ValueError):  # noqa: N818  it is an answer to an author
    """What is wrong in an expression, where, and what would be right.

    Attributes:
        column: 0-based offset in the expression's text.

    """

    def __init__(self, message: str, column: int) -> None:
        """Say what is wrong at a column."""
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Selector:
    """A kind of spell that an expression asks about, with its fixed attributes."""

    kind: str
    status: type[Status]
    like: tuple[tuple[str, object], ...]

    def matches(self, status: Status) -> bool:
        """Whether the spell's status is of the kind and has the attributes."""
        return type(status) is self.status and all(
            getattr(status, name) == value for name, value in self.like
        )


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked, compiled expression.

    Attributes:
        selectors: which spells it asks about.
        profile: kinds of profile fact it asks about.
        requests: whether it asks which courses were asked for.
        months: code of each month that it derives from the period alone.

    """

    text: str
    type: Type
    code: CodeType
    names: frozenset[str]
    selectors: tuple[Selector, ...]
    profile: frozenset[str]
    requests: bool
    months: tuple[CodeType, ...]

    def value(self, env: Env) -> Value:
        """Evaluate in an environment made by `environment`."""
        return eval(self.code, env)  # type: ignore[no-any-return]  # noqa: S307  checked above


@dataclass(frozen=True, slots=True)
class _Spell:
    kind: str
    status: type[Status]
    attributes: Mapping[str, Type]


SPELLS: Final[dict[str, _Spell]] = {
    "employment": _Spell("employment", Employment, {"sector": "text", "place": "text"}),
    "civil_service": _Spell("civil-service", CivilService, {"place": "text"}),
    "self_employment": _Spell(
        "self-employment",
        SelfEmployment,
        {"activity": "text", "place": "text", "contributes": "bool"},
    ),
    "jobseeking": _Spell("jobseeking", Jobseeking, {"benefit": "bool"}),
    "study": _Spell("study", Study, {}),
    "retirement": _Spell("retirement", Retirement, {}),
}

METHODS: Final[dict[str, tuple[Type, Type]]] = {
    "exists_on": ("day", "bool"),
    "exists_in": ("term", "bool"),
    "share_in": ("term", "number"),
    "share_over": ("term", "number"),
    "weekly_in": ("term", "minute"),
    "months_in": ("term", "number"),
}
"""What can be asked of spells: method -> (argument, result)."""

FUNCTIONS: Final[dict[str, tuple[tuple[Type, ...], Type, str]]] = {
    "level_below": (("number", "day"), "bool", "qualification"),
    "level_from": (("number", "day"), "bool", "qualification"),
    "age_from": (("number", "day"), "bool", "birth"),
    "lives_in": (("text", "day"), "bool", "residence"),
    "course_month": (("term",), "term", "request"),
    "month_of": (("day",), "term", ""),
    "year_of": (("day",), "term", ""),
    "first_day": (("term",), "day", ""),
}
"""Other vocabulary: name -> (arguments, result, the kind of fact that it reads)."""


def environment(questions: Questions) -> Env:
    """Bind the vocabulary to one person's facts."""

    def spells_of(status: type[Status]) -> Callable[..., Value]:
        return lambda **like: questions.spells(status, **like)

    def level(limit: Fraction | int, day: date, *, below: bool) -> bool:
        known = questions.level_on(day)
        return known is not None and (known < limit if below else known >= limit)

    def age_from(years: Fraction | int, day: date) -> bool:
        age = questions.age_on(day)
        return age is not None and age >= years

    def course_month(term: Term) -> Term:
        start = questions.first_course_in(term)
        return NEVER if start is None else month_of(start)

    env: Env = {name: spells_of(spell.status) for name, spell in SPELLS.items()}
    env |= {
        "level_below": lambda limit, day: level(limit, day, below=True),
        "level_from": lambda limit, day: level(limit, day, below=False),
        "age_from": age_from,
        "lives_in": questions.lives_in,
        "course_month": course_month,
        **PURE,
    }
    return env


def _month(number: int, of: Term) -> Term:
    return month(number, of.since.year)


PURE: Final[Env] = {
    "month": _month,
    "month_of": month_of,
    "year_of": lambda day: year(day.year),
    "first_day": lambda term: term.since,
    "min": min,
    "max": max,
    "Fraction": Fraction,
    "__builtins__": {},  # type: ignore[dict-item]  # closes the door that eval leaves open
    **MONTHS,
}


def compiled(text: str, names: Mapping[str, Type], expected: Iterable[Type]) -> Expression:
    """Check and compile an expression that may use `names`.

    Raises:
        WrongExpression: a syntax, name, type or unit error, with its column.

    """
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise WrongExpression(f"not an expression: {error.msg}", (error.offset or 1) - 1) from None
    checker = _Checker(names)
    found = checker.type_of(tree.body)
    wanted = tuple(expected)
    if found not in wanted:
        msg = f"this is a {found}; a {' or '.join(wanted)} is needed"
        raise WrongExpression(msg, 0)
    exact = ast.fix_missing_locations(_Exact().visit(tree))
    return Expression(
        text=text,
        type=found,
        code=compile(exact, "<regulation>", "eval"),
        names=frozenset(checker.used),
        selectors=tuple(checker.selectors),
        profile=frozenset(checker.profile - {"request"}),
        requests="request" in checker.profile,
        months=tuple(checker.months),
    )


class _Exact(ast.NodeTransformer):
    """Keeps division exact: `a / b` becomes `Fraction(a) / b`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div):
            exact = ast.Call(ast.Name("Fraction", ast.Load()), [node.left], [])
            return ast.BinOp(exact, node.op, node.right)
        return node


class _Checker:
    """Gives every node a type, or says what is wrong with it."""

    def __init__(self, names: Mapping[str, Type]) -> None:
        self.names = names
        self.used: set[str] = set()
        self.selectors: list[Selector] = []
        self.profile: set[str] = set()
        self.months: list[CodeType] = []

    def type_of(self, node: ast.expr) -> Type:
        match node:
            case ast.Constant(value=bool()):
                return "bool"
            case ast.Constant(value=int()):
                return "number"
            case ast.Constant(value=str()):
                return "text"
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BoolOp(values=values):
                for value in values:
                    self._need(value, "bool")
                return "bool"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._need(operand, "bool")
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(node, left, op, right)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._comparison(node, left, op, right)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._need(test, "bool")
                return self._same(node, [body, orelse])
            case ast.Call(func=ast.Name(id=name)):
                return self._call(node, name)
            case ast.Call(func=ast.Attribute(value=value, attr=method)):
                return self._method(node, value, method)
            case _:
                self._fail(node, f"{type(node).__name__} is not part of the rules' language")

    def _name(self, node: ast.Name, name: str) -> Type:
        if name not in self.names:
            known = [*self.names, *SPELLS, *FUNCTIONS]
            self._fail(node, f"unknown name {name!r}{nearest(name, known)}")
        self.used.add(name)
        return self.names[name]

    def _arithmetic(
        self, node: ast.BinOp, left: ast.expr, op: ast.operator, right: ast.expr
    ) -> Type:
        one, other = self.type_of(left), self.type_of(right)
        numeric = UNITS | {"number"}
        if one in numeric and other in numeric:
            match op:
                case ast.Add() | ast.Sub() if one == other:
                    return one
                case ast.Mult() if "number" in {one, other}:
                    return other if one == "number" else one
                case ast.Div() if other in {"number", one}:
                    return "number" if one == other else one
                case _:
                    pass
        symbol = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}.get(type(op), "this")
        self._fail(node, f"{one} {symbol} {other} has no meaning; units never mix")

    def _comparison(
        self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr
    ) -> Type:
        one, other = self.type_of(left), self.type_of(right)
        if one != other or one in {"spells", "term"}:
            self._fail(node, f"a {one} can't be compared with a {other}")
        if not isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq | ast.NotEq):
            self._fail(node, "compare with <, <=, >, >=, == or !=")
        return "bool"

    def _call(self, node: ast.Call, name: str) -> Type:
        if name in SPELLS:
            return self._select(node, SPELLS[name])
        if name in {"min", "max"} and not node.keywords and node.args:
            return self._same(node, node.args)
        if name == "month":
            return self._named_month(node)
        if name not in FUNCTIONS:
            known = [*FUNCTIONS, *SPELLS, "min", "max", "month"]
            self._fail(node, f"unknown function {name!r}{nearest(name, known)}")
        arguments, result, reads = FUNCTIONS[name]
        if node.keywords or len(node.args) != len(arguments):
            self._fail(node, f"{name} takes ({', '.join(arguments)})")
        for argument, wanted in zip(node.args, arguments, strict=True):
            self._need(argument, wanted)
        if reads:
            self.profile.add(reads)
        return result

    def _named_month(self, node: ast.Call) -> Type:
        match node:
            case ast.Call(
                args=[ast.Name(id=name)],
                keywords=[ast.keyword(arg="of", value=ast.Name(id="period"))],
            ) if name in MONTHS and "period" in self.names:
                code = compile(ast.Expression(node), "<regulation>", "eval")
                self.months.append(code)
                return "term"
            case _:
                self._fail(node, "write a month as month(september, of=period)")

    def _select(self, node: ast.Call, spell: _Spell) -> Type:
        like: list[tuple[str, object]] = []
        if node.args:
            self._fail(node, "name what the spells are like, e.g. place='be-vlg'")
        for keyword in node.keywords:
            wanted = spell.attributes.get(keyword.arg or "")
            if wanted is None:
                hint = nearest(keyword.arg or "", spell.attributes)
                self._fail(node, f"{spell.kind} has no {keyword.arg!r}{hint}")
            self._need(keyword.value, wanted)
            if not isinstance(keyword.value, ast.Constant):
                self._fail(keyword.value, "a fixed value is needed here")
            like.append((keyword.arg or "", keyword.value.value))
        self.selectors.append(Selector(spell.kind, spell.status, tuple(like)))
        return "spells"

    def _method(self, node: ast.Call, value: ast.expr, method: str) -> Type:
        self._need(value, "spells")
        if method not in METHODS:
            self._fail(node, f"spells have no {method!r}{nearest(method, METHODS)}")
        argument, result = METHODS[method]
        if node.keywords or len(node.args) != 1:
            self._fail(node, f"{method} takes one {argument}")
        self._need(node.args[0], argument)
        return result

    def _need(self, node: ast.expr, wanted: Type) -> Type:
        found = self.type_of(node)
        if found != wanted:
            self._fail(node, f"this is a {found}; a {wanted} is needed")
        return found

    def _same(self, node: ast.expr, parts: list[ast.expr]) -> Type:
        types = {self.type_of(part) for part in parts}
        if len(types) != 1:
            self._fail(node, f"{' and '.join(sorted(types))} never mix")
        return types.pop()

    def _fail(self, node: ast.expr, message: str) -> Never:
        raise WrongExpression(message, node.col_offset)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` when a known name is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
