"""What every route needs: who asks and what for, the rows, and an answer that is fresh enough."""

import hashlib
from asyncio import sleep
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Annotated, Final, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID, uuid4

import orjson
from fastapi import Depends, Header, Path, Request, Response, Security
from fastapi.security import OpenIdConnect, SecurityScopes
from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from ledger.audit.histories import Histories
from ledger.audit.seen import Seen, Texts
from ledger.domain.events import (
    NOBODYS,
    AccountErased,
    AccountMerged,
    AccountUnmerged,
    Envelope,
)
from ledger.domain.rulebook import Rulebook
from ledger.service.clock import Clock
from ledger.service.door import Door
from ledger.service.naming import Lots
from ledger.service.ports import StoreUnavailable
from ledger.store.postgres import PostgresStore
from ledger.words.language import Language
from ledger.words.texts import Text
from projections.api.access_log import AccessLog
from projections.api.bearer import Provider
from projections.api.caller import Caller
from projections.api.languages import headers_of
from projections.api.limits import Limits
from projections.api.problems import MISSING_SCOPE, NOT_FOUND, NOT_YET, Refused, unknown
from projections.api.recording import MAX_PURPOSE_CHARACTERS, PURPOSE, PURPOSE_PATTERN, noted
from projections.api.strangers import Strangers
from projections.balances.view import merged_into
from projections.tables import AsyncConn, Reading, ask_async
from projections.timeline.view import is_known
from schemas.api_v1.written import AS_NUMBER, AS_REFERENCE
from schemas.cloudevents import UUID_PATTERN

LOOK_SECONDS: Final = 0.02
"""How often a question that must not be answered too early looks again."""

RETRY_AFTER_SECONDS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the API answers with.

    Attributes:
        rows: connections to the read models.
        store: the ledger's, for what was known earlier and what would be given.
        histories: events of accounts, for the same; long ones are kept.
        texts: the regulations of any instant.
        door: through which commands go.
        provider: whose tokens are taken.
        lots: how lots are called.
        clock: tells the day.
        accesses: records who looked and who acted.
        limits: how much each client may ask.
        strangers: how often somebody may come without a good token.
        wait_seconds: longest wait for a position that a client asks to be counted in.
        code_seconds: so long a one-time code works.

    """

    rows: "AsyncConnectionPool[AsyncConn]"
    store: PostgresStore
    histories: Histories
    texts: Texts
    door: Door
    provider: Provider
    lots: Lots
    clock: Clock
    accesses: AccessLog
    limits: Limits
    strangers: Strangers
    wait_seconds: float
    code_seconds: float

    @property
    def rules(self) -> Rulebook:
        """By which rights are given."""
        return self.door.rulebook

    def seen(self, envelopes: Iterable[Envelope], known: datetime | None = None) -> Seen:
        """Return an account as it was known at an instant, from its events."""
        now = self.clock.now()
        log = self.histories
        return Seen(envelopes, log=log, texts=self.texts, now=now, known=known, state=log.state)


class Positioned(Protocol):
    """What reflects the log up to a position."""

    @property
    def position(self) -> int:
        """Of the last event that it reflects."""
        ...


class Story(NamedTuple):
    """An account's events, as of a position in the log.

    Attributes:
        account: whose; another than was asked about, when that one was merged into it.

    """

    position: int
    envelopes: Sequence[Envelope]
    account: UUID


R = TypeVar("R")
T = TypeVar("T", bound=Positioned)


async def _desk(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


AtDesk: TypeAlias = Annotated[Desk, Depends(_desk)]


class _AskedBy(OpenIdConnect):
    """Finds out who asks; the document has it as the one way to say so.

    It reads desk and token itself: a dependency of a dependency costs as much as a route.
    """

    async def __call__(self, request: Request, scopes: SecurityScopes) -> Caller:  # type: ignore[override]
        """Return who asks; from here on the access log knows.

        Raises:
            Refused: nobody whom we know, or who asks too much, or without a scope for it.
            StoreUnavailable: the access log could not be written last time, so nothing is begun.

        """
        desk: Desk = request.app.state.desk
        return await _caller(desk, request, scopes.scopes)


asked_by = _AskedBy(
    scheme_name="openIdConnect",
    openIdConnectUrl="/.well-known/openid-configuration",
    description="A token of the OpenID Connect provider that this installation trusts.",
)


async def _caller(desk: Desk, request: Request, scopes: Sequence[str]) -> Caller:
    seen = noted(request.scope)
    caller = Caller(await desk.strangers.admit(desk.provider, request))
    seen.headers = desk.limits.take(caller.client).headers()
    seen.caller = caller
    desk.accesses.check()
    missing = [scope for scope in scopes if scope not in caller.claims.scopes]
    if missing:
        said = f'Bearer realm="rugzak", error="insufficient_scope", scope="{" ".join(missing)}"'
        raise Refused(
            MISSING_SCOPE,
            Text("api-scope", scopes=", ".join(missing)),
            headers={"WWW-Authenticate": said},
            requiredScopes=list(scopes),
        )
    return caller


ReadsBalances: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["balances:read"])]
ReadsTimeline: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["timeline:read"])]

ReadsSchemes: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["schemes:read"])]
ReadsQuotes: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["quotes:read"])]
ReadsOverview: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["overview:read"])]
ReadsOutcomes: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["outcomes:read"])]

Account: TypeAlias = Annotated[
    UUID,
    Path(
        alias="accountId",
        description="Opaque reference to the person, or to an enterprise that holds rights. Never "
        "a national number.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
    AS_REFERENCE,
]
Purpose: TypeAlias = Annotated[
    str,
    Header(
        alias=PURPOSE,
        pattern=PURPOSE_PATTERN,
        max_length=MAX_PURPOSE_CHARACTERS,
        description="What the data is for; the person sees it in the access log.",
        examples=["enrolment"],
    ),
]
After: TypeAlias = Annotated[
    int | None,
    Header(
        alias="Rugzak-After",
        ge=0,
        description="A position that the answer has to reflect, such as that of your last write.",
    ),
    AS_NUMBER,
]


async def fresh(desk: Desk, after: int | None, reading: Callable[[], Reading[T]]) -> T:
    """Read rows, when need be until what is read reflects a position.

    Raises:
        Refused: it still doesn't after the desk's `wait_seconds`; an older answer is not given.
        StoreUnavailable: the database gives no answer.

    """
    return await until(desk, after, partial(from_rows, desk, reading))


async def from_rows(desk: Desk, reading: Callable[[], Reading[R]]) -> R:
    """Read rows once, whatever position they reflect.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    async with rows_of(desk) as conn:
        return await ask_async(conn, reading())


@asynccontextmanager
async def rows_of(desk: Desk) -> AsyncIterator[AsyncConn]:
    """Yield a connection to the read models.

    Raises:
        StoreUnavailable: the database gives no answer, or the read models were never made.

    """
    try:
        async with desk.rows.connection() as conn:
            yield conn
    except (OperationalError, PoolTimeout, LookupError) as error:
        raise StoreUnavailable(str(error)) from error


async def stands_for(desk: Desk, account: UUID) -> UUID:
    """Return the account that stands for another: that into which it was merged, or itself.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    into = await from_rows(desk, partial(merged_into, [account]))
    return into.get(account, account)


async def recognise(desk: Desk, caller: Caller, accounts: Collection[UUID]) -> None:
    """Find which of some accounts are the caller's by another name, because they were merged.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    own = () if caller.account is None else (caller.account,)
    others = [each for each in accounts if not caller.sees(each)]
    if others and (own or caller.claims.mandates):
        asked = [*others, *own, *caller.claims.mandates]
        caller.finds(others, await from_rows(desk, partial(merged_into, asked)))


async def story_of(
    desk: Desk,
    after: int | None,
    account: UUID,
    known: datetime | None = None,
    *,
    also_merged: bool = False,
) -> Story:
    """Read an account's events, when need be until those of a position are there.

    Of one that was merged, those of the account that stands for it; with `known`: if it was then;
    with `also_merged` its own, whatever became of it.

    Raises:
        Refused: as `fresh`; or there is no such account, or it was erased.
        StoreUnavailable: the database gives no answer.

    """

    def look() -> Story:
        position = desk.store.head()  # before the events, of which newer ones may be there then
        envelopes = desk.histories.events_of(account)
        into = None if also_merged else _into(envelopes, known)
        if into is None:
            return Story(position, envelopes, account)
        return Story(position, desk.histories.events_of(into), into)

    found = await until(desk, after, partial(run_in_threadpool, look))
    if not found.envelopes or any(isinstance(x.event, AccountErased) for x in found.envelopes):
        raise no_such_account()
    return found


def _into(envelopes: Sequence[Envelope], known: datetime | None) -> UUID | None:
    """Return into which account one was merged, as it is known now or was at an instant."""
    into: UUID | None = None
    for each in envelopes:
        if known is not None and each.metadata.recorded_at > known:
            break
        if isinstance(each.event, AccountMerged | AccountUnmerged):
            into = each.event.into if isinstance(each.event, AccountMerged) else None
    return into


async def until(desk: Desk, after: int | None, look: Callable[[], Awaitable[T]]) -> T:
    """Look until what is found reflects a position.

    Raises:
        Refused: it still doesn't after the desk's `wait_seconds`.

    """
    last = monotonic() + desk.wait_seconds
    while True:
        found = await look()
        if after is None or found.position >= after:
            return found
        if monotonic() >= last:
            raise Refused(
                NOT_YET,
                Text("api-not-yet", asked=str(after), position=str(found.position)),
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
                position=found.position,
            )
        await sleep(LOOK_SECONDS)


async def without_parameters(request: Request) -> None:
    """Refuse any parameter of a question that takes none.

    Raises:
        Refused: there is one.

    """
    for name in request.query_params:
        raise unknown("query", name, Text("api-no-parameters"))


async def seen_by(desk: Desk, caller: Caller, account: UUID) -> UUID:
    """Return the account to look for: one that nobody has when it is not the caller's to see.

    So what is forbidden is unknown, in what is answered and in how long that takes. The access log
    has the account that was asked about.
    """
    await recognise(desk, caller, [account])
    return shown(caller, account)


def shown(caller: Caller, account: UUID) -> UUID:
    """Return the account to look for, of one that was recognised already."""
    caller.named.add(account)
    return account if account not in NOBODYS and caller.sees(account) else uuid4()


async def refuse_unknown(desk: Desk, after: int | None, account: UUID) -> None:
    """Make sure that anything was ever told of an account.

    Raises:
        Refused: nothing was; or as `fresh`.
        StoreUnavailable: the database gives no answer.

    """
    if not (await fresh(desk, after, partial(is_known, account))).known:
        raise no_such_account()


def no_such_account() -> Refused:
    """Refuse an account that is not known, or not the caller's to see: nobody learns which."""
    return Refused(NOT_FOUND, Text("api-no-account"))


def told(
    request: Request,
    body: BaseModel | Mapping[str, object],
    position: int | None = None,
    say: Language | None = None,
) -> Response:
    """Return an answer with its position, or 304 when the client has its content.

    A body that is not a model is as one would write it: what is read most is told without checks.

    What is not of the ledger has no position. What was posted is always answered whole.
    The tag is weak: it is of the content, without the position, which moves with every event.
    `say` is the language of an answer that has texts: each language has tags of its own.
    """
    if isinstance(body, BaseModel):
        text = body.model_dump_json(by_alias=True, exclude_none=True).encode()
    else:
        text = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    content = text.replace(b'"position":%d' % (position or 0), b"", 1)
    salt = b"" if say is None else say.code.encode()
    digest = hashlib.blake2b(content, digest_size=12, salt=salt).hexdigest()
    tag = f'W/"{digest}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    headers |= {} if position is None else {"Rugzak-Position": str(position)}
    headers |= {} if say is None else headers_of(say)
    known = request.headers.get("if-none-match", "") if request.method == "GET" else ""
    if known == "*" or tag.removeprefix("W/") in (
        each.strip().removeprefix("W/") for each in known.split(",")
    ):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="application/json")
