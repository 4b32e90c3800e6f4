"""Headers as they came: read once and as bytes, since every request asks for some of them."""

from collections.abc import Iterable
from typing import Any

from starlette.types import Scope


def values(scope: Scope, name: bytes) -> list[str]:
    """Return what a request says in a header, by its name in lower case, as often as it does."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def value(scope: Scope, name: bytes) -> str:
    """Return what a request says first in a header, `` when it has none."""
    for key, said in scope["headers"]:
        if key == name:
            found: str = said.decode("latin-1")
            return found
    return ""


def add(message: Any, headers: Iterable[tuple[str, str]]) -> None:  # noqa: ANN401  as ASGI has it
    """Let the start of an answer say more, in headers that it doesn't have."""
    said = ((name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers)
    message["headers"] = [*message["headers"], *said]
