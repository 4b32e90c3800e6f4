"""Keeps what each person has, as told on `rugzak.balances.v1`. Yours to copy.

It uses kafka-python and the published schemas, and nothing of Rugzak: `pip install kafka-python`,
then `python balances.py HOST:PORT`. With `--once` it prints what it knows at the end of the topic,
one line of JSON for each person, and ends.
"""

import argparse
import json
import sys
from typing import Any

from kafka import KafkaConsumer, TopicPartition

CHANGED = "be.rugzak.balances.v1.balances.notify.changed"
QUIET_POLLS = 5


class Balances:
    """The last balance of each person."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self.of: dict[str, dict[str, Any]] = {}

    def take(self, key: bytes, value: bytes | None) -> bool:
        """Take one record in; False when it changes nothing.

        A record may come twice, and after a fault of the sender an older one may come again after
        a newer one. `position` only rises, so what is not above what we know is left alone.
        """
        person = key.decode()
        if value is None:  # the person was erased, and so is all that we know
            return self.of.pop(person, None) is not None
        message = json.loads(value)
        if message["type"] != CHANGED:  # a later version of the service may say more
            return False
        balance = message["data"]
        known = self.of.get(person)
        if known is not None and balance["position"] <= known["position"]:
            return False
        self.of[person] = balance
        return True


def consumer_of(bootstrap: str, topic: str) -> KafkaConsumer:
    """Return a consumer at the beginning of a topic, of which Kafka keeps the last of each key.

    `read_committed` is needed: what a sender took back is then not read.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
    if not partitions:
        sys.exit(f"there is no topic {topic} at {bootstrap}")
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    return consumer


def main() -> None:
    """Follow the topic, or read it once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap", metavar="HOST:PORT")
    parser.add_argument("--topic", default="rugzak.balances.v1")
    parser.add_argument("--once", action="store_true")
    asked = parser.parse_args()
    balances, consumer, quiet = Balances(), consumer_of(asked.bootstrap, asked.topic), 0
    while not (asked.once and quiet == QUIET_POLLS):
        polled = consumer.poll(timeout_ms=500)
        quiet = 0 if polled else quiet + 1
        for records in polled.values():
            for record in records:
                if balances.take(record.key, record.value) and not asked.once:
                    print(record.key.decode(), "has changed", flush=True)
    consumer.close()
    for balance in balances.of.values():
        print(json.dumps(balance))


if __name__ == "__main__":
    main()
