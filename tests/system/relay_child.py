"""A relay in a process of its own.

With a step it kills itself after so many calls of it, or stops itself as SIGSTOP does. The product
knows nothing of this.
"""

import json
import signal
from threading import Event

from consumers.relay import leader
from ops import logs
from ops.running.relaying import relay
from ops.settings import Settings
from ops.wiring import Servers
from tests.system.dying import wrap

SILENCE_SECONDS = 2
"""A leader from which nothing comes for so long is taken to be gone; quicker than the product's."""

STEPS = {
    "the lock": "consumers.relay.leader:_locked",
    "taking over": "kafka:KafkaProducer.init_transactions",
    "finding the place": "ledger.store.outbox:Outbox.relay_from",
    "reading a page": "ledger.store.outbox:Outbox.events_after",
    "reading balances": "ledger.store.outbox:Outbox.changed_after",
    "beginning": "kafka:KafkaProducer.begin_transaction",
    "sending": "kafka:KafkaProducer.flush",
    "the commit": "consumers.relay.sending:Sender.send",
    "noting the place": "ledger.store.outbox:Outbox.relay_moved",
    "marking what was parked": "ledger.store.outbox:Outbox.mark_announced",
}
"""After which step: the function of each."""


def main(settings: str, step: str = "", calls: str = "0", how: str = "SIGKILL") -> None:
    """Relay until told to stop, or until the step has happened so many times."""
    leader.SILENCE_SECONDS = SILENCE_SECONDS  # type: ignore[misc]  # the test can't wait
    logs.configure("json")
    made = Settings.model_validate(json.loads(settings))
    assert made.database_url is not None
    where = Servers(
        database_url=made.database_url,
        bootstrap_servers=made.kafka_bootstrap_servers,
        embedded=(),
    )
    if step:
        wrap(STEPS[step], int(calls), signal.Signals[how])
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    relay(stop, made, where)
