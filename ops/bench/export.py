"""`bench export`: a log's package in Parquet, against pyarrow writing the same tables from memory.

And against reading the log's events alone, which an export can't do without. Then a log twenty
times as long is exported, each in a process of its own, whose peak memory is compared.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final, NamedTuple

from ops.bench.careers import careers
from ops.bench.lab import MIB, Lab, Measured, Memory, apart, in_turns, ratio, rounds
from ops.ledger_wiring import open_store
from projections.runner import Runner

PEOPLE: Final = 200
EVENTS: Final = 100_000
LONGER: Final = 20
ROUNDS: Final = 3
GOALS: Final = {"memory_short_vs_long": 0.9}
TABLES: Final = ("events", "entries", "balances", "totals")


class _Exported(NamedTuple):
    """What a process that exported says of it."""

    events: int
    rows: int
    seconds: float
    peak_bytes: int


def measure(lab: Lab, size: float) -> Measured:
    """Export the short log in turns with the plain writer, then the long one."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    events = max(int(EVENTS * size), 2_000)
    short, long = lives.logs(lab, events, LONGER * events)
    for url in (short, long):
        with open_store(url) as store:
            Runner(url, store).catch_up()
    peaks: list[int] = []
    with TemporaryDirectory(prefix="rugzak-bench-export-") as name:
        folder = Path(name)
        first = apart(_export, short, folder / "first")

        def exported() -> float:
            done = apart(_export, short, folder / f"short-{len(peaks)}")
            peaks.append(done.peak_bytes)
            return done.rows / done.seconds

        rates = in_turns(
            rounds(ROUNDS, size), exported, _plainly(folder / "first"), lambda: _read(short)
        )
        last = apart(_export, long, folder / "long")
    return Measured(
        figures={
            "rows_short": first.rows,
            "rows_long": last.rows,
            "short_rows_per_s": max(rates[0]),
            "long_rows_per_s": last.rows / last.seconds,
            "pyarrow_rows_per_s": max(rates[1]),
            "reading_events_per_s": max(rates[2]),
            "short_peak_mib": max(peaks) / MIB,
            "long_peak_mib": last.peak_bytes / MIB,
        },
        ratios={
            "vs_pyarrow": ratio(rates[0], rates[1]),
            "events_vs_reading": ratio(
                [rate * first.events / first.rows for rate in rates[0]], rates[2]
            ),
            "memory_short_vs_long": max(peaks) / last.peak_bytes,
        },
    )


def _plainly(folder: Path) -> Callable[[], float]:
    """Return what writes a package's tables from memory, and says how many rows a second."""
    import pyarrow.parquet as pq  # noqa: PLC0415  comes with the extra `audit`

    from ops.books.exporting_files import ROW_GROUP_ROWS  # noqa: PLC0415  the same

    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}

    def write() -> float:
        began = perf_counter()
        for name, table in tables.items():
            path = folder.parent / f"plain-{name}.parquet"
            pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP_ROWS)
        return float(sum(table.num_rows for table in tables.values())) / (perf_counter() - began)

    return write


def _read(url: str) -> float:
    """Return how many events a second are read, and nothing made of them."""
    with open_store(url) as store:
        began = perf_counter()
        return sum(1 for _ in store.each_event()) / (perf_counter() - began)


def _export(url: str, folder: Path) -> _Exported:
    """Export, and say what it took."""
    from ops.books.exporting import export  # noqa: PLC0415  comes with the extra `audit`

    memory = Memory()
    with open_store(url) as store:
        began = perf_counter()
        done = export(url, store, folder, memory.look)
        seconds = perf_counter() - began
    memory.look()
    return _Exported(done.rows["events"], sum(done.rows.values()), seconds, memory.peak)
