"""Reads regulations from dated data files, and refuses what is wrong with file, line and column."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Never, TypeVar, cast, get_args

import yaml

from ledger.domain.calendar import OPEN, Term
from ledger.domain.expressions import MONTHS, Expression, Type, WrongExpression, compiled, nearest
from ledger.domain.quantities import Rounding, Unit
from ledger.domain.regulation import (
    Conversion,
    Dated,
    Grant,
    Mode,
    Opening,
    PeriodKind,
    Portability,
    Provider,
    Rulebook,
    Scheme,
)

FOLDER = Path(__file__).resolve().parent.parent / "regulations"
PROVIDERS_FILE = "providers.yaml"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNITS: Mapping[str, tuple[Unit, int]] = {
    "minute": ("minute", 1),
    "hour": ("minute", 60),
    "cent": ("cent", 1),
    "EUR": ("cent", 100),
    "voucher": ("voucher", 1),
}
"""How a file may name a unit: the smallest unit, and how many make one."""

_QUANTITY = re.compile(r"(\d+(?:\.\d+)?|\d+/\d+) *(%|[A-Za-z]*)")
_DUE_AFTER = re.compile(r"(\d{1,2}) ([a-z]+) after the period")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong in a regulation file, where, and what would be right."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class WrongRegulation(ValueError):  # noqa: N818  reads as the answer it is
    """A regulation can't be loaded; carries every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        """Say all of it."""
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class _Wrong(Exception):  # noqa: N818
    """One finding on the way out of what it spoils."""

    def __init__(self, node: yaml.Node, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.line = node.start_mark.line + 1
        self.column = node.start_mark.column + 1 + column
        self.message = message


def load(folder: Path = FOLDER) -> Rulebook:
    """Read all regulations below a folder.

    Raises:
        WrongRegulation: something in them is wrong.

    """
    book, findings = _read(folder)
    if findings:
        raise WrongRegulation(findings)
    return book


def check(folder: Path = FOLDER) -> list[Finding]:
    """Return all that is wrong in the regulations below a folder."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[Rulebook, list[Finding]]:
    schemes: dict[str, Scheme] = {}
    providers: dict[str, Provider] = {}
    findings: list[Finding] = []
    known: dict[str, Unit] = {}
    files = [_File(path, folder, findings) for path in sorted(folder.rglob("*.yaml"))]
    for file in files:
        file.register(known)
    for file in files:
        if file.path.name == PROVIDERS_FILE:
            providers |= file.providers(known)
        elif (scheme := file.scheme(known)) is not None:
            schemes[scheme.id] = scheme
    return Rulebook(schemes=schemes, providers=providers), findings


@dataclass
class _Mapping:
    """A YAML mapping whose keys are checked."""

    node: yaml.MappingNode
    entries: dict[str, yaml.Node] = field(default_factory=dict)

    def need(self, key: str) -> yaml.Node:
        if key not in self.entries:
            raise _Wrong(self.node, f"{key!r} is missing")
        return self.entries[key]

    def get(self, key: str) -> yaml.Node | None:
        return self.entries.get(key)


class _File:
    """One file being read; what is wrong is collected, part by part."""

    def __init__(self, path: Path, folder: Path, findings: list[Finding]) -> None:
        self.path = path
        self.name = path.relative_to(folder.parent).as_posix()
        self.findings = findings
        self.root: yaml.Node | None = None
        text = path.read_text("utf-8")
        try:
            self.root = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            self._found(line, column, f"not YAML: {error.problem}")

    def register(self, known: dict[str, Unit]) -> None:
        """Tell which scheme the file holds, for the references of other files."""
        if isinstance(self.root, yaml.MappingNode) and self.path.name != PROVIDERS_FILE:
            entries = {key.value: value for key, value in self.root.value}
            scheme, unit = entries.get("scheme"), entries.get("unit")
            if scheme is not None and unit is not None and unit.value in _UNITS:
                known[scheme.value] = _UNITS[unit.value][0]

    def _found(self, line: int, column: int, message: str) -> None:
        self.findings.append(Finding(file=self.name, line=line, column=column, message=message))

    def _part(self, read: Callable[[], T]) -> T | None:
        """Read a part; what is wrong in it does not hide what is wrong in the next."""
        try:
            return read()
        except _Wrong as wrong:
            self._found(wrong.line, wrong.column, wrong.message)
            return None

    def _each(self, node: yaml.Node | None, read: Callable[[yaml.Node], T]) -> tuple[T, ...]:
        if node is None:
            return ()
        parts = [self._part(lambda n=each: read(n)) for each in _items(node)]  # type: ignore[misc]
        return tuple(part for part in parts if part is not None)

    def providers(self, known: Mapping[str, Unit]) -> dict[str, Provider]:
        """Read a register of providers."""
        if self.root is None:
            return {}
        top = self._part(lambda: _mapping(self.root, {"providers"}))
        if top is None:
            return {}
        read = self._each(top.get("providers"), lambda node: _provider(node, known))
        return {provider.id: provider for provider in read}

    def scheme(self, known: Mapping[str, Unit]) -> Scheme | None:
        """Read a scheme; None when something in it is wrong."""
        if self.root is None:
            return None
        before = len(self.findings)
        scheme = self._part(lambda: self._scheme(known))
        return scheme if len(self.findings) == before else None

    def _scheme(self, known: Mapping[str, Unit]) -> Scheme:
        root = cast("yaml.Node", self.root)
        top = _mapping(
            root,
            {"scheme", "name", "unit", "funder", "source", "grants", "portability"},
            {"parameters", "use", "at-end", "conversions", "assumed"},
        )
        unit = _unit(top.need("unit"))[0]
        funder = _text(top.need("funder"))
        digest = hashlib.sha256(json.dumps(_plain(root), sort_keys=True).encode()).hexdigest()[:8]
        parameters = dict(self._each(top.get("parameters"), _parameter))
        names: dict[str, Type] = {n: (d[1] or "number") for n, d in parameters.items()}
        rule = f"conversion@{digest}"

        def conversion(node: yaml.Node) -> Conversion:
            return _conversion(node, unit, funder, rule, known)

        grants = self._each(top.need("grants"), lambda node: _grant(node, unit, names))
        _check_overlaps(grants, top.need("grants"))
        at_end = top.get("at-end")
        return Scheme(
            id=_text(top.need("scheme")),
            unit=unit,
            funder=funder,
            names={
                k: _text(v)
                for k, v in _mapping(top.need("name"), {"nl", "fr", "en"}).entries.items()
            },
            digest=digest,
            parameters={name: dated for name, (dated, _) in parameters.items()},
            grants=grants,
            use=self._each(top.get("use"), lambda node: _use(node, names)),
            portability=self._each(
                top.need("portability"), lambda node: _portability(node, conversion)
            ),
            at_end=None if at_end is None else self._part(lambda: conversion(at_end)),
            conversions=self._each(top.get("conversions"), conversion),
            source=_text(top.need("source")),
            assumptions=tuple(_text(each) for each in _items(top.get("assumed"))),
        )


def _check_overlaps(grants: tuple[Grant, ...], node: yaml.Node) -> None:
    for index, grant in enumerate(grants):
        for other in grants[index + 1 :]:
            if grant.bucket == other.bucket and grant.valid.overlaps(other.valid):
                at = _items(node)[grants.index(other)]
                message = (
                    f"valid from {other.valid.since} overlaps the block from {grant.valid.since}; "
                    "end the earlier one where the later begins"
                )
                raise _Wrong(at, message)


def _parameter(node: yaml.Node) -> tuple[str, tuple[Dated, Unit | None]]:
    name, body = _named(node)
    entry = _mapping(body, {"values", "source"}, {"unit"})
    unit_node = entry.get("unit")
    unit, per = _unit(unit_node) if unit_node is not None else (None, 1)
    values: list[tuple[date, Fraction | int]] = []
    for key, value in _pairs(entry.need("values")):
        since = _date(key)
        if values and values[-1][0] >= since:
            raise _Wrong(key, "values go from early to late")
        number = _number(value) * per
        values.append((since, int(number) if unit is not None else number))
    _text(entry.need("source"))
    return name.replace("-", "_"), (Dated(tuple(values)), unit)


def _grant(node: yaml.Node, unit: Unit, parameters: Mapping[str, Type]) -> Grant:
    entry = _mapping(
        node,
        {"of", "valid", "amount", "rounding", "who", "due", "term", "source"},
        {"bucket", "let", "balance-at-most"},
    )
    names: dict[str, Type] = {**parameters, "period": "term", "day": "day"}
    if entry.get("balance-at-most") is not None:
        names["balance"] = unit
    lets: list[tuple[str, Expression]] = []
    any_type = ("bool", "number", "day", "term", "spells", "minute", "cent", "voucher")
    for key, value in _pairs(entry.get("let")):
        expression = _expression(value, names, any_type)
        lets.append((key.value, expression))
        names[key.value] = expression.type
    who = tuple(
        (key.value, _expression(value, names, ("bool",)))
        for key, value in _pairs(entry.need("who"))
    )
    rounding, step = _rounding(entry.need("rounding"), unit)
    valid = _valid(entry.need("valid"))
    of = _choice(entry.need("of"), ("school-year", "calendar-year"))
    bucket_node, cap = entry.get("bucket"), entry.get("balance-at-most")
    bucket = _text(bucket_node) if bucket_node is not None else ""
    return Grant(
        id=f"{of}{'-' + bucket if bucket else ''}:{valid.since}",
        of=cast("PeriodKind", of),
        bucket=bucket,
        valid=valid,
        lets=tuple(lets),
        who=who,
        amount=_expression(entry.need("amount"), names, (unit,)),
        rounding=rounding,
        step=step,
        at_most=None if cap is None else _expression(cap, names, (unit,)),
        opening=_opening(entry.need("due")),
        lasts_until=_lasting(entry.need("term")),
        source=_text(entry.need("source")),
    )


def _use(node: yaml.Node, parameters: Mapping[str, Type]) -> tuple[str, Expression, str]:
    name, body = _named(node)
    entry = _mapping(body, {"if", "else"})
    names: dict[str, Type] = {**parameters, "day": "day", "course_starts": "day"}
    return name, _expression(entry.need("if"), names, ("bool",)), _text(entry.need("else"))


def _portability(node: yaml.Node, conversion: Callable[[yaml.Node], Conversion]) -> Portability:
    entry = _mapping(node, {"then", "because"}, {"if", "convert"})
    condition, into = entry.get("if"), entry.get("convert")
    mode = _choice(entry.need("then"), ("open", "keep", "freeze", "lapse", "convert"))
    if (mode == "convert") != (into is not None):
        raise _Wrong(node, "'then: convert' and 'convert: {...}' go together")
    return Portability(
        condition=None if condition is None else _expression(condition, {"day": "day"}, ("bool",)),
        mode=cast("Mode", mode),
        reason=_text(entry.need("because")),
        conversion=None if into is None else conversion(into),
    )


def _conversion(
    node: yaml.Node, unit: Unit, funder: str, rule: str, known: Mapping[str, Unit]
) -> Conversion:
    entry = _mapping(node, {"to", "give", "get", "rounding", "source"}, {"valid"})
    to = _text(entry.need("to"))
    if to not in known:
        raise _Wrong(entry.need("to"), f"there is no scheme {to!r}{nearest(to, known)}")
    give, get = _quantity(entry.need("give"), unit), _quantity(entry.need("get"), known[to])
    valid = entry.get("valid")
    rounding, step = _rounding(entry.need("rounding"), known[to])
    if step != 1:
        raise _Wrong(entry.need("rounding"), "a conversion rounds to the smallest unit")
    return Conversion(
        to=to,
        unit=known[to],
        rate=get / give,
        rounding=rounding,
        funder=funder,
        rule=rule,
        valid=_valid(valid) if valid is not None else Term(date.min, OPEN),
        source=_text(entry.need("source")),
    )


def _provider(node: yaml.Node, known: Mapping[str, Unit]) -> Provider:
    entry = _mapping(node, {"id", "name", "recognised"})
    recognised: dict[str, tuple[Term, ...]] = {}
    for key, value in _pairs(entry.need("recognised")):
        if key.value not in known:
            raise _Wrong(key, f"there is no scheme {key.value!r}{nearest(key.value, known)}")
        recognised[key.value] = tuple(_valid(term) for term in _items(value))
    return Provider(
        id=_text(entry.need("id")), name=_text(entry.need("name")), recognised=recognised
    )


def _expression(
    node: yaml.Node, names: Mapping[str, Type], expected: tuple[Type, ...]
) -> Expression:
    text = _text(node)
    try:
        return compiled(text, names, expected)
    except WrongExpression as wrong:
        raise _Wrong(node, f"{wrong} (in {text!r})", wrong.column) from None


def _rounding(node: yaml.Node, unit: Unit) -> tuple[Rounding, int]:
    how, _, of = _text(node).partition(" ")
    if how not in get_args(Rounding) or of not in _UNITS:
        raise _Wrong(node, "name the rounding, e.g. 'nearest minute', 'up cent', 'down hour'")
    smallest, per = _UNITS[of]
    if smallest != unit:
        raise _Wrong(node, f"a quantity in {unit}s can't be rounded to a {of}")
    return cast("Rounding", how), per


def _opening(node: yaml.Node) -> Opening:
    text = _text(node)
    if text == "period start":
        return Opening(how="start")
    if text == "first eligible day":
        return Opening(how="first eligible day")
    match = _DUE_AFTER.fullmatch(text)
    if match is None or match[2] not in MONTHS:
        raise _Wrong(
            node, "write 'period start', 'first eligible day' or '15 june after the period'"
        )
    return Opening(how="after", month=MONTHS[match[2]], day=int(match[1]))


def _lasting(node: yaml.Node) -> date | None:
    """Read how long a lot lasts: its period (None), open, or until a day."""
    match _text(node).split():
        case ["period"]:
            return None
        case ["open"]:
            return OPEN
        case ["until", day]:
            return _date(yaml.ScalarNode(node.tag, day, node.start_mark, node.end_mark))
        case _:
            raise _Wrong(node, "write 'period', 'open' or 'until 2019-01-01'")


def _valid(node: yaml.Node) -> Term:
    entry = _mapping(node, {"from"}, {"until"})
    since, until = _date(entry.need("from")), entry.get("until")
    end = _date(until) if until is not None else OPEN
    if end <= since:
        raise _Wrong(node, f"'until' {end} comes after 'from' {since}")
    return Term(since, end)


def _quantity(node: yaml.Node, unit: Unit) -> Fraction:
    match = _QUANTITY.fullmatch(_text(node))
    if match is None or match[2] not in _UNITS:
        raise _Wrong(node, "write a quantity with its unit, e.g. '1 hour' or '15 EUR'")
    smallest, per = _UNITS[match[2]]
    if smallest != unit:
        raise _Wrong(node, f"this is in {smallest}s; {unit}s are needed")
    return Fraction(match[1]) * per


def _number(node: yaml.Node) -> Fraction:
    match = _QUANTITY.fullmatch(_text(node))
    if match is None or match[2] not in ("", "%"):
        raise _Wrong(node, "write a number, a fraction such as 1/3, or a percentage such as 50 %")
    return Fraction(match[1]) / (100 if match[2] else 1)


def _unit(node: yaml.Node) -> tuple[Unit, int]:
    text = _text(node)
    if text not in _UNITS:
        raise _Wrong(node, f"unknown unit {text!r}; known: {', '.join(_UNITS)}")
    return _UNITS[text]


def _date(node: yaml.Node) -> date:
    try:
        return date.fromisoformat(_text(node))
    except ValueError:
        raise _Wrong(node, f"{node.value!r} is no date; write 2021-09-01") from None


def _choice(node: yaml.Node, choices: tuple[str, ...]) -> str:
    text = _text(node)
    if text not in choices:
        raise _Wrong(node, f"{text!r} is not one of {', '.join(choices)}")
    return text


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        raise _Wrong(node, "a value is needed here")
    return cast("str", node.value)


def _named(node: yaml.Node) -> tuple[str, yaml.Node]:
    """Return the one pair of a mapping that `_items` made of a larger one."""
    ((key, value),) = _pairs(node)
    return _text(key), value


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    """Return a list's items, or a mapping's pairs as mappings of one."""
    match node:
        case None:
            return []
        case yaml.SequenceNode():
            return list(node.value)
        case yaml.MappingNode():
            return [
                yaml.MappingNode(node.tag, [pair], pair[0].start_mark, pair[1].end_mark)
                for pair in node.value
            ]
        case _:
            raise _Wrong(node, "a list or a mapping is needed here")


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if node is None:
        return
    if not isinstance(node, yaml.MappingNode):
        raise _Wrong(node, "a mapping is needed here")
    yield from node.value


def _mapping(
    node: yaml.Node | None,
    required: set[str],
    optional: set[str] = frozenset(),  # type: ignore[assignment]
) -> _Mapping:
    if not isinstance(node, yaml.MappingNode):
        _not_mapping(node)
    entries = _Mapping(node)
    for key, value in node.value:
        name = _text(key)
        if name not in required | optional:
            raise _Wrong(key, f"unknown key {name!r}{nearest(name, required | optional)}")
        if name in entries.entries:
            raise _Wrong(key, f"{name!r} is here twice")
        entries.entries[name] = value
    for name in sorted(required - entries.entries.keys()):
        raise _Wrong(node, f"{name!r} is missing")
    return entries


def _not_mapping(node: yaml.Node | None) -> Never:
    mark = yaml.Mark("", 0, 0, 0, "", 0)
    raise _Wrong(node or yaml.ScalarNode("", "", mark, mark), "a mapping is needed here")


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401  YAML
    """Return the content without layout and comments, for the digest."""
    match node:
        case yaml.MappingNode():
            return [[_plain(key), _plain(value)] for key, value in node.value]
        case yaml.SequenceNode():
            return [_plain(item) for item in node.value]
        case _:
            return node.value
