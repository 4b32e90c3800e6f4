"""The servers of the laboratory, behind proxies: brokers and a database that can be killed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ops.embedded.apache import Node, apache_cluster
from ops.embedded.broker import embedded_broker
from ops.embedded.child import LOOPBACK, free_port
from ops.embedded.postgres import embedded_postgres
from tests.proxy import Proxy

MAX_RECORD_BYTES = 65_536
"""A longer record is garbage; the broker takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brokers:
    """Where they listen.

    Attributes:
        direct: where the laboratory's own clients start.
        bootstrap: where the product starts: behind the proxies, and it stays there.
        proxies: one before each broker.
        nodes: those that can be killed; none when the broker keeps all in memory.

    """

    direct: str
    bootstrap: str
    proxies: list[Proxy]
    nodes: list[Node]


@contextmanager
def brokers(folder: Path, count: int) -> Iterator[Brokers]:
    """Run so many Apache Kafka; with 0, the embedded broker."""
    proxies: list[Proxy] = []
    with ExitStack() as stack:
        if not count:
            port = free_port()
            proxies.append(Proxy(LOOPBACK, port))
            stack.callback(proxies[0].close)
            stack.enter_context(embedded_broker(folder, port=port, advertised=proxies[0].port))
            yield Brokers(direct=_at(proxies), bootstrap=_at(proxies), proxies=proxies, nodes=[])
            return

        def before(port: int) -> int:
            proxies.append(Proxy(LOOPBACK, port))
            stack.callback(proxies[-1].close)
            return proxies[-1].port

        nodes = stack.enter_context(apache_cluster(folder, nodes=count, advertised=before))
        direct = ",".join(f"{LOOPBACK}:{node.port}" for node in nodes)
        yield Brokers(direct=direct, bootstrap=_at(proxies), proxies=proxies, nodes=nodes)


def _at(proxies: list[Proxy]) -> str:
    return ",".join(f"{LOOPBACK}:{proxy.port}" for proxy in proxies)


@dataclass(slots=True)
class Database:
    """A durable PostgreSQL that can be killed.

    Attributes:
        folder: its data, over all its lives.
        url: of the server itself, the superuser's.
        proxied_url: the product's: through the proxy.

    """

    folder: Path
    port: int = field(default_factory=free_port)
    url: str = ""
    proxy: Proxy = field(init=False)
    _running: ExitStack = field(default_factory=ExitStack)
    _pid: int = 0

    def __post_init__(self) -> None:
        self.proxy = Proxy(LOOPBACK, self.port)

    @property
    def proxied_url(self) -> str:
        return self.url.replace(f":{self.port}/", f":{self.proxy.port}/")

    def start(self) -> None:
        """Start it, on the data that it left: the first time, or after it was killed."""
        server = self._running.enter_context(
            embedded_postgres(self.folder, port=self.port, durable=True)
        )
        self.url, self._pid = server.url, server.pid

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        with suppress(psutil.Error):
            server = psutil.Process(self._pid)
            server.suspend()  # so that it starts no other one
            for each in (*server.children(recursive=True), server):
                with suppress(psutil.Error):
                    each.kill()
        self._running.close()

    def close(self) -> None:
        self._running.close()
        self.proxy.close()
