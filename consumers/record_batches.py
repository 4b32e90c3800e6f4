"""Record batches as Kafka keeps them: opened within bounds, or told apart as unreadable.

A batch is what a producer sent in one piece: a header, and records that may be compressed together
(https://kafka.apache.org/documentation/#recordbatch). One that can't be opened is handed on like
a record, so that it is parked in its place and what follows it is read.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Self

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.record.util import calc_crc32c, decode_varint

from consumers.unpacking import NotPacked, UnpacksToMore, unpacked

BOMB: Final = "compression-bomb"
CORRUPT: Final = "corrupt-batch"
UNREADABLE: Final = (BOMB, CORRUPT)
"""The reasons of parked batches: what is kept of those is a whole batch, as the broker had it."""

MAX_KEPT_BYTES: Final = 16 * 1024 * 1024
"""So much is kept of a batch that can't be read."""

MAX_RECORDS: Final = 200_000
"""So many records a batch may have; a megabyte that is not compressed can't hold more."""

MAX_HEADERS: Final = 1_000
"""So many headers of one record are read; nothing that counts is in a header."""

FORMAT: Final = 2
"""The format of batches, which Kafka calls magic; it has written no other since 3.0."""

HEADER: Final = struct.Struct(">qiibIhiqqqhii")
LENGTH: Final = struct.Struct(">qi")
"""A batch begins with its first offset and the number of bytes that follow."""

MAGIC_AT: Final = struct.calcsize(">qii")
CHECKED_FROM: Final = struct.calcsize(">qiibI")
"""What comes after the checksum is what it is of."""

CODEC_MASK, APPEND_TIME, TRANSACTIONAL, CONTROL = 0x07, 0x08, 0x10, 0x20


class Unreadable(Exception):  # noqa: N818  it is a finding
    """A batch can't be opened.

    Attributes:
        reason: stable code.
        damaged: whether not even its header can be trusted; then it may be whole when read again.

    """

    def __init__(self, reason: str, detail: str, *, damaged: bool = False) -> None:
        """Say why."""
        super().__init__(detail)
        self.reason = reason
        self.damaged = damaged


class UnreadableBatch(ConsumerRecord):  # type: ignore[misc]  # it has no hints
    """A batch that can't be opened, in the place of its records.

    Its `offset` is that of its last record, so what comes next is one after it, as with any record;
    its `value` is the batch as the broker had it, up to `MAX_KEPT_BYTES`.

    Attributes:
        reason: why it is parked; one of `UNREADABLE`.
        detail: the same for people, with the offsets.

    """

    reason: str
    detail: str

    @classmethod
    def of(
        cls, place: TopicPartition, offsets: tuple[int, int], raw: memoryview, why: Unreadable
    ) -> Self:
        """Return what is handed on in the place of records from the first to the last offset."""
        first, last = offsets
        which = f"offset {first}" if first == last else f"offsets {first} to {last}"
        records = "" if why.damaged else f"{count_of(raw)} record(s) in "
        detail = f"{which}, a batch of {records}{len(raw)} bytes: {why}"
        if len(raw) > MAX_KEPT_BYTES:
            detail += f"; only its first {MAX_KEPT_BYTES} bytes are kept"
        value = bytes(raw[:MAX_KEPT_BYTES])
        record = cls(*place, -1, last, -1, 0, None, value, [], None, -1, len(value), -1)
        record.reason, record.detail = why.reason, detail
        return record


class Header(NamedTuple):
    """The fixed fields of a batch, in their order."""

    base: int
    length: int
    leader_epoch: int
    magic: int
    checksum: int
    attributes: int
    last_delta: int
    first_timestamp: int
    max_timestamp: int
    producer: int
    producer_epoch: int
    first_sequence: int
    records: int

    @property
    def last(self) -> int:
        """The offset of the last record that it had, even if compaction took that away."""
        return self.base + self.last_delta

    @property
    def is_transactional(self) -> bool:
        """Whether it counts only if its transaction is committed."""
        return bool(self.attributes & TRANSACTIONAL)

    @property
    def is_control(self) -> bool:
        """Whether it is Kafka's own mark of a transaction's end, and no record of anybody."""
        return bool(self.attributes & CONTROL)


def framed(data: Any) -> Iterator[memoryview]:  # noqa: ANN401  any buffer
    """Yield the batches that are whole in what a broker sent; the last one is often cut off."""
    view, at = memoryview(data), 0
    while len(view) - at >= LENGTH.size:
        _, length = LENGTH.unpack_from(view, at)
        end = at + LENGTH.size + length
        if length < 0 or end > len(view):
            if length < 0:
                yield view[at:]  # where the next one begins, nobody can tell
            return
        yield view[at:end]
        at = end


def base_of(raw: memoryview) -> int:
    """Return a batch's first offset, which the broker gave it."""
    base: int = LENGTH.unpack_from(raw)[0]
    return base


def count_of(raw: memoryview) -> int:
    """Return how many records a batch says it has; 0 when it has no header."""
    return Header(*HEADER.unpack_from(raw)).records if len(raw) >= HEADER.size else 0


def last_of(raw: memoryview) -> int:
    """Return a batch's last offset, as its header says, at least its first."""
    if len(raw) < HEADER.size:
        return base_of(raw)
    return max(base_of(raw), Header(*HEADER.unpack_from(raw)).last)


def header_of(raw: memoryview) -> Header:
    """Read and check a batch's header.

    Raises:
        Unreadable: it is damaged, or of another format.

    """
    if len(raw) > MAGIC_AT and raw[MAGIC_AT] < FORMAT:
        raise Unreadable(CORRUPT, f"it is of format {raw[MAGIC_AT]}; Kafka writes {FORMAT}")
    if len(raw) < HEADER.size:
        raise Unreadable(CORRUPT, "it is shorter than the header of a batch", damaged=True)
    header = Header(*HEADER.unpack_from(raw))
    if calc_crc32c(raw[CHECKED_FROM:]) != header.checksum:
        raise Unreadable(CORRUPT, "its checksum does not match its content", damaged=True)
    if header.magic != FORMAT:
        raise Unreadable(CORRUPT, f"it is of format {header.magic}; Kafka writes {FORMAT}")
    if header.last_delta < 0:
        raise Unreadable(CORRUPT, "its last offset is before its first", damaged=True)
    if not 0 <= header.records <= header.last_delta + 1:
        raise Unreadable(CORRUPT, "it has more records than offsets, or fewer than none")
    return header


def records_of(
    raw: memoryview, header: Header, place: TopicPartition, most: int
) -> Iterator[ConsumerRecord]:
    """Yield a batch's records; those before one that is malformed come all the same.

    Where it raises, at least one offset of the batch is left that was not yielded.

    Args:
        raw: the batch.
        header: its own.
        place: where it was.
        most: bytes to which it may unpack.

    Raises:
        Unreadable: it would unpack to more, or it does not hold the records that it says.

    """
    if header.records > MAX_RECORDS:
        raise Unreadable(BOMB, f"a batch may have {MAX_RECORDS} records")
    body = _body(raw, header, most)
    at, last = 0, -1
    appended = header.attributes & APPEND_TIME
    for index in range(header.records):
        try:
            after, (delta, time, key, value, headers) = _record(body, at)
        except (IndexError, ValueError):
            raise Unreadable(CORRUPT, f"its record {index + 1} is malformed") from None
        left = header.records - index - 1
        if not last < delta <= header.last_delta - left:
            raise Unreadable(CORRUPT, f"the offset of its record {index + 1} is not in order")
        if not left and after != len(body):
            raise Unreadable(CORRUPT, f"{len(body) - after} bytes follow the last of its records")
        at, last = after, delta
        yield ConsumerRecord(
            place.topic,
            place.partition,
            header.leader_epoch,
            header.base + delta,
            header.max_timestamp if appended else header.first_timestamp + time,
            int(bool(appended)),
            key,
            value,
            headers,
            None,
            -1 if key is None else len(key),
            -1 if value is None else len(value),
            -1,
        )
    if not header.records and body:
        raise Unreadable(CORRUPT, f"it has {len(body)} bytes, but says that it has no record")


def _body(raw: memoryview, header: Header, most: int) -> bytes:
    packed = raw[HEADER.size :]
    codec = header.attributes & CODEC_MASK
    too_much = f"it is more than the {most} bytes that a batch may have when unpacked"
    if not codec:
        if len(packed) > most:
            raise Unreadable(BOMB, too_much)
        return bytes(packed)
    try:
        return unpacked(codec, bytes(packed), most)
    except UnpacksToMore:
        raise Unreadable(BOMB, too_much) from None
    except NotPacked as wrong:
        raise Unreadable(CORRUPT, str(wrong)) from None


def _record(
    body: bytes, at: int
) -> tuple[int, tuple[int, int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]]:
    """Read the record at a place; return where the next one begins, and what this one says.

    Raises:
        IndexError, ValueError: it is malformed.

    """
    length, at = decode_varint(body, at)
    end = at + length
    if length < 0 or end > len(body):
        raise IndexError
    _, at = decode_varint(body, at)  # attributes, of which there are none
    time, at = decode_varint(body, at)
    delta, at = decode_varint(body, at)
    key, at = _bytes(body, at, end)
    value, at = _bytes(body, at, end)
    count, at = decode_varint(body, at)
    if count < 0:
        raise IndexError
    headers: list[tuple[str, bytes | None]] = []
    for _ in range(min(count, MAX_HEADERS)):
        name, at = _bytes(body, at, end)
        if name is None:
            raise IndexError
        content, at = _bytes(body, at, end)
        headers.append((name.decode(errors="replace"), content))
    if count <= MAX_HEADERS and at != end:
        raise IndexError
    return end, (delta, time, key, value, headers)


def _bytes(body: bytes, at: int, end: int) -> tuple[bytes | None, int]:
    length, at = decode_varint(body, at)
    if length < 0:
        return None, at
    after = at + length
    if after > end:
        raise IndexError
    return body[at:after], after
