"""The tables of projections: generations, pages of rows, and the position, in one transaction.

They live in a PostgreSQL schema of their own and are made here, not by migrations, since they
can be made anew from the log at any time. The live generation has the plain table names.
"""

from collections.abc import (
    Callable,
    Collection,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import datetime
from itertools import starmap
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, Connection
from psycopg.errors import UndefinedTable
from psycopg.sql import SQL, Composed, Identifier

from ledger.domain.events import Envelope
from projections.projection import (
    Before,
    Key,
    Projection,
    Row,
    Rows,
    Table,
    erased_in,
    place_of,
)

Conn: TypeAlias = Connection[tuple[Any, ...]]
AsyncConn: TypeAlias = AsyncConnection[tuple[Any, ...]]

REGISTRY = """
SELECT pg_advisory_xact_lock(hashtext('rugzak projections'));
CREATE SCHEMA IF NOT EXISTS projections;
CREATE TABLE IF NOT EXISTS projections.registry (
    name text NOT NULL,
    generation integer NOT NULL,
    state text NOT NULL CHECK (state IN ('live', 'building')),
    version integer NOT NULL,
    position bigint NOT NULL,
    trouble text,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, generation)
);
CREATE UNIQUE INDEX IF NOT EXISTS registry_live ON projections.registry (name)
    WHERE state = 'live';
"""


class Generation(NamedTuple):
    """One generation of a projection's tables, and how far it got.

    Attributes:
        position: of the last event that its rows reflect.
        version: of the projection that wrote them.
        trouble: what stopped it, None while all is well.

    """

    name: str
    generation: int
    state: Literal["live", "building"]
    version: int
    position: int
    trouble: str | None
    updated_at: datetime

    @property
    def live(self) -> bool:
        """Whether it serves."""
        return self.state == "live"

    @property
    def suffix(self) -> str:
        """What follows the plain names of its tables."""
        return "" if self.live else f"_g{self.generation}"


_FIELDS = ", ".join(Generation._fields)


def ensure(conn: Conn, projections: Iterable[Projection]) -> None:
    """Make what is missing: the schema, the registry, an empty first generation of each."""
    with conn.transaction():
        if not exist(conn):
            conn.execute(REGISTRY)
        known = {generation.name for generation in generations(conn) if generation.live}
        for projection in projections:
            if projection.name not in known:
                swap(conn, projection, begin(conn, projection))


def exist(conn: Conn) -> bool:
    """Whether the registry is there."""
    found = conn.execute("SELECT to_regclass('projections.registry') IS NOT NULL").fetchone()
    return bool(found and found[0])


def generations(conn: Conn) -> list[Generation]:
    """Read every generation, by name and age."""
    query = f"SELECT {_FIELDS} FROM projections.registry ORDER BY name, generation"  # noqa: S608
    found = conn.execute(query.encode())
    return [Generation(*row) for row in found]


def live_of(conn: Conn, projection: Projection) -> Generation:
    """Return the generation that serves."""
    return next(g for g in generations(conn) if g.live and g.name == projection.name)


def hold(conn: Conn, projection: Projection) -> int:
    """Keep the live generation from moving until the transaction ends; return its position."""
    held = conn.execute(
        "SELECT position FROM projections.registry WHERE name = %s AND state = 'live' FOR UPDATE",
        (projection.name,),
    ).fetchone()
    return held[0] if held else 0


def begin(conn: Conn, projection: Projection) -> Generation:
    """Make empty tables for a new generation, and drop what an interrupted rebuild left."""
    with conn.transaction():
        for left in generations(conn):
            if left.name == projection.name and not left.live:
                _drop(conn, projection, left)
        found = conn.execute(
            "INSERT INTO projections.registry (name, generation, state, version, position)"  # noqa: S608
            " SELECT %(name)s, coalesce(max(generation), 0) + 1, 'building', %(version)s, 0"
            f" FROM projections.registry WHERE name = %(name)s RETURNING {_FIELDS}",
            {"name": projection.name, "version": projection.version},
        ).fetchone()
        assert found  # noqa: S101  an INSERT returns its row
        made = Generation(*found)
        conn.execute(projection.schema(made.suffix).encode())
    return made


def swap(conn: Conn, projection: Projection, made: Generation) -> None:
    """Let a generation serve in the place of the live one, which goes; in one transaction."""
    with conn.transaction():
        for left in generations(conn):
            if left.name == projection.name and left.live:
                _drop(conn, projection, left)
        for table in projection.tables:
            conn.execute(
                SQL("ALTER TABLE {} RENAME TO {}").format(
                    _named(table, made), Identifier(table.name)
                )
            )
        conn.execute(
            "UPDATE projections.registry SET state = 'live', updated_at = now()"
            " WHERE name = %s AND generation = %s",
            (made.name, made.generation),
        )


def _drop(conn: Conn, projection: Projection, generation: Generation) -> None:
    for table in projection.tables:
        conn.execute(SQL("DROP TABLE IF EXISTS {}").format(_named(table, generation)))
    conn.execute(
        "DELETE FROM projections.registry WHERE name = %s AND generation = %s",
        (generation.name, generation.generation),
    )


def advance(
    conn: Conn, projection: Projection, at: Generation, page: Sequence[Envelope]
) -> int | None:
    """Write a page's rows and its last position in one transaction.

    Returns the new position, or None, with nothing written, when the generation is no longer
    at the position that the page begins after: somebody else went on, or it was swapped away.

    """
    position = place_of(page[-1])
    with conn.transaction():
        moved = conn.execute(
            "UPDATE projections.registry"
            " SET position = %s, trouble = NULL, updated_at = clock_timestamp()"
            " WHERE name = %s AND generation = %s AND position = %s",
            (position, at.name, at.generation, at.position),
        )
        if moved.rowcount != 1:
            return None
        for table, rows in projection.project(before(conn, projection, at, page), page).items():
            _write(conn, next(t for t in projection.tables if t.name == table), at, rows)
        if erased := erased_in(page):
            for each in projection.tables:
                gone = SQL("DELETE FROM {} WHERE account = ANY(%s)").format(_named(each, at))
                conn.execute(gone, (list(erased),))
    return position


def before(conn: Conn, projection: Projection, at: Generation, page: Sequence[Envelope]) -> Before:
    """Read the rows that a page needs to see."""
    needs = projection.needs(page)
    rows: Rows = {}
    for table in projection.tables:
        keys = needs[table.name]
        rows[table.name] = {}
        if keys:
            found = conn.execute(_reading(table, at), _arrays(keys))
            rows[table.name] = {row[: table.key_columns]: table.row(*row) for row in found}
    return rows


def mark_trouble(conn: Conn, at: Generation, trouble: str) -> None:
    """Keep, for everyone who asks, why a generation stopped."""
    conn.execute(
        "UPDATE projections.registry SET trouble = %s WHERE name = %s AND generation = %s",
        (trouble, at.name, at.generation),
    )


def stored(
    conn: Conn,
    table: Table,
    accounts: tuple[UUID, UUID],
    batch_rows: int,
    only: Collection[UUID] | None = None,
) -> Iterator[Row]:
    """Stream a live table's rows of the accounts after one, up to another; in a transaction.

    Of `only` some of them, if given.
    """
    query = SQL("SELECT {} FROM {} WHERE account > %s AND account <= %s{}").format(
        _columns(table),
        Identifier("projections", table.name),
        SQL("" if only is None else " AND account = ANY(%s)"),
    )
    asked: tuple[object, ...] = accounts if only is None else (*accounts, list(only))
    with conn.cursor(name=f"stored_{table.name}") as cursor:
        cursor.execute(query, asked)
        while rows := cursor.fetchmany(batch_rows):  # row by row a cursor is slower
            yield from starmap(table.row, rows)


class Statement(NamedTuple):
    """What a reading asks the database."""

    query: bytes
    params: Mapping[str, object]


R = TypeVar("R")
Reading: TypeAlias = Generator[Statement, list[Row], R]
"""A question to the read models, apart from how it is asked: it yields statements, is sent their
rows, and returns what they mean. So one view serves who waits for rows and who doesn't."""


def ask(conn: Conn, reading: Reading[R]) -> R:
    """Ask over a connection.

    Raises:
        LookupError: the projection has not been made yet.

    """

    async def rows_of(statement: Statement) -> list[Row]:
        return conn.execute(*statement).fetchall()

    try:
        _answered(reading, rows_of).send(None)
    except StopIteration as end:
        answer: R = end.value
        return answer
    raise AssertionError  # nothing in it waits


async def ask_async(conn: AsyncConn, reading: Reading[R]) -> R:
    """Ask over a connection, and let others work meanwhile.

    Raises:
        LookupError: the projection has not been made yet.

    """

    async def rows_of(statement: Statement) -> list[Row]:
        return await (await conn.execute(*statement)).fetchall()

    return await _answered(reading, rows_of)


async def _answered(
    reading: Reading[R], rows_of: Callable[[Statement], Coroutine[None, None, list[Row]]]
) -> R:
    """Send a reading the rows of what it asks, until it has its answer."""
    try:
        statement = next(reading)
        while True:
            try:
                rows = await rows_of(statement)
            except UndefinedTable as error:
                statement = reading.throw(error)
            else:
                statement = reading.send(rows)
    except StopIteration as end:
        answer: R = end.value
        return answer


def read(
    projection: str, query: str, order: str, params: Mapping[str, object]
) -> Reading[tuple[int, list[Row]]]:
    """Answer a question together with the position that the answer reflects, in one snapshot.

    Raises:
        LookupError: the projection has not been made yet.

    """
    whole = (
        f"SELECT r.position, q.* FROM projections.registry r LEFT JOIN LATERAL ({query}) q ON true"  # noqa: S608
        f" WHERE r.name = '{projection}' AND r.state = 'live' ORDER BY {order}"
    )
    try:
        found = yield Statement(whole.encode(), params)
    except UndefinedTable:
        found = []
    if not found:
        msg = f"the projection {projection} has not been made yet: run the projections once"
        raise LookupError(msg)
    return found[0][0], [row[1:] for row in found if row[1] is not None]


def positions() -> Reading[dict[str, int]]:
    """Tell up to which position of the log the rows of each projection are.

    Raises:
        LookupError: none has been made yet.

    """
    query = b"SELECT name, position FROM projections.registry WHERE state = 'live'"
    try:
        found = yield Statement(query, {})
    except UndefinedTable:
        raise LookupError("no projection has been made yet: run the projections once") from None
    return dict(found)


def _named(table: Table, generation: Generation) -> Identifier:
    return Identifier("projections", table.name + generation.suffix)


def _columns(table: Table, alias: str | None = None) -> Composed:
    """Name the columns; JSON is read as the text that was written."""
    names = (Identifier(alias, c) if alias else Identifier(c) for c in table.columns)
    return SQL(", ").join(
        SQL("{}::text").format(name) if table.types[column] == "json" else name
        for name, column in zip(names, table.columns, strict=True)
    )


def _reading(table: Table, at: Generation) -> Composed:
    return SQL(
        "SELECT {columns} FROM {table} t JOIN unnest({types}) k ({key}) USING ({key})"
    ).format(
        columns=_columns(table, "t"),
        table=_named(table, at),
        types=SQL(", ").join(SQL("%b::" + table.types[c] + "[]") for c in table.key),
        key=SQL(", ").join(map(Identifier, table.key)),
    )


def _write(conn: Conn, table: Table, at: Generation, rows: dict[Key, Row]) -> None:
    """Insert rows, by COPY where that is all that can happen, or replace them; one statement."""
    if not rows:
        return
    if table.only_grows:
        into = SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(_named(table, at))
        with conn.cursor() as cursor, cursor.copy(into) as copy:
            types = [table.types[column] for column in table.columns]
            copy.set_types(["text" if each == "json" else each for each in types])  # it is written
            for row in rows.values():
                copy.write_row(row)
        return
    others = [c for c in table.columns if c not in table.key]
    statement = SQL(
        "INSERT INTO {table} SELECT * FROM unnest({types})"
        " ON CONFLICT ({key}) DO UPDATE SET {updates}"
    ).format(
        table=_named(table, at),
        types=SQL(", ").join(SQL("%b::" + table.types[c] + "[]") for c in table.columns),
        key=SQL(", ").join(map(Identifier, table.key)),
        updates=SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(c)) for c in others),
    )
    conn.execute(statement, _arrays(rows.values()))


def _arrays(rows: Iterable[Row]) -> list[list[object]]:
    """Return the columns, for binary arrays."""
    return [list(column) for column in zip(*rows, strict=True)]
