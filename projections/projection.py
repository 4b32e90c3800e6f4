"""What a projection is: tables, and a pure function from events to rows.

Nothing here knows a database. The runner folds page by page into tables with the same function
as an audit that folds the whole log into a dict, so the two can be compared row by row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NewType, TypeAlias, get_args, get_origin, get_type_hints
from uuid import UUID

from ledger.domain.events import AccountErased, Envelope

Json = NewType("Json", str)
"""Canonical JSON text; the database keeps it as it is written."""

SQL_TYPES: dict[Any, str] = {
    UUID: "uuid",
    str: "text",
    int: "bigint",
    bool: "boolean",
    date: "date",
    datetime: "timestamptz",
    Json: "json",
}
"""The column type of each type that a row may have."""

Row: TypeAlias = tuple[Any, ...]
"""A named tuple whose fields are the table's columns, in order."""

Key: TypeAlias = tuple[Any, ...]
"""The first columns of a row: its primary key."""

Rows: TypeAlias = dict[str, dict[Key, Row]]
"""Rows by table and key."""

Before: TypeAlias = Mapping[str, Mapping[Key, Row]]
"""The rows that a page needs to see, those that exist, by table and key."""

Needs: TypeAlias = dict[str, set[Key]]
"""Keys, by table, of the rows that a page needs to see."""


@dataclass(frozen=True)
class Table:
    """One table of a projection.

    Attributes:
        name: of the live table; that of a generation in the making has a suffix.
        row: named tuple class; its first `key_columns` fields are the primary key.
        only_grows: no page changes a row that is there.

    """

    name: str
    row: Any
    key_columns: int
    only_grows: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column, in order."""
        return tuple(self.row._fields)

    @cached_property
    def types(self) -> dict[str, str]:
        """The SQL type of every column, from the row's type hints."""
        return {column: _sql_type(hint) for column, hint in get_type_hints(self.row).items()}

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return self.columns[: self.key_columns]


@dataclass(frozen=True, kw_only=True)
class Projection:
    """One read model.

    Attributes:
        name: stable; status and rebuild know it by this.
        version: raised with every change of `project` or the tables; a rebuild is then needed.
        tables: what it keeps.
        room: folder of its `schema.sql`, in which `{g}` stands for the generation's suffix.
        needs: which rows `project` must see, for a page of events.
        project: rows before and a page of events in, changed rows out; pure, and any split of
            the same events into pages gives the same rows.

    """

    name: str
    version: int
    tables: tuple[Table, ...]
    room: Path
    needs: Callable[[Sequence[Envelope]], Needs]
    project: Callable[[Before, Sequence[Envelope]], Rows]

    def schema(self, suffix: str) -> str:
        """Return the SQL that makes the tables of one generation."""
        return (self.room / "schema.sql").read_text(encoding="utf-8").replace("{g}", suffix)


def _sql_type(hint: Any) -> str:  # noqa: ANN401  any hint
    """Return the column type of a plain type, of a choice of words, or of either or None."""
    if get_origin(hint) is Literal:
        return SQL_TYPES[str]
    some = [member for member in get_args(hint) if member is not type(None)]
    return _sql_type(some[0]) if some else SQL_TYPES[hint]


def erased_in(page: Iterable[Envelope]) -> set[UUID]:
    """Name the accounts that a page erases: no row tells of them; their log ends there."""
    return {each.account for each in page if isinstance(each.event, AccountErased)}


def fold(projection: Projection, pages: Iterable[Sequence[Envelope]]) -> Rows:
    """Fold pages of events, in order of position, into rows in memory."""
    rows: Rows = {table.name: {} for table in projection.tables}
    for page in pages:
        for table, changed in projection.project(rows, page).items():
            rows[table].update(changed)
        if erased := erased_in(page):
            for each in projection.tables:
                whose, found = each.columns.index("account"), rows[each.name].items()
                rows[each.name] = {key: row for key, row in found if row[whose] not in erased}
    return rows


def place_of(envelope: Envelope) -> int:
    """Return the position of an envelope that was read from the log."""
    assert envelope.position is not None, envelope.version  # noqa: S101  the log gives it
    return envelope.position
