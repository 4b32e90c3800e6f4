"""What messages of several services that come in have in common."""

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from schemas.cloudevents import Content, Day

FRACTION_PATTERN = r"^(1|0(\.[0-9]{1,6})?|[0-9]{1,6}/[1-9][0-9]{0,5})$"

Region: TypeAlias = Annotated[
    str,
    Field(
        pattern="^[a-z]{2}(-[a-z0-9]{1,3})?$",
        description="ISO 3166 country in lower case, Belgian regions apart: be-vlg, be-wal.",
    ),
]


Size: TypeAlias = Annotated[
    Literal["small", "medium", "large"],
    Field(description="As Recommendation 2003/361/EC defines it; a micro-enterprise is small."),
]


@lru_cache(maxsize=4096)
def share(text: str) -> Fraction:
    """Read a part exactly.

    Raises:
        ValueError: it is more than the whole.

    """
    exact = Fraction(text)
    if exact > 1:
        msg = "a part is at most 1"
        raise ValueError(msg)
    return exact


def _at_most_all(text: str) -> str:
    share(text)
    return text


ExactPart: TypeAlias = Annotated[str, Field(pattern=FRACTION_PATTERN), AfterValidator(_at_most_all)]
"""A part of something, 0 to 1, as text: "4/5", "0.8" or "1"."""


class Period(Content):
    """The half-open span of days [from, until); without `until` no end is known."""

    since: Annotated[Day, Field(alias="from", description="First day.")]
    until: Annotated[
        Day, Field(description="First day after the last; leave it out when no end is known.")
    ] = None  # type: ignore[assignment]  # absent, never null

    @field_validator("until", mode="after")
    @classmethod
    def _lies_after(cls, until: date, info: ValidationInfo) -> date:
        if until <= info.data.get("since", date.min):
            msg = "until is the first day after the period, so it lies after from"
            raise ValueError(msg)
        return until
