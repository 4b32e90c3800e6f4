"""A TCP proxy before a server: cuts its connections, stalls or slows them, breaks one at a commit."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

HOST = "127.0.0.1"
CHUNK_BYTES = 1 << 16
CLOSE_SECONDS = 10
REFUSE_SECONDS = 0.2
Break = Literal["before", "after"]


class Proxy:
    """Forwards connections to a port, until told otherwise.

    Attributes:
        port: where it listens.
        delay: seconds that each chunk waits, in both directions.
        break_at_commit: where the line of the next commit of PostgreSQL breaks.
        breaks: how many did.

    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.delay = 0.0
        self.break_at_commit: Break | None = None
        self.breaks = 0
        self._flows = threading.Event()
        self._flows.set()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._start(self._accept)

    def cut(self) -> int:
        """End every connection at once; new ones are taken. Return how many there were."""
        with self._lock:
            ended = list(self._open)
        for each in ended:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        return len(ended) // 2

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Let nothing through, in connections that stay open and in new ones."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    @contextmanager
    def slow(self, seconds: float) -> Iterator[None]:
        """Let each chunk wait."""
        self.delay = seconds
        try:
            yield
        finally:
            self.delay = 0.0

    def close(self) -> None:
        """Take no more connections, and end those that are."""
        self._flows.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        end = time.monotonic() + CLOSE_SECONDS
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0))
            assert not thread.is_alive()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        def run() -> None:
            try:
                work(*args)
            finally:
                with self._lock:
                    self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        """Forward what a client says; another thread forwards the answers."""
        self._flows.wait()
        try:
            server = socket.create_connection(self._server)
        except OSError:  # as if nobody listened here; but who comes back at once, waits a little
            time.sleep(REFUSE_SECONDS)
            client.close()
            return
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open |= {client, server}
        answers, broken = threading.Event(), False
        self._start(self._answer, client, server, answers)
        with suppress(OSError):
            while data := client.recv(CHUNK_BYTES):
                self._pass()
                if self.break_at_commit and b"COMMIT\0" in data:
                    self._break(client, server, data)
                    broken = True
                    break
                server.sendall(data)
        if not broken:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
        answers.wait()
        with self._lock:
            self._open -= {client, server}
        client.close()
        server.close()

    def _break(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        place, self.break_at_commit = self.break_at_commit, None
        self.breaks += 1
        # From here on the client hears nothing; the server does what it is told, then sees the end.
        client.shutdown(socket.SHUT_RDWR)
        if place == "after":
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)

    def _answer(
        self, client: socket.socket, server: socket.socket, answers: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := server.recv(CHUNK_BYTES):
                self._pass()
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        answers.set()

    def _pass(self) -> None:
        """Wait as long as the proxy says."""
        if self.delay:
            time.sleep(self.delay)
        self._flows.wait()


class DatabaseProxy(Proxy):
    """A proxy before the server of a URL; `url` goes through it."""

    def __init__(self, url: str) -> None:
        to = conninfo_to_dict(url)
        super().__init__(str(to["host"]), int(str(to["port"])))
        self.url = make_conninfo(url, host=HOST, port=self.port, sslmode="disable")


@contextmanager
def proxied(url: str) -> Iterator[DatabaseProxy]:
    """Yield a proxy before the server of a URL."""
    proxy = DatabaseProxy(url)
    try:
        yield proxy
    finally:
        proxy.close()
