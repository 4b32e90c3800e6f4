"""`rugzak audit replay`: the log against what was made of it, against today's code, other rules."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ops.cli.keeping import audit
from ops.cli.opening import ledger
from ops.cli.output import AsJson, Exit, console, emit, progress

if TYPE_CHECKING:
    from ops.settings import Settings

FOLDER: Final = "replay"
"""Of the data folder: keeps what a replay did, until it is done."""

ADVICE: Final = "stopped there; --all goes on to the end"


def register(_: typer.Typer) -> None:
    """Add the command of this module to those on audits."""
    audit.command("replay")(audit_replay)


def audit_replay(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rewrite wrong state rows, which are a cache.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Go on to the end, however much is wrong.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted one was; else begin anew.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fold the whole log anew, and compare with state rows and read models (exit code 1)."""
    from ops.replaying import Asked, replay

    asked = Asked(repair=repair, every=every, resume=resume)
    with ledger() as (settings, where, store), progress("replaying") as say:
        told = replay(where.database_url, store, _file(settings, "state"), say, asked)

    def show() -> None:
        console.print(f"{told.events} events of {told.accounts} accounts were folded anew")
        for name, rows in told.rows.items():
            console.print(f"{name}: {rows} rows expected")
        for problem in told.problems:
            console.print(f"WRONG  {problem}", markup=False)
        if told.stopped:
            console.print(ADVICE)
        if not told.problems:
            console.print("everything agrees with the log")

    emit(told, as_json, show)
    if told.problems:
        raise typer.Exit(Exit.FINDINGS)


def _file(settings: "Settings", mode: str) -> Path:
    return settings.data_dir / FOLDER / f"{mode}.jsonl"
