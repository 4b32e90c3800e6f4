"""Commands about the rules of every scheme, for their authors and those who ask what they say."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.output import AsJson, Exit, Lang, Problem, console, emit, lines, speaking, table
from ops.cli.person import On, find_scheme

if TYPE_CHECKING:
    from ledger.domain.rulebook import Rulebook

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
    from ledger.words.language import ENGLISH
    from ops.cli.schemes_page import sources
    from ops.ledger_wiring import rulebook

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
                        f"{ENGLISH.span(grant.valid)} {grant.bucket}".strip()
                        for grant in scheme.grants
                    ),
                    len(scheme.assumptions),
                    len(sources(scheme)),
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
    published: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST", help="The text that the ledger holds under this digest, as a file."
        ),
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show a scheme's rules as written, or with --on those in force on a day, in words.

    Each rule and number with its source. What is written is shown in English.
    """
    from ledger.audit.in_force import in_force
    from ledger.words.decree import as_written, decree
    from ops.cli.published import show_published

    if published is not None:
        if on is not None:
            raise Problem("--published shows a text as it is; leave out --on")
        show_published(scheme, published, as_json)
        return
    found = find_scheme(scheme)
    if on is None:
        emit(found, as_json, lambda: lines(as_written(found)))
    else:
        emit(in_force(found, on), as_json, lambda: lines(decree(found, on, speaking(lang))))


@regulations.command("diff")
def diff_regulations(
    one: Annotated[
        Path,
        typer.Argument(metavar="A", exists=True, help="A folder of files, or one file: before."),
    ],
    other: Annotated[
        Path | None,
        typer.Argument(
            metavar="B", exists=True, help="After; if left out, A is, and the shipped ones before."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what changes from A to B, scheme by scheme; at the end the digests of the texts.

    With a file, only the schemes that it is about are compared with those of a folder.
    """
    from ops.cli.differences import changes, digests
    from ops.cli.forms import fields_of

    before, after = _compared_books(one, other)
    found, texts = changes(before, after), digests(before, after)

    def show() -> None:
        part = None
        for change in found:
            if part != (part := (change.scheme, change.part)):
                console.print(f"{change.scheme}, {change.part}", style="bold", markup=False)
            lines([f"  {change}"])
        if not found:
            console.print("nothing changes")
        lines(["", "texts:", *(f"  {text}" for text in texts)])

    said = [{**fields_of(change), "sentence": str(change)} for change in found]
    emit({"changes": said, "digests": texts}, as_json, show)


def _compared_books(one: Path, other: Path | None) -> "tuple[Rulebook, Rulebook]":
    """Load two sets of rules; a file is compared with what a folder says of the same schemes."""
    from ledger.service.rulebook import FOLDER, load

    paths = (FOLDER, one) if other is None else (one, other)
    for path in paths:
        if path.is_dir() and not any(path.rglob("*.yaml")):
            raise Problem(f"there is no regulation (*.yaml) below {path}")
    before, after = map(load, paths)
    match [path.is_file() for path in paths]:
        case True, False:
            return before, _only(after, before)
        case False, True:
            return _only(before, after), after
        case _:
            return before, after


def _only(book: "Rulebook", like: "Rulebook") -> "Rulebook":
    """Return the rules of those schemes that another book has, too, without the register."""
    schemes = {id_: scheme for id_, scheme in book.schemes.items() if id_ in like.schemes}
    registers = book if like.providers else replace(book, providers={}, courses={})
    return replace(registers, schemes=schemes)


@regulations.command("table")
def scheme_table(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Fail when the page is not what the rules say.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the page anew.")] = False,
) -> None:
    """Print the docs' page of all schemes: versions, validity, sources, what is assumed."""
    from ops.cli.schemes_page import PAGE, page
    from ops.ledger_wiring import rulebook

    made = page(rulebook())
    if check and (not PAGE.exists() or PAGE.read_text("utf-8") != made):
        message = f"{PAGE.name} is not what the regulations say: `rugzak regulations table --write`"
        raise Problem(message, Exit.FINDINGS)
    if write:
        PAGE.write_text(made, "utf-8")
    if not check and not write:
        print(made, end="")
