"""Sources are bound to what they may say: a training provider can't publish an employment.

A TOML file says it, one table for each source:

    [[sources]]
    source = "https://www.vdab.be/"        # exactly this, or what begins with it when it ends in /
    may = ["be.rugzak.career.v1.statusSpells.*"]
    topics = ["rugzak.career.v1"]          # any when left out

The longest entry that fits counts, alone. Which principal may write to which topic is the broker's
business (its ACLs): a consumer is not told who produced a record.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeGuard

from schemas.contract import ALL

TABLE: Final = "sources"
KEYS: Final = ("source", "may", "topics")
EVERYTHING_UNDER: Final = ".*"

MAX_FILE_BYTES: Final = 1 << 20
MAX_ENTRIES: Final = 10_000


class WrongSources(Exception):  # noqa: N818  it is a finding
    """The file of sources can't be used; each finding says what is wrong, and what is right."""

    def __init__(self, findings: Sequence[str]) -> None:
        """Hold the findings."""
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a source, or each one below a prefix, may say.

    Attributes:
        source: the URI; a prefix when it ends in `/`.
        may: as the file has it.
        types: those messages, by their `type`.
        topics: where it may say so; None for anywhere.

    """

    source: str
    may: tuple[str, ...]
    types: frozenset[str]
    topics: frozenset[str] | None


class Sources:
    """Who may say what."""

    def __init__(self, entries: Collection[Entry]) -> None:
        """Take entries with different sources."""
        self._exact = {each.source: each for each in entries}
        prefixes = (each for each in entries if each.source.endswith("/"))
        longest_first = sorted(prefixes, key=lambda each: -len(each.source))
        self._prefixes = tuple((each.source, each) for each in longest_first)

    def __len__(self) -> int:
        """Return of how many sources and prefixes something is said."""
        return len(self._exact)

    def objection(self, source: str, type_: str, topic: str) -> str | None:
        """Return why a source may not say this on a topic; None when it may.

        It repeats what the file says, and nothing of the message's own words.
        """
        entry = self._exact.get(source)
        if entry is None:
            for prefix, each in self._prefixes:
                if source.startswith(prefix):
                    entry = each
                    break
            else:
                return "/source: this source is not among those that may say anything"
        if type_ not in entry.types:
            return f"/source: {entry.source} may not say {type_}, only {', '.join(entry.may)}"
        if entry.topics is not None and topic not in entry.topics:
            where = ", ".join(sorted(entry.topics))
            return f"/source: {entry.source} may not speak on {topic}, only on {where}"
        return None


def read(path: Path, topics: Collection[str]) -> Sources:
    """Read the file.

    Args:
        path: of the file.
        topics: those that are consumed.

    Raises:
        WrongSources: with everything that is wrong in it.

    """
    try:
        data = path.read_bytes()[: MAX_FILE_BYTES + 1]
    except OSError as error:
        raise WrongSources([f"{path} can't be read: {error.strerror}"]) from None
    if len(data) > MAX_FILE_BYTES:
        raise WrongSources([f"{path} is longer than {MAX_FILE_BYTES} bytes"])
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        raise WrongSources([f"{path}, line {at}: not UTF-8 text"]) from None
    except tomllib.TOMLDecodeError as error:
        raise WrongSources([f"{path} is not TOML: {error}"]) from None
    findings = [f"{path}: {text}" for text in _unknown("", content, (TABLE,))]
    given = content.get(TABLE)
    if (
        not isinstance(given, list)
        or not all(isinstance(each, dict) for each in given)
        or not given
    ):
        findings.append(
            f"{path}: it has no [[{TABLE}]], so nobody may say anything; write one each"
        )
        raise WrongSources(findings)
    if len(given) > MAX_ENTRIES:
        raise WrongSources([f"{path}: it has more than {MAX_ENTRIES} [[{TABLE}]]"])
    findings += [f"{path}: {text}" for text in _wrong(given, topics)]
    if findings:
        raise WrongSources(findings)
    return Sources([_entry(each) for each in given])


def _entry(given: Mapping[str, Any]) -> Entry:
    may = tuple(given["may"])
    return Entry(
        source=given["source"],
        may=may,
        types=frozenset(type_ for pattern in may for type_ in _types(pattern)),
        topics=frozenset(given["topics"]) if "topics" in given else None,
    )


def _types(pattern: str) -> list[str]:
    """Return the messages that are meant: one, or all those of a service or a part of it."""
    if pattern.endswith(EVERYTHING_UNDER):
        return [type_ for type_ in ALL.messages if type_.startswith(pattern.removesuffix("*"))]
    return [type_ for type_ in ALL.messages if type_ == pattern]


def _wrong(given: Sequence[Mapping[str, Any]], topics: Collection[str]) -> Iterator[str]:
    seen: set[str] = set()
    for number, each in enumerate(given, start=1):
        source = each.get("source")
        about = f"[[{TABLE}]] {number}"
        if isinstance(source, str) and source:
            about += f", {source}"
            yield from (f"{about}: {text}" for text in _wrong_source(source, seen))
            seen.add(source)
        else:
            yield f"{about}: source is missing: a URI, or a prefix that ends in /"
        yield from (f"{about}: {text}" for text in _unknown("", each, KEYS))
        yield from (f"{about}: {text}" for text in _wrong_may(each.get("may")))
        if "topics" in each:
            yield from (f"{about}: {text}" for text in _wrong_topics(each["topics"], topics))


def _wrong_source(source: str, seen: Collection[str]) -> Iterator[str]:
    if source in seen:
        yield "this source has an entry already: put both into one"
    if "*" in source:
        yield "a source has no *: a prefix ends in /"
    scheme, colon, rest = source.partition(":")
    if not (
        colon and rest and scheme.isascii() and scheme.lower() == scheme and scheme[:1].isalpha()
    ):
        yield "a source is an absolute URI, such as https://payroll.example.be"


def _wrong_may(may: object) -> Iterator[str]:
    if not _texts(may):
        yield "may is missing: a list of types, such as be.rugzak.career.v1.*"
        return
    if not may:
        yield "it may say nothing: name what, or leave the source out"
    for pattern in may:
        if not _types(pattern):
            near = _near(pattern, _patterns())
            yield f"{pattern} is no message that is taken in{near}"


def _wrong_topics(topics: object, known: Collection[str]) -> Iterator[str]:
    if not _texts(topics):
        yield "topics must be a list of names"
        return
    if not topics:
        yield "topics is empty, so it may say nothing: name some, or leave it out for any"
    for topic in topics:
        if topic not in known:
            yield f"{topic} is no topic that is consumed{_near(topic, known)}"


def _patterns() -> set[str]:
    """Return all that can be meant: types, and what each of their parts begins with."""
    parts = [type_.split(".") for type_ in ALL.messages]
    wild = {
        ".".join(each[:size]) + EVERYTHING_UNDER for each in parts for size in range(4, len(each))
    }
    return wild | ALL.messages.keys()


def _unknown(about: str, given: Mapping[str, object], known: Collection[str]) -> Iterator[str]:
    for name in given:
        if name not in known:
            yield f"{about}{name} means nothing here{_near(name, known)}"


def _near(name: str, known: Collection[str]) -> str:
    return "".join(f"; did you mean {each}?" for each in get_close_matches(name, known, n=1))


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
