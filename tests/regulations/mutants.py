"""Regulation files with one number changed, to find numbers that no test looks at.

A survivor is a number that could be mistyped without anybody noticing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import cast

import yaml

from ledger.domain.calendar import Term
from ledger.domain.expressions import MONTHS
from ledger.domain.rulebook import Rulebook
from ledger.service import lint, marked, rulebook
from ledger.service.registers import PROVIDERS_FILE

SAID_ONLY = {
    "assumed",
    "because",
    "else",
    "funder",
    "name",
    "scheme",
    "source",
    "to",
    "unit",
    "words",
}
"""Keys of what is told, and not computed with."""

NUMBER = re.compile(
    rf"\d{{4}}-\d\d-\d\d|(?<![\w.-])\d+(?:\.\d+)?(?![\w.])|\b(?:{'|'.join(MONTHS)})\b"
)
"""A date, a number or a month, in a value or in an expression."""


@dataclass(frozen=True)
class Mutant:
    """A regulation file with one number in it changed.

    Attributes:
        file: relative to the folder of all.
        line: from 1, as `column`.
        text: the whole file.

    """

    file: Path
    line: int
    column: int
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.after} instead of {self.before}"


def mutants(folder: Path = rulebook.FOLDER) -> Iterator[Mutant]:
    """Yield a mutant for each number, date and month that the schemes below a folder read."""
    reading = rulebook.read(folder)
    assert reading.findings == []
    for path in sorted(folder.rglob("*.yaml")):
        if path.name == PROVIDERS_FILE:
            continue
        text = path.read_text("utf-8")
        starts = list(accumulate(map(len, text.splitlines(keepends=True)), initial=0))
        root = reading.roots[f"{folder.name}/{path.relative_to(folder).as_posix()}"]
        sourced = dict(_sourced(root, starts))
        unread = set(_unread(reading.book, root, starts))
        for node in {_place(node, starts): node for node in _computed_with(root)}.values():
            begins, ends = _place(node, starts), starts[node.end_mark.line] + node.end_mark.column
            for match in NUMBER.finditer(text[begins:ends]):
                before, after = match[0], _other(match[0])
                at = begins + match.start()
                if at in unread:
                    continue
                changed = text
                for place in sorted({at, *sourced.get(at, ())}, reverse=True):
                    changed = changed[:place] + after + changed[place + len(before) :]
                line_number = text.count("\n", 0, at)
                column = at - starts[line_number]
                yield Mutant(
                    path.relative_to(folder), line_number + 1, column + 1, before, after, changed
                )


def survivors(
    noticed: Callable[[Path], bool], among: Iterable[Mutant], folder: Path = rulebook.FOLDER
) -> Iterator[Mutant]:
    """Yield the mutants that are not noticed in a folder that has them in place of the original."""
    with TemporaryDirectory() as made:
        copy = copytree(folder, Path(made) / "regulations")
        for mutant in among:
            file = copy / mutant.file
            original = file.read_text("utf-8")
            file.write_text(mutant.text, "utf-8")
            if not noticed(copy):
                yield mutant
            file.write_text(original, "utf-8")


def _other(number: str) -> str:
    """Return the next day, the next month, or a number with its last digit one higher."""
    if number in MONTHS:
        return list(MONTHS)[MONTHS[number] % len(MONTHS)]
    if "-" in number:
        return f"{date.fromisoformat(number) + timedelta(days=1)}"
    read = Decimal(number)
    return str(read + Decimal((0, (1,), cast("int", read.as_tuple().exponent))))


def _computed_with(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield the texts below a node that decide something; of mappings by day, the days too."""
    match node:
        case yaml.ScalarNode():
            yield node
        case yaml.SequenceNode():
            for item in node.value:
                yield from _computed_with(item)
        case yaml.MappingNode():
            for key, value in node.value:
                if key.value not in SAID_ONLY:
                    if re.fullmatch(r"\d{4}-\d\d-\d\d", key.value):
                        yield key
                    yield from _computed_with(value)


def _sourced(root: yaml.Node, starts: list[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the place of each day of a number or an order, and of the same day among its sources.

    The two change together: a day without a source would be refused, whatever the day.
    """
    top = dict(marked.each(root))
    dated = [parameter for _, parameter in marked.pairs(top.get("parameters"))]
    dated += [at for at in (top.get("order"),) if isinstance(at, yaml.MappingNode)]
    for node in dated:
        entry = dict(marked.each(node))
        if isinstance(entry["source"], yaml.MappingNode):
            sources = {key.value: _place(key, starts) for key, _ in marked.pairs(entry["source"])}
            for key, _ in marked.pairs(entry["values"]):
                if key.value in sources:
                    yield _place(key, starts), (sources[key.value],)


def _unread(book: Rulebook, root: yaml.Node, starts: list[int]) -> Iterator[int]:
    """Yield the places of days that could be the next one for all that the rules read."""
    top = dict(marked.each(root))
    scheme = book.schemes[marked.text(top["scheme"])]
    for name, parameter in marked.pairs(top.get("parameters")):
        read = marked.text(name).replace("-", "_")
        terms = [t for e, t in lint.expressions_in(scheme, Term(scheme.since)) if read in e.names]
        first, *_ = marked.pairs(dict(marked.each(parameter))["values"])
        if marked.day(first.key) < min(term.since for term in terms):
            yield _place(first.key, starts)


def _place(node: yaml.Node, starts: list[int]) -> int:
    return starts[node.start_mark.line] + node.start_mark.column
