"""What the benches share: servers of their own, fair turns, and the object that each answers."""

import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from os import cpu_count, getloadavg
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TypeVar

import psycopg
from psycopg.sql import SQL, Identifier

from ledger.store.migrations import migrate
from ops.embedded.broker import embedded_broker
from ops.embedded.postgres import PostgresServer, embedded_postgres

MIGRATED = "migrated"
"""The database that others are copied from."""

SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
"""Settings of the server that say whether a commit is durable."""

START_SECONDS = 60.0
LOOK_SECONDS = 0.05
"""How often a bench looks how far the work is."""

MIB = 1 << 20

QUICK = 0.1
"""A smaller size than this is for seeing that it works, not for its figures."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a bench found.

    Attributes:
        figures: absolute, with the unit in the key.
        ratios: to baselines of the same run.
        profile: where the time goes, with the unit in the key.

    """

    figures: dict[str, float]
    ratios: dict[str, float] = field(default_factory=dict)
    profile: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Lab:
    """A PostgreSQL with durable commits and a broker, both for the benches alone."""

    postgres: PostgresServer
    bootstrap_servers: str
    numbers: Iterator[int] = field(default_factory=count)

    def database(self, template: str = MIGRATED) -> str:
        """Make a database from another one, or from `template1`; return its URL."""
        name = f"bench_{next(self.numbers)}"
        with psycopg.connect(self.postgres.url, autocommit=True) as conn:
            conn.execute(
                SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
            )
        return self.url_of(name)

    def url_of(self, database: str) -> str:
        """Return the URL of a database."""
        return f"{self.postgres.url.rpartition('/')[0]}/{database}"

    def settle(self) -> None:
        """Wait until what was loaded is on the disk: else its writing stalls what is measured."""
        with psycopg.connect(self.postgres.url, autocommit=True) as conn:
            conn.execute("CHECKPOINT")

    def machine(self) -> dict[str, object]:
        """Say what the figures were measured on."""
        with psycopg.connect(self.postgres.url) as conn:
            rows = [conn.execute(f"SHOW {name}".encode()).fetchone() for name in SHOWN]
        return {
            "cpus": cpu_count(),
            "cpu": platform.processor() or platform.machine(),
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version(),
            "postgres": {name: row[0] for name, row in zip(SHOWN, rows, strict=True) if row},
            "load_1m": round(getloadavg()[0], 2),
        }


@contextmanager
def laboratory() -> Iterator[Lab]:
    """Run the servers in a folder that goes afterwards."""
    with TemporaryDirectory(prefix="rugzak-bench-") as name:
        folder = Path(name)
        with (
            embedded_postgres(folder / "postgres") as postgres,
            embedded_broker(folder / "broker") as broker,
        ):
            lab = Lab(postgres, broker.bootstrap_servers)
            with psycopg.connect(postgres.url, autocommit=True) as conn:
                conn.execute(SQL("CREATE DATABASE {}").format(Identifier(MIGRATED)))
            migrate(lab.url_of(MIGRATED))
            yield lab


@contextmanager
def beside(work: Callable[[str, Event], None], url: str) -> Iterator[SpawnProcess]:
    """Let another process work on a database, once it says that it is ready, until the end."""
    context = get_context("spawn")
    ready = context.Event()
    process = context.Process(target=work, args=(url, ready), daemon=True)
    process.start()
    try:
        if not ready.wait(START_SECONDS):
            raise RuntimeError("the process beside did not start in time")
        yield process
    finally:
        process.terminate()
        process.join()


def apart(work: Callable[..., T], *given: object) -> T:
    """Return what a function of a module returns in a process of its own, whose memory is all its.

    Raises:
        EOFError: it failed; its own words are on standard error.

    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_told, args=(work, given, theirs))
    process.start()
    theirs.close()
    try:
        done: T = ours.recv()
        return done
    finally:
        process.join()


def _told(work: Callable[..., object], given: tuple[object, ...], out: Connection) -> None:
    out.send(work(*given))


class Memory:
    """The most memory that this process was seen to use, bytes, at the times of a look."""

    def __init__(self) -> None:
        """Look once."""
        import psutil  # noqa: PLC0415  comes with the embedded servers

        self._process = psutil.Process()
        self.peak = 0
        self.look()

    def look(self, *_: object) -> None:
        """Look now, whatever is said of how far the work is."""
        self.peak = max(self.peak, self._process.memory_info().rss)


def until(reached: Callable[[], bool], every: float = LOOK_SECONDS) -> None:
    """Wait for a condition; look each time so many seconds have passed."""
    while not reached():
        sleep(every)


def rounds(usual: int, size: float) -> int:
    """Return how often each way has its turn: once when only whether it works is looked at."""
    return usual if size >= QUICK else 1


def in_turns(rounds: int, *ways: Callable[[], float]) -> list[list[float]]:
    """Run each way in turn, round by round, so that all meet the same drift of the machine."""
    found: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, figures in zip(ways, found, strict=True):
            figures.append(way())
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of the rounds."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
