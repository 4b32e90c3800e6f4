"""What commands have in common: `--json`, tables, and what an exit code means."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ledger.words.language import Language


class Exit(IntEnum):
    """Exit codes; scripts may rely on them."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


EXIT_CODES = (
    "Exit codes: 0 done; 1 something was found wrong or refused; 2 the command line or a setting "
    "is wrong; 3 a server can't be reached; 130 interrupted."
)

AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document, for programs.")]
Lang = Annotated[
    Literal["nl", "fr", "en"] | None,
    typer.Option(
        "--lang",
        help="In which language people read it: RUGZAK_LANG if left out, otherwise English. "
        "--json stays as it is.",
    ),
]
By = Annotated[str | None, typer.Option(help="Who does this; the user's login name if left out.")]
Because = Annotated[str, typer.Option(help="Why; it is kept for ever.")]
Person = Annotated[UUID, typer.Argument(help="The person's opaque reference, a UUID.")]

PIPED_COLUMNS = 160
"""How wide a table is when no terminal and no `COLUMNS` says."""

WIDTH_KNOWN = sys.stdout.isatty() or "COLUMNS" in os.environ

console = Console(highlight=False, width=None if WIDTH_KNOWN else PIPED_COLUMNS)
errors = Console(highlight=False, stderr=True, soft_wrap=True)


class Problem(Exception):  # noqa: N818  it is an answer
    """A command can't go on: what is wrong, what would be right, and the exit code."""

    def __init__(self, message: str, code: Exit = Exit.USAGE) -> None:
        """Say it in one message."""
        super().__init__(message)
        self.code = code


def speaking(lang: Literal["nl", "fr", "en"] | None) -> "Language":
    """Return the language that was asked for, or that of the settings."""
    from ledger.words.language import Language
    from ops.settings import read_settings

    return Language(lang or read_settings().lang)


def emit(data: Any, as_json: bool, show: Callable[[], None]) -> None:  # noqa: ANN401  any JSON
    """Write `data` as one JSON document, or call `show` to write it for people."""
    if as_json:
        from ops.cli.forms import written

        print(written(data))
    else:
        show()


def listing(name: str, rows: Sequence[dict[str, Any]], as_json: bool, empty: str = "none") -> None:
    """Write rows with the same keys: as JSON under a name, or as a table."""

    def show() -> None:
        if not rows:
            console.print(empty)
            return
        columns = [
            f"{'>' if type(value) is int else ''}{key.replace('_', ' ')}"
            for key, value in rows[0].items()
        ]
        table(columns, (list(row.values()) for row in rows))

    emit({name: rows}, as_json, show)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table for people; a column whose name starts with `>` is set to the right."""
    made = Table(show_header=any(columns), box=None, pad_edge=False)
    for name in columns:
        justify: Literal["left", "right"] = "right" if name.startswith(">") else "left"
        made.add_column(name.removeprefix(">"), justify=justify, overflow="fold")
    for row in rows:
        made.add_row(*(Text(_cell(cell)) for cell in row))
    console.print(made)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)


def lines(texts: Iterable[str]) -> None:
    """Write lines for people; where the width is known, long ones go on below, further in."""
    for text in texts:
        indent = " " * (len(text) - len(text.lstrip()) + 2)
        wide = console.width if WIDTH_KNOWN else len(text) + 1
        print(
            fill(
                text, wide, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )
        )


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show that work goes on; yields a function that says how far it is."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(what)
        yield lambda text: bar.update(task, description=f"{what}: {text}")
