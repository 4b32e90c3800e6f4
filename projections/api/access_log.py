"""The access log: who looked at whose data, or acted; nothing is answered before it is recorded.

One thread of a worker writes. What requests hand it while it commits is the next commit, so that
many requests at once cost one. See ops/docs/decisions/0024-the-access-log.md.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from queue import Empty, Full, Queue
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias
from uuid import UUID

import psycopg
import structlog

from ledger.service.ports import StoreUnavailable
from projections.runner import connection_settings
from projections.tables import Conn

WRITER_ROLE: Final = "rugzak_access_writer"
READER_ROLE: Final = "rugzak_access_reader"

MAX_GROUP_ROWS: Final = 500
"""So many rows go in one commit, give or take one request's."""

MAX_WAITING_REQUESTS: Final = 2_000
"""More requests than these don't wait for the log: they are refused."""

STATEMENT_SECONDS: Final = 2
CONNECT_SECONDS: Final = 2
RETRY_SECONDS: Final = 0.5
"""So long after a failure the log is tried again, asked or not."""

MAX_NAME_CHARACTERS: Final = 200
"""A longer name of a client or subject is cut off."""

Acting: TypeAlias = Literal["own", "mandate", "system", "none"]
Outcome: TypeAlias = Literal["answered", "notFound", "refused", "failed"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access to a person's data.

    Attributes:
        account: whose data.
        client: the application that asked.
        subject: the person or system for which it asked.
        acting: what let it see the account.
        purpose: as it said; None when that was missing or wrong.
        operation: what it asked for, by the API's operation id.
        outcome: what it got.
        trace: by which the request is found in our log, and its answer is marked.
        mandate: of the ledger that let it, by the holder's identifiers with a space between them;
            None when it was none of these.

    """

    account: UUID
    client: str
    subject: str
    acting: Acting
    purpose: str | None
    operation: str
    outcome: Outcome
    trace: UUID
    mandate: str | None = None


class Recorded(NamedTuple):
    """An access as it is in the log, with its place and time there."""

    id: int
    at: datetime
    account: UUID
    client: str
    subject: str
    acting: Acting
    purpose: str | None
    operation: str
    outcome: Outcome
    trace: UUID
    mandate: str | None


_COLUMNS: Final = tuple(each.name for each in fields(Access))
_ARRAYS: Final = ", ".join(
    f"%s::{'uuid' if each.type is UUID else 'text'}[]" for each in fields(Access)
)
_ADD: Final = f"INSERT INTO access.log ({', '.join(_COLUMNS)}) SELECT * FROM unnest({_ARRAYS})"  # noqa: S608  constants
_READ: Final = (
    f"SELECT {', '.join(Recorded._fields)} FROM access.log"  # noqa: S608  constants
    " WHERE account = %s AND (%s::bigint IS NULL OR id < %s) ORDER BY id DESC LIMIT %s"
)

_Waiting: TypeAlias = tuple[Sequence[Access], Future[None]]


class AccessLog:
    """Writes the access log; for many threads, used as a context manager."""

    def __init__(self, url: str) -> None:
        """Prepare to write in a database; entering connects."""
        self._url = url
        self._waiting: Queue[_Waiting | None] = Queue(MAX_WAITING_REQUESTS)
        self._conn: psycopg.Connection[Any] | None = None
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._work, name="access-log", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()

    def check(self) -> None:
        """Make sure that the last attempt to write succeeded: else nothing is even begun.

        Raises:
            StoreUnavailable: it didn't.

        """
        if self._trouble is not None:
            raise StoreUnavailable(f"the access log can't be written: {self._trouble}")

    def record(self, accesses: Sequence[Access]) -> Future[None]:
        """Hand over the accesses of one request; the result comes once they are committed.

        What can't be written comes as `StoreUnavailable`.
        """
        done: Future[None] = Future()
        try:
            self._waiting.put_nowait((accesses, done))
        except Full:
            done.set_exception(StoreUnavailable("too many requests wait for the access log"))
        return done

    def _work(self) -> None:
        """Write what waits, group by group, until told to stop."""
        while True:
            try:
                first = self._waiting.get(timeout=RETRY_SECONDS if self._trouble else None)
            except Empty:
                self._write([])
                continue
            group, going = self._group(first)
            if group:
                self._answer(group)
            if not going:
                break
        if self._conn is not None:
            self._conn.close()

    def _group(self, first: _Waiting | None) -> tuple[list[_Waiting], bool]:
        """Take what waits behind the first, up to a bound; and tell whether to go on after it."""
        group: list[_Waiting] = []
        rows, each = 0, first
        while each is not None:
            group.append(each)
            rows += len(each[0])
            if rows >= MAX_GROUP_ROWS:
                return group, True
            try:
                each = self._waiting.get_nowait()
            except Empty:
                return group, True
        return group, False

    def _answer(self, group: Sequence[_Waiting]) -> None:
        error = self._write([access for accesses, _ in group for access in accesses])
        for _, done in group:
            # Who waited too long has given up, and the future says so.
            if done.set_running_or_notify_cancel():
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(StoreUnavailable(error))

    def _write(self, accesses: Sequence[Access]) -> str | None:
        """Commit rows; after a failure once more, on a new connection. Return what went wrong."""
        for _ in range(2):
            try:
                self._commit(accesses)
            except psycopg.Error as error:
                self._close()
                trouble = str(error).strip() or type(error).__name__
                continue
            self._trouble = None
            return None
        if self._trouble is None:
            log.error("access_log_broken", error=trouble)
        self._trouble = trouble
        return trouble

    def _commit(self, accesses: Sequence[Access]) -> None:
        if self._conn is None:
            self._conn = psycopg.connect(
                connection_settings(self._url),
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                options=f"-c statement_timeout={STATEMENT_SECONDS}s",
            )
            self._conn.execute(f"SET ROLE {WRITER_ROLE}")
        if accesses:
            columns = zip(*map(astuple, accesses), strict=True)
            self._conn.execute(_ADD, [list(column) for column in columns])
        else:
            self._conn.execute("SELECT 1")

    def _close(self) -> None:
        if self._conn is not None:
            with suppress(psycopg.Error):
                self._conn.close()
        self._conn = None


def accesses_of(conn: Conn, account: UUID, before: int | None, limit: int) -> list[Recorded]:
    """Read up to so many accesses to an account, newest first, those before a place in the log."""
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {READER_ROLE}")
        rows = conn.execute(_READ, (account, before, before, limit)).fetchall()
    return [Recorded(*row) for row in rows]


def plain(name: str) -> str:
    """Return a name out of a token as the database can hold it."""
    known = name.encode(errors="replace").decode().replace("\0", "\ufffd")
    return known[:MAX_NAME_CHARACTERS]
