"""Collections that come page by page, as the Belgian REST guide has them (col-paging)."""

from typing import Annotated, Final

from pydantic import Field

from schemas.api_v1.rights import Question
from schemas.outgoing import Told

PAGE_ITEMS: Final = 100
MAX_PAGE_ITEMS: Final = 1_000
"""Most items in one page."""

MAX_CURSOR_CHARACTERS: Final = 200


class PageQuestion(Question):
    """Which page."""

    cursor: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_CURSOR_CHARACTERS,
            pattern="^[A-Za-z0-9_-]+$",
            description="Where the page begins: only as a `next` link has it. Left out for the "
            "first page.",
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    page_size: Annotated[
        int, Field(ge=1, le=MAX_PAGE_ITEMS, description="Most items in the page.")
    ] = PAGE_ITEMS


class Page(Told):
    """One page of a collection."""

    next: Annotated[
        str,
        Field(
            description="Where the next page is, as a reference relative to the URL that was "
            "asked; left out of the last page.",
            json_schema_extra={"format": "uri-reference"},
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
