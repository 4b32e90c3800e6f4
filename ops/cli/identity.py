"""The command that finds the reference of a person, or of an enterprise."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from ops.cli.opening import vaulted
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

    settings = read_settings()
    found = people(settings)
    if enterprise:
        made = found.enterprise(asked_enterprise())
    elif settings.vault_key is None:
        made = found.reference(asked_number())
    else:
        asked = found.asked(asked_number())
        with vaulted() as (_, _, vault):
            made = vault.find([asked])[asked.digits].account
    emit({"enterprise" if enterprise else "person": made}, as_json, lambda: print(made))


def asked_number() -> str:
    """Return the national number that is typed, or comes from the input: eleven digits."""
    from schemas.identifiers import national_number

    return _checked("national number", lambda typed: national_number(typed).digits)


def asked_enterprise() -> str:
    """Return the number of an enterprise, likewise: ten digits."""
    from schemas.identifiers import enterprise_number

    return _checked("enterprise number", enterprise_number, hidden=False)


def _checked(what: str, check: Callable[[str], str], *, hidden: bool = True) -> str:
    if sys.stdin.isatty():
        typed = typer.prompt(what.capitalize(), hide_input=hidden, err=True)
    else:
        typed = sys.stdin.readline()
    try:
        return check(typed.strip())
    except ValueError as error:
        raise Problem(f"this is no {what}: {error}", Exit.FINDINGS) from None
