"""`rugzak audit report`: one page for auditors, in their language."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.books import Seed, asked_seed, audit_tools, read_checkpoint, readable
from ops.cli.keeping import audit
from ops.cli.opening import ledger
from ops.cli.output import AsJson, Exit, Lang, Problem, console, emit, progress, speaking
from ops.cli.proving import KeyFile

SAMPLED = 12
MAX_SAMPLED = 200
"""Most entries that a page explains: somebody reads them."""


def register(app: typer.Typer) -> None:
    """Add the command of this module to those of audit."""
    del app
    audit.command("report")(audit_report)


def audit_report(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A new file, such as report.html.")],
    *,
    period: Annotated[
        str,
        typer.Option(
            metavar="2026|2026-Q3|2026-11|FROM/UNTIL",
            help="Of recording; UNTIL is the first day after it. The whole log when left out.",
        ),
    ] = "",
    sample: Annotated[
        int, typer.Option(min=1, max=MAX_SAMPLED, help="How many entries are explained.")
    ] = SAMPLED,
    seed: Seed = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A signed checkpoint, which the page then shows."
        ),
    ] = None,
    key: KeyFile = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Leave out what takes as long as `audit replay`: receipts, regulations, state "
            "rows and read models are not held against the log, and the page says so.",
        ),
    ] = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Write one HTML page: findings, trial balance, charts, samples explained, how to verify it.

    The findings are those of `audit verify`: of receipts, regulations, state rows and read models
    the first 100, where it stops. That takes as long as `audit replay`; --quick leaves it out. What
    was not looked at, the page says.

    It needs no other file and no network. The same log, period and seed give the same page. Exit
    code 1 when something is wrong; the page is written then, too, and says what.
    """
    with audit_tools():
        from ops.books.report_page import page
    from ledger.audit.report.periods import named
    from ledger.words.reporting import finding
    from ops.books.reporting import report, write_new
    from ops.books.reporting_proofs import prover
    from ops.ledger_wiring import rulebook

    sown, language = asked_seed(seed), speaking(lang)
    text = None if checkpoint is None else read_checkpoint(checkpoint)
    if period:
        try:
            named(period)
        except ValueError as error:
            raise Problem(f"--period {error}") from None
    if file.exists():
        raise Problem(f"{file} is there already; a report goes into a new file")
    with ledger() as (settings, where, store), progress("reporting") as say, readable():
        made = report(
            where.database_url,
            store,
            rulebook(),
            say,
            period=period,
            seed=sown,
            count=sample,
            checkpoint=text,
            prover=prover(where, settings, key, say, quick=quick),
        )
        html = page(made, rulebook(), language, file.name)
    try:
        write_new(file, html)
    except FileExistsError:
        raise Problem(f"{file} is there already; a report goes into a new file") from None
    except OSError as error:
        raise Problem(f"{file} can't be written: {error.strerror}") from None

    def show() -> None:
        console.print(f"{file}: {len(html.encode())} bytes", markup=False, soft_wrap=True)
        console.print(f"seed {sown}", markup=False)
        for each in made.findings:
            wrong = language("verify-wrong")
            console.print(f"{wrong}  {finding(each, language)}", markup=False, soft_wrap=True)
        if not made.findings:
            console.print("nothing wrong was found")

    answer = {
        "file": str(file),
        "position": made.whole.last and made.whole.last.position,
        "seed": sown,
        "findings": [str(each) for each in made.findings],
    }
    emit(answer, as_json, show)
    if made.findings:
        raise typer.Exit(Exit.FINDINGS)
