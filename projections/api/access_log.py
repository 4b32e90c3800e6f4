"""The access log: who looked at whose data, or acted; nothing is answered before it is recorded.

One task of a worker writes. What requests hand it while it commits is the next commit, so that
many requests at once cost one. See ops/docs/decisions/0024-the-access-log.md.
"""

import asyncio
from asyncio import Future
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Final, Literal, NamedTuple, Self, TypeAlias
from uuid import UUID

import psycopg
import structlog

from ledger.service.ports import StoreUnavailable
from projections.runner import connection_settings
from projections.tables import AsyncConn

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

    """

    account: UUID
    client: str
    subject: str
    acting: Acting
    purpose: str | None
    operation: str
    outcome: Outcome
    trace: UUID


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


_COLUMNS: Final = tuple(each.name for each in fields(Access))
_row = attrgetter(*_COLUMNS)
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
    """Writes the access log; for many tasks of one event loop, used as a context manager."""

    def __init__(self, url: str) -> None:
        """Prepare to write in a database; what comes first connects."""
        self._url = url
        self._waiting: list[_Waiting] = []
        self._come = asyncio.Event()
        self._conn: AsyncConn | None = None
        self._trouble: str | None = None
        self._ends = False

    async def __aenter__(self) -> Self:
        self._ends = False
        self._writer = asyncio.create_task(self._work(), name="access-log")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ends = True
        self._come.set()
        await self._writer

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
        done: Future[None] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= MAX_WAITING_REQUESTS:
            done.set_exception(StoreUnavailable("too many requests wait for the access log"))
        else:
            self._waiting.append((accesses, done))
            self._come.set()
        return done

    async def _work(self) -> None:
        """Write what waits, group by group, until told to stop and nothing waits."""
        while self._waiting or not self._ends:
            if not self._waiting:
                with suppress(TimeoutError):
                    async with asyncio.timeout(RETRY_SECONDS if self._trouble else None):
                        await self._come.wait()
            self._come.clear()
            if self._waiting or self._trouble:
                group = self._group()
                _answer(group, await self._write([a for accesses, _ in group for a in accesses]))
        await self._close()

    def _group(self) -> list[_Waiting]:
        """Take what waits, up to a bound."""
        rows = count = 0
        for accesses, _ in self._waiting:
            count += 1
            rows += len(accesses)
            if rows >= MAX_GROUP_ROWS:
                break
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    async def _write(self, accesses: Sequence[Access]) -> str | None:
        """Commit rows; after a failure once more, on a new connection. Return what went wrong."""
        for _ in range(2):
            try:
                await self._commit(accesses)
            except psycopg.Error as error:
                await self._close()
                trouble = str(error).strip() or type(error).__name__
                continue
            self._trouble = None
            return None
        if self._trouble is None:
            log.error("access_log_broken", error=trouble)
        self._trouble = trouble
        return trouble

    async def _commit(self, accesses: Sequence[Access]) -> None:
        if self._conn is None:
            self._conn = await psycopg.AsyncConnection.connect(
                connection_settings(self._url),
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                options=f"-c statement_timeout={STATEMENT_SECONDS}s",
            )
            await self._conn.execute(f"SET ROLE {WRITER_ROLE}")
        if accesses:
            columns = zip(*map(_row, accesses), strict=True)
            await self._conn.execute(_ADD, [list(column) for column in columns])
        else:
            await self._conn.execute("SELECT 1")

    async def _close(self) -> None:
        if self._conn is not None:
            with suppress(psycopg.Error):
                await self._conn.close()
        self._conn = None


def _answer(group: Sequence[_Waiting], error: str | None) -> None:
    for _, done in group:
        if done.done():  # who waited too long has given up
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(StoreUnavailable(error))


async def accesses_of(
    conn: AsyncConn, account: UUID, before: int | None, limit: int
) -> list[Recorded]:
    """Read up to so many accesses to an account, newest first, those before a place in the log."""
    async with conn.transaction():
        await conn.execute(f"SET LOCAL ROLE {READER_ROLE}")
        rows = await conn.execute(_READ, (account, before, before, limit))
        return [Recorded(*row) for row in await rows.fetchall()]


def plain(name: str) -> str:
    """Return a name out of a token as the database can hold it."""
    known = name.encode(errors="replace").decode().replace("\0", "\ufffd")
    return known[:MAX_NAME_CHARACTERS]
