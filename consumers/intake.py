"""Kafka in: a poll is a batch, and its positions are written with the events it led to.

The ledger's own positions count, not the group's: they move by compare-and-set in the batch's
transaction, so at-least-once delivery has its effect exactly once (`consumers.places`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, Final
from uuid import UUID

import structlog
from kafka import TopicPartition
from kafka.errors import KafkaError

from consumers.access import Access
from consumers.batches import Arrived, Batches, Ends, Limits, fetching
from consumers.clients import Group, administrator, member
from consumers.held import HeldRecords
from consumers.parking import Replay
from consumers.places import Places, Polled
from consumers.topics import topic_ids
from consumers.translate import Language
from ledger.domain.commands import Command
from ledger.service.door import Door
from ledger.service.outage import Outage
from ledger.service.ports import Delivery, Fenced, Gap, StoreUnavailable
from ledger.store.postgres import PostgresStore

JOIN_SECONDS: Final = 15.0
"""So long a drain waits to be given what is left in partitions that others have, or had."""

LOOK_SECONDS: Final = 1.0
"""How often we look beyond what is polled: whether the broker is there, whether a partition that
has stopped may go on, and where there was nothing but markers."""

CLOSE_MS: Final = 1_000
"""How long a member that leaves waits for the broker's answer."""

log = structlog.get_logger(__name__)


class RecordsGone(Exception):  # noqa: N818  it is a finding
    """A drain could not take in all: what comes next in some partitions is gone."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        """Say what is missing, and what lets the partitions go on."""
        self.gaps = tuple(gaps)
        advice = "`rugzak consume --accept-gap TOPIC/PARTITION --because ...` goes on without it"
        super().__init__("\n".join([*map(str, gaps), advice]))


class Intake:
    """Takes records in, batch by batch."""

    def __init__(
        self,
        door: Door,
        store: PostgresStore,
        kafka: Mapping[str, Any],
        languages: Mapping[str, Language],
        *,
        group: Group,
        limits: Limits,
        forgets: bool = False,
    ) -> None:
        """Take what is needed to consume.

        Args:
            door: decides and writes.
            store: the door's, which keeps how far we read.
            kafka: connection settings of kafka-python's clients.
            languages: what is spoken on each topic.
            group: with whom the partitions are shared.
            limits: of one batch.
            forgets: whether the broker is in memory, so that topics are new after its restart.

        """
        self._door = door
        self._store = store
        self._kafka = kafka
        self._access = Access(kafka=kafka, reads=tuple(languages), group=group.id)
        self._languages = languages
        self._group = group
        self._limits = limits
        self._forgets = forgets
        replay = Replay(
            door,
            languages,
            max_bytes=limits.max_bytes,
            max_unpacked_bytes=limits.max_unpacked_bytes,
        )
        self._held = HeldRecords(store, door.clock, replay)

    def run(self, stop: Event, *, drain: bool = False) -> None:
        """Consume until told to stop, through outages of broker and database.

        Args:
            stop: ends the run after the batch under way.
            drain: once told to stop, first take in all that the broker held then, but for what
                others have and leave.

        Raises:
            KafkaError, OSError, StoreUnavailable: a server was away when draining, so records
                are left.
            RecordsGone: a drain ended before a gap that nobody accepted.
            BrokerRefused: the broker won't have us, when draining; otherwise it is waited for like
                an outage.
            LineStopped: our own code failed for `MAX_DEFECTS_IN_A_ROW` people in a row.

        """
        outage = Outage("broker", stop)
        while drain or not stop.is_set():
            try:
                with self._session(stop) as places:
                    self._follow(places, stop, outage, drain=drain)
            except (KafkaError, OSError, StoreUnavailable) as error:
                if not stop.is_set():
                    outage.wait(self._access.explained(error))
                elif drain:
                    raise self._access.explained(error) from error
            else:
                return

    @contextmanager
    def _session(self, stop: Event) -> Iterator[Places]:
        with administrator(self._kafka) as admin:
            self._access.demand(admin)
            places = Places(admin, self._store, self._door.clock, stop, self._forgets)
            limits = fetching(self._limits)
            topics = list(self._languages)
            places.consumer = member(self._kafka, self._group, topics, listener=places, **limits)
            try:
                yield places
            finally:
                places.consumer.close(autocommit=False, timeout_ms=CLOSE_MS)

    def _follow(self, places: Places, stop: Event, outage: Outage, *, drain: bool) -> None:
        clock, deliver = self._door.clock, partial(self._deliver, places)
        batches = Batches(clock, self._languages, self._limits, deliver, places.asked)
        ends: dict[TopicPartition, int] | None = None
        looked_at = busy_at = monotonic()
        while not stop.is_set() or drain:
            polled = places.consumer.poll(self._limits.max_wait_ms)
            look = monotonic() - looked_at > LOOK_SECONDS
            if polled or look or places.unknown():
                ids = topic_ids(places.admin, self._languages)
                outage.over()
                if look:
                    looked_at = monotonic()
                    places.look_again(ids)
                self._take(batches, places, ids, places.continuing(ids, polled))
                if look:
                    self._skip_holes(places)
            places.asked(self._held.look)
            if not stop.is_set():
                continue
            if polled or ends is None:
                ends = ends or places.consumer.end_offsets(self._partitions(places))
                busy_at = monotonic()
                continue
            assigned, left = places.consumer.assignment(), self._left(places, ends)
            if assigned and not left:
                break
            if left.isdisjoint(assigned) and monotonic() - busy_at > JOIN_SECONDS:
                if left:
                    log.warning("left_to_others", partitions=len(left))
                break
        if drain and places.stopped:
            raise RecordsGone(list(places.stopped.values()))

    def _partitions(self, places: Places) -> list[TopicPartition]:
        return [
            TopicPartition(topic, partition)
            for topic in self._languages
            for partition in places.consumer.partitions_for_topic(topic) or ()
        ]

    def _left(self, places: Places, ends: Ends) -> set[TopicPartition]:
        """Return where something has not been handled, by whoever, when a poll brought nothing.

        The consumer's own place is past transaction markers, too. The embedded broker tells the
        end of its last batch too low, hence the poll.
        """
        kept: dict[TopicPartition, int] = {}
        for topic, id_ in topic_ids(places.admin, self._languages).items():
            known = places.asked(lambda id_=id_: self._store.positions(id_))  # type: ignore[misc]
            kept |= {TopicPartition(topic, number): at for number, at in known.items()}
        for partition in places.consumer.assignment() - places.stopped.keys():
            at = places.position(partition)
            kept[partition] = (at or 0) if partition in places.at else -1
        return {
            partition
            for partition, end in ends.items()
            if kept.get(partition, 0) < end and partition not in places.stopped
        }

    def _take(
        self, batches: Batches, places: Places, ids: Mapping[str, UUID], polled: Polled
    ) -> None:
        """Hand a poll to the door.

        Raises:
            LineStopped: our own code failed too often in a row.

        """
        try:
            records = [record for some in polled.values() for record in some]
            batches.take(Arrived(records=records, ids=ids, ends=places.ends(polled)))
        except Fenced:
            self._look_anew(places)

    def _skip_holes(self, places: Places) -> None:
        """Move past what is no record."""
        try:
            if holes := places.holes():
                self._deliver(places, (), Delivery(), holes)
        except Fenced:
            self._look_anew(places)

    @staticmethod
    def _look_anew(places: Places) -> None:
        """Ask the ledger where it stands: somebody else went on in one of our partitions."""
        log.warning("partition_lost")
        places.at.clear()

    def _deliver(
        self, places: Places, commands: Sequence[Command], delivery: Delivery, ends: Ends
    ) -> None:
        """Write a batch with the positions that it leads to, in one transaction."""
        moves = places.moves(ends)
        delivery = replace(delivery, moves=moves)
        places.asked(lambda: self._door.handle(commands, delivery=delivery))
        places.moved(moves)
