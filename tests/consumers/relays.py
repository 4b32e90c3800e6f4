"""A relay of test: topics of its own, and what a reader finds on them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from consumers.relay.runner import Relay
from ledger.store.outbox import Outbox
from ops.running.relaying import open_relay
from ops.settings import Settings
from ops.wiring import Servers

INSTALLATION = "https://rugzak.example.be"
LEDGER, BALANCES, OUTCOMES, PARKED = "ledger", "balances", "outcomes", "parked"
QUIET_POLLS = 3
"""So many polls in a row that bring nothing make the end of a topic."""


@dataclass(frozen=True)
class Out:
    """Where a relay of one test sends, and how."""

    settings: Settings
    where: Servers

    @contextmanager
    def relay(self) -> Iterator[Relay]:
        """Yield a relay that was not started."""
        with Outbox(self.where.database_url) as outbox:
            yield open_relay(self.settings, self.where, outbox)

    def send_all(self) -> int:
        """Send all that there is; return how much."""
        with self.relay() as relay:
            return relay.run(threading.Event(), once=True)

    def topic(self, stream: str) -> str:
        name: str = getattr(self.settings, f"{stream}_topic")
        return name

    def records(self, stream: str, *, committed: bool = True) -> list[ConsumerRecord]:
        """Return what a reader finds on a topic, from its beginning."""
        assert self.where.bootstrap_servers is not None
        return read(self.where.bootstrap_servers, self.topic(stream), committed=committed)

    def told(self, stream: str) -> list[dict[str, Any]]:
        """Return the messages on a topic."""
        return [json.loads(record.value) for record in self.records(stream)]


def out_of(database: str, bootstrap: str, **settings: Any) -> Out:
    """Return topics of a test's own, and who sends to them."""
    unique = uuid4().hex[:8]
    names = {f"{s}_topic": f"{s}-{unique}" for s in (LEDGER, BALANCES, OUTCOMES, PARKED)}
    made = Settings(
        data_dir=Path("/nowhere"),
        database_url=database,
        kafka_bootstrap_servers=bootstrap,
        relay_source=INSTALLATION,
        consumer_group=f"group-{unique}",
        **(names | settings),
    )
    where = Servers(database_url=database, bootstrap_servers=bootstrap, embedded=())
    return Out(made, where)


def read(bootstrap: str, topic: str, *, committed: bool = True) -> list[ConsumerRecord]:
    """Read a topic from its beginning to its end."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed" if committed else "read_uncommitted",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    found: list[ConsumerRecord] = []
    try:
        numbers = consumer.partitions_for_topic(topic) or ()
        partitions = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        quiet = 0
        while quiet < QUIET_POLLS:
            polled = consumer.poll(timeout_ms=300)
            quiet = 0 if polled else quiet + 1
            found += [record for records in polled.values() for record in records]
    finally:
        consumer.close()
    return found
