"""The command that finds the reference of a person, or of an enterprise."""

import sys
from typing import Annotated

import typer

from ops.cli.output import AsJson, Exit, Problem, emit


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(reference)


def reference(
    *,
    enterprise: Annotated[
        bool, typer.Option("--enterprise", help="The number is that of an enterprise (KBO/BCE).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print a person's opaque reference; the national number is asked for, or read from the input.

    It is no argument, because a shell remembers what was typed and others see what runs.
    """
    from ops.settings import read_settings
    from ops.wiring import people
    from schemas.identifiers import enterprise_number, national_number

    found = people(read_settings())
    what = "enterprise number" if enterprise else "national number"
    if sys.stdin.isatty():
        typed = typer.prompt(what.capitalize(), hide_input=not enterprise, err=True)
    else:
        typed = sys.stdin.readline()
    try:
        if enterprise:
            made = found.enterprise(enterprise_number(typed.strip()))
        else:
            made = found.reference(national_number(typed.strip()).digits)
    except ValueError as error:
        raise Problem(f"this is no {what}: {error}", Exit.FINDINGS) from None
    emit({"enterprise" if enterprise else "person": made}, as_json, lambda: print(made))
