"""Reads what came in from the topics, and what became of it from the tables; nothing else.

None of the product is used: kafka-python, psycopg, JSON, and the dictionary of its stored form.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition
from zstandard import ZstdCompressionDict, ZstdDecompressor

from tests.chaos.garbage import HEADER

ROOT = Path(__file__).parents[2]
DICTIONARY = ROOT / "ledger" / "store" / "zstd-1.dict"
REQUEST_MS = 30_000
POLL_MS = 1_000

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Read:
    """One record of a topic.

    Attributes:
        garbage: why it must be parked; `` when it is sound.
        message: the CloudEvent; None of garbage.

    """

    place: Place
    offset: int
    garbage: str
    message: dict[str, Any] | None

    @property
    def id(self) -> tuple[str, str]:
        """The source and id of a sound message."""
        assert self.message is not None
        return self.message["source"], self.message["id"]


@dataclass(frozen=True, slots=True)
class Log:
    """All that came in.

    Attributes:
        records: by partition, in order.
        ends: the offset after the last of each partition.

    """

    records: dict[Place, list[Read]]
    ends: dict[Place, int]


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the ledger's log."""

    account: str
    version: int
    position: int
    kind: str
    command: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that was set aside."""

    id: int
    place: Place
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a command ran; `reason` when it was refused."""

    number: int
    source: str
    id: str
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What the ledger holds.

    Attributes:
        versions: the version that each account's state is at.

    """

    events: list[Event]
    receipts: list[Receipt]
    parked: list[Parked]
    positions: dict[Place, int]
    versions: dict[str, int] = field(default_factory=dict)


def read_log(bootstrap: str, topics: Sequence[str]) -> Log:
    """Read topics from their beginning to their end."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        consumer_timeout_ms=REQUEST_MS,
    )
    with closing(consumer):
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        records: dict[Place, list[Read]] = {(p.topic, p.partition): [] for p in partitions}
        left = {p for p in partitions if ends[p]}
        while left:
            for partition, polled in consumer.poll(POLL_MS).items():
                place = (partition.topic, partition.partition)
                records[place] += [_read(place, one) for one in polled]
            left = {p for p in left if consumer.position(p) < ends[p]}
    return Log(records, {(p.topic, p.partition): end for p, end in ends.items()})


def _read(place: Place, record: Any) -> Read:
    garbage = dict(record.headers or ()).get(HEADER, b"").decode()
    message = None if garbage else json.loads(record.value)
    return Read(place, record.offset, garbage, message)


def read_tables(url: str) -> Tables:
    """Read what the ledger holds, in one snapshot."""
    with psycopg.connect(url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        events = [
            _event(*row)
            for row in conn.execute(
                "SELECT originator_id::text, originator_version, notification_id, topic, state"
                " FROM ledger.events ORDER BY notification_id"
            )
        ]
        receipts = [
            Receipt(number or 0, *_named(command), account, reason or "")
            for number, command, account, reason in conn.execute(
                "SELECT number, command, account::text, reason FROM ledger.receipts ORDER BY number"
            )
        ]
        parked = [
            Parked(id_, (topic, partition), offset, reason)
            for id_, topic, partition, offset, reason in conn.execute(
                'SELECT id, topic, partition, "offset", reason FROM ledger.parked ORDER BY id'
            )
        ]
        positions = {
            (topic, partition): position
            for topic, partition, position in conn.execute(
                "SELECT topic, partition, position FROM ledger.kafka_positions"
            )
        }
        versions: dict[str, int] = dict(
            conn.execute("SELECT account::text, version FROM ledger.accounts").fetchall()
        )
    return Tables(events, receipts, parked, positions, versions)


def _named(command: str) -> tuple[str, str]:
    """Return the source and id of a command's message."""
    source, _, id_ = command.partition(" ")
    return source, id_


def _event(account: str, version: int, position: int, topic: str, state: bytes) -> Event:
    data = state if state.startswith(b"{") else _decompressor().decompress(state)
    content = json.loads(data)
    kind = topic.partition("@")[0]
    return Event(account, version, position, kind, content["command"], content["event"])


@cache
def _decompressor() -> ZstdDecompressor:
    return ZstdDecompressor(dict_data=ZstdCompressionDict(DICTIONARY.read_bytes()))


def accounts(events: Sequence[Event]) -> Iterator[tuple[str, list[Event]]]:
    """Yield each account's events, in the order of the log."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.account, []).append(event)
    yield from found.items()
