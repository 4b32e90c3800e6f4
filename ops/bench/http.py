"""`bench http`: balances over HTTP, beside an empty route of the same application and worker.

One worker, as `rugzak serve` has it, is asked for both in turns, as fast as it answers; then for
balances, and for nothing, at a fixed rate (`ops.bench.load`): what nothing takes is the machine's.
Aimed at besides: p99 below 10 ms, a cold start below 1.5 s. A worker from nothing reads all code;
the next ones of a server are forked (`ops.running.beside`).
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter
from typing import Final

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from ops.bench.answering import EMPTY
from ops.bench.careers import SEED, careers
from ops.bench.lab import Lab, Measured, in_turns, ratio, rounds
from ops.bench.load import Worker, settings_in, worker
from ops.bench.read import multiply
from ops.ledger_wiring import open_store
from ops.running.api import serving
from projections.api.development import DevelopmentIssuer
from projections.api.routing import PREFIX
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
WARM_SECONDS: Final = 0.5
"""So long it is asked before that counts: its first answer checks a token, and opens pools."""

RATE: Final = 500
RATE_CLIENTS: Final = 64
"""So many that none is late because its last answer was: a rate is nobody's who waits."""

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
    lab.settle()
    seconds = ROUND_SECONDS * min(size * 4, 1)
    with (
        TemporaryDirectory(prefix="rugzak-bench-api-") as folder,
        worker(settings_in(Path(folder)), lives.url) as asked,
    ):
        idle_bytes = psutil.Process(asked.process).memory_info().rss
        nothing, balances = [asked.request("GET", EMPTY)], _requests(asked, accounts)
        asked.per_second(balances, CLIENTS, WARM_SECONDS)
        empty, full = in_turns(
            rounds(ROUNDS, size),
            lambda: asked.per_second(nothing, CLIENTS, seconds),
            lambda: asked.per_second(balances, CLIENTS, seconds),
        )
        at_rate = max(RATE_SECONDS * size, 1.0)
        p50, p99 = asked.percentiles_ms(balances, RATE_CLIENTS, at_rate, RATE)
        empty_p50, empty_p99 = asked.percentiles_ms(nothing, RATE_CLIENTS, at_rate, RATE)
        busy_bytes = psutil.Process(asked.process).memory_info().rss
    next_seconds, own_bytes = _next_worker(lives.url)
    return Measured(
        figures={
            "accounts": len(accounts) + max(int(OTHERS * size), 10),
            "balances_per_s": median(full),
            "empty_per_s": median(empty),
            "p50_ms_at_500_per_s": p50,
            "p99_ms_at_500_per_s": p99,
            "empty_p50_ms_at_500_per_s": empty_p50,
            "empty_p99_ms_at_500_per_s": empty_p99,
            "cold_start_s": asked.start_seconds,
            "next_worker_start_s": next_seconds,
            "idle_mib": idle_bytes / MIB,
            "busy_mib": busy_bytes / MIB,
            "next_worker_own_mib": own_bytes / MIB,
        },
        ratios={"balances_vs_empty": ratio(full, empty)},
    )


def _next_worker(url: str) -> tuple[float, int]:
    """Return how long one more worker of a server takes to answer, and what memory is its own."""
    server = psutil.Process()
    with TemporaryDirectory(prefix="rugzak-bench-api-") as folder, ExitStack() as running:
        running.enter_context(serving(settings_in(Path(folder)), url, Event()))
        before, began = {*server.children(recursive=True)}, perf_counter()
        running.enter_context(serving(settings_in(Path(folder)), url, Event()))
        took = perf_counter() - began
        later = {*server.children(recursive=True)} - before
        return took, max(each.memory_full_info().uss for each in later)


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


def _requests(asked: Worker, accounts: Sequence[str]) -> list[bytes]:
    issuer = DevelopmentIssuer(asked.settings.data_dir, asked.settings.oidc_audience)
    token = issuer.token("bench", ["balances:read", "accounts:any"])
    headers = [f"Authorization: Bearer {token}", "Rugzak-Purpose: bench"]
    return [
        asked.request("GET", f"{PREFIX}/accounts/{account}/balances", headers)
        for account in accounts
    ]
