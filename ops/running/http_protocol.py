"""HTTP as uvicorn speaks it, with bounds on what a client may do before a request is there.

uvicorn waits for ever for headers, and takes any number of them. What comes after them is bounded
by `projections.api.border`.
"""

import asyncio
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ledger.words.texts import Text
from projections.api.problems import BAD_REQUEST, LONG_HEADERS, Refused, answer, too_slow

HEADERS_SECONDS: Final = 10.0
"""So long a client may take from connecting, or from a request's first byte, to its last header."""

MAX_HEADER_BYTES: Final = 32 * 1024
"""Of the first line and all headers of a request."""


FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})
"""Headers that say where a body ends."""


class WholeParser:
    """httptools' parser, for which a wish to speak another protocol is a header like others.

    httptools believes that another protocol begins after such a request's headers, so that its body
    is lost. Java's own client wishes for HTTP/2 with its first request, and speaks HTTP/1.1 with
    who does not take that up, as RFC 9110 (7.8) lets anybody do.
    """

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        """Tell a protocol what is parsed."""
        self._protocol = protocol
        self.on_message_begin = protocol.on_message_begin
        self.on_url = protocol.on_url
        self.on_header = protocol.on_header
        self.on_headers_complete = protocol.on_headers_complete
        self.on_body = protocol.on_body
        self._parser = httptools.HttpRequestParser(self)
        self._body: _Body | None = None

    def feed_data(self, data: bytes) -> None:
        """Parse what came.

        Raises:
            HttpParserError: it is no request.

        """
        while data:
            if self._body is not None and self._body.ended:
                self._body = None
            try:
                (self._body or self)._parser.feed_data(data)  # noqa: SLF001  ours
            except httptools.HttpParserUpgrade as wish:
                data = data[wish.args[0] :]
                framing = [each for each in self._protocol.headers if each[0] in FRAMING]
                if framing:
                    self._body = _Body(self._protocol, framing)
                else:
                    self._protocol.on_message_complete()
            else:
                return

    def get_http_version(self) -> str:
        """Return the version of HTTP of the request."""
        return self._parser.get_http_version()

    def get_method(self) -> bytes:
        """Return the method of the request."""
        return self._parser.get_method()

    def should_keep_alive(self) -> bool:
        """Tell whether the client may ask more on the connection."""
        return self._parser.should_keep_alive()

    def should_upgrade(self) -> bool:
        """Tell that we speak no other protocol."""
        return False

    def on_message_complete(self) -> None:
        """Pass on that a request ended, unless only its headers did."""
        if not self._parser.should_upgrade():
            self._protocol.on_message_complete()


class _Body:
    """Parses one body whose headers came before, and nothing behind it."""

    def __init__(self, protocol: HttpToolsProtocol, framing: list[tuple[bytes, bytes]]) -> None:
        self._protocol = protocol
        self.on_body = protocol.on_body
        self.ended = False
        self._parser = httptools.HttpRequestParser(self)
        lines = (b"%s: %s\r\n" % each for each in framing)
        self._parser.feed_data(b"POST / HTTP/1.1\r\nConnection: close\r\n%s\r\n" % b"".join(lines))

    def on_message_complete(self) -> None:
        """Pass on that it ended."""
        self.ended = True
        self._protocol.on_message_complete()


class BoundedProtocol(HttpToolsProtocol):
    """Hangs up on a client whose headers take too long, or are too many."""

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _too_long = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.parser = WholeParser(self)  # type: ignore[assignment]  # all that is asked of it
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
