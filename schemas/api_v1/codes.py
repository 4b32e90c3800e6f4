"""Two-step use: a holder authorizes with a one-time code, and a provider redeems it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.api_v1.commands import ByTheRules, Taken
from schemas.cloudevents import UUID_PATTERN, Content, Identifier
from schemas.outgoing import Position, Told
from schemas.rights_v1 import Bucket, Course, Dated, Quantity, Scheme, Unit

CODE_PATTERN = "^[0-9A-Za-z -]{1,60}$"


class Authorizing(Content):
    """What a provider may take for a course, once."""

    provider: Annotated[Identifier, Field(description="Who may take it.")]
    course_id: Annotated[Identifier, Field(description="The course that it is for.")]
    scheme: Scheme
    quantity: Annotated[Quantity, Field(description="The most that may be taken.")]
    unit: Unit
    bucket: Bucket = ""


class Authorization(Told):
    """An authorization, with the code that redeems it: it is told only now."""

    id: Annotated[UUID, Field(json_schema_extra={"pattern": UUID_PATTERN})]
    code: Annotated[
        str,
        Field(
            description="Hand it to the provider; it works once. 26 of the digits and letters but "
            "I, L, O and U; hyphens, spaces and case don't count.",
        ),
    ]
    expires_at: Annotated[datetime, Field(description="From then on it does not work.")]


class Redeeming(Dated):
    """What a provider takes with a code."""

    code: Annotated[
        str, Field(pattern=CODE_PATTERN, description="As the holder has it; case doesn't count.")
    ]
    makes: Annotated[
        Literal["reservation", "use"],
        Field(description="Whether it is held, until it is captured, or used at once."),
    ]
    quantity: Annotated[Quantity, Field(description="At most what was authorized.")]
    unit: Unit
    course: Annotated[Course, Field(description="The authorized one, of your own.")]


class Redemption(Told):
    """What was taken with a code, or given back; whose it is is not told."""

    id: Annotated[
        UUID,
        Field(
            description="Of the redemption, and of the reservation or use that it made.",
            json_schema_extra={"pattern": UUID_PATTERN},
        ),
    ]
    position: Position
    reserved: ByTheRules = None  # type: ignore[assignment]  # absent, never null
    used: ByTheRules = None  # type: ignore[assignment]  # absent, never null
    given_back: Annotated[
        Taken, Field(description="What was released, or a capture left over.")
    ] = None  # type: ignore[assignment]  # absent, never null
