"""`rugzak scenario`: cases of domain experts, and whether the rules give what they say."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, lines

if TYPE_CHECKING:
    from ledger.audit.scenario import Expectation, Run, Scenario, Told
    from ledger.domain.events import Event, LotId
    from ledger.domain.quantities import Unit
    from ledger.domain.reasons import Rejection
    from ledger.domain.regulation import Rulebook
    from ledger.service.marked import Finding
    from ops.cli.forms import Json

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
    from ledger.audit.scenario import run as run_one
    from ledger.service.rulebook import FOLDER, load

    rules = load(folder or FOLDER)
    began = perf_counter()
    found, findings = _read(paths, rules)
    chosen = [each for each in found if named in each.name]
    if not chosen and not findings:
        raise Problem(f"no scenario has {named!r} in its name; there are {len(found)} others")
    read = perf_counter()
    ran = [run_one(each, rules) for each in chosen]
    done = perf_counter()
    wrong = [each for each in ran if each.differences]
    rate = round(len(ran) / max(done - read, 1e-9))

    def show() -> None:
        for finding in findings:
            print(finding)
        lines(line for each in (ran if explain else wrong) for line in _told(each, rules, explain))
        console.print(_summary(len(ran), len(wrong), len(findings), rate))

    data = {
        "scenarios": len(ran),
        "as_expected": len(ran) - len(wrong),
        "seconds": {"reading": round(read - began, 4), "running": round(done - read, 4)},
        "findings": findings,
        "differences": [_difference(each) for each in wrong],
    }
    if explain:
        data["steps"] = [
            _head(each.scenario) | {"steps": list(_steps(each, rules))} for each in ran
        ]
    emit(data, as_json, show)
    if findings or wrong:
        raise typer.Exit(Exit.FINDINGS)


@scenario.command("schema")
def show_schema() -> None:
    """Print the JSON Schema of scenario files, for an editor that completes and checks."""
    from ledger.audit.scenario_schema import schema

    emit(schema(), as_json=True, show=lambda: None)


def _read(paths: Sequence[Path], rules: "Rulebook") -> "tuple[list[Scenario], list[Finding]]":
    from ledger.audit.scenario_file import read

    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
    ]
    if not files:
        raise Problem(f"there is no scenario (*.yaml) below {', '.join(map(str, paths))}")
    found: list[Scenario] = []
    findings: list[Finding] = []
    for file in dict.fromkeys(files):
        right, wrong = read(file, str(file), rules)
        found += right
        findings += wrong
    return found, findings


def _summary(count: int, wrong: int, findings: int, rate: int) -> str:
    scenarios = f"{count} scenario{'s' if count != 1 else ''}"
    right = "as expected" if count == 1 else "all as expected"
    said = f"{scenarios}, {f'{wrong} not as expected' if wrong else right} ({rate} a second)"
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
    units = {id_: lot.unit for id_, lot in ran.life.account.lots.items()}
    names = {provider.id: provider.name for provider in rules.providers.values()}
    day = None
    for told, answer in zip(ran.scenario.told, ran.answers, strict=True):
        written = list(_step(ran, told, answer, units, names))
        if written and day != told.on:
            yield f"{told.on}"
            day = told.on
        yield from (f"  {line}" for line in written)
    for expectation in ran.scenario.expected:
        yield from _nothing(ran, expectation)


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
    from ops.cli.explanation import because
    from ops.cli.words import sentence

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
            facts = [ran.life.envelopes[version - 1] for version in basis.facts]
            yield from (f"    {line}" for line in because(facts, basis.steps))


def _nothing(ran: "Run", of: "Expectation") -> Iterator[str]:
    """Write why periods of a day that is asked about give nothing."""
    from ledger.audit.scenario import Known
    from ops.cli.explanation import because
    from ops.language import plainly

    for each in Known(of, ran.life.envelopes, ran.life.rules, {}).assessed():
        if not each.quantity:
            why = f"this does not hold: {plainly(each.unmet)}" if each.unmet else "of the cap"
            yield f"{of.on}: nothing of {each.lot}, because {why}"
            yield from (f"      {line}" for line in because(each.facts, each.steps))
