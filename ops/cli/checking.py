"""Commands that check what publishers write: messages of the contract."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, table

contract = typer.Typer(help="The messages that publishers send.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(contract, name="contract")


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
    from schemas.contract import ALL, SENT
    from schemas.examples import example

    types = [*ALL.messages, *SENT.messages]
    if message not in types:
        known = "\n".join(f"  {type_}" for type_ in types)
        near = nearest(message, types)
        raise Problem(f"there is no message of the type {message!r}{near}; known:\n{known}")
    emit(example(message), as_json=True, show=lambda: None)
