"""`rugzak audit recompute`: an export's balances anew, by DuckDB, held against what it claims.

The second implementation is `balances.sql`; here it is run, and its lots are compared with those of
the read model, and with what the entries add up to.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import duckdb

from ledger.audit.books.tables import BALANCES, ENTRIES, EVENTS
from ops.books.exporting_metadata import PACKAGE, changed

Claim: TypeAlias = Literal["balances", "entries"]

SQL: Final = (files("ledger.audit.second") / "balances.sql").read_text("utf-8")

QUANTITIES: Final = (
    "granted", "withdrawn", "transferred_in", "transferred_out", "reserved", "used", "expired",
    "shortfall", "available",
)  # fmt: skip
"""What is compared of a lot, besides its scheme and unit."""

FILES: Final = (EVENTS.name, ENTRIES.name, BALANCES.name)
"""The tables that a package has to have."""

MAX_DIFFERENCES: Final = 1_000
"""Of so many lots it is said how they differ; all are counted."""

_COMPARED: Final = ("scheme", "unit", *QUANTITIES)
_SIDE: Final = ", ".join(f"{{0}}.{each}" for each in _COMPARED)
_DIFFERENCES: Final = f"""
    SELECT
        coalesce(r.account, c.account) AS account, coalesce(r.lot, c.lot) AS lot,
        r.account IS NOT NULL, c.account IS NOT NULL, {_SIDE.format("r")}, {_SIDE.format("c")}
    FROM ({{recomputed}}) r FULL JOIN ({{claimed}}) c ON r.account = c.account AND r.lot = c.lot
    WHERE (r.account IS NULL OR c.account IS NULL
        OR ({_SIDE.format("r")}) IS DISTINCT FROM ({_SIDE.format("c")}))
        AND (getvariable('scheme') IS NULL OR coalesce(r.scheme, c.scheme) = getvariable('scheme'))
    ORDER BY ALL
"""  # noqa: S608  constants
_BOOKED: Final = """
    WITH sides AS (
        SELECT account, lot, scheme, unit, debit AS name, quantity
        FROM read_parquet(getvariable('entries'))
        UNION ALL
        SELECT account, lot, scheme, unit, credit, -quantity
        FROM read_parquet(getvariable('entries'))
    ),
    stands AS (
        SELECT account, lot, scheme, unit, name, sum(quantity)::BIGINT AS balance
        FROM sides WHERE account NOT IN (SELECT account FROM ended WHERE erased OR merged)
        GROUP BY ALL
    )
    SELECT
        account, lot, scheme, unit,
        -coalesce(any_value(balance) FILTER (name = 'pool'), 0) AS granted,
        coalesce(any_value(balance) FILTER (name = 'withdrawn'), 0) AS withdrawn,
        -coalesce(any_value(balance) FILTER (name = 'transferred-in'), 0) AS transferred_in,
        coalesce(any_value(balance) FILTER (name = 'transferred-out'), 0) AS transferred_out,
        coalesce(any_value(balance) FILTER (name = 'reserved'), 0) AS reserved,
        coalesce(any_value(balance) FILTER (name = 'used'), 0) AS used,
        coalesce(any_value(balance) FILTER (name = 'expired'), 0) AS expired,
        coalesce(any_value(balance) FILTER (name = 'shortfall'), 0) AS shortfall,
        coalesce(any_value(balance) FILTER (name = 'available'), 0) AS available
    FROM stands GROUP BY account, lot, scheme, unit
"""
_CLAIMS: Final[dict[Claim, dict[str, str]]] = {
    "balances": {
        "recomputed": "SELECT * FROM recomputed",
        "claimed": "SELECT * FROM read_parquet(getvariable('balances'))",
    },
    "entries": {
        "recomputed": "SELECT * FROM recomputed WHERE NOT merged",
        "claimed": _BOOKED,
    },
}
"""What is held against the events: lots by lots, and lots by what their entries add up to."""


class NotComparable(Exception):  # noqa: N818  it is an answer
    """The folder holds nothing whose balances could be computed anew."""


class Difference(NamedTuple):
    """A lot of which two don't say the same.

    Attributes:
        claim: what the events are held against.
        account: whose it is.
        lot: its name.
        recomputed: what the events say; None when they don't know it.
        claimed: what the balances or the entries say; None when they don't know it.

    """

    claim: Claim
    account: str
    lot: str
    recomputed: dict[str, Any] | None
    claimed: dict[str, Any] | None

    def __str__(self) -> str:
        if self.recomputed is None:
            return f"{self.account} {self.lot}: the {self.claim} have this lot, the events don't"
        if self.claimed is None:
            return f"{self.account} {self.lot}: the events have this lot, the {self.claim} don't"
        told = (
            f"{name} is {value} by the events, {self.claimed[name]} by the {self.claim}"
            for name, value in self.recomputed.items()
            if self.claimed[name] != value
        )
        return f"{self.account} {self.lot}: {'; '.join(told)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What came out.

    Attributes:
        position: of the last event that the package tells of.
        accounts: whose lots were computed.
        lots: how many were.
        changed: the files that are not what the list of hashes says.
        wrong: how many lots each claim has otherwise.
        differences: these lots, as many as are told.

    """

    position: int
    accounts: int
    lots: int
    changed: list[str]
    wrong: dict[Claim, int]
    differences: list[Difference]

    @property
    def agrees(self) -> bool:
        """Whether nothing was found."""
        return not self.changed and not any(self.wrong.values())


def recompute(folder: Path) -> Recomputed:
    """Compute the balances of an export anew from its events, and compare.

    Raises:
        NotComparable: it is no export, or one without the whole log of its lots.

    """
    told = _package(folder)
    with TemporaryDirectory() as spill, duckdb.connect(config={"temp_directory": spill}) as db:
        for name in FILES:
            _set(db, name, str(folder / f"{name}.parquet"))
        _set(db, "scheme", told["selection"]["scheme"])
        db.execute(SQL)
        accounts, lots = _one(
            db,
            "SELECT count(DISTINCT account), count(*) FROM recomputed"
            " WHERE getvariable('scheme') IS NULL OR scheme = getvariable('scheme')",
        )
        wrong: dict[Claim, int] = {}
        differences: list[Difference] = []
        for claim, sides in _CLAIMS.items():
            found = db.execute(_DIFFERENCES.format(**sides))
            some = found.fetchmany(MAX_DIFFERENCES)
            differences += [_difference(claim, row) for row in some]
            wrong[claim] = len(some)
            while more := found.fetchmany(MAX_DIFFERENCES):
                wrong[claim] += len(more)
    return Recomputed(
        position=told["log"]["position"],
        accounts=accounts,
        lots=lots,
        changed=changed(folder),
        wrong=wrong,
        differences=differences,
    )


def _package(folder: Path) -> dict[str, Any]:
    """Read what an export tells of itself, and see that it has what is compared."""
    try:
        told: dict[str, Any] = json.loads((folder / PACKAGE).read_bytes())
    except (OSError, ValueError) as error:
        raise NotComparable(f"{folder} is no package of `rugzak audit export`: {error}") from None
    for name in FILES:
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


def _difference(claim: Claim, row: tuple[Any, ...]) -> Difference:
    account, lot, ours, theirs, *values = row
    sides: Iterator[dict[str, Any]] = (
        dict(zip(_COMPARED, some, strict=True))
        for some in (values[: len(_COMPARED)], values[len(_COMPARED) :])
    )
    recomputed, claimed = sides
    return Difference(
        claim, account, lot, recomputed if ours else None, claimed if theirs else None
    )
