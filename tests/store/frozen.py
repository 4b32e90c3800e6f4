"""The frozen forms of events: `python -m tests.store.frozen` writes those that are missing.

For each `name@version` of the catalogue, in `schemas/stored/`: the JSON Schema of the event, and
a golden payload, byte for byte as it is before compression. Nothing is ever overwritten: an event
that changes its form gets a new version. `zstd-1.bin` is one payload as it lies on disk.
"""

import json
import types
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from ledger.domain.events import Envelope
from ledger.domain.quantities import Unit
from ledger.store.catalogue import BY_CLASS, KINDS, MEMBERS, Kind
from ledger.store.mapper import EnvelopeMapper, payload
from tests.store.samples import METADATA, SAMPLES

FOLDER = Path(__file__).parents[2] / "schemas" / "stored"
ACCOUNT = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
ENVELOPES = {
    BY_CLASS[type(event)]: Envelope(account=ACCOUNT, version=1, event=event, metadata=METADATA)
    for event in SAMPLES
}
"""One of each kind, in its newest version."""

_PLAIN: dict[Any, dict[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    UUID: {"type": "string", "format": "uuid"},
    Fraction: {"type": "string", "pattern": "^-?[0-9]+(/[1-9][0-9]*)?$"},
}


def schema_file(kind: Kind, version: int) -> Path:
    """Return where the schema of a version is."""
    return FOLDER / f"{kind.name}@{version}.schema.json"


def golden_file(kind: Kind, version: int) -> Path:
    """Return where the golden payload of a version is."""
    return FOLDER / f"{kind.name}@{version}.json"


def compressed_file() -> Path:
    """Return where a grant's payload is, compressed with dictionary 1."""
    return FOLDER / "zstd-1.bin"


def current() -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """Yield each file that belongs to what is written now, with what makes its bytes."""
    for kind in KINDS:
        yield schema_file(kind, kind.version), lambda kind=kind: schema_bytes(kind)  # type: ignore[misc]
        yield golden_file(kind, kind.version), lambda kind=kind: payload(ENVELOPES[kind])  # type: ignore[misc]
    grant = next(kind for kind in KINDS if kind.name == "right-granted")
    yield compressed_file(), lambda: EnvelopeMapper().zstandard.compress(payload(ENVELOPES[grant]))


def schema_bytes(kind: Kind) -> bytes:
    """Return the JSON Schema of a kind's newest version."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return f"{json.dumps(dialect | schema(kind.cls), indent=2, sort_keys=True)}\n".encode()


def schema(hint: Any) -> dict[str, Any]:
    """Return the JSON Schema of how the codec writes a type that occurs in an event."""
    args = get_args(hint)
    if hint == Unit:
        return {"type": "string"}  # another currency is no other form of an event
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if get_origin(hint) is Literal:
        return {"enum": list(args)}
    if get_origin(hint) in (Union, types.UnionType):
        members = [schema(member) for member in args if member is not types.NoneType]
        return members[0] if len(members) == 1 else {"oneOf": members}
    if get_origin(hint) is tuple and args[-1] is Ellipsis:
        return {"type": "array", "items": schema(args[0])}
    if get_origin(hint) is tuple:
        items = [schema(item) for item in args]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "items": False}
    assert is_dataclass(hint), hint
    hints = get_type_hints(hint)
    properties = {field.name: schema(hints[field.name]) for field in fields(hint)}
    required = [f.name for f in fields(hint) if f.default is MISSING]
    if hint in MEMBERS:
        properties["kind"] = {"const": MEMBERS[hint]}
        required.append("kind")
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": False,
    }


def main() -> None:
    """Write what is missing."""
    FOLDER.mkdir(exist_ok=True)
    for file, content in current():
        if not file.exists():
            file.write_bytes(content())
            print(f"wrote {file.name}")  # noqa: T201


if __name__ == "__main__":
    main()
