"""Kafka out of hand: publishes messages for `rugzak publish`, the demo and the benches."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata

CLIENT: Final[Mapping[str, Any]] = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "lz4",
    "linger_ms": 20,
    "batch_size": 256 * 1024,
}
FLUSH_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is published: the key is the person's reference, the value one CloudEvent."""

    topic: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many messages the broker has, and what follows the last of them in each partition."""

    count: int
    ends: Mapping[TopicPartition, int]


class PublishError(Exception):
    """The broker didn't take a message; those before it are there, those after it may be."""


@contextmanager
def publisher(kafka: Mapping[str, Any]) -> Iterator["Publisher"]:
    """Yield a publisher on a broker."""
    producer = KafkaProducer(**kafka, **CLIENT)
    try:
        yield Publisher(producer)
    finally:
        producer.close(timeout=FLUSH_SECONDS)


class Publisher:
    """Sends many messages, and knows that all have arrived."""

    def __init__(self, producer: KafkaProducer) -> None:
        """Send through an open producer."""
        self._producer = producer

    def publish(self, messages: Iterable[Message]) -> Published:
        """Send messages and wait until the broker has all of them.

        Raises:
            PublishError: one did not arrive.

        """
        sent: list[FutureRecordMetadata] = []
        try:
            sent.extend(
                self._producer.send(message.topic, key=message.key, value=message.value)
                for message in messages
            )
            self._producer.flush(FLUSH_SECONDS)
            ends: dict[TopicPartition, int] = {}
            for index, future in enumerate(sent):
                if future.failed():
                    raise PublishError(f"message {index + 1}: {future.exception}")
                at = future.value
                ends[TopicPartition(at.topic, at.partition)] = at.offset + 1
        except KafkaError as error:
            raise PublishError(f"message {len(sent) + 1}: {error}") from error
        return Published(count=len(sent), ends=ends)
