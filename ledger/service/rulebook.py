"""Reads regulations from dated data files, and refuses what is wrong with file, line and column."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar, cast, get_args

import yaml

from ledger.domain.calendar import ALWAYS, OPEN, no_holidays
from ledger.domain.expressions import (
    Expression,
    Type,
    nearest,
)
from ledger.domain.occasions import Grant, PeriodKind, first_period
from ledger.domain.quantities import Unit
from ledger.domain.regulation import (
    COURSE,
    ORDINARY,
    Condition,
    Conversion,
    Ending,
    Mode,
    Parameter,
    Portability,
    Provider,
    Rulebook,
    Scheme,
    Taking,
)
from ledger.service import marked, translated
from ledger.service.dated import orders
from ledger.service.endings import endings_of, holidays_of
from ledger.service.marked import Finding, Wrong
from ledger.service.parts import (
    Lets,
    check_lasting,
    check_overlaps,
    check_top_up,
    expression_of,
    holding_of,
    lasting_of,
    lets_of,
    names_of,
    opening_of,
    parameter_of,
    provider_of,
    rounding_of,
)
from ledger.service.shared import limit_of

FOLDER = Path(__file__).resolve().parent.parent / "regulations"
PROVIDERS_FILE = "providers.yaml"

TAKING = ("let", "apply", "brings", "learner-pays", "reserved-for", "order", "earmarks")
"""The parts of a file that say how its rights are taken."""

OPTIONAL = (
    "holidays", "parameters", "use", "ending", "shared", "at-end", "conversions", "assumed",
    "words",
)  # fmt: skip
"""The other parts that a file may do without."""

T = TypeVar("T")


class WrongRegulation(ValueError):  # noqa: N818  reads as the answer it is
    """A regulation can't be loaded; carries every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        """Say all of it."""
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


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
    return _digest(marked.compose(text.encode()))


def _digest(root: yaml.Node) -> str:
    content = json.dumps(translated.content(root), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def read(where: Path = FOLDER) -> Reading:
    """Read the regulations below a folder, or one file, which may refer to the shipped schemes."""
    alone = where.is_file()
    folder = where.parent if alone else where
    paths = [where] if alone else sorted(folder.rglob("*.yaml"))
    findings: list[Finding] = []
    files = [_File(path, folder, findings) for path in paths]
    shipped = [_File(path, FOLDER, []) for path in FOLDER.rglob("*.yaml")] if alone else []
    units: dict[str, Unit] = {}
    for file in (*files, *shipped):
        file.register(units)
    schemes: dict[str, Scheme] = {}
    providers: dict[str, Provider] = {}
    for file in files:
        if file.path.name == PROVIDERS_FILE:
            file.providers(units, providers)
        else:
            file.scheme(units, schemes)
    in_order = [id_ for id_ in _in_order(schemes) if id_ in schemes]
    return Reading(
        book=Rulebook(schemes={id_: schemes[id_] for id_ in in_order}, providers=providers),
        findings=findings,
        roots={file.name: file.root for file in files if file.root is not None},
    )


def _in_order(schemes: Mapping[str, Scheme]) -> Iterable[str]:
    """Put each scheme before those that its rules convert into.

    Raises:
        CycleError: there is no such order.

    """
    sorter = TopologicalSorter(dict.fromkeys(schemes, ()))
    for scheme in schemes.values():
        for conversion in scheme.by_rule:
            sorter.add(conversion.to, scheme.id)
    return tuple(sorter.static_order())


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

    def register(self, units: dict[str, Unit]) -> None:
        """Tell which scheme the file holds and its unit, for the references of other files."""
        if self.root is None or self.path.name == PROVIDERS_FILE:
            return
        try:
            root = dict(marked.each(self.root))
        except Wrong:  # said when the scheme is read
            return
        scheme, unit = root.get("scheme"), root.get("unit")
        if isinstance(scheme, yaml.ScalarNode) and isinstance(unit, yaml.ScalarNode):
            units.setdefault(scheme.value, marked.UNITS.get(unit.value, ("voucher", 1))[0])

    def providers(self, units: Mapping[str, Unit], known: dict[str, Provider]) -> None:
        """Read a register of providers."""
        root = self.root
        if root is None:
            return
        listed = self.part(lambda: marked.items(marked.mapping(root, ["providers"])["providers"]))
        for node in listed or ():
            provider = self.part(partial(provider_of, node, units, known))
            if provider is not None:
                known[provider.id] = provider

    def scheme(self, units: Mapping[str, Unit], known: dict[str, Scheme]) -> None:
        """Read a scheme, and add it when nothing in it is wrong."""
        root = self.root
        if root is None:
            return
        before = len(self.findings)
        scheme = self.part(lambda: _Reader(self, root, units).scheme(known))
        if scheme is not None and len(self.findings) == before:
            known[scheme.id] = scheme


@dataclass(slots=True)
class _Reader:
    """Reads one scheme."""

    file: _File
    root: yaml.Node
    units: Mapping[str, Unit]
    unit: Unit = "minute"
    funder: str = ""
    digest: str = ""
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
        self.digest = _digest(self.root)
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
        since = min((grant.valid.since for grant in grants), default=date.max)
        at_end, holidays = top.get("at-end"), top.get("holidays")
        lets = self.file.part(lambda: self._lets_of_use(top, parameters, since)) or ()
        scheme = Scheme(
            id=id_,
            unit=self.unit,
            funder=self.funder,
            names={language: marked.text(names[language]) for language in translated.LANGUAGES},
            digest=self.digest,
            parameters=parameters,
            grants=grants,
            use=parts(
                lambda pair: self._use(pair, parameters, since, lets), marked.pairs(top.get("use"))
            ),
            taking=self.file.part(lambda: self._taking(top, grants, parameters, since, lets))
            or Taking(),
            portability=self._portability(top["portability"]),
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
            message = "a status can't end rights under 'balance-at-most': they would still count"
            raise Wrong(top["portability"], message)
        try:
            _in_order({**known, id_: scheme})
        except CycleError as circle:
            way = " -> ".join(circle.args[1])
            raise Wrong(at_end or top["portability"], f"rules convert in a circle: {way}") from None
        return scheme

    def _grant(self, node: yaml.Node, parameters: Mapping[str, Parameter]) -> Grant:
        entry = marked.mapping(
            node,
            ["of", "valid", "amount", "rounding", "who", "due", "term", "source"],
            ["bucket", "let", "balance-at-most", "gap-before"],
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
        names = names_of(parameters, period="term", day="day")
        if of == "request":
            names |= COURSE
        if of == "top-up":
            names["topped_up"] = self.unit
        if cap is not None:
            names["balance"] = self.unit
        lets = lets_of(entry.get("let"), names, parameters, valid.since)

        def expression(at: yaml.Node, wanted: str) -> Expression:
            return expression_of(at, names, (wanted,), parameters, valid.since)

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
        )
        check_lasting(grant, entry["term"])
        return grant

    def _lets_of_use(
        self, top: marked.Entries, parameters: Mapping[str, Parameter], since: date
    ) -> Lets:
        names = names_of(parameters, **COURSE, day="day")
        return lets_of(top.get("let"), names, parameters, since)

    def _use(
        self, pair: marked.Pair, parameters: Mapping[str, Parameter], since: date, lets: Lets
    ) -> Condition:
        entry = marked.mapping(pair.value, ["if", "else"])
        named = {name: each.type for name, each in lets}
        names = names_of(parameters, **COURSE, **named, day="day", quantity=self.unit)
        return Condition(
            name=marked.text(pair.key),
            expression=expression_of(entry["if"], names, ("bool",), parameters, since),
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
            names = names_of(parameters, **COURSE, **named, **more, day="day")
            if node is None:
                return None
            return expression_of(node, names, (wanted,), parameters, since)

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
            pays=rule(top.get("learner-pays"), "cent", quantity=self.unit),
            held_months=months,
            held_days=days,
            orders=orders(top.get("order"), sorted(buckets)),
            earmarks=earmarks,
        )

    def _endings(
        self, top: marked.Entries, parameters: Mapping[str, Parameter], since: date
    ) -> tuple[Ending, ...]:
        units: tuple[Unit, Unit] = (self.unit, "cent")
        return endings_of(top.get("ending"), parameters, since, units, self.words)

    def _portability(self, node: yaml.Node) -> tuple[Portability, ...]:
        nodes = marked.items(node)
        cases = self.file.parts(self._case, enumerate(nodes))
        unsaid = [case.condition is None for case in cases]
        right = [each is nodes[-1] for each in nodes] or [True]
        if len(cases) == len(nodes) and unsaid != right:
            odd = [n for n, is_, ought in zip(nodes, unsaid, right, strict=False) if is_ != ought]
            message = "the last case, and only that, has no 'if': it is for everybody else"
            raise Wrong(odd[0] if odd else node, message)
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
            else expression_of(condition, {"day": "day"}, ("bool",), {}, OPEN),
            mode=mode,
            reason=self.words.text(entry["because"]),
            conversion=None if into is None else self._conversion(into, f"portability:{number}"),
        )

    def _on_request(self, node: yaml.Node) -> Conversion:
        conversion = self._conversion(node, "conversion")
        if conversion.valid == ALWAYS:
            raise Wrong(node, "'valid' is missing: since when it can be asked for")
        return conversion

    def _conversion(self, node: yaml.Node, id_: str) -> Conversion:
        entry = marked.mapping(node, ["to", "give", "get", "rounding", "source"], ["valid"])
        to = marked.text(entry["to"])
        if to not in self.units:
            raise Wrong(entry["to"], f"there is no scheme {to!r}{nearest(to, self.units)}")
        give = marked.quantity(entry["give"], self.unit)
        get = marked.quantity(entry["get"], self.units[to])
        rounding, step = rounding_of(entry["rounding"], self.units[to])
        if step != 1:
            raise Wrong(entry["rounding"], "a conversion rounds to the smallest unit")
        valid = entry.get("valid")
        term = marked.valid(valid) if valid is not None else ALWAYS
        if id_ == "conversion":
            id_ = f"conversion:{to}:{term.since}"
        return Conversion(
            id=id_,
            to=to,
            unit=self.units[to],
            rate=get / give,
            words=f"{marked.text(entry['give'])} is {marked.text(entry['get'])}",
            rounding=rounding,
            funder=self.funder,
            rule=f"{id_}@{self.digest}",
            valid=term,
            source=marked.text(entry["source"]),
        )
