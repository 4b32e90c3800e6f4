"""YAML with positions: every value knows its line and column, and what is wrong is said there."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple, cast

import yaml

from ledger.domain.calendar import OPEN, Term
from ledger.domain.expressions import nearest
from ledger.domain.quantities import DISPLAY, MONEY, Unit, plural

MAX_BYTES = 256 * 1024
"""How long a file may be, in bytes."""

MAX_NODES = 20_000
"""How many values a file may hold, those that aliases repeat included."""

MAX_DEPTH = 20
"""How deep values may be nested."""

UNITS: dict[str, tuple[Unit, int]] = {
    "hour": ("minute", 60),
    **{code: (unit, DISPLAY[unit][1]) for code, unit in MONEY.items()},
    **{unit: (unit, 1) for unit in DISPLAY},
}
"""How a file may name a unit: the smallest unit, and how many make one."""

AMOUNT_UNITS: dict[str, tuple[Unit, int]] = {
    **UNITS,
    **{f"{name}s": UNITS[name] for name in ("minute", "hour", "voucher")},
    **{name: (smallest, per) for smallest, (name, per) in DISPLAY.items()},
    "min": ("minute", 1),
}
"""How people may name the unit of an amount; all that `quantities.shown` writes is among it."""

NOTHING = ("nothing", "none")
"""How people write that there is none of it."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_AMOUNT = re.compile(
    rf"(?P<before>(?:{'|'.join(MONEY)}) )?"
    r"(?P<number>\d{1,9}(?:\.\d{1,6})?)(?: (?P<after>[A-Za-z-]+))?"
    r"(?: (?P<minutes>\d{1,2}) min)?",
    re.ASCII,
)
_QUANTITY = re.compile(r"(\d{1,9}(?:\.\d{1,6})?|\d{1,9}/[1-9]\d{0,8}) *(%|[A-Za-z-]*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong in a file, where, and what would be right."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class Wrong(Exception):  # noqa: N818  it is an answer to an author
    """One finding on the way out of what it spoils; line and column count from 1."""

    def __init__(self, at: Any, message: str, column: int = 0) -> None:  # noqa: ANN401
        """Say what is wrong at a node or a mark; None is the file's beginning."""
        super().__init__(message)
        mark = at.start_mark if isinstance(at, yaml.Node) else at
        self.line = mark.line + 1 if mark else 1
        self.column = mark.column + 1 + column if mark else 1
        self.message = message


class Pair(NamedTuple):
    """One key of a mapping and its value."""

    key: yaml.Node
    value: yaml.Node


class Entries:
    """A mapping whose keys were checked."""

    def __init__(self, node: yaml.Node, entries: dict[str, yaml.Node]) -> None:
        """Keep the values by key."""
        self._node = node
        self._entries = entries

    def __getitem__(self, key: str) -> yaml.Node:
        """Return a value that must be there."""
        if key not in self._entries:
            raise Wrong(self._node, f"{key!r} is missing")
        return self._entries[key]

    def get(self, key: str) -> yaml.Node | None:
        """Return a value that may be absent."""
        return self._entries.get(key)


def compose(data: bytes) -> yaml.Node:
    """Read a file's nodes.

    Raises:
        Wrong: it is no YAML, or larger than a person would write.

    """
    if len(data) > MAX_BYTES:
        raise Wrong(None, f"{len(data)} bytes; a file has at most {MAX_BYTES}")
    try:
        text = data.decode()
        _bounded(text)
        root = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        raise Wrong(yaml.Mark("", 0, line, 0, "", 0), "not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        raise Wrong(error.problem_mark, f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise Wrong(None, f"not YAML: {error}") from None
    if root is None:
        raise Wrong(None, "the file is empty")
    return root


def _bounded(text: str) -> None:
    """Refuse what would unfold to more than a person would write, before it unfolds."""
    sizes: dict[str, int] = {}
    within: list[tuple[str | None, int]] = []
    nodes = 0
    for event in yaml.parse(text, Loader=_LOADER):
        match event:
            case yaml.AliasEvent(anchor=anchor):
                if any(anchor == outer for outer, _ in within):
                    raise Wrong(event.start_mark, f"*{anchor} stands within itself")
                nodes += sizes.get(anchor or "", 1)
            case yaml.ScalarEvent(anchor=anchor):
                nodes += 1
                sizes |= {anchor: 1} if anchor else {}
            case yaml.CollectionStartEvent(anchor=anchor):
                within.append((anchor, nodes))
                nodes += 1
            case yaml.CollectionEndEvent():
                anchor, before = within.pop()
                sizes |= {anchor: nodes - before} if anchor else {}
        if nodes > MAX_NODES:
            raise Wrong(event.start_mark, f"more than {MAX_NODES} values, aliases unfolded")
        if len(within) > MAX_DEPTH:
            raise Wrong(event.start_mark, f"nested more than {MAX_DEPTH} deep")


def plain(node: yaml.Node) -> Any:  # noqa: ANN401  YAML
    """Return the content without layout and comments."""
    match node:
        case yaml.MappingNode():
            return [[plain(key), plain(value)] for key, value in node.value]
        case yaml.SequenceNode():
            return [plain(item) for item in node.value]
        case _:
            return node.value


def text(node: yaml.Node) -> str:
    """Read a text."""
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        raise Wrong(node, "a value is needed here")
    return cast("str", node.value)


def column_in(node: yaml.Node, offset: int) -> int:
    """Return how far after a text's first column its character `offset` stands in the file."""
    style = getattr(node, "style", None)
    return 0 if style in ("|", ">") else offset + bool(style)


def pairs(node: yaml.Node | None) -> list[Pair]:
    """Read a mapping with free keys, each once; None is an empty one."""
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        raise Wrong(node, "a mapping is needed here")
    seen: set[str] = set()
    for key, _ in node.value:
        name = text(key)
        if name in seen:
            raise Wrong(key, f"{name!r} is here twice")
        seen.add(name)
    return [Pair(key, value) for key, value in node.value]


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """Read a list; None is an empty one."""
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise Wrong(node, "a list is needed here")
    return list(node.value)


def mapping(node: yaml.Node, required: Collection[str], optional: Collection[str] = ()) -> Entries:
    """Read a mapping with known keys."""
    known = {*required, *optional}
    entries: dict[str, yaml.Node] = {}
    for key, value in pairs(node):
        if key.value not in known:
            raise Wrong(key, f"unknown key {key.value!r}{nearest(key.value, known)}")
        entries[key.value] = value
    for name in required:
        if name not in entries:
            raise Wrong(node, f"{name!r} is missing")
    return Entries(node, entries)


def choice(node: yaml.Node, choices: Collection[str]) -> str:
    """Read one of some words."""
    word = text(node)
    if word not in choices:
        raise Wrong(node, f"{word!r} is not one of {', '.join(choices)}{nearest(word, choices)}")
    return word


def day(node: yaml.Node) -> date:
    """Read a date."""
    written = text(node)
    try:
        read = date.fromisoformat(written)
    except ValueError:
        read = None
    if read is None or read.isoformat() != written:
        raise Wrong(node, f"{written!r} is no date; write one as 2021-09-01")
    return read


def valid(node: yaml.Node) -> Term:
    """Read `{from: DATE, until: DATE}`, the second left out when no end is known."""
    entry = mapping(node, ["from"], ["until"])
    since, until = day(entry["from"]), entry.get("until")
    end = day(until) if until is not None else OPEN
    if end <= since:
        raise Wrong(until or node, f"'until' {end} must come after 'from' {since}")
    return Term(since, end)


def unit(node: yaml.Node) -> tuple[Unit, int]:
    """Read a unit: the smallest unit, and how many make one."""
    return UNITS[choice(node, UNITS)]


def number(node: yaml.Node) -> Fraction:
    """Read an exact number."""
    match = _QUANTITY.fullmatch(text(node))
    if match is None or match[2] not in ("", "%"):
        raise Wrong(node, "write a number, a fraction such as 1/3, or a percentage such as 50 %")
    return Fraction(match[1]) / (100 if match[2] else 1)


def quantity(node: yaml.Node, needed: Unit) -> Fraction:
    """Read a quantity above zero, written with its unit, in smallest units."""
    match = _QUANTITY.fullmatch(text(node))
    if match is None or match[2] not in UNITS or not Fraction(match[1]):
        raise Wrong(node, "write a quantity above 0 with its unit, e.g. '1 hour' or '15 EUR'")
    smallest, per = UNITS[match[2]]
    if smallest != needed:
        raise Wrong(node, f"this is in {plural(smallest)}; {plural(needed)} are needed")
    return Fraction(match[1]) * per


def amount(node: yaml.Node) -> tuple[int, Unit]:
    """Read an amount as people write it (`93.75 h`, `65 h 47 min`, `EUR 291.67`, `2 vouchers`).

    Returns:
        How many of the smallest unit, from 0, and that unit.

    """
    match = _AMOUNT.fullmatch(text(node))
    name = (match["before"] or match["after"] or "").strip() if match is not None else ""
    both = match is not None and match["before"] and match["after"]
    if match is None or both or name not in AMOUNT_UNITS or (match["minutes"] and name != "h"):
        raise Wrong(node, "write an amount with its unit, e.g. '93.75 h', 'EUR 291.67'")
    smallest, per = AMOUNT_UNITS[name]
    exact = Fraction(match["number"]) * per + int(match["minutes"] or 0)
    if exact.denominator > 1:
        raise Wrong(node, f"{text(node)!r} is no whole number of {plural(smallest)}")
    return int(exact), smallest


def each(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the pairs of a mapping with free keys, the keys as texts."""
    for key, value in pairs(node):
        yield text(key), value
