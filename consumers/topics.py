"""Topics as the broker knows them: their ids, and making those that are missing."""

from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import UUID

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError

PARTITIONS: Final = 8
"""Of a topic that we make: at most so many consumers share the work."""

COMPACTED: Final = {"cleanup.policy": "compact"}


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


def make_missing(
    admin: KafkaAdminClient, topics: Iterable[str], *, compacted: Collection[str] = ()
) -> list[str]:
    """Make the topics that aren't there, with the broker's replication; return their names.

    Of those that are compacted, Kafka keeps the last record under each key for ever.

    Raises:
        AuthorizationError: we may not make them.

    """
    wanted = list(topics)
    missing = [topic for topic in wanted if topic not in topic_ids(admin, wanted)]
    if missing:
        plain: dict[str, Any] = {"num_partitions": PARTITIONS}
        made = {t: plain | ({"configs": COMPACTED} if t in compacted else {}) for t in missing}
        try:
            admin.create_topics(made, wait_for_metadata=True)
        except TopicAlreadyExistsError:  # another process was first
            admin.wait_for_topics(missing)
    return missing


def is_compacted(admin: KafkaAdminClient, topic: str) -> bool | None:
    """Whether Kafka keeps the last record under each key of a topic; None when we may not know."""
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    policy = admin.describe_configs([resource], config_filter="all")["topic"][topic].get(
        "cleanup.policy"
    )
    return None if policy is None else "compact" in policy.get("value", "").split(",")
