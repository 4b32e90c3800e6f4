"""Commands about the rules of every scheme, for their authors and those who ask what they say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
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
    """Show a scheme's rules, or with --on those in force on a day, each with its source."""
    found = find_scheme(scheme)
    if on is not None:
        found = _in_force(found, on)
    emit(found, as_json, lambda: lines(_text(found)))


def _sources(scheme: "Scheme") -> set[str]:
    """Return each source that a scheme's file names."""
    named = [scheme.source, *(grant.source for grant in scheme.grants)]
    named += [value.source for each in scheme.parameters.values() for value in each.values]
    named += [made.source for made in (*scheme.conversions, *scheme.by_rule)]
    return set(named)


def _in_force(scheme: "Scheme", on: date) -> "Scheme":
    """Return a scheme with only what is in force on a day."""
    numbers = {
        name: replace(each, values=tuple(v for v in each.values if v.since <= on)[-1:])
        for name, each in scheme.parameters.items()
    }
    at_end = scheme.at_end
    return replace(
        scheme,
        parameters=numbers,
        grants=tuple(each for each in scheme.grants if on in each.valid),
        conversions=tuple(each for each in scheme.conversions if on in each.valid),
        at_end=at_end if at_end and on in at_end.valid else None,
    )


def _text(scheme: "Scheme") -> Iterator[str]:
    """Write a scheme's rules for people."""
    from ops.cli.explanation import grant_text
    from ops.cli.words import number

    yield f"{scheme.names['en']} ({scheme.id}), in {scheme.unit}s; {scheme.funder} pays"
    yield f"text {scheme.digest}, after {scheme.source}"
    for parameter in scheme.parameters.values():
        yield from ("", f"{parameter.name}:")
        for value in parameter.values:
            yield f"  {number(value.number, parameter.unit)} from {value.since} [{value.source}]"
    for grant in scheme.grants:
        yield from ("", *grant_text(grant, lambda source: f"[{source}]"))
    if scheme.use:
        yield from ("", "To use it:")
    for each in scheme.use:
        yield f"  {each.name}: {each.expression.text}; if not: {each.otherwise}"
    yield from ("", "When the status changes, the first of these that holds:")
    for case in scheme.portability:
        condition = f"if {case.condition.text}" if case.condition else "else"
        yield f"  {condition}: {case.mode}, because {case.reason}"
    for made in (*scheme.conversions, *scheme.by_rule):
        yield from ("", f"{made.id}: into {made.to}, {made.words} [{made.source}]")
    yield from ("", "What the sources leave open, and what was taken:")
    yield from (f"- {assumption}" for assumption in scheme.assumptions)
