"""Whatever a batch holds: its records, or one answer why not, in bounded time."""

import os
import random
import struct
from collections.abc import Callable
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.record.memory_records import MemoryRecordsBuilder

from consumers.record_batches import Unreadable, framed, header_of, records_of
from consumers.unpacking import CODECS, NotPacked, UnpacksToMore, unpacked
from tests.consumers.handmade import MIB, batch, pack, record, resealed, varint

PLACE = TopicPartition("careers", 3)
TEXTS = st.binary(max_size=40)
HEADERS = st.lists(st.tuples(st.text(max_size=8), TEXTS | st.none()), max_size=4)
RECORDS = st.lists(st.tuples(TEXTS | st.none(), TEXTS | st.none(), HEADERS), min_size=1, max_size=8)


def opened(raw: bytes, most: int = MIB) -> list[ConsumerRecord]:
    (whole,) = framed(raw)
    return list(records_of(whole, header_of(whole), PLACE, most))


@given(RECORDS, st.integers(0, 4))
def test_what_a_producer_wrote_is_read_as_it_is(
    said: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]], codec: int
) -> None:
    builder = MemoryRecordsBuilder(magic=2, compression_type=codec, batch_size=MIB)
    for index, (key, value, headers) in enumerate(said):
        builder.append(timestamp=1_000 + index, key=key, value=value, headers=headers)
    builder.close()
    read = opened(bytes(builder.buffer()))
    assert [(r.key, r.value, r.headers) for r in read] == said
    assert [(r.offset, r.timestamp) for r in read] == [(i, 1_000 + i) for i in range(len(said))]
    assert {(r.topic, r.partition) for r in read} == {PLACE}


@given(RECORDS, st.integers(0, 4), st.randoms(use_true_random=False))
def test_whatever_changes_in_it_ends_in_records_in_their_order_or_in_one_answer(
    said: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]],
    codec: int,
    dice: random.Random,
) -> None:
    builder = MemoryRecordsBuilder(magic=2, compression_type=codec, batch_size=MIB)
    for key, value, headers in said:
        builder.append(timestamp=1, key=key, value=value, headers=headers)
    builder.close()
    changed = bytearray(builder.buffer())
    for _ in range(dice.randint(1, 4)):
        changed[dice.randrange(21, len(changed))] = dice.randrange(256)
    offsets: list[int] = []
    (whole,) = framed(resealed(bytes(changed)))
    with suppress(Unreadable):
        header = header_of(whole)
        for each in records_of(whole, header, PLACE, MIB):
            assert each.offset <= header.last
            offsets.append(each.offset)
    assert offsets == sorted(set(offsets))


def test_where_it_breaks_off_an_offset_is_left_that_nobody_got() -> None:
    jumps = batch(record(b"a", 1) + record(b"b", 1), count=2)
    (whole,) = framed(jumps)
    got = []
    with pytest.raises(Unreadable, match="record 1 is not in order"):
        got += [r.offset for r in records_of(whole, header_of(whole), PLACE, MIB)]
    assert got == []


def test_what_a_broker_cuts_off_at_the_end_of_a_fetch_is_no_batch_yet() -> None:
    one = batch(record(b"a"), count=1)
    assert [bytes(each) for each in framed(one + one + one[:30])] == [one, one]
    assert list(framed(one[:5])) == []


def test_where_no_next_batch_can_be_found_the_rest_is_one() -> None:
    one = batch(record(b"a"), count=1)
    rest = struct.pack(">qi", 1, -7) + one
    assert [bytes(each) for each in framed(one + rest)] == [one, rest]
    with pytest.raises(Unreadable, match="it is of format 0"):
        header_of(memoryview(rest))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("content", [b"", b"x", bytes(3 * MIB), os.urandom(MIB)], ids=len)
def test_what_was_packed_is_unpacked_up_to_the_limit_and_not_a_byte_further(
    codec: int, content: bytes
) -> None:
    packed = pack(CODECS[codec][0], content)
    assert unpacked(codec, packed, len(content)) == content
    if content:
        with pytest.raises(UnpacksToMore):
            unpacked(codec, packed, len(content) - 1)


@given(st.sampled_from(sorted(CODECS)), st.binary(max_size=300))
def test_bytes_that_nobody_packed_are_refused_or_empty_and_never_more_than_the_limit(
    codec: int, content: bytes
) -> None:
    with suppress(NotPacked, UnpacksToMore):
        assert len(unpacked(codec, content, 1_000)) <= 1_000


def with_headers(count: int) -> bytes:
    """Return a record with many headers, each without a name and a value."""
    body = b"\0\0\0\1\1" + varint(count) + bytes(2 * count)
    return varint(len(body)) + body


SLOW: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a gzip bomb": ("gzip", lambda: pack("gzip", bytes(70 * MIB))),
    "a snappy bomb": ("snappy", lambda: pack("snappy", bytes(70 * MIB))),
    "an lz4 bomb": ("lz4", lambda: pack("lz4", bytes(70 * MIB))),
    "a zstd bomb": ("zstd", lambda: pack("zstd", bytes(70 * MIB))),
    "many gzip members": ("gzip", lambda: pack("gzip", b"x") * 50_000),
    "many lz4 frames": ("lz4", lambda: pack("lz4", b"x") * 50_000),
    "many zstd frames": ("zstd", lambda: pack("zstd", b"x") * 80_000),
    "many snappy blocks": (
        "snappy",
        lambda: b"\x82SNAPPY\0" + struct.pack("!ii", 1, 1)
        + (struct.pack("!i", 3) + b"\x01\x00x") * 150_000,
    ),
    "many headers": ("zstd", lambda: pack("zstd", with_headers(20_000_000))),
    "many small records that never end": ("zstd", lambda: pack("zstd", varint(0) * 60 * MIB)),
}  # fmt: skip


@pytest.mark.parametrize("what", SLOW)
def test_no_batch_of_a_megabyte_takes_longer_than_a_moment(what: str) -> None:
    codec, made = SLOW[what]
    raw = batch(made(), count=1, codec=codec)
    began = process_time()
    with suppress(Unreadable):
        opened(raw, 64 * MIB)
    assert process_time() - began < 2.0
