"""Each kind of broker that the Kafka tests run on does what the consumers count on."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from ops.embedded.apache import apache_kafka
from ops.embedded.broker import embedded_broker

CONSUME_MS = 30_000


def test_what_is_produced_is_consumed_in_order(kafka: str) -> None:
    with topic(kafka) as name:
        produce(kafka, name, [b"one", b"two", b"three"])
        assert consume(kafka, name, 3) == [b"one", b"two", b"three"]


def test_a_topic_that_is_deleted_and_made_again_has_another_id(kafka: str) -> None:
    with topic(kafka) as name, closing(admin(kafka)) as client:
        first = topic_id(client, name)
        assert topic_id(client, name) == first
        client.delete_topics([name])
        make_topic(client, name)
        assert topic_id(client, name) != first


def test_the_embedded_broker_forgets_its_topics_and_gives_others_ids_after_a_restart(
    tmp_path: Path,
) -> None:
    ids = []
    for _ in range(2):
        with (
            embedded_broker(tmp_path) as broker,
            closing(admin(broker.bootstrap_servers)) as client,
        ):
            assert "events" not in client.list_topics()
            make_topic(client, "events")
            ids.append(topic_id(client, "events"))
    assert ids[0] != ids[1]


@pytest.mark.apache_kafka
def test_apache_kafka_that_is_killed_comes_back_on_its_port_with_its_topics_and_records(
    tmp_path: Path,
) -> None:
    with apache_kafka(tmp_path) as broker, closing(admin(broker.bootstrap_servers)) as client:
        make_topic(client, "events")
        first = topic_id(client, "events")
        produce(broker.bootstrap_servers, "events", [b"one"])
        os.kill(broker.pid, signal.SIGKILL)
        broker.process.wait()
    with apache_kafka(tmp_path, port=broker.port) as again:
        assert again.bootstrap_servers == broker.bootstrap_servers
        with closing(admin(again.bootstrap_servers)) as client:
            assert topic_id(client, "events") == first
        assert consume(again.bootstrap_servers, "events", 1) == [b"one"]


@contextmanager
def topic(servers: str) -> Iterator[str]:
    """Yield the name of a topic with one partition that only this test uses."""
    name = f"test-{uuid4()}"
    with closing(admin(servers)) as client:
        make_topic(client, name)
        yield name
        client.delete_topics([name])


def admin(servers: str) -> Any:
    return KafkaAdminClient(bootstrap_servers=servers)


def make_topic(client: Any, name: str) -> None:
    client.create_topics(
        {name: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True
    )


def topic_id(client: Any, name: str) -> UUID:
    [description] = client.describe_topics([name])
    found = description["topic_id"]
    return found if isinstance(found, UUID) else UUID(found)


def produce(servers: str, name: str, values: list[bytes]) -> None:
    with closing(KafkaProducer(bootstrap_servers=servers)) as producer:
        for value in values:
            producer.send(name, value, partition=0)
        producer.flush()


def consume(servers: str, name: str, count: int) -> list[bytes]:
    settings = {"auto_offset_reset": "earliest", "consumer_timeout_ms": CONSUME_MS}
    with closing(KafkaConsumer(bootstrap_servers=servers, **settings)) as consumer:
        consumer.assign([TopicPartition(name, 0)])
        return [record.value for _, record in zip(range(count), consumer, strict=False)]
