"""Where a consumer is in each partition: the ledger says so, never the group.

Positions are kept by topic id, because a topic that is made again starts at offset 0 under
another id. They move by compare-and-set in a batch's transaction (`ledger.service.ports.Move`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

import structlog
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import IllegalStateError, KafkaError
from kafka.structs import OffsetAndMetadata

from consumers.clients import REQUEST_MS
from ledger.service.clock import Clock
from ledger.service.outage import patiently
from ledger.service.ports import Fenced, Gap, Move, StoreUnavailable
from ledger.store.postgres import PostgresStore

T = TypeVar("T")
Polled: TypeAlias = Mapping[TopicPartition, Sequence[ConsumerRecord]]

POLL_MS: Final = 200
"""How long one poll lasts that only keeps the membership alive."""

REPEAT_SECONDS: Final = 60.0
"""A partition that has stopped is told of again and again, so often."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where we are in a partition.

    Attributes:
        kept: what the ledger holds.
        next: the offset that the next record should have, at least.
        sought: whether we went there, and have not read anything there yet.

    """

    topic_id: UUID
    kept: int
    next: int
    sought: bool = False


@dataclass
class Places(ConsumerRebalanceListener):  # type: ignore[misc]  # it has no hints
    """Our places in the partitions that the group gave us, and those that have stopped.

    Attributes:
        admin: asks the broker about topics.
        store: the ledger's, which keeps how far we read.
        clock: the door's.
        stop: ends every wait.
        forgets: whether the broker keeps all in memory: after its restart each topic is new, which
            is then normal.
        consumer: the group's member; set before anything is asked of the places.
        at: by partition; one that was given anew has none, and is sought in the ledger.
        stopped: partitions whose next records are gone, until an operator accepts that.

    """

    admin: KafkaAdminClient
    store: PostgresStore
    clock: Clock
    stop: Event
    forgets: bool
    consumer: KafkaConsumer = None
    at: dict[TopicPartition, Place] = field(default_factory=dict)
    stopped: dict[TopicPartition, Gap] = field(default_factory=dict)
    _new: set[UUID] = field(default_factory=set)
    _told_at: float = 0.0

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget where we were in partitions that others get."""
        for partition in revoked:
            self.at.pop(partition, None)
            self.stopped.pop(partition, None)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        """Do the same when the group counted us out."""
        self.on_partitions_revoked(lost)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin anew with what the group gives: others may have gone on there."""
        self.on_partitions_revoked(assigned)

    def asked(self, ask: Callable[[], T]) -> T:
        """Ask the database through outages, in which we stay in the group and read nothing.

        Raises:
            StoreUnavailable: told to stop before there was an answer.

        """
        away = (StoreUnavailable,)
        answer = patiently("database", away, ask, self.stop, pause=self._stay_in_group)
        if paused := self.consumer.paused() - self.stopped.keys():
            self.consumer.resume(*paused)
        return answer

    def _stay_in_group(self, seconds: float) -> None:
        """Poll on without reading; what comes all the same is sought again."""
        until = monotonic() + seconds
        while not self.stop.is_set() and (left := until - monotonic()) > 0:
            try:
                self.consumer.pause(*self.consumer.assignment())
                for partition in self.consumer.poll(min(int(left * 1000), POLL_MS)):
                    self.at.pop(partition, None)
            except (KafkaError, OSError):  # the next poll in earnest tells
                self.stop.wait(left)

    def unknown(self) -> bool:
        """Tell whether we were given a partition in which we do not know our place."""
        return not self.consumer.assignment() <= self.at.keys() | self.stopped.keys()

    def continuing(self, ids: Mapping[str, UUID], polled: Polled) -> Polled:
        """Keep the records that continue where the ledger stands; for the others, go there.

        The ids were asked for after the poll, so a topic that was made again is noticed here.
        """
        usable = {}
        for partition in self.consumer.assignment():
            topic_id, records = ids.get(partition.topic), polled.get(partition)
            place = self.at.get(partition)
            if topic_id is None:
                if records:
                    self.at.pop(partition, None)  # they are not handled: come back to them
            elif place is None or place.topic_id != topic_id:
                self._go_to_place(partition, topic_id)
            elif records and records[0].offset < place.next and not place.sought:
                self._go_to_place(partition, topic_id)  # the group moved us
            elif records and records[0].offset < place.next:
                # An unclean election cut the log: what is read again is known by its ids.
                log.error("log_was_cut", topic=partition.topic, partition=partition.partition,
                          kept=place.kept, found=records[0].offset)  # fmt: skip
                usable[partition] = records
            elif records and not self._goes_on(partition, place, records[0].offset):
                continue
            elif records:
                usable[partition] = records
        self._tell_again()
        return usable

    def _goes_on(self, partition: TopicPartition, place: Place, found: int) -> bool:
        """Tell whether records continue where we were: transactions and compaction leave holes."""
        if found == place.next:
            return True
        first = self.consumer.beginning_offsets([partition])[partition]
        if first <= place.next:
            return True
        self._stop_at(partition, place.topic_id, first, (place.topic_id, place.next))
        return False

    def _go_to_place(self, partition: TopicPartition, topic_id: UUID) -> None:
        """Continue where the ledger stands, or stop there when that is gone."""
        topic, number = partition
        kept = self.asked(lambda: self.store.positions(topic_id)).get(number)
        first = self.consumer.beginning_offsets([partition])[partition]
        was_id, was = topic_id, kept
        if kept is None:
            last = self.asked(lambda: self.store.last_place(topic, number))
            was_id, was = last or (topic_id, None)
            if was is not None and self.forgets:
                if topic_id not in self._new:
                    log.info("topic_is_new", topic=topic, topic_id=topic_id)
                self._new.add(topic_id)
                was = None
        if was is not None and (was_id != topic_id or was < first):
            if self._is_ours(partition):
                self._stop_at(partition, topic_id, first, (was_id, was))
            return
        if kept is None:  # kept from now on: a topic that is made again is known by that
            kept = self.asked(lambda: self.store.begin(topic_id, topic, number, first))
        if not self._is_ours(partition):
            return
        self.consumer.seek(partition, kept)
        self.at[partition] = Place(topic_id, kept, kept, sought=True)
        if self.stopped.pop(partition, None):
            self.asked(lambda: self.store.forget_gap(topic_id, number))
            if self._is_ours(partition):
                self.consumer.resume(partition)
            log.info("partition_goes_on", topic=topic, partition=number, position=kept)

    def _is_ours(self, partition: TopicPartition) -> bool:
        """Tell whether we have a partition still: polling on, we may lose it while we ask."""
        return partition in self.consumer.assignment()

    def _stop_at(
        self, partition: TopicPartition, topic_id: UUID, first: int, was: tuple[UUID, int]
    ) -> None:
        """Read nothing more of a partition, and say why, loudly and for others to see.

        Args:
            partition: which.
            topic_id: of the topic as it is now.
            first: the first offset that it has.
            was: the topic's id and the offset at which the ledger stands.

        """
        gap = Gap(
            topic_id=topic_id,
            topic=partition.topic,
            partition=partition.partition,
            kept=was[1],
            first=first,
            was_topic_id=was[0],
            noticed_at=self.clock.now().recorded_at,
        )
        self.consumer.pause(partition)
        self.at.pop(partition, None)
        known = self.stopped.get(partition)
        self.stopped[partition] = gap
        if known is None or (known.topic_id, known.first) != (gap.topic_id, gap.first):
            self.asked(lambda: self.store.note_gap(gap))
        if known is None:
            self._tell(gap)

    def look_again(self, ids: Mapping[str, UUID]) -> None:
        """See whether an operator let a stopped partition go on."""
        for partition in self.stopped.keys() & self.consumer.assignment():
            if partition.topic in ids:
                self._go_to_place(partition, ids[partition.topic])

    def _tell_again(self) -> None:
        if monotonic() - self._told_at > REPEAT_SECONDS:
            for gap in self.stopped.values():
                self._tell(gap)

    def _tell(self, gap: Gap) -> None:
        self._told_at = monotonic()
        advice = f"rugzak consume --accept-gap {gap.topic}/{gap.partition} --because ..."
        log.error("records_gone", topic=gap.topic, partition=gap.partition, since=gap.kept,
                  until=None if gap.made_again else gap.first, missing=gap.missing,
                  made_again=gap.made_again, advice=advice)  # fmt: skip

    def position(self, partition: TopicPartition) -> int | None:
        """Return the offset of the next record, past the markers of transactions."""
        at: int | None = None
        with suppress(IllegalStateError):  # the group took it
            at = self.consumer.position(partition, timeout_ms=REQUEST_MS)
        return at

    def ends(self, polled: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return, right after a poll, what comes next in some of its partitions."""
        found = {partition: self.position(partition) for partition in polled}
        return {partition: at for partition, at in found.items() if at is not None}

    def holes(self) -> dict[TopicPartition, int]:
        """Return where there was nothing to read but markers and what compaction left, up to where.

        Only right after records that were polled have been handled: the consumer is past those.
        """
        places = dict(self.at)
        return {
            partition: at
            for partition, at in self.ends(places).items()
            if at > places[partition].next
        }

    def moves(self, ends: Mapping[TopicPartition, int]) -> tuple[Move, ...]:
        """Return how the ledger's positions move to these ends.

        Raises:
            Fenced: the group took one of the partitions meanwhile.

        """
        at = dict(self.at)  # the client's own thread takes away what the group takes
        if not ends.keys() <= at.keys():
            raise Fenced("the group took a partition in the middle of a batch")
        return tuple(
            Move(
                topic_id=at[partition].topic_id,
                topic=partition.topic,
                partition=partition.partition,
                expected=at[partition].kept,
                position=end,
            )
            for partition, end in ends.items()
        )

    def moved(self, moves: Iterable[Move]) -> None:
        """Take over where the ledger stands now, and tell Kafka."""
        offsets = {}
        for move in moves:
            partition = TopicPartition(move.topic, move.partition)
            if partition in self.at:
                self.at[partition] = Place(move.topic_id, move.position, move.position)
                offsets[partition] = OffsetAndMetadata(move.position, "", -1)
        # For people's tools only, which show a group's lag; so nobody waits for the answer.
        self.consumer.commit_async(offsets, callback=lambda *_: None)
