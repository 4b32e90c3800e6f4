"""Commands of those who keep the ledger: projections, audit, pots, doctor."""

from typing import Annotated, Any

import typer

from ops.cli.opening import act, ledger, on_record
from ops.cli.output import (
    AsJson,
    Because,
    By,
    Exit,
    Problem,
    console,
    emit,
    listing,
    progress,
    table,
)
from ops.cli.person import On, asked_day

MAX_SHOWN = 1_000
"""Of how many courses or providers one list tells what is taken."""

projections = typer.Typer(help="The read models.", no_args_is_help=True)
audit = typer.Typer(help="Proofs over the log.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(projections, name="projections")
    app.add_typer(audit, name="audit")
    app.command()(pots)
    app.command()(doctor)


@projections.command("status")
def projections_status(*, as_json: AsJson = False) -> None:
    """Say how far each read model is, and what it needs."""
    from projections.rebuild import status
    from projections.runner import connect

    with ledger() as (_, where, store), connect(where.database_url) as conn:
        found = status(conn, store)
    listing("projections", [each._asdict() for each in found], as_json)
    if any(each.state in {"stopped", "rebuild needed", "missing"} for each in found):
        raise typer.Exit(Exit.FINDINGS)


@projections.command("run")
def projections_run(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Only catch up with the log as it is now.")
    ] = False,
) -> None:
    """Keep the read models at the head of the log, until stopped."""
    from ledger.store.postgres import CHANNEL
    from ops.running.serve import stopping
    from projections.runner import Runner

    with stopping() as stop, ledger() as (_, where, store):
        runner = Runner(where.database_url, store, channel=CHANNEL)
        if once:
            console.print(f"{runner.catch_up()} events projected")
        else:
            runner.run(stop)


@projections.command("rebuild")
def projections_rebuild(
    name: Annotated[
        str | None, typer.Argument(help="Which one; all of them when left out.")
    ] = None,
    *,
    because: Because = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a read model anew from the log beside the one that serves, then swap."""
    from ledger.domain.acts import ProjectionRebuilt
    from ops.ledger_wiring import publishing_door
    from projections.catalogue import BY_NAME, PROJECTIONS
    from projections.rebuild import rebuild

    if name is not None and name not in BY_NAME:
        raise Problem(f"no projection is called {name!r}; known: {', '.join(BY_NAME)}")
    actor, because = act(by, because)
    done = []
    with ledger() as (_, where, store), progress("rebuilding") as say:
        door = publishing_door(store)
        for projection in PROJECTIONS if name is None else (BY_NAME[name],):
            say(projection.name)
            made = rebuild(where.database_url, store, projection)
            rebuilt = ProjectionRebuilt(
                projection=made.name,
                generation=made.generation,
                position=made.position,
                because=because,
                effective_on=door.clock.now().today,
            )
            on_record(door, rebuilt, actor)
            done.append(made._asdict())
    listing("rebuilt", done, as_json)


def pots(*, on: On = None, as_json: AsJson = False) -> None:
    """Show what is left on a day of what all have together: budgets, places, full courses."""
    from ledger.domain.quantities import shown
    from ops.ledger_wiring import rulebook

    day, rows = asked_day(on), list[dict[str, Any]]()
    columns, lines = ["what all have together", ">at most", ">taken", ">left"], list[list[str]]()
    with ledger() as (_, _, store):
        for scheme in rulebook().schemes.values():
            for limit in scheme.limits(day):
                prefix, most = limit.prefix(scheme.id, day), scheme.most(limit, day)
                unit = scheme.unit if limit.counts == "quantity" else None
                found = [(prefix, store.taken([prefix]).get(prefix, 0))]
                if limit.per != "everybody":
                    found = store.fullest(f"{prefix}/", MAX_SHOWN)
                for key, taken in found:
                    figures = {"at_most": most, "taken": taken, "left": max(most - taken, 0)}
                    rows.append({"key": key, "counts": limit.counts, "unit": unit, **figures})
                    told = [shown(n, unit) if unit else f"{n}" for n in figures.values()]
                    lines.append([key, *told])
    none = f"on {day} nothing is shared"
    emit(
        {"on": day, "pots": rows},
        as_json,
        lambda: table(columns, lines) if lines else console.print(none),
    )


def doctor(*, as_json: AsJson = False) -> None:
    """Check the set-up, and say what to do about each finding (exit code 1 when one is wrong)."""
    from ops import logs
    from ops.doctor.checkup import examine

    logs.configure("console")
    found = examine()
    listing("findings", [each._asdict() for each in found], as_json)
    if any(each.level == "wrong" for each in found):
        raise typer.Exit(Exit.FINDINGS)
