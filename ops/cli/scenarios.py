"""`rugzak scenario`: cases of domain experts, and whether the rules give what they say."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, lines

if TYPE_CHECKING:
    from ledger.audit.scenario import Expectation, Run, Scenario, Told
    from ledger.domain.events import Event, LotId
    from ledger.domain.quantities import Unit
    from ledger.domain.reasons import Rejection
    from ledger.domain.rulebook import Rulebook
    from ledger.service.marked import Finding
    from ops.cli.forms import Json

ALONE_BYTES: Final = 64 * 1024
"""Up to how many bytes of files one process is as quick as several."""

scenario = typer.Typer(help="Cases, and what must come of them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(scenario, name="scenario")


@scenario.command()
def run(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILES|FOLDERS", exists=True, help="*.yaml, below folders too."),
    ],
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what happened, day by day, and why.")
    ] = False,
    named: Annotated[
        str, typer.Option("--name", metavar="WORDS", help="Only those whose name has these words.")
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option(
            "--regulations",
            exists=True,
            file_okay=False,
            help="Where the rules are; the shipped ones if left out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run scenario files without a server; what comes out otherwise is said in words (exit 1)."""
    from ledger.service.rulebook import FOLDER, load

    files, rules = _files(paths), load(folder or FOLDER)
    began = perf_counter()
    tried, processes = _all_tried(files, rules, named, explain)
    seconds = perf_counter() - began
    running = sum(each.running for each in tried) / processes
    count, wrong = sum(each.chosen for each in tried), [one for each in tried for one in each.wrong]
    findings = [finding for each in tried for finding in each.findings]
    if not count and not findings:
        others = sum(each.others for each in tried)
        raise Problem(f"no scenario has {named!r} in its name; there are {others} others")

    def show() -> None:
        for finding in findings:
            print(finding)
        lines(line for each in tried for line in each.told)
        console.print(_summary(count, len(wrong), len(findings), seconds, running))

    data = {
        "scenarios": count,
        "as_expected": count - len(wrong),
        "seconds": {"in_all": round(seconds, 4), "running": round(running, 4)},
        "findings": findings,
        "differences": wrong,
    }
    if explain:
        data["steps"] = [steps for each in tried for steps in each.steps]
    emit(data, as_json, show)
    if findings or wrong:
        raise typer.Exit(Exit.FINDINGS)


@scenario.command("schema")
def show_schema() -> None:
    """Print the JSON Schema of scenario files, for an editor that completes and checks."""
    from ledger.audit.scenario_schema import schema

    emit(schema(), as_json=True, show=lambda: None)


class _Tried(NamedTuple):
    """What came of one file.

    Attributes:
        chosen: how many scenarios were run.
        others: how many were not, by their name.
        wrong: those that came out otherwise.
        steps: of all, if asked for.
        told: the same, for people.
        running: how many seconds the lives took, without reading the file.

    """

    chosen: int
    others: int
    findings: "Sequence[Finding]"
    wrong: "list[Json]"
    steps: "list[Json]"
    told: list[str]
    running: float = 0


class _Task(NamedTuple):
    """What every file is run with."""

    rules: "Rulebook"
    named: str
    explain: bool


_task: list[_Task] = []


def _files(paths: Sequence[Path]) -> list[Path]:
    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
    ]
    if not files:
        raise Problem(f"there is no scenario (*.yaml) below {', '.join(map(str, paths))}")
    return list(dict.fromkeys(files))


def _all_tried(
    files: Sequence[Path], rules: "Rulebook", named: str, explain: bool
) -> tuple[list[_Tried], int]:
    """Read and run files, in order; many at once when there is enough to do.

    Returns what became of them, and how many processes did it.
    """
    from ops.parallel import cores, in_parallel

    sizes = {number: file.stat().st_size for number, file in enumerate(files)}
    processes = min(cores(), len(files))
    if processes == 1 or sum(sizes.values()) < ALONE_BYTES:
        _prepare(rules, named, explain)
        return [_try(each)[1] for each in enumerate(files)], 1
    largest_first = sorted(sizes, key=lambda number: sizes[number], reverse=True)
    done = in_parallel(
        _try,
        [(number, files[number]) for number in largest_first],
        prepare=_prepare,
        given=(rules, named, explain),
        processes=processes,
        forked=True,
    )
    return [tried for _, tried in sorted(done, key=lambda each: each[0])], processes


def _prepare(rules: "Rulebook", named: str, explain: bool) -> None:
    _task[:] = [_Task(rules, named, explain)]


def _try(numbered: tuple[int, Path]) -> tuple[int, _Tried]:
    """Read a file and run its scenarios; the lives themselves are not kept."""
    from ledger.audit.life import Life
    from ledger.audit.scenario import Beginning
    from ledger.audit.scenario import run as run_one
    from ledger.audit.scenario_file import read

    number, file = numbered
    rules, named, explain = _task[0]
    found, findings = read(file, str(file), rules)
    tried = _Tried(0, sum(named not in each.name for each in found), findings, [], [], [])
    empty = Beginning(Life(rules))
    for each in found:
        if named not in each.name:
            continue
        began = perf_counter()
        ran = run_one(each, rules, empty)
        running = tried.running + perf_counter() - began
        tried = tried._replace(chosen=tried.chosen + 1, running=running)
        if ran.differences:
            tried.wrong.append(_difference(ran))
        if explain:
            tried.steps.append(_head(each) | {"steps": list(_steps(ran, rules))})
        if explain or ran.differences:
            tried.told.extend(_told(ran, rules, explain))
    return number, tried


def _summary(count: int, wrong: int, findings: int, seconds: float, running: float) -> str:
    scenarios = f"{count} scenario{'s' if count != 1 else ''}"
    right = "as expected" if count == 1 else "all as expected"
    said = f"{scenarios}, {f'{wrong} not as expected' if wrong else right}"
    rate = round(count / max(running, 1e-9))
    said += f" ({rate} a second; {seconds:.1f} s in all, with reading them)"
    if not count:
        said = "no scenario was run"
    if findings:
        said += f"; {findings} mistake{'s' if findings != 1 else ''} in the files"
    return said


def _head(of: "Scenario") -> "Json":
    return {"file": of.file, "line": of.line, "name": of.name, "kind": of.kind, "source": of.source}


def _difference(ran: "Run") -> "Json":
    return _head(ran.scenario) | {"differences": ran.differences}


def _told(ran: "Run", rules: "Rulebook", explain: bool) -> Iterator[str]:
    """Write a scenario that ran: its steps if asked for, and what came out otherwise."""
    of = ran.scenario
    yield f"{of.file}:{of.line}: {of.name} ({of.kind}: {of.source})"
    if explain:
        yield from (f"  {line}" for line in _steps(ran, rules))
        if not ran.differences:
            yield "  as expected"
    for each in ran.differences:
        yield f"  {each.what} (line {each.line}):"
        yield f"    expected  {each.expected}"
        yield f"    came      {each.found}"


def _steps(ran: "Run", rules: "Rulebook") -> Iterator[str]:
    """Write what was told and what came of it, day by day, then why nothing was due."""
    units = {id_: lot.unit for each in ran.lives.values() for id_, lot in each.account.lots.items()}
    names = {provider.id: provider.name for provider in rules.providers.values()}
    day = None
    for told, answer in zip(ran.scenario.told, ran.answers, strict=True):
        written = list(_step(ran, told, answer, units, names))
        if written and day != told.on:
            yield f"{told.on}"
            day = told.on
        whose = f"{told.of}: " if told.of else ""
        yield from (f"  {whose}{line}" for line in written)
    for expectation in ran.scenario.expected:
        yield from _nothing(ran, expectation, rules)


def _step(
    ran: "Run",
    told: "Told",
    answer: "Sequence[Event] | Rejection",
    units: "dict[LotId, Unit]",
    names: dict[str, str],
) -> Iterator[str]:
    """Write the events that a request led to, each with what it relied on; or the refusal."""
    from ledger.audit.scenario import OthersTook
    from ledger.domain.commands import NAMES
    from ledger.domain.events import RightGranted
    from ledger.domain.reasons import Rejection
    from ledger.words.explanation import because
    from ledger.words.sentences import sentence

    if isinstance(told.what, OthersTook):
        yield f"of {told.what.key} others take {told.what.taken}"
        return
    if isinstance(answer, Rejection):
        assert not isinstance(told.what, RightGranted)  # noqa: S101  what is given is not refused
        asked = NAMES[type(told.what)].replace("-", " ")
        yield f"request to {asked} refused: {answer.reason}: {answer.detail}"
        return
    for event in answer:
        yield sentence(event, units, names)
        basis = getattr(event, "basis", None)
        if basis is not None:
            envelopes = ran.lives[told.of].envelopes
            facts = [envelopes[version - 1] for version in basis.facts]
            yield from (f"    {line}" for line in because(facts, basis.steps))


def _nothing(ran: "Run", of: "Expectation", rules: "Rulebook") -> Iterator[str]:
    """Write why periods of a day that is asked about give nothing."""
    from ledger.audit.scenario import Known
    from ledger.words.explanation import because
    from ledger.words.language import plainly

    for each in Known(of, ran.lives, rules, {}).assessed():
        if not each.quantity:
            why = f"this does not hold: {plainly(each.unmet)}" if each.unmet else "of the cap"
            yield f"{of.on}: nothing of {each.lot}, because {why}"
            yield from (f"      {line}" for line in because(each.facts, each.steps))
