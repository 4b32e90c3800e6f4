"""Holds each answer about a person until the access is in the access log.

A route can't forget it: whatever names an account, in its path or by `asking.seen_by`, is recorded
for whoever was let in with a token.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.service.ports import StoreUnavailable
from ledger.words.texts import Text
from projections.api.access_log import Access, AccessLog, Acting, Outcome, plain
from projections.api.caller import ANY_ACCOUNT, Caller
from projections.api.headers import add, value
from projections.api.languages import language_for
from projections.api.problems import UNAVAILABLE, Refused, answer

PURPOSE: Final = "Rugzak-Purpose"
_PURPOSE_NAME: Final = b"rugzak-purpose"
PURPOSE_PATTERN: Final = "^[a-z][a-z0-9-]*$"
MAX_PURPOSE_CHARACTERS: Final = 60

WAIT_SECONDS: Final = 5.0
"""So long an answer is held for the access log; then it isn't given."""

ACCOUNT: Final = "accountId"
"""The parameter of paths that names an account."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Noted:
    """What a request was seen to do, so far.

    Attributes:
        caller: who asks, once a token said so, unless it has asked too much.
        headers: what every answer to the caller says besides.

    """

    caller: Caller | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def noted(scope: Scope) -> Noted:
    """Return what is noted of a request."""
    found: Noted = scope["state"]["noted"]
    return found


class Recording:
    """Wraps an application: an answer about a person is given once it is recorded."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application, whose desk has the log."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["noted"] = Noted()
        started = withheld = False

        async def recorded(message: Message) -> None:
            nonlocal started, withheld
            if message["type"] == "http.response.start":
                started = True
                if not await _record(scope, int(message["status"])):
                    withheld = True
                    await _unrecorded(scope)(scope, receive, send)
                add(message, noted(scope).headers.items())
            if not withheld:
                await send(message)

        try:
            await self._app(scope, receive, recorded)
        except Exception:
            if not started:
                await _record(scope, HTTPStatus.INTERNAL_SERVER_ERROR)
            raise


async def _record(scope: Scope, status: int) -> bool:
    """Record a request that ends with a status; tell whether that is done, or not needed."""
    accesses = _accesses(scope, status)
    if not accesses:
        return True
    accessed: AccessLog = scope["app"].state.desk.accesses
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await accessed.record(accesses)
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("access_not_recorded", error=str(error) or type(error).__name__)
        return False
    return True


def _accesses(scope: Scope, status: int) -> Sequence[Access]:
    seen = noted(scope)
    caller = seen.caller
    if caller is None:
        return ()
    accounts = set(caller.named)
    with suppress(KeyError, ValueError):  # it names none, or what is no account
        accounts.add(UUID(str(scope["path_params"][ACCOUNT])))
    said = value(scope, _PURPOSE_NAME)
    known = len(said) <= MAX_PURPOSE_CHARACTERS and re.fullmatch(PURPOSE_PATTERN, said)
    return [
        Access(
            account=account,
            client=plain(caller.client),
            subject=plain(caller.claims.subject),
            acting=(acting := _acting(caller, account)),
            purpose=said if known else None,
            operation=scope["route"].operation_id,
            outcome=_outcome(status, acting),
            trace=UUID(scope["state"]["trace"]),
            mandate=caller.helped.get(account),
        )
        for account in sorted(accounts)
    ]


def _acting(caller: Caller, account: UUID) -> Acting:
    if account == caller.account:
        return "own"
    if account in caller.found:
        return caller.found[account]
    if account in caller.claims.mandates or account in caller.helped:
        return "mandate"
    return "system" if ANY_ACCOUNT in caller.claims.scopes else "none"


def _outcome(status: int, acting: Acting) -> Outcome:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "failed"
    if status == HTTPStatus.NOT_FOUND:
        return "notFound"
    if status >= HTTPStatus.BAD_REQUEST:
        return "refused"
    # One of several accounts that an answer is about: this one was looked for as nobody's.
    return "notFound" if acting == "none" else "answered"


def _unrecorded(scope: Scope) -> ASGIApp:
    refused = Refused(UNAVAILABLE, Text("api-unrecorded"), headers={"Retry-After": "1"})
    return answer(refused, language_for(scope))
