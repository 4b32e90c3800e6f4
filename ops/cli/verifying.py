"""`rugzak audit verify`: all that the ledger keeps, or a receipt that somebody kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.keeping import audit
from ops.cli.opening import connected
from ops.cli.output import AsJson, Exit, Lang, Problem, emit, lines, progress, speaking
from ops.cli.proving import KeyFile, keys_of

if TYPE_CHECKING:
    from ledger.words.language import Language
    from ops.audit.verifying import Whole


def register(app: typer.Typer) -> None:
    """Add the command of this module to those of the audit."""
    del app
    audit.command()(verify)


def verify(
    *,
    receipt: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Check this file only, without a database."),
    ] = None,
    since: Annotated[
        int,
        typer.Option(min=0, help="Only what came after the checkpoint of this size, found good."),
    ] = 0,
    every: Annotated[
        bool, typer.Option("--all", help="Go on to the end, however much is found.")
    ] = False,
    key: KeyFile = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Hold what the ledger keeps against what was published, and say what changed (exit code 1).

    The log: each event is held against its leaf, the leaves against the tiles, all against what was
    signed, and that against what the witnesses have. Beside the log, held against it: the receipts
    of commands, the regulations (those here, and those that events name), state rows, counts of
    shared limits, and the rows of read models as far as each is.

    With --since SIZE only what came after that checkpoint: its events, and the receipts, state rows
    and rows of the accounts that they are about; a row that was changed of an account of which
    nothing came since is found without --since only, likewise a count of a shared limit.
    """
    from ops.audit.verifying import verify as verified
    from ops.proofs import proving

    if receipt is not None:
        _verify_receipt(receipt, key, as_json)
        return
    say_in = speaking(lang)
    with connected(broker=False) as (settings, where), progress("verifying") as say:
        try:
            found = verified(where, settings, trusted=key, since=since, every=every, say=say)
        except proving.NoProofs as error:
            raise Problem(str(error), Exit.FINDINGS) from None

    emit(found, as_json, lambda: lines(_verified(found, since, say_in)))
    if found.findings:
        raise typer.Exit(Exit.FINDINGS)


def _verified(found: "Whole", since: int, say: "Language") -> Iterator[str]:
    """Say how far a verification looked, and what it found."""
    from ledger.words.proofs import finding
    from ops.audit.verified import looked

    for each in looked(found, since):
        yield say(each.message, **each.about)
    for wrong in found.findings:
        yield from finding(wrong, say)
    if found.stopped:
        yield say("verify-stopped")
    if not found.findings:
        yield say("verify-well", size=found.size)


def _verify_receipt(file: Path, key: Path | None, as_json: bool) -> None:
    from ops.proofs import proving
    from ops.proofs.receipting import check_receipt
    from ops.settings import read_settings

    settings = read_settings()
    try:
        told = check_receipt(settings, file, keys_of(settings, key))
    except proving.NoProofs as error:
        raise Problem(f"{file}: {error}", Exit.FINDINGS) from None
    emit(told, as_json, lambda: print(told["text"]))
