"""`rugzak audit replay`: the log folded anew, held against state rows and read models."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from ledger.audit.replay import Finding, Replay, pages
from ledger.domain.acts import StatesRepaired
from ledger.domain.events import (
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Envelope,
)
from ledger.service.clock import at
from ledger.service.operated import put_on_record
from ledger.service.ports import AccountHistory
from ledger.store.codec import Undecodable
from ledger.store.postgres import PostgresStore
from ops.collector import look_rarely
from ops.ledger_wiring import open_replay, publishing_door
from ops.parallel import cores
from ops.parts import STOPPED, Json, Kept, Part, Work, each_part, parts_of
from projections.catalogue import BY_NAME, PROJECTIONS
from projections.check import compare, snapshots
from projections.outcomes.project import OUTCOMES
from projections.projection import Projection, fold, place_of
from projections.runner import connect
from projections.tables import Conn, generations

MOST_FINDINGS: Final = 100
"""After so many the rest is not looked at, unless all is asked for: something large is wrong."""

REPAIRED_ROWS: Final = 1_000
"""How many repaired rows one event tells of."""


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay found.

    Attributes:
        rows: how many rows each read model should have.
        problems: a sentence each; empty when everything agrees.
        stopped: whether the rest was not looked at.

    """

    accounts: int = 0
    events: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stopped: bool = False


class Repair(NamedTuple):
    """Who lets wrong rows be written anew, and why."""

    actor: str
    because: str


class Asked(NamedTuple):
    """How a replay goes.

    Attributes:
        repair: lets wrong state rows, and counts of shared limits, be written anew; then nothing
            stops it. None: they stay.
        every: look at everything, however much is wrong.
        resume: go on where one that was interrupted was.

    """

    repair: Repair | None = None
    every: bool = False
    resume: bool = False

    @property
    def most(self) -> int | None:
        """After how many findings it stops."""
        return None if self.every or self.repair is not None else MOST_FINDINGS


def replay(
    url: str, store: PostgresStore, file: Path, say: Callable[[str], None], asked: Asked
) -> Replayed:
    """Fold every account anew, and compare; memory does not grow with the log.

    What was repaired is in the log when this returns, or was broken off.

    Args:
        url: of the database.
        store: on it.
        file: keeps what was done, in case it is interrupted.
        say: is told how far it is.
        asked: how it goes.

    """
    kept = _kept(url, store, file, asked)
    parts, last = parts_of(kept.begun["head"]), kept.begun["last"]
    work = Work(part=_part, prepare=_prepare, given=(url, last, asked))
    told, taken = Replayed(rows=dict.fromkeys(_made(url), 0)), Counter[str]()
    whole, repaired = True, list[tuple[str, str]]()
    try:
        for done, gave in enumerate(each_part(work, parts, kept, cores()), start=1):
            told.accounts += gave["accounts"]
            told.events += gave["events"]
            told.problems += gave["problems"]
            repaired += map(tuple, gave["repaired"])
            taken.update(gave["taken"])
            whole = whole and gave["whole"]
            for name, rows in gave["rows"].items():
                told.rows[name] = told.rows.get(name, 0) + rows
            say(f"{told.accounts} accounts, {done} of {len(parts)} parts")
            if gave.get(STOPPED) or (asked.most is not None and len(told.problems) >= asked.most):
                told.stopped = done < len(parts) or bool(gave.get(STOPPED))
                break
        if whole and not told.stopped:  # what an account takes whose log is broken, nobody knows
            counts = kept.begun["taken"]
            shared = list(_replay(store).shared(taken, counts, repair=asked.repair is not None))
            told.problems += map(_sentence, shared)
            repaired += _repaired(shared)
    finally:
        if asked.repair is not None:
            _put_on_record(store, repaired, asked.repair)
    if not told.stopped:
        kept.end()
    return told


def _kept(url: str, store: PostgresStore, file: Path, asked: Asked) -> Kept:
    """Return what is kept of the replay to go on with, or begin one."""
    this = {"replay": url.rpartition("@")[2], "repair": asked.repair is not None}
    found = Kept.resume(file, this) if asked.resume else None
    if found is not None:
        return found
    last, taken = store.drawn()
    return Kept.begin(file, this, {"head": store.head(), "last": last, "taken": taken})


def _made(url: str) -> list[str]:
    """Name the read models that were made."""
    with connect(url) as conn:
        live = {each.name for each in generations(conn) if each.live}
    return [each.name for each in PROJECTIONS if each.name in live]


def _repaired(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Tell which rows were repaired, and why; of one that can't be read, not what it holds."""
    return [(str(f.about), f.problem.partition(":")[0]) for f in findings if f.repaired]


def _put_on_record(
    store: PostgresStore, repaired: Sequence[tuple[str, str]], repair: Repair
) -> None:
    door = publishing_door(store)
    for start in range(0, len(repaired), REPAIRED_ROWS):
        act = StatesRepaired(
            rows=tuple(repaired[start : start + REPAIRED_ROWS]),
            because=repair.because,
            effective_on=door.clock.now().today,
        )
        refused = put_on_record(door, act, repair.actor)
        assert refused is None, refused  # noqa: S101  it has a reason and is of today


def _sentence(finding: Finding) -> str:
    return f"{finding.about}: {finding.problem}{' (repaired)' if finding.repaired else ''}"


def _replay(store: PostgresStore) -> Replay:
    return open_replay(store, at(datetime.now(UTC)).today)


class _Prepared(NamedTuple):
    """What each process works with."""

    url: str
    last: int
    asked: Asked


_prepared: list[_Prepared] = []


def _prepare(url: str, last: int, asked: Asked) -> None:
    look_rarely()
    _prepared[:] = [_Prepared(url, last, asked)]


def _part(part: Part) -> Json:
    """Replay the accounts of a part: state rows, and the rows of every read model at one moment."""
    url, last, asked = _prepared[0]
    made = [BY_NAME[name] for name in _made(url)]
    gave: dict[str, Any] = {
        "accounts": 0,
        "events": 0,
        "rows": {each.name: 0 for each in made},
        "problems": [],
        "repaired": [],
        "taken": Counter(),
        "whole": True,
    }
    with (
        connect(url) as conn,
        snapshots(conn, made) as positions,
        PostgresStore(url, connections=1) as store,
    ):
        replaying = _replay(store)
        for page, among in _pages(store, part):
            if isinstance(page, Undecodable):
                gave["problems"].append(unread(page, part))
                gave["whole"] = False
                break
            checked = replaying.check(page, last, repair=asked.repair is not None)
            gave["accounts"] += len(page)
            gave["events"] += sum(len(each.envelopes) for each in page)
            gave["problems"] += map(_sentence, checked.findings)
            gave["repaired"] += _repaired(checked.findings)
            gave["taken"].update(checked.taken)
            gave["whole"] = gave["whole"] and checked.whole
            told, beside = sorted(_each_of(page), key=place_of), _beside(store, page)
            for each in made:
                others = beside if each is OUTCOMES else ()
                problems, rows = _compared(conn, each, positions[each.name], told, among, others)
                gave["problems"] += problems
                gave["rows"][each.name] += rows
            if asked.most is not None and len(gave["problems"]) >= asked.most:
                gave[STOPPED] = True
                break
    return gave


def _pages(
    store: PostgresStore, part: Part
) -> Iterator[tuple[Sequence[AccountHistory] | Undecodable, tuple[UUID, UUID]]]:
    """Walk a part, with the ids between which each page lies; the last page is empty.

    Or it is what can't be read of the log, where the walk ends.
    """
    after = part.after
    try:
        for page in pages(store, after=part.after, until=part.until):
            yield page, (after, page[-1].account)
            after = page[-1].account
    except Undecodable as error:
        yield error, (after, part.until)
    else:
        yield (), (after, part.until)


def unread(error: Undecodable, part: Part) -> str:
    """Say what can't be read, and what is not looked at because of that."""
    return f"{error}; what follows it up to {part.until} was not looked at"


def _beside(store: PostgresStore, page: Sequence[AccountHistory]) -> list[Envelope]:
    """Return what commands that wrote to two accounts, as a merge does, wrote to the other one."""
    here = {history.account for history in page}
    found: dict[tuple[UUID, int], Envelope] = {}
    for each in _each_of(page):
        match each.event:
            case AccountMerged(into=other) | AccountUnmerged(into=other):
                pass
            case AccountJoined(account=other) | AccountParted(account=other):
                pass
            case _:
                continue
        if other not in here:
            told = store.events_of(other)
            wrote = (one for one in told if one.metadata.command == each.metadata.command)
            found.update({(one.account, one.version): one for one in wrote})
    return list(found.values())


def _each_of(page: Sequence[AccountHistory]) -> Iterator[Envelope]:
    return (each for history in page for each in history.envelopes)


def _compared(
    conn: Conn,
    projection: Projection,
    position: int,
    told: Sequence[Envelope],
    among: tuple[UUID, UUID],
    others: Sequence[Envelope] = (),
) -> tuple[list[str], int]:
    """Compare a read model's rows of some accounts, as they are at one position.

    `told` are their events in order of position; `others` are events of accounts elsewhere that
    count in these rows, too.
    """
    if others:
        told = sorted((*told, *others), key=place_of)
    events = told[: bisect_right(told, position, key=place_of)]
    expected = fold(projection, [events] if events else [])
    if others:
        after, until = among
        for table in projection.tables:
            whose, rows = table.columns.index("account"), expected[table.name].items()
            expected[table.name] = {key: row for key, row in rows if after < row[whose] <= until}
    problems = [
        f"{d.table} {d.key}: the log says {d.expected}, the row {d.found}"
        for d in compare(conn, projection, expected, among)
    ]
    return problems, sum(map(len, expected.values()))
