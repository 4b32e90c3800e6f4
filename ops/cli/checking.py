"""Commands that check what others write: regulations, and messages of the contract."""

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
contract = typer.Typer(help="The messages that publishers send.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(regulations, name="regulations")
    app.add_typer(contract, name="contract")


@regulations.command("check")
def check_regulations(
    folder: Annotated[
        Path | None,
        typer.Argument(
            exists=True, file_okay=False, help="Where the files are; the shipped ones if left out."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check regulation files; each finding says where, and what would be right (exit code 1)."""
    from ledger.service.rulebook import FOLDER, check

    folder = folder or FOLDER
    files = len(list(folder.rglob("*.yaml")))
    if not files:
        raise Problem(f"there is no regulation (*.yaml) below {folder}")
    findings = check(folder)

    def show() -> None:
        for finding in findings:
            print(finding)
        if not findings:
            console.print(f"{files} files, all right")

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


@contract.command("check")
def check_contract(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help="One message, or JSON lines; - for the input.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with messages, where, and what would be right (exit code 1)."""
    from schemas.check import check_bytes

    raw = file.read()
    found = check_bytes(raw)
    messages = _count(raw)

    def show() -> None:
        if found:
            table(
                [">line", "where", "code", "what is wrong", "what would be right"],
                ((p.line, p.path or "the message", p.code, p.message, p.hint) for p in found),
            )
        else:
            console.print(f"{messages} {'message' if messages == 1 else 'messages'}, all right")

    emit({"messages": messages, "problems": found}, as_json, show)
    if found:
        raise typer.Exit(Exit.FINDINGS)


def _count(raw: bytes) -> int:
    """Count messages: one document, or JSON lines."""
    import orjson

    lines = [line for line in raw.split(b"\n") if line.strip()]
    try:
        orjson.loads(lines[0] if lines else b"")
    except orjson.JSONDecodeError:
        return min(len(lines), 1)
    return len(lines)


@contract.command("schemas")
def contract_schemas(
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Fail when the files are stale, or break what publishers rely on."
        ),
    ] = False,
    write: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write them into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print, write or check the JSON Schemas of the messages."""
    from schemas.published import generate, incompatible, stale

    if check:
        findings = [f"{name}: is not what the models say; `--write` it anew" for name in stale()]
        findings += incompatible()
        emit(
            {"findings": findings},
            as_json,
            lambda: print("\n".join(findings) or "all right"),
        )
        if findings:
            raise typer.Exit(Exit.FINDINGS)
    elif write is not None:
        write.mkdir(parents=True, exist_ok=True)
        made = generate()
        for name, text in made.items():
            (write / name).write_text(text, "utf-8")
        done = {"folder": write, "written": sorted(made)}
        emit(done, as_json, lambda: console.print(f"{len(made)} schemas in {write}"))
    else:
        import json

        emit(
            {name: json.loads(text) for name, text in generate().items()},
            as_json,
            lambda: table(["schema"], ([name] for name in generate())),
        )


@contract.command("example")
def contract_example(
    message: Annotated[str, typer.Argument(metavar="TYPE", help="The message's CloudEvents type.")],
) -> None:
    """Print an example message of a type, as JSON."""
    from ledger.domain.expressions import nearest
    from schemas.contract import ALL
    from schemas.examples import example

    if message not in ALL.messages:
        known = "\n".join(f"  {type_}" for type_ in ALL.messages)
        near = nearest(message, ALL.messages)
        raise Problem(f"there is no message of the type {message!r}{near}; known:\n{known}")
    emit(example(message), as_json=True, show=lambda: None)
