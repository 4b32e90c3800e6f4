"""Commands of those who keep the ledger: parked records, projections, audit, doctor."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, progress, table

if TYPE_CHECKING:
    from ledger.store.postgres import Parked, PostgresStore
    from ops.settings import Settings
    from ops.wiring import Servers
    from projections.projection import Projection

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
    app.command()(doctor)


@contextmanager
def _ledger() -> "Iterator[tuple[Settings, Servers, PostgresStore]]":
    """Open the ledger of the settings."""
    from ops import logs
    from ops.settings import read_settings
    from ops.wiring import open_store, servers

    settings = read_settings()
    logs.configure(settings.log_format)
    with (
        servers(settings, broker=False) as where,
        open_store(where.database_url) as store,
    ):
        yield settings, where, store


@parked.command("list")
def list_parked(
    *,
    replayed: Annotated[bool, typer.Option("--replayed", help="Those done already.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the records that wait, oldest first."""
    with _ledger() as (_, _, store):
        found = store.parked(MAX_SHOWN, replayed=replayed)
    emit(
        {"parked": [_summary(each) for each in found]},
        as_json,
        lambda: table(
            [">id", "parked at", "topic", ">partition", ">offset", "reason", "detail"],
            (
                (p.id, f"{p.record.parked_at:%Y-%m-%d %H:%M:%S}", p.record.topic,
                 p.record.partition, p.record.offset, p.record.reason, p.record.detail)
                for p in found
            ),
        ) if found else console.print("nothing is parked"),
    )  # fmt: skip


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
    import sys

    with _ledger() as (_, _, store):
        found = store.parked_record(number)
    if found is None:
        raise Problem(f"no parked record has the id {number}; `rugzak parked list` has them",
                      Exit.FINDINGS)  # fmt: skip
    if value:
        sys.stdout.buffer.write(found.record.value or b"")
        return
    shown = _summary(found) | {
        "topic_id": found.record.topic_id,
        "key": _text(found.record.key),
        "value": _text(found.record.value),
        "headers": [[name, _text(item)] for name, item in found.record.headers],
    }
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
    from ops.wiring import languages, open_door

    if every == bool(numbers):
        raise Problem("name the ids to replay, or --all")
    with _ledger() as (settings, _, store):
        door = open_door(store)
        chosen = _waiting(store) if every else (_one(store, number) for number in numbers or ())
        with progress("replaying") as say:
            done: list[Replayed] = []
            for each in chosen:
                say(f"{len(done)} done")
                done.append(
                    replay(each, door, store, languages(settings),
                           max_bytes=settings.max_record_bytes)
                )  # fmt: skip
    emit(
        {"replayed": done},
        as_json,
        lambda: table(
            [">id", "outcome", "reason", "detail"],
            ((r.id, "handled" if r.handled else "stays parked", r.reason, r.detail) for r in done),
        ),
    )
    if not all(r.handled for r in done):
        raise typer.Exit(Exit.FINDINGS)


def _waiting(store: "PostgresStore") -> "Iterator[Parked]":
    after = 0
    while page := store.parked(MAX_SHOWN, after):
        yield from page
        after = page[-1].id


def _one(store: "PostgresStore", number: int) -> "Parked":
    found = store.parked_record(number)
    if found is None:
        raise Problem(f"no parked record has the id {number}", Exit.FINDINGS)
    return found


def _summary(each: "Parked") -> dict[str, object]:
    record = each.record
    return {
        "id": each.id,
        "parked_at": record.parked_at,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "reason": record.reason,
        "detail": record.detail,
        "replayed_at": each.replayed_at,
    }


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "backslashreplace")


@projections.command("status")
def projections_status(*, as_json: AsJson = False) -> None:
    """Say how far each read model is, and what it needs."""
    from projections.rebuild import status
    from projections.runner import connect

    with _ledger() as (_, where, store), connect(where.database_url) as conn:
        found = status(conn, store)
    emit(
        {"projections": [each._asdict() for each in found]},
        as_json,
        lambda: table(
            ["projection", ">generation", ">position", ">lag", "state", "trouble"],
            ((s.name, s.generation, s.position, s.lag, s.state, s.trouble) for s in found),
        ),
    )
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

    with stopping() as stop, _ledger() as (_, where, store):
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
    from projections.rebuild import rebuild

    chosen = _chosen(name)
    done = []
    with _ledger() as (_, where, store), progress("rebuilding") as say:
        for projection in chosen:
            say(projection.name)
            made = rebuild(where.database_url, store, projection)
            done.append({"projection": made.name, "generation": made.generation,
                         "position": made.position})  # fmt: skip
    emit({"rebuilt": done}, as_json, lambda: table(
        ["projection", ">generation", ">position"], (tuple(each.values()) for each in done)
    ))  # fmt: skip


def _chosen(name: str | None) -> "tuple[Projection, ...]":
    from projections.catalogue import BY_NAME, PROJECTIONS

    if name is None:
        return PROJECTIONS
    if name not in BY_NAME:
        raise Problem(f"no projection is called {name!r}; known: {', '.join(BY_NAME)}")
    return (BY_NAME[name],)


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

    with _ledger() as (_, where, store), progress("replaying") as say:
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


def doctor(*, as_json: AsJson = False) -> None:
    """Check the set-up, and say what to do about each finding (exit code 1 when one is wrong)."""
    from ops import logs
    from ops.doctor import examine

    logs.configure("console")
    found = examine()
    signs = {"well": "ok", "note": "note", "wrong": "WRONG"}
    emit(
        {"findings": found},
        as_json,
        lambda: table(
            ["", "about", "finding", "what to do"],
            ((signs[f.level], f.about, f.text, f.advice) for f in found),
        ),
    )
    if any(f.level == "wrong" for f in found):
        raise typer.Exit(Exit.FINDINGS)
