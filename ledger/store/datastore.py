"""Connections to the ledger's database: a bounded pool of a role, and what says that it is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from eventsourcing import persistence
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection, Cursor, OperationalError, errors
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.sql import SQL, Identifier

from ledger.service.ports import StoreUnavailable

SCHEMA = "ledger"
SERVICE_ROLE = "rugzak_service"
"""What every connection of the store becomes: it can't change or delete an event."""

POOL_NAME = "ledger-store"
POOL_CONNECTIONS = 8
"""Most connections that one process's store opens."""

CONNECT_TIMEOUT_S = 5.0
"""Longest wait for a connection."""

NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""So that a server that vanished without a word is missed in 20 s, not hours (the last in ms)."""

LOCK_TIMEOUT_S = 10
"""Longest wait for other writers."""

IDLE_IN_TRANSACTION_TIMEOUT_S = 15.0
"""After this the server ends a transaction whose process went silent, and its locks with it."""

TRANSACTION_TIMEOUT_S = 60
"""Likewise of one that went silent between two statements of a pipeline, where a server sees no
idleness."""

Rows: TypeAlias = Cursor[tuple[Any, ...]]

_AWAY = (
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)
"""A server that became a replica, or gave us up; psycopg files them under internal errors."""


class LedgerDatastore(PostgresDatastore):
    """The library's datastore on any connection URL, TLS included, with one bounded pool."""

    def __init__(
        self, url: str, *, role: str | None = SERVICE_ROLE, schema: str = SCHEMA,
        connections: int = POOL_CONNECTIONS,
    ) -> None:  # fmt: skip
        """Prepare the pool; the first use connects.

        Args:
            url: any libpq connection string or URL.
            role: what the connections become; None keeps what they log in as.
            schema: where the tables are.
            connections: most that are open at once.

        """
        super().__init__(
            "", "", "", "", "",
            schema=schema,
            lock_timeout=LOCK_TIMEOUT_S,
            idle_in_transaction_session_timeout=IDLE_IN_TRANSACTION_TIMEOUT_S,
        )  # fmt: skip
        timeouts = self.after_connect_func()

        def configure(conn: Connection[Any]) -> None:
            timeouts(conn)
            conn.execute("SET TIME ZONE 'UTC'")
            conn.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'")
            conn.execute(f"SET transaction_timeout = '{TRANSACTION_TIMEOUT_S}s'")
            if role is not None:
                conn.execute(SQL("SET ROLE {}").format(Identifier(role)))

        self.pool = ConnectionPool(
            url,
            connection_class=Connection[DictRow],
            kwargs={"row_factory": dict_row, "application_name": POOL_NAME, **NETWORK},
            min_size=1,
            max_size=connections,
            open=False,
            configure=configure,
            timeout=CONNECT_TIMEOUT_S,
            name=POOL_NAME,
        )

    def register_type_adapters(self) -> None:
        """Ask the server for nothing: events go as arrays, without the composite type."""

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Yield what reads and writes plain rows, on one connection of the pool.

        Raises:
            StoreUnavailable: the database gives no answer.

        """
        with (
            answers(),
            self.get_connection() as conn,
            conn.cursor(binary=True, row_factory=tuple_row) as rows,
        ):
            yield rows

    def all(self, query: str, asked: Any = ()) -> list[Any]:  # noqa: ANN401  psycopg's parameters
        """Return all rows of a statement.

        Raises:
            StoreUnavailable: the database gives no answer.

        """
        with self.rows() as rows:
            return rows.execute(query.encode(), asked).fetchall()


@contextmanager
def answers() -> Iterator[None]:
    """Raise what says that the database is away as `StoreUnavailable`."""
    try:
        yield
    except (
        OperationalError,
        persistence.OperationalError,
        persistence.InterfaceError,
    ) as error:
        raise StoreUnavailable(str(error)) from error
    except persistence.InternalError as error:
        if isinstance(error.__cause__, _AWAY):
            raise StoreUnavailable(str(error)) from error
        raise
