"""Record batches made by hand, byte by byte, and sent as they are: what no decent producer sends."""

import gzip
import io
import struct
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import lz4.frame
import snappy
import zstandard
from kafka import KafkaAdminClient
from kafka.protocol.producer import ProduceRequest
from kafka.record.util import calc_crc32c, encode_varint

HEADER = struct.Struct(">qiibIhiqqqhii")
CHECKED_FROM = 21
MIB = 1024 * 1024
NOT_LEADER = 6
CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def varint(number: int) -> bytes:
    made = bytearray()
    encode_varint(number, made.append)
    return bytes(made)


def packed_bytes(content: bytes | None) -> bytes:
    return varint(-1) if content is None else varint(len(content)) + content


def record(
    value: bytes | None,
    delta: int = 0,
    key: bytes | None = None,
    headers: Sequence[tuple[bytes, bytes | None]] = (),
    *,
    header_count: int | None = None,
) -> bytes:
    """Return one record as it is in a batch."""
    said = len(headers) if header_count is None else header_count
    body = b"".join([
        b"\0", varint(0), varint(delta), packed_bytes(key), packed_bytes(value), varint(said),
        *(packed_bytes(part) for header in headers for part in header),
    ])  # fmt: skip
    return varint(len(body)) + body


def batch(
    payload: bytes,
    *,
    count: int,
    codec: str | int = "none",
    base: int = 0,
    last_delta: int | None = None,
    attributes: int = 0,
    magic: int = 2,
    producer: int = -1,
    epoch: int = -1,
    sequence: int = -1,
    checksum: int | None = None,
) -> bytes:
    """Return a batch around what is (or should be) its records, packed."""
    number = CODECS[codec] if isinstance(codec, str) else codec
    now = int(time.time() * 1000)  # a broker deletes what is old
    fields = (
        number | attributes, count - 1 if last_delta is None else last_delta,
        now, now, producer, epoch, sequence, count,
    )  # fmt: skip
    body = struct.pack(">hiqqqhii", *fields) + payload
    crc = calc_crc32c(body) if checksum is None else checksum
    return struct.pack(">qiibI", base, len(body) + 9, -1, magic, crc) + body


def pack(codec: str, content: bytes) -> bytes:
    """Pack as a producer does."""
    return stream(codec, iter([content]))


def stream(codec: str, pieces: Iterator[bytes]) -> bytes:
    """Pack piece by piece, so that what is packed need not fit in memory."""
    if codec == "none":
        return b"".join(pieces)
    if codec == "gzip":
        made = io.BytesIO()
        with gzip.GzipFile(fileobj=made, mode="wb") as file:
            for piece in pieces:
                file.write(piece)
        return made.getvalue()
    if codec == "zstd":
        squeeze = zstandard.ZstdCompressor().compressobj()
        return b"".join([*(squeeze.compress(piece) for piece in pieces), squeeze.flush()])
    if codec == "lz4":
        frame = lz4.frame.LZ4FrameCompressor(block_linked=False)
        return b"".join([frame.begin(), *map(frame.compress, pieces), frame.flush()])
    blocks = [snappy.compress(piece) for piece in pieces]
    framed = [struct.pack("!i", len(block)) + block for block in blocks]
    return b"\x82SNAPPY\0" + struct.pack("!ii", 1, 1) + b"".join(framed)


def zeros(count: int) -> Iterator[bytes]:
    """Yield records of a megabyte of zeros each."""
    for delta in range(count):
        yield record(bytes(MIB), delta)


def bomb(codec: str, mebibytes: int) -> bytes:
    """Return a batch that unpacks to so many MiB, made of records that are well formed."""
    return batch(stream(codec, zeros(mebibytes)), count=mebibytes, codec=codec)


def send(bootstrap: str, topic: str, *batches: bytes, partition: int = 0) -> list[int]:
    """Produce batches as they are; return the error code for each, 0 when the broker took it."""
    return [each for each, _ in sent(bootstrap, topic, *batches, partition=partition)]


def sent(bootstrap: str, topic: str, *batches: bytes, partition: int = 0) -> list[tuple[int, int]]:
    """Produce batches; return for each the error code and the first offset."""
    answers = []
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as client:
        client._manager.cluster.set_topics([topic])
        node = client.describe_topics([topic])[0]["partitions"][partition]["leader_id"]
        for one in batches:
            data = ProduceRequest.TopicProduceData
            request = ProduceRequest(
                transactional_id=None, acks=-1, timeout_ms=30_000,
                topic_data=[data(name=topic, partition_data=[
                    data.PartitionProduceData(index=partition, records=one)
                ])],
                min_version=3, max_version=9,
            )  # fmt: skip

            async def ask(request: ProduceRequest = request) -> object:
                return await client._manager.send(request, node_id=node)

            answer = _answer(client, ask)
            while answer.error_code == NOT_LEADER:
                time.sleep(0.05)  # the topic was made just now
                answer = _answer(client, ask)
            answers.append((answer.error_code, answer.base_offset))
    return answers


def _answer(client: KafkaAdminClient, ask: Callable[[], Awaitable[Any]]) -> Any:
    return client._manager.run(ask).responses[0].partition_responses[0]


def resealed(changed: bytes) -> bytes:
    """Return a batch with the checksum that its content has now."""
    crc = calc_crc32c(changed[CHECKED_FROM:])
    return changed[:17] + struct.pack(">I", crc) + changed[CHECKED_FROM:]
