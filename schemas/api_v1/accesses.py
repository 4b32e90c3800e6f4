"""Who looked at a person's data, or acted, as the API tells it to that person."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.api_v1.written import AS_NUMBER
from schemas.outgoing import Person, Told

PAGE_ITEMS: Final = 50
MAX_PAGE_ITEMS: Final = 200
MAX_CURSOR_CHARACTERS: Final = 18
"""All such numbers fit in 64 bits."""


class AccessesQuestion(Told):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    page_size: Annotated[
        int, Field(ge=1, le=MAX_PAGE_ITEMS, description="Most items on the page."), AS_NUMBER
    ] = PAGE_ITEMS
    cursor: Annotated[
        str,
        Field(
            pattern="^[0-9]+$",
            max_length=MAX_CURSOR_CHARACTERS,
            description="Where the page begins, as the `next` of another page has it.",
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class Access(Told):
    """One access to the person's data."""

    at: Annotated[datetime, Field(description="When.")]
    client: Annotated[str, Field(description="The application that asked.")]
    subject: Annotated[str, Field(description="The person or system for which it asked.")]
    acting: Annotated[
        Literal["own", "mandate", "system", "none"],
        Field(
            description="What let it see the data: it is the person's own, the person gave a "
            "mandate, or a system may see everybody's; none: it may not, and got nothing."
        ),
    ]
    mandates: Annotated[
        tuple[str, ...],
        Field(
            description="Under which of the person's mandates, by their `id`; absent when it was "
            "by none of those, or by what the token alone said."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    purpose: Annotated[
        str,
        Field(
            description="What for, as it said; absent when that was missing or wrong, and the "
            "request was refused."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    operation: Annotated[str, Field(description="What it asked for: an operationId of this API.")]
    outcome: Annotated[
        Literal["answered", "notFound", "refused", "failed"],
        Field(description="What it got: an answer, or why none."),
    ]
    trace_id: Annotated[
        UUID, Field(description="BelGov-Trace-Id of the answer, by which we find the request.")
    ]


class Accesses(Told):
    """Who looked at a person's data, or acted, newest first."""

    person: Person
    items: tuple[Access, ...]
    next: Annotated[str, Field(description="The next page; absent on the last one.")] = None  # type: ignore[assignment]  # absent, never null
