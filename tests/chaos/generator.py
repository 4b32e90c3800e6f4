"""Publishes lives, many at a time, mixed: late, twice, out of order, and with garbage between."""

import heapq
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.chaos.garbage import Record, sound, spoilt
from tests.chaos.population import Life, Told, life

GARBAGE_SHARE = 0.03
TWICE_SHARE = 0.12
LONGEST_ECHO_SECONDS = 20.0
"""So long after a record its copy comes, at most."""

AGAIN_SECONDS = 1.0
"""A record that did not arrive is published again after so long."""

DELIVERY_MS = 60_000
REMEMBERED = 2_000
"""So many messages may be published again on demand: the last ones."""

MOST_BEHIND = 400
"""Publishers wait when so many records wait for the ledger: on a slow machine the load is less."""

WAIT_SECONDS = 0.05

Place: TypeAlias = tuple[str, int]
"""A topic, and the number of a partition."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that the brokers have.

    Attributes:
        at: when it was handed to the client, on the monotonic clock.
        confirmed_at: when the brokers said that they have it.

    """

    place: Place
    offset: int
    at: float
    confirmed_at: float


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
        unconfirmed: how many records the client gave up, which were published again.
        failure: what ended it before its time.

    """

    def __init__(
        self,
        bootstrap: str,
        seed: int,
        *,
        people: int,
        per_second: float,
        position: Callable[[Place], int],
        early: bool,
    ) -> None:
        """Prepare.

        Args:
            bootstrap: the brokers.
            seed: of the lives, and of how they are mixed.
            people: of how many lives something is told at a time.
            per_second: how many records.
            position: up to where the ledger has read a partition.
            early: whether some captures are told before their reservation.

        """
        self._bootstrap = bootstrap
        self._seed = seed
        self._people = people
        self._pause = 1 / per_second
        self._position = position
        self._early = early
        self._dice = random.Random(seed)  # noqa: S311  not a secret
        self._numbers = count(1)
        self._told: deque[Told] = deque(maxlen=REMEMBERED)
        self._echoes: list[tuple[float, int, Record, _Living | None]] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.sent: dict[Place, list[Sent]] = {}
        self.lives = 0
        self.unconfirmed = 0
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

    def abandon(self) -> None:
        """End at once, without finishing lives, because the laboratory failed."""
        self.failure = self.failure or RuntimeError("abandoned")
        self._stop.set()

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

    def again(self, records: int, dice: random.Random) -> None:
        """Publish some of the last messages once more, in any order."""
        with self._lock:
            known = list(self._told)
            for told in dice.sample(known, min(records, len(known))):
                self._later(0.0, sound(told), None)

    def garbage(self, records: int, dice: random.Random) -> None:
        """Publish so much garbage at once."""
        with self._lock:
            known = list(self._told)
            for told in dice.choices(known, k=records if known else 0):
                self._later(0.0, spoilt(told, dice), None)

    def _later(self, seconds: float, record: Record, one: _Living | None) -> None:
        at = time.monotonic() + seconds
        heapq.heappush(self._echoes, (at, next(self._numbers), record, one))

    def _run(self) -> None:
        try:
            producer = KafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=DELIVERY_MS,
                max_block_ms=DELIVERY_MS,
                linger_ms=5,
                max_request_size=1 << 20,
            )
            try:
                self._publish(producer)
            finally:
                producer.close(timeout=30)
        except BaseException as error:  # noqa: BLE001  raised by `finish`
            self.failure = error

    def _publish(self, producer: KafkaProducer) -> None:
        living: list[_Living] = []
        due = time.monotonic()
        while self.failure is None:
            while not self._stop.is_set() and len(living) < self._people:
                self.lives += 1
                living.append(_Living(life(self._seed, self.lives, early=self._early)))
            living = [one for one in living if one.life.career or one.life.rights]
            if not living and self._stop.is_set():
                producer.flush(DELIVERY_MS / 1000)
                if not self._echoes:
                    return
            due = max(due + self._pause, time.monotonic() - 1)
            time.sleep(max(due - time.monotonic(), 0))
            while self._behind() > MOST_BEHIND and self.failure is None:
                time.sleep(WAIT_SECONDS)
            self._send_again(producer)
            ready = [
                one
                for one in living
                if one.may_go_on() and (one.life.career or self._is_known(one))
            ]
            if ready:
                self._tell(producer, self._dice.choice(ready))

    def _behind(self) -> int:
        """Return how many records wait for the ledger."""
        with self._lock:
            ends = {place: sent[-1].offset + 1 for place, sent in self.sent.items()}
        return sum(max(end - self._position(place), 0) for place, end in ends.items())

    def _send_again(self, producer: KafkaProducer) -> None:
        """Publish one of those that come again, if its time has come."""
        with self._lock:
            if not self._echoes or self._echoes[0][0] > time.monotonic():
                return
            _, _, record, one = heapq.heappop(self._echoes)
        self._send(producer, record, one)

    def _is_known(self, one: _Living) -> bool:
        """Tell whether the ledger knows what must be known before anything is asked."""
        return len(one.published) >= one.life.needed and all(
            self._position(sent.place) > sent.offset for sent in one.published[: one.life.needed]
        )

    def _tell(self, producer: KafkaProducer, one: _Living) -> None:
        """Publish the next of a life, and sometimes it again later, or garbage beside it."""
        told = self._next(one)
        one.told += 1
        record = sound(told)
        if self._dice.random() < GARBAGE_SHARE:
            self._send(producer, spoilt(told, self._dice), None)
        self._send(producer, record, one)
        with self._lock:
            self._told.append(told)
            if self._dice.random() < TWICE_SHARE:
                self._later(self._dice.random() * LONGEST_ECHO_SECONDS, record, None)

    def _next(self, one: _Living) -> Told:
        asks = one.life.rights and self._is_known(one)
        if one.life.career and not (asks and self._dice.random() < 0.5):
            return one.life.career.pop(0)
        return one.life.rights.pop(0)

    def _send(self, producer: KafkaProducer, record: Record, one: _Living | None) -> None:
        at = time.monotonic()

        def confirmed(metadata: object) -> None:
            place = (metadata.topic, metadata.partition)  # type: ignore[attr-defined]
            sent = Sent(place, metadata.offset, at, time.monotonic())  # type: ignore[attr-defined]
            with self._lock:
                self.sent.setdefault(place, []).append(sent)
            if one is not None:
                one.published.append(sent)

        def failed(error: BaseException) -> None:
            del error
            with self._lock:
                self.unconfirmed += 1
                self._later(AGAIN_SECONDS, record, one)

        headers = list(record.headers)
        try:
            future = producer.send(record.topic, record.value, record.key, headers=headers)
        except KafkaError as error:  # its buffer is full, or it knows no broker
            failed(error)
            return
        future.add_callback(confirmed)
        future.add_errback(failed)
