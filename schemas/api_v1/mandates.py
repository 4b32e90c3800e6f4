"""Who may act for whom, as the API tells it to the holder and to the helper."""

from datetime import date
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field

from schemas.api_v1.paging import Page
from schemas.cloudevents import UUID_PATTERN
from schemas.outgoing import Period, Person, Position, Scheme, Told

Actions: TypeAlias = Annotated[
    tuple[str, ...],
    Field(
        description="What the helper may do: read, authorize, reserve, use or transfer; more may "
        "come."
    ),
]
Schemes: TypeAlias = Annotated[
    tuple[Scheme, ...], Field(description="For which schemes; left out for all.")
]
Days: TypeAlias = Annotated[Period, Field(description="On which days the helper may act.")]
Id: TypeAlias = Annotated[
    str, Field(min_length=1, description="As the request that gave it named it.")
]


class HelperTold(Told):
    """Who may act: a person or an organisation."""

    account: Annotated[
        UUID,
        Field(
            description="The account of the person who helps.",
            json_schema_extra={"pattern": UUID_PATTERN},
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    organization: Annotated[str, Field(description="An enterprise number.")] = None  # type: ignore[assignment]  # absent, never null


class Mandate(Told):
    """What a holder lets a helper do, or let."""

    id: Id
    helper: HelperTold
    actions: Actions
    schemes: Schemes = None  # type: ignore[assignment]  # absent, never null
    period: Days
    in_force: Annotated[bool, Field(description="Whether its days have come, and it goes on.")]
    given_on: Annotated[date, Field(description="The day on which it was given.")]
    given_by: Annotated[
        str, Field(description="Who gave it: the application, and for whom that asked.")
    ]
    ended_on: Annotated[date, Field(description="Left out when it was not ended.")] = None  # type: ignore[assignment]  # absent, never null
    ended_by: Annotated[str, Field(description="Who ended it; beside `endedOn`.")] = None  # type: ignore[assignment]  # absent, never null
    reason: Annotated[str, Field(description="Why it ended; beside `endedOn`.")] = None  # type: ignore[assignment]  # absent, never null


class Mandates(Page):
    """The mandates that a holder gave, ended ones too, by `id`."""

    person: Person
    position: Position
    items: tuple[Mandate, ...]


class MandateHeld(Told):
    """What a helper may do for a holder."""

    person: Annotated[
        UUID,
        Field(
            description="The account of who gave it.", json_schema_extra={"pattern": UUID_PATTERN}
        ),
    ]
    id: Id
    actions: Actions
    schemes: Schemes = None  # type: ignore[assignment]  # absent, never null
    period: Days


class MandatesHeld(Page):
    """The mandates that the caller has and that are not over, by holder and `id`."""

    position: Position
    items: tuple[MandateHeld, ...]
