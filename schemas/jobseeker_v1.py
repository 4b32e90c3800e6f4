"""`be.rugzak.jobseeker.v1`: registrations of the employment offices, with or without benefit.

When a benefit begins or ends, the office ends the registration and opens another one.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.incoming import Period
from schemas.notification import Notification, OneFact

SERVICE = "be.rugzak.jobseeker.v1"


class Registration(OneFact):
    """A registration of one of the offices."""

    office: Annotated[
        Literal["vdab", "actiris", "forem", "adg"],
        Field(description="Ids are those of this office."),
    ]


class Registered(Registration):
    """The whole registration after the change; still registered when no end is known."""

    kind: Literal["registered"]
    period: Period
    with_benefit: Annotated[
        bool, Field(description="Whether an unemployment benefit is paid during the period.")
    ]


class Annulled(Registration):
    """A registration that never was."""

    kind: Literal["annulled"]


class RegistrationChanged(Notification):
    """A registration as a jobseeker began, ended, changed or was annulled."""

    service: Literal["be.rugzak.jobseeker.v1"]
    type: Literal["be.rugzak.jobseeker.v1.registrations.notify.changed"]
    data: Annotated[Registered | Annulled, Field(discriminator="kind")]
