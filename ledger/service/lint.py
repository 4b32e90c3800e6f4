"""Checks of regulations that can be loaded, for their author: what is said, but can't be meant.

A file that only these checks find fault with still loads: what was published stays readable when a
check is added.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import yaml

from ledger.domain.calendar import ALWAYS, OPEN, Term
from ledger.domain.expressions import Expression
from ledger.domain.occasions import Grant
from ledger.domain.regulation import Parameter, Scheme
from ledger.service import marked, rulebook, translated, truth
from ledger.service.endings import unknown_place
from ledger.service.marked import Finding, Wrong
from ledger.service.registers import PROVIDERS_FILE

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_ALMOST_ADDRESS = re.compile(r"www\.|http|\S+://", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class _Block(NamedTuple):
    """A grant block as loaded, and where it stands."""

    grant: Grant
    node: yaml.Node
    lets: Mapping[str, yaml.Node]


def check(where: Path = rulebook.FOLDER) -> list[Finding]:
    """Return all that is wrong in the regulations below a folder, or in one file."""
    reading = rulebook.read(where)
    findings = list(reading.findings)
    spoiled = {finding.file for finding in findings}
    for name, root in reading.roots.items():
        if name in spoiled or Path(name).name == PROVIDERS_FILE:
            continue
        top = dict(marked.each(root))
        wrongs = _wrongs(reading.book.schemes[marked.text(top["scheme"])], root, top)
        findings += dict.fromkeys(  # what an alias repeats is said once
            Finding(file=name, line=wrong.line, column=wrong.column, message=wrong.message)
            for wrong in wrongs
        )
    return sorted(findings, key=lambda each: (each.file, each.line, each.column))


def expressions_in(part: object, term: Term) -> Iterator[tuple[Expression, Term]]:
    """Yield each expression below a part of a scheme, with the term in which it is valid."""
    match part:
        case Expression():
            yield part, term
        case tuple() | list():
            for each in part:
                yield from expressions_in(each, term)
        case Mapping():
            yield from expressions_in(list(part.values()), term)
        case _ if is_dataclass(part):
            term = getattr(part, "valid", term)
            for field in fields(part):
                if field.init:
                    yield from expressions_in(getattr(part, field.name), term)


def _wrongs(scheme: Scheme, root: yaml.Node, top: Mapping[str, yaml.Node]) -> Iterator[Wrong]:
    blocks = [
        _Block(grant, node, _lets(node))
        for grant, node in zip(scheme.grants, marked.items(top["grants"]), strict=True)
    ]
    by_bucket: dict[str, list[_Block]] = defaultdict(list)
    for block in sorted(blocks, key=lambda each: each.grant.valid.since):
        by_bucket[block.grant.bucket].append(block)
    for successive in by_bucket.values():
        yield from _gaps(successive)
    yield from _unread_names(blocks)
    yield from _unread_by_use(scheme, root)
    yield from _unread_numbers(scheme, marked.pairs(top.get("parameters")))
    texts = {
        expression.text: expression for expression, _ in expressions_in(scheme, Term(scheme.since))
    }
    nodes = tuple(_values(root))
    for node in nodes:
        if isinstance(node, yaml.ScalarNode) and node.value in texts:
            yield from _constant(texts[node.value], node)
    for cases, part in ((scheme.portability, "portability"), (scheme.endings, "ending")):
        conditions = [case.condition for case in cases]
        yield from _unreachable(conditions, marked.items(top.get(part)))
    yield from _holidays(scheme, top.get("holidays"))
    for node in nodes:
        if isinstance(node, yaml.MappingNode):
            yield from _sources(node)
    yield from _untranslated(scheme, root)


def texts(scheme: Scheme) -> dict[str, str]:
    """Return what people get to read of a scheme, in English, by the key of its words."""
    said: list[str | None] = [*scheme.parameters, *scheme.assumptions]
    for grant in scheme.grants:
        said += [name for name, _ in grant.who]
        said += [name for name, each in grant.lets if each.type != "spells"]
        said.append(grant.gap_before)
    taking = scheme.taking
    said += [name for name, each in taking.lets if each.type != "spells"]
    for condition in (*scheme.use, *taking.earmarks.values()):
        said += [condition.name, condition.otherwise]
    said += [bucket for each in taking.orders for bucket in each.buckets if bucket]
    said += [case.because for case in scheme.endings]
    said += [text for limit in scheme.shared for text in (limit.name, limit.otherwise)]
    said += [case.reason for case in scheme.portability]
    return {translated.key(each): each for each in said if each is not None}


def _untranslated(scheme: Scheme, root: yaml.Node) -> Iterator[Wrong]:
    """Find what a file that speaks other languages does not say in each.

    A file in English only is complete: what is read of it in another language is marked. Words for
    a text that is no longer there are no mistake, since the log may hold that text.
    """
    if not scheme.words:
        return
    at = next((each for each, _ in marked.pairs(root) if each.value == "words"), root)
    for key, text in texts(scheme).items():
        missing = [each for each in ("nl", "fr") if each not in scheme.words.get(key, {})]
        if missing:
            yield Wrong(at, f"{text!r} is not said in {' and '.join(missing)}; add it to 'words'")


def _lets(node: yaml.Node) -> dict[str, yaml.Node]:
    written = dict(marked.each(node)).get("let")
    return {marked.text(key): key for key, _ in marked.pairs(written)}


def _gaps(successive: Iterable[_Block]) -> Iterator[Wrong]:
    """Find time in which no block of a bucket is valid, unless the next one says why."""
    until: date | None = None
    for grant, node, _ in successive:
        entry = dict(marked.each(node))
        gap = until is not None and until < grant.valid.since
        if gap and grant.gap_before is None:
            bucket = f" of {grant.bucket!r}" if grant.bucket else ""
            message = (
                f"no block{bucket} is valid from {until} until {grant.valid.since}; begin where the"
                " earlier block ends, or say why nothing was granted: 'gap-before: ...'"
            )
            yield Wrong(entry["valid"], message)
        elif grant.gap_before is not None and not gap:
            yield Wrong(entry["gap-before"], "there is no time without a block before this one")
        until = max(until or date.min, grant.valid.until)


def _unread_names(blocks: Iterable[_Block]) -> Iterator[Wrong]:
    """Find named values that no condition and no amount needs, in any block that shares them."""
    keys: dict[tuple[int, int], yaml.Node] = {}
    read: set[tuple[int, int]] = set()
    for grant, _, lets in blocks:
        places = {name: (key.start_mark.line, key.start_mark.column) for name, key in lets.items()}
        keys |= {places[name]: key for name, key in lets.items()}
        needed = {
            name
            for field in fields(grant)
            if field.init and field.name != "lets"
            for expression, _ in expressions_in(getattr(grant, field.name), grant.valid)
            for name in expression.names
        }
        for name, expression in reversed(grant.lets):
            if name in needed:
                needed |= expression.names
        read |= {places[name] for name in needed & places.keys()}
    for place, key in keys.items():
        if place not in read:
            yield _unread(key)


def _unread(key: yaml.Node) -> Wrong:
    return Wrong(key, f"nothing reads {marked.text(key)!r}; use it or leave it out")


def _unread_by_use(scheme: Scheme, root: yaml.Node) -> Iterator[Wrong]:
    """Find named values that no rule of use needs."""
    taking = scheme.taking
    rules = [each for each, _ in expressions_in((scheme.use, replace(taking, lets=())), ALWAYS)]
    read = {name for rule in rules for name in taking.read_by(rule)}
    yield from (_unread(key) for name, key in _lets(root).items() if name not in read)


def _unread_numbers(scheme: Scheme, pairs: Iterable[marked.Pair]) -> Iterator[Wrong]:
    """Find parameters, and values of them, that no rule reads while they are in force."""
    read: dict[str, list[Term]] = defaultdict(list)
    for expression, term in expressions_in(scheme, Term(scheme.since)):
        for name in expression.names & scheme.parameters.keys():
            read[name].append(term)
    for grant in scheme.grants:
        if grant.number:
            read[grant.number].append(Term(date.min, grant.valid.until))
    for key, node in pairs:
        parameter = scheme.parameters[marked.text(key).replace("-", "_")]
        terms = read[parameter.name]
        if not terms:
            yield Wrong(key, f"no rule reads {parameter.name!r}; use it or leave it out")
            continue
        since, until = min(t.since for t in terms), max(t.until for t in terms)
        written = dict(marked.each(node))["values"]
        for (day, _), term in zip(marked.pairs(written), _in_force(parameter), strict=True):
            if not any(term.overlaps(each) for each in terms):
                message = (
                    f"no rule reads {parameter.name!r} while it has this value; it is read from "
                    f"{since}{f' until {until}' if until < OPEN else ''}"
                )
                yield Wrong(day, message)


def _in_force(parameter: Parameter) -> list[Term]:
    """Return the term of each of a parameter's values: until the next one begins."""
    days = [*(value.since for value in parameter.values), OPEN]
    return [Term(since, until) for since, until in pairwise(days)]


def _constant(expression: Expression, node: yaml.Node) -> Iterator[Wrong]:
    """Find conditions that hold for everybody, or for nobody."""
    whole = truth.condition(expression.text)
    conditions = [each.test for each in ast.walk(whole) if isinstance(each, ast.IfExp)]
    if expression.type == "bool":
        conditions.append(whole)
    for condition in conditions:
        found = truth.outcomes(condition)
        if len(found) == 1:
            holds = "always" if True in found else "never"
            column = marked.column_in(node, condition.col_offset)
            message = f"this condition {holds} holds: {ast.unparse(condition)}"
            yield Wrong(node, message, column)


def _unreachable(
    conditions: Iterable[Expression | None], nodes: Iterable[yaml.Node]
) -> Iterator[Wrong]:
    """Find cases of which the first counts, and that an earlier one never leaves anybody for."""
    earlier: list[ast.expr] = []
    for each, node in zip(conditions, nodes, strict=True):
        condition = truth.TRUE if each is None else truth.condition(each.text)
        if True in truth.outcomes(condition) and True not in truth.outcomes(condition, earlier):
            yield Wrong(node, "no one gets here: an earlier case holds whenever this one does")
        earlier.append(condition)


def _holidays(scheme: Scheme, node: yaml.Node | None) -> Iterator[Wrong]:
    """Find holidays that nobody knows or that no rule asks, and working days without them."""
    counted = [each for each, _ in expressions_in(scheme, ALWAYS) if each.holidays]
    if node is None:
        if counted:
            message = (
                "'holidays: ...' is missing: of which country, e.g. FR, are working days meant?"
            )
            yield Wrong(None, message)
        return
    unknown = unknown_place(node)
    if unknown:
        yield Wrong(node, unknown)
    if not counted:
        yield Wrong(node, "no rule counts working days; leave it out")


def _values(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield a node and the values below it, without the keys."""
    yield node
    match node:
        case yaml.MappingNode():
            below = [value for _, value in node.value]
        case yaml.SequenceNode():
            below = list(node.value)
        case _:
            return
    for each in below:
        yield from _values(each)


def _sources(node: yaml.Node) -> Iterator[Wrong]:
    """Find sources of a mapping's content that nobody could look up."""
    for key, value in marked.pairs(node):
        if key.value != "source":
            continue
        named = [value]
        if isinstance(value, yaml.MappingNode):
            named = [each for day, each in marked.pairs(value) if _DAY.fullmatch(day.value)]
        for source in named:
            wrong = _unfindable(cast("str", source.value))
            if wrong:
                yield Wrong(source, wrong)


def _unfindable(source: str) -> str | None:
    """Say why a source can't be looked up, if so."""
    address = source.partition(" ")[0]
    if address.startswith(("https://", "http://")):
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            host = ""
        return None if _HOST.fullmatch(host) else f"{address!r} is no address of a page"
    if _ALMOST_ADDRESS.match(address):
        return f"{address!r} is no address of a page; one begins with https://"
    if not any(character.isdigit() for character in source):
        return "neither an address nor a reference; name the act with its number or date"
    return None
