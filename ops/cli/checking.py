"""Commands on the messages of the contract, and on the documents that tell of them."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.output import AsJson, Exit, Problem, console, emit, table

contract = typer.Typer(
    help="The messages that come in and go out: what is wrong with one, examples, documents.",
    no_args_is_help=True,
)


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
            "--check", help="Fail when the files are stale, or break what others rely on."
        ),
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Write them into this folder: json, openapi, asyncapi."),
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="A release: from now on others rely on the schemas.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List, write or check the JSON Schemas of the messages, and the services' documents.

    One service is one AsyncAPI document: what it takes in or sends, on which topic, under which
    key. Its message schemas are in the OpenAPI document that it refers to.
    """
    from projections.api.document import files
    from schemas import published

    if check or freeze:
        findings = _published_wrong(freeze=freeze)
        emit({"findings": findings}, as_json, lambda: print("\n".join(findings) or "all right"))
        if findings:
            raise typer.Exit(Exit.FINDINGS)
        return
    paths = (
        sorted(published.generate(files())) if write is None else published.write(write, files())
    )
    done = {"folder": write, "written": paths} if write else {"files": paths}

    def show() -> None:
        if write is None:
            table(["file"], ([path] for path in paths))
        else:
            console.print(f"{len(paths)} files in {write}")

    emit(done, as_json, show)


def _published_wrong(*, freeze: bool) -> list[str]:
    """Return what is wrong with the published files; freeze them when asked to and nothing is."""
    from projections.api.document import files
    from schemas import published

    here = published.HERE
    findings = [
        f"{path}: is not what the models say; `--write` it anew"
        for path in published.stale(here, files())
    ]
    if findings or not freeze:
        return findings + published.incompatible(here) + published.unnumbered(here)
    return published.freeze(here)


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
