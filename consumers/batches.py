"""What was polled becomes batches for the door: translated, bounded, parked where it can't be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

import structlog
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from consumers.bounds import HELD_SECONDS, MAX_BATCH_BYTES, MAX_UNPACKED_BYTES
from consumers.clients import BOOTSTRAP_MS, REQUEST_MS
from consumers.parking import set_aside
from consumers.record_batches import UnreadableBatch
from consumers.translate import Language, Raw, Unhandled, translate_all
from ledger.domain.commands import Command
from ledger.domain.reasons import Rejection
from ledger.service.clock import Clock
from ledger.service.defects import DEFECT, InARow, isolated, told
from ledger.service.ports import Delivery, ParkedRecord

Ends: TypeAlias = Mapping[TopicPartition, int]
"""What follows the last record that was handled, by partition."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one batch may be.

    Attributes:
        max_records: in one poll, hence in one transaction.
        max_wait_ms: how long a poll waits for the first record; nothing waits for company, so no
            batch is older.
        max_bytes: a longer record is parked unread.
        max_unpacked_bytes: a producer's batch that would unpack to more is parked as it is.
        max_batch_bytes: of the records of a batch, unless a single one is larger.
        held_seconds: so long a request waits for the reservation or use that it names.

    """

    max_records: int
    max_wait_ms: int
    max_bytes: int
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES
    max_batch_bytes: int = MAX_BATCH_BYTES
    held_seconds: int = HELD_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Records in the order of their partitions, and what comes after the last of each.

    Attributes:
        ids: of the topics.
        ends: by partition; the consumer's own position, past what is no record.

    """

    records: Sequence[ConsumerRecord]
    ids: Mapping[str, UUID]
    ends: Ends

    def after(self, records: Sequence[ConsumerRecord | ParkedRecord]) -> dict[TopicPartition, int]:
        """Return what comes after some of the records, taken from the beginning."""
        last = {TopicPartition(r.topic, r.partition): r.offset for r in self.records}
        after = {TopicPartition(r.topic, r.partition): r.offset for r in records}
        return {
            partition: self.ends.get(partition, offset + 1)
            if offset == last[partition]
            else offset + 1
            for partition, offset in after.items()
        }


def fetching(limits: Limits) -> dict[str, Any]:
    """Return how a consumer of ours reads: only what was committed, and so much at once."""
    return {
        "isolation_level": "read_committed",
        "max_poll_records": limits.max_records,
        "max_unpacked_bytes": limits.max_unpacked_bytes,
        "fetch_max_wait_ms": limits.max_wait_ms,
        "bootstrap_timeout_ms": BOOTSTRAP_MS,
        "request_timeout_ms": REQUEST_MS + limits.max_wait_ms,
    }


class Deliver(Protocol):
    """Hands a batch to the door, until it has an answer."""

    def __call__(self, commands: Sequence[Command], delivery: Delivery, ends: Ends) -> object:
        """Write it all in one transaction.

        Args:
            commands: in order.
            delivery: what is parked, without moves.
            ends: where the batch's partitions are afterwards.

        """


class Asked(Protocol):
    """Asks the database until it has an answer."""

    def __call__(self, ask: Callable[[], T]) -> T:
        """Return the answer."""


class Batches:
    """Takes in what arrived, batch by batch."""

    def __init__(
        self,
        clock: Clock,
        languages: Mapping[str, Language],
        limits: Limits,
        deliver: Deliver,
        asked: Asked,
    ) -> None:
        """Take what is spoken on each topic, what a batch may be, who writes it, and who waits."""
        self._clock = clock
        self._languages = languages
        self._limits = limits
        self._deliver = deliver
        self._asked = asked
        self._in_a_row = InARow()

    def take(self, arrived: Arrived) -> None:
        """Take in all that arrived; what our own code fails on is parked, the rest goes on.

        Raises:
            LineStopped: our code failed too often in a row; of that row nothing is parked.

        """
        waiting: list[ParkedRecord] = []

        def hand_in(records: Sequence[ConsumerRecord]) -> None:
            self._hand_in(arrived, records, waiting)
            waiting.clear()

        for batch in self._cut(arrived.records):
            for record, defect in isolated(batch, hand_in):
                why = told(defect)
                log.error("record_defective", topic=record.topic, partition=record.partition,
                          offset=record.offset, defect=why)  # fmt: skip
                waiting.append(self._parked(record, arrived, DEFECT, why))
                self._in_a_row.failed(record.key or record.offset, defect)
        if waiting:
            hand_in(())

    def _cut(self, records: Sequence[ConsumerRecord]) -> Iterator[Sequence[ConsumerRecord]]:
        """Cut records into batches that are no longer than they may be."""
        first = size = 0
        for index, record in enumerate(records):
            length = len(record.value or b"")
            if size + length > self._limits.max_batch_bytes and index > first:
                yield records[first:index]
                first, size = index, 0
            size += length
        if records:
            yield records[first:]

    def _hand_in(
        self, arrived: Arrived, records: Sequence[ConsumerRecord], before: Sequence[ParkedRecord]
    ) -> None:
        """Translate records, and deliver them; `before` are parked, right before them."""
        commands: list[Command] = []
        sources: list[ConsumerRecord] = []
        parked = list(before)
        readable = [each for each in records if not isinstance(each, UnreadableBatch)]
        raw = [Raw(self._languages[r.topic], r.key, r.value) for r in readable]
        said = iter(self._asked(lambda: translate_all(raw, max_bytes=self._limits.max_bytes)))
        for record in records:
            if isinstance(record, UnreadableBatch):
                parked.append(self._parked(record, arrived, record.reason, record.detail))
                continue
            read = next(said)
            if isinstance(read, Unhandled):
                parked.append(self._parked(record, arrived, read.reason, read.detail))
            else:
                commands += read
                sources += [record] * len(read)

        def park(index: int, rejection: Rejection) -> ParkedRecord:
            return self._parked(sources[index], arrived, rejection.reason.value, rejection.detail)

        patience = timedelta(seconds=self._limits.held_seconds)
        delivery = Delivery(parked=tuple(parked), park=park, patience=patience)
        self._deliver(commands, delivery, arrived.after([*before, *records]))
        if commands:
            self._in_a_row.worked()
        for record in parked:
            log.warning("record_parked", topic=record.topic, partition=record.partition,
                        offset=record.offset, reason=record.reason)  # fmt: skip

    def _parked(
        self, record: ConsumerRecord, arrived: Arrived, reason: str, detail: str
    ) -> ParkedRecord:
        at = self._clock.now().recorded_at
        return set_aside(record, arrived.ids[record.topic], reason, detail, at)
