"""Going on without records that are gone: an operator decides it, and the log has it for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from consumers.clients import BOOTSTRAP_MS, REQUEST_MS
from ledger.domain.commands import AcceptGap
from ledger.domain.events import OPERATIONS
from ledger.service.door import Door
from ledger.service.operated import operated
from ledger.service.outcomes import Outcome
from ledger.service.ports import Delivery, Gap, Move


def now(gaps: Sequence[Gap], kafka: Mapping[str, Any]) -> list[Gap]:
    """Return gaps as they are at this moment: retention may have passed more since they were noted.

    Raises:
        KafkaError: the broker gives no answer, or the topic is gone.

    """
    at = {gap: TopicPartition(gap.topic, gap.partition) for gap in gaps}
    consumer = KafkaConsumer(
        **kafka, bootstrap_timeout_ms=BOOTSTRAP_MS, request_timeout_ms=REQUEST_MS
    )
    try:
        first = consumer.beginning_offsets(list(at.values()))
    finally:
        consumer.close()
    return [replace(gap, first=first[partition]) for gap, partition in at.items()]


def accept(door: Door, gap: Gap, *, by: str, because: str) -> Outcome:
    """Record the decision and move the position past the gap, in one transaction.

    Raises:
        Fenced: the partition was read on meanwhile; there is no gap any more.
        StoreUnavailable: the database gives no answer.

    """
    request = AcceptGap(
        topic=gap.topic,
        topic_id=gap.topic_id,
        partition=gap.partition,
        was_topic_id=gap.was_topic_id,
        since=gap.kept,
        until=gap.first,
        because=because,
    )
    id_ = f"gap {gap.topic_id}/{gap.partition} {gap.was_topic_id} {gap.kept}-{gap.first}"
    move = Move(
        topic_id=gap.topic_id,
        topic=gap.topic,
        partition=gap.partition,
        expected=None if gap.made_again else gap.kept,
        position=gap.first,
    )
    return door.handle([operated(id_, OPERATIONS, request, by)], delivery=Delivery(moves=(move,)))[
        0
    ]
