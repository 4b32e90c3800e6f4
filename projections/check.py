"""Compares a projection's tables, row by row, with the log folded anew."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from psycopg.sql import SQL, Identifier

from projections.projection import Key, Projection, Row, Rows
from projections.tables import Conn, live_of, stored

ALL_ACCOUNTS = UUID(int=0), UUID(int=2**128 - 1)

BATCH_ROWS = 2_000
"""Rows fetched at once while a table is streamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that is not what the log says: None for one that should not be, or is missing."""

    table: str
    key: Key
    expected: Row | None
    found: Row | None


@contextmanager
def snapshot(conn: Conn, projection: Projection) -> Iterator[int]:
    """Hold a projection's tables as they are; yields the position that they reflect.

    A rebuild can't swap meanwhile; the runner goes on unseen.
    """
    with snapshots(conn, [projection]) as positions:
        yield positions[projection.name]


@contextmanager
def snapshots(conn: Conn, projections: Iterable[Projection]) -> Iterator[dict[str, int]]:
    """Hold the tables of some projections as they are at one moment; yields their positions."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        held = list(projections)
        names = [Identifier("projections", table.name) for each in held for table in each.tables]
        if names:
            conn.execute(SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(SQL(", ").join(names)))
        yield {each.name: live_of(conn, each).position for each in held}


def compare(
    conn: Conn,
    projection: Projection,
    expected: Rows,
    among: tuple[UUID, UUID] = ALL_ACCOUNTS,
    only: Collection[UUID] | None = None,
) -> Iterator[Difference]:
    """Compare every stored row with what is expected, inside a `snapshot`.

    Args:
        conn: in the snapshot's transaction.
        projection: whose tables.
        expected: the log folded up to the snapshot's position.
        among: the accounts that `expected` is about, from the one (not included) to the other,
            so that a large log can be checked in parts.
        only: of those, the ones that it is about; None is all.

    """
    for table in projection.tables:
        left = dict(expected[table.name])
        for row in stored(conn, table, among, BATCH_ROWS, only):
            key = row[: table.key_columns]
            wanted = left.pop(key, None)
            if wanted != row:
                yield Difference(table=table.name, key=key, expected=wanted, found=row)
        for key, row in left.items():
            yield Difference(table=table.name, key=key, expected=row, found=None)
