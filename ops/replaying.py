"""`rugzak audit replay`: the log folded anew, held against state rows and read models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from ledger.audit.replay import BEFORE_ALL, Finding, pages
from ledger.domain.acts import StatesRepaired
from ledger.domain.events import Envelope
from ledger.service.clock import at
from ledger.service.operated import put_on_record
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_replay, publishing_door
from projections.catalogue import PROJECTIONS
from projections.check import ALL_ACCOUNTS, compare, snapshot
from projections.projection import Projection, fold, place_of
from projections.runner import connect
from projections.tables import generations

PART_EVENTS: Final = 50_000
"""About how many events are in memory while a read model is compared."""

REPAIRED_ROWS: Final = 1_000
"""How many repaired rows one event tells of."""

MAX_PROBLEMS: Final = 1_000
"""After so many the rest is not looked at: something large is wrong."""


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay found.

    Attributes:
        rows: how many rows each read model should have.
        problems: a sentence each; empty when everything agrees.

    """

    accounts: int = 0
    events: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Repair:
    """Who lets wrong rows be written anew, and why."""

    actor: str
    because: str


def replay(
    url: str, store: PostgresStore, say: Callable[[str], None], *, repair: Repair | None
) -> Replayed:
    """Fold every account anew, and compare; memory does not grow with the log.

    What was repaired is in the log when this returns, or was broken off.
    """
    told = Replayed()
    today = at(datetime.now(UTC)).today
    repaired: list[Finding] = []
    try:
        for page in open_replay(store, today).run(repair=repair is not None):
            told.accounts += page.accounts
            told.events += page.events
            told.problems += [
                f"{f.about}: {f.problem}{' (repaired)' if f.repaired else ''}"
                for f in page.findings
            ]
            repaired += [each for each in page.findings if each.repaired]
            say(f"{told.accounts} accounts")
            if len(told.problems) > MAX_PROBLEMS:
                return told
    finally:
        if repair is not None:
            _put_on_record(store, repaired, repair)
    with connect(url) as conn:
        made = {g.name for g in generations(conn) if g.live}
    for projection in PROJECTIONS:
        say(projection.name)
        if projection.name in made:
            told.problems += _compared(url, store, projection, told)
    return told


def _put_on_record(store: PostgresStore, repaired: Sequence[Finding], repair: Repair) -> None:
    """Keep which rows were repaired; of one that could not be read, not what it holds."""
    door = publishing_door(store)
    for start in range(0, len(repaired), REPAIRED_ROWS):
        some = repaired[start : start + REPAIRED_ROWS]
        act = StatesRepaired(
            rows=tuple((str(each.about), each.problem.partition(":")[0]) for each in some),
            because=repair.because,
            effective_on=door.clock.now().today,
        )
        refused = put_on_record(door, act, repair.actor)
        assert refused is None, refused  # noqa: S101  it has a reason and is of today


def _compared(url: str, store: PostgresStore, projection: Projection, told: Replayed) -> list[str]:
    """Compare a read model part by part, as it is at one position."""
    problems: list[str] = []
    told.rows[projection.name] = 0
    with connect(url) as conn, snapshot(conn, projection) as position:
        for among, events in _parts(store, position):
            expected = fold(projection, [events] if events else [])
            told.rows[projection.name] += sum(map(len, expected.values()))
            problems += [
                f"{d.table} {d.key}: the log says {d.expected}, the row {d.found}"
                for d in compare(conn, projection, expected, among)
            ]
            if len(problems) > MAX_PROBLEMS:
                break
    return problems


def _parts(
    store: PostgresStore, position: int
) -> Iterator[tuple[tuple[UUID, UUID], Sequence[Envelope]]]:
    """Divide the log by account; a part's events are those up to a position, in order."""
    after = BEFORE_ALL
    for page in pages(store, PART_EVENTS):
        events = [e for history in page for e in history.envelopes if place_of(e) <= position]
        yield (after, page[-1].account), sorted(events, key=place_of)
        after = page[-1].account
    yield (after, ALL_ACCOUNTS[1]), ()
