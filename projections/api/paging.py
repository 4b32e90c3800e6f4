"""Pages: where one begins, as a cursor says, and the link to the one after it.

Source: Belgian REST guide, col-paging.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, TypeVar
from urllib.parse import urlencode

from fastapi import Request

from ledger.words.texts import Text
from projections.api.problems import Refused, invalid
from schemas.api_v1.paging import Page

CURSOR: Final = "cursor"

MAX_POSITION: Final = 2**63 - 1
"""What a database's whole number holds."""


def cursor_of(text: str) -> str:
    """Return the cursor that begins after what a text names."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def text_of(cursor: str) -> str:
    """Return what `cursor_of` was given.

    Raises:
        Refused: it is no cursor of ours.

    """
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise no_cursor(cursor) from None
    if not text.isprintable():
        raise no_cursor(cursor)
    return text


def position_of(cursor: str) -> int:
    """Return the position that a cursor begins after.

    Raises:
        Refused: it is no cursor of ours.

    """
    text = text_of(cursor)
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_POSITION))
    if not digits or not 0 < int(text) <= MAX_POSITION:
        raise no_cursor(cursor)
    return int(text)


def no_cursor(cursor: str) -> Refused:
    """Refuse a cursor that no link of ours has."""
    return invalid("query", CURSOR, cursor, Text("api-cursor"))


P = TypeVar("P", bound=Page)


def followed(request: Request, page: P, beyond: str | None) -> P:
    """Return a page with the link to the next one, which begins after what a text names, if any."""
    if beyond is None:
        return page
    return page.model_copy(update={"next": next_link(request, cursor_of(beyond))})


def next_link(request: Request, cursor: str) -> str:
    """Return where the next page is: the same question, from a cursor on.

    Without a host, which the client knows better than we behind a proxy.
    """
    asked = {**request.query_params, CURSOR: cursor}
    return f"{request.url.path}?{urlencode(asked)}"
