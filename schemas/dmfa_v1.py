"""`be.rugzak.dmfa.v1`: what is settled every quarter about who worked, where and how much.

A declaration says all occupations of one person at one employer in one quarter. A correction is a
higher version of the same declaration; an occupation that it takes away stays in it, cancelled.
Hours are in hundredths, as DmfA has them. Source: socialsecurity.be (DmfA: occupation, Q and S).
"""

from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from schemas.cloudevents import Content
from schemas.incoming import Period
from schemas.notification import (
    AboutPerson,
    EnterpriseNumber,
    EstablishmentUnitNumber,
    Notification,
    NssoNumber,
    PlaceOfWork,
    Version,
)

SERVICE = "be.rugzak.dmfa.v1"
MAX_OCCUPATIONS = 99
"""Of one person at one employer in one quarter."""

MAX_WEEK_HUNDREDTHS = 7 * 24 * 100
MONTHS_IN_A_QUARTER = 3


class Quarter(NamedTuple):
    """A calendar quarter: its first day, and the first day after it."""

    since: date
    until: date


def quarter(text: str) -> Quarter:
    """Read a quarter such as `2025-Q3`."""
    year, month = int(text[:4]), MONTHS_IN_A_QUARTER * (int(text[-1]) - 1) + 1
    after = month + MONTHS_IN_A_QUARTER
    until = date(year, after, 1) if after < 12 else date(year + 1, 1, 1)  # noqa: PLR2004
    return Quarter(date(year, month, 1), until)


class WorkRegime(Content):
    """The worker's working time beside that of full-time work there."""

    worker: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_WEEK_HUNDREDTHS,
            description="Q, mean hours a week of the worker, in hundredths: 30.4 hours is 3040.",
        ),
    ]
    reference: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_WEEK_HUNDREDTHS,
            description="S, mean hours a week of the reference person, in hundredths.",
        ),
    ]


class EstablishmentUnit(Content):
    """Where the work is done."""

    number: EstablishmentUnitNumber
    region: PlaceOfWork


class Occupation(Content):
    """One occupation of the declaration."""

    number: Annotated[
        int, Field(ge=1, le=MAX_OCCUPATIONS, description="Its number in the declaration, for ever.")
    ]


class DeclaredOccupation(Occupation):
    """Days with one work regime at one place."""

    kind: Literal["declared"]
    period: Annotated[
        Period, Field(description="May begin before the quarter and end after it, or not at all.")
    ]
    work_regime: WorkRegime
    establishment_unit: EstablishmentUnit


class CancelledOccupation(Occupation):
    """An occupation that an earlier version had, and that never was."""

    kind: Literal["cancelled"]


class Employer(Content):
    """Who declares."""

    enterprise_number: EnterpriseNumber
    nsso_number: NssoNumber = None  # type: ignore[assignment]  # absent, never null


class Declaration(AboutPerson):
    """All occupations of one person at one employer in one quarter."""

    employer: Employer
    sector: Annotated[
        Literal["private", "public"], Field(description="By the employer's NSSO category.")
    ]
    quarter: Annotated[
        str,
        Field(pattern="^(19|20|21)[0-9]{2}-Q[1-4]$", description="Year and quarter: 2025-Q3."),
    ]
    version: Version
    occupations: Annotated[
        list[Annotated[DeclaredOccupation | CancelledOccupation, Field(discriminator="kind")]],
        Field(min_length=1, max_length=MAX_OCCUPATIONS),
    ]

    @field_validator("occupations", mode="after")
    @classmethod
    def _numbered(
        cls, occupations: list[DeclaredOccupation | CancelledOccupation]
    ) -> list[DeclaredOccupation | CancelledOccupation]:
        if len({each.number for each in occupations}) < len(occupations):
            raise ValueError("each occupation has a number of its own")
        return occupations

    @model_validator(mode="after")
    def _lies_in_the_quarter(self) -> Self:
        since, until = quarter(self.quarter)
        for each in self.occupations:
            if isinstance(each, DeclaredOccupation) and not (
                each.period.since < until and since < (each.period.until or date.max)
            ):
                raise ValueError(f"occupation {each.number} has no day in the quarter")
        return self


class DeclarationSettled(Notification):
    """A quarterly declaration was settled, or corrected."""

    service: Literal["be.rugzak.dmfa.v1"]
    type: Literal["be.rugzak.dmfa.v1.declarations.notify.settled"]
    data: Declaration
