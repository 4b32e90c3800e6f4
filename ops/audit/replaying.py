"""`rugzak audit replay`: the log folded anew, held against state rows and read models."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from ledger.audit.proofs.findings import Finding as Wrong
from ledger.audit.replay import Finding, Replay
from ledger.domain.acts import StatesRepaired
from ledger.service.clock import at
from ledger.service.operated import put_on_record
from ledger.service.ports import AccountHistory
from ledger.store.codec import Undecodable
from ledger.store.postgres import PostgresStore
from ops.audit.beyond import Beyond, histories, look_beyond
from ops.audit.comparing import ModelRows, beside, compared, in_order
from ops.audit.parts import STOPPED, Json, Kept, Part, Work, each_part, parts_of
from ops.collector import look_rarely
from ops.ledger_wiring import open_replay, publishing_door
from ops.parallel import cores
from projections.catalogue import BY_NAME, PROJECTIONS
from projections.check import snapshots
from projections.outcomes.project import OUTCOMES
from projections.projection import place_of
from projections.runner import connect
from projections.tables import exist, generations

MOST_FINDINGS: Final = 100
"""After so many the rest is not looked at, unless all is asked for: something large is wrong."""

FORM: Final = 2
"""Of what a part gives: what another version of the program kept is not gone on with."""

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


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What the parts gave together.

    Attributes:
        rows: how many rows each read model should have.
        places: up to which position each read model has the log.

    """

    accounts: int = 0
    events: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    findings: list[Wrong] = field(default_factory=list)
    repaired: list[tuple[str, str]] = field(default_factory=list)
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
    told = Gathered()
    try:
        gather(url, store, kept, say, asked, told)
    finally:
        if asked.repair is not None:
            _put_on_record(store, told.repaired, asked.repair)
    return Replayed(
        accounts=told.accounts,
        events=told.events,
        rows=told.rows,
        problems=[each.text for each in told.findings],
        stopped=told.stopped,
    )


def gather(
    url: str,
    store: PostgresStore,
    kept: Kept,
    say: Callable[[str], None],
    asked: Asked,
    told: Gathered,
    beyond: Beyond | None = None,
) -> None:
    """Look at every account, in parts, and add to `told` what was found; more, with `beyond`."""
    parts, last = parts_of(kept.begun["head"]), kept.begun["last"]
    work = Work(part=_part, prepare=_prepare, given=(url, last, asked, beyond))
    told.rows = dict.fromkeys(_made(url, current=beyond is not None), 0)
    taken, whole = Counter[str](), True
    for done, gave in enumerate(each_part(work, parts, kept, cores()), start=1):
        told.accounts += gave["accounts"]
        told.events += gave["events"]
        told.findings += (Wrong(*each) for each in gave["findings"])
        told.repaired += map(tuple, gave["repaired"])
        taken.update(gave["taken"])
        whole = whole and gave["whole"]
        for name, rows in gave["rows"].items():
            told.rows[name] = told.rows.get(name, 0) + rows
            place = gave["places"][name]
            told.places[name] = min(place, told.places.get(name, place))
        say(f"{told.accounts} accounts, {done} of {len(parts)} parts")
        if gave.get(STOPPED) or (asked.most is not None and len(told.findings) >= asked.most):
            told.stopped = done < len(parts) or bool(gave.get(STOPPED))
            break
    some = beyond is not None and (beyond.since is not None or beyond.without)
    if whole and not told.stopped and not some:  # of some accounts nobody knows what all take
        counts = kept.begun["taken"]
        shared = list(_replay(store).shared(taken, counts, repair=asked.repair is not None))
        told.findings += (_wrong(each, None) for each in shared)
        told.repaired += _repaired(shared)
    if not told.stopped:
        kept.end()


def _kept(url: str, store: PostgresStore, file: Path, asked: Asked) -> Kept:
    """Return what is kept of the replay to go on with, or begin one."""
    this = {"form": FORM, "replay": url.rpartition("@")[2], "repair": asked.repair is not None}
    found = Kept.resume(file, this) if asked.resume else None
    if found is not None:
        return found
    last, taken = store.drawn()
    return Kept.begin(file, this, {"head": store.head(), "last": last, "taken": taken})


def _made(url: str, *, current: bool = False) -> list[str]:
    """Name the read models that were made; `current` ones by this version of the program only."""
    with connect(url) as conn:
        there = generations(conn) if exist(conn) else []
        live = {each.name: each.version for each in there if each.live}
    return [
        each.name
        for each in PROJECTIONS
        if live.get(each.name) == each.version or (each.name in live and not current)
    ]


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


def _wrong(finding: Finding, position: int | None) -> Wrong:
    """Say it in a sentence; `position` is of the last event of an account."""
    text = f"{finding.about}: {finding.problem}{' (repaired)' if finding.repaired else ''}"
    if not isinstance(finding.about, UUID):
        return Wrong("shared", text, None, None, None, "ledger.shared", finding.about, None)
    kind = {"row": "state", "no row": "state missing", "log": "log"}[finding.of]
    if kind == "state" and position is None:
        kind = "state inserted"
    about = str(finding.about)
    table = None if kind == "log" else "ledger.accounts"
    return Wrong(kind, text, position, None, None, table, about, about)


def _replay(store: PostgresStore) -> Replay:
    return open_replay(store, at(datetime.now(UTC)).today)


class _Prepared(NamedTuple):
    """What each process works with."""

    url: str
    last: int
    asked: Asked
    beyond: Beyond | None


_prepared: list[_Prepared] = []


def _prepare(url: str, last: int, asked: Asked, beyond: Beyond | None) -> None:
    look_rarely()
    _prepared[:] = [_Prepared(url, last, asked, beyond)]


def _part(part: Part) -> Json:
    """Replay the accounts of a part: state rows, and the rows of every read model at one moment."""
    url, last, asked, beyond = _prepared[0]
    made = [BY_NAME[name] for name in _made(url, current=beyond is not None)]
    gave: dict[str, Any] = {
        "accounts": 0,
        "events": 0,
        "rows": {each.name: 0 for each in made},
        "findings": [],
        "repaired": [],
        "taken": Counter(),
        "whole": True,
    }
    with (
        connect(url) as conn,
        snapshots(conn, made) as positions,
        PostgresStore(url, connections=1) as store,
    ):
        gave["places"] = positions
        replaying = _replay(store)
        for page, among in _pages(store, part, beyond):
            if isinstance(page, Undecodable):
                gave["findings"].append(_plain(Wrong("log", unread(page, part))))
                gave["whole"] = False
                break
            checked = replaying.check(page, last, repair=asked.repair is not None)
            ends = {each.account: place_of(each.envelopes[-1]) for each in page if each.envelopes}
            gave["accounts"] += len(page)
            gave["events"] += sum(len(each.envelopes) for each in page)
            found = [_wrong(each, ends.get(cast("UUID", each.about))) for each in checked.findings]
            gave["repaired"] += _repaired(checked.findings)
            gave["taken"].update(checked.taken)
            gave["whole"] = gave["whole"] and checked.whole
            told = in_order(page)
            others = beside(store, page, told)
            for each in made:
                rows = ModelRows(conn, each, positions[each.name], among, beyond)
                wrong, count = compared(rows, page, told, others if each is OUTCOMES else ())
                found += wrong
                gave["rows"][each.name] += count
            if beyond is not None:
                found += look_beyond(store, page, told, others, beyond)
            gave["findings"] += map(_plain, found)
            if asked.most is not None and len(gave["findings"]) >= asked.most:
                gave[STOPPED] = True
                break
    return gave


def _plain(finding: Wrong) -> list[object]:
    """Return it as JSON can keep it."""
    return list(finding)


def _pages(
    store: PostgresStore, part: Part, beyond: Beyond | None
) -> Iterator[tuple[Sequence[AccountHistory] | Undecodable, tuple[UUID, UUID]]]:
    """Walk a part, with the ids between which each page lies; the last page is empty.

    Or it is what can't be read of the log, where the walk ends.
    """
    after = part.after
    try:
        for page in histories(store, part, beyond):
            yield page, (after, page[-1].account)
            after = page[-1].account
    except Undecodable as error:
        yield error, (after, part.until)
    else:
        yield (), (after, part.until)


def unread(error: Undecodable, part: Part) -> str:
    """Say what can't be read, and what is not looked at because of that."""
    return f"{error}; what follows it up to {part.until} was not looked at"
