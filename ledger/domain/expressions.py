"""Expressions of regulations: a checked subset of Python's expression grammar.

Parsed with `ast`, every node whitelisted, names, types and units checked before anything
runs, then compiled by Python itself. No loops, no attributes outside the vocabulary, no
floats: numbers are whole or exact fractions, quantities carry their unit.
"""

import ast
import difflib
import keyword
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final, Never, TypeAlias, get_args

from ledger.domain.calendar import Term, last_months, month, plus_days, plus_months, school_year_end
from ledger.domain.career import Need, Questions, Selector, Spells, home, selector
from ledger.domain.facts import (
    CIRCUMSTANCES,
    Circumstance,
    CivilService,
    Employment,
    Enterprise,
    Jobseeking,
    Retirement,
    SelfEmployment,
    Size,
    Status,
    Study,
)
from ledger.domain.quantities import Unit

Type: TypeAlias = str
"""`bool`, `number`, `day`, `term`, `spells`, `text`, or a unit such as `minute` or `cent`."""

Value: TypeAlias = bool | int | Fraction | date | Term | str | Spells
Values: TypeAlias = dict[str, Value]
"""What the names of a rule stand for: parameters, `period`, `day`, what `let` defines."""

UNITS: Final = frozenset(get_args(Unit))
NUMERIC: Final = UNITS | {"number"}
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

ASKED: Final = "asked"
VALUES: Final = "values"
"""The arguments of the functions that rules become; no expression can reach them."""

MAX_CHARACTERS: Final = 500
"""How long an expression may be; a longer one is not read by people either."""

MAX_DEPTH: Final = 30
"""How deep its parts may be nested."""

MAX_DIGITS: Final = 12
"""How many digits a number may have."""


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
class Expression:
    """A checked, compiled expression.

    Attributes:
        value: evaluates it for the facts of one person and the values that have a name.
        body: what is evaluated.
        scope: what it may call that asks no facts.
        names: the names that it reads.
        selectors: which spells it asks about itself.
        profile: kinds of profile fact it asks about.
        requests: whether it asks which courses were asked for.
        holidays: whether it counts working days.
        uses: whether it asks what was used, or is held.
        months: the months that it derives from the period alone, 1-12.
        looks_back: whether it may ask about days before the period.
        spans: how many months it looks back from a day: a number, or the name of one.
        needs: without a spell or home of these (or of one of these names) it can't hold; None
            when it may hold without any.

    """

    text: str
    type: Type
    value: Callable[[Questions, Mapping[str, Value]], Value] = field(repr=False)
    body: ast.expr = field(repr=False)
    scope: Mapping[str, object] = field(repr=False)
    names: frozenset[str]
    selectors: tuple[Selector, ...]
    profile: frozenset[str]
    holidays: bool
    requests: bool
    uses: bool
    months: tuple[int, ...]
    looks_back: bool
    spans: tuple[int | str, ...]
    needs: frozenset[Need | str] | None


@dataclass(frozen=True, slots=True)
class _Spell:
    """What can be said of a kind of spell: attribute -> its type, or the texts that it can be."""

    kind: str
    status: type[Status]
    attributes: Mapping[str, Type | tuple[str, ...]]


SPELLS: Final[dict[str, _Spell]] = {
    "employment": _Spell(
        "employment", Employment, {"sector": ("private", "public"), "place": "text"}
    ),
    "civil_service": _Spell("civil-service", CivilService, {"place": "text"}),
    "self_employment": _Spell(
        "self-employment",
        SelfEmployment,
        {"activity": ("main", "side"), "place": "text", "contributes": "bool"},
    ),
    "jobseeking": _Spell("jobseeking", Jobseeking, {"benefit": "bool"}),
    "study": _Spell("study", Study, {}),
    "retirement": _Spell("retirement", Retirement, {}),
    "circumstance": _Spell("circumstance", Circumstance, {"name": tuple(sorted(CIRCUMSTANCES))}),
    "enterprise": _Spell("enterprise", Enterprise, {"size": get_args(Size), "place": "text"}),
}

METHODS: Final[dict[str, tuple[Type, Type]]] = {
    "exists_on": ("day", "bool"),
    "exists_in": ("term", "bool"),
    "share_in": ("term", "number"),
    "share_over": ("term", "number"),
    "weekly_in": ("term", "minute"),
    "months_in": ("term", "number"),
    "days_in": ("term", "number"),
    "days_before": ("day", "number"),
}
"""What can be asked of spells: method -> (argument, result)."""

FUNCTIONS: Final[dict[str, tuple[tuple[Type, ...], Type, str]]] = {
    "level_below": (("number", "day"), "bool", "qualification"),
    "level_from": (("number", "day"), "bool", "qualification"),
    "age_from": (("number", "day"), "bool", "birth"),
    "lives_in": (("text", "day"), "bool", "residence"),
    "deceased": (("day",), "bool", "death"),
    "course_month": (("term",), "term", "request"),
    "asked_in": (("term",), "number", "request"),
    "completed_in": (("term",), "number", "use"),
    "credits_in": (("term",), "number", "request"),
    "taken_in": (("term",), "quantity", "use"),
    "paid_in": (("term",), "money", "request"),
    "times_in": (("term",), "number", "request"),
    "working_days": (("day", "day"), "number", "holidays"),
    "months_after": (("day", "number"), "day", ""),
    "days_after": (("day", "number"), "day", ""),
    "last_months": (("number", "day"), "term", ""),
    "year_end": (("day",), "day", ""),
    "school_year_end": (("day",), "day", ""),
}
"""Other vocabulary: name -> (arguments, result, the kind of fact that it reads).

A `quantity` is one in the scheme's unit, `money` is in the money of its courses' prices.

What reads facts is a method of `Questions`; the others are in `PURE`.
"""

OF_A_COURSE: Final = frozenset({"paid_in", "times_in"})
"""What looks at the course that is asked for."""

VOCABULARY: Final = frozenset(
    {*SPELLS, *FUNCTIONS, *MONTHS, "min", "max", "month", "period", "day"}
)
"""Names that mean something already; a parameter or a named value has another."""


PURE: Final[Mapping[str, object]] = {
    "month": lambda number, of: month(number, of.since.year),
    "months_after": lambda day, months: plus_months(day, int(months)),
    "days_after": lambda day, days: plus_days(day, int(days)),
    "last_months": lambda months, day: last_months(int(months), day),
    "year_end": lambda day: day.replace(month=12, day=31),
    "school_year_end": school_year_end,
    "min": min,
    "max": max,
    "Fraction": Fraction,
    "__builtins__": {},  # closes the door that Python leaves open
    **MONTHS,
}
"""What expressions may call that asks no facts."""


def wrong_name(name: str) -> str | None:
    """Say what is wrong with a name for a parameter or a named value, if anything."""
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower() or "__" in name:
        return f"{name!r} can't be a name; write small letters, digits and dashes, no dash in `let`"
    if name in VOCABULARY or name in PURE:
        return f"{name!r} means something already; take another name"
    return None


def compiled(text: str, names: Mapping[str, Type], expected: Iterable[Type]) -> Expression:
    """Check and compile an expression that may use `names`.

    Raises:
        WrongExpression: a syntax, name, type or unit error, with its column.

    """
    if len(text) > MAX_CHARACTERS:
        raise WrongExpression(f"longer than {MAX_CHARACTERS} characters; name its parts", 0)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise WrongExpression(f"not an expression: {error.msg}", (error.offset or 1) - 1) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise WrongExpression(f"not an expression: {error}", 0) from None
    checker = _Checker(names)
    found = checker.type_of(tree.body)
    wanted = tuple(expected)
    if found not in wanted:
        msg = f"this is a {found}; a {' or '.join(wanted)} is needed"
        raise WrongExpression(msg, 0)
    needs = checker.needs(tree.body)
    selectors = tuple(dict.fromkeys(checker.selected.values()))
    scope = {**PURE, **{_name_of(each): each for each in selectors}}
    body: ast.expr = _Bound(checker).visit(tree.body)
    return Expression(
        text=text,
        type=found,
        value=_Compiled([ast.Return(body)], scope),
        body=body,
        scope=scope,
        names=frozenset(checker.used),
        selectors=selectors,
        profile=frozenset(checker.profile - {"request", "use", "holidays"}),
        holidays="holidays" in checker.profile,
        requests=bool(checker.profile & {"request", "use"}),
        uses="use" in checker.profile,
        months=tuple(checker.months),
        looks_back=checker.looks_back,
        spans=tuple(checker.spans),
        needs=needs,
    )


def judgement(
    lets: Iterable[tuple[str, Expression]], who: Iterable[tuple[str, Expression]]
) -> Callable[[Questions, Values], str | None]:
    """Compile named values and conditions together.

    The function adds the named values to those that it is given, and returns the name of the
    first condition that does not hold, None when all do.
    """
    scope = dict(PURE)
    body: list[ast.stmt] = []
    for name, expression in lets:
        scope |= expression.scope
        body.append(ast.Assign([_value_of(name, ast.Store())], expression.body))
    for name, expression in who:
        scope |= expression.scope
        unmet = ast.Return(ast.Constant(name))
        body.append(ast.If(ast.UnaryOp(ast.Not(), expression.body), [unmet], []))
    return _Compiled([*body, ast.Return(ast.Constant(None))], scope)


class _Compiled:
    """A function of checked nodes, compiled when it is first called: most rules rarely are."""

    __slots__ = ("_body", "_function", "_scope")

    def __init__(self, body: list[ast.stmt], scope: Mapping[str, object]) -> None:
        self._body = body
        self._scope = scope
        self._function: Callable[..., Any] | None = None

    def __call__(self, asked: Questions, values: Mapping[str, Value]) -> Any:  # noqa: ANN401
        function = self._function
        if function is None:
            function = self._function = _function(self._body, self._scope)
        return function(asked, values)


def _function(body: list[ast.stmt], scope: Mapping[str, object]) -> Callable[..., Any]:
    module = ast.parse(f"def regulation({ASKED}, {VALUES}): pass")
    (function,) = module.body
    assert isinstance(function, ast.FunctionDef)  # noqa: S101
    function.body = body
    found = dict(scope)
    code = compile(ast.fix_missing_locations(module), "<regulation>", "exec")
    exec(code, found)  # noqa: S102  every node of it was checked
    return found["regulation"]  # type: ignore[return-value]


def _value_of(name: str, how: ast.expr_context) -> ast.expr:
    return ast.Subscript(ast.Name(VALUES, ast.Load()), ast.Constant(name), how)


class _Bound(ast.NodeTransformer):
    """Binds names to the values and the person's facts that the function is given.

    Division stays exact (`a / b` becomes `Fraction(a) / b`); selectors are looked up once.
    """

    def __init__(self, checker: "_Checker") -> None:
        self.names = checker.names
        self.selected = checker.selected

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return _value_of(node.id, node.ctx) if node.id in self.names else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div):
            exact = ast.Call(ast.Name("Fraction", ast.Load()), [node.left], [])
            return ast.BinOp(exact, node.op, node.right)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        wanted = self.selected.get(node)
        if wanted is not None:
            return _asking("spells", [ast.Name(_name_of(wanted), ast.Load())])
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            name = node.func.id
            return _asking(name, node.args) if FUNCTIONS[name][2] else node
        return node


def _asking(what: str, arguments: list[ast.expr]) -> ast.Call:
    """Ask the person's facts."""
    return ast.Call(ast.Attribute(ast.Name(ASKED, ast.Load()), what, ast.Load()), arguments, [])


def _name_of(wanted: Selector) -> str:
    """Name a selector as no expression can."""
    return f"{wanted.kind} {wanted.like}"


class _Checker:
    """Gives every node a type, or says what is wrong with it."""

    def __init__(self, names: Mapping[str, Type]) -> None:
        self.names = names
        self.used: set[str] = set()
        self.selected: dict[ast.Call, Selector] = {}
        self.profile: set[str] = set()
        self.months: list[int] = []
        self.looks_back = False
        self.spans: list[int | str] = []
        self.depth = 0

    def type_of(self, node: ast.expr) -> Type:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(node, f"nested more than {MAX_DEPTH} deep; name its parts")
        found = self._type_of(node)
        self.depth -= 1
        return found

    def _type_of(self, node: ast.expr) -> Type:
        match node:
            case ast.Constant(value=bool()):
                return "bool"
            case ast.Constant(value=int(number)):
                if number >= 10**MAX_DIGITS:
                    self._fail(node, f"a number has at most {MAX_DIGITS} digits")
                return "number"
            case ast.Constant(value=float()):
                self._fail(node, "numbers are whole; write a fraction such as 1 / 2")
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
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = self.type_of(operand)
                return found if found in NUMERIC else self._fail(node, f"- {found} has no meaning")
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

    def needs(self, node: ast.expr) -> frozenset[Need | str] | None:
        """Return the spells and homes without which a checked condition is false, None for unknown.

        A name stands for what its own expression needs.
        """
        match node:
            case ast.Name(id=name) if name in self.names:
                return frozenset({name})
            case ast.Call() if node in self.selected:
                return frozenset({self.selected[node]})
            case ast.Call(func=ast.Name(id="lives_in"), args=[ast.Constant(value=str(regions)), _]):
                return frozenset({home(regions)})
            case ast.Call(func=ast.Attribute(value=spells, attr="exists_on" | "exists_in")):
                return self.needs(spells)
            case ast.BoolOp(op=ast.And(), values=values):
                return next((n for n in map(self.needs, values) if n is not None), None)
            case ast.BoolOp(op=ast.Or(), values=values):
                parts = [self.needs(value) for value in values]
                known = [part for part in parts if part is not None]
                return frozenset().union(*known) if len(known) == len(parts) else None
            case _:
                return None

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
        if not {one, other} <= NUMERIC or type(op) not in _SYMBOLS:
            self._fail(node, f"{_SYMBOLS.get(type(op), type(op).__name__)} has no meaning here")
        match op:
            case ast.Div():
                if isinstance(right, ast.Constant) and right.value:
                    return one
                self._fail(right, "divide by a whole number above 0, written out")
            case ast.Mult() if "number" in {one, other}:
                return other if one == "number" else one
            case ast.Add() | ast.Sub() if one == other:
                return one
            case _:
                message = f"{one} {_SYMBOLS[type(op)]} {other} has no meaning; units never mix"
                self._fail(node, message)

    def _comparison(
        self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr
    ) -> Type:
        one, other = self.type_of(left), self.type_of(right)
        if {one, other} <= NUMERIC and any(map(_is_zero, (left, right))):
            one = other  # nothing is nothing in every unit
        if one != other or one in {"spells", "term"}:
            self._fail(node, f"a {one} can't be compared with a {other}")
        if not isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq | ast.NotEq):
            self._fail(node, "compare with <, <=, >, >=, == or !=")
        return "bool"

    def _call(self, node: ast.Call, name: str) -> Type:
        if name in SPELLS:
            return self._select(node, SPELLS[name])
        if name in {"min", "max"}:
            if node.keywords or len(node.args) < 2:  # noqa: PLR2004
                self._fail(node, f"{name} takes two or more values")
            found = self._same(node, node.args)
            if found not in NUMERIC | {"day"}:
                self._fail(node, f"{name} of {found} has no meaning")
            return found
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
        if name == "last_months":
            self.looks_back = True
            match node.args[0]:
                case ast.Constant(value=int(span)) | ast.Name(id=str(span)):
                    self.spans.append(span)
                case _:
                    self._fail(node.args[0], "name the number of months, or write it out")
        if result == "quantity":
            if "quantity" not in self.names:
                self._fail(node, f"{name} is for conditions of use")
            return self.names["quantity"]
        if name in OF_A_COURSE and "course_price" not in self.names:
            self._fail(node, f"{name} is for a course that is asked for")
        return self.names["course_price"] if result == "money" else result

    def _named_month(self, node: ast.Call) -> Type:
        match node:
            case ast.Call(
                args=[ast.Name(id=name)],
                keywords=[ast.keyword(arg="of", value=ast.Name(id="period"))],
            ) if name in MONTHS and "period" in self.names:
                self.months.append(MONTHS[name])
                return "term"
            case _:
                self._fail(node, "write a month as month(september, of=period)")

    def _select(self, node: ast.Call, spell: _Spell) -> Type:
        like: dict[str, object] = {}
        if node.args:
            self._fail(node, "name what the spells are like, e.g. place='be-vlg'")
        for keyword_ in node.keywords:
            name, value = keyword_.arg or "**", keyword_.value
            if name not in spell.attributes:
                self._fail(node, f"{spell.kind} has no {name!r}{nearest(name, spell.attributes)}")
            if name in like:
                self._fail(node, f"{name!r} is here twice")
            wanted = spell.attributes[name]
            self._need(value, "text" if isinstance(wanted, tuple) else wanted)
            if not isinstance(value, ast.Constant):
                self._fail(value, "a fixed value is needed here")
            if isinstance(wanted, tuple) and value.value not in wanted:
                self._fail(value, f"{name} is one of {', '.join(wanted)}")
            like[name] = value.value
        self.selected[node] = selector(spell.kind, spell.status, tuple(sorted(like.items())))
        return "spells"

    def _method(self, node: ast.Call, value: ast.expr, method: str) -> Type:
        self._need(value, "spells")
        if method not in METHODS:
            self._fail(node, f"spells have no {method!r}{nearest(method, METHODS)}")
        argument, result = METHODS[method]
        self.looks_back |= method == "days_before"
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


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0 and type(node.value) is int


_SYMBOLS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` when a known name is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
