"""What all messages that go out have in common: CloudEvents 1.0 in structured JSON.

Readers leave alone what they don't know: within a major version fields and types are added.
A message may come more than once, then with the same `source` and `id`; `position` tells which of
two messages about one person is the later one.
Sources: CloudEvents 1.0.2, JSON event format; Belgian REST guide, async-ctxt and async-order.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from schemas.cloudevents import INSTANT_PATTERN, UUID_PATTERN

Person: TypeAlias = Annotated[
    UUID,
    Field(
        description="Opaque reference to the person, or to an enterprise that holds rights: a UUID "
        "in lower case, also the Kafka key.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
]
Position: TypeAlias = Annotated[
    int,
    Field(
        ge=1,
        description="Place in the one order of all that the ledger holds: of two messages about a "
        "person, the one with the higher position is the later one. It only rises; there are gaps.",
    ),
]
Version: TypeAlias = Annotated[
    int,
    Field(
        ge=1,
        description="Number of this event among those of the person: 1, 2, 3 and so on, without "
        "gaps.",
    ),
]
Scheme: TypeAlias = Annotated[
    str, Field(min_length=1, description="The scheme of the right, such as be-vlg/vov.")
]
Lot: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        description="The lot, one grant with a term of its own, such as be-vlg/vov/2025-26; unique "
        "for the person.",
    ),
]
Unit: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        description="The smallest unit in which the scheme counts: minute, voucher, cent, sgd-cent "
        "and so on.",
    ),
]
Quantity: TypeAlias = Annotated[
    int, Field(ge=0, description="A whole number of the smallest unit.")
]
EffectiveOn: TypeAlias = Annotated[date, Field(description="The day on which it counts.")]
Funder: TypeAlias = Annotated[
    str, Field(min_length=1, description="Who pays, as the regulation calls it.")
]
Rule: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        description="The rule that gave it: its name, and the digest of the regulation's text.",
    ),
]
RequestNumber: TypeAlias = Annotated[
    int,
    Field(
        ge=1,
        description="Which request of the message, since one message may make several: 1 for the "
        "first.",
    ),
]
Reason: TypeAlias = Annotated[
    str, Field(min_length=1, description="Why, as a stable code, such as not-enough.")
]
Detail: TypeAlias = Annotated[
    str, Field(description="Why, in a sentence: what was wrong, and what would be right.")
]


class Told(BaseModel):
    """What is inside `data`: camelCase names, and no nulls for what is absent."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Period(Told):
    """The half-open span of days [from, until); without `until` it has no end."""

    since: Annotated[date, Field(alias="from", description="First day.")]
    until: Annotated[
        date, Field(description="First day after the last; left out when there is none.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Part(Told):
    """How much of which lot."""

    lot: Lot
    quantity: Quantity


class Outgoing(BaseModel):
    """The context attributes of every message that goes out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Annotated[Literal["1.0"], Field(description="Version of CloudEvents.")] = "1.0"
    id: Annotated[
        str,
        Field(min_length=1, description="Unique within the source; the same when sent again."),
    ]
    source: Annotated[
        str,
        Field(
            pattern="^[a-z][a-z0-9+.-]*:[!-~]+$",
            description="The installation that says so: an absolute URI.",
        ),
    ]
    time: Annotated[
        str,
        Field(
            pattern=INSTANT_PATTERN,
            description="When the ledger recorded it, RFC 3339, in UTC.",
            json_schema_extra={"format": "date-time"},
        ),
    ]
    datacontenttype: Annotated[
        Literal["application/json", "application/problem+json"],
        Field(description="Always JSON."),
    ] = "application/json"


class Reply(Outgoing):
    """Answers a message that came in."""

    relatedto: Annotated[
        str, Field(min_length=1, description="The `id` of the message that this answers.")
    ]
    relatedtosource: Annotated[str, Field(min_length=1, description="Its `source`.")]
