"""What every route needs: who asks and what for, the rows, and an answer that is fresh enough."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import monotonic, sleep
from typing import Annotated, Final, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID, uuid4

from fastapi import Depends, Header, Path, Request, Response, Security
from fastapi.security import OpenIdConnect, SecurityScopes
from psycopg import OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout
from pydantic import BaseModel

from ledger.domain.events import (
    NOBODYS,
    AccountErased,
    AccountMerged,
    AccountUnmerged,
    Envelope,
)
from ledger.domain.regulation import Rulebook
from ledger.service.clock import Clock
from ledger.service.door import Door
from ledger.service.naming import Lots
from ledger.service.ports import StoreUnavailable
from ledger.store.postgres import PostgresStore
from projections.api.access_log import AccessLog
from projections.api.bearer import Caller, Provider
from projections.api.limits import Limits
from projections.api.problems import MISSING_SCOPE, NOT_FOUND, NOT_YET, Refused, unknown
from projections.api.recording import MAX_PURPOSE_CHARACTERS, PURPOSE, PURPOSE_PATTERN, noted
from projections.balances.view import merged_into
from projections.tables import Conn
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
        door: through which commands go.
        provider: whose tokens are taken.
        lots: how lots are called.
        clock: tells the day.
        accesses: records who looked and who acted.
        limits: how much each client may ask.
        wait_seconds: longest wait for a position that a client asks to be counted in.
        code_seconds: so long a one-time code works.

    """

    rows: "ConnectionPool[Conn]"
    store: PostgresStore
    door: Door
    provider: Provider
    lots: Lots
    clock: Clock
    accesses: AccessLog
    limits: Limits
    wait_seconds: float
    code_seconds: float

    @property
    def rules(self) -> Rulebook:
        """By which rights are given."""
        return self.door.rulebook


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


def _desk(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


AtDesk: TypeAlias = Annotated[Desk, Depends(_desk)]

_bearer = OpenIdConnect(
    scheme_name="openIdConnect",
    openIdConnectUrl="/.well-known/openid-configuration",
    description="A token of the OpenID Connect provider that this installation trusts.",
    auto_error=False,
)


def asked_by(
    request: Request,
    scopes: SecurityScopes,
    desk: AtDesk,
    authorization: Annotated[str | None, Depends(_bearer)],
) -> Caller:
    """Return who asks; from here on the access log knows.

    Raises:
        Refused: nobody whom we know, or who asks too much, or without a scope for it.
        StoreUnavailable: the access log could not be written last time, so nothing is begun.

    """
    seen = noted(request.scope)
    caller = replace(
        desk.provider.caller(authorization),
        named=seen.accounts.add,
        merged=partial(_merged, desk),
    )
    seen.headers = desk.limits.take(caller.client).headers()
    seen.caller = caller
    desk.accesses.check()
    missing = [scope for scope in scopes.scopes if scope not in caller.scopes]
    if missing:
        said = f'Bearer realm="rugzak", error="insufficient_scope", scope="{" ".join(missing)}"'
        raise Refused(
            MISSING_SCOPE,
            f"the token lacks {', '.join(missing)}",
            headers={"WWW-Authenticate": said},
            requiredScopes=list(scopes.scopes),
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


def fresh(desk: Desk, after: int | None, read: Callable[[Conn], T]) -> T:
    """Read rows, when need be until what is read reflects a position.

    Raises:
        Refused: it still doesn't after the desk's `wait_seconds`; an older answer is not given.
        StoreUnavailable: the database gives no answer.

    """
    return _until(desk, after, partial(from_rows, desk, read))


def from_rows(desk: Desk, read: Callable[[Conn], R]) -> R:
    """Read rows once, whatever position they reflect.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    try:
        with desk.rows.connection() as conn:
            return read(conn)
    except (OperationalError, PoolTimeout) as error:
        raise StoreUnavailable(str(error)) from error
    except LookupError as error:  # the read models were never made
        raise StoreUnavailable(str(error)) from error


def stands_for(desk: Desk, account: UUID) -> UUID:
    """Return the account that stands for another: that into which it was merged, or itself.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    return _merged(desk, [account]).get(account, account)


def _merged(desk: Desk, accounts: Collection[UUID]) -> Mapping[UUID, UUID]:
    return from_rows(desk, partial(merged_into, accounts=accounts))


def story_of(desk: Desk, after: int | None, account: UUID, known: datetime | None = None) -> Story:
    """Read an account's events, when need be until those of a position are there.

    Of one that was merged, those of the account that stands for it; with `known`: if it was then.

    Raises:
        Refused: as `fresh`; or there is no such account, or it was erased.
        StoreUnavailable: the database gives no answer.

    """

    def look() -> Story:
        position = desk.store.head()  # before the events, of which newer ones may be there then
        envelopes = desk.store.events_of(account)
        into = _into(envelopes, known)
        if into is None:
            return Story(position, envelopes, account)
        return Story(position, desk.store.events_of(into), into)

    found = _until(desk, after, look)
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


def _until(desk: Desk, after: int | None, look: Callable[[], T]) -> T:
    until = monotonic() + desk.wait_seconds
    while True:
        found = look()
        if after is None or found.position >= after:
            return found
        if monotonic() >= until:
            raise Refused(
                NOT_YET,
                f"position {after} is not reflected yet, only {found.position}: ask again",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
                position=found.position,
            )
        sleep(LOOK_SECONDS)


def without_parameters(request: Request) -> None:
    """Refuse any parameter of a question that takes none.

    Raises:
        Refused: there is one.

    """
    for name in request.query_params:
        raise unknown("query", name, "this question takes no parameters")


def seen_by(caller: Caller, account: UUID) -> UUID:
    """Return the account to look for: one that nobody has when it is not the caller's to see.

    So what is forbidden is unknown, in what is answered and in how long that takes. The access log
    has the account that was asked about.
    """
    caller.named(account)
    return account if account not in NOBODYS and caller.sees(account) else uuid4()


def no_such_account() -> Refused:
    """Refuse an account that is not known, or not the caller's to see: nobody learns which."""
    return Refused(NOT_FOUND, "there is no such account, or it is not yours to see")


def told(request: Request, body: BaseModel, position: int | None = None) -> Response:
    """Return an answer with its position, or 304 when the client has its content.

    What is not of the ledger has no position. What was posted is always answered whole.
    The tag is weak: it is of the content, without the position, which moves with every event.
    """
    text = body.model_dump_json(by_alias=True, exclude_none=True)
    content = text.replace(f'"position":{position}', "", 1)
    tag = f'W/"{hashlib.blake2b(content.encode(), digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    headers |= {} if position is None else {"Rugzak-Position": str(position)}
    known = request.headers.get("if-none-match", "") if request.method == "GET" else ""
    if known == "*" or tag.removeprefix("W/") in (
        each.strip().removeprefix("W/") for each in known.split(",")
    ):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="application/json")
