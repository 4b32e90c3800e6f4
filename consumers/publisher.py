"""Messages out to Kafka: for `rugzak publish`, the demo and the benches."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError
from kafka.producer.future import FutureRecordMetadata

from consumers.access import Access
from consumers.greeting import greet

CLIENT: Final[Mapping[str, Any]] = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "lz4",
    "linger_ms": 20,
    "batch_size": 256 * 1024,
}
CONFIRM_SECONDS: Final = 30.0
"""Longest wait for the broker to confirm a message, or to tell about a topic."""

BOOTSTRAP_SECONDS: Final = 5.0
"""How long one attempt to reach the broker lasts."""

MAX_UNCONFIRMED: Final = 20_000
"""So many messages may be on their way at once: memory does not grow with what is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is published: the key is the person's reference, the value one CloudEvent."""

    topic: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Where the broker has a message."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many messages the broker has, and what follows the last of them in each partition."""

    count: int
    ends: Mapping[TopicPartition, int]


class PublishError(Exception):
    """The broker didn't take a message; those before it are there, those after it may be."""


@contextmanager
def publisher(kafka: Mapping[str, Any]) -> Iterator["Publisher"]:
    """Yield a publisher on a broker.

    Raises:
        BrokerRefused: it won't have us.

    """
    with suppress(KafkaConnectionError):  # the producer itself waits for a broker that is away
        greet(kafka)
    milliseconds = int(CONFIRM_SECONDS * 1000)
    producer = KafkaProducer(
        **kafka,
        **CLIENT,
        bootstrap_timeout_ms=int(BOOTSTRAP_SECONDS * 1000),
        max_block_ms=milliseconds,
        delivery_timeout_ms=milliseconds,
        request_timeout_ms=milliseconds // 3,
    )
    try:
        yield Publisher(producer, kafka)
    finally:
        producer.close(timeout=CONFIRM_SECONDS)


class Publisher:
    """Sends many messages, and knows that all have arrived."""

    def __init__(self, producer: KafkaProducer, kafka: Mapping[str, Any]) -> None:
        """Send through an open producer, which was made with these connection settings."""
        self._producer = producer
        self._kafka = kafka

    def publish(
        self,
        messages: Iterable[Message],
        arrived: Callable[[Arrived], object] = lambda _: None,
    ) -> Published:
        """Send messages and wait until the broker has all of them.

        Whatever ends it early, those sent before are waited for, too.

        Args:
            messages: which may be very many.
            arrived: is told where each is, in their order.

        Raises:
            PublishError: one did not arrive.

        """
        waiting: deque[FutureRecordMetadata] = deque()
        ends: dict[TopicPartition, int] = {}
        topics: set[str] = set()
        count = 0

        def confirm(most: int) -> None:
            """Wait for the oldest messages until at most so many wait."""
            nonlocal count
            while len(waiting) > most:
                at = waiting.popleft().get(CONFIRM_SECONDS)
                ends[TopicPartition(at.topic, at.partition)] = at.offset + 1
                count += 1
                arrived(Arrived(topic=at.topic, partition=at.partition, offset=at.offset))

        try:
            try:
                for message in messages:
                    topics.add(message.topic)
                    sent = self._producer.send(message.topic, key=message.key, value=message.value)
                    waiting.append(sent)
                    confirm(MAX_UNCONFIRMED)
            finally:
                self._producer.flush(CONFIRM_SECONDS)
                confirm(0)
        except KafkaError as error:
            why = Access(kafka=self._kafka, writes=sorted(topics)).explained(error)
            raise PublishError(f"message {count + 1} did not arrive: {why}") from error
        return Published(count=count, ends=ends)
