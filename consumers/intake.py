"""Kafka in: a poll is a batch, and its positions are written with the events it led to.

The ledger's own positions count, not the group's: they move by compare-and-set in the batch's
transaction, so at-least-once delivery has its effect exactly once. They are kept by topic id,
because a topic that is made again starts at offset 0 under another id.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import structlog
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from consumers.bounded import BoundedConsumer
from consumers.record_batches import MAX_UNPACKED_BYTES, UnreadableBatch
from consumers.topics import topic_ids
from consumers.translate import Language, Unhandled, translate
from ledger.domain.commands import Command
from ledger.domain.reasons import Rejection
from ledger.service.clock import Clock
from ledger.service.defects import DEFECT, InARow, isolated, told
from ledger.service.door import Door
from ledger.service.outage import Outage, patiently
from ledger.service.ports import Delivery, Fenced, Move, ParkedRecord, StoreUnavailable
from ledger.store.postgres import PostgresStore

T = TypeVar("T")
Polled: TypeAlias = Mapping[TopicPartition, Sequence[ConsumerRecord]]

SESSION_TIMEOUT_MS: Final = 6_000
"""After this silence the group gives our partitions to others; Kafka's smallest by default."""

HEARTBEAT_MS: Final = 1_000
BOOTSTRAP_MS: Final = 5_000
"""How long one attempt to reach the broker lasts."""

REQUEST_MS: Final = 10_000
METADATA_MS: Final = 5_000
"""A partition that is added is noticed within this time.

So is a topic that kafka-python forgot to ask about: when we subscribe while it connects, the answer
to its first question, about no topic, counts as the answer to ours.
"""

JOIN_SECONDS: Final = 15.0
"""So long a drain waits to be given what is left in partitions that others have, or had."""

IDLE_PROBE_SECONDS: Final = 1.0
"""An idle poll can't tell a quiet broker from one that is gone: so often we ask."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one batch may be.

    Attributes:
        max_records: in one poll, hence in one transaction.
        max_wait_ms: how long a poll waits for the first record.
        max_bytes: a longer record is parked unread.
        max_unpacked_bytes: a batch of records that would unpack to more is parked as it is.

    """

    max_records: int
    max_wait_ms: int
    max_bytes: int
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES


@dataclass(frozen=True, slots=True)
class _Place:
    """Where we are in a partition.

    Attributes:
        kept: what the ledger holds; None before the first batch.
        next: the offset that the next record should have, at least.
        sought: whether we went there, and have not read anything there yet.

    """

    topic_id: UUID
    kept: int | None
    next: int
    sought: bool = False


@dataclass
class StaysInGroup(ConsumerRebalanceListener):  # type: ignore[misc]  # it has no hints
    """Sees to it that a consumer whose poll ends in the middle of a join finishes it.

    kafka-python 3.0 forgets a join that it began itself, because topics changed, when the poll in
    which it began is over: the member then has no partition, no heartbeat, and never joins again.
    Apache Kafka's own client mended the same in KAFKA-9815, as here.
    """

    consumer: KafkaConsumer

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002
        """Ask for the join that is about to begin: until it is done, each poll goes on with it."""
        self.consumer._coordinator.request_rejoin()  # noqa: SLF001  # nothing public asks for it

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Take what the group gives."""


@dataclass
class _Session(StaysInGroup):
    """A connection to the broker, and our places in the partitions that we were given.

    A partition that is given anew, though we had it, is begun where the group's position is: so
    its place is forgotten, and sought again in the ledger.
    """

    admin: KafkaAdminClient
    places: dict[TopicPartition, _Place] = field(default_factory=dict)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        super().on_partitions_revoked(revoked)
        self.on_partitions_assigned(revoked)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        for partition in assigned:
            self.places.pop(partition, None)


class Intake:
    """Takes records in, batch by batch."""

    def __init__(
        self,
        door: Door,
        store: PostgresStore,
        kafka: Mapping[str, Any],
        languages: Mapping[str, Language],
        *,
        group: str,
        limits: Limits,
    ) -> None:
        """Take what is needed to consume.

        Args:
            door: decides and writes.
            store: the door's, which keeps how far we read.
            kafka: connection settings of kafka-python's clients.
            languages: what is spoken on each topic.
            group: under which consumers share the partitions.
            limits: of one batch.

        """
        self._door = door
        self._store = store
        self._kafka = kafka
        self._languages = languages
        self._group = group
        self._limits = limits
        self._in_a_row = InARow()

    def run(self, stop: Event, *, drain: bool = False) -> None:
        """Consume until told to stop, through outages of broker and database.

        Args:
            stop: ends the run after the batch under way.
            drain: once told to stop, first take in all that the broker held then, but for what
                others have and leave.

        Raises:
            KafkaError, OSError, StoreUnavailable: a server was away when draining, so records
                are left.
            LineStopped: our own code failed for `MAX_DEFECTS_IN_A_ROW` people in a row.

        """
        outage = Outage("broker", stop)
        while drain or not stop.is_set():
            try:
                with self._session() as session:
                    self._follow(session, stop, outage, drain=drain)
            except (KafkaError, OSError, StoreUnavailable) as error:
                if not stop.is_set():
                    outage.wait(error)
                elif drain:
                    raise
            else:
                return

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        admin = KafkaAdminClient(
            **self._kafka, bootstrap_timeout_ms=BOOTSTRAP_MS, request_timeout_ms=REQUEST_MS
        )
        try:
            consumer = BoundedConsumer(
                **self._kafka,
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                metadata_max_age_ms=METADATA_MS,
                max_poll_records=self._limits.max_records,
                max_unpacked_bytes=self._limits.max_unpacked_bytes,
                fetch_max_wait_ms=self._limits.max_wait_ms,
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=HEARTBEAT_MS,
                bootstrap_timeout_ms=BOOTSTRAP_MS,
                request_timeout_ms=REQUEST_MS + self._limits.max_wait_ms,
                metrics_enabled=False,
            )
            try:
                session = _Session(consumer, admin)
                consumer.subscribe(list(self._languages), listener=session)
                yield session
            finally:
                consumer.close(autocommit=False, timeout_ms=HEARTBEAT_MS)
        finally:
            admin.close()

    def _follow(self, session: _Session, stop: Event, outage: Outage, *, drain: bool) -> None:
        ends: dict[TopicPartition, int] | None = None
        probed_at = busy_at = monotonic()
        while not stop.is_set() or drain:
            polled = session.consumer.poll(self._limits.max_wait_ms)
            new = session.consumer.assignment() - session.places.keys()
            if polled or new or monotonic() - probed_at > IDLE_PROBE_SECONDS:
                ids = topic_ids(session.admin, self._languages)
                outage.over()
                probed_at = monotonic()
                self._take(session, ids, self._continuing(session, ids, polled, stop), stop)
            if not stop.is_set():
                continue
            if polled or ends is None:
                ends = ends or session.consumer.end_offsets(self._partitions(session))
                busy_at = monotonic()
                continue
            assigned, left = session.consumer.assignment(), self._left(session, ends, stop)
            if assigned and not left:
                return
            if left.isdisjoint(assigned) and monotonic() - busy_at > JOIN_SECONDS:
                if left:
                    log.warning("left_to_others", partitions=len(left))
                return

    def _partitions(self, session: _Session) -> list[TopicPartition]:
        return [
            TopicPartition(topic, partition)
            for topic in self._languages
            for partition in session.consumer.partitions_for_topic(topic) or ()
        ]

    def _left(
        self, session: _Session, ends: Mapping[TopicPartition, int], stop: Event
    ) -> set[TopicPartition]:
        """Return where something has not been handled, by whoever, when a poll brought nothing.

        The consumer's own place is past transaction markers, too. The embedded broker tells the
        end of its last batch too low, hence the poll.
        """
        ours = session.consumer.assignment()
        kept: dict[TopicPartition, int] = {}
        for topic, id_ in topic_ids(session.admin, self._languages).items():
            known = _asked(partial(self._store.positions, id_), stop)
            kept |= {TopicPartition(topic, number): at for number, at in known.items()}
        for partition in ours:
            at = session.consumer.position(partition, timeout_ms=REQUEST_MS)
            kept[partition] = (at or 0) if partition in session.places else -1
        return {partition for partition, end in ends.items() if kept.get(partition, 0) < end}

    def _continuing(
        self, session: _Session, ids: Mapping[str, UUID], polled: Polled, stop: Event
    ) -> dict[TopicPartition, Sequence[ConsumerRecord]]:
        """Keep the records that continue where the ledger stands; for the others, go there.

        The ids were asked for after the poll, so a topic that was made again is noticed here.
        """
        usable = {}
        for partition in session.consumer.assignment():
            topic_id, records = ids.get(partition.topic), polled.get(partition)
            place = session.places.get(partition)
            if topic_id is None:
                continue
            if place is None or place.topic_id != topic_id:
                self._go_to_place(session, partition, topic_id, stop)
            elif records and records[0].offset < place.next and not place.sought:
                self._go_to_place(session, partition, topic_id, stop)  # the group moved us
            elif records:
                if records[0].offset < place.next:
                    # An unclean election cut the log: what is read again is known by its ids.
                    log.error(
                        "log_was_cut",
                        topic=partition.topic,
                        partition=partition.partition,
                        kept=place.kept,
                        found=records[0].offset,
                    )
                elif records[0].offset > place.next:
                    self._say_if_gone(session, partition, place.next)
                usable[partition] = records
        return usable

    def _go_to_place(
        self, session: _Session, partition: TopicPartition, topic_id: UUID, stop: Event
    ) -> None:
        """Continue where the ledger stands, or at what the broker still has."""
        consumer = session.consumer
        kept = _asked(lambda: self._store.positions(topic_id), stop).get(partition.partition)
        first = consumer.beginning_offsets([partition])[partition]
        if kept is not None:
            self._say_if_gone(session, partition, kept)
        start = first if kept is None else max(kept, first)
        consumer.seek(partition, start)
        session.places[partition] = _Place(topic_id, kept, start, sought=True)

    @staticmethod
    def _say_if_gone(session: _Session, partition: TopicPartition, wanted: int) -> None:
        """Say loudly what the broker deleted before we read it (markers leave gaps, too)."""
        first = session.consumer.beginning_offsets([partition])[partition]
        if first > wanted:
            log.error("records_gone", topic=partition.topic, partition=partition.partition,
                      since=wanted, until=first)  # fmt: skip

    def _take(
        self, session: _Session, ids: Mapping[str, UUID], polled: Polled, stop: Event
    ) -> None:
        """Hand a poll to the door; what our own code fails on is parked, the rest goes on.

        Raises:
            LineStopped: it failed too often in a row; of that row nothing is parked.

        """
        waiting: list[ParkedRecord] = []

        def hand_in(records: Sequence[ConsumerRecord]) -> None:
            self._hand_in(session, ids, records, waiting, stop)
            waiting.clear()

        records = [record for some in polled.values() for record in some]
        try:
            for record, defect in isolated(records, hand_in) if records else ():
                why = told(defect)
                log.error("record_defective", topic=record.topic, partition=record.partition,
                          offset=record.offset, defect=why)  # fmt: skip
                waiting.append(_parked(record, ids, DEFECT, why, self._door.clock))
                self._in_a_row.failed(record.key or record.offset, defect)
            if waiting:
                hand_in(())
        except Fenced:
            # Somebody else went on in one of our partitions: look again where the ledger stands.
            log.warning("partition_lost")
            session.places.clear()

    def _hand_in(
        self,
        session: _Session,
        ids: Mapping[str, UUID],
        records: Sequence[ConsumerRecord],
        parked: Sequence[ParkedRecord],
        stop: Event,
    ) -> None:
        """Translate records, and hand them to the door with their positions.

        `parked` are those right before them.
        """
        commands: list[Command] = []
        sources: list[ConsumerRecord] = []
        parked = list(parked)
        ends = {TopicPartition(r.topic, r.partition): r.offset + 1 for r in (*parked, *records)}
        for record in records:
            if isinstance(record, UnreadableBatch):
                parked.append(_parked(record, ids, record.reason, record.detail, self._door.clock))
                continue
            language = self._languages[record.topic]
            read = translate(language, record.key, record.value, max_bytes=self._limits.max_bytes)
            if isinstance(read, Unhandled):
                parked.append(_parked(record, ids, read.reason, read.detail, self._door.clock))
            else:
                commands += read
                sources += [record] * len(read)

        def park(index: int, rejection: Rejection) -> ParkedRecord:
            why = rejection.reason.value, rejection.detail
            return _parked(sources[index], ids, *why, self._door.clock)

        places = dict(session.places)  # the client's own thread takes away what the group takes
        if not ends.keys() <= places.keys():
            raise Fenced("the group took a partition in the middle of a batch")
        moves = tuple(
            Move(
                topic_id=places[partition].topic_id,
                topic=partition.topic,
                partition=partition.partition,
                expected=places[partition].kept,
                position=end,
            )
            for partition, end in ends.items()
        )
        delivery = Delivery(moves=moves, parked=tuple(parked), park=park)
        _asked(lambda: self._door.handle(commands, delivery=delivery), stop)
        if commands:
            self._in_a_row.worked()
        for record in parked:
            log.warning("record_parked", topic=record.topic, partition=record.partition,
                        offset=record.offset, reason=record.reason)  # fmt: skip
        for partition, end in ends.items():
            session.places[partition] = _Place(places[partition].topic_id, end, end)
        # For people's tools only, which show a group's lag; so nobody waits for the answer.
        session.consumer.commit_async(
            {partition: OffsetAndMetadata(end, "", -1) for partition, end in ends.items()},
            callback=lambda *_: None,
        )


def _asked(ask: Callable[[], T], stop: Event) -> T:
    """Ask the database, through outages."""
    return patiently("database", (StoreUnavailable,), ask, stop)


def _parked(
    record: ConsumerRecord, ids: Mapping[str, UUID], reason: str, detail: str, clock: Clock
) -> ParkedRecord:
    return ParkedRecord(
        topic_id=ids[record.topic],
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers or ()),
        reason=reason,
        detail=detail,
        parked_at=clock.now().recorded_at,
    )
