"""Reads regulations from dated data files, and refuses what is wrong with file, line and column."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple, TypeVar, cast, get_args

import yaml

from ledger.domain.calendar import ALWAYS, OPEN, no_holidays
from ledger.domain.expressions import (
    Expression,
    Type,
    nearest,
)
from ledger.domain.facts import WHOSE, Holder
from ledger.domain.occasions import Grant, PeriodKind, first_period
from ledger.domain.quantities import EURO, MONEY, Unit
from ledger.domain.regulation import (
    DIGEST_DIGITS,
    ENDED,
    ORDINARY,
    Condition,
    Conversion,
    CourseRegister,
    Ending,
    Mode,
    Parameter,
    Portability,
    Registered,
    Rulebook,
    Scheme,
    Taking,
    course_names,
)
from ledger.service import marked, translated
from ledger.service.dated import orders
from ledger.service.endings import endings_of, holidays_of
from ledger.service.marked import Finding, Wrong
from ledger.service.parts import (
    Lets,
    Reads,
    check_cases,
    check_change,
    check_ends,
    check_lasting,
    check_overlaps,
    check_top_up,
    expression_of,
    growth_of,
    holding_of,
    lasting_of,
    lets_of,
    names_of,
    opening_of,
    parameter_of,
    registered_of,
    renewals,
    rounding_of,
)
from ledger.service.shared import limit_of

FOLDER = Path(__file__).resolve().parent.parent / "regulations"
PROVIDERS_FILE = "providers.yaml"

TAKING = ("let", "apply", "brings", "learner-pays", "reserved-for", "order", "earmarks")
"""The parts of a file that say how its rights are taken."""

OPTIONAL = (
    "money", "holder", "holidays", "parameters", "use", "course-register", "ending", "shared",
    "at-end", "conversions", "assumed", "words",
)  # fmt: skip
"""The other parts that a file may do without."""

T = TypeVar("T")


class Registers(NamedTuple):
    """The entries of the registers, by id, while they are read."""

    providers: dict[str, Registered]
    courses: dict[str, Registered]


class WrongRegulation(ValueError):  # noqa: N818  reads as the answer it is
    """A regulation can't be loaded; carries every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        """Take all that is wrong."""
        super().__init__(findings)  # so that it comes out of another process as it is
        self.findings = findings

    def __str__(self) -> str:
        """Say all of it."""
        return "\n".join(map(str, self.findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What files say, and what is wrong in them.

    Attributes:
        book: the schemes in which nothing is wrong.
        roots: the content of each file that is YAML, by the name that findings use.

    """

    book: Rulebook
    findings: list[Finding]
    roots: Mapping[str, yaml.Node]


def load(folder: Path = FOLDER) -> Rulebook:
    """Read all regulations below a folder, or one file.

    Raises:
        WrongRegulation: something in them is wrong.

    """
    read_files = read(folder)
    if read_files.findings:
        raise WrongRegulation(read_files.findings)
    return read_files.book


def check(folder: Path = FOLDER) -> list[Finding]:
    """Return all for which the regulations below a folder can't be loaded."""
    return read(folder).findings


def digest_of(text: str) -> str:
    """Return the digest of a regulation's content, by which a basis names it.

    An auditor checks with it that an old file, e.g. from version control, is the one meant.
    """
    return _sha256(content_of(marked.compose(text.encode())))[:DIGEST_DIGITS]


def content_of(root: yaml.Node) -> str:
    """Return a regulation's content as canonical JSON: what a digest covers."""
    return json.dumps(translated.content(root), sort_keys=True)


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def read(where: Path = FOLDER) -> Reading:
    """Read the regulations below a folder, or one file, which may refer to the shipped schemes."""
    alone = where.is_file()
    folder = where.parent if alone else where
    paths = [where] if alone else sorted(folder.rglob("*.yaml"))
    findings: list[Finding] = []
    files = [_File(path, folder, findings) for path in paths]
    shipped = [_File(path, FOLDER, []) for path in FOLDER.rglob("*.yaml")] if alone else []
    heads: dict[str, Head] = {}
    for file in (*files, *shipped):
        file.register(heads)
    schemes: dict[str, Scheme] = {}
    registers = Registers({}, {})
    for file in files:
        if file.path.name == PROVIDERS_FILE:
            file.registers(heads, registers)
        else:
            file.scheme(heads, schemes)
    return Reading(
        book=Rulebook(schemes=in_order(schemes), **registers._asdict()),
        findings=findings,
        roots={file.name: file.root for file in files if file.root is not None},
    )


def in_order(schemes: Mapping[str, Scheme]) -> dict[str, Scheme]:
    """Put each scheme before those that its rules convert into, the others by their ids.

    So the same schemes have the same order, wherever their files are.

    Raises:
        CycleError: there is no such order.

    """
    by_id = sorted(schemes, key=lambda id_: id_.split("/"))
    sorter = TopologicalSorter(dict.fromkeys(by_id, ()))
    for id_ in by_id:
        for conversion in schemes[id_].by_rule:
            sorter.add(conversion.to, id_)
    return {id_: schemes[id_] for id_ in sorter.static_order() if id_ in schemes}


class Head(NamedTuple):
    """What other files need to know of a scheme."""

    unit: Unit
    holder: str


class _File:
    """One file being read; what is wrong is collected, part by part."""

    def __init__(self, path: Path, folder: Path, findings: list[Finding]) -> None:
        self.path = path
        self.name = path.relative_to(folder.parent).as_posix()
        self.findings = findings
        self.root = self.part(lambda: marked.compose(path.read_bytes()))

    def part(self, read: Callable[[], T]) -> T | None:
        """Read a part; what is wrong in it does not hide what is wrong in the next."""
        try:
            return read()
        except Wrong as wrong:
            self.findings.append(
                Finding(file=self.name, line=wrong.line, column=wrong.column, message=wrong.message)
            )
            return None

    def parts(self, read: Callable[..., T], all_arguments: Iterable[object]) -> tuple[T, ...]:
        """Read many parts, each with its argument, and keep those that are right."""
        read_parts = [self.part(lambda a=each: read(a)) for each in all_arguments]  # type: ignore[misc]
        return tuple(part for part in read_parts if part is not None)

    def register(self, heads: dict[str, Head]) -> None:
        """Tell which scheme the file holds, and its head, for the references of other files."""
        if self.root is None or self.path.name == PROVIDERS_FILE:
            return
        try:
            root = dict(marked.each(self.root))
        except Wrong:  # said when the scheme is read
            return
        scheme, unit = root.get("scheme"), root.get("unit")
        if isinstance(scheme, yaml.ScalarNode) and isinstance(unit, yaml.ScalarNode):
            of = marked.UNITS.get(unit.value, ("voucher", 1))[0]
            holder = getattr(root.get("holder"), "value", "person")
            heads.setdefault(scheme.value, Head(of, holder))

    def registers(self, heads: Mapping[str, Head], known: Registers) -> None:
        """Read registers of providers and of courses."""
        root = self.root
        if root is None:
            return
        top = self.part(lambda: marked.mapping(root, ["providers"], ["courses"]))
        if top is None:
            return
        for name, entries in known._asdict().items():
            listed = self.part(partial(marked.items, top.get(name)))
            for node in listed or ():
                entry = self.part(partial(registered_of, node, heads, entries))
                if entry is not None:
                    entries[entry.id] = entry

    def scheme(self, heads: Mapping[str, Head], known: dict[str, Scheme]) -> None:
        """Read a scheme, and add it when nothing in it is wrong."""
        root = self.root
        if root is None:
            return
        before = len(self.findings)
        scheme = self.part(lambda: _Reader(self, root, heads).scheme(known))
        if scheme is not None and len(self.findings) == before:
            known[scheme.id] = scheme


@dataclass(slots=True)
class _Reader:
    """Reads one scheme."""

    file: _File
    root: yaml.Node
    heads: Mapping[str, Head]
    unit: Unit = "minute"
    money: Unit = EURO
    funder: str = ""
    sha256: str = ""
    holder: Holder = "person"
    words: translated.Words = field(default_factory=translated.Words)

    def scheme(self, known: Mapping[str, Scheme]) -> Scheme:
        top = marked.mapping(
            self.root,
            ["scheme", "name", "unit", "funder", "source", "grants", "portability"],
            [*OPTIONAL, *TAKING],
        )
        id_ = marked.text(top["scheme"])
        if id_ in known:
            raise Wrong(top["scheme"], f"another file is about {id_!r}; one file is one scheme")
        names = marked.mapping(top["name"], translated.LANGUAGES)
        self.unit, self.funder = marked.unit(top["unit"])[0], marked.text(top["funder"])
        self.money = self._money(top.get("money"))
        self.sha256 = _sha256(content_of(self.root))
        if (holder := top.get("holder")) is not None:
            self.holder = cast("Holder", marked.choice(holder, get_args(Holder)))
        parts = self.file.parts
        parameters: dict[str, Parameter] = {}
        for pair in marked.pairs(top.get("parameters")):
            parameter = self.file.part(partial(parameter_of, pair, parameters))
            if parameter is not None:
                parameters[parameter.name] = parameter
        nodes = marked.items(top["grants"])
        if not nodes:
            raise Wrong(top["grants"], "a scheme has at least one grant block")
        grants = parts(lambda node: self._grant(node, parameters), nodes)
        if len(grants) == len(nodes):
            check_overlaps(grants, nodes)
            check_ends(grants, nodes)
        since = min((grant.valid.since for grant in grants), default=date.max)
        at_end, holidays = top.get("at-end"), top.get("holidays")
        lets = self.file.part(lambda: self._lets_of_use(top, parameters, since)) or ()
        scheme = Scheme(
            id=id_,
            unit=self.unit,
            money=self.money,
            funder=self.funder,
            holder=self.holder,
            names={language: marked.text(names[language]) for language in translated.LANGUAGES},
            sha256=self.sha256,
            digest=self.sha256[:DIGEST_DIGITS],
            parameters=parameters,
            grants=grants,
            use=parts(
                lambda pair: self._use(pair, parameters, since, lets), marked.pairs(top.get("use"))
            ),
            taking=self.file.part(lambda: self._taking(top, grants, parameters, since, lets))
            or Taking(),
            portability=self._portability(top["portability"]),
            course_register=self.file.part(lambda: self._course_register(top, parameters, since)),
            endings=self.file.part(lambda: self._endings(top, parameters, since)) or (),
            shared=parts(
                lambda pair: limit_of(pair, parameters, since, self.unit, self.words),
                marked.pairs(top.get("shared")),
            ),
            at_end=None if at_end is None else self._conversion(at_end, "at-end"),
            conversions=parts(self._on_request, marked.items(top.get("conversions"))),
            source=marked.text(top["source"]),
            assumptions=parts(self.words.text, marked.items(top.get("assumed"))),
            words=self.words.known,
            holidays=no_holidays if holidays is None else holidays_of(holidays),
        )
        for pair in marked.pairs(top.get("words")):
            self.file.part(partial(self.words.add, pair))
        if scheme.capped and scheme.closes:
            message = "a status can't end rights under 'balance-at-most' or 'of: change': they "
            message += "would still count"
            raise Wrong(top["portability"], message)
        try:
            in_order({**known, id_: scheme})
        except CycleError as circle:
            way = " -> ".join(circle.args[1])
            raise Wrong(at_end or top["portability"], f"rules convert in a circle: {way}") from None
        return scheme

    def _money(self, node: yaml.Node | None) -> Unit:
        """Read the money of prices, which a scheme that is counted in money has already."""
        counted = self.unit in MONEY.values()
        if node is None:
            return self.unit if counted else EURO
        if counted:
            raise Wrong(node, "prices are in the scheme's own unit; leave 'money' out")
        return MONEY[marked.choice(node, MONEY)]

    def _grant(self, node: yaml.Node, parameters: Mapping[str, Parameter]) -> Grant:
        entry = marked.mapping(
            node,
            ["of", "valid", "amount", "rounding", "who", "due", "term", "source"],
            ["in", "bucket", "let", "balance-at-most", "gap-before"],
        )
        of = cast("PeriodKind", marked.choice(entry["of"], get_args(PeriodKind)))
        valid = marked.valid(entry["valid"])
        first = first_period(of, valid.since)
        if valid.since != first:
            raise Wrong(entry["valid"], f"a {of} begins on {first}, not on {valid.since}")
        opening = opening_of(entry["due"])
        if (opening.how == "asked") != (of == "request"):
            raise Wrong(entry["due"], "'of: request' and 'due: when asked for' go together")
        if opening.how == "after" and of == "once":
            raise Wrong(entry["due"], "what is given once has no day after its period")
        cap, bucket = entry.get("balance-at-most"), entry.get("bucket")
        lasts, gap = lasting_of(entry["term"]), entry.get("gap-before")
        if of == "top-up":
            check_top_up(node, entry, opening, lasts)
        number = self._number(node, entry.get("in"), of, parameters)
        growth = {} if number is None else growth_of(number, entry["in"], valid)
        if of == "change":
            check_change(node, entry, opening, lasts)
        names = names_of(parameters, period="term", day="day")
        if of == "request":
            names |= course_names(self.money)
        if of == "top-up":
            names["topped_up"] = self.unit
        if of == "change":
            names["growth"] = "number"
        if cap is not None or of == "change":
            names["balance"] = self.unit
        lets = lets_of(entry.get("let"), names, self._reading(parameters, valid.since))

        def expression(at: yaml.Node, wanted: str) -> Expression:
            return self._expression(at, names, (wanted,), parameters, valid.since)

        rounding, step = rounding_of(entry["rounding"], self.unit)
        bucketed = f"-{marked.text(bucket)}" if bucket is not None else ""
        if bucketed[1:] == ORDINARY:
            raise Wrong(bucket, f"{ORDINARY!r} are the lots without a bucket; take another name")
        grant = Grant(
            id=f"{of}{bucketed}:{valid.since}",
            of=of,
            bucket=bucketed[1:],
            valid=valid,
            lets=lets,
            who=tuple((key, expression(at, "bool")) for key, at in marked.each(entry["who"])),
            amount=expression(entry["amount"], self.unit),
            rounding=rounding,
            step=step,
            at_most=None if cap is None else expression(cap, self.unit),
            opening=opening,
            lasts=lasts,
            gap_before=None if gap is None else self.words.text(gap),
            source=marked.text(entry["source"]),
            number="" if number is None else number.name,
            growth=growth,
        )
        if of == "once":
            grant = replace(grant, renewed=renewals(grant, parameters))
        check_lasting(grant, entry["term"])
        return grant

    def _lets_of_use(
        self, top: marked.Entries, parameters: Mapping[str, Parameter], since: date
    ) -> Lets:
        names = names_of(parameters, **course_names(self.money), day="day")
        return lets_of(top.get("let"), names, self._reading(parameters, since))

    def _number(
        self,
        node: yaml.Node,
        named: yaml.Node | None,
        of: PeriodKind,
        parameters: Mapping[str, Parameter],
    ) -> Parameter | None:
        """Read which number's changes a block is for."""
        if (of == "change") != (named is not None):
            raise Wrong(named or node, "'of: change' and 'in: NUMBER' go together")
        if named is None:
            return None
        written = {name.replace("_", "-"): each for name, each in parameters.items()}
        return written[marked.choice(named, written)]

    def _use(
        self, pair: marked.Pair, parameters: Mapping[str, Parameter], since: date, lets: Lets
    ) -> Condition:
        entry = marked.mapping(pair.value, ["if", "else"])
        named = {name: each.type for name, each in lets}
        names = names_of(
            parameters, **course_names(self.money), **named, day="day", quantity=self.unit
        )
        return Condition(
            name=marked.text(pair.key),
            expression=self._expression(entry["if"], names, ("bool",), parameters, since),
            otherwise=self.words.text(entry["else"]),
        )

    def _taking(
        self,
        top: marked.Entries,
        grants: Iterable[Grant],
        parameters: Mapping[str, Parameter],
        since: date,
        lets: Lets,
    ) -> Taking:
        named = {name: each.type for name, each in lets}

        def rule(node: yaml.Node | None, wanted: Type, **more: Type) -> Expression | None:
            names = names_of(parameters, **course_names(self.money), **named, **more, day="day")
            if node is None:
                return None
            return self._expression(node, names, (wanted,), parameters, since)

        window = top.get("apply")
        apply = marked.mapping(window, [], ["from", "until"]) if window is not None else None
        brings, by_course = top.get("brings"), False
        if isinstance(brings, yaml.MappingNode):
            by_course = True
            entry = marked.mapping(brings, ["of", "read-on"])
            marked.choice(entry["read-on"], ["course-start"])
            brings = entry["of"]
        buckets = {grant.bucket for grant in grants} - {""}
        earmarks: dict[str, Condition] = {}
        for pair in marked.pairs(top.get("earmarks")):
            bucket = marked.choice(pair.key, sorted(buckets))
            earmarks[bucket] = self._use(pair, parameters, since, lets)
        months, days = holding_of(top.get("reserved-for"))
        return Taking(
            lets=lets,
            opens=rule(apply.get("from"), "day") if apply else None,
            closes=rule(apply.get("until"), "day") if apply else None,
            brings=rule(brings, self.unit),
            by_course=by_course,
            pays=rule(top.get("learner-pays"), self.money, quantity=self.unit),
            held_months=months,
            held_days=days,
            orders=orders(top.get("order"), sorted(buckets)),
            earmarks=earmarks,
        )

    def _course_register(
        self, top: marked.Entries, parameters: Mapping[str, Parameter], since: date
    ) -> CourseRegister | None:
        node = top.get("course-register")
        if node is None:
            return None
        entry = marked.mapping(node, ["source"], ["continued-until"])
        until, names = entry.get("continued-until"), names_of(parameters, struck_on="day")
        read = self._reading(parameters, since)
        return CourseRegister(
            continued_until=None if until is None else read(until, names, ("day",)),
            source=marked.text(entry["source"]),
        )

    def _endings(
        self, top: marked.Entries, parameters: Mapping[str, Parameter], since: date
    ) -> tuple[Ending, ...]:
        names = names_of(
            parameters,
            **course_names(self.money),
            **ENDED,
            taken=self.unit,
            paid=self.money,
            day="day",
        )
        read = self._reading(parameters, since)
        return endings_of(top.get("ending"), names, read, (self.unit, self.money), self.words)

    def _portability(self, node: yaml.Node) -> tuple[Portability, ...]:
        nodes = marked.items(node)
        cases = self.file.parts(self._case, enumerate(nodes))
        if len(cases) == len(nodes):
            check_cases(node, [case.condition for case in cases], "everybody else")
        return cases

    def _case(self, numbered: tuple[int, yaml.Node]) -> Portability:
        number, node = numbered
        entry = marked.mapping(node, ["then", "because"], ["if", "convert"])
        condition, into = entry.get("if"), entry.get("convert")
        mode = cast("Mode", marked.choice(entry["then"], get_args(Mode)))
        if (mode == "convert") != (into is not None):
            raise Wrong(node, "'then: convert' and 'convert: {...}' go together")
        return Portability(
            condition=None
            if condition is None
            else self._expression(condition, {"day": "day"}, ("bool",), {}, OPEN),
            mode=mode,
            reason=self.words.text(entry["because"]),
            conversion=None if into is None else self._conversion(into, f"portability:{number}"),
        )

    def _reading(self, parameters: Mapping[str, Parameter], since: date) -> Reads:
        """Return what reads the expressions of a part that counts from a day on."""
        return lambda node, names, wanted: self._expression(node, names, wanted, parameters, since)

    def _expression(
        self,
        node: yaml.Node,
        names: Mapping[str, Type],
        wanted: tuple[Type, ...],
        parameters: Mapping[str, Parameter],
        since: date,
    ) -> Expression:
        """Compile an expression that asks only what an account of the scheme's holder can tell."""
        expression = expression_of(node, names, wanted, parameters, since)
        for kind in (*(each.kind for each in expression.selectors), *expression.profile):
            if (kind == "enterprise") != (self.holder == "enterprise"):
                message = f"{kind} is not told of {WHOSE[self.holder]}, which holds these rights"
                raise Wrong(node, f"{message}; see 'holder' in ops/docs/regulations.md")
        return expression

    def _on_request(self, node: yaml.Node) -> Conversion:
        conversion = self._conversion(node, "conversion")
        if conversion.valid == ALWAYS:
            raise Wrong(node, "'valid' is missing: since when it can be asked for")
        return conversion

    def _conversion(self, node: yaml.Node, id_: str) -> Conversion:
        entry = marked.mapping(node, ["to", "give", "get", "rounding", "source"], ["valid"])
        to = marked.text(entry["to"])
        if to not in self.heads:
            raise Wrong(entry["to"], f"there is no scheme {to!r}{nearest(to, self.heads)}")
        if self.heads[to].holder != self.holder:
            message = f"{to} is not held by {WHOSE[self.holder]}, as these rights are"
            raise Wrong(entry["to"], f"{message}: no right moves to another holder")
        give = marked.quantity(entry["give"], self.unit)
        get = marked.quantity(entry["get"], self.heads[to].unit)
        rounding, step = rounding_of(entry["rounding"], self.heads[to].unit)
        if step != 1:
            raise Wrong(entry["rounding"], "a conversion rounds to the smallest unit")
        valid = entry.get("valid")
        term = marked.valid(valid) if valid is not None else ALWAYS
        if id_ == "conversion":
            id_ = f"conversion:{to}:{term.since}"
        return Conversion(
            id=id_,
            to=to,
            unit=self.heads[to].unit,
            rate=get / give,
            words=f"{marked.text(entry['give'])} is {marked.text(entry['get'])}",
            rounding=rounding,
            funder=self.funder,
            rule=f"{id_}@{self.sha256[:DIGEST_DIGITS]}",
            valid=term,
            source=marked.text(entry["source"]),
        )
