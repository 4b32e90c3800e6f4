"""Records that nobody can handle, each with a header that says which kind it is.

The product looks at no header; the checker knows by it what must be parked, and why.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

from tests.chaos.cluster import MAX_RECORD_BYTES
from tests.chaos.population import Told

HEADER = "chaos-garbage"

KINDS = (
    "invalid-json",
    "invalid-utf8",
    "key-mismatch",
    "unknown-type",
    "too-large",
    "no-value",
    "too-deep",
)
"""Each is the reason for which the product parks it."""

OTHER_KEY = b"00000000-0000-4000-8000-000000000000"
DEPTH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as it is sent."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def sound(told: Told) -> Record:
    """Return the record of a message, under its person's key."""
    return _record(told, told.person.encode(), json.dumps(told.content()).encode())


def spoilt(told: Told, dice: random.Random) -> Record:
    """Return a record that was to be a message, and is garbage."""
    kind = dice.choice(KINDS)
    content, key = told.content(), told.person.encode()
    content["id"] = f"garbage-{dice.getrandbits(64):x}"
    match kind:
        case "invalid-json":
            value: bytes | None = json.dumps(content).encode()[:-7]
        case "invalid-utf8":
            value = json.dumps(content).encode().replace(b"application", b"\xff\xfe\xfd")
        case "key-mismatch":
            value, key = json.dumps(content).encode(), OTHER_KEY
        case "unknown-type":
            value = json.dumps(content | {"type": f"{told.type}.oddly"}).encode()
        case "too-large":
            value = json.dumps(content | {"padding": "x" * (2 * MAX_RECORD_BYTES)}).encode()
        case "no-value":
            value = None
        case _:
            value = b'{"a":' * DEPTH + b"1" + b"}" * DEPTH
    return _record(told, key, value, kind)


def _record(told: Told, key: bytes, value: bytes | None, garbage: str = "") -> Record:
    headers: list[tuple[str, Any]] = [(HEADER, garbage.encode())] if garbage else []
    return Record(topic=told.topic, key=key, value=value, headers=tuple(headers))
