"""The border of the API: limits on what comes in, and the marks by which a request is found again.

Sources: Belgian REST guide, trc-header and trace-w3c; RFC 9110.
"""

import re
from http import HTTPStatus
from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from projections.api.problems import answer, too_large

TRACE: Final = "BelGov-Trace-Id"
RELATED: Final = "BelGov-Related-Trace-Id"

MAX_BODY_BYTES: Final = 64 * 1024
"""No question or command is longer."""

_TRACE_FORM: Final = re.compile("[!-~]{1,36}")

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
        began, trace, headers = perf_counter(), str(uuid4()), Headers(scope=scope)
        related = headers.get(TRACE, "")
        scope.setdefault("state", {})["trace"] = trace
        status = 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                out = MutableHeaders(scope=message)
                out[TRACE] = trace
                if _TRACE_FORM.fullmatch(related):
                    out[RELATED] = related
                out["X-Content-Type-Options"] = "nosniff"
            await send(message)

        came = 0

        async def bounded() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > MAX_BODY_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(MAX_BODY_BYTES))
            return message

        with structlog.contextvars.bound_contextvars(trace=trace):
            app: ASGIApp = self._app
            if _length(headers) > MAX_BODY_BYTES:
                app = answer(too_large(MAX_BODY_BYTES))
            await app(scope, bounded, marked)
            log.info(
                "request_answered",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", None),
                status=status,
                ms=round((perf_counter() - began) * 1_000, 1),
            )


def _length(headers: Headers) -> int:
    told = headers.get("content-length", "0")
    return int(told) if told.isdigit() else 0
