"""Reads one scheme: a file that says who gets what, how it is used and what becomes of it.

Its parts that are read by themselves are in `ledger.service.parts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, cast, get_args

import yaml

from ledger.domain.calendar import ALWAYS, OPEN, no_holidays
from ledger.domain.expressions import Expression, Type, nearest
from ledger.domain.facts import WHOSE, Holder
from ledger.domain.occasions import Grant, PeriodKind, first_period
from ledger.domain.portability import Conversion, Mode, Portability
from ledger.domain.quantities import EURO, MONEY, Unit
from ledger.domain.regulation import DIGEST_DIGITS, Parameter, Scheme
from ledger.domain.use import ORDINARY, Taking, course_names
from ledger.service import marked, translated
from ledger.service.digests import content_of, sha256_of
from ledger.service.endings import holidays_of
from ledger.service.marked import Wrong
from ledger.service.parts import (
    Reads,
    check_cases,
    check_change,
    check_ends,
    check_lasting,
    check_overlaps,
    check_top_up,
    expression_of,
    growth_of,
    lasting_of,
    lets_of,
    names_of,
    opening_of,
    parameter_of,
    renewals,
    rounding_of,
)
from ledger.service.sections import File
from ledger.service.shared import limit_of
from ledger.service.use import TAKING, UseReader

OPTIONAL = (
    "money", "holder", "holidays", "parameters", "use", "course-register", "ending", "shared",
    "at-end", "conversions", "assumed", "words",
)  # fmt: skip
"""The other parts that a file may do without."""


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


def head_of(file: File) -> tuple[str, Head] | None:
    """Tell which scheme a file holds, and its head, for the references of other files."""
    if file.root is None:
        return None
    try:
        root = dict(marked.each(file.root))
    except Wrong:  # said when the scheme is read
        return None
    scheme, unit = root.get("scheme"), root.get("unit")
    if not (isinstance(scheme, yaml.ScalarNode) and isinstance(unit, yaml.ScalarNode)):
        return None
    of = marked.UNITS.get(unit.value, ("voucher", 1))[0]
    return scheme.value, Head(of, getattr(root.get("holder"), "value", "person"))


def read_scheme(file: File, heads: Mapping[str, Head], known: dict[str, Scheme]) -> None:
    """Read a scheme, and add it to those that are known when nothing in it is wrong."""
    root = file.root
    if root is None:
        return
    before = len(file.findings)
    scheme = file.part(lambda: _Reader(file, root, heads).scheme(known))
    if scheme is not None and len(file.findings) == before:
        known[scheme.id] = scheme


@dataclass(slots=True)
class _Reader:
    """Reads one scheme."""

    file: File
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
        self.sha256 = sha256_of(content_of(self.root))
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
        use = UseReader(
            top=top,
            parameters=parameters,
            unit=self.unit,
            money=self.money,
            words=self.words,
            read=self._reading(parameters, since),
        )
        lets = self.file.part(use.lets) or ()
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
            use=parts(lambda pair: use.condition(pair, lets), marked.pairs(top.get("use"))),
            taking=self.file.part(lambda: use.taking(grants, lets)) or Taking(),
            portability=self._portability(top["portability"]),
            course_register=self.file.part(use.course_register),
            endings=self.file.part(use.endings) or (),
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
