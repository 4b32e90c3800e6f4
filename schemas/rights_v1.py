"""`be.rugzak.rights.v1`: what is asked of a person's rights.

Commands, so their `type` ends with the method; outcomes will be replies to them.
Source: Belgian REST guide, rule async-svctype (no suffix on a request).
"""

from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from ledger.domain.quantities import Unit as SmallestUnit
from schemas.cloudevents import (
    MAX_QUANTITY,
    UUID_PATTERN,
    Content,
    Day,
    Identifier,
    Message,
    Person,
    Reason,
)
from schemas.identifiers import enterprise_number
from schemas.incoming import ExactPart, Period

SERVICE = "be.rugzak.rights.v1"

MAX_MANDATE_SCHEMES = 50
"""Most schemes that one mandate names."""

MAX_MANDATE_ACTIONS = 5
"""As many as there are; the same one twice counts once."""

ENTERPRISE_PATTERN = "^[01][0-9]{9}$"

Scheme: TypeAlias = Annotated[
    str,
    Field(
        max_length=60,
        pattern="^[a-z0-9-]+(/[a-z0-9-]+)*$",
        description="The scheme whose rights are meant, such as be-vlg/vov.",
    ),
]
Bucket: TypeAlias = Annotated[
    str, Field(max_length=60, pattern="^[a-z0-9-]*$", description="Left out for the ordinary one.")
]
Quantity: TypeAlias = Annotated[
    int, Field(ge=1, le=MAX_QUANTITY, description="A whole number of the smallest unit.")
]
Part: TypeAlias = Annotated[
    int,
    Field(ge=1, le=MAX_QUANTITY, description="In the smallest unit; left out to take all of it."),
]
Unit: TypeAlias = Annotated[
    SmallestUnit,
    Field(description="The scheme's smallest unit; another one is refused."),
]
EffectiveOn: TypeAlias = Annotated[Day, Field(description="The day on which it counts.")]


Action: TypeAlias = Literal["read", "authorize", "reserve", "use", "transfer"]


EnterpriseNumber: TypeAlias = Annotated[
    str,
    Field(pattern=ENTERPRISE_PATTERN, description="Of the Crossroads Bank for Enterprises."),
    AfterValidator(enterprise_number),
]


class Course(Content):
    """What a right is used for."""

    id: Annotated[Identifier, Field(description="In the scheme's register, or the provider's own.")]
    provider: Annotated[Identifier, Field(description="Who gives it.")]
    start_date: Annotated[Day, Field(description="First day of the course.")]
    contact_minutes: Annotated[
        int,
        Field(ge=0, le=MAX_QUANTITY, description="Contact time; left out if unknown."),
    ] = None  # type: ignore[assignment]  # absent, never null
    credits: Annotated[
        int, Field(ge=0, le=MAX_QUANTITY, description="Study points; left out if unknown.")
    ] = None  # type: ignore[assignment]  # absent, never null
    price: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_QUANTITY,
            description="In the smallest unit of the scheme's money, such as cents; left out if "
            "unknown.",
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    kind: Annotated[
        str,
        Field(
            max_length=60,
            pattern="^[a-z0-9-]*$",
            description="What sort of course it is, as the scheme calls it; or left out.",
        ),
    ] = ""
    programme_id: Annotated[
        str,
        Field(max_length=100, description="What the course is a module of; or left out."),
    ] = ""


class OfPerson(Content):
    """Whose rights."""

    person: Person


class Dated(Content):
    """The day on which it counts."""

    effective_on: EffectiveOn


class ForPerson(Dated, OfPerson):
    """Whose rights, and the day on which it counts."""


class OfReservation(Content):
    """Which reservation."""

    reservation_id: Identifier


class OfUse(Content):
    """Which use."""

    use_id: Identifier


# What is asked, without what a path of the HTTP API names. A message adds that in front, since a
# model has the fields of its last base first: in this order they are published and digested.


class TakingAsked(Dated):
    """A quantity of a scheme's rights for a course."""

    id: Annotated[Identifier, Field(description="Yours, unique for the person.")]
    scheme: Scheme
    quantity: Quantity
    unit: Unit
    course: Course
    bucket: Bucket = ""


class CapturingAsked(Dated):
    """A reservation that becomes a use."""

    quantity: Part = None  # type: ignore[assignment]  # absent, never null


class ReleasingAsked(Dated):
    """A reservation that gives back what it holds."""

    reason: Reason


class ReversingAsked(Dated):
    """A use that is undone."""

    quantity: Part = None  # type: ignore[assignment]  # absent, never null
    reason: Reason


class EndingAsked(Dated):
    """How a course ended for which something is reserved or used."""

    id: Annotated[Identifier, Field(description="Of the reservation or use.")]
    withdrawn: Annotated[bool, Field(description="Whether the learner gave it up.")] = False
    attended: Annotated[
        ExactPart,
        Field(description="Exact part of the contact time, 0 to 1, as text; left out if unknown."),
    ] = None  # type: ignore[assignment]  # absent, never null
    exam: Annotated[
        Literal["passed", "failed", "missed"],
        Field(description="Left out when there was none."),
    ] = None  # type: ignore[assignment]  # absent, never null


class TransferringAsked(Dated):
    """Rights that move to another scheme of the same person."""

    id: Annotated[Identifier, Field(description="Yours, unique for the person.")]
    scheme: Scheme
    to_scheme: Scheme
    quantity: Quantity
    unit: Unit


class FreezingAsked(Dated):
    """Uses of a scheme that stop, or go on again; without `scheme`, of all."""

    scheme: Scheme = ""
    reason: Reason


class Helper(Content):
    """Who may act: a person, or an organisation; one of the two."""

    account: Annotated[
        UUID,
        Field(
            description="The account of the person who helps; nobody learns whether it is there.",
            json_schema_extra={"pattern": UUID_PATTERN},
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    organization: EnterpriseNumber = ""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.account is None) == (not self.organization):
            msg = "a helper is named by account or by organization: by one of the two"
            raise ValueError(msg)
        return self


class MandateAsked(Dated):
    """What a helper may do for a person."""

    id: Annotated[Identifier, Field(description="Yours, unique for the person.")]
    helper: Helper
    actions: Annotated[
        tuple[Action, ...],
        Field(
            min_length=1,
            max_length=MAX_MANDATE_ACTIONS,
            strict=False,  # JSON knows no tuple
            description="read: see rights and what happened to them; authorize: make one-time "
            "codes for providers; reserve: hold and release; use: use, capture, reverse, and tell "
            "how a course ended; transfer: move to another scheme.",
        ),
    ]
    schemes: Annotated[
        tuple[Scheme, ...],
        Field(
            min_length=1,
            max_length=MAX_MANDATE_SCHEMES,
            strict=False,  # JSON knows no tuple
            description="For which schemes; left out for all.",
        ),
    ] = ()
    period: Annotated[Period, Field(description="On which days the helper may act.")]


class MandateEndingAsked(Dated):
    """A mandate that ends; from this moment on, whatever day it counts from."""

    reason: Reason


class OfMandate(Content):
    """Which mandate."""

    mandate_id: Identifier


class Taking(TakingAsked, ForPerson):
    """A quantity of a scheme's rights for a course."""


class Capturing(CapturingAsked, OfReservation, ForPerson):
    """A reservation that becomes a use."""


class Releasing(ReleasingAsked, OfReservation, ForPerson):
    """A reservation that gives back what it holds."""


class Reversing(ReversingAsked, OfUse, ForPerson):
    """A use that is undone."""


class Ending(EndingAsked, ForPerson):
    """How a course ended for which something is reserved or used."""


class Transferring(TransferringAsked, ForPerson):
    """Rights that move to another scheme of the same person."""


class Freezing(FreezingAsked, ForPerson):
    """Uses of a scheme that stop, or go on again; without `scheme`, of all."""


class Mandating(MandateAsked, ForPerson):
    """What a helper may do for a person."""


class EndingMandate(MandateEndingAsked, OfMandate, ForPerson):
    """A mandate that ends; from this moment on, whatever day it counts from."""


class RightsMessage(Message):
    """A message of this service."""

    service: Literal["be.rugzak.rights.v1"]


class CreateReservation(RightsMessage):
    """Hold a quantity for a course."""

    type: Literal["be.rugzak.rights.v1.reservations.create"]
    data: Taking


class CaptureReservation(RightsMessage):
    """Turn a reservation into a use."""

    type: Literal["be.rugzak.rights.v1.reservations.capture"]
    data: Capturing


class ReleaseReservation(RightsMessage):
    """Give back what a reservation holds."""

    type: Literal["be.rugzak.rights.v1.reservations.release"]
    data: Releasing


class CreateUse(RightsMessage):
    """Use at once, without a reservation before it."""

    type: Literal["be.rugzak.rights.v1.uses.create"]
    data: Taking


class ReverseUse(RightsMessage):
    """Undo a use."""

    type: Literal["be.rugzak.rights.v1.uses.reverse"]
    data: Reversing


class CreateEnding(RightsMessage):
    """Tell how a course ended; the scheme's rule says what that gives back."""

    type: Literal["be.rugzak.rights.v1.endings.create"]
    data: Ending


class CreateTransfer(RightsMessage):
    """Move rights to another scheme, as the scheme's rule allows."""

    type: Literal["be.rugzak.rights.v1.transfers.create"]
    data: Transferring


class CreateFreeze(RightsMessage):
    """Stop uses and keep the rights."""

    type: Literal["be.rugzak.rights.v1.freezes.create"]
    data: Freezing


class DeleteFreeze(RightsMessage):
    """End a freeze."""

    type: Literal["be.rugzak.rights.v1.freezes.delete"]
    data: Freezing


class CreateMandate(RightsMessage):
    """Let a helper act for a person."""

    type: Literal["be.rugzak.rights.v1.mandates.create"]
    data: Mandating


class EndMandate(RightsMessage):
    """Let a helper act no more."""

    type: Literal["be.rugzak.rights.v1.mandates.end"]
    data: EndingMandate


RightsCommand: TypeAlias = (
    CreateReservation
    | CaptureReservation
    | ReleaseReservation
    | CreateUse
    | ReverseUse
    | CreateEnding
    | CreateTransfer
    | CreateFreeze
    | DeleteFreeze
    | CreateMandate
    | EndMandate
)
