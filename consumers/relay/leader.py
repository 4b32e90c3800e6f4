"""One relay at a time: an advisory lock of the database, on a connection of its own.

The lock goes with its connection, so with the process. The server ends a connection over which
nothing came for a while: that of a process that was stopped, or whose machine went to sleep.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from ledger.store.datastore import NETWORK

LOCK: Final = int.from_bytes(b"rugzak", "big")
"""Of the advisory locks of the database, that of the relay."""

SILENCE_SECONDS: Final = 12
"""So long nothing may come from a leader; longer than it waits for a broker."""

TRY_SECONDS: Final = 1.0
"""How often who waits tries to become the leader."""

STOP_CHECK_SECONDS: Final = 0.1

APPLICATION: Final = "rugzak-relay"

_WHO = """
SELECT a.backend_start, host(a.client_addr)
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted
    AND (l.classid::bigint << 32 | l.objid::bigint) = %s
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class LeadershipLost(Exception):  # noqa: N818  it is a state, too
    """The connection that held the lock is gone: somebody else may lead by now."""


class Lead:
    """The lock, as long as its connection lives."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        """Hold it by a connection that listens, too."""
        self._conn = conn

    def check(self) -> None:
        """Make sure that we still lead, and tell the server that we are there.

        Raises:
            LeadershipLost: we don't.

        """
        try:
            self._conn.execute("SELECT 1")
        except psycopg.Error as error:
            raise LeadershipLost(type(error).__name__) from error

    def wait(self, seconds: float, stop: Event) -> None:
        """Return when events were appended, when told to stop, or after so long."""
        until = monotonic() + seconds
        try:
            while not stop.is_set() and (left := until - monotonic()) > 0:
                wait_seconds = min(left, STOP_CHECK_SECONDS)
                if any(True for _ in self._conn.notifies(timeout=wait_seconds, stop_after=1)):
                    return
        except psycopg.Error as error:
            raise LeadershipLost(type(error).__name__) from error


@contextmanager
def leading(url: str, channel: str, stop: Event) -> Iterator[Lead | None]:
    """Wait until nobody else leads, then yield the lead; None when told to stop before.

    Args:
        url: of the database.
        channel: what the database notifies when events were appended.
        stop: ends the wait.

    Raises:
        psycopg.OperationalError: the database is away.

    """
    server = make_conninfo(url, application_name=APPLICATION, **NETWORK)
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"SET idle_session_timeout = '{SILENCE_SECONDS}s'")
        while not _locked(conn):
            if stop.wait(TRY_SECONDS):
                yield None
                return
        conn.execute(SQL("LISTEN {}").format(Identifier(channel)))
        yield Lead(conn)


def _locked(conn: psycopg.Connection[Any]) -> bool:
    return conn.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() == (True,)


def leader(conn: psycopg.Connection[Any]) -> tuple[Any, ...] | None:
    """Return since when somebody leads, and the address; None when nobody does."""
    return conn.execute(_WHO, (LOCK,)).fetchone()
