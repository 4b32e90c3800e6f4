"""`bench population`: synthetic careers, each lived under all regulations, on all cores.

The baseline is one core, in turns with all of them, for a sample of the people. A life has a
person's facts, a course now and then, and what falls due and lapses; nothing is stored.
"""

from collections.abc import Sequence
from datetime import date
from os import getpid
from statistics import median
from time import monotonic
from typing import Final, NamedTuple

from ledger.audit.simulate import live
from ops.bench.lab import Lab, Measured, in_turns, ratio, rounds
from ops.ledger_wiring import rulebook
from ops.parallel import cores, in_parallel
from ops.simulation import PART_PEOPLE, Population, noon

PEOPLE: Final = 100_000
"""At size 1."""

SAMPLE: Final = 2_000
"""How many of them are compared: so many that a run takes seconds for each core."""

SEED: Final = 20210901
UNTIL: Final = date(2026, 9, 1)
ROUNDS: Final = 2
GOALS: Final = {"per_core_vs_one_core": 0.7}
MIB: Final = 1 << 20


class _Lived(NamedTuple):
    """What one process made of a part: when, by the machine's clock, and the memory in use."""

    people: int
    lots: int
    began: float
    ended: float
    process: int
    memory_bytes: int


class _Rate(NamedTuple):
    """How many people a second lived, and the peaks of the processes together."""

    people_per_s: float
    peak_bytes: int


def measure(lab: Lab, size: float) -> Measured:
    """Live everybody's life on all cores; those of a sample on all and on one, in turns."""
    del lab  # nothing is stored
    count, source = cores(), Population(people=max(round(PEOPLE * size), 10), seed=SEED)
    parts = source.parts()
    some = parts[: SAMPLE // PART_PEOPLE]
    peaks: list[int] = []

    def on_all() -> float:
        rate = _lived(source, some, count)
        peaks.append(rate.peak_bytes)
        return rate.people_per_s

    rates = in_turns(
        rounds(ROUNDS, size), on_all, lambda: _lived(source, some[::count], 1).people_per_s
    )
    all_of_them = _lived(source, parts, count)
    return Measured(
        figures={
            "people": source.people,
            "cores": count,
            "people_per_s": all_of_them.people_per_s,
            "peak_mib": all_of_them.peak_bytes / MIB,
            "sample_people_per_s": median(rates[0]),
            "sample_one_core_people_per_s": median(rates[1]),
            "sample_peak_mib": max(peaks) / MIB,
        },
        ratios={"per_core_vs_one_core": ratio([rate / count for rate in rates[0]], rates[1])},
    )


def _lived(source: Population, parts: Sequence[range], processes: int) -> _Rate:
    done = list(in_parallel(_live, parts, prepare=_prepare, given=(source,), processes=processes))
    assert all(each.lots for each in done)  # noqa: S101  careers give rights
    peaks: dict[int, int] = {}
    for each in done:
        peaks[each.process] = max(peaks.get(each.process, 0), each.memory_bytes)
    took = max(each.ended for each in done) - min(each.began for each in done)
    return _Rate(sum(each.people for each in done) / took, sum(peaks.values()))


_source: list[Population] = []


def _prepare(source: Population) -> None:
    """Load the rules before the watch starts."""
    rulebook()
    _source[:] = [source]


def _live(part: range) -> _Lived:
    import psutil  # noqa: PLC0415  comes with the embedded servers

    began, end = monotonic(), noon(UNTIL)
    lives = [live(each.history, rulebook(), end) for each in _source[0].lives(part, UNTIL)]
    return _Lived(
        people=len(lives),
        lots=sum(len(each.account.lots) for each in lives),
        began=began,
        ended=monotonic(),
        process=getpid(),
        memory_bytes=psutil.Process().memory_info().rss,
    )
