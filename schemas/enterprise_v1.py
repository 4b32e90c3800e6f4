"""`be.rugzak.enterprise.v1`: enterprises in business, as the register of enterprises has them.

They name the enterprise by its number, which is public; the ledger knows it by an opaque reference
only, as it knows people. They carry the whole state after the change, and a version that only
rises.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.cloudevents import Identifier, Message
from schemas.incoming import Period, Region, Size
from schemas.notification import AboutEnterprise, Version

SERVICE = "be.rugzak.enterprise.v1"


class OneBusiness(AboutEnterprise):
    """One version of what the register holds under an id."""

    id: Annotated[Identifier, Field(description="What the register calls it, for ever.")]
    version: Version


class InBusiness(OneBusiness):
    """The days on which the enterprise has one size; still in business when no end is known.

    When its size or its seat changes, the register ends this and opens another one.
    """

    kind: Literal["inBusiness"]
    period: Period
    size: Size
    place: Annotated[Region, Field(description="Region of its seat of operations.")]


class Annulled(OneBusiness):
    """A business that never was."""

    kind: Literal["annulled"]


class BusinessChanged(Message):
    """An enterprise began, ended or changed its business, or what was said of it is annulled."""

    service: Literal["be.rugzak.enterprise.v1"]
    type: Literal["be.rugzak.enterprise.v1.businesses.notify.changed"]
    data: Annotated[InBusiness | Annulled, Field(discriminator="kind")]
