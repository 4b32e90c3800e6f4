"""Topics as the broker knows them: their ids, and making those that are missing."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

PARTITIONS: Final = 8
"""Of a topic that we make: at most so many consumers share the work."""


def topic_ids(admin: KafkaAdminClient, topics: Iterable[str]) -> dict[str, UUID]:
    """Return the id of each topic that exists.

    A topic that is deleted and made again has another id, and its offsets begin anew.
    """
    described = admin.describe_topics(list(topics))
    return {
        topic["name"]: UUID(topic["topic_id"])
        for topic in described
        if topic["error_code"] == 0 and topic["topic_id"]
    }


def make_missing(admin: KafkaAdminClient, topics: Iterable[str]) -> list[str]:
    """Make the topics that aren't there, with the broker's replication; return their names.

    Raises:
        AuthorizationError: we may not make them.

    """
    wanted = list(topics)
    missing = [topic for topic in wanted if topic not in topic_ids(admin, wanted)]
    if missing:
        try:
            admin.create_topics(
                {topic: {"num_partitions": PARTITIONS} for topic in missing},
                wait_for_metadata=True,
            )
        except TopicAlreadyExistsError:  # another process was first
            admin.wait_for_topics(missing)
    return missing
