"""Publishes lives, many at a time, mixed: late, twice, out of order, and with garbage between."""

import heapq
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.chaos.garbage import Record, sound, spoilt
from tests.chaos.population import Life, Told, life

GARBAGE_SHARE = 0.03
TWICE_SHARE = 0.12
LONGEST_ECHO_SECONDS = 20.0
"""So long after a record its copy comes, at most."""

DELIVERY_MS = 300_000
"""A broker that is away is waited for; who gives up would publish again, and out of order."""

Place = tuple[str, int]
"""A topic, and the number of a partition."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that the brokers have.

    Attributes:
        at: when it was handed to the client, on the monotonic clock.

    """

    place: Place
    offset: int
    at: float


@dataclass(slots=True)
class _Living:
    life: Life
    told: int = 0
    published: list[Sent] = field(default_factory=list)

    def may_go_on(self) -> bool:
        """Tell whether something is left, and what has to come first is with the brokers."""
        first = self.told >= self.life.needed > len(self.published)
        return bool(self.life.career or self.life.rights) and not first


class Generator:
    """Publishes until told to stop; then finishes the lives that it began.

    Attributes:
        sent: what the brokers have, by partition, in order of offset.
        lives: how many were begun.
        failure: what ended it before its time.

    """

    def __init__(
        self,
        bootstrap: str,
        seed: int,
        *,
        people: int,
        per_second: float,
        passed: Callable[[Place, int], bool],
        early: bool = False,
    ) -> None:
        """Prepare.

        Args:
            bootstrap: the brokers.
            seed: of the lives, and of how they are mixed.
            people: of how many lives something is told at a time.
            per_second: how many records.
            passed: whether the ledger has an offset behind it.
            early: whether captures are told before their reservation.

        """
        self._bootstrap = bootstrap
        self._seed = seed
        self._people = people
        self._pause = 1 / per_second
        self._passed = passed
        self._early = early
        self._dice = random.Random(seed)  # noqa: S311  not a secret
        self._numbers = count(1)
        self._echoes: list[tuple[float, int, Record]] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.sent: dict[Place, list[Sent]] = {}
        self.lives = 0
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="generator", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, seconds: float) -> None:
        """Begin no more lives, and wait until those begun are told to their end."""
        self._stop.set()
        self._thread.join(seconds)
        if self.failure is not None:
            raise self.failure
        assert not self._thread.is_alive(), "the lives were not told in time"

    def first_since(self, at: float) -> dict[Place, Sent]:
        """Return the first record of each partition that was handed in after a moment."""
        with self._lock:
            found = {}
            for place, sent in self.sent.items():
                for one in reversed(sent):
                    if one.at < at:
                        break
                    found[place] = one
            return found

    def _run(self) -> None:
        try:
            producer = KafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=DELIVERY_MS,
                linger_ms=5,
                max_request_size=1 << 20,
            )
            try:
                self._publish(producer)
                producer.flush(DELIVERY_MS / 1000)
            finally:
                producer.close(timeout=30)
        except BaseException as error:  # noqa: BLE001  raised by `finish`
            self.failure = error

    def _publish(self, producer: KafkaProducer) -> None:
        living: list[_Living] = []
        due = time.monotonic()
        while True:
            while not self._stop.is_set() and len(living) < self._people:
                living.append(_Living(life(self._seed, next(self._numbers), early=self._early)))
                self.lives += 1
            living = [one for one in living if one.life.career or one.life.rights]
            if not living and not self._echoes and self._stop.is_set():
                return
            due = max(due + self._pause, time.monotonic() - 1)
            time.sleep(max(due - time.monotonic(), 0))
            if self._echoes and self._echoes[0][0] <= time.monotonic():
                self._send(producer, heapq.heappop(self._echoes)[2], None)
            ready = [
                one
                for one in living
                if one.may_go_on() and (one.life.career or self._is_known(one))
            ]
            if ready:
                self._tell(producer, self._dice.choice(ready))

    def _is_known(self, one: _Living) -> bool:
        """Tell whether the ledger knows what must be known before anything is asked."""
        return len(one.published) >= one.life.needed and all(
            self._passed(sent.place, sent.offset) for sent in one.published[: one.life.needed]
        )

    def _tell(self, producer: KafkaProducer, one: _Living) -> None:
        """Publish the next of a life, and sometimes it again later, or garbage beside it."""
        told = self._next(one)
        one.told += 1
        record = sound(told)
        if self._dice.random() < GARBAGE_SHARE:
            self._send(producer, spoilt(told, self._dice), None)
        self._send(producer, record, one)
        if self._dice.random() < TWICE_SHARE:
            after = time.monotonic() + self._dice.random() * LONGEST_ECHO_SECONDS
            heapq.heappush(self._echoes, (after, self._dice.getrandbits(32), record))

    def _next(self, one: _Living) -> Told:
        known = self._is_known(one)
        asks = one.life.rights and known
        if one.life.career and not (asks and self._dice.random() < 0.5):
            return one.life.career.pop(0)
        return one.life.rights.pop(0)

    def _send(self, producer: KafkaProducer, record: Record, one: _Living | None) -> None:
        at = time.monotonic()
        future = producer.send(record.topic, record.value, record.key, headers=list(record.headers))

        def confirmed(metadata: object) -> None:
            place = (metadata.topic, metadata.partition)  # type: ignore[attr-defined]
            sent = Sent(place, metadata.offset, at)  # type: ignore[attr-defined]
            with self._lock:
                self.sent.setdefault(place, []).append(sent)
            if one is not None:
                one.published.append(sent)

        def failed(error: BaseException) -> None:
            self.failure = KafkaError(f"a record of {record.topic} did not arrive: {error}")
            self._stop.set()

        future.add_callback(confirmed)
        future.add_errback(failed)
