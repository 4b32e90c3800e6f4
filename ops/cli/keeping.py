"""Commands of those who keep the ledger: parked records, projections, audit, pots, doctor."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli.opening import ledger
from ops.cli.output import AsJson, Exit, Problem, console, emit, listing, progress, table
from ops.cli.person import On, asked_day

if TYPE_CHECKING:
    from ledger.store.postgres import Parked, PostgresStore

MAX_SHOWN = 1_000
"""Most parked records that one list holds."""

parked = typer.Typer(help="Records that could not be handled.", no_args_is_help=True)
projections = typer.Typer(help="The read models.", no_args_is_help=True)
audit = typer.Typer(help="Proofs over the log.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(parked, name="parked")
    app.add_typer(projections, name="projections")
    app.add_typer(audit, name="audit")
    app.command()(pots)
    app.command()(doctor)


@parked.command("list")
def list_parked(
    *,
    replayed: Annotated[bool, typer.Option("--replayed", help="Those done already.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the records that wait, oldest first."""
    with ledger() as (_, _, store):
        found = store.parked(MAX_SHOWN, replayed=replayed)
    listing("parked", [_summary(each) for each in found], as_json, "nothing is parked")


@parked.command("show")
def show_parked(
    number: Annotated[int, typer.Argument(help="Its id in the list.")],
    *,
    value: Annotated[
        bool, typer.Option("--value", help="Write its bytes as they came, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one record whole, with its reason."""
    with ledger() as (_, _, store):
        found = _one(store, number)
    record = found.record
    if value:
        sys.stdout.buffer.write(record.value or b"")
        return
    more = {name: getattr(record, name) for name in ("topic_id", "key", "value", "headers")}
    shown = _summary(found) | {"replayed_at": found.replayed_at} | more
    emit(shown, as_json, lambda: table(["", ""], shown.items()))


@parked.command("replay")
def replay_parked(
    numbers: Annotated[list[int] | None, typer.Argument(help="Ids; none with --all.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try records again; what still can't be handled stays parked (exit code 1)."""
    from consumers.parking import Replayed, replay
    from ops.cli.forms import fields_of
    from ops.wiring import languages, open_door

    if every == bool(numbers):
        raise Problem("name the ids to replay, or --all")
    with ledger() as (settings, _, store), progress("replaying") as say:
        door, spoken = open_door(store), languages(settings)
        done: list[Replayed] = []
        for each in _waiting(store) if every else (_one(store, n) for n in numbers or ()):
            say(f"{len(done)} done")
            limits = {
                "max_bytes": settings.max_record_bytes,
                "max_unpacked_bytes": settings.max_unpacked_bytes,
            }
            done.append(replay(each, door, store, spoken, **limits))
    listing("replayed", [fields_of(each) for each in done], as_json, "nothing is parked")
    if not all(each.handled for each in done):
        raise typer.Exit(Exit.FINDINGS)


def _waiting(store: "PostgresStore") -> "Iterator[Parked]":
    after = 0
    while page := store.parked(MAX_SHOWN, after):
        yield from page
        after = page[-1].id


def _one(store: "PostgresStore", number: int) -> "Parked":
    found = store.parked_record(number)
    if found is None:
        advice = "`rugzak parked list` has them"
        raise Problem(f"no parked record has the id {number}; {advice}", Exit.FINDINGS)
    return found


def _summary(each: "Parked") -> dict[str, Any]:
    names = ("parked_at", "topic", "partition", "offset", "reason", "detail")
    return {"id": each.id} | {name: getattr(each.record, name) for name in names}


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
    from ops.serve import stopping
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
    as_json: AsJson = False,
) -> None:
    """Make a read model anew from the log beside the one that serves, then swap."""
    from projections.catalogue import BY_NAME, PROJECTIONS
    from projections.rebuild import rebuild

    if name is not None and name not in BY_NAME:
        raise Problem(f"no projection is called {name!r}; known: {', '.join(BY_NAME)}")
    done = []
    with ledger() as (_, where, store), progress("rebuilding") as say:
        for projection in PROJECTIONS if name is None else (BY_NAME[name],):
            say(projection.name)
            done.append(rebuild(where.database_url, store, projection)._asdict())
    listing("rebuilt", done, as_json)


@audit.command("replay")
def audit_replay(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rewrite wrong state rows, which are a cache.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fold the whole log anew, and compare with state rows and read models (exit code 1)."""
    from ops.replaying import replay

    with ledger() as (_, where, store), progress("replaying") as say:
        told = replay(where.database_url, store, say, repair=repair)

    def show() -> None:
        console.print(f"{told.events} events of {told.accounts} accounts were folded anew")
        for name, rows in told.rows.items():
            console.print(f"{name}: {rows} rows expected")
        for problem in told.problems:
            console.print(f"WRONG  {problem}", markup=False)
        if not told.problems:
            console.print("everything agrees with the log")

    emit(told, as_json, show)
    if told.problems:
        raise typer.Exit(Exit.FINDINGS)


def pots(*, on: On = None, as_json: AsJson = False) -> None:
    """Show what is left on a day of what all have together: budgets, places, full courses."""
    from ledger.domain.quantities import shown
    from ops.wiring import rulebook

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
    from ops.doctor import examine

    logs.configure("console")
    found = examine()
    listing("findings", [each._asdict() for each in found], as_json)
    if any(each.level == "wrong" for each in found):
        raise typer.Exit(Exit.FINDINGS)
