"""`rugzak audit recompute`: an export's balances anew, by DuckDB, held against what it claims."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from ledger.audit.books.tables import BALANCES, EVENTS
from ops.exporting_metadata import PACKAGE

SQL: Final = (files("ledger.audit.second") / "balances.sql").read_text("utf-8")

QUANTITIES: Final = (
    "granted", "withdrawn", "transferred_in", "transferred_out", "reserved", "used", "expired",
    "shortfall", "available",
)  # fmt: skip
"""What is compared of a lot, besides its scheme and unit."""

MAX_DIFFERENCES: Final = 1_000
"""Of so many lots it is said how they differ; all are counted."""

_COMPARED: Final = ("scheme", "unit", *QUANTITIES)
_SIDE: Final = ", ".join(f"{{0}}.{each}" for each in _COMPARED)
_DIFFERENCES: Final = f"""
    SELECT
        coalesce(r.account, b.account) AS account, coalesce(r.lot, b.lot) AS lot,
        r.account IS NOT NULL, b.account IS NOT NULL, {_SIDE.format("r")}, {_SIDE.format("b")}
    FROM recomputed r
    FULL JOIN read_parquet(getvariable('balances')) b ON r.account = b.account AND r.lot = b.lot
    WHERE (r.account IS NULL OR b.account IS NULL
        OR ({_SIDE.format("r")}) IS DISTINCT FROM ({_SIDE.format("b")}))
        AND (getvariable('scheme') IS NULL OR coalesce(r.scheme, b.scheme) = getvariable('scheme'))
    ORDER BY ALL
"""  # noqa: S608  constants


class NotComparable(Exception):  # noqa: N818  it is an answer
    """The folder holds nothing whose balances could be computed anew."""


class Difference(NamedTuple):
    """A lot of which the two don't say the same: None where one of them does not know it."""

    account: str
    lot: str
    recomputed: dict[str, Any] | None
    claimed: dict[str, Any] | None

    def __str__(self) -> str:
        if self.recomputed is None or self.claimed is None:
            who, other = ("the balances", "the events")
            if self.claimed is None:
                who, other = other, who
            return f"{self.account} {self.lot}: {who} have this lot, {other} don't"
        told = (
            f"{name} is {value} by the events, {self.claimed[name]} by the balances"
            for name, value in self.recomputed.items()
            if self.claimed[name] != value
        )
        return f"{self.account} {self.lot}: {'; '.join(told)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What came out: how many lots of how many accounts were computed, and where they differ."""

    position: int
    accounts: int
    lots: int
    wrong: int
    differences: list[Difference]


def recompute(folder: Path) -> Recomputed:
    """Compute the balances of an export anew from its events, and compare.

    Raises:
        NotComparable: it is no export, or one without the whole log of its lots.

    """
    told = _package(folder)
    with duckdb.connect() as db:
        for name in (EVENTS.name, BALANCES.name):
            _set(db, name, str(folder / f"{name}.parquet"))
        _set(db, "scheme", told["selection"]["scheme"])
        db.execute(SQL)
        accounts, lots = _one(
            db,
            "SELECT count(DISTINCT account), count(*) FROM recomputed"
            " WHERE getvariable('scheme') IS NULL OR scheme = getvariable('scheme')",
        )
        found = db.execute(_DIFFERENCES)
        differences = [_difference(row) for row in found.fetchmany(MAX_DIFFERENCES)]
        wrong = len(differences)
        while more := found.fetchmany(MAX_DIFFERENCES):
            wrong += len(more)
    return Recomputed(
        position=told["log"]["position"],
        accounts=accounts,
        lots=lots,
        wrong=wrong,
        differences=differences,
    )


def _package(folder: Path) -> dict[str, Any]:
    """Read what an export tells of itself, and see that it has what is compared."""
    try:
        told: dict[str, Any] = json.loads((folder / PACKAGE).read_bytes())
    except (OSError, ValueError) as error:
        raise NotComparable(f"{folder} is no package of `rugzak audit export`: {error}") from None
    for name in (EVENTS.name, BALANCES.name):
        if not (folder / f"{name}.parquet").exists():
            raise NotComparable(
                f"{folder} has no {name}.parquet: balances can be computed from an export in "
                "Parquet without --from and --until"
            )
    return told


def _set(db: duckdb.DuckDBPyConnection, name: str, value: str | None) -> None:
    db.execute(f"SET VARIABLE {name} = ?", [value])


def _one(db: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    row = db.execute(query).fetchone()
    assert row is not None  # noqa: S101  counts are always there
    return row[0], row[1]


def _difference(row: tuple[Any, ...]) -> Difference:
    account, lot, ours, theirs, *values = row
    sides: Iterator[dict[str, Any]] = (
        dict(zip(_COMPARED, some, strict=True))
        for some in (values[: len(_COMPARED)], values[len(_COMPARED) :])
    )
    recomputed, claimed = sides
    return Difference(account, lot, recomputed if ours else None, claimed if theirs else None)
