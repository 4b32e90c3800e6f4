"""HTTP as uvicorn speaks it, with bounds on what a client may do before a request is there.

uvicorn waits for ever for headers, and takes any number of them. What comes after them is bounded
by `projections.api.border`.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ledger.words.texts import Text
from projections.api.problems import BAD_REQUEST, LONG_HEADERS, Refused, answer, too_slow

HEADERS_SECONDS: Final = 10.0
"""So long a client may take from connecting, or from a request's first byte, to its last header."""

MAX_HEADER_BYTES: Final = 32 * 1024
"""Of the first line and all headers of a request."""


class BoundedProtocol(HttpToolsProtocol):
    """Hangs up on a client whose headers take too long, or are too many."""

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _too_long = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; refuse headers that don't end."""
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self._timer is None:
            self._wait()
        super().data_received(data)
        if self._timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEADER_BYTES and not self.transport.is_closing():
                self._too_long = True
                self.send_400_response("")

    def on_headers_complete(self) -> None:
        """Begin with a request, unless its headers are too long."""
        self._wait_no_more()
        if sum(len(name) + len(value) for name, value in self.headers) > MAX_HEADER_BYTES:
            self._too_long = True
            raise ValueError("headers too long")  # the parser's caller answers with 400's method
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, and hang up; `msg` is uvicorn's, and not told."""
        del msg
        if self._too_long:
            text = Text("api-long-headers", limit=str(MAX_HEADER_BYTES))
            self._hang_up(Refused(LONG_HEADERS, text))
        else:
            self._hang_up(Refused(BAD_REQUEST, Text("api-no-request")))

    def _wait(self) -> None:
        self._head_bytes = 0
        self._timer = self.loop.call_later(HEADERS_SECONDS, self._waited)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _waited(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self._hang_up(too_slow(HEADERS_SECONDS))

    def _hang_up(self, refused: Refused) -> None:
        """Write an answer when none is under way, and close."""
        under_way: Any = self.cycle
        if under_way is None or under_way.response_complete:
            response = answer(refused)
            head = f"HTTP/1.1 {response.status_code} {refused.kind.title}\r\n".encode()
            response.headers["connection"] = "close"
            lines = b"".join(name + b": " + value + b"\r\n" for name, value in response.raw_headers)
            self.transport.write(head + lines + b"\r\n" + bytes(response.body))
        self._wait_no_more()
        self.transport.close()
