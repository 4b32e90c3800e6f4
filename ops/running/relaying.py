"""The relay, wired: alone, or in a process of its own beside an intake."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from consumers.access import Access
from consumers.relay.runner import Relay, Target
from consumers.relay.streams import (
    BALANCES,
    LEDGER,
    OUTCOMES,
    PARKED,
    BalancesStream,
    LedgerStream,
    OutcomesStream,
    ParkedStream,
)
from consumers.relay.telling import Teller
from ledger.service.naming import Lots
from ledger.store.outbox import Outbox
from ledger.store.states import States
from ops.ledger_wiring import rulebook
from ops.running.beside import beside
from ops.settings import Settings
from ops.wiring import PLAIN, Servers, topics, topics_out, transactional_id


@contextmanager
def relaying(settings: Settings, where: Servers, stop: Event) -> Iterator[None]:
    """Keep what goes out up to the ledger until the block ends; the next start goes on from there.

    Args:
        settings: topics and the installation's URI.
        where: database and broker.
        stop: set when the process ends by itself.

    Raises:
        ProcessEnded: it did.

    """
    with beside("relay", relay, (settings, where), settings.log_format, stop):
        yield


def relay(stop: Event, settings: Settings, where: Servers, *, once: bool = False) -> int:
    """Send until told to stop; with `once`, until all has gone out. Return how much did."""
    with Outbox(where.database_url) as outbox:
        return open_relay(settings, where, outbox).run(stop, once=once)


def open_relay(settings: Settings, where: Servers, outbox: Outbox) -> Relay:
    """Return the relay of all streams."""
    named, source = topics_out(settings), settings.relay_source
    lots = Lots({id_: scheme.unit for id_, scheme in rulebook().schemes.items()})
    plain = {topic for service, topic in topics(settings).items() if service in PLAIN}
    streams = (
        LedgerStream(outbox, named[LEDGER], Teller(source, lots)),
        BalancesStream(outbox, named[BALANCES], source=source, lots=lots, decode=States().decode),
        OutcomesStream(outbox, named[OUTCOMES], source),
        ParkedStream(outbox, named[PARKED], outcomes=named[OUTCOMES], source=source, plain=plain),
    )
    target = Target(
        access=Access(
            kafka=settings.kafka_client_config(where.bootstrap_servers),
            writes=tuple(named.values()),
            transactional_id=transactional_id(settings),
        ),
        compacted=frozenset({named[BALANCES]}),
    )
    return Relay(where.database_url, outbox, streams, target)
