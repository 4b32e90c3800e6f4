"""Reads scenarios from files, and refuses what is wrong with file, line and column."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, TypeVar, cast, get_args

import yaml

from ledger.audit import scenario_words as words
from ledger.audit.scenario import (
    CAP,
    FIGURES,
    Amount,
    Check,
    EndedWith,
    Expectation,
    Kind,
    NewUse,
    NotDue,
    Quoted,
    Scenario,
    Told,
    day_comes,
)
from ledger.audit.scenario_facts import FACTS, Story
from ledger.domain.expressions import nearest
from ledger.domain.quantities import DISPLAY, plural
from ledger.domain.reasons import Reason
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.service import marked
from ledger.service.marked import NOTHING, Entries, Finding, Wrong

MAX_CASES: Final = 1_000
"""How many cases one table may have."""

LAST_DAY: Final = date(2200, 1, 1)
"""The day before which every story ends: each year that passes is worked through."""

T = TypeVar("T")

_PLACE = re.compile(r"\$([a-z][a-z0-9_]*)|\$\{([a-z][a-z0-9_]*)\}")
_BECAUSE: Final = " because "

ABOUT: Final = ("scheme", "kind", "source", "person")
"""What can be said of all scenarios of a file, or of one."""

OF_SCENARIO: Final = ("name", "note", "told", "expect")
"""What else can be said of one; `cases` are unfolded before."""

TELLABLE: Final = (*FACTS, *words.REQUESTS)


def read(path: Path, name: str, rules: Rulebook) -> tuple[list[Scenario], list[Finding]]:
    """Read a file: the scenarios that are right, and all that is wrong.

    Args:
        path: where it is.
        name: what findings call it.
        rules: whose schemes it may speak of.

    Raises:
        OSError: it can't be read.

    """
    return parse(path.read_bytes(), name, rules)


def parse(data: bytes, name: str, rules: Rulebook) -> tuple[list[Scenario], list[Finding]]:
    """Read a file's content; see `read`."""
    return _File(name, rules).read(data)


class _File:
    """One file being read; a mistake in one scenario does not hide those in the next."""

    def __init__(self, name: str, rules: Rulebook) -> None:
        self.name = name
        self.rules = rules
        self.findings: list[Finding] = []
        self.scenarios: list[Scenario] = []
        self.names: set[str] = set()

    def read(self, data: bytes) -> tuple[list[Scenario], list[Finding]]:
        top = self.part(lambda: marked.mapping(marked.compose(data), ["scenarios"], ABOUT))
        if top is not None:
            for node in self.part(lambda: _some(top["scenarios"], "scenario")) or ():
                self.all_of(node, top)
        return self.scenarios, self.findings

    def part(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Wrong as wrong:
            self.found(wrong)
            return None

    def found(self, wrong: Wrong, within: str = "") -> None:
        """Note a mistake; what the file says of all its scenarios is told once."""
        place = (wrong.line, wrong.column)
        if all((each.line, each.column) != place for each in self.findings):
            message = f"{wrong.message}{within}"
            self.findings.append(
                Finding(file=self.name, line=wrong.line, column=wrong.column, message=message)
            )

    def all_of(self, node: yaml.Node, top: Entries) -> None:
        """Read a scenario, or one for each row of its table of cases."""
        for case, row in self.part(lambda: list(_cases(node))) or ():
            try:
                self.scenarios.append(self.scenario(case, row, top))
            except Wrong as wrong:
                if wrong.line != row:
                    self.found(wrong, f" (in the case of line {row})" if row else "")
                    return  # what a table's template has wrong, it has wrong in each case
                self.found(wrong)

    def scenario(self, node: yaml.Node, row: int, top: Entries) -> Scenario:
        own = marked.mapping(node, ["name"], [*ABOUT, *OF_SCENARIO])
        name = marked.text(own["name"])
        if name in self.names:
            raise Wrong(own["name"], f"another scenario is called {name!r}; names are unique")
        self.names.add(name)

        def about(key: str) -> yaml.Node:
            return own.get(key) or top.get(key) or own[key]

        scheme = find_scheme(about("scheme"), self.rules)
        expected = [self.expectation(each, scheme) for each in marked.items(own.get("expect"))]
        told = self.told(node, own, top, scheme, expected)
        if not expected and not any(each.expects for each in told):
            raise Wrong(node, "nothing is expected: add 'expect', or a request with its outcome")
        return Scenario(
            file=self.name,
            line=row or node.start_mark.line + 1,
            name=name,
            kind=cast("Kind", marked.choice(about("kind"), get_args(Kind))),
            source=marked.text(about("source")),
            told=told,
            expected=tuple(expected),
        )

    def told(
        self,
        node: yaml.Node,
        own: Entries,
        top: Entries,
        scheme: Scheme,
        expected: Sequence[Expectation],
    ) -> tuple[Told, ...]:
        """Read what is told: of the person on the first day, then entry by entry."""
        entries = marked.items(own.get("told"))
        days = [_on(each) for each in entries]
        asked = sorted({each.known for each in expected})
        if not days and not asked:
            raise Wrong(node, "'told' or 'expect' is missing")
        story = Story(self.rules, scheme, min([*days[:1], *asked[:1]]))
        stories = {"": story}
        told: list[Told] = []
        person = {**dict(marked.each(top.get("person"))), **dict(marked.each(own.get("person")))}
        for at in (top.get("person"), own.get("person")):
            if at is not None:
                marked.mapping(at, (), FACTS)
        for kind, value in person.items():
            told += _each_told(kind, value, story)
        for entry, day in zip(entries, days, strict=True):
            if day < story.on:
                raise Wrong(entry, f"{day} comes after {story.on}: write days in their order")
            story.on = day
            of = _of(entry)
            of_it = stories.setdefault(of, Story(self.rules, scheme, day))
            of_it.on = day
            told += (replace(each, of=of) for each in _told_on(entry, of_it))
        for each, at in zip(expected, marked.items(own.get("expect")), strict=True):
            if each.of not in stories:
                raise Wrong(at, f"nothing is told of {each.of!r}{nearest(each.of, stories)}")
        told += (day_comes(day, of) for day in asked for of in stories)
        return tuple(sorted(told, key=lambda each: (each.on, each.hour)))

    def expectation(self, node: yaml.Node, scheme: Scheme) -> Expectation:
        entry = marked.mapping(node, ["on"], ["of", "known", "scheme", "quote", *EXPECTATIONS])
        named, known = entry.get("scheme"), entry.get("known")
        if named is not None:
            scheme = find_scheme(named, self.rules)
        checks = [
            check
            for key, value in marked.each(node)
            if key in EXPECTATIONS
            for check in EXPECTATIONS[key](key, value, scheme, self.rules)
        ]
        quoted, day = entry.get("quote"), marked.day(entry["on"])
        courses = () if quoted is None else _listed(quoted)
        checks += [_quoted(each, scheme, day) for each in courses]
        if not checks:
            raise Wrong(node, f"what is expected? Some of: {', '.join((*EXPECTATIONS, 'quote'))}")
        return Expectation(
            line=node.start_mark.line + 1,
            of=_of(node),
            on=day,
            known=_heard(entry["on"] if known is None else known),
            scheme=scheme,
            checks=tuple(checks),
        )


def _some(node: yaml.Node, what: str) -> list[yaml.Node]:
    """Read a list that can't be empty."""
    found = marked.items(node)
    if not found:
        raise Wrong(node, f"there is no {what} in the list")
    return found


def find_scheme(node: yaml.Node, rules: Rulebook) -> Scheme:
    """Read which scheme is meant."""
    id_ = marked.text(node)
    if id_ not in rules.schemes:
        raise Wrong(node, f"there is no scheme {id_!r}{nearest(id_, rules.schemes)}")
    return rules.schemes[id_]


def _on(entry: yaml.Node) -> date:
    return _heard(marked.mapping(entry, ["on"], ["of", *TELLABLE])["on"])


def _of(entry: yaml.Node) -> str:
    """Read whose account an entry is about."""
    named = dict(marked.each(entry)).get("of")
    return "" if named is None else marked.text(named)


def _heard(node: yaml.Node) -> date:
    """Read a day on which the ledger hears of something, or is asked."""
    day = marked.day(node)
    if day >= LAST_DAY:
        raise Wrong(node, f"{day} is too far ahead: stories end before {LAST_DAY}")
    return day


def _told_on(entry: yaml.Node, story: Story) -> Iterator[Told]:
    """Read what is told on a day, in the order in which it is written."""
    told = [each for each in marked.each(entry) if each[0] not in ("on", "of")]
    for kind, value in told:
        yield from _each_told(kind, value, story)
    if not told:
        yield day_comes(story.on)


def _listed(node: yaml.Node) -> list[yaml.Node]:
    """Return the items of a list, or the one thing that stands without one."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def _each_told(kind: str, node: yaml.Node, story: Story) -> Iterator[Told]:
    """Read one thing or a list of them; `none` is what a case of a table leaves out."""
    for each in _listed(node):
        if not (isinstance(each, yaml.ScalarNode) and each.value in NOTHING):
            yield words.told(kind, each, story)


def _amount(node: yaml.Node, scheme: Scheme) -> int:
    if isinstance(node, yaml.ScalarNode) and node.value in NOTHING:
        return 0
    quantity, unit = marked.amount(node)
    if unit != scheme.unit:
        counted = f"{scheme.id} is counted in {plural(scheme.unit)}"
        raise Wrong(node, f"this is in {plural(unit)}; {counted}")
    return quantity


def _money(node: yaml.Node, scheme: Scheme) -> int:
    if isinstance(node, yaml.ScalarNode) and node.value in NOTHING:
        return 0
    quantity, unit = marked.amount(node)
    if unit != scheme.money:
        money = DISPLAY[scheme.money][0]
        raise Wrong(node, f"what the learner pays, or gets back, is in {money}")
    return quantity


def _in_all(key: str, node: yaml.Node, scheme: Scheme, _: Rulebook) -> Iterator[Check]:
    yield Amount(lot=None, figure=key, quantity=_amount(node, scheme))


def _of_lots(_: str, node: yaml.Node, scheme: Scheme, rules: Rulebook) -> Iterator[Check]:
    """Read by lot what was granted, or each figure of a mapping."""
    for key, value in marked.pairs(node):
        lot = words.lot_id(key, scheme, rules)
        if not isinstance(value, yaml.MappingNode):
            yield Amount(lot=lot, figure="granted", quantity=_amount(value, scheme))
            continue
        marked.mapping(value, (), FIGURES)
        for figure, each in marked.each(value):
            yield Amount(lot=lot, figure=figure, quantity=_amount(each, scheme))


def _because(_: str, node: yaml.Node, scheme: Scheme, __: Rulebook) -> Iterator[Check]:
    known = {CAP: None} | {name: None for grant in scheme.grants for name, _ in grant.who}
    if not (isinstance(node, yaml.ScalarNode) and node.value in NOTHING):
        yield NotDue(condition=marked.choice(node, known))


def _new_use(_: str, node: yaml.Node, __: Scheme, ___: Rulebook) -> Iterator[Check]:
    state, because, says = marked.text(node).partition(_BECAUSE)
    if state not in ("open", "stopped") or (because and state == "open"):
        raise Wrong(node, "write 'open', 'stopped', or 'stopped because' and words of the reason")
    yield NewUse(state=state, says=says)


ENDED: Final = ("id", "gives-back", "refunds", "recovers", "says")
"""What can be said of the end of a course."""


def _ended(_: str, node: yaml.Node, scheme: Scheme, __: Rulebook) -> Iterator[Check]:
    for each in _listed(node):
        e = marked.mapping(each, ["id"], ENDED)
        back, refunds, recovers = (e.get(key) for key in ("gives-back", "refunds", "recovers"))
        says = e.get("says")
        yield EndedWith(
            id=marked.text(e["id"]),
            gives_back=None if back is None else _amount(back, scheme),
            refunds=None if refunds is None else _money(refunds, scheme),
            recovers=None if recovers is None else _amount(recovers, scheme),
            says=marked.text(says) if says is not None else "",
        )


QUOTED: Final = ("course", "bucket", "gives", "pays", "from", "until", "because", "says")
"""What can be said of a quote."""


def _quoted(node: yaml.Node, scheme: Scheme, on: date) -> Quoted:
    e = marked.mapping(node, ["course"], QUOTED)

    def read(key: str, how: Callable[[yaml.Node], T]) -> T | None:
        at = e.get(key)
        return None if at is None else how(at)

    known = [reason.value for reason in Reason]
    known += [name for grant in scheme.grants for name, _ in grant.who]
    return Quoted(
        course=words.course(e["course"], "quote", on, scheme.money),
        bucket=read("bucket", marked.text) or "",
        gives=read("gives", lambda at: _amount(at, scheme)),
        pays=read("pays", lambda at: _money(at, scheme)),
        since=read("from", marked.day),
        until=read("until", marked.day),
        because=read("because", lambda at: marked.choice(at, known)) or "",
        says=read("says", marked.text) or "",
    )


EXPECTATIONS: Final[Mapping[str, Callable[[str, yaml.Node, Scheme, Rulebook], Iterator[Check]]]] = {
    **dict.fromkeys(FIGURES, _in_all),
    "lots": _of_lots,
    "because": _because,
    "new-use": _new_use,
    "ended": _ended,
}
"""What can be expected; a new kind is a row here, a `Check`, and a case in `_Known.found`."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row of a table of cases, by the name of the column."""

    cells: Mapping[str, yaml.Node]
    used: set[str]

    def fill(self, node: yaml.Node) -> yaml.Node:
        """Return a template with the row's cells in the places that name them.

        A place that is a whole value takes the cell as it is, so that it knows its own line.
        """
        marks = (node.start_mark, node.end_mark)
        match node:
            case yaml.MappingNode(tag=tag):
                filled = [(self.fill(key), self.fill(value)) for key, value in node.value]
                return yaml.MappingNode(tag, filled, *marks)
            case yaml.SequenceNode(tag=tag):
                return yaml.SequenceNode(tag, [self.fill(each) for each in node.value], *marks)
        whole = _PLACE.fullmatch(node.value)
        if whole is not None:
            return self.cell(node, whole)
        if "$" not in node.value:
            return node
        text = _PLACE.sub(lambda place: marked.text(self.cell(node, place)), node.value)
        return yaml.ScalarNode(node.tag, text, *marks)

    def cell(self, node: yaml.Node, place: re.Match[str]) -> yaml.Node:
        name = place[1] or place[2]
        if name not in self.cells:
            near = nearest(name, self.cells)
            raise Wrong(node, f"the table of cases has no column {name!r}{near}", place.start())
        self.used.add(name)
        return self.cells[name]


def _cases(node: yaml.Node) -> Iterator[tuple[yaml.Node, int]]:
    """Yield a scenario, or one for each row of its `cases`, with the row's line (else 0).

    The table's first row names the columns.
    """
    pairs = marked.pairs(node)
    tables = [pair for pair in pairs if pair.key.value == "cases"]
    if not tables:
        yield node, 0
        return
    head, *rows = [marked.items(row) for row in marked.items(tables[0].value)] or [[]]
    if len(rows) > MAX_CASES:
        raise Wrong(tables[0].value, f"more than {MAX_CASES} cases; make it two tables")
    names = [marked.text(each) for each in head]
    if not rows or len(set(names)) < len(names):
        raise Wrong(tables[0].value, "a table is a row of different column names, then its cases")
    own = [(pair.key, pair.value) for pair in pairs if pair is not tables[0]]
    template = yaml.MappingNode(node.tag, own, node.start_mark, node.end_mark)
    used: set[str] = set()
    for cells, row in zip(rows, marked.items(tables[0].value)[1:], strict=True):
        if len(cells) != len(names):
            raise Wrong(row, f"{len(cells)} cells; the table has {len(names)} columns")
        filled = _Cells(dict(zip(names, cells, strict=True)), used).fill(template)
        yield filled, row.start_mark.line + 1
    for name in head:
        if name.value not in used:
            raise Wrong(name, f"no value of the scenario says ${name.value}")
