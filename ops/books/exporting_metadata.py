"""What tells of an export's files: Frictionless, CSVW, the data dictionary, the list of hashes."""

import inspect
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger.audit.books.movements import MEANINGS
from ledger.audit.books.tables import Kind, Table
from ledger.store.catalogue import KINDS
from ops.books.exporting_files import Format, digest_of

Json = dict[str, Any]

PACKAGE: Final = "datapackage.json"
DICTIONARY: Final = "dictionary.md"
HASHES: Final = "SHA256SUMS"
"""As `sha256sum --check` reads it: every other file of the package."""

_FRICTIONLESS: Final[dict[Kind, Json]] = {
    "integer": {"type": "integer"},
    "text": {"type": "string"},
    "date": {"type": "date"},
    "instant": {"type": "datetime", "format": "any"},
    "uuid": {"type": "string", "format": "uuid"},
}
_CSVW: Final[dict[Kind, str]] = {
    "integer": "integer",
    "text": "string",
    "date": "date",
    "instant": "dateTimeStamp",
    "uuid": "string",
}
_MEDIA: Final[dict[Format, str]] = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


class Written(NamedTuple):
    """A table that was written: its file's name, its form, and how many rows it has."""

    table: Table
    file: str
    format: Format
    rows: int


def package(folder: Path, written: Iterable[Written], told: Mapping[str, Any]) -> None:
    """Write `datapackage.json` (Frictionless Data Package, version 1).

    Args:
        folder: in which the tables are.
        written: the tables.
        told: what else is told of the package: of the log, the selection, the checkpoint.

    """
    found: Json = {
        "profile": "data-package",
        "name": "rugzak-books",
        "title": "Rugzak: the ledger's log and books",
        "description": f"What the columns, accounts and events mean is in {DICTIONARY}.",
        **told,
        "resources": [_resource(folder, each) for each in written],
    }
    _write(folder / PACKAGE, found)


def _resource(folder: Path, written: Written) -> Json:
    table, path = written.table, folder / written.file
    fields = [
        {
            "name": each.name,
            **_FRICTIONLESS[each.kind],
            "description": each.about,
            "constraints": {"required": not each.optional},
        }
        for each in table.columns
    ]
    csv: Json = {
        "profile": "tabular-data-resource",
        "bytes": path.stat().st_size,  # frictionless 5 counts none of Parquet, and says so
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True},
    }
    return {
        "name": table.name,
        "path": written.file,
        "description": table.about,
        "format": written.format,
        "mediatype": _MEDIA[written.format],
        "hash": f"sha256:{digest_of(path)}",
        "rows": written.rows,
        **(csv if written.format == "csv" else {"profile": "data-resource"}),
        "schema": {"fields": fields, "primaryKey": list(table.key)},
    }


def csvw(folder: Path, written: Written) -> None:
    """Write what W3C's CSV on the Web looks for beside a CSV file."""
    columns = [
        {
            "name": each.name,
            "titles": each.name,
            "datatype": _CSVW[each.kind],
            "required": not each.optional,
            "dc:description": each.about,
        }
        for each in written.table.columns
    ]
    found = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": written.file,
        "dc:description": written.table.about,
        "dialect": {"delimiter": ",", "quoteChar": '"', "header": True, "encoding": "utf-8"},
        "tableSchema": {"columns": columns, "primaryKey": list(written.table.key)},
    }
    _write(folder / f"{written.file}-metadata.json", found)


def dictionary(tables: Sequence[Table]) -> str:
    """Return the data dictionary, in Markdown: what the code says of itself."""
    lines = ["# Data dictionary", ""]
    for table in tables:
        lines += [
            f"## {table.name}",
            "",
            table.about,
            "",
            "| column | kind | means |",
            "|---|---|---|",
        ]
        lines += [
            f"| {each.name} | {each.kind}{', or empty' if each.optional else ''} | {each.about} |"
            for each in table.columns
        ]
        lines += [f"One row for each {', '.join(table.key)}.", ""]
    lines += ["## Accounts", "", "| account | what stands on it |", "|---|---|"]
    lines += [f"| {name} | {about} |" for name, about in MEANINGS.items()]
    lines += ["", "## Events", "", "| event | means |", "|---|---|"]
    lines += [f"| {kind.name} | {_first(kind.cls)} |" for kind in KINDS]
    return "\n".join(lines) + "\n"


def _first(cls: type) -> str:
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def hashes(folder: Path) -> str:
    """Write the SHA-256 of each file of a package; return that of the list."""
    lines = [f"{digest_of(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / HASHES).write_text("".join(lines), "utf-8", newline="\n")
    return digest_of(folder / HASHES)


def changed(folder: Path) -> list[str]:
    """Return the files that are not what the list of hashes says: changed, missing or added."""
    try:
        text = (folder / HASHES).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return [HASHES]
    listed = {
        name: digest for digest, _, name in (line.partition("  ") for line in text.split("\n"))
    }
    listed.pop("", None)
    there = {path.name for path in folder.iterdir() if path.name != HASHES}
    return sorted(
        name
        for name in listed.keys() | there
        if name not in there or digest_of(folder / name) != listed.get(name)
    )


def _write(path: Path, found: Json) -> None:
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")
