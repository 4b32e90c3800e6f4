"""Commands about the rules of every scheme, for their authors and those who ask what they say."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, lines, table
from ops.cli.person import On, find_scheme

if TYPE_CHECKING:
    from ledger.domain.regulation import Scheme

regulations = typer.Typer(help="The rules of every scheme.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(regulations, name="regulations")


@regulations.command("check")
def check_regulations(
    where: Annotated[
        Path | None,
        typer.Argument(
            exists=True, help="A folder of files, or one file; the shipped ones if left out."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check regulation files; each finding says where, and what would be right (exit code 1)."""
    from ledger.service.lint import check
    from ledger.service.rulebook import FOLDER

    where = where or FOLDER
    files = 1 if where.is_file() else len(list(where.rglob("*.yaml")))
    if not files:
        raise Problem(f"there is no regulation (*.yaml) below {where}")
    findings = check(where)

    def show() -> None:
        for finding in findings:
            print(finding)
        if not findings:
            console.print(f"{files} {'file' if files == 1 else 'files'}, all right")

    emit({"files": files, "findings": findings}, as_json, show)
    if findings:
        raise typer.Exit(Exit.FINDINGS)


@regulations.command("list")
def list_regulations(*, as_json: AsJson = False) -> None:
    """List the schemes, with the versions of their rules."""
    from ops.cli.words import span
    from ops.wiring import rulebook

    schemes = list(rulebook().schemes.values())
    emit(
        {"schemes": schemes},
        as_json,
        lambda: table(
            ["scheme", "name", "unit", "rules for periods that begin", ">assumptions", ">sources"],
            (
                (
                    scheme.id,
                    scheme.names["en"],
                    scheme.unit,
                    "\n".join(
                        f"{span(grant.valid)} {grant.bucket}".strip() for grant in scheme.grants
                    ),
                    len(scheme.assumptions),
                    len(_sources(scheme)),
                )
                for scheme in schemes
            ),
        ),
    )


@regulations.command("show")
def show_regulation(
    scheme: Annotated[str, typer.Argument(help="The scheme, such as be-vlg/vov.")],
    *,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Show a scheme's rules as written, or with --on those in force on a day, in words.

    Each rule and number with its source.
    """
    from ops.cli.decree import as_written, decree, in_force

    found = find_scheme(scheme)
    if on is None:
        emit(found, as_json, lambda: lines(as_written(found)))
    else:
        emit(in_force(found, on), as_json, lambda: lines(decree(found, on)))


def _sources(scheme: "Scheme") -> set[str]:
    """Return each source that a scheme's file names."""
    named = [scheme.source, *(grant.source for grant in scheme.grants)]
    named += [value.source for each in scheme.parameters.values() for value in each.values]
    named += [made.source for made in (*scheme.conversions, *scheme.by_rule)]
    return set(named)
