"""`be.rugzak.dimona.v1`: what employers declare at once about who works for them.

A period has an id of the NSSO. IN opens it, OUT tells its end, UPDATE changes its days, CANCEL says
that it never was; each carries the whole period after the change, so they may arrive in any order.
Only what was accepted counts. Sources: socialsecurity.be (Dimona, after the declaration);
Belgian REST guide, async-order.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.cloudevents import Day, Identifier
from schemas.incoming import Period
from schemas.notification import AboutPerson, EnterpriseNumber, Notification, PlaceOfWork, Version

SERVICE = "be.rugzak.dimona.v1"


class EndedPeriod(Period):
    """The half-open span of days [from, until) of a job that has ended, or will."""

    until: Annotated[Day, Field(description="First day after the last day of work.")]


class Declaration(AboutPerson):
    """A declaration about a period, and what the NSSO answered."""

    period_id: Annotated[
        Identifier, Field(description="The number that Dimona gave the period, for ever.")
    ]
    sequence: Version
    result: Annotated[
        Literal["accepted", "refused", "pending"],
        Field(description="Only what is accepted counts; what is pending is told again."),
    ]


class Work(Declaration):
    """The whole period after the change.

    Dimona says nothing about working time: until DmfA settles the quarter, the ledger assumes full
    time, 38 hours a week.
    """

    employer_number: EnterpriseNumber
    sector: Annotated[
        Literal["private", "public"], Field(description="By the employer's NSSO category.")
    ]
    place_of_work: PlaceOfWork


class In(Work):
    """The worker begins."""

    kind: Literal["in"]
    period: Period


class Out(Work):
    """The worker stops."""

    kind: Literal["out"]
    period: EndedPeriod


class Update(Work):
    """The days are otherwise than declared before."""

    kind: Literal["update"]
    period: Period


class Cancel(Declaration):
    """The period never was."""

    kind: Literal["cancel"]


class PeriodDeclared(Notification):
    """A Dimona declaration was made, and answered."""

    service: Literal["be.rugzak.dimona.v1"]
    type: Literal["be.rugzak.dimona.v1.periods.notify.declared"]
    data: Annotated[In | Out | Update | Cancel, Field(discriminator="kind")]
