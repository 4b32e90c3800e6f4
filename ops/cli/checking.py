"""Commands that check what others write: regulations, and messages of the contract."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, table
from ops.cli.person import On, find_scheme

if TYPE_CHECKING:
    from ledger.domain.regulation import Conversion, Parameter, Scheme

Json: TypeAlias = dict[str, Any]

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
    from ops.cli.words import span, term
    from ops.wiring import rulebook

    schemes = rulebook().schemes.values()
    data = [
        {
            **_head(scheme),
            "versions": [
                {"rule": grant.id, "valid": term(grant.valid), "source": grant.source}
                for grant in scheme.grants
            ],
            "assumptions": len(scheme.assumptions),
            "sources": _sources(scheme),
        }
        for scheme in schemes
    ]

    def show() -> None:
        table(
            ["scheme", "name", "unit", "rules for periods that begin", ">assumptions", ">sources"],
            (
                (
                    scheme.id,
                    scheme.names["en"],
                    scheme.unit,
                    "\n".join(span(grant.valid) for grant in scheme.grants),
                    len(scheme.assumptions),
                    len(_sources(scheme)),
                )
                for scheme in schemes
            ),
        )

    emit({"schemes": data}, as_json, show)


@regulations.command("show")
def show_regulation(
    scheme: Annotated[str, typer.Argument(help="The scheme, such as be-vlg/vov.")],
    *,
    on: On = None,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Only what the sources leave open.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a scheme's rules, or with --on those in force on a day, each with its source."""
    found = find_scheme(scheme)
    data = _head(found) | {"assumptions": list(found.assumptions)}
    if not assumptions:
        data |= _rules(found, on)
    emit(data, as_json, lambda: print("\n".join(_text(data, found))))


def _head(scheme: "Scheme") -> Json:
    return {
        "scheme": scheme.id,
        "names": scheme.names,
        "unit": scheme.unit,
        "funder": scheme.funder,
        "regulation": scheme.digest,
        "source": scheme.source,
    }


def _sources(scheme: "Scheme") -> list[str]:
    """Return each source that a scheme's file names, once."""
    named = [scheme.source, *(grant.source for grant in scheme.grants)]
    named += [value.source for each in scheme.parameters.values() for value in each.values]
    named += [conversion.source for conversion in _conversions(scheme)]
    return list(dict.fromkeys(named))


def _conversions(scheme: "Scheme") -> "list[Conversion]":
    by_rule = (scheme.at_end, *(case.conversion for case in scheme.portability))
    return [*scheme.conversions, *(each for each in by_rule if each is not None)]


def _rules(scheme: "Scheme", on: date | None) -> Json:
    """Return a scheme's rules; with a day, those in force on it."""
    from ops.cli.explanation import grant_data
    from ops.cli.words import term

    return {
        "on": on,
        "parameters": [
            {"name": each.name, "unit": each.unit, "values": _values(each, on)}
            for each in scheme.parameters.values()
        ],
        "grants": [grant_data(grant) for grant in scheme.grants if on is None or on in grant.valid],
        "use": [
            {"name": each.name, "if": each.expression.text, "else": each.otherwise}
            for each in scheme.use
        ],
        "portability": [
            {
                "if": None if case.condition is None else case.condition.text,
                "then": case.mode,
                "because": case.reason,
            }
            for case in scheme.portability
        ],
        "conversions": [
            {
                "rule": each.id,
                "to": each.to,
                "words": each.words,
                "rounding": each.rounding,
                "valid": term(each.valid),
                "source": each.source,
            }
            for each in _conversions(scheme)
            if on is None or on in each.valid
        ],
    }


def _values(parameter: "Parameter", on: date | None) -> list[Json]:
    from ops.cli.words import in_force, number, term

    values = [value for value in parameter.values if on is None or value.since <= on]
    return [
        {
            "valid": term(in_force(parameter, value)),
            "shown": number(value.number, parameter.unit),
            "source": value.source,
        }
        for value in (values if on is None else values[-1:])
    ]


def _text(data: Json, scheme: "Scheme") -> Iterator[str]:
    """Write a scheme's rules for people."""
    from ops.cli.explanation import grant_text

    yield f"{data['names']['en']} ({data['scheme']}), in {data['unit']}s; {data['funder']} pays"
    yield f"text {data['regulation']}, after {data['source']}"
    for parameter in data.get("parameters", ()):
        yield ""
        yield f"{parameter['name']}:"
        for value in parameter["values"]:
            yield f"  {value['shown']} from {value['valid']['from']} [{value['source']}]"
    for grant in scheme.grants if "grants" in data else ():
        if data["on"] is None or data["on"] in grant.valid:
            yield from ("", *grant_text(grant, lambda source: f"[{source}]"))
    if data.get("use"):
        yield from ("", "To use it:")
    for each in data.get("use", ()):
        yield f"  {each['name']}: {each['if']}; if not: {each['else']}"
    if "portability" in data:
        yield from ("", "When the status changes, the first of these that holds:")
    for case in data.get("portability", ()):
        condition = f"if {case['if']}" if case["if"] else "else"
        yield f"  {condition}: {case['then']}, because {case['because']}"
    for each in data.get("conversions", ()):
        yield from ("", f"{each['rule']}: into {each['to']}, {each['words']} [{each['source']}]")
    yield from ("", "What the sources leave open, and what was taken:")
    yield from (f"- {assumption}" for assumption in data["assumptions"])


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
