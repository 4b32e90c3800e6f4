"""`bench replay`: every account folded from the log and compared with its state row.

Two logs, one twenty times as long, each in a process of its own, whose peak memory is compared. The
profile says what of the processor's time each step of an event takes, one after another over all.
"""

from collections.abc import Callable
from itertools import groupby
from operator import attrgetter
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple, TypeVar

import psycopg

from ledger.domain.evolve import fold
from ledger.domain.settle import next_due
from ledger.service.clock import SystemClock
from ledger.store.catalogue import CODEC
from ledger.store.codec import parsed
from ledger.store.mapper import EnvelopeMapper
from ops.bench.careers import careers
from ops.bench.lab import MIB, Lab, Measured, Memory, apart, in_turns, rounds
from ops.collector import look_rarely
from ops.ledger_wiring import open_replay, open_store, rulebook

PEOPLE = 200
EVENTS = 100_000
LONGER = 20
ROUNDS = 2
GOALS = {"memory_short_vs_long": 0.9}

T = TypeVar("T")

_EVENTS = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM ledger.events"
    " ORDER BY originator_id, originator_version LIMIT 30000"
)
"""What the profile is of, so that its memory is not what the log is long."""


def measure(lab: Lab, size: float) -> Measured:
    """Replay both logs in turns."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    events = max(int(EVENTS * size), 2_000)
    short, long = lives.logs(lab, events, LONGER * events)
    gave: dict[str, list[_Replayed]] = {short: [], long: []}

    def replayed(url: str) -> float:
        done = apart(_replay, url)
        gave[url].append(done)
        return done.events_per_s

    rates = in_turns(rounds(ROUNDS, size), lambda: replayed(short), lambda: replayed(long))
    short_peak, long_peak = (max(each.peak_bytes for each in gave[url]) for url in (short, long))
    return Measured(
        figures={
            "events_short": events,
            "events_long": LONGER * events,
            "short_events_per_s": median(rates[0]),
            "long_events_per_s": median(rates[1]),
            "long_events_per_cpu_s": median(each.events_per_cpu_s for each in gave[long]),
            "short_peak_mib": short_peak / MIB,
            "long_peak_mib": long_peak / MIB,
        },
        ratios={"memory_short_vs_long": short_peak / long_peak},
        profile=_profile(short),
    )


class _Replayed(NamedTuple):
    """What a process that replayed says of it; the second rate is of its processor's time."""

    events_per_s: float
    events_per_cpu_s: float
    peak_bytes: int


def _replay(url: str) -> _Replayed:
    """Replay, and say what it took."""
    memory, today = Memory(), SystemClock().now().today
    with open_store(url) as store:
        replay = open_replay(store, today)
        events, began, worked = 0, perf_counter(), process_time()
        for page in replay.run():
            assert not page.findings, page.findings[0]  # noqa: S101  the copies are whole
            events += page.events
            memory.look()
        took, used = perf_counter() - began, process_time() - worked
        return _Replayed(events / took, events / used, memory.peak)


def _profile(url: str) -> dict[str, float]:
    """Return the processor's microseconds for an event, by step; `decode_all` has two before it."""
    look_rarely()
    took: dict[str, float] = {}
    today, rules, mapper = SystemClock().now().today, rulebook(), EnvelopeMapper()
    with psycopg.connect(url) as conn, conn.cursor(binary=True) as cursor:

        def step(name: str, work: Callable[[], T]) -> T:
            began = process_time()
            done = work()
            took[f"{name}_us"] = (process_time() - began) * 1e6
            return done

        rows = step("read", lambda: cursor.execute(_EVENTS).fetchall())
    plain = mapper.zstandard.decompress
    texts = step("decompress", lambda: [plain(row[3]) for row in rows])
    step("parse", lambda: [parsed(each) for each in texts])
    envelopes = step("decode_all", lambda: [mapper.envelope(*row) for row in rows])
    lives = [list(some) for _, some in groupby(envelopes, attrgetter("account"))]
    states = step("fold", lambda: [fold(each) for each in lives])
    step("spell", lambda: [CODEC.encode(each) for each in states])
    step("due", lambda: [next_due(each, today, rules) for each in states])
    return {name: each / len(rows) for name, each in took.items()}
