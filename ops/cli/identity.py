"""The command that finds a person's reference."""

import sys

import typer

from ops.cli.output import AsJson, Exit, Problem, emit


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(reference)


def reference(*, as_json: AsJson = False) -> None:
    """Print a person's opaque reference; the national number is asked for, or read from the input.

    It is no argument, because a shell remembers what was typed and others see what runs.
    """
    from ops.settings import read_settings
    from ops.wiring import people
    from schemas.identifiers import national_number

    found = people(read_settings())
    if sys.stdin.isatty():
        typed = typer.prompt("National number", hide_input=True, err=True)
    else:
        typed = sys.stdin.readline()
    try:
        number = national_number(typed.strip())
    except ValueError as error:
        raise Problem(f"this is no national number: {error}", Exit.FINDINGS) from None
    person = found.reference(number.digits)
    emit({"person": person}, as_json, lambda: print(person))
