"""The access log: who looked at whose data, or acted; nothing is answered before it is recorded.

What requests hand over while a worker commits is its next commit, so that many at once cost one.
See ops/docs/decisions/0024-the-access-log.md.
"""

import asyncio
from asyncio import Future
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final, Literal, NamedTuple, Self, TypeAlias
from uuid import UUID

import psycopg
import structlog
from pydantic_core import to_json

from ledger.service.ports import StoreUnavailable
from projections.api.together import Together
from projections.runner import connection_settings
from projections.tables import AsyncConn

WRITER_ROLE: Final = "rugzak_access_writer"
READER_ROLE: Final = "rugzak_access_reader"

MAX_GROUP_REQUESTS: Final = 500
"""So many requests share a commit."""

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
_TYPED: Final = ", ".join(
    f"{each.name} {'uuid' if each.type is UUID else 'text'}" for each in fields(Access)
)
_ADD: Final = (
    f"INSERT INTO access.log ({', '.join(_COLUMNS)})"  # noqa: S608  constants
    f" SELECT * FROM json_to_recordset(%s::json) AS accesses ({_TYPED})"
)
_READ: Final = f"""
    SELECT * FROM (
        SELECT DISTINCT ON (found.trace) found.*
        FROM unnest(%(accounts)s::uuid[]) AS asked (account)
        CROSS JOIN LATERAL (
            SELECT {", ".join(Recorded._fields)} FROM access.log
            WHERE account = asked.account AND (%(before)s::bigint IS NULL OR id < %(before)s)
            ORDER BY id DESC LIMIT %(limit)s
        ) found
        ORDER BY found.trace, found.id
    ) each_once
    ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608  constants


class AccessLog:
    """Writes the access log; for many tasks of one event loop, used as a context manager."""

    def __init__(self, url: str) -> None:
        """Prepare to write in a database; what comes first connects."""
        self._url = url
        self._group = Together(self._write, MAX_GROUP_REQUESTS, "the access log")
        self._conn: AsyncConn | None = None
        self._trouble: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._trouble = None
        await self._group.ended()
        await self._close()

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
        return self._group.ask(accesses)

    async def _write(self, requests: Sequence[Sequence[Access]]) -> Sequence[None]:
        """Commit what some requests did; after a failure once more, on a new connection.

        Raises:
            StoreUnavailable: it failed twice; it is tried again soon, asked or not.

        """
        accesses = [access for each in requests for access in each]
        for _ in range(2):
            try:
                await self._commit(accesses)
            except psycopg.Error as error:
                await self._close()
                trouble = str(error).strip() or type(error).__name__
            else:
                self._trouble = None
                return [None] * len(requests)
        if self._trouble is None:
            log.error("access_log_broken", error=trouble)
        self._trouble = trouble
        asyncio.get_running_loop().call_later(RETRY_SECONDS, self._retry)
        raise StoreUnavailable(trouble)

    def _retry(self) -> None:
        """See whether the log can be written again, unless that is known or nobody works here."""
        if self._trouble is not None:
            # Nobody waits for this answer: what went wrong is kept.
            self._group.ask(()).add_done_callback(Future.exception)

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
            # Of one text PostgreSQL makes rows quicker than of an array for each column.
            await self._conn.execute(_ADD, [to_json(accesses).decode()])
        else:
            await self._conn.execute("SELECT 1")

    async def _close(self) -> None:
        if self._conn is not None:
            with suppress(psycopg.Error):
                await self._conn.close()
        self._conn = None


async def accesses_of(
    conn: AsyncConn, accounts: Sequence[UUID], before: int | None, limit: int
) -> list[Recorded]:
    """Read up to so many accesses to some accounts, newest first, before a place in the log.

    A request that was about several of them is told once.
    """
    asked = {"accounts": list(accounts), "before": before, "limit": limit}
    async with conn.transaction():
        await conn.execute(f"SET LOCAL ROLE {READER_ROLE}")
        rows = await conn.execute(_READ, asked)
        return [Recorded(*row) for row in await rows.fetchall()]


def plain(name: str) -> str:
    """Return a name out of a token as the database can hold it."""
    known = name.encode(errors="replace").decode().replace("\0", "\ufffd")
    return known[:MAX_NAME_CHARACTERS]
