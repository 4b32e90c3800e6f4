"""A TCP proxy before PostgreSQL that breaks the line at a commit, before or after it happened."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

CHUNK_BYTES = 1 << 16
Break = Literal["before", "after"]


class Proxy:
    """Forwards connections; `break_at_commit` says where the next commit's line breaks."""

    def __init__(self, url: str) -> None:
        to = conninfo_to_dict(url)
        self._server = (str(to["host"]), int(str(to["port"])))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = make_conninfo(
            url, host="127.0.0.1", port=self._listener.getsockname()[1], sslmode="disable"
        )
        self.break_at_commit: Break | None = None
        self.breaks = 0
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._start(self._forward, client, server)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Forward what the client says; another thread forwards the answers."""
        self._start(self._answer, client, server)
        with suppress(OSError), client, server:
            while data := client.recv(CHUNK_BYTES):
                if self.break_at_commit and b"COMMIT\0" in data:
                    self._break(client, server, data)
                    return
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)

    def _break(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        place, self.break_at_commit = self.break_at_commit, None
        self.breaks += 1
        # From here on the client hears nothing; the server does what it is told, then sees the end.
        client.shutdown(socket.SHUT_RDWR)
        if place == "after":
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)

    @staticmethod
    def _answer(client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(CHUNK_BYTES):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections, and wait for those that are."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive()


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    """Yield a proxy before the server of a URL."""
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()
