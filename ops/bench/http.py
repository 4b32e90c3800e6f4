"""`bench http`: balances over HTTP, beside an empty route of the same application and worker.

One worker, as `rugzak serve` has it; the load comes from a process of its own, over connections
that are kept. Throughput: closed loop, both routes in turns. Latency: an open loop of a fixed rate,
each answer counted from when its request was due, so that a queue is seen.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Ready
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import httpx2
import psutil
import psycopg
import uvicorn
import uvloop
from fastapi import Response
from psycopg.sql import SQL, Identifier

from ops import logs
from ops.api import configured, open_desk
from ops.bench.careers import SEED, careers
from ops.bench.lab import Lab, Measured, beside, in_turns, ratio, rounds, until
from ops.bench.read import multiply
from ops.embedded.child import LOOPBACK, free_port
from ops.settings import MAX_REQUESTS_PER_MINUTE, Settings
from ops.wiring import open_store
from projections.api.app import PREFIX, application
from projections.api.development import DevelopmentIssuer
from projections.balances.project import LOTS
from projections.catalogue import PROJECTIONS
from projections.runner import Runner

GOALS: Final = {"balances_vs_empty": 0.5}
PEOPLE: Final = 200
COPIES: Final = 50
OTHERS: Final = 1_000_000
"""Accounts of one lot, besides those that are asked about."""

CLIENTS: Final = 16
ROUNDS: Final = 5
ROUND_SECONDS: Final = 4.0
RATE: Final = 500
RATE_SECONDS: Final = 20.0
MIB: Final = 1024 * 1024

_OTHERS = SQL(
    "INSERT INTO {lots} ({columns}) SELECT gen_random_uuid(), {others}"
    " FROM (SELECT * FROM {lots} LIMIT 1) l, generate_series(1, {count})"
)


def measure(lab: Lab, size: float) -> Measured:
    """Ask for random balances and for nothing, in turns; then balances at a fixed rate."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    with open_store(lives.url) as store:
        Runner(lives.url, store, PROJECTIONS).catch_up()
    multiply(lives.url, max(int(COPIES * size), 2))
    accounts = _accounts(lives.url)
    _others(lives.url, max(int(OTHERS * size), 10))
    with TemporaryDirectory(prefix="rugzak-bench-api-") as folder:
        settings = Settings(
            api_port=free_port(),
            api_host=LOOPBACK,
            api_requests_per_minute=MAX_REQUESTS_PER_MINUTE,
            data_dir=Path(folder),
        )
        began = perf_counter()
        with _worker(settings, lives.url) as process:
            started = perf_counter() - began
            idle_bytes = psutil.Process(process).memory_info().rss
            asked = _requests(settings, accounts)
            seconds = ROUND_SECONDS * min(size * 4, 1)
            empty, full = in_turns(
                rounds(ROUNDS, size),
                lambda: _closed(settings, [_request(settings, f"{PREFIX}/empty")], seconds),
                lambda: _closed(settings, asked, seconds),
            )
            took = _open(settings, asked, RATE, max(RATE_SECONDS * size, 1.0))
            busy_bytes = psutil.Process(process).memory_info().rss
    percentiles = quantiles(took, n=100)
    return Measured(
        figures={
            "accounts": len(accounts) + max(int(OTHERS * size), 10),
            "balances_per_s": median(full),
            "empty_per_s": median(empty),
            "p50_ms_at_500_per_s": percentiles[49] * 1e3,
            "p99_ms_at_500_per_s": percentiles[98] * 1e3,
            "cold_start_s": started,
            "idle_mib": idle_bytes / MIB,
            "busy_mib": busy_bytes / MIB,
        },
        ratios={"balances_vs_empty": ratio(full, empty)},
    )


def _accounts(url: str) -> list[str]:
    with psycopg.connect(url) as conn:
        query = "SELECT DISTINCT account FROM projections.balances"
        found = [str(row[0]) for row in conn.execute(query)]
    Random(SEED).shuffle(found)  # noqa: S311  not a secret
    return found


def _others(url: str, count: int) -> None:
    columns = list(map(Identifier, LOTS.columns))
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            _OTHERS.format(
                lots=Identifier("projections", LOTS.name),
                columns=SQL(", ").join(columns),
                others=SQL(", ").join(Identifier("l", name) for name in LOTS.columns[1:]),
                count=count,
            )
        )
        conn.execute("VACUUM ANALYZE")


@contextmanager
def _worker(settings: Settings, url: str) -> Iterator[int]:
    """Run a worker until the block ends; yield its process id when it answers."""
    with beside(partial(_serve, settings), url) as process:
        health = f"http://{settings.api_host}:{settings.api_port}{PREFIX}/health"

        def answers() -> bool:
            try:
                return httpx2.get(health).is_success
            except httpx2.HTTPError:
                return False

        until(answers)
        assert process.pid is not None  # noqa: S101  it was started
        yield process.pid


def _serve(settings: Settings, url: str, ready: Ready) -> None:
    """Answer as a worker does, and with nothing at one more route; its log goes to a file."""
    sys.stderr = (settings.data_dir / "api.log").open("w")
    logs.configure("json")
    with open_desk(settings, url) as desk:
        app = application(desk)

        @app.get(f"{PREFIX}/empty")
        async def empty() -> Response:
            return Response(b"{}", media_type="application/json")

        config = configured(app, settings)
        config.host, config.port = settings.api_host, settings.api_port
        ready.set()
        uvicorn.Server(config).run()


def _requests(settings: Settings, accounts: Sequence[str]) -> list[bytes]:
    issuer = DevelopmentIssuer(settings.data_dir, settings.oidc_audience)
    token = issuer.token("bench", ["balances:read", "accounts:any"])
    headers = f"Authorization: Bearer {token}\r\nRugzak-Purpose: bench\r\n"
    return [
        _request(settings, f"{PREFIX}/accounts/{account}/balances", headers) for account in accounts
    ]


def _request(settings: Settings, path: str, headers: str = "") -> bytes:
    host = f"{settings.api_host}:{settings.api_port}"
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode()


def _closed(settings: Settings, requests: Sequence[bytes], seconds: float) -> float:
    """Return how many a second are answered to clients that each ask when they were answered."""
    return len(_from_outside(settings, requests, seconds, None)) / seconds


def _open(
    settings: Settings, requests: Sequence[bytes], per_second: int, seconds: float
) -> list[float]:
    """Return how long each answer took after its request was due, in seconds."""
    return _from_outside(settings, requests, seconds, per_second)


def _from_outside(
    settings: Settings, requests: Sequence[bytes], seconds: float, per_second: int | None
) -> list[float]:
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(
        target=_load,
        args=(theirs, settings.api_host, settings.api_port, list(requests), seconds, per_second),
        daemon=True,
    )
    process.start()
    found: list[float] = mine.recv()
    process.join()
    return found


def _load(
    told: Connection,
    host: str,
    port: int,
    requests: list[bytes],
    seconds: float,
    per_second: int | None,
) -> None:
    told.send(uvloop.run(_clients(host, port, requests, seconds, per_second)))


async def _clients(
    host: str, port: int, requests: list[bytes], seconds: float, per_second: int | None
) -> list[float]:
    took: list[float] = []
    turns, loop = cycle(requests), asyncio.get_running_loop()
    began = loop.time() + 0.1
    due = 0

    async def client() -> None:
        nonlocal due
        reader, writer = await asyncio.open_connection(host, port)
        while True:
            now = loop.time()
            if per_second is not None:
                at = began + due / per_second
                due += 1
                await asyncio.sleep(at - now)
            else:
                at = now
            if at > began + seconds:
                break
            writer.write(next(turns))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"an answer was {head[:40]!r}")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            await reader.readexactly(int(length))
            took.append(loop.time() - at)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return took
