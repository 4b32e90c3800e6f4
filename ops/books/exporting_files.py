"""The files of an export: tables as Parquet or as CSV, written row by row with flat memory."""

import csv
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Literal, Protocol, Self, TypeAlias
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from ledger.audit.books.tables import Kind, Table

ROW_GROUP_ROWS: Final = 20_000
"""So many rows are in memory, and make one row group."""

ROW_GROUP_BYTES: Final = 32 << 20
"""Or fewer, when their payloads are this long together: one may have a mebibyte."""

Format: TypeAlias = Literal["parquet", "csv"]

Row: TypeAlias = tuple[Any, ...]

_ARROW: Final[dict[Kind, Any]] = {
    "integer": pa.int64(),
    "text": pa.string(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "uuid": pa.string(),
}


class Writer(Protocol):
    """Writes one table to one file."""

    rows: int

    def add(self, row: Row) -> None:
        """Add a row."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class ParquetFile:
    """A table as Parquet: Zstandard, one row group for so many rows."""

    def __init__(self, path: Path, table: Table) -> None:
        """Begin the file."""
        self.rows = 0
        self._schema = schema_of(table)
        self._uuids = [n for n, each in enumerate(table.columns) if each.kind == "uuid"]
        names = [each.name for each in table.columns]
        self._payload = names.index("payload") if "payload" in names else None
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._kept: list[Row] = []
        self._bytes = 0

    def add(self, row: Row) -> None:
        """Add a row; what makes a row group leaves memory."""
        self._kept.append(row)
        if self._payload is not None:
            self._bytes += len(row[self._payload])
        if len(self._kept) >= ROW_GROUP_ROWS or self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        columns: list[Iterable[Any]] = list(zip(*self._kept, strict=True))
        if not columns:
            return
        for n in self._uuids:
            columns[n] = _texts(columns[n])
        arrays = [
            pa.array(column, type=field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self.rows += len(self._kept)
        self._kept, self._bytes = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is left, unless it failed, and close the file."""
        try:
            if error is None:
                self._flush()
        finally:
            self._file.close()


class CsvFile:
    """A table as CSV (RFC 4180): UTF-8, a header, CRLF, quotes only where they are needed."""

    def __init__(self, path: Path, table: Table) -> None:
        """Begin the file."""
        self.rows = 0
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\r\n")
        self._csv.writerow([each.name for each in table.columns])
        self._instants = [n for n, each in enumerate(table.columns) if each.kind == "instant"]

    def add(self, row: Row) -> None:
        """Add a row."""
        cells = list(row)
        for n in self._instants:
            cells[n] = spelt(cells[n])
        self._csv.writerow(cells)
        self.rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()


WRITERS: Final[dict[Format, Callable[[Path, Table], Writer]]] = {
    "parquet": ParquetFile,
    "csv": CsvFile,
}


def _texts(ids: Iterable[UUID | None]) -> list[str | None]:
    """Write ids as text, each once: a row group has many rows of an account."""
    known: dict[int, str] = {}
    texts: list[str | None] = []
    for each in ids:
        text = None
        if each is not None:
            number = each.int  # unlike the id, hashed in C
            text = known.get(number) or known.setdefault(number, str(each))
        texts.append(text)
    return texts


def schema_of(table: Table) -> Any:  # noqa: ANN401  pyarrow has no types
    """Return a table's Arrow schema, which tells what each column means."""
    return pa.schema(
        [
            pa.field(
                each.name,
                _ARROW[each.kind],
                nullable=each.optional,
                metadata={"description": each.about},
            )
            for each in table.columns
        ],
        metadata={"description": table.about},
    )


def spelt(instant: datetime) -> str:
    """Write an instant as ISO 8601 in UTC, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
