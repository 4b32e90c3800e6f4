"""Looks at the ledger ten times a second: where it stands, and what it holds, in one snapshot."""

import threading
import time
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

import psycopg

PAUSE_SECONDS = 0.1
STATEMENT_MS = 5_000

_POSITIONS = "SELECT topic, partition, position FROM ledger.kafka_positions"
_MOST = """
SELECT (SELECT coalesce(max(number), 0) FROM ledger.receipts),
    (SELECT coalesce(max(id), 0) FROM ledger.parked),
    (SELECT coalesce(max(notification_id), 0) FROM ledger.events)
"""
_THERE = "SELECT to_regclass('projections.registry') IS NOT NULL"
_OUT = "SELECT name, position FROM ledger.relay_positions"
_PROJECTED = "SELECT name, position FROM projections.registry WHERE state = 'live'"

Place: TypeAlias = tuple[str, int]
"""A topic, and the number of a partition."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one snapshot of the database showed.

    Attributes:
        at: on the monotonic clock, when it was answered.
        positions: the next offset of each partition.
        receipt: the highest number of a receipt: those up to it, and no others, were there.
        parked: the highest id of a parked record, likewise.
        head: the position of the last event.
        out: how far each stream that goes out went.
        projected: how far each read model is.

    """

    at: float
    positions: dict[Place, int]
    receipt: int
    parked: int
    head: int
    out: dict[str, int]
    projected: dict[str, int]


class Sampler:
    """Samples from a thread of its own, whenever the database answers.

    Attributes:
        samples: in order; of those in a row that are alike, the first and the last.
        reached: the highest position that each partition ever had.

    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self.samples: list[Sample] = []
        self.reached: dict[Place, int] = {}

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def position(self, place: Place) -> int:
        """Return the offset that the ledger reads next in a partition."""
        return self.samples[-1].positions.get(place, 0) if self.samples else 0

    def since(self, moment: float) -> list[Sample]:
        """Return the samples after a moment."""
        return self.samples[bisect_left(self.samples, moment, key=lambda sample: sample.at) :]

    def head_at(self, moment: float) -> int | None:
        """Return the position of the last event in the first sample after a moment."""
        later = self.since(moment)
        return later[0].head if later else None

    def _run(self) -> None:
        while not self._stop.is_set():
            with (
                suppress(psycopg.Error),
                psycopg.connect(
                    self._url,
                    connect_timeout=2,
                    options=f"-c statement_timeout={STATEMENT_MS}",
                ) as conn,
            ):
                conn.read_only = True
                conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                while not self._stop.wait(PAUSE_SECONDS):
                    self._take(conn)
            self._stop.wait(PAUSE_SECONDS)

    def _take(self, conn: psycopg.Connection) -> None:
        with conn.transaction():
            kept = conn.execute(_POSITIONS).fetchall()
            receipt, parked, head = conn.execute(_MOST).fetchone() or (0, 0, 0)
            out: dict[str, int] = dict(conn.execute(_OUT).fetchall())
            there = conn.execute(_THERE).fetchone()
            projected: dict[str, int] = {}
            if there and there[0]:
                projected = dict(conn.execute(_PROJECTED).fetchall())
        positions = {(topic, number): position for topic, number, position in kept}
        for place, position in positions.items():
            self.reached[place] = max(position, self.reached.get(place, 0))
        at = time.monotonic()
        sample = Sample(at, positions, receipt, parked, head, out, projected)
        if len(self.samples) > 1 and all(
            replace(one, at=at) == sample for one in self.samples[-2:]
        ):
            self.samples.pop()
        self.samples.append(sample)
