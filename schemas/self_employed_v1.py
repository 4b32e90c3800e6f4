"""`be.rugzak.selfemployed.v1`: affiliations of the self-employed to a social insurance fund."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.incoming import Period
from schemas.notification import EnterpriseNumber, Notification, OneFact, PlaceOfWork

SERVICE = "be.rugzak.selfemployed.v1"


class Affiliated(OneFact):
    """The whole affiliation after the change; still affiliated when no end is known.

    When the activity goes from side to main, or contributions stop, the fund ends the affiliation
    and opens another one.
    """

    kind: Literal["affiliated"]
    period: Period
    activity: Literal["main", "side"]
    place_of_work: PlaceOfWork
    contributions_paid: Annotated[
        bool, Field(description="Whether the contributions of the period are paid.")
    ]
    enterprise_number: Annotated[
        EnterpriseNumber,
        Field(
            description="Enterprise number (KBO/BCE) of the enterprise that the person runs: ten "
            "digits without dots. Leave it out when it is not known."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class Annulled(OneFact):
    """An affiliation that never was."""

    kind: Literal["annulled"]


class AffiliationChanged(Notification):
    """An affiliation began, ended, changed or was annulled."""

    service: Literal["be.rugzak.selfemployed.v1"]
    type: Literal["be.rugzak.selfemployed.v1.affiliations.notify.changed"]
    data: Annotated[Affiliated | Annulled, Field(discriminator="kind")]
