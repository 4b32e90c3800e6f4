"""`rugzak audit replay`: the log folded anew, held against state rows and read models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from ledger.audit.replay import BEFORE_ALL, pages
from ledger.domain.events import Envelope
from ledger.service.clock import at
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_replay
from projections.catalogue import PROJECTIONS
from projections.check import ALL_ACCOUNTS, compare, snapshot
from projections.projection import Projection, fold, place_of
from projections.runner import connect
from projections.tables import generations

PART_EVENTS: Final = 50_000
"""About how many events are in memory while a read model is compared."""

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


def replay(url: str, store: PostgresStore, say: Callable[[str], None], *, repair: bool) -> Replayed:
    """Fold every account anew, and compare; memory does not grow with the log."""
    told = Replayed()
    today = at(datetime.now(UTC)).today
    for page in open_replay(store, today).run(repair=repair):
        told.accounts += page.accounts
        told.events += page.events
        told.problems += [
            f"{f.about}: {f.problem}{' (repaired)' if f.repaired else ''}" for f in page.findings
        ]
        say(f"{told.accounts} accounts")
        if len(told.problems) > MAX_PROBLEMS:
            return told
    with connect(url) as conn:
        made = {g.name for g in generations(conn) if g.live}
    for projection in PROJECTIONS:
        say(projection.name)
        if projection.name in made:
            told.problems += _compared(url, store, projection, told)
    return told


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
