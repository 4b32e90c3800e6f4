"""A producer whose transactions one process at a time can commit.

Kafka fences by the transactional id: who begins with it ends the transaction of who had it, and
nothing of the other's is taken any more. So what a relay sends that doesn't know yet that another
one took over, is never read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.partitioner.default import DefaultPartitioner, murmur2

from consumers.clients import BOOTSTRAP_MS
from consumers.publisher import CLIENT
from consumers.relay.records import Record

REQUEST_MS: Final = 5_000
DELIVERY_MS: Final = 8_000
"""Longest wait for the broker to confirm records; then another producer tries the page again."""

COMMIT_SECONDS: Final = 8.0
CLOSE_SECONDS: Final = 2.0

TRANSACTION_MS: Final = 30_000
"""After this a broker ends the transaction of a relay that went silent, so that readers go on."""

POSITIVE: Final = 0x7FFFFFFF
MAX_MESSAGE_BYTES: Final = 1024 * 1024
"""The longest record that is sent: what a broker accepts by default."""


KEYS_KEPT: Final = 20_000
"""Of so many keys the hash is kept: in Python it takes longer than all else about a record."""

_hash_of: Final = lru_cache(KEYS_KEPT)(murmur2)


class Partitions(DefaultPartitioner):  # type: ignore[misc]  # it has no hints
    """Chooses as Kafka's own clients do, but remembers."""

    def partition(
        self,
        topic: str,
        key: object,
        serialized_key: bytes | None,
        value: object,
        serialized_value: bytes | None,
        cluster: Any,  # noqa: ANN401  kafka-python's
    ) -> int:
        """Return the partition of a key; of none, any."""
        if serialized_key is None:
            any_: int = super().partition(
                topic, key, serialized_key, value, serialized_value, cluster
            )
            return any_
        numbers = sorted(cluster.partitions_for_topic(topic))
        chosen: int = numbers[(_hash_of(serialized_key) & POSITIVE) % len(numbers)]
        return chosen


class RecordTooLong(Exception):  # noqa: N818  it is a finding
    """The broker doesn't take a record for its length; neither will it later."""


@contextmanager
def sending(kafka: Mapping[str, Any], transactional_id: str) -> Iterator["Sender"]:
    """Yield what sends, once nobody else can.

    Raises:
        KafkaError: the broker is away, or doesn't let us.

    """
    producer = KafkaProducer(
        **kafka,
        **CLIENT,
        transactional_id=transactional_id,
        transaction_timeout_ms=TRANSACTION_MS,
        request_timeout_ms=REQUEST_MS,
        delivery_timeout_ms=DELIVERY_MS,
        max_block_ms=DELIVERY_MS,
        max_request_size=MAX_MESSAGE_BYTES,
        bootstrap_timeout_ms=BOOTSTRAP_MS,
        metrics_enabled=False,
        partitioner=Partitions(),
    )
    try:
        producer.init_transactions()
        yield Sender(producer)
    finally:
        _discard(producer)


def _discard(producer: KafkaProducer) -> None:
    """Close a producer, also one that waits for a broker that is away."""
    with suppress(KafkaError):
        producer.close(timeout=CLOSE_SECONDS)
    if not producer._closed:  # noqa: SLF001  a flush that fails keeps it from closing
        producer._sender.force_close()  # noqa: SLF001  nothing public ends its thread


class Sender:
    """Sends pages, each whole or not at all."""

    def __init__(self, producer: KafkaProducer) -> None:
        """Send through a producer that has its transactional id."""
        self._producer = producer

    def send(self, records: Sequence[Record], still: Callable[[], None]) -> None:
        """Publish records in one transaction.

        Args:
            records: in the order that they have under one key.
            still: asked before the commit; raises when we may not send any more.

        Whatever it raises, the producer is of no use any more.

        Raises:
            RecordTooLong: one of them is.
            KafkaError: nothing was published, or nobody knows whether all of it was: then they are
                sent again. `ProducerFencedError` when another producer took over.

        """
        try:
            self._send(records, still)
        except KafkaError as error:
            if any(isinstance(each, MessageSizeTooLargeError) for each in (error, *error.args)):
                raise RecordTooLong(type(error).__name__) from error
            raise

    def _send(self, records: Sequence[Record], still: Callable[[], None]) -> None:
        producer = self._producer
        producer.begin_transaction()
        sent = [
            producer.send(record.topic, record.value, record.key, list(record.headers))
            for record in records
        ]
        producer.flush(DELIVERY_MS / 1000)
        # Neither `send` nor `flush` raises for a topic that we may not see any more, and the
        # transaction knows nothing of that record: it would be committed without it.
        for each in sent:
            if not each.succeeded():
                raise each.exception or KafkaTimeoutError("a record was not confirmed in time")
        still()
        # `commit_transaction` waits for ever when the broker is away.
        result = producer._transaction_manager.begin_commit()  # noqa: SLF001
        producer._sender.wakeup()  # noqa: SLF001
        if not result.wait(timeout_ms=COMMIT_SECONDS * 1000):
            raise KafkaTimeoutError(f"no answer to a commit within {COMMIT_SECONDS:.0f} s")
