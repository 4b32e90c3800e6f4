"""A long audit in parts: of accounts by their ids, on all cores, and resumed where it was ended.

What each part gave is kept in a file as soon as it is there, until the whole is done. So who was
interrupted goes on with the parts that are left.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeAlias
from uuid import UUID

import orjson

from ledger.service.ports import LAST_ACCOUNT
from ops.parallel import in_parallel

PART_EVENTS: Final = 20_000
"""About how many events one part has: some seconds of work."""

STOPPED: Final = "stopped"
"""Of what a part gave: whether there was so much to find that the rest was not looked at."""

Json: TypeAlias = dict[str, Any]


class Part(NamedTuple):
    """Accounts from after one id up to and with another; the first part begins with none."""

    after: UUID
    until: UUID


def parts_of(events: int, part_events: int = PART_EVENTS) -> list[Part]:
    """Divide all accounts, whose ids are random, for a log of so many events."""
    count = max(events // part_events, 1)
    edges = [UUID(int=LAST_ACCOUNT.int * number // count) for number in range(count + 1)]
    return [Part(*pair) for pair in pairwise(edges)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done with each part.

    Attributes:
        part: a function of a module: a part in, a JSON object out.
        prepare: is called once in each process, before any part.
        given: its arguments.

    """

    part: Callable[[Part], Json]
    prepare: Callable[..., None]
    given: tuple[Any, ...]


@dataclass(slots=True, kw_only=True)
class Kept:
    """What is kept of an audit that goes on: what was asked, and what each part gave.

    Attributes:
        file: of JSON lines; the first says what was asked.
        begun: what was read when it began, such as how long the log was.
        done: by number of the part.

    """

    file: Path
    begun: Json
    done: dict[int, Json] = field(default_factory=dict)

    @classmethod
    def begin(cls, file: Path, asked: Json, begun: Json) -> Self:
        """Begin anew."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)  # a finding may tell of a person
        kept = cls(file=file, begun=begun)
        kept._write({"asked": asked, "begun": begun})
        return kept

    @classmethod
    def resume(cls, file: Path, asked: Json) -> Self | None:
        """Go on with what is kept; None when nothing is, or when something else was asked."""
        try:
            lines = file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        told = [_read(line) for line in lines]
        if not told or told[0] is None or told[0]["asked"] != asked:
            return None
        if lines[-1]:  # broken off: what comes next has a line of its own
            with file.open("ab") as out:
                out.write(b"\n")
        done = {each["part"]: each["gave"] for each in told[1:] if each is not None}
        return cls(file=file, begun=told[0]["begun"], done=done)

    def keep(self, number: int, gave: Json) -> None:
        """Keep what a part gave; not of one that stopped before its end."""
        if gave.get(STOPPED):
            return
        self.done[number] = gave
        self._write({"part": number, "gave": gave})

    def end(self) -> None:
        """Forget it: the whole is done."""
        self.file.unlink(missing_ok=True)

    def _write(self, line: Json) -> None:
        with self.file.open("ab") as out:
            out.write(orjson.dumps(line) + b"\n")


def _read(line: bytes) -> Json | None:
    """Read a line; one that was broken off in the middle is none."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def each_part(work: Work, parts: Sequence[Part], kept: Kept, processes: int) -> Iterator[Json]:
    """Yield what each part gave: first what is kept, then the others in the order of being done."""
    yield from kept.done.values()
    left = [(number, part) for number, part in enumerate(parts) if number not in kept.done]
    if min(processes, len(left)) <= 1:
        work.prepare(*work.given)
        for number, part in left:
            gave = work.part(part)
            kept.keep(number, gave)
            yield gave
        return
    numbered = in_parallel(
        _numbered,
        left,
        prepare=_prepare,
        given=(work,),
        processes=min(processes, len(left)),
    )
    for number, gave in numbered:
        kept.keep(number, gave)
        yield gave


_work: list[Work] = []


def _prepare(work: Work) -> None:
    _work[:] = [work]
    work.prepare(*work.given)


def _numbered(numbered: tuple[int, Part]) -> tuple[int, Json]:
    number, part = numbered
    return number, _work[0].part(part)
