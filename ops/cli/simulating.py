"""`rugzak simulate`: who gains, who loses, how much, and what it costs when a rule changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, lines, progress, table
from ops.cli.person import On

if TYPE_CHECKING:
    from ledger.audit.simulate import Figures, Of
    from ledger.audit.tally import Example, Report, Tally
    from ledger.domain.quantities import Unit
    from ops.simulation import Simulation, Source

Json: TypeAlias = dict[str, Any]

DEFAULT_PEOPLE = 10_000
MAX_PEOPLE = 10_000_000
SEED = 20210901
PROTECTED = "low-qualified,jobseeker"

RULES = ("scheme", "before", "after")
COSTS = ("granted", "used")
ACQUIRED = ("granted", "held")
COLUMNS = (">more granted", ">less granted", ">more held", ">less held")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(simulate)


def simulate(
    *,
    changed: Annotated[
        Path,
        typer.Option(
            "--with",
            exists=True,
            metavar="FILE_OR_FOLDER",
            help="Changed regulations; each takes the place of the shipped one of its scheme.",
        ),
    ],
    people: Annotated[
        int | None,
        typer.Option(
            "--population",
            min=1,
            max=MAX_PEOPLE,
            help=f"Synthetic people: how many; {DEFAULT_PEOPLE} without --log.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = SEED,
    log: Annotated[
        bool, typer.Option("--log", help="The accounts of the ledger, as its events tell them.")
    ] = False,
    until: On = None,
    no_regression: Annotated[
        bool,
        typer.Option(
            "--no-regression", help="Fail when a protected person loses an acquired right."
        ),
    ] = False,
    protected: Annotated[
        str, typer.Option(metavar="GROUPS", help="Who is protected: groups, with commas.")
    ] = PROTECTED,
    as_json: AsJson = False,
) -> None:
    """Tell lives again under changed rules: who gains, who loses, how much, what it costs.

    Everybody is compared on the day --until, as if the changed rules had always been there; from
    which day a change counts is for its file to say. Nothing is written.
    """
    from ledger.service.changed import files_at
    from ledger.service.clock import SystemClock
    from ops.demo.population import FIRST_DAY
    from ops.parallel import cores
    from ops.simulation import Simulation
    from ops.simulation import simulate as simulated

    groups = _groups(protected)
    if log and people is not None:
        raise Problem("--population makes people up, --log takes real accounts: choose one")
    try:
        files = files_at(changed)
    except OSError as error:
        raise Problem(str(error)) from None
    day = until or SystemClock().now().today
    if not log and day < FIRST_DAY:
        raise Problem(f"synthetic people are told of from {FIRST_DAY} on; {day} is before that")
    simulation = Simulation(files, day, groups)
    with _source(log, people or DEFAULT_PEOPLE, seed) as source, progress("simulating") as say:
        report = simulated(simulation, source, say, cores())
    emit(_data(simulation, source, report), as_json, lambda: _show(simulation, source, report))
    if no_regression and report.protected_losers:
        raise typer.Exit(Exit.FINDINGS)


def _groups(written: str) -> frozenset[str]:
    """Read the names of groups."""
    from ledger.audit.groups import LIVES_IN, NAMED
    from ledger.domain.expressions import nearest

    names = frozenset(name.strip() for name in written.split(",") if name.strip())
    for name in sorted(names):
        if name not in NAMED and not name.startswith(LIVES_IN):
            known = f"known: {', '.join(NAMED)}, and by region e.g. {LIVES_IN}be-vlg"
            raise Problem(f"there is no group {name!r}{nearest(name, NAMED)}; {known}")
    if not names:
        raise Problem(f"--protected names at least one group, e.g. {PROTECTED}")
    return names


@contextmanager
def _source(log: bool, people: int, seed: int) -> "Iterator[Source]":
    """Yield whose lives are told; the servers of the log run meanwhile."""
    from ops.cli.opening import ledger
    from ops.simulation import Population, RealLog

    if not log:
        yield Population(people=people, seed=seed)
        return
    with ledger() as (_, where, store):
        yield RealLog(url=where.database_url, events=store.head())


def _data(simulation: "Simulation", source: "Source", report: "Report") -> Json:
    """Return the report for programs; what is too small a group to be shown is not in it either."""
    from ledger.audit.groups import Groups

    return {
        "on": simulation.until,
        "whose": source.whose,
        "people": report.people,
        "untold": report.untold,
        "rules": [dict(zip(RULES, row, strict=True)) for row in _rules(simulation)],
        "schemes": [
            {"scheme": of.scheme, "unit": of.unit, **_tally(report.everybody(of), of.unit)}
            | {
                "groups": [
                    {"division": division, "group": group, **_tally(tally, of.unit)}
                    for division in Groups._fields
                    for group, tally in report.divided(of, division)
                ]
            }
            for of in report.subjects()
        ],
        "costs": {
            unit: {name: _amount(more, name, unit) for name in COSTS}
            for unit, more in _costs(report).items()
        },
        "regression": {
            "protected": report.protected,
            "people": report.protected_people,
            "losers": report.protected_losers,
            "examples": [_example(each) for each in report.examples],
        },
        "notes": list(_notes(report)),
    }


def _example(example: "Example") -> Json:
    from ops.cli.forms import amount

    loss = example.loss
    return {
        "person": example.person,
        "groups": example.protected,
        "scheme": loss.of.scheme,
        "lot": loss.lot,
        "what": loss.measure,
        "before": amount(loss.before, loss.of.unit),
        "after": amount(loss.after, loss.of.unit),
        "losses": example.losses,
    }


def _tally(tally: "Tally", unit: "Unit") -> Json:
    from ledger.audit.simulate import MEASURES

    counted = ("people", "gainers", "losers", "unchanged")
    compared = ("before", "after", "gained", "lost")
    return {name: getattr(tally, name) for name in counted} | {
        which: {name: _amount(getattr(tally, which), name, unit) for name in MEASURES}
        for which in compared
    }


def _amount(figures: "Figures", measure: str, unit: "Unit") -> int | Json:
    """Return one of some figures: as an amount, or, of requests, how many."""
    from ops.cli.forms import amount

    value: int = getattr(figures, measure)
    return value if measure == "refused" else amount(value, unit)


def _rules(simulation: "Simulation") -> list[tuple[str, str, str]]:
    """Return the schemes that the change can reach, with the digests of their rules."""
    before, after = simulation.before.schemes, simulation.after.schemes
    return [
        (
            id_,
            before[id_].digest if id_ in before else "none",
            after[id_].digest if id_ in after else "none",
        )
        for id_ in sorted(before.keys() | after.keys())
    ]


def _costs(report: "Report") -> "dict[Unit, Figures]":
    """Return what the change costs, by unit: how much more is granted, and used."""
    from ledger.audit.simulate import Figures

    costs: dict[Unit, Figures] = {}
    for of in report.subjects():
        whole = report.everybody(of)
        costs[of.unit] = costs.get(of.unit, Figures()) + whole.after - whole.before
    return costs


def _notes(report: "Report") -> Iterator[str]:
    """Say what the report can't say."""
    if report.untold:
        yield (
            f"{report.untold} requests were refused at the time and are not told again: the log "
            "keeps why, not all that they asked."
        )


def _show(simulation: "Simulation", source: "Source", report: "Report") -> None:
    """Write the report for people."""
    from ledger.audit.tally import SMALL_GROUP_PEOPLE

    console.print(f"{source.whose}, on {simulation.until}: today's rules and the changed ones")
    rules = _rules(simulation)
    if rules:
        table(RULES, rules)
    else:
        console.print("no rule differs from today's")
    for of in report.subjects():
        _show_scheme(report, of)
    if report.subjects():
        lines(
            (
                "",
                "Held is what can be used on the day, is reserved or was used.",
                "Who has less granted or held in one lot, or is refused what was allowed, loses.",
                f"Groups of fewer than {SMALL_GROUP_PEOPLE} people are shown together.",
            )
        )
    elif rules:
        console.print("\nnobody has or asks for anything of these schemes")
    for unit, more in _costs(report).items():
        granted, used = (_signed(getattr(more, name), unit) for name in COSTS)
        console.print(f"Cost: {granted} granted, {used} used so far.")
    lines(_notes(report))
    _show_regression(report)


def _show_scheme(report: "Report", of: "Of") -> None:
    """Write what changes under one scheme, measure by measure and group by group."""
    from ledger.audit.groups import EVERYBODY, Groups
    from ledger.audit.simulate import MEASURES

    whole = report.everybody(of)
    console.print(f"\n{of.scheme}: {whole.people} people have or ask for some", style="bold")
    table(
        ("", ">today's rules", ">changed rules", ">difference"),
        (
            (
                name,
                _plain(getattr(whole.before, name), name, of.unit),
                _plain(getattr(whole.after, name), name, of.unit),
                _plain(getattr(whole.after - whole.before, name), name, of.unit, sign=True),
            )
            for name in MEASURES
        ),
    )
    groups = [(EVERYBODY, whole)]
    for division in Groups._fields:
        groups += report.divided(of, division)
    console.print()
    table(
        ("", ">people", ">gain", ">lose", ">unchanged", *COLUMNS),
        (
            (
                group,
                tally.people,
                tally.gainers,
                tally.losers,
                tally.unchanged,
                *(
                    _signed(sign * getattr(moved, name), of.unit)
                    for name in ACQUIRED
                    for sign, moved in ((1, tally.gained), (-1, tally.lost))
                ),
            )
            for group, tally in groups
        ),
    )


def _show_regression(report: "Report") -> None:
    """Say whether the protected lose, with examples."""
    from ledger.domain.quantities import shown

    who = ", ".join(sorted(report.protected))
    if not report.protected_losers:
        console.print(f"No regression: none of {report.protected_people} people ({who}) loses.")
        return
    console.print(
        f"REGRESSION: {report.protected_losers} of {report.protected_people} protected people "
        f"({who}) lose an acquired right; {len(report.examples)} of them:",
        style="bold",
    )
    table(
        ("person", "groups", "lot", "what", ">before", ">after", ">losses in all"),
        (
            (
                each.person,
                ", ".join(each.protected),
                each.loss.lot
                if each.loss.measure != "refused"
                else f"{each.loss.of.scheme}, {each.loss.lot}",
                each.loss.measure,
                shown(each.loss.before, each.loss.of.unit),
                shown(each.loss.after, each.loss.of.unit),
                each.losses,
            )
            for each in report.examples
        ),
    )


def _signed(quantity: int, unit: "Unit") -> str:
    """Write a difference with its sign."""
    from ledger.domain.quantities import shown

    return f"+{shown(quantity, unit)}" if quantity > 0 else shown(quantity, unit)


def _plain(value: int, measure: str, unit: "Unit", *, sign: bool = False) -> str:
    """Write a figure: a quantity, or a number of requests."""
    from ledger.domain.quantities import shown

    if measure == "refused":
        return f"{value:+d} requests" if sign else f"{value} requests"
    return _signed(value, unit) if sign else shown(value, unit)
