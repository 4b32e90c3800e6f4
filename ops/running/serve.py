"""The running product: intake, projections, relay, proofs, daily round, until told to stop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Final

import psycopg
import structlog
from kafka import KafkaAdminClient
from kafka.errors import AuthorizationError, KafkaError

from consumers.clients import BOOTSTRAP_MS
from consumers.greeting import greet
from consumers.refusals import may_not_make, principal_of
from consumers.relay.streams import BALANCES
from consumers.single_pass import Passed
from consumers.single_pass import single_pass as one_pass
from consumers.topics import make_missing, topic_ids
from ledger.service.door import Door
from ledger.service.outage import Outage, patiently
from ledger.service.ports import StoreUnavailable
from ledger.service.reach import reach_due
from ledger.store.migrations import keep_receipts, migrate
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from ops.proofs.proving import proving
from ops.running.projecting import projecting
from ops.running.relaying import relaying
from ops.settings import Settings
from ops.wiring import (
    Servers,
    access,
    languages,
    limits,
    open_intake,
    open_vault,
    sources,
    topics_out,
)

LOOK_SECONDS: Final = 60.0
"""How often the daily round looks whether a new day has come."""

log = structlog.get_logger(__name__)


@contextmanager
def stopping() -> Iterator[Event]:
    """Yield what Ctrl-C and SIGTERM set; the second one interrupts at once."""
    stop = Event()

    def handle(number: int, frame: object) -> None:
        del number, frame
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def make_topics(settings: Settings, servers: Servers, *, relay: bool = True) -> list[str]:
    """Make the topics that the broker lacks, those that go out with a relay only; return which."""
    meant, out = access(settings, servers.bootstrap_servers, relay=relay), topics_out(settings)
    greet(meant.kafka)
    admin = KafkaAdminClient(**meant.kafka, bootstrap_timeout_ms=BOOTSTRAP_MS)
    try:
        meant.demand(admin)
        wanted = [*meant.reads, *meant.writes]
        try:
            return make_missing(admin, wanted, compacted={out[BALANCES]})
        except AuthorizationError:
            there = topic_ids(admin, wanted)
        raise may_not_make(principal_of(meant.kafka), set(wanted) - there.keys())
    finally:
        admin.close()


class Workers:
    """Threads that work until told to stop; when one fails, all stop and the failure is raised."""

    def __init__(self, stop: Event) -> None:
        """Begin with none."""
        self._stop = stop
        self._threads: list[Thread] = []
        self._failures: list[BaseException] = []

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Let a thread work."""

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001  raised by `join` in the main thread
                self._failures.append(error)
                self._stop.set()

        thread = Thread(target=run, name=name)
        self._threads.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait until all have stopped; raise what the first that failed raised."""
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]


def prepare(settings: Settings, servers: Servers, stop: Event, *, relay: bool = True) -> None:
    """Bring the database up to date and make missing topics, as soon as the servers answer.

    Raises:
        BrokerRefused: the broker answers, but won't have us.
        SettingsError: the file that says who may publish what is wrong.
        psycopg.OperationalError, KafkaError: told to stop before a server answered.

    """
    sources(settings)  # read again later; what is wrong in it is told before all else
    url = servers.database_url
    patiently("database", (psycopg.OperationalError,), lambda: migrate(url), stop)
    patiently("broker", (KafkaError,), lambda: make_topics(settings, servers, relay=relay), stop)


def consume(
    settings: Settings,
    servers: Servers,
    store: PostgresStore,
    stop: Event,
    *,
    drain: bool,
    projections: bool = True,
    relay: bool = True,
) -> None:
    """Take in, project, relay and let days come until told to stop.

    Args:
        settings: topics, group and limits.
        servers: where they are.
        store: the ledger.
        stop: ends it.
        drain: first take in what the broker held when told to stop.
        projections: whether the read models are kept, too, by a process beside this one.
        relay: whether what goes out is sent, too, by another one.

    """
    door = open_door(store)
    # They go on until the intake has ended, so that a stop leaves the read models at the head.
    with ExitStack() as beside:
        vault = beside.enter_context(open_vault(settings, servers.database_url))
        intake = open_intake(settings, servers, store, door, vault)
        if projections:
            beside.enter_context(projecting(servers.database_url, settings.log_format, stop))
        if relay:
            beside.enter_context(relaying(settings, servers, stop))
        beside.enter_context(proving(settings, servers, stop))
        workers = Workers(stop)
        workers.start("intake", lambda: intake.run(stop, drain=drain))
        workers.start("daily", lambda: _daily(settings, servers, door, store, stop))
        workers.join()


def single_pass(
    settings: Settings,
    where: Servers,
    store: PostgresStore,
    stop: Event,
    since: datetime | None,
    say: Callable[[str], object],
) -> Passed:
    """Take in again what was published since a moment, or all (`consumers.single_pass`)."""
    with open_vault(settings, where.database_url) as vault:
        return one_pass(
            open_door(store),
            settings.kafka_client_config(where.bootstrap_servers),
            languages(settings, vault),
            limits=limits(settings),
            since=since,
            stop=stop,
            say=say,
        )


def _daily(
    settings: Settings, servers: Servers, door: Door, store: PostgresStore, stop: Event
) -> None:
    """Make each round once a day, the first at once; through outages of the database."""
    outage = Outage("database", stop)
    last = None
    while not stop.is_set():
        today = door.clock.now().today
        if today == last:
            stop.wait(LOOK_SECONDS)
            continue
        try:
            for done in reach_due(door, store.due_accounts, today):
                log.info("days_came", accounts=done)
                if stop.is_set():
                    return
            keep_receipts(servers.database_url, today, settings.receipts_kept_days)
        except (StoreUnavailable, psycopg.OperationalError) as error:
            outage.wait(error)
        else:
            outage.over()
            last = today
