"""How much memory a consumer takes when everything that arrives was made to take much."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from psycopg import connect

from consumers.topics import PARTITIONS, make_missing
from tests.consumers.handmade import CODECS, MIB, batch, bomb, record, send, stream, varint
from tests.consumers.stories import employed, people
from tests.lines import admin_of

ROOT = Path(__file__).parents[2]
CONSUME_SECONDS = 280
CONSUMER_MIB = 512
"""What ops/docs/kafka.md says that a consumer of one broker may take."""


def just_below(codec: str) -> bytes:
    """Return a batch of the longest records that are read, which unpacks to what it may."""
    records = (record(b"[" * (MIB - 100), delta) for delta in range(63))
    return batch(stream(codec, records), count=63, codec=codec)


def headers() -> bytes:
    count = 20_000_000
    body = b"\0\0\0\1\1" + varint(count) + bytes(2 * count)
    return batch(stream("zstd", iter([varint(len(body)), body])), count=1, codec="zstd")


def hostile() -> Iterator[bytes]:
    """Yield batches that take little room on the way, and much where they are read."""
    for codec in sorted(CODECS.keys() - {"none"}):
        yield bomb(codec, 300)
        yield just_below(codec)
    yield headers()
    yield batch(record(b"9" * (16 * MIB - 200)), count=1)
    yield batch(record(b'{"a":' * (MIB // 5)), count=1)
    yield batch(record(b"[" + b"[]," * (MIB // 3 - 2) + b"1]"), count=1)


def test_a_consumer_holds_no_more_than_it_says_whatever_arrives(kafka: str, database: str) -> None:
    topic = f"memory-{uuid4().hex[:8]}"
    everyone = people(PARTITIONS)
    with admin_of(kafka) as admin:
        make_missing(admin, [topic])
    for made in hostile():
        for partition in range(2):
            assert send(kafka, topic, made, partition=partition) == [0]
    large = batch(record(b"[" * (MIB - 200)), count=1)
    for partition, person in enumerate(everyone):
        message = employed(person)
        last = batch(record(message.value, 0, message.key), count=1)
        taken = send(kafka, topic, *[large] * 16, last, partition=partition)
        assert set(taken) == {0}
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.peak", "consume", "--drain", "--no-projections"],
        cwd=ROOT, timeout=CONSUME_SECONDS, check=False, capture_output=True, text=True,
        env={
            **os.environ, "RUGZAK_DATABASE_URL": database, "RUGZAK_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "RUGZAK_CAREER_TOPIC": topic, "RUGZAK_CONSUMER_GROUP": topic,
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    peak = int(done.stderr.split("peak ")[-1].split()[0])
    assert peak < CONSUMER_MIB
    with connect(database) as connection:
        parked: dict[str, int] = dict(
            connection.execute(
                "SELECT reason, count(*) FROM ledger.parked GROUP BY reason"
            ).fetchall()
        )
        found = connection.execute(
            "SELECT account::text FROM ledger.receipts WHERE account::text = ANY(%s)", (everyone,)
        ).fetchall()
    assert parked == {
        "compression-bomb": 2 * 4,
        "too-deep": 2 * (4 * 63 + 1) + 16 * PARTITIONS,
        "no-value": 2,
        "too-large": 2,
        "too-many-values": 2,
    }
    assert sorted(found) == sorted((person,) for person in everyone)
