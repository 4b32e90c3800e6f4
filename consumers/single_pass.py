"""One pass over the topics from a moment on, beside whoever consumes: to take in again.

What the ledger knows counts once. Positions are the group's matter and stay where they are.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any, TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from consumers.access import Access
from consumers.batches import Arrived, Batches, Ends, Limits, fetching
from consumers.bounded import BoundedConsumer
from consumers.clients import REQUEST_MS, administrator
from consumers.topics import topic_ids
from consumers.translate import Language
from ledger.domain.commands import Command
from ledger.service.door import Door
from ledger.service.outage import patiently
from ledger.service.outcomes import Accepted, Duplicate
from ledger.service.ports import Delivery, StoreUnavailable

T = TypeVar("T")


@dataclass(slots=True)
class Passed:
    """What a pass met.

    Attributes:
        records: how many were read.
        requests: what became of what they asked: accepted, known (handled before), refused.

    """

    records: int = 0
    requests: Counter[str] = field(default_factory=Counter)


def single_pass(
    door: Door,
    kafka: Mapping[str, Any],
    languages: Mapping[str, Language],
    *,
    limits: Limits,
    since: datetime | None,
    stop: Event,
    say: Callable[[str], object],
) -> Passed:
    """Take in what the topics hold now that was published since a moment.

    Args:
        door: decides and writes.
        kafka: connection settings.
        languages: what is spoken on each topic; one that is missing is left out.
        limits: of one batch.
        since: None for all that the broker has.
        stop: ends it after the batch under way.
        say: is told how far it is.

    Raises:
        BrokerRefused: the broker won't have us.
        KafkaError, StoreUnavailable: a server was away; the pass can be made again.
        LineStopped: our own code failed too often in a row.

    """
    passed, access = Passed(), Access(kafka=kafka, reads=tuple(languages))

    def asked(ask: Callable[[], T]) -> T:
        return patiently("database", (StoreUnavailable,), ask, stop)

    def deliver(commands: Sequence[Command], delivery: Delivery, ends: Ends) -> None:  # noqa: ARG001
        for outcome in asked(lambda: door.handle(commands, delivery=delivery)):
            known = isinstance(outcome, Duplicate)
            accepted = isinstance(outcome, Accepted)
            passed.requests["known" if known else "accepted" if accepted else "refused"] += 1

    batches = Batches(door.clock, languages, limits, deliver, asked)
    moment = 0 if since is None else int(since.timestamp() * 1000)
    try:
        with (
            administrator(kafka) as admin,
            closing(
                BoundedConsumer(**kafka, enable_auto_commit=False, **fetching(limits))
            ) as consumer,
        ):
            access.demand(admin)
            ids = topic_ids(admin, languages)
            for records in _since(moment, consumer, list(ids), limits, stop):
                batches.take(Arrived(records=records, ids=ids, ends={}))
                passed.records += len(records)
                say(f"{passed.records} records")
    except (KafkaError, OSError) as error:
        raise access.explained(error) from error
    return passed


def _since(
    moment: int, consumer: KafkaConsumer, topics: Sequence[str], limits: Limits, stop: Event
) -> Iterator[list[ConsumerRecord]]:
    """Yield what the topics hold now that was published since a moment (ms), poll by poll."""
    ends = _go_to(consumer, topics, moment)
    while ends and not stop.is_set():
        polled = consumer.poll(limits.max_wait_ms)
        # The embedded broker begins some records before the moment.
        yield [r for some in polled.values() for r in some if r.timestamp >= moment]
        # Only after a poll that brought nothing: the embedded broker tells its end too low.
        if not polled and all(_position(consumer, each) >= end for each, end in ends.items()):
            return


def _go_to(
    consumer: KafkaConsumer, topics: Sequence[str], moment: int
) -> dict[TopicPartition, int]:
    """Go to what was published since a moment (ms); return where each partition ends now."""
    partitions = [
        TopicPartition(topic, number)
        for topic in topics
        for number in consumer.partitions_for_topic(topic) or ()
    ]
    consumer.assign(partitions)
    ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
    found = consumer.offsets_for_times(dict.fromkeys(partitions, moment))
    for partition in partitions:
        at = found.get(partition)
        consumer.seek(partition, ends[partition] if at is None else at.offset)
    return ends


def _position(consumer: KafkaConsumer, partition: TopicPartition) -> int:
    at: int | None = consumer.position(partition, timeout_ms=REQUEST_MS)
    return 0 if at is None else at
