"""The table of the laboratory, as people read it."""

from collections.abc import Iterator, Sequence

from tests.chaos.evidence import MOST_TOLD, Finding
from tests.chaos.laboratory import Injected, Outcome

NO_FAULT = "(no fault)"


def told(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the report."""
    options = outcome.options
    yield (
        f"seed {options.seed}: {outcome.records} records of {outcome.lives} lives, "
        f"{outcome.events} events, {len(outcome.injected)} faults"
    )
    yield ""
    yield f"{'fault':<44} {'times':>5} {'lost':>5} {'doubled':>7} {'p50 s':>6} {'p99 s':>6}"
    blamed = blame(outcome)
    names = sorted({fault.name for fault in outcome.injected})
    for name in [*names, *([NO_FAULT] if NO_FAULT in blamed else [])]:
        times = [fault for fault in outcome.injected if fault.name == name]
        seconds = sorted(fault.recovered for fault in times if fault.recovered is not None)
        lost, doubled = (
            sum(f.sort == sort for f in blamed.get(name, ())) for sort in ("lost", "doubled")
        )
        yield (
            f"{name:<44} {len(times):>5} {lost:>5} {doubled:>7} "
            f"{_percentile(seconds, 50):>6} {_percentile(seconds, 99):>6}"
        )
    yield ""
    for check, findings in outcome.findings.items():
        yield f"{'ok  ' if not findings else 'FAIL'} {check}{f': {len(findings)}' if findings else ''}"
        for finding in findings[:MOST_TOLD]:
            yield f"       {finding.sort}: {finding.text}"
    for name, codes in outcome.ended.items():
        yield f"note {name} ended by itself {len(codes)} times: {codes}"


def blame(outcome: Outcome) -> dict[str, list[Finding]]:
    """Return the findings by the fault that was the last to begin before each."""
    blamed: dict[str, list[Finding]] = {}
    for findings in outcome.findings.values():
        for finding in findings:
            blamed.setdefault(_last(outcome.injected, finding.at), []).append(finding)
    return blamed


def _last(injected: Sequence[Injected], at: float | None) -> str:
    before = [fault for fault in injected if at is not None and fault.at <= at]
    return before[-1].name if before else NO_FAULT


def _percentile(seconds: Sequence[float], percent: int) -> str:
    """Return the nearest rank, in one decimal."""
    if not seconds:
        return "-"
    rank = -(-percent * len(seconds) // 100)
    return f"{seconds[rank - 1]:.1f}"
