"""Tells others what is in the ledger: page after page, by one process at a time.

A page goes out in a transaction of Kafka, and only then the ledger notes how far its stream went.
So after a death in between the same page goes out again, under the same ids.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic
from typing import Final
from uuid import UUID

import psycopg
import structlog
from kafka import KafkaAdminClient
from kafka.errors import KafkaError, ProducerFencedError

from consumers.access import Access
from consumers.clients import administrator
from consumers.relay.lag import Lag, lags
from consumers.relay.leader import Lead, LeadershipLost, leading
from consumers.relay.records import Stream
from consumers.relay.sending import REQUEST_MS, RecordTooLong, Sender, sending
from consumers.topics import make_missing, topic_ids
from ledger.service.outage import Outage
from ledger.service.ports import Fenced, StoreUnavailable
from ledger.store.outbox import Outbox
from ledger.store.postgres import CHANNEL

HEARTBEAT_SECONDS: Final = 1.0
"""Longest wait before looking for more without having been notified."""

LOOK_SECONDS: Final = 60.0
"""How often it looks whether it is behind, and whether the topics are still the same."""

LONG_BEHIND: Final = timedelta(minutes=1)
"""What has waited for longer is told in the log."""

DATABASE_AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, StoreUnavailable)
BROKER_AWAY: Final = (KafkaError, OSError)

log = structlog.get_logger(__name__)


class RelayStopped(Exception):  # noqa: N818  it is a state, too
    """No stream can go on until our code, or the log, is put right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where it goes.

    Attributes:
        access: topics, and the transactional id by which Kafka keeps others from sending beside us.
        compacted: topics of which Kafka keeps the last record under each key, if we make them.

    """

    access: Access
    compacted: frozenset[str]


@dataclass
class _Session:
    """What lasts as long as we lead, and the servers answer."""

    lead: Lead
    out: Sender
    admin: KafkaAdminClient
    ids: Mapping[str, UUID]
    looked_at: float = field(default_factory=monotonic)


class BeginAgain(Exception):  # noqa: N818  it is a state, too
    """A producer is of no use any more, or a topic is another one: nobody else is at fault."""


class Relay:
    """Keeps the topics up to what the ledger holds."""

    def __init__(self, url: str, outbox: Outbox, streams: Sequence[Stream], target: Target) -> None:
        """Take the database, what is in it, how it is told, and where."""
        self._url = url
        self._outbox = outbox
        self._streams = streams
        self._target = target
        self._stopped: set[str] = set()
        self._leads = False

    def run(self, stop: Event, *, once: bool = False) -> int:
        """Send until told to stop, through outages of broker and database.

        Args:
            stop: ends the run after the page under way.
            once: end when all has gone out that was there.

        Returns:
            How many events, receipts and parked records were told of.

        Raises:
            RelayStopped: none of the streams can go on.

        """
        broker, database = Outage("broker", stop), Outage("database", stop)
        sent = 0
        while not stop.is_set():
            try:
                with leading(self._url, CHANNEL, stop) as lead:
                    if lead is None:
                        return sent
                    self._say_that_we_lead()
                    for count in self._lead(lead, stop, once=once):
                        sent += count
                        broker.over()
                        database.over()
                    if once:
                        return sent
            except BeginAgain as again:
                log.warning("relay_begins_again", reason=str(again))
            except (Fenced, ProducerFencedError, LeadershipLost) as lost:
                log.warning("relay_lost_the_lead", reason=type(lost).__name__)
                self._leads = False
            except DATABASE_AWAY as error:
                database.wait(error)
            except BROKER_AWAY as error:
                self._say_if_behind()
                broker.wait(self._target.access.explained(error))
        return sent

    def _lead(self, lead: Lead, stop: Event, *, once: bool) -> Iterator[int]:
        """Send as the leader; yield how many went out in each round, also when none did."""
        access = self._target.access
        with (
            administrator(access.kafka, request_ms=REQUEST_MS) as admin,
            sending(access.kafka, access.transactional_id or "") as out,
        ):
            session = _Session(lead, out, admin, self._topics(admin))
            for stream in self._streams:  # who led before can't move them now, nor send
                stream.begin(session.ids[stream.topic])
            while not stop.is_set():
                lead.check()
                count = sum(self._send(session, stream) for stream in self._streams)
                yield count
                self._look(session)
                if not count:
                    if once:
                        return
                    lead.wait(HEARTBEAT_SECONDS, stop)

    def _send(self, session: _Session, stream: Stream) -> int:
        """Send the next page of a stream; one that can't go on is left where it is, and told."""
        if stream.name in self._stopped:
            return 0
        try:
            page = stream.page()
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001  whatever our code may do wrong
            self._stop(stream, error)
            return 0
        if page is None:
            return 0
        if page.records:
            try:
                session.out.send(page.records, session.lead.check)
            except RecordTooLong as error:
                self._stop(stream, error)
                raise BeginAgain("record_too_long") from error
        page.confirm()
        return page.count

    def _stop(self, stream: Stream, error: Exception) -> None:
        """Say which stream stops, and why, without what may be a person's."""
        log.error("relay_stream_stopped", stream=stream.name, error=type(error).__name__)
        self._stopped.add(stream.name)
        if len(self._stopped) == len(self._streams):
            raise RelayStopped("no stream can go on; the log says why") from error

    def _look(self, session: _Session) -> None:
        """From time to time, see whether we are behind and the topics are the same."""
        if monotonic() - session.looked_at < LOOK_SECONDS:
            return
        session.looked_at = monotonic()
        self._say_if_behind()
        if self._topics(session.admin) != session.ids:
            raise BeginAgain("topics_changed")

    def _topics(self, admin: KafkaAdminClient) -> Mapping[str, UUID]:
        """Return the ids of our topics, made if need be."""
        wanted = [stream.topic for stream in self._streams]
        ids = topic_ids(admin, wanted)
        if ids.keys() != set(wanted):
            make_missing(admin, wanted, compacted=self._target.compacted)
            ids = topic_ids(admin, wanted)
        return ids

    def _say_that_we_lead(self) -> None:
        if not self._leads:
            log.info("relay_leads")
            self._leads = True

    def _say_if_behind(self) -> None:
        try:
            found = lags(self._outbox, {stream.name: stream.topic for stream in self._streams})
        except DATABASE_AWAY:
            return
        for lag in found:
            if is_long_behind(lag):
                log.warning("relay_behind", stream=lag.stream, behind=lag.behind,
                            seconds=int(_age(lag).total_seconds()))  # fmt: skip


def is_long_behind(lag: Lag) -> bool:
    """Whether what waits has waited for long."""
    return _age(lag) > LONG_BEHIND


def _age(lag: Lag) -> timedelta:
    return timedelta() if lag.oldest is None else datetime.now(UTC) - lag.oldest
