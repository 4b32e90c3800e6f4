"""CloudEvents 1.0 in structured JSON, with the Belgian guide's attribute `service`.

Context attributes that we do not know are extensions, and tolerated as the specification
asks; inside `data` nothing unknown is, because a misspelt field would be lost in silence.
Sources: CloudEvents 1.0.2, JSON event format; Belgian REST guide, async-ctxt and req-valid.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Json: TypeAlias = Any
"""What a JSON parser gives."""

MAX_ID_CHARACTERS = 100
MAX_ATTRIBUTE_CHARACTERS = 200
MAX_REASON_CHARACTERS = 500
MAX_QUANTITY = 10**12
"""In smallest units; far above any right, far below what JSON readers lose digits at."""
MAX_VERSION = 2**31 - 1
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)

NATIONAL_NUMBER = re.compile(r"[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{3}[ .-]?[0-9]{2}")
"""What a Belgian national number looks like; such a text never refers to a person here."""

EXTENSION_PATTERN = "^[a-z0-9]{1,40}$"
DAY_PATTERN = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
INSTANT_PATTERN = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]"
    r":([0-5][0-9]|60)(\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)


def _not_a_national_number(text: str) -> str:
    if NATIONAL_NUMBER.fullmatch(text.strip()):
        msg = "this looks like a national number; the subject belongs in the body, as an opaque id"
        raise ValueError(msg)
    return text


Identifier: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=MAX_ID_CHARACTERS, pattern="^[!-~]+$")
]
"""Opaque text: printable ASCII without spaces."""

Reason: TypeAlias = Annotated[
    str,
    Field(
        min_length=1, max_length=MAX_REASON_CHARACTERS, description="Why, in a sentence for people."
    ),
]

Person: TypeAlias = Annotated[
    UUID,
    Field(
        description="Opaque reference to the person, or to an enterprise that holds rights: a UUID "
        "in lower case, also the Kafka key. Never a national number.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
]

Day: TypeAlias = Annotated[
    date, Field(ge=FIRST_DAY, le=LAST_DAY, json_schema_extra={"pattern": DAY_PATTERN})
]
"""A civil date, `YYYY-MM-DD`, 1900-01-01 to 2199-12-31."""

Attribute: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_ATTRIBUTE_CHARACTERS)]


class Content(BaseModel):
    """What is inside `data`: strict types, camelCase names, nothing unknown, no nulls."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        serialize_by_alias=True,
    )


class Message(BaseModel):
    """The context attributes of every message; a null attribute counts as absent."""

    model_config = ConfigDict(
        extra="allow",
        strict=True,
        frozen=True,
        json_schema_extra={"propertyNames": {"pattern": EXTENSION_PATTERN}},
    )

    __pydantic_extra__: dict[
        Annotated[str, Field(pattern=EXTENSION_PATTERN)], bool | int | Attribute | None
    ] = Field(init=False)

    specversion: Annotated[Literal["1.0"], Field(description="Version of CloudEvents.")]
    id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_ID_CHARACTERS,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="Unique within the source; the same id with the same content counts once.",
        ),
    ]
    source: Annotated[
        str,
        Field(
            max_length=MAX_ATTRIBUTE_CHARACTERS,
            pattern="^[a-z][a-z0-9+.-]*:[!-~]+$",
            description="Who says so: an absolute URI, such as https://payroll.example.be.",
        ),
    ]
    time: Annotated[
        str | None,
        Field(
            pattern=INSTANT_PATTERN,
            description="When it happened at the source, RFC 3339 with an offset; for people only.",
            json_schema_extra={"format": "date-time"},
        ),
    ] = None
    datacontenttype: Annotated[
        str | None,
        Field(
            pattern=r"^application/(json|[a-z0-9.+-]+\+json)( *;.*)?$", description="Always JSON."
        ),
    ] = None
    dataschema: Attribute | None = None
    subject: Annotated[Attribute, AfterValidator(_not_a_national_number)] | None = None
