"""`be.rugzak.topups.v1`: what funders add to a person's rights under a scheme.

A topic of its own: who may ask for rights may not give them. A top-up has an id of its funder's
system and a version that only rises; the highest version known counts, in whatever order they
arrive, and each message carries the whole state after the change.
Source: Belgian REST guide, rules async-svctype and async-order.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from ledger.domain.quantities import Unit as SmallestUnit
from schemas.career_v1 import FactVersion
from schemas.cloudevents import Identifier, Message
from schemas.incoming import Period
from schemas.rights_v1 import Quantity, Scheme

SERVICE = "be.rugzak.topups.v1"

MAX_COURSE_KINDS = 50
"""For how many kinds of course one top-up may be."""

CourseKind: TypeAlias = Annotated[str, Field(min_length=1, max_length=60, pattern="^[a-z0-9-]+$")]


class TopUp(FactVersion):
    """A quantity that a funder adds, and what it may be used for."""

    scheme: Scheme
    bucket: Annotated[
        str,
        Field(
            min_length=1,
            max_length=60,
            pattern="^[a-z0-9-]+$",
            description="Which kind of top-up, as the scheme's rules call it, such as dotation.",
        ),
    ]
    funder: Annotated[
        Identifier,
        Field(description="Who pays, and gets back what is left, such as fr/france-travail."),
    ]
    quantity: Quantity
    unit: Annotated[
        SmallestUnit,
        Field(description="The scheme's smallest unit; in another one nothing is due."),
    ]
    period: Annotated[
        Period, Field(description="When it can be used; `until` is the funder's deadline.")
    ]
    course_id: Annotated[
        Identifier, Field(description="The one course that it is for; left out for any.")
    ] = None  # type: ignore[assignment]  # absent, never null
    course_kinds: Annotated[
        tuple[CourseKind, ...],
        Field(
            min_length=1,
            max_length=MAX_COURSE_KINDS,
            strict=False,  # JSON knows no tuple
            description="The kinds of course that it is for; left out for any.",
        ),
    ] = ()


class TopUpMessage(Message):
    """A message of this service."""

    service: Literal["be.rugzak.topups.v1"]


class TopUpRecorded(TopUpMessage):
    """A funder added something."""

    type: Literal["be.rugzak.topups.v1.topUps.notify.recorded"]
    data: TopUp


class TopUpCorrected(TopUpMessage):
    """A top-up is otherwise than said before."""

    type: Literal["be.rugzak.topups.v1.topUps.notify.corrected"]
    data: TopUp


class TopUpAnnulled(TopUpMessage):
    """A top-up never was."""

    type: Literal["be.rugzak.topups.v1.topUps.notify.annulled"]
    data: FactVersion


TopUpEvent: TypeAlias = TopUpRecorded | TopUpCorrected | TopUpAnnulled
