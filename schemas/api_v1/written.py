"""What is asked is taken when it is written as the document says, and only then.

Pydantic alone is kind: it takes `0` for a day, `1_0` for a number, and a UUID in braces.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from schemas.cloudevents import (
    DAY_PATTERN,
    FIRST_DAY,
    INSTANT_PATTERN,
    LAST_DAY,
    UUID_PATTERN,
    Day,
)

WHOLE_NUMBER_PATTERN: Final = "^(0|[1-9][0-9]*)$"
ASKED_INSTANT_PATTERN: Final = INSTANT_PATTERN.replace("^[0-9]{4}", "^(19|20|21)[0-9]{2}")
FIRST_INSTANT: Final = datetime.combine(FIRST_DAY, time.min, UTC) - timedelta(days=1)
LAST_INSTANT: Final = datetime.combine(LAST_DAY, time.max, UTC) + timedelta(days=1)
"""A day beyond the pattern's years, as offsets from UTC go."""


def written(pattern: str, like: str, *, as_number: bool = False) -> BeforeValidator:
    """Return what refuses text of another form, and a number where none is meant."""
    form = re.compile(pattern)

    def check(value: object) -> object:
        number = isinstance(value, int | float) and not as_number
        if number or (isinstance(value, str) and not form.fullmatch(value)):
            raise PydanticCustomError("written", "should be written like {like}", {"like": like})
        return value

    return BeforeValidator(check)


AS_DAY: Final = written(DAY_PATTERN, "2025-09-01")
AS_INSTANT: Final = written(ASKED_INSTANT_PATTERN, "2021-11-15T09:30:00+01:00 (+ as %2B)")
AS_NUMBER: Final = written(WHOLE_NUMBER_PATTERN, "50", as_number=True)
AS_REFERENCE: Final = written(UUID_PATTERN, "6f1d3a52-0000-4000-8000-00000000002a")
"""Put these last in an annotation, behind bounds."""

AskedDay: TypeAlias = Annotated[Day, AS_DAY]

AskedInstant: TypeAlias = Annotated[
    AwareDatetime,
    Field(ge=FIRST_INSTANT, le=LAST_INSTANT, json_schema_extra={"pattern": ASKED_INSTANT_PATTERN}),
    AS_INSTANT,
]
"""An instant, with its offset from UTC."""

AskedAccount: TypeAlias = Annotated[
    UUID,
    Field(
        description="Opaque reference to the person, or to an enterprise that holds rights. Never "
        "a national number.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
    AS_REFERENCE,
]
