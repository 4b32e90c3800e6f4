"""Files of messages become Kafka messages: each to its service's topic, under its person.

A file is read line by line, twice if it can be: first to check it, then to publish it. So one of
millions of lines takes no more memory than one of ten.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import orjson

from consumers.publisher import Message
from ops.settings import Settings, variable
from ops.wiring import topics
from schemas.check import check_bytes, problems_of
from schemas.contract import ALL, SERVICES
from schemas.parsing import MAX_EVENT_BYTES, Problem
from schemas.reading import read

STANDARD_INPUT: Final = "-"
SKIP_BYTES: Final = 64 * 1024
"""What is too long for a message is passed over in pieces of this size."""

Value: TypeAlias = bytes | Problem
"""One message as it is in a file, or why it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message is: the file as it was named, and the line on which it begins."""

    file: str
    line: int

    def __str__(self) -> str:
        """Write it for people."""
        name = "the standard input" if self.file == STANDARD_INPUT else self.file
        return f"{name} line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message with its place, and who says it.

    Attributes:
        source: of the message; None when it says none, likewise its id.

    """

    place: Place
    message: Message
    source: str | None
    id: str | None


class Wrong(Exception):  # noqa: N818  it is a finding
    """A message breaks the contract.

    Attributes:
        place: where.
        problems: what is wrong with it.

    """

    def __init__(self, place: Place, problems: list[Problem]) -> None:
        """Say all that is wrong."""
        super().__init__("\n".join(said(place, problem) for problem in problems))
        self.place = place
        self.problems = problems


def said(place: Place, problem: Problem) -> str:
    """Write a problem with its place, for people."""
    at = replace(place, line=problem.line or place.line)
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{at}: {problem.path or 'message'}: {problem.message}{hint}"


class Reader:
    """Finds the messages of files."""

    def __init__(self, settings: Settings, *, check: bool) -> None:
        """Take how to read.

        Args:
            settings: name the topics.
            check: refuse what breaks the contract. Otherwise what has no `type` that is known
                goes to the career topic as it is: so can be tried what the ledger does with bad
                input.

        """
        self._topics = topics(settings)
        self._career = settings.career_topic
        self._check = check

    def messages(self, file: str, stream: BinaryIO) -> Iterator[Found | Wrong]:
        """Yield each message of a file, or what is wrong with it; an empty file is wrong, too."""
        at = Place(file=file, line=1)
        nothing = True
        for line, value in values(stream, whole=self._check):
            nothing = False
            at = Place(file=file, line=line)
            yield Wrong(at, [value]) if isinstance(value, Problem) else self._found(at, value)
        if nothing:
            message = "there is nothing here"
            yield Wrong(at, [Problem(code="invalid-json", path="", message=message)])

    def _found(self, place: Place, value: bytes) -> Found | Wrong:
        if self._check and isinstance(read(value, ALL), Problem):
            problems = problems_of(value, ALL, MAX_EVENT_BYTES)
            if b"\n" in value.strip():
                before = place.line - 1
                problems = [replace(p, line=(p.line or 1) + before) for p in check_bytes(value)]
            else:
                problems = [replace(p, line=place.line) for p in problems]
            return Wrong(place, problems)
        fields = _fields(value)
        service = ".".join(str(fields.get("type", "")).split(".")[:4])
        if service in SERVICES and service not in self._topics:
            message = f"{service} is not taken in: {variable('identity_key')} is not set"
            return Wrong(place, [Problem(code="not-taken-in", path="/type", message=message)])
        topic = self._topics.get(service, self._career)
        source, id_ = fields.get("source"), fields.get("id")
        return Found(
            place=place,
            message=Message(topic=topic, key=_key(fields), value=value),
            source=source if isinstance(source, str) else None,
            id=id_ if isinstance(id_, str) else None,
        )


def values(stream: BinaryIO, *, whole: bool) -> Iterator[tuple[int, Value]]:
    """Yield the messages of a stream with the lines on which they begin.

    When the first line is JSON each line is a message, otherwise all of it is one document.

    Args:
        stream: of which a line is read at a time.
        whole: when the first line is no JSON, and all of it neither, it is one wrong document;
            otherwise many wrong lines.

    """
    number = 0
    while line := stream.readline(MAX_EVENT_BYTES + 1):
        number += 1
        if not line.strip():
            continue
        if _is_json(line):
            break
        document = line + stream.read(MAX_EVENT_BYTES + 1 - len(line))
        if len(document) <= MAX_EVENT_BYTES and (whole or _is_json(document)):
            yield number, document
            return
        if whole:
            yield number, _too_large()
            return
        begun = io.BytesIO(document)
        yield from _lines(number, begun.readline(), begun, stream)
        return
    yield from _lines(number, line, io.BytesIO(), stream)


def _lines(
    number: int, line: bytes, begun: io.BytesIO, stream: BinaryIO
) -> Iterator[tuple[int, Value]]:
    """Yield what is on each line, from a first one on; the stream goes on where `begun` ends."""
    while line:
        if not line.endswith(b"\n"):  # it goes on where `begun` ends
            line += stream.readline(max(MAX_EVENT_BYTES + 2 - len(line), 0))
        if len(line.rstrip(b"\r\n")) > MAX_EVENT_BYTES:
            yield number, _too_large()
            while line and not line.endswith(b"\n"):
                line = stream.readline(SKIP_BYTES)
        elif line.strip():
            yield number, line.rstrip(b"\r\n")
        number += 1
        line = begun.readline() or stream.readline(MAX_EVENT_BYTES + 2)


def _too_large() -> Problem:
    message = f"it is more than the {MAX_EVENT_BYTES} bytes that a message may have"
    return Problem(code="too-large", path="", message=message)


def wrong_file(file: str) -> str | None:
    """Say why a file can't be read at all; None when it can."""
    path = Path(file)
    if file == STANDARD_INPUT:
        return None
    if path.is_dir():
        return f"{file} is a folder: name its files, such as {path / '*.jsonl'}"
    if not path.exists():
        return f"there is no file {file}"
    try:
        path.open("rb").close()
    except OSError as error:
        return f"{file} can't be read: {error.strerror}"
    return None


def is_read_twice(file: str) -> bool:
    """Tell whether a file can be read again, as a pipe can't."""
    return file != STANDARD_INPUT and Path(file).is_file()


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except ValueError:
        return False
    return True


def _fields(value: bytes) -> Mapping[str, Any]:
    try:
        content: Any = orjson.loads(value)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _key(fields: Mapping[str, Any]) -> bytes:
    """Return the person's reference; a notification, which has none, is spread by its id."""
    body = fields.get("data")
    known = body if isinstance(body, dict) else {}
    return str(known.get("person") or fields.get("id") or "").encode()
