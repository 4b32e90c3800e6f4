"""`bench growth`: the door on a log of a million events, against the door on a tenth of it.

Both logs are copies of the same careers (`ops.bench.careers`); in turns, each gets the same facts
about people that it knows, every one about another person: what the door does day by day, while
`bench ingest` takes in whole careers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from statistics import median
from time import perf_counter
from uuid import UUID

import psycopg

from ledger.service.door import Door
from ops.bench.careers import SEED, Careers, Copied, careers
from ops.bench.lab import Lab, Measured, in_turns, ratio
from ops.bench.stopwatch import Stopwatch
from ops.ledger_wiring import open_door, open_store

PEOPLE = 300
EVENTS = 100_000
LONGER = 10
COMMANDS = 150
ROUNDS = 10
GOALS = {"long_vs_short": 0.9, "bytes_allowed_vs_measured": 1.0}
MAX_BYTES_PER_EVENT = 320


def measure(lab: Lab, size: float) -> Measured:
    """Grow a log, copy it, grow the copy further; then tell both what is new."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    dice = Random(SEED)  # noqa: S311  not a secret
    events = max(int(EVENTS * size), 2_000)
    short_url = lab.database()
    with open_store(short_url) as short:
        copies = lives.grow(short, events, dice)
    long_url = lab.database(short_url.rpartition("/")[2])
    with open_store(long_url) as long, open_store(short_url) as short:
        grown = perf_counter()
        more = lives.grow(long, LONGER * events, dice)
        grown = (long.head() - short.head()) / (perf_counter() - grown)
        _settle(long_url)
        _settle(short_url)
        size_of_event = _bytes(long_url) / long.head()
        batch = max(int(COMMANDS * size), 2)
        short_news = _News(lives, open_door(short), copies, batch)
        long_news = _News(lives, open_door(long), more, batch)
        short_rates, long_rates = in_turns(ROUNDS, short_news.tell, long_news.tell)
        with Stopwatch() as watch:
            watch.watch_door(long_news.door, long)
            long_news.tell()
        return Measured(
            figures={
                "events_short": short.head(),
                "events_long": long.head(),
                "short_status_changes_per_s": median(short_rates),
                "long_status_changes_per_s": median(long_rates),
                "copied_events_per_s": grown,
                "bytes_per_event": size_of_event,
            },
            ratios={
                "long_vs_short": ratio(long_rates, short_rates),
                "bytes_allowed_vs_measured": MAX_BYTES_PER_EVENT / size_of_event,
            },
            profile=watch.per_change(batch),
        )


class _News:
    """Tells people what was held back, a batch at a time: first one copy of each, then another."""

    def __init__(self, lives: Careers, door: Door, copies: Sequence[Copied], batch: int) -> None:
        shuffled = Random(SEED).sample(copies, len(copies))  # noqa: S311  not a secret
        nth = Counter[UUID]()
        order = []
        for copy in shuffled:
            order.append((nth[copy.person], copy.person, copy.account))
            nth[copy.person] += 1
        self._news = iter(
            [
                replace(lives.newest[person], account=account, id=f"{number} {account}")
                for number, person, account in sorted(order)
            ]
        )
        self.door = door
        self._batch = batch

    def tell(self) -> float:
        """Tell a batch; return how many status changes a second."""
        told = list(islice(self._news, self._batch))
        began = perf_counter()
        self.door.handle(told)
        return len(told) / (perf_counter() - began)


def _settle(url: str) -> None:
    """Let the server do now what it would do while we measure."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")
        conn.execute("CHECKPOINT")


def _bytes(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT pg_total_relation_size('ledger.events')").fetchone()
        assert row is not None  # noqa: S101  a function has a value
        return int(row[0])
