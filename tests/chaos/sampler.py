"""Looks at the ledger ten times a second: where it stands, and what it holds, in one snapshot."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import psycopg

PAUSE_SECONDS = 0.1
STATEMENT_MS = 5_000

_POSITIONS = "SELECT topic, topic_id, partition, position FROM ledger.kafka_positions"
_MOST = """
SELECT (SELECT coalesce(max(number), 0) FROM ledger.receipts),
    (SELECT coalesce(max(id), 0) FROM ledger.parked),
    (SELECT coalesce(max(notification_id), 0) FROM ledger.events)
"""

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one snapshot of the database showed.

    Attributes:
        at: on the monotonic clock, when it was answered.
        positions: the next offset of each partition.
        receipt: the highest number of a receipt: those up to it, and no others, were there.
        parked: the highest id of a parked record, likewise.
        head: the position of the last event.

    """

    at: float
    positions: dict[Place, int]
    receipt: int
    parked: int
    head: int


class Sampler:
    """Samples from a thread of its own, whenever the database answers.

    Attributes:
        samples: in order; of those in a row that are alike, the first and the last.
        topic_ids: of the topics that positions are kept of.

    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self.samples: list[Sample] = []
        self.topic_ids: dict[str, set[UUID]] = {}

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def passed(self, place: Place, offset: int) -> bool:
        """Tell whether the ledger has an offset behind it."""
        return bool(self.samples) and self.samples[-1].positions.get(place, 0) > offset

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
        for topic, topic_id, _, _ in kept:
            self.topic_ids.setdefault(topic, set()).add(topic_id)
        positions = {(topic, number): position for topic, _, number, position in kept}
        sample = Sample(time.monotonic(), positions, receipt, parked, head)
        if (
            len(self.samples) > 1
            and _alike(self.samples[-1], sample)
            and _alike(self.samples[-2], sample)
        ):
            self.samples.pop()
        self.samples.append(sample)


def _alike(one: Sample, other: Sample) -> bool:
    return (one.positions, one.receipt, one.parked, one.head) == (
        other.positions,
        other.receipt,
        other.parked,
        other.head,
    )
