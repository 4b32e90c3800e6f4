"""The border of the API: limits on what comes in, and the marks by which a request is found again.

Sources: Belgian REST guide, trc-header and trace-w3c; RFC 9110.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from time import monotonic, perf_counter
from typing import Final
from urllib.parse import parse_qsl
from uuid import uuid4

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from projections.api.deprecation import deprecation_of
from projections.api.headers import add, value, values
from projections.api.languages import language_for
from projections.api.problems import (
    MAX_VALUE_CHARACTERS,
    Refused,
    answer,
    broken,
    not_acceptable,
    repeated,
    too_large,
)
from schemas.api_v1.problems import MEDIA_TYPE

TRACE: Final = "BelGov-Trace-Id"
RELATED: Final = "BelGov-Related-Trace-Id"
_TRACE_NAME: Final = TRACE.lower().encode()

MAX_BODY_BYTES: Final = 64 * 1024
"""No question or command is longer."""

BODY_SECONDS: Final = 10.0
"""So long a body may take to come in."""

JSON: Final = "application/json"
TAKEN: Final = frozenset({"*/*", "application/*", JSON, MEDIA_TYPE})
"""What a client may say that it takes, to get an answer."""

SINGLE_HEADERS: Final = {
    name.lower().encode(): name
    for name in (
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        TRACE,
        "Rugzak-After",
        "Rugzak-Purpose",
    )
}
"""Of two of these we would take one, and who looks before us perhaps the other."""

REPEATABLE: Final[frozenset[str]] = frozenset()
"""Parameters of queries that are lists."""

_TRACE_FORM: Final = re.compile("[!-~]{1,36}")

TRACEPARENT: Final = "traceparent"
_TRACEPARENT_FORM: Final = re.compile(
    "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
"""Of W3C Trace Context; versions to come begin with the same parts."""

log = structlog.get_logger(__name__)


class Border:
    """Wraps an application: gives each request its mark, bounds its body, and logs its answer.

    What is logged is the route and not the path, which names an account.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, trace = perf_counter(), str(uuid4())
        related = value(scope, _TRACE_NAME)
        scope.setdefault("state", {})["trace"] = trace
        status = 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                marks = [(TRACE, trace), ("X-Content-Type-Options", "nosniff")]
                if _TRACE_FORM.fullmatch(related):
                    marks.append((RELATED, related))
                if (deprecation := deprecation_of(scope)) is not None:
                    marks.extend(deprecation.headers().items())
                add(message, marks)
            await send(message)

        bounded = _Bounded(receive, scope)
        with structlog.contextvars.bound_contextvars(trace=trace, **_traced(scope)):
            try:
                refused = _refused(scope)
                app = self._app if refused is None else answer(refused, language_for(scope))
                await app(scope, bounded, marked)
            except Exception as error:
                if status:
                    raise  # an answer has begun: its connection is cut off
                await answer(broken(error), language_for(scope))(scope, receive, marked)
            log.info(
                "request_answered",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", None),
                status=status,
                ms=round((perf_counter() - began) * 1_000, 1),
            )


class _Bounded:
    """Hands on a body while it is JSON, not too long, and not too slow.

    Whoever reads the body hears of it: a request whose body nobody reads is answered without.
    """

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self._receive = receive
        self._is_json = _is_json(scope)
        self._until = monotonic() + BODY_SECONDS
        self._came = 0
        self._more = True

    async def __call__(self) -> Message:
        if not self._more:
            return await self._receive()  # until the client hangs up
        try:
            async with asyncio.timeout(self._until - monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, str(BODY_SECONDS)) from None
        body = message.get("body", b"")
        self._more = message.get("more_body", False)
        self._came += len(body)
        if self._came > MAX_BODY_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(MAX_BODY_BYTES))
        if body and not self._is_json:
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return message


def _refused(scope: Scope) -> Refused | None:
    """Return what is wrong with a request whatever it asks for."""
    if _length(scope) > MAX_BODY_BYTES:
        return too_large(MAX_BODY_BYTES)
    if not _takes_json(values(scope, b"accept")):
        return not_acceptable()
    names = [name for name, _ in scope["headers"]]
    for name, title in SINGLE_HEADERS.items():
        if names.count(name) > 1:
            return repeated("header", title)
    if not scope["query_string"]:
        return None
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    for asked, count in Counter(name for name, _ in query).items():
        if count > 1 and asked not in REPEATABLE:
            return repeated("query", asked[:MAX_VALUE_CHARACTERS])
    return None


def _traced(scope: Scope) -> Mapping[str, str]:
    """Return of which trace a request is a part, for all that is logged of it."""
    said = ",".join(values(scope, TRACEPARENT.encode()))  # two of them are none
    return {TRACEPARENT: said} if _TRACEPARENT_FORM.fullmatch(said) else {}


def _length(scope: Scope) -> int:
    told = value(scope, b"content-length")
    return int(told) if told.isdecimal() else 0


def _is_json(scope: Scope) -> bool:
    media, _, rest = value(scope, b"content-type").lower().partition(";")
    charset = rest.partition("charset=")[2].strip(' "')
    return media.strip() == JSON and charset in ("", "utf-8", "utf8")


def _takes_json(accept: Sequence[str]) -> bool:
    """Tell whether somebody takes our answers; who doesn't say what, takes all."""
    if not accept:
        return True
    for part in ",".join(accept).lower().split(","):
        media, *parameters = (each.strip() for each in part.split(";"))
        never = any(re.fullmatch(r"q=0(\.0*)?", each) for each in parameters)
        if media in TAKEN and not never:
            return True
    return False
