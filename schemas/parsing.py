"""Reads JSON strictly, whatever it tells: a message of Kafka, or a body of the API."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from pydantic_core import from_json

from schemas.cloudevents import Json

MAX_EVENT_BYTES = 1024 * 1024
MAX_DEPTH_LEVELS = 32
"""How deep JSON may nest; a message needs four. The parsers stop by themselves some way above."""
UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: stable; a parked record has it as its reason.
        path: JSON pointer into the message, `` for all of it.
        line: line in what was checked, from 1; None when not looked for.
        message: what is wrong.
        hint: what would be right; may be empty.

    """

    code: str
    path: str
    message: str
    hint: str = ""
    line: int | None = None


def parsed(raw: bytes) -> Json:
    """Parse strictly: UTF-8, JSON, bounded depth, no key twice, text that a database can keep.

    Raises:
        Refused: with the problem.

    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise refused("invalid-utf8", f"byte {error.start} is not UTF-8", line=at) from None
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        from_json(raw)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise refused("invalid-json", f"not JSON: {error.msg}", line=error.lineno) from None
    except ValueError as error:
        if "recursion limit" in str(error):
            raise _too_deep() from None
        if "hex escape" in str(error) or "surrogate" in str(error):
            raise _unstorable() from None
        raise refused("invalid-json", f"not JSON: {str(error)[:200]}") from None
    for depth, node in _nodes(document):
        if depth > MAX_DEPTH_LEVELS:
            raise _too_deep()
        if isinstance(node, str) and UNSTORABLE.search(node):
            raise _unstorable()
    return document


class Refused(Exception):  # noqa: N818  it carries an answer
    """A message can't be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def refused(
    code: str, message: str, *, path: str = "", hint: str = "", line: int | None = None
) -> Refused:
    """Return that a message is refused, and why."""
    return Refused(Problem(code=code, path=path, message=message, hint=hint, line=line))


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        often = Counter(key for key, _ in pairs)
        twice = next(key for key, count in often.items() if count > 1)
        raise refused("duplicate-key", f"the key {shown(twice)} is there twice")
    return result


def _no_constant(name: str) -> NoReturn:
    raise refused("not-a-number", f"{name} is not a JSON number")


def _too_deep() -> Refused:
    return refused("too-deep", f"this nests deeper than {MAX_DEPTH_LEVELS} levels")


def _unstorable() -> Refused:
    message = "a text has a NUL or half of a surrogate pair, which no database can keep"
    return refused("forbidden-character", message)


def _nodes(document: Json) -> Iterator[tuple[int, Json]]:
    """Yield every value and key with the number of containers that it opens or stands in."""
    waiting = [(1, document)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        if isinstance(node, dict):
            waiting += ((depth + 1, inner) for pair in node.items() for inner in pair)
        elif isinstance(node, list):
            waiting += ((depth + 1, inner) for inner in node)


def shown(text: str) -> str:
    """Quote a name for a message: short, and ASCII whatever it holds."""
    return ascii(text[:120])
