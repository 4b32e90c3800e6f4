"""Signed checkpoints of the published trees on a topic: for others to keep, and to read back."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from consumers.clients import BOOTSTRAP_MS, REQUEST_MS, administrator
from consumers.publisher import Message, publisher
from consumers.topics import make_missing

POLL_MS: Final = 500
READ_SECONDS: Final = 60.0
"""A topic that is not read whole by then is not read."""


def publish(kafka: Mapping[str, Any], topic: str, notes: Sequence[tuple[str, bytes]]) -> None:
    """Send checkpoints, each under the name of its log; the topic is made when it isn't there.

    Raises:
        KafkaError, PublishError: it did not arrive.

    """
    with administrator(kafka) as admin:
        make_missing(admin, [topic])
    with publisher(kafka) as out:
        out.publish(
            [Message(topic=topic, key=origin.encode(), value=note) for origin, note in notes]
        )


def read(kafka: Mapping[str, Any], topic: str, most: int | None = None) -> list[tuple[str, bytes]]:
    """Return what a topic has, or the last ones, each with where; nothing of one that isn't there.

    Raises:
        KafkaError: the broker gives no answer, or not all of it in time.

    """
    consumer = KafkaConsumer(
        **kafka,
        bootstrap_timeout_ms=BOOTSTRAP_MS,
        request_timeout_ms=REQUEST_MS,
        enable_auto_commit=False,
    )
    try:
        if topic not in consumer.topics():
            return []
        numbers = sorted(consumer.partitions_for_topic(topic) or ())
        partitions = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        ends, found = consumer.end_offsets(partitions), list[tuple[str, bytes]]()
        for each, first in consumer.beginning_offsets(partitions).items():
            consumer.seek(each, first if most is None else max(first, ends[each] - most))
        deadline = monotonic() + READ_SECONDS
        while any(consumer.position(each) < end for each, end in ends.items()):
            if monotonic() > deadline:
                raise KafkaError(f"{topic} was not read whole in {READ_SECONDS:.0f} s")
            for records in consumer.poll(timeout_ms=POLL_MS).values():
                found += [
                    (f"{topic}/{each.partition}/{each.offset}", each.value or b"")
                    for each in records
                ]
        return found
    finally:
        consumer.close()
