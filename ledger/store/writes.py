"""What a batch writes beside its events, in the same transaction and under the table lock."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from ledger.domain.events import Key
from ledger.domain.reasons import Reason, Rejection
from ledger.service.clock import CLOCKS_APART
from ledger.service.outcomes import Accepted, Rejected
from ledger.service.ports import (
    AccountRow,
    AlreadyHandled,
    Append,
    Conflict,
    Draw,
    Fenced,
    Move,
    Receipt,
)
from ledger.store.datastore import Rows

_ACCOUNTS = """
INSERT INTO ledger.accounts AS a (account, version, state, due_on)
SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::bytea[], %b::date[])
ON CONFLICT (account) DO UPDATE
SET version = EXCLUDED.version, state = EXCLUDED.state, due_on = EXCLUDED.due_on
WHERE a.version <= EXCLUDED.version
RETURNING 1
"""

_RECEIPTS_NEAR = """
SELECT command FROM ledger.receipts
WHERE command = ANY(%s) AND month BETWEEN %s AND %s LIMIT 1
"""

_RECEIPTS = """
INSERT INTO ledger.receipts
    (command, month, account, digest, recorded_at, position, version, events, reason, detail,
    decided_in)
SELECT command, month, account, digest, recorded_at, position, version, events, reason, detail,
    decided_in
FROM unnest(
    %b::text[], %b::date[], %b::uuid[], %b::bytea[], %b::timestamptz[], %b::bigint[], %b::bigint[],
    %b::integer[], %b::text[], %b::text[], %b::uuid[]
) WITH ORDINALITY
AS r (command, month, account, digest, recorded_at, position, version, events, reason, detail,
    decided_in, place)
ORDER BY place
"""

_DRAWS = """
INSERT INTO ledger.shared AS s (key, taken) SELECT * FROM unnest(%b::text[], %b::bigint[])
ON CONFLICT (key) DO UPDATE SET taken = s.taken + EXCLUDED.taken
RETURNING key, taken
"""

_MOVES = """
INSERT INTO ledger.kafka_positions AS k (topic_id, partition, position, topic)
SELECT %(topic_id)s, %(partition)s, %(position)s, %(topic)s
WHERE %(expected)s::bigint IS NULL
    OR EXISTS (SELECT FROM ledger.kafka_positions
        WHERE topic_id = %(topic_id)s AND partition = %(partition)s)
ON CONFLICT (topic_id, partition) DO UPDATE
SET position = EXCLUDED.position, topic = EXCLUDED.topic, updated_at = now()
WHERE k.position = %(expected)s
RETURNING 1
"""


def accounts(rows: Rows, states: Sequence[AccountRow]) -> None:
    """Write the state rows.

    An account whose events are in the batch can't have moved: their versions are unique. One
    that has none must not be put back behind what another writer appended.

    Raises:
        Conflict: a row is ahead of what is written.

    """
    if not states:
        return
    columns = zip(*((s.account, s.version, s.state, s.due_on) for s in states), strict=True)
    written = rows.execute(_ACCOUNTS, [list(column) for column in columns]).fetchall()
    if len(written) != len(states):
        raise Conflict(f"{len(states) - len(written)} accounts moved on")


def receipts(rows: Rows, batch: Append, positions: Sequence[int]) -> None:
    """Write the receipts with the positions of their last events.

    Within a month's partition the key refuses a second receipt. Two months could each take
    one when a command comes twice around midnight: so those near are looked at, which is
    sure, since all who write receipts hold the lock.

    Raises:
        AlreadyHandled: one of the commands has a receipt around the turn of a month.

    """
    if not batch.receipts:
        return
    first = min(r.recorded_at for r in batch.receipts) - CLOCKS_APART
    last = max(r.recorded_at for r in batch.receipts) + CLOCKS_APART
    if _month(first) != _month(last):
        commands = [r.command for r in batch.receipts]
        rows.execute(_RECEIPTS_NEAR, (commands, _month(first), _month(last)))
        if rows.fetchone() is not None:
            raise AlreadyHandled("a receipt is there, perhaps of a neighbouring month")
    columns = zip(*(_columns(r, batch, positions) for r in batch.receipts), strict=True)
    rows.connection.execute(_RECEIPTS, [list(column) for column in columns])


def draws(rows: Rows, wanted: Sequence[Draw]) -> None:
    """Count what is taken of shared limits; who counts holds the lock, so none is taken twice.

    Raises:
        Conflict: another writer took of one, or gave back, since it was asked.

    """
    if not wanted:
        return
    columns = [draw.key for draw in wanted], [draw.change for draw in wanted]
    taken: dict[Key, int] = dict(rows.execute(_DRAWS, columns).fetchall())
    for draw in wanted:
        if draw.expected is not None and taken[draw.key] != draw.expected + draw.change:
            raise Conflict(f"{draw.key} moved on")


def _month(at: datetime) -> date:
    return at.date().replace(day=1)


def _columns(r: Receipt, batch: Append, positions: Sequence[int]) -> tuple[Any, ...]:
    index = batch.last_events.get(r.command)
    position = r.outcome.position if index is None else positions[index]
    known = (r.command, _month(r.recorded_at), r.account, r.digest, r.recorded_at, position)
    if isinstance(r.outcome, Accepted):
        return (*known, r.outcome.version, r.outcome.events, None, None, r.outcome.decided_in)
    rejection = r.outcome.rejection
    why = (rejection.reason.value, text(rejection.detail))
    return (*known, None, None, *why, r.outcome.decided_in)


def receipt(row: tuple[Any, ...]) -> Receipt:
    """Read a receipt back."""
    command, account, digest, recorded_at, position, version, events, reason, detail, place = row
    outcome: Accepted | Rejected
    if reason is None:
        outcome = Accepted(
            command=command, version=version, events=events, position=position, decided_in=place
        )
    else:
        rejection = Rejection(reason=Reason(reason), detail=detail)
        outcome = Rejected(
            command=command, rejection=rejection, position=position, decided_in=place
        )
    return Receipt(
        command=command, account=account, digest=digest, outcome=outcome, recorded_at=recorded_at
    )


def moves(rows: Rows, wanted: Sequence[Move]) -> None:
    """Move Kafka positions by compare-and-set.

    Raises:
        Fenced: a position is not the expected one.

    """
    for move in sorted(wanted, key=lambda m: (m.topic_id, m.partition)):
        params = {
            "topic_id": move.topic_id,
            "topic": move.topic,
            "partition": move.partition,
            "expected": move.expected,
            "position": move.position,
        }
        if rows.execute(_MOVES, params).fetchone() is None:
            raise Fenced(f"{move.topic}[{move.partition}] is not at {move.expected}")


def text(said: str) -> str:
    """Return what PostgreSQL can keep as text of words that may quote hostile input."""
    return said.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
