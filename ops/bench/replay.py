"""`bench replay`: every account folded from the log and compared with its state row.

Two logs, one four times as long, each in a process of its own, whose peak memory is compared. The
profile says what of the processor's time each step of an event takes, one after another over all.
"""

from collections.abc import Callable
from itertools import groupby
from multiprocessing import get_context
from multiprocessing.connection import Connection
from operator import attrgetter
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

import psycopg

from ledger.domain.account import fold
from ledger.domain.settle import next_due
from ledger.service.clock import SystemClock
from ledger.store.catalogue import CODEC
from ledger.store.codec import parsed
from ledger.store.mapper import EnvelopeMapper
from ops.bench.careers import careers
from ops.bench.lab import Lab, Measured, in_turns
from ops.ledger_wiring import open_replay, open_store, rulebook

PEOPLE = 200
EVENTS = 30_000
LONGER = 4
ROUNDS = 2
GOALS = {"memory_short_vs_long": 0.9}
MIB = 1 << 20

T = TypeVar("T")

_EVENTS = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM ledger.events"
    " ORDER BY originator_id, originator_version"
)


def measure(lab: Lab, size: float) -> Measured:
    """Replay both logs in turns."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    events = max(int(EVENTS * size), 2_000)
    short, long = lives.logs(lab, events, LONGER * events)
    peaks: dict[str, list[float]] = {short: [], long: []}

    def replayed(url: str) -> float:
        events_per_s, peak = _in_a_process(url)
        peaks[url].append(peak)
        return events_per_s

    rates = in_turns(ROUNDS, lambda: replayed(short), lambda: replayed(long))
    short_peak, long_peak = median(peaks[short]), median(peaks[long])
    return Measured(
        figures={
            "events_short": events,
            "events_long": LONGER * events,
            "short_events_per_s": median(rates[0]),
            "long_events_per_s": median(rates[1]),
            "short_peak_mib": short_peak / MIB,
            "long_peak_mib": long_peak / MIB,
        },
        ratios={"memory_short_vs_long": short_peak / long_peak},
        profile=_profile(short),
    )


def _in_a_process(url: str) -> tuple[float, float]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_replay, args=(url, theirs))
    process.start()
    theirs.close()
    try:
        events_per_s, peak = ours.recv()
        return events_per_s, peak
    finally:
        process.join()


def _replay(url: str, out: Connection) -> None:
    """Send events per second and the peak of the memory in use, bytes."""
    import psutil  # noqa: PLC0415  comes with the embedded servers

    memory, today = psutil.Process(), SystemClock().now().today
    with open_store(url) as store:
        replay = open_replay(store, today)
        events, peak, began = 0, 0, perf_counter()
        for page in replay.run():
            assert not page.findings, page.findings[0]  # noqa: S101  the copies are whole
            events += page.events
            peak = max(peak, memory.memory_info().rss)
        out.send((events / (perf_counter() - began), peak))


def _profile(url: str) -> dict[str, float]:
    """Return the processor's microseconds for an event, by step."""
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
    step("decompress_and_parse", lambda: [parsed(plain(row[3])) for row in rows])
    envelopes = step("decode_all", lambda: [mapper.envelope(*row) for row in rows])
    lives = [list(some) for _, some in groupby(envelopes, attrgetter("account"))]
    states = step("fold", lambda: [fold(each) for each in lives])
    step("spell", lambda: [CODEC.encode(each) for each in states])
    step("due", lambda: [next_due(each, today, rules) for each in states])
    return {name: each / len(rows) for name, each in took.items()}
