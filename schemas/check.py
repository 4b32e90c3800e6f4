"""What is wrong with a message, where, and what would be right: for its publisher.

Messages never repeat a value from the data, because they end up in tables and logs.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from schemas.cloudevents import NATIONAL_NUMBER, Content, Json, Message
from schemas.contract import ALL, Contract
from schemas.incoming import Period
from schemas.parsing import MAX_EVENT_BYTES, Problem, Refused, parsed, refused, shown

MAX_VALUES = 4_000
"""How many values a message may hold, about; the longest of ours has a thousand."""
MAX_PROBLEMS = 100
"""How many problems a check reports of one file."""
MAX_NAME_CHARACTERS = 200
"""A longer name is like none that is known."""

TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+|\n')
TEXT_OR_COMMA = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|,', re.DOTALL)
"""A text that does not end goes on to the end, so that no byte is looked at twice."""
VERSION = re.compile(r"\.v[0-9]+\.")


def check_bytes(raw: bytes, max_bytes: int = MAX_EVENT_BYTES) -> list[Problem]:
    """Check one JSON document, or JSON lines; return what is wrong with each, with lines."""
    lines = [(n, line) for n, line in enumerate(raw.split(b"\n"), start=1) if line.strip()]
    if not lines:
        return [Problem(code="invalid-json", path="", line=1, message="there is nothing here")]
    if len(lines) == 1 or not _is_json(lines[0][1]):
        found = problems_of(raw, ALL, max_bytes)
        located = any(problem.path for problem in found)
        where = _lines(raw.decode("utf-8", "replace")) if located else {}
        return [
            replace(p, line=p.line or where.get(p.path, where.get(p.path.rpartition("/")[0], 1)))
            for p in found
        ]
    every = (replace(p, line=n) for n, line in lines for p in problems_of(line, ALL, max_bytes))
    return [problem for problem, _ in zip(every, range(MAX_PROBLEMS), strict=False)]


def problems_of(
    raw: bytes, contract: Contract, max_bytes: int, most: int = MAX_PROBLEMS
) -> list[Problem]:
    """Say what is wrong with one message, the first of it; empty when nothing is."""
    if over := too_much(raw, max_bytes):
        return [over]
    try:
        document = parsed(raw)
        _recognised(document, list(contract.messages))
        contract.validate(raw)
    except Refused as refused:
        return [refused.problem]
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)[:most]
        by_path = {p.path: p for p in (_explained(e, document) for e in reversed(errors))}
        return list(reversed(by_path.values()))
    return []


def too_much(raw: bytes, max_bytes: int) -> Problem | None:
    """Say that a message is too large to be parsed: too long, or of too many values.

    A megabyte can hold half a million values, and takes seconds then.
    """
    if len(raw) > max_bytes:
        message = f"{len(raw)} bytes are more than the {max_bytes} that a message may have"
        return Problem(code="too-large", path="", message=message)
    if raw.count(b",") > MAX_VALUES and _has_many_values(raw):
        message = f"it has more than the {MAX_VALUES} values that a message may have"
        return Problem(code="too-many-values", path="", message=message)
    return None


def _has_many_values(raw: bytes) -> bool:
    """Tell whether too many commas are outside of texts, or more texts than such values have."""
    commas = texts = 0
    for found in TEXT_OR_COMMA.finditer(raw):
        commas, texts = (commas + 1, texts) if found[0] == b"," else (commas, texts + 1)
        if commas > MAX_VALUES or texts > 3 * MAX_VALUES:
            return True
    return False


def _recognised(document: Json, known: Sequence[str]) -> None:
    """Refuse what is no message of a known type, and what names a person by a national number."""
    if not isinstance(document, dict):
        raise refused("invalid-envelope", "a message is a JSON object")
    type_ = document.get("type")
    if not isinstance(type_, str):
        message = "a message has a `type`, a text"
        raise refused("unknown-type", message, path="/type", hint=f"such as {known[0]}")
    if type_ not in known:
        raise _unknown(type_, known)
    content = document.get("data")
    person = content.get("person") if isinstance(content, dict) else None
    if isinstance(person, str) and NATIONAL_NUMBER.fullmatch(person.strip()):
        raise refused(
            "national-number",
            "this looks like a national number",
            path="/data/person",
            hint="publish the person's opaque reference (a UUID), never a national number",
        )


def _unknown(type_: str, known: Sequence[str]) -> Refused:
    services = {VERSION.split(one)[0]: VERSION.search(one) for one in known}
    version = VERSION.search(type_)
    ours = services.get(VERSION.split(type_)[0])
    if version and ours and version[0] != ours[0]:
        message = f"{shown(type_)} is of a version that is not known here"
        hint = f"known: {ours[0].strip('.')}"
        return refused("unknown-version", message, path="/type", hint=hint)
    near = get_close_matches(type_[:MAX_NAME_CHARACTERS], known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    message = f"{shown(type_)} is not a known type here"
    return refused("unknown-type", message, path="/type", hint=hint)


def _explained(error: ErrorDetails, document: dict[str, Json]) -> Problem:
    """Turn a validation error into what a publisher can act on."""
    path, kind = _pointer(error, document), error["type"]
    name = path.rsplit("/", 1)[-1]
    in_data = path == "/data" or path.startswith("/data/")
    fields = _descriptions(in_data=in_data)
    context = error.get("ctx", {})
    hint = fields.get(name, "")
    if kind == "missing":
        message = f"{name} is missing"
    elif kind == "extra_forbidden":
        near = get_close_matches(name[:MAX_NAME_CHARACTERS], fields, n=1)
        message = f"{shown(name)} is not a field here"
        hint = f"did you mean {near[0]}?" if near else "leave it out"
    elif kind in {"literal_error", "union_tag_invalid"}:
        message = "this is not one of the allowed values"
        hint = f"allowed: {context.get('expected') or context.get('expected_tags')}"
    elif kind == "union_tag_not_found":
        path, message, hint = (
            f"{path}/kind",
            "kind is missing",
            "it says which of several this is",
        )
    elif kind == "national_number":
        path, message = context["path"], error["msg"]
        hint = "the number is said in /data/ssin only; ids are opaque"
    elif path.count("/") == 1 and name not in Message.model_fields and not in_data:
        message = f"{shown(name)} can't be an extension attribute"
        hint = "a name in a-z and 0-9; a value that is a boolean, an integer or a text"
    else:
        message = error["msg"].removeprefix("Value error, ")
    code = "invalid-data" if in_data else "invalid-envelope"
    return Problem(
        code="national-number" if kind == "national_number" else code,
        path=path,
        message=message,
        hint=hint,
    )


def _pointer(error: ErrorDetails, document: Json) -> str:
    """Write an error's location as a JSON pointer; names of union members are no part of it."""
    path, node = "", document
    for index, step in enumerate(error["loc"], start=1):
        absent = error["type"] == "missing" and index == len(error["loc"])
        if isinstance(node, dict) and (step in node or absent):
            path += f"/{str(step).replace('~', '~0').replace('/', '~1')}"
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            path, node = f"{path}/{step}", node[step]
    return path


def _descriptions(*, in_data: bool) -> dict[str, str]:
    """Return what is told of each field of the messages, by name; bodies of the API are others."""
    modules = {model.__module__ for model in (Period, *ALL.messages.values())}
    found: dict[str, str] = {}
    waiting: list[Json] = [Content if in_data else Message]
    while waiting:
        model = waiting.pop()
        waiting.extend(model.__subclasses__())
        if model.__module__ not in modules:
            continue
        for name, field in model.model_fields.items():
            description = field.description or ""
            found[field.alias or name] = found.get(field.alias or name) or description
    return found


def _lines(text: str) -> dict[str, int]:
    """Find the line of every member of a document that parses, by JSON pointer."""
    found: dict[str, int] = {}
    stack: list[list[Json]] = [["", "value", 0]]  # pointer, what comes next, index, the key
    line = 1
    for token in TOKEN.findall(text):
        top = stack[-1]
        match token:
            case "\n":
                line += 1
            case "{" | "[":
                where = _member(stack)
                found.setdefault(where, line)
                stack.append([where, {"{": "key", "[": "item"}[token], 0])
            case "}" | "]":
                stack.pop()
            case ",":
                top[2] += 1
                top[1] = "key" if top[1] == "value" else top[1]
            case ":":
                top[1] = "value"
            case _ if top[1] == "key":
                top[3:] = [token[1:-1]]
                found.setdefault(_member(stack), line)
    return found


def _member(stack: list[list[Json]]) -> str:
    pointer, state, index, *key = stack[-1]
    if state == "item":
        return f"{pointer}/{index}"
    return f"{pointer}/{key[0]}" if key else str(pointer)


def _is_json(line: bytes) -> bool:
    try:
        from_json(line)
    except ValueError:
        return False
    return True
