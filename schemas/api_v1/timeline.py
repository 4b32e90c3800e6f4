"""What happened to a person's rights, as the API tells it.

As on the topic `be.rugzak.ledger.v1`, nothing of a person's life is in it: of what sources said
about jobs, births or homes only that they said something, and of courses nothing.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.api_v1.paging import Page, PageQuestion
from schemas.api_v1.rights import AskedKnowledge, KnownAt
from schemas.api_v1.written import AskedDay
from schemas.cloudevents import UUID_PATTERN
from schemas.outgoing import Lot, Part, Person, Position, Quantity, Rule, Scheme, Told, Unit


class TimelineQuestion(PageQuestion):
    """Which page, in which order."""

    order: Annotated[
        Literal["newestFirst", "oldestFirst"], Field(description="By when it was recorded.")
    ] = "newestFirst"
    on: Annotated[
        AskedDay,
        Field(
            description="Only what counted by this day; what says no day, such as all that sources "
            "said, is told too. Left out: whatever day it counts from."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    known_at: AskedKnowledge = None  # type: ignore[assignment]  # absent, never null


class Source(Told):
    """What a transfer came from."""

    scheme: Scheme
    lot: Lot
    unit: Unit
    quantity: Annotated[Quantity, Field(description="What left the lot, in its unit.")]


class Entry(Told):
    """One thing that happened; what it has nothing to say of is left out."""

    position: Position
    kind: Annotated[
        str,
        Field(
            pattern="^[a-z]+(-[a-z]+)*$",
            description="What happened, such as right-granted, right-reserved, right-used, "
            "right-expired or status-recorded; more kinds may come.",
        ),
    ]
    recorded_at: Annotated[AwareDatetime, Field(description="When the ledger recorded it.")]
    effective_on: Annotated[
        date,
        Field(description="The day on which it counts; left out of what sources said of a person."),
    ] = None  # type: ignore[assignment]  # absent, never null
    scheme: Scheme = None  # type: ignore[assignment]  # absent, never null
    lot: Annotated[Lot, Field(description="The one lot that it is about.")] = None  # type: ignore[assignment]  # absent, never null
    unit: Unit = None  # type: ignore[assignment]  # absent, never null
    quantity: Annotated[Quantity, Field(description="How much, of all lots together.")] = None  # type: ignore[assignment]  # absent, never null
    lots: Annotated[
        tuple[Part, ...],
        Field(description="Of a reservation, a use and their undoing: how much of which lot."),
    ] = None  # type: ignore[assignment]  # absent, never null
    from_: Annotated[
        Source, Field(alias="from", description="Of a transfer: where it came from.")
    ] = None  # type: ignore[assignment]  # absent, never null
    id: Annotated[
        UUID,
        Field(
            description="Of a reservation, use or transfer that was asked for: a UUID of version "
            "5 that is made of the person's, as its namespace, and the requester's identifier.",
            json_schema_extra={"pattern": UUID_PATTERN},
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    rule: Rule = None  # type: ignore[assignment]  # absent, never null
    mode: Annotated[
        Literal["keep", "freeze"],
        Field(
            description="Of a restriction; keep: what there is can be used; freeze: it is kept, "
            "and not used."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    account: Annotated[
        Person,
        Field(description="Of a merge and its undoing: the other of the two accounts."),
    ] = None  # type: ignore[assignment]  # absent, never null
    request: Annotated[
        str, Field(description="Of a refusal: what was asked, such as reserve or capture.")
    ] = None  # type: ignore[assignment]  # absent, never null
    reason: Annotated[
        str, Field(description="Of a refusal: why, as a stable code, such as not-enough.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Timeline(Page):
    """A page of what happened to a person's rights."""

    person: Person
    on: Annotated[date, Field(description="As in the question.")] = None  # type: ignore[assignment]  # absent, never null
    known_at: KnownAt = None  # type: ignore[assignment]  # absent, never null
    position: Position
    items: Annotated[tuple[Entry, ...], Field(description="In the order that was asked for.")]
