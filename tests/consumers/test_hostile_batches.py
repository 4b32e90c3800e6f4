"""Batches that no decent producer sends: each is parked whole, and what stands beside it counts."""

import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaProducer, TopicPartition

from consumers import bounded
from consumers.bounded import BoundedConsumer
from consumers.parking import Replayed
from ledger.store.postgres import PostgresStore
from ops.embedded.apache import apache_kafka
from tests.consumers.handmade import (
    MIB,
    batch,
    bomb,
    pack,
    record,
    resealed,
    send,
    sent,
)
from tests.consumers.stories import CAREER, employed, people
from tests.lines import Line, make_line

FIXED_BYTES = 16
"""A batch's first offset, length and the leader's epoch, which the broker writes."""

LIMITS = {"max_bytes": 1 << 20, "max_unpacked_bytes": 64 * MIB}


def said(*persons: str) -> bytes:
    """Return a batch in which people are employed, one after the other."""
    values = [employed(person) for person in persons]
    records = (record(m.value, delta, m.key) for delta, m in enumerate(values))
    return batch(b"".join(records), count=len(values))


def sole_parked(line: Line) -> tuple[str, str, bytes]:
    (parked,) = line.store.parked(10)
    assert parked.record.value is not None
    return parked.record.reason, parked.record.detail, parked.record.value


def replayed(line: Line, **limits: int) -> Replayed:
    (parked,) = line.store.parked(10)
    return line.replay(parked, **{**LIMITS, **limits})


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_a_compression_bomb_is_parked_packed_and_its_neighbours_are_taken_in(
    line: Line, codec: str
) -> None:
    before, after = people(2)
    packed = bomb(codec, 80)
    taken = send(line.bootstrap, line.names[CAREER], said(before), packed, said(after))
    assert taken == [0, 0, 0]
    line.drain()
    reason, detail, value = sole_parked(line)
    assert reason == "compression-bomb"
    assert detail == (
        f"offsets 1 to 80, a batch of 80 record(s) in {len(packed)} bytes: it is more than the"
        " 67108864 bytes that a batch may have when unpacked"
    )
    assert value[FIXED_BYTES:] == packed[FIXED_BYTES:]
    assert line.statuses() == [before, after]
    line.drain()  # and it does not come again
    assert len(line.store.parked(10)) == 1
    assert not replayed(line).handled
    read = replayed(line, max_unpacked_bytes=81 * MIB)
    assert not read.handled
    assert read.reason == "compression-bomb"
    assert read.detail.startswith("80 of its 80 records can't be handled; the one at offset 1: ")


def test_a_batch_over_the_limit_is_read_once_the_limit_is_raised(line: Line) -> None:
    everyone = people(60)
    content = said(*everyone)[61:]
    packed = batch(pack("lz4", content), count=len(everyone), codec="lz4")
    send(line.bootstrap, line.names[CAREER], packed)
    line.drain(line.intake(max_unpacked_bytes=len(content) - 1))
    assert sole_parked(line)[0] == "compression-bomb"
    assert line.statuses() == []
    assert not replayed(line, max_unpacked_bytes=len(content) - 1).handled
    assert replayed(line, max_unpacked_bytes=len(content)).handled
    assert line.statuses() == everyone
    assert line.store.parked(10) == []


HOSTILE: dict[str, tuple[bytes, str]] = {
    "a checksum that does not match": (
        batch(record(b"x"), count=1, checksum=1), "its checksum does not match its content",
    ),
    "no gzip": (batch(b"no gzip at all", count=1, codec="gzip"), "not what gzip makes"),
    "no snappy": (batch(b"\xff" * 30, count=1, codec="snappy"), "not what snappy makes"),
    "no lz4": (batch(b"no lz4 at all", count=1, codec="lz4"), "not what lz4 makes"),
    "no zstd": (batch(b"no zstd at all", count=1, codec="zstd"), "not what zstd makes"),
    "a gzip that is cut off": (
        batch(pack("gzip", record(b"x"))[:-9], count=1, codec="gzip"), "not what gzip makes",
    ),
    "a snappy block that goes backwards": (
        batch(b"\x82SNAPPY\0" + struct.pack("!iii", 1, 1, -4), count=1, codec="snappy"),
        "a block ends outside the batch",
    ),
    "a record that is cut off": (
        batch(record(b"x" * 50)[:-5], count=1), "its record 1 is malformed",
    ),
    "more records than it has": (
        batch(record(b"x"), count=3, last_delta=0), "it has more records than offsets",
    ),
    "fewer records than it has": (
        batch(record(b"x") + record(b"y", 1), count=1),
        f"{len(record(b'y', 1))} bytes follow the last of its records",
    ),
    "no record, but bytes": (
        batch(record(b"x"), count=0, last_delta=0), "says that it has no record",
    ),
    "an offset far ahead": (
        batch(record(b"x", 2**40), count=1), "the offset of its record 1 is not in order",
    ),
    "a header without a name": (
        batch(record(b"x", header_count=1)[:-1] + b"\x02\x01", count=1), "is malformed",
    ),
    "a format of before": (batch(record(b"x"), count=1, magic=1), "it is of format 1"),
    "a format to come": (batch(record(b"x"), count=1, magic=9), "it is of format 9"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_batch_that_cannot_be_read_is_parked_whole_unless_the_broker_refused_it(
    line: Line, what: str
) -> None:
    hostile, why = HOSTILE[what]
    before, after = people(2)
    (first, refused, last) = send(
        line.bootstrap, line.names[CAREER], said(before), hostile, said(after)
    )
    line.drain()
    assert (first, last) == (0, 0)
    assert line.statuses() == [before, after]
    if refused:
        assert line.store.parked(10) == []
        return
    reason, detail, value = sole_parked(line)
    assert reason == "corrupt-batch"
    assert detail.startswith("offset 1, a batch of ")
    assert why in detail
    assert value[FIXED_BYTES:] == hostile[FIXED_BYTES:]
    again = replayed(line)
    assert (again.handled, again.reason) == (False, "corrupt-batch")


def test_what_a_batch_says_before_it_breaks_off_is_taken_in(line: Line) -> None:
    first, second = people(2)
    whole = said(first, second)
    broken = batch(whole[61:-1] + b"\x02", count=2)
    (taken,) = send(line.bootstrap, line.names[CAREER], broken)
    line.drain()
    if taken == 0:
        assert line.statuses() == [first]
        assert sole_parked(line)[1].startswith("offset 1, a batch of 2 record(s) in ")
    else:  # Apache Kafka looks into batches that are not compressed
        assert line.statuses() == []


def test_headers_beyond_a_thousand_are_left_and_their_record_counts(line: Line) -> None:
    (person,) = people(1)
    message = employed(person)
    many = [(b"h", b"")] * 5_000
    (taken,) = send(
        line.bootstrap,
        line.names[CAREER],
        batch(record(message.value, 0, message.key, many), count=1),
    )
    assert taken == 0
    line.drain()
    assert line.statuses() == [person]


def test_no_poll_hands_out_many_large_records_at_once(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "POLL_BYTES", 3 * MIB)
    topic = line.names[CAREER]
    send(line.bootstrap, topic, *[bomb("zstd", 10)] * 3)
    with closing(
        BoundedConsumer(bootstrap_servers=line.bootstrap, isolation_level="read_committed")
    ) as consumer:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        consumer.seek(place, 0)
        seen: list[int] = []
        while len(seen) < 30:
            records = consumer.poll(1_000, max_records=500).get(place, [])
            assert sum(len(each.value) for each in records) <= 3 * MIB
            seen += [each.offset for each in records]
            assert consumer.position(place) == (seen[-1] + 1 if seen else 0)
    assert seen == list(range(30))


def test_of_a_partition_that_is_paused_in_the_middle_nothing_is_kept_and_it_goes_on_there(
    line: Line,
) -> None:
    topic = line.names[CAREER]
    send(line.bootstrap, topic, *[bomb("zstd", 10)] * 3)
    with closing(
        BoundedConsumer(bootstrap_servers=line.bootstrap, isolation_level="read_committed")
    ) as consumer:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        consumer.seek(place, 0)
        seen: list[int] = []
        while len(seen) < 30:
            found = consumer.poll(1_000, max_records=7).get(place, [])
            seen += [each.offset for each in found]
            consumer.pause(place)
            for _ in range(3):
                assert consumer.poll(100) == {}
            fetcher = consumer._fetcher
            kept = (
                fetcher._next_partition_records,
                fetcher._paused_partition_records,
                fetcher._paused_completed_fetches,
            )
            assert not any(kept)
            consumer.resume(place)
    assert seen == list(range(30))


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Yield an Apache Kafka whose disk can be touched: its bootstrap servers, and its folder."""
    folder = tmp_path_factory.mktemp("disk")
    with apache_kafka(folder) as broker:
        yield broker.bootstrap_servers, folder / "data"


on_one_disk = pytest.mark.xdist_group("disk")
"""One broker for those that need its disk, not one for each."""


@pytest.mark.apache_kafka
@on_one_disk
def test_a_bomb_of_a_transaction_that_was_aborted_is_nothing_to_anybody(
    disk: tuple[str, Path], store: PostgresStore
) -> None:
    before, after = people(2)
    line = make_line(disk[0], store)
    topic = line.names[CAREER]
    send(line.bootstrap, topic, said(before))
    with closing(
        KafkaProducer(
            bootstrap_servers=line.bootstrap, transactional_id="bomber",
            compression_type="gzip", linger_ms=100, batch_size=MIB,
        )
    ) as producer:  # fmt: skip
        producer.init_transactions()
        for commit in (False, True):
            producer.begin_transaction()
            for _ in range(20):
                producer.send(topic, bytes(50_000), partition=0)
            producer.flush()
            (producer.commit_transaction if commit else producer.abort_transaction)()
    send(line.bootstrap, topic, said(after))
    line.drain(line.intake(max_unpacked_bytes=100_000))
    assert line.statuses() == [before, after]
    reason, detail, _ = sole_parked(line)
    assert reason == "compression-bomb"
    assert detail.startswith("offsets 22 to 41, a batch of 20 record(s) in ")


DAMAGED = {
    "its content": (100, False),
    "its checksum": (18, False),
    "its last offset": (23, False),
    "its compression, with a checksum that matches": (22, True),
}


@pytest.mark.apache_kafka
@on_one_disk
@pytest.mark.parametrize("where", DAMAGED)
def test_what_rots_on_a_brokers_disk_is_parked_and_what_follows_is_read(
    disk: tuple[str, Path], store: PostgresStore, where: str
) -> None:
    at, matching = DAMAGED[where]
    everyone = people(5)
    line = make_line(disk[0], store)
    log = disk[1] / f"{line.names[CAREER]}-0" / f"{0:020}.log"
    places = sent(
        line.bootstrap, line.names[CAREER],
        said(everyone[0]), said(*everyone[1:4]), said(everyone[4]),
    )  # fmt: skip
    assert places == [(0, 0), (0, 1), (0, 4)]
    content = bytearray(log.read_bytes())
    start = len(said(everyone[0]))
    end = start + len(said(*everyone[1:4]))
    rotten = bytearray(content[start:end])
    rotten[at] ^= 0x02
    content[start:end] = resealed(bytes(rotten)) if matching else rotten
    with log.open("r+b") as file:
        file.write(content)
    line.drain()
    assert line.statuses() == [everyone[0], everyone[4]]
    reason, detail, value = sole_parked(line)
    assert reason == "corrupt-batch"
    assert detail.startswith("offsets 1 to 3, a batch of ")
    assert value == bytes(content[start:end])
    stop = threading.Event()
    stop.set()
    line.intake().run(stop, drain=True)
    assert len(line.store.parked(10)) == 1
