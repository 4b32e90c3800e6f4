"""Kafka's clients as we make them: what bounds them, and how a member of a group behaves."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.consumer import ConsumerCoordinator

from consumers.bounded import BoundedConsumer
from consumers.bounds import SESSION_TIMEOUT_MS

HEARTBEATS_PER_SESSION: Final = 6

MAX_POLL_MS: Final = 300_000
"""Who does not poll for so long leaves the group; while the database is away we poll on."""

BOOTSTRAP_MS: Final = 5_000
"""How long one attempt to reach the broker lasts."""

REQUEST_MS: Final = 10_000
METADATA_MS: Final = 5_000
"""A partition that is added is noticed within this time.

So is a topic that kafka-python forgot to ask about: when we subscribe while it connects, the answer
to its first question, about no topic, counts as the answer to ours.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Whom a consumer shares the partitions with.

    Attributes:
        id: of the group.
        member: a name that the member keeps over restarts, so that its partitions wait for it
            (static membership, KIP-345); None when it has none.
        session_timeout_ms: after this silence its partitions go to others.

    """

    id: str
    member: str | None = None
    session_timeout_ms: int = SESSION_TIMEOUT_MS


class JoinsOnce(ConsumerCoordinator):  # type: ignore[misc]  # it has no hints
    """Goes on with a join that a poll began, until its answer is taken.

    kafka-python 3.0 forgets a join that the member began itself, because topics changed, when the
    poll in which it began is over: the member then has no partition, no heartbeat, and never joins
    again. And it throws an answer away that came between two polls, and joins anew: a member that
    works more than it polls never gets in, and keeps the others from it. Apache Kafka's own client
    mended the first in KAFKA-9815, and never had the second.
    """

    _answer: bytes | None = None

    def need_rejoin(self) -> bool:
        """Tell whether the next poll has a join to begin, or to go on with."""
        needed: bool = self._join_task is not None or super().need_rejoin()
        return needed

    async def _do_join_and_sync_async(self) -> bytes:
        if self._answer is None:
            self._answer = await super()._do_join_and_sync_async()
        return self._answer

    def reset_generation(self, *args: Any) -> None:  # noqa: ANN401  kafka-python's
        """Begin anew: an answer of before says nothing any more."""
        self._answer = None
        super().reset_generation(*args)

    async def _on_join_complete_async(self, *args: Any) -> None:  # noqa: ANN401  kafka-python's
        self._answer = None
        await super()._on_join_complete_async(*args)


class OwnsWhatItHas(CooperativeStickyAssignor):  # type: ignore[misc]  # it has no hints
    """Takes partitions over one at a time (KIP-429), and tells the group what the member has.

    kafka-python 3.0 tells what the member was last given, though it lost that since: nobody then
    gives those partitions up, and nobody gets them.
    """

    consumer: KafkaConsumer | None = None

    def metadata(self, topics: Iterable[str]) -> Any:  # noqa: ANN401  kafka-python's
        """Say, at the beginning of each join, what this member asks for and has."""
        if self.consumer is not None:
            self.member_assignment = sorted(self.consumer.assignment())
        return super().metadata(topics)


def member(
    kafka: Mapping[str, Any],
    group: Group,
    topics: Iterable[str],
    *,
    listener: ConsumerRebalanceListener | None = None,
    **more: Any,  # noqa: ANN401  kafka-python's
) -> KafkaConsumer:
    """Return a member of a group, subscribed; `more` is kafka-python's configuration."""
    assignor = OwnsWhatItHas()
    consumer = BoundedConsumer(
        **kafka,
        group_id=group.id,
        group_instance_id=group.member,
        partition_assignment_strategy=[assignor],
        session_timeout_ms=group.session_timeout_ms,
        heartbeat_interval_ms=group.session_timeout_ms // HEARTBEATS_PER_SESSION,
        max_poll_interval_ms=MAX_POLL_MS,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        metadata_max_age_ms=METADATA_MS,
        metrics_enabled=False,
        **more,
    )
    assignor.consumer = consumer
    consumer._coordinator.__class__ = JoinsOnce  # noqa: SLF001  it makes its coordinator itself
    consumer.subscribe(list(topics), listener=listener)
    return consumer


@contextmanager
def administrator(
    kafka: Mapping[str, Any], *, request_ms: int = REQUEST_MS
) -> Iterator[KafkaAdminClient]:
    """Yield a client that asks about topics and groups, and waits so long for an answer."""
    admin = KafkaAdminClient(
        **kafka, bootstrap_timeout_ms=BOOTSTRAP_MS, request_timeout_ms=request_ms
    )
    try:
        yield admin
    finally:
        admin.close()
