"""`bench relay`: a log goes out whole: every event, and what each person has in the end."""

from random import Random
from statistics import median
from threading import Event
from time import perf_counter

from ledger.store.outbox import Outbox
from ops.bench.careers import SEED, careers
from ops.bench.lab import Lab, Measured
from ops.relaying import open_relay
from ops.settings import Settings
from ops.wiring import Servers, open_store

PEOPLE = 200
EVENTS = 40_000
ROUNDS = 3


def measure(lab: Lab, size: float) -> Measured:
    """Send the same log to new topics, some times over."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    url = lab.database()
    with open_store(url) as store:
        lives.grow(store, max(int(EVENTS * size), 2_000), Random(SEED))  # noqa: S311  no secret
        events = store.head()
    rates = [events / _send(lab, url) for _ in range(ROUNDS)]
    return Measured(figures={"events": events, "relayed_events_per_s": median(rates)})


def _send(lab: Lab, url: str) -> float:
    """Return how many seconds it takes."""
    unique = f"relay-{next(lab.numbers)}"
    settings = Settings(
        consumer_group=unique,
        ledger_topic=f"{unique}-ledger",
        balances_topic=f"{unique}-balances",
        outcomes_topic=f"{unique}-outcomes",
        parked_topic=f"{unique}-parked",
    )
    where = Servers(database_url=url, bootstrap_servers=lab.bootstrap_servers, embedded=())
    began = perf_counter()
    with Outbox(url) as outbox:
        open_relay(settings, where, outbox).run(Event(), once=True)
    return perf_counter() - began
