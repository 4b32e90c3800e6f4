"""`rugzak bench`: how fast it is here, beside named baselines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.output import AsJson, Problem, console, emit, errors, progress, table

if TYPE_CHECKING:
    from ops.bench.runner import Json

ALL = "all"
POPULATION = "population"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(bench)


def bench(
    name: Annotated[str, typer.Argument(help="One of them by name, or all.")],
    *,
    size: Annotated[
        float, typer.Option(min=0.001, max=100, help="1 is the full work; 0.1 a quick look.")
    ] = 1.0,
    people: Annotated[
        int | None,
        typer.Option(min=10, max=1_000_000, help="For population: how many, instead of --size."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure on servers of its own, with durable commits; `all` keeps a table of the commit."""
    from ops import logs
    from ops.bench import population, runner

    logs.configure("console")
    if name not in (ALL, *runner.BENCHES):
        raise Problem(f"there is no bench {name}: choose {', '.join(runner.BENCHES)} or {ALL}")
    if people is not None:
        if name != POPULATION:
            raise Problem(f"--people is for `bench {POPULATION}`; --size makes others larger")
        size = people / population.PEOPLE
    names = list(runner.BENCHES) if name == ALL else [name]
    with progress("measuring") as say:
        found = runner.run(names, size, say)
    emit(found[0] if name != ALL else {"benches": found}, as_json, lambda: _show(found))
    if name == ALL:
        errors.print(f"kept in {runner.keep(found, size)}")


def _show(found: "Sequence[Json]") -> None:
    """Write a table for each bench: ratios, figures, profile."""
    from ops.bench.runner import number

    for each in found:
        rows = [
            (what, number(value))
            for kind in ("ratios", "figures", "profile")
            for what, value in each[kind].items()
        ]
        table([each["name"], ">found"], rows)
        console.print()
