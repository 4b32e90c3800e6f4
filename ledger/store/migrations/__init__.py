"""Brings a database to the form that this version needs: plain numbered SQL, run once each.

See ops/docs/decisions/0003-migrations-with-yoyo.md for the choice of yoyo-migrations and for
what is done about its sharp edges.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI

from ledger.store.datastore import SCHEMA

FOLDER = Path(__file__).parent

MONTHS_AHEAD = 3
"""For how many months after this one receipts have a partition waiting."""


class ReceiptsKept(NamedTuple):
    """Names of the partitions that were made and dropped."""

    made: list[str]
    dropped: list[str]


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo has no hints
    """Yoyo's, without asking the system who and where we are: containers may not know."""

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:  # noqa: ANN401
        return {
            "id": str(uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": "rugzak",
            "hostname": "",
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


def pending(url: str) -> list[str]:
    """Return the migrations that the database does not have yet, in order; changes nothing.

    Raises:
        psycopg.OperationalError: the database can't be reached.

    """
    known = sorted(file.stem for file in FOLDER.glob("*.sql"))
    with psycopg.connect(url, autocommit=True) as conn:
        if conn.execute("SELECT to_regclass('ledger.migrations')").fetchone() == (None,):
            return known
        applied = {row[0] for row in conn.execute("SELECT migration_id FROM ledger.migrations")}
    return [name for name in known if name not in applied]


def migrate(url: str, progress: Callable[[str], None] | None = None) -> list[str]:
    """Apply what is pending and return its names; `progress` hears each name before it runs.

    Safe to repeat, and for several processes at once: one of them migrates, the others wait.
    A database that is up to date is only read, so the service's role may call this.
    """
    if not pending(url):
        return []
    applied = []
    with _alone(url), _backend(url) as backend:
        backend.break_lock()  # left by a process that was killed: we are alone here
        files = read_migrations(str(FOLDER)).filter(lambda migration: migration.is_raw_sql())
        for migration in backend.to_apply(files):
            if progress is not None:
                progress(migration.id)
            backend.apply_one(migration)
            applied.append(migration.id)
    return applied


def keep_receipts(url: str, today: date, kept_days: int) -> ReceiptsKept:
    """Make the coming months' partitions of the receipts and drop those kept long enough.

    A receipt is kept for at least `kept_days`, at most a month longer.
    """
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute(
            "SELECT made, dropped FROM ledger.keep_receipts(%s, %s, %s)",
            (today, kept_days, MONTHS_AHEAD),
        ).fetchone()
    assert row is not None  # noqa: S101  the function returns one row
    return ReceiptsKept(*row)


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold a lock that the server lets go of when this process dies."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(hashtext('rugzak migrations'))")
        conn.execute("CREATE SCHEMA IF NOT EXISTS ledger")
        yield


@contextmanager
def _backend(url: str) -> Iterator[_Backend]:
    arguments = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    database = arguments.pop("dbname", None)
    uri = DatabaseURI("postgresql+psycopg", *[None] * 4, database, arguments | {"schema": SCHEMA})
    with _Backend(uri, "migrations") as backend:
        backend.init_database()
        yield backend
