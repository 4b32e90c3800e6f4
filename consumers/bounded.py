"""A consumer whose memory is bounded whatever arrives, and that no batch can stop.

kafka-python 3.0 unpacks a batch in one piece, hands out as many records as it may however large
they are, and spins for ever on a batch that it can't read. It makes its parts by one class each, so
two are exchanged in our consumer: how what a broker sent becomes records, and how many of them
one poll may hand out (ADR 18).
"""

import struct
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeAlias

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord, Fetcher
from kafka.protocol.consumer import IsolationLevel

from consumers.bounds import MAX_UNPACKED_BYTES
from consumers.record_batches import (
    Header,
    Unreadable,
    UnreadableBatch,
    base_of,
    framed,
    header_of,
    last_of,
    records_of,
)

FETCH_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of one partition in one fetch, unless its first batch is larger."""

FETCH_MAX_BYTES: Final = 16 * 1024 * 1024
"""Most bytes of one fetch, one of which is under way with each broker, unless as above."""

POLL_BYTES: Final = 16 * 1024 * 1024
"""A poll hands out no further record once those that it has are so long."""

RECORD_BYTES: Final = 500
"""What a record takes beside its key, value and headers."""

ABORT: Final = struct.pack(">hh", 0, 0)
"""The key of the mark that ends a transaction which does not count."""

Drained: TypeAlias = dict[TopicPartition, list[ConsumerRecord]]


class BoundedConsumer(KafkaConsumer):  # type: ignore[misc]  # it has no hints
    """Reads like `KafkaConsumer`; a batch that can't be read comes as an `UnreadableBatch`.

    Its settings are those, and `max_unpacked_bytes`. Keys and values stay bytes.
    """

    def __init__(
        self,
        *topics: str,
        max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
        **settings: Any,  # noqa: ANN401  kafka-python's
    ) -> None:
        limits = {"fetch_max_bytes": FETCH_MAX_BYTES, "max_partition_fetch_bytes": FETCH_BYTES}
        super().__init__(*topics, **limits | settings)
        self._fetcher = _BoundedFetcher(
            self._client,
            self._subscription,
            max_unpacked_bytes=max_unpacked_bytes,
            **self.config,
        )


class _BoundedFetcher(Fetcher):  # type: ignore[misc]  # it has no hints
    """Counts the bytes that a poll hands out.

    Attributes:
        most: bytes to which a batch may unpack.
        left: bytes that this poll may still hand out.
        damaged: where a batch was found that ought to be read again.

    """

    def __init__(
        self,
        client: object,
        subscriptions: object,
        *,
        max_unpacked_bytes: int,
        **settings: Any,  # noqa: ANN401  kafka-python's
    ) -> None:
        super().__init__(client, subscriptions, **settings)
        self.most = max_unpacked_bytes
        self.left = POLL_BYTES
        self.damaged: dict[TopicPartition, int] = {}

    def PartitionRecords(self, *args: Any, **settings: Any) -> "_BoundedRecords":  # noqa: ANN401, N802  kafka-python's name
        """Return what makes records of what a broker sent of one partition."""
        return _BoundedRecords(self, *args, **settings)

    def fetched_records(
        self, max_records: int | None = None, *, update_offsets: bool = True
    ) -> tuple[Drained, bool]:
        """Begin a poll; of what is paused nothing is kept, since it may be paused for long."""
        self.left = POLL_BYTES
        self._paused_completed_fetches: dict[TopicPartition, object] = {}
        self._paused_partition_records: dict[TopicPartition, object] = {}
        found: tuple[Drained, bool] = super().fetched_records(max_records, update_offsets)
        return found

    def _append(
        self,
        drained: Drained,
        part: "_BoundedRecords",
        max_records: int,
        update_offsets: bool,  # noqa: FBT001  kafka-python's
    ) -> int:
        """Hand out records; say that it is as many as may be when it is as many bytes."""
        count: int = super()._append(drained, part, max_records, update_offsets)
        return count if self.left > 0 else max_records

    def end_of(self, partition: TopicPartition) -> int | None:
        """Return what the broker said comes after the last offset of a partition."""
        state = self._subscriptions.assignment.get(partition)
        end: int | None = state.highwater if state else None
        return end


class _BoundedRecords(Fetcher.PartitionRecords):  # type: ignore[misc]  # it has no hints
    """The records of one partition in what a broker sent; never raises for what they are."""

    def __init__(
        self,
        fetcher: _BoundedFetcher,
        *args: Any,  # noqa: ANN401  kafka-python's
        **settings: Any,  # noqa: ANN401  kafka-python's
    ) -> None:
        self._fetcher = fetcher
        self.next_fetch_offset: int
        super().__init__(*args, **settings)

    def take(self, n: int | None = None) -> list[ConsumerRecord]:
        """Return the next records: so many at most, and no more bytes than the poll has left."""
        taken: list[ConsumerRecord] = []
        try:
            for record in islice(self.record_iterator, n):
                taken.append(record)
                self._fetcher.left -= _size(record)
                if self._fetcher.left <= 0:
                    break
        except BaseException:
            self.drain()  # otherwise the fetcher would ask the same for ever
            raise
        return taken

    def _unpack_records(
        self,
        tp: TopicPartition,
        records: Any,  # noqa: ANN401  kafka-python's
        *_: object,
    ) -> Iterator[ConsumerRecord]:
        for raw, following in _with_next(framed(records._buffer)):  # noqa: SLF001
            after = self._after(raw, following)
            try:
                header = header_of(raw)
            except Unreadable as why:
                if why.damaged and self._fetcher.damaged.get(tp) != base_of(raw):
                    # Perhaps only on its way here: let the broker send it once more.
                    self._fetcher.damaged[tp] = base_of(raw)
                else:
                    yield self._unreadable(raw, after, why)
                # If it was the end of a transaction, only the broker knows what counts after it.
                break
            self.leader_epoch = header.leader_epoch
            try:
                if not self._passes_over(raw, header):
                    for record in records_of(raw, header, tp, self._fetcher.most):
                        self._go_on_at(record.offset + 1)
                        yield record
            except Unreadable as why:
                yield self._unreadable(raw, after, why)
            self._go_on_at(after)
        self.drain()

    def _unreadable(self, raw: memoryview, after: int, why: Unreadable) -> UnreadableBatch:
        first = max(base_of(raw), self.next_fetch_offset)
        self._go_on_at(max(after, first + 1))
        last = self.next_fetch_offset - 1
        return UnreadableBatch.of(self.topic_partition, (first, last), raw, why)

    def _go_on_at(self, offset: int) -> None:
        self.next_fetch_offset = max(self.next_fetch_offset, offset)

    def _after(self, raw: memoryview, following: memoryview | None) -> int:
        """Return the offset after a batch: as it says itself, never past what is known to come."""
        after = last_of(raw) + 1
        end = self._fetcher.end_of(self.topic_partition)
        known = end if following is None else base_of(following)
        return max(base_of(raw) + 1, min(after, known or after))

    def _passes_over(self, raw: memoryview, header: Header) -> bool:
        """Tell whether a batch holds nothing for us: it does not count, or marks what counts."""
        if self.isolation_level == IsolationLevel.READ_COMMITTED and header.producer >= 0:
            self._consume_aborted_transactions_up_to(header.last)
            if header.is_control:
                marks = records_of(raw, header, self.topic_partition, self._fetcher.most)
                if any((mark.key or b"")[: len(ABORT)] == ABORT for mark in marks):
                    self.aborted_producer_ids.discard(header.producer)
            elif header.is_transactional and header.producer in self.aborted_producer_ids:
                return True
        return header.is_control


def _with_next(
    batches: Iterable[memoryview],
) -> Iterator[tuple[memoryview, memoryview | None]]:
    before: memoryview | None = None
    for batch in batches:
        if before is not None:
            yield before, batch
        before = batch
    if before is not None:
        yield before, None


def _size(record: ConsumerRecord) -> int:
    headers = sum(len(name) + len(content or b"") for name, content in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers + RECORD_BYTES
