"""Runs benches, and keeps a table of what they found with the commit that it is about."""

import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ops.bench import (
    asof,
    commands,
    export,
    growth,
    http,
    ingest,
    population,
    proofs,
    read,
    replay,
    rules,
    store,
    transport,
)
from ops.bench.lab import Lab, Measured, laboratory

Json = dict[str, Any]

BENCHES: dict[str, tuple[Callable[[Lab, float], Measured], dict[str, float]]] = {
    "store": (store.measure, store.GOALS),
    "ingest": (ingest.measure, ingest.GOALS),
    "kafka": (transport.measure, transport.GOALS),
    "read": (read.measure, {}),
    "http": (http.measure, http.GOALS),
    "commands": (commands.measure, commands.GOALS),
    "proofs": (proofs.measure, proofs.GOALS),
    "replay": (replay.measure, replay.GOALS),
    "export": (export.measure, export.GOALS),
    "asof": (asof.measure, asof.GOALS),
    "rules": (rules.measure, rules.GOALS),
    "growth": (growth.measure, growth.GOALS),
    "population": (population.measure, population.GOALS),
}
"""What measures, and the least that its ratios should be."""

RESULTS = Path(__file__).parent / "results"
LOAD = "load_1m"
ONE_DIGIT = 10


def run(names: Iterable[str], size: float, say: Callable[[str], None]) -> list[Json]:
    """Run benches one after another, each on servers of its own; return an object for each.

    Args:
        names: of the benches.
        size: 1 is the full work, 0.1 a tenth of it.
        say: is told which one runs.

    """
    found = []
    for name in names:
        say(name)
        with laboratory() as lab:
            machine = lab.machine()
            measured = BENCHES[name][0](lab, size)
        found.append({"name": name, "machine": machine, **asdict(measured)})
    return found


def keep(found: Sequence[Json], size: float) -> Path:
    """Write the table of a run beside those of other commits; return the file."""
    commit = _git("describe", "--always", "--dirty", "--abbrev=10")
    path = RESULTS / f"{_git('show', '-s', '--format=%cs', 'HEAD')}-{commit}.md"
    machine = ", ".join(
        f"{key} {value}" for key, value in found[0]["machine"].items() if key != LOAD
    )
    lines = [
        f"# Benches at {commit}, size {size:g}",
        "",
        machine,
        "",
        "| bench | what | found | at least |",
        "|---|---|---:|---:|",
    ]
    for each in found:
        goals = BENCHES[each["name"]][1]
        lines.append(f"| {each['name']} | {LOAD} before it | {each['machine'][LOAD]} | |")
        for kind in ("ratios", "figures", "profile"):
            lines += [
                f"| {each['name']} | {what} | {number(value)} | {goals.get(what, '')} |"
                for what, value in each[kind].items()
            ]
    RESULTS.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def number(value: float) -> str:
    """Write a figure with as many digits as it is worth."""
    return f"{value:.2f}" if value < ONE_DIGIT else f"{value:,.0f}"


def _git(*arguments: str) -> str:
    """Ask git about this checkout; `unknown` where there is none."""
    done = subprocess.run(  # noqa: S603  our own words
        ["git", *arguments],  # noqa: S607  whichever git there is
        cwd=RESULTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
