"""Asking a worker of the API, from a process of its own, over connections that are kept.

Throughput: closed loop, each client asks again when it was answered. Latency: an open loop of a
fixed rate, each answer counted from when its request was due, so that a queue is seen.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final
from uuid import uuid4

import uvloop

from ops.bench.lab import beside, until
from ops.bench.worker import work
from ops.embedded.child import LOOPBACK, free_port
from ops.settings import MAX_REQUESTS_PER_MINUTE, Settings

HEALTH: Final = "/v1/health/liveness"
NEW_ID: Final = b"@" * 36
"""Stands in a request for an id that nobody used before: a UUID, of the same length."""

START_LOOK_SECONDS: Final = 0.005
"""How often it is looked whether a worker answers yet."""

LEAD_SECONDS: Final = 0.1
"""Between a load's start and its first request that counts: the clients connect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker that answers.

    Attributes:
        settings: where it listens.
        process: its id.
        start_seconds: how long it took from nothing to its first answer.

    """

    settings: Settings
    process: int
    start_seconds: float

    def request(self, method: str, path: str, headers: Sequence[str] = (), body: str = "") -> bytes:
        """Write a request to it."""
        host = f"Host: {self.settings.api_host}:{self.settings.api_port}"
        lines = [f"{method} {path} HTTP/1.1", host, *headers]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", body]).encode()

    def per_second(self, requests: Sequence[bytes], clients: int, seconds: float) -> float:
        """Return how many a second are answered to clients that ask when they were answered."""
        took, lasted = self._loaded(requests, clients, seconds, None)
        return len(took) / lasted

    def percentiles_ms(
        self, requests: Sequence[bytes], clients: int, seconds: float, rate: int
    ) -> tuple[float, float]:
        """Return within what time half, and 99 of 100, are answered after they were due."""
        took, _ = self._loaded(requests, clients, seconds, rate)
        found = quantiles(took, n=100)
        return found[49] * 1e3, found[98] * 1e3

    def _loaded(
        self, requests: Sequence[bytes], clients: int, seconds: float, rate: int | None
    ) -> tuple[list[float], float]:
        """Return how long each answer took, and all of them together, in seconds."""
        context = get_context("spawn")
        mine, theirs = context.Pipe()
        where = self.settings.api_host, self.settings.api_port
        load = _Load(where=where, clients=clients, seconds=seconds, rate=rate)
        process = context.Process(target=_load, args=(theirs, load, list(requests)), daemon=True)
        process.start()
        theirs.close()
        found: tuple[list[float], float] = mine.recv()
        process.join()
        return found


def settings_in(folder: Path) -> Settings:
    """Return the settings of a worker that a bench asks as much as it can."""
    return Settings(
        api_port=free_port(),
        api_host=LOOPBACK,
        api_requests_per_minute=MAX_REQUESTS_PER_MINUTE,
        data_dir=folder,
    )


@contextmanager
def worker(settings: Settings, url: str, most: int | None = None) -> Iterator[Worker]:
    """Run a worker until the block ends; yield it when it answers.

    Args:
        settings: where it listens.
        url: of the database, up to date.
        most: commands in one transaction; None for as many as the API takes.

    """

    def answers() -> bool:
        # A client with more to it would take a part of what is measured from the worker's core.
        asked = HTTPConnection(settings.api_host, settings.api_port)
        try:
            asked.request("GET", HEALTH)
            return asked.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            asked.close()

    began = perf_counter()
    with beside(partial(work, settings, most), url) as process:
        until(answers, START_LOOK_SECONDS)
        took = perf_counter() - began
        assert process.pid is not None  # noqa: S101  it was started
        yield Worker(settings=settings, process=process.pid, start_seconds=took)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """How a worker is asked; without a rate as fast as it answers."""

    where: tuple[str, int]
    clients: int
    seconds: float
    rate: int | None


def _load(told: Connection, load: _Load, requests: list[bytes]) -> None:
    told.send(uvloop.run(_clients(load, requests)))


async def _clients(load: _Load, requests: list[bytes]) -> tuple[list[float], float]:
    took: list[float] = []
    turns = cycle(requests)
    began = perf_counter() + LEAD_SECONDS
    due = 0

    async def client() -> None:
        nonlocal due
        reader, writer = await asyncio.open_connection(*load.where)
        await asyncio.sleep(began - perf_counter())
        while True:
            at = now = perf_counter()
            if load.rate is not None:
                at = began + due / load.rate
                due += 1
                await asyncio.sleep(at - now)
            if at > began + load.seconds:
                break
            writer.write(next(turns).replace(NEW_ID, str(uuid4()).encode()))
            await _answered(reader)
            took.append(perf_counter() - at)
        writer.close()

    await asyncio.gather(*(client() for _ in range(load.clients)))
    return took, perf_counter() - began


async def _answered(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
    body = await reader.readexactly(int(length))
    if not head.startswith(b"HTTP/1.1 20"):
        raise RuntimeError(f"an answer was {head[:40]!r} {body[:400]!r}")
