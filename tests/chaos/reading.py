"""Reads what came in from the topics, and what became of it from the tables; nothing else.

None of the product is used: kafka-python, psycopg, JSON, and the dictionary of its stored form.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from zstandard import ZstdCompressionDict, ZstdDecompressor

from ledger.domain.events import OPERATIONS
from tests.chaos.garbage import HEADER

ROOT = Path(__file__).parents[2]
DICTIONARY = ROOT / "ledger" / "store" / "zstd-1.dict"
POLL_MS = 1_000
READ_SECONDS = 300
FETCH_BYTES = 8 * 1024 * 1024

Place: TypeAlias = tuple[str, int]
"""A topic, and the number of a partition."""

Sums: TypeAlias = tuple[int, int, int, int]
"""Of a lot: granted less withdrawn, reserved, used, expired."""


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
    """A record that was set aside.

    Attributes:
        waits: for its time, or for an operator; otherwise it was handled since.

    """

    id: int
    place: Place
    offset: int
    reason: str
    waits: bool


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
        balances: net, reserved, used and expired of each account's lot, as the read model says.
        projected: how far each read model is.

    """

    events: list[Event]
    receipts: list[Receipt]
    parked: list[Parked]
    positions: dict[Place, int]
    versions: dict[str, int]
    balances: dict[tuple[str, str], Sums]
    projected: dict[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """One record that went out; `value` None tells that what the key names is gone."""

    place: Place
    key: str
    value: dict[str, Any] | None
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Out:
    """What went out, by topic, in the order of each partition."""

    ledger: list[Told]
    balances: list[Told]
    outcomes: list[Told]
    parked: list[Told]


def read_log(bootstrap: str, topics: Sequence[str]) -> Log:
    """Read topics that come in from their beginning to their end."""
    records: dict[Place, list[Read]] = {}
    ends: dict[Place, int] = {}
    for place, end, raw in _read_topics(bootstrap, topics):
        records[place] = [_read(place, one) for one in raw]
        ends[place] = end
    return Log(records, ends)


def read_out(bootstrap: str, ledger: str, balances: str, outcomes: str, parked: str) -> Out:
    """Read topics that go out."""

    def told(topic: str) -> list[Told]:
        read = _read_topics(bootstrap, [topic])
        return [_told(place, one) for place, _, raw in read for one in raw]

    return Out(told(ledger), told(balances), told(outcomes), told(parked))


def _read_topics(
    bootstrap: str, topics: Sequence[str]
) -> list[tuple[Place, int, list[ConsumerRecord]]]:
    """Return what each partition holds that was committed, and its end."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    with closing(consumer):
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        records: dict[TopicPartition, list[ConsumerRecord]] = {p: [] for p in partitions}
        left = {p for p in partitions if ends[p]}
        until = time.monotonic() + READ_SECONDS
        while left and time.monotonic() < until:
            for partition, polled in consumer.poll(POLL_MS).items():
                records[partition] += polled
            left = {p for p in left if consumer.position(p) < ends[p]}
        assert not left, f"{left} could not be read to the end"
    return [((p.topic, p.partition), ends[p], records[p]) for p in partitions]


def _read(place: Place, record: ConsumerRecord) -> Read:
    garbage = dict(record.headers or ()).get(HEADER, b"").decode()
    message = None if garbage else json.loads(record.value)
    return Read(place, record.offset, garbage, message)


def _told(place: Place, record: ConsumerRecord) -> Told:
    value: dict[str, Any] | None = None
    with suppress(
        ValueError, TypeError, RecursionError
    ):  # a dead letter holds what nobody can read
        value = json.loads(record.value)
    headers = {name: content.decode(errors="replace") for name, content in record.headers or ()}
    return Told(place, (record.key or b"").decode(errors="replace"), value, headers)


def read_tables(url: str, *, read_models: bool = True) -> Tables:
    """Read what the ledger holds, in one snapshot; its read models, too, if it has any."""
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
                "SELECT number, command, account::text, reason FROM ledger.receipts"
                " WHERE account <> %s ORDER BY number",
                (OPERATIONS,),  # what operators do, such as to start it, no message asked for
            )
        ]
        parked = [
            Parked(id_, (topic, partition), offset, reason, waits)
            for id_, topic, partition, offset, reason, waits in conn.execute(
                'SELECT id, topic, partition, "offset", reason, replayed_at IS NULL'
                " FROM ledger.parked ORDER BY id"
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
        balances, projected = _read_models(conn) if read_models else ({}, {})
    return Tables(events, receipts, parked, positions, versions, balances, projected)


def _read_models(
    conn: psycopg.Connection,
) -> tuple[dict[tuple[str, str], Sums], dict[str, int]]:
    balances: dict[tuple[str, str], Sums] = {
        (account, lot): (net, reserved, used, expired)
        for account, lot, net, reserved, used, expired in conn.execute(
            "SELECT account::text, lot, granted - withdrawn, reserved, used, expired"
            " FROM projections.balances"
        )
    }
    live = "SELECT name, position FROM projections.registry WHERE state = 'live'"
    return balances, dict(conn.execute(live).fetchall())


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
    """Yield each account's events, in the order of the log; what operators do is nobody's."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.account != str(OPERATIONS):
            found.setdefault(event.account, []).append(event)
    yield from found.items()
