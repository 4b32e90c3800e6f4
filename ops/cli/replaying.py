"""`rugzak audit replay`: the log against what was made of it, against today's code, other rules."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ops.cli.keeping import audit
from ops.cli.opening import decision, ledger
from ops.cli.output import AsJson, By, Exit, Problem, console, emit, lines, progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.audit.parts import Json
    from ops.audit.redeciding import Redecided
    from ops.audit.replaying import Asked
    from ops.settings import Settings

FOLDER: Final = "replay"
"""Of the data folder: keeps what a replay did, until it is done."""

UNTOLD: Final = {
    "refused": "they were refused, and the log keeps why, not all that was asked",
    "nothing changed": "they changed nothing, and only a receipt is kept of them",
    "of a merged account": "they were told of an account that was merged, which decided, too",
    "merge": "they merged accounts, or parted them, and decided about both",
    "nothing to tell by": "no event of theirs tells what was asked",
}
"""Why commands can't be decided again."""

ADVICE: Final = "stopped there; --all goes on to the end"


def register(_: typer.Typer) -> None:
    """Add the command of this module to those on audits."""
    audit.command("replay")(audit_replay)


def audit_replay(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rewrite wrong state rows, which are a cache.")
    ] = False,
    because: Annotated[str | None, typer.Option(help="Why it is repaired; kept for ever.")] = None,
    by: By = None,
    inputs: Annotated[
        bool,
        typer.Option(
            "--inputs",
            help="Instead decide each command again, on the state that it met: which decisions "
            "would today's code take otherwise? By the texts of then, or by --regulations.",
        ),
    ] = False,
    regulations: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="Instead tell each life again by other rules: what would have been? A file or "
            "folder of regulations, each in the place of that of its scheme, or a Git revision.",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Go on to the end, however much is found.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted one was; else begin anew.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fold the whole log anew, and compare with state rows and read models (exit code 1).

    Or decide it again: with --inputs by today's code, with --regulations by other rules.
    """
    from ops.audit.replaying import Asked, Repair, replay

    again = inputs or regulations is not None
    if again and repair:
        raise Problem("--repair rewrites what the log says; nothing is decided anew by it")
    if repair != (because is not None):
        raise Problem("--repair and --because go together: rows are repaired for a reason")
    if repair and resume:
        raise Problem("--repair looks at everything anew: leave out --resume")
    by_hand = None if because is None else Repair(*decision(by, because))
    asked = Asked(repair=by_hand, every=every, resume=resume)
    if again:
        _decide_again(regulations, asked, inputs=inputs, as_json=as_json)
        return
    with ledger() as (settings, where, store), progress("replaying") as say:
        told = replay(where.database_url, store, _file(settings, "state"), say, asked)

    def show() -> None:
        console.print(f"{told.events} events of {told.accounts} accounts were folded anew")
        for name, rows in told.rows.items():
            console.print(f"{name}: {rows} rows expected")
        lines(f"WRONG  {problem}" for problem in told.problems)
        if told.stopped:
            console.print(ADVICE)
        if not told.problems:
            console.print("everything agrees with the log")

    emit(told, as_json, show)
    if told.problems:
        raise typer.Exit(Exit.FINDINGS)


def _decide_again(regulations: str | None, asked: "Asked", *, inputs: bool, as_json: bool) -> None:
    """Decide the log again, and say what came out otherwise (exit code 1)."""
    from ops.audit.redeciding import How, redecided
    from ops.revisions import NoRegulations, files_of

    try:
        files = None if regulations is None else files_of(regulations)
    except NoRegulations as error:
        raise Problem(str(error)) from None
    how = How(inputs=inputs, files=files)
    with ledger() as (settings, where, store), progress("deciding again") as say:
        mode = "inputs" if inputs else "regulations"
        told = redecided(where.database_url, store, _file(settings, mode), say, how, asked)
    emit(told, as_json, lambda: lines(_text(told, inputs=inputs)))
    if told.otherwise or told.unread:
        raise typer.Exit(Exit.FINDINGS)


def _text(told: "Redecided", *, inputs: bool) -> "Iterator[str]":
    what = "commands were decided" if inputs else "requests were told"
    count = sum(told.decided.values())
    yield f"{count} {what} again, of {told.accounts} accounts with {told.events} events"
    for name, number in told.untold.items():
        yield f"{number} not: {UNTOLD[name]}"
    for each in told.otherwise:
        yield from _decision(each) if inputs else _figure(each)
    yield from (f"WRONG  {each}" for each in told.unread)
    if told.stopped:
        yield ADVICE
    if not told.otherwise and not told.unread:
        yield "each would be decided as it was" if inputs else "nothing would have been otherwise"


def _decision(each: "Json") -> "Iterator[str]":
    where = f"{each['account']} version {each['version']}"
    yield f"OTHERWISE  {where}, {each['request']} at {each['recorded_at']} by {each['actor']}:"
    yield from (f"  was: {event['sentence']}" for event in each["was"])
    if each["how"] == "other reasons":
        yield "  would be: the same, for other reasons (--json has both)"
    elif each["refused"]:
        yield f"  would be refused: {each['refused']['detail']}"
    elif not each["would_be"]:
        yield "  would be: nothing"
    else:
        yield from (f"  would be: {event['sentence']}" for event in each["would_be"])


def _figure(each: "Json") -> "Iterator[str]":
    is_, would_be = each["is_"]["shown"], each["would_be"]["shown"]
    if each["measure"] == "refused":
        told = f"{each['scheme']} {each['lot']}: {is_}, would have been refused"
    else:
        told = f"{each['lot']}, {each['measure']}: {is_}, would have been {would_be}"
    yield f"OTHERWISE  {each['account']} {told}"


def _file(settings: "Settings", mode: str) -> Path:
    return settings.data_dir / FOLDER / f"{mode}.jsonl"
