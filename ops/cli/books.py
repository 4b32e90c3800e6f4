"""Commands on the books: the trial balance, exports for auditors, samples, the second reading."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.keeping import audit
from ops.cli.opening import ledger
from ops.cli.output import AsJson, Exit, Problem, console, emit, progress, table
from ops.cli.person import _day

if TYPE_CHECKING:
    from ledger.audit.books.totals import Period

Since = Annotated[
    date | None,
    typer.Option("--from", parser=_day, metavar="DATE", help="The period's first day."),
]
Until = Annotated[
    date | None,
    typer.Option(
        parser=_day, metavar="DATE", help="The first day after the period, which is not in it."
    ),
]
Scheme = Annotated[str | None, typer.Option(help="Only this scheme's rights.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to those of audit."""
    del app
    audit.command("totals")(audit_totals)


def audit_totals(
    *,
    since: Since = None,
    until: Until = None,
    scheme: Scheme = None,
    as_json: AsJson = False,
) -> None:
    """Print the trial balance: per scheme, unit and account, what stood, came, went and stands.

    A day is the office's day of recording, so a period that is over never changes. The whole log is
    cast up and held against the read model of balances (exit code 1 when they differ).
    """
    from ops.booking import NotMade, totals

    period = asked_period(since, until)
    with ledger() as (_, where, store), progress("casting") as say:
        try:
            found = totals(where.database_url, store, say, period, scheme)
        except NotMade as missing:
            raise Problem(str(missing), Exit.FINDINGS) from None
    if scheme is not None and not found.lines and not _known(scheme):
        raise _unknown(scheme)

    def show() -> None:
        table(
            ["scheme", "unit", "account", ">opening", ">debits", ">credits", ">closing"],
            found.lines,
        )
        console.print(f"up to event {found.position} of the log")
        for problem in found.problems:
            console.print(f"WRONG  {problem}", markup=False)
        if not found.problems:
            console.print(
                "zero-sum in every scheme and unit; the same stands in the balances "
                f"at event {found.compared}"
            )

    answer = {
        "position": found.position,
        "compared": found.compared,
        "since": since,
        "until": until,
        "totals": [each._asdict() for each in found.lines],
        "problems": found.problems,
    }
    emit(answer, as_json, show)
    if found.problems:
        raise typer.Exit(Exit.FINDINGS)


def asked_period(since: date | None, until: date | None) -> "Period":
    """Return the period of two options.

    Raises:
        Problem: it has no day.

    """
    from ledger.audit.books.totals import Period

    if since is not None and until is not None and until <= since:
        raise Problem(f"--until {until} is not after --from {since}: the period has no day")
    return Period(since=since, until=until)


def _unknown(scheme: str) -> Problem:
    """Return what to say of a scheme of which the log has nothing, and no regulation is there."""
    from ledger.domain.expressions import nearest
    from ops.ledger_wiring import rulebook

    return Problem(f"there is no scheme {scheme!r}{nearest(scheme, rulebook().schemes)}")


def _known(scheme: str | None) -> bool:
    from ops.ledger_wiring import rulebook

    return scheme is None or scheme in rulebook().schemes
