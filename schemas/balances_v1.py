"""`be.rugzak.balances.v1`: what a person has, whole, after each change.

The topic is compacted: the last message under a key is what counts, and one without a value says
that the person was erased, or is told of under another reference now.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from schemas.outgoing import (
    Funder,
    Lot,
    Outgoing,
    Period,
    Person,
    Position,
    Quantity,
    Scheme,
    Told,
    Unit,
)

SERVICE: Final = "be.rugzak.balances.v1"


class LotQuantities(Told):
    """What became of one lot, in whole numbers of its unit."""

    scheme: Scheme
    lot: Lot
    unit: Unit
    period: Annotated[Period, Field(description="The days on which it can be used.")]
    funder: Annotated[
        Funder,
        Field(description="Who pays, as the regulation calls it; left out of a top-up."),
    ] = None  # type: ignore[assignment]  # absent, never null
    granted: Annotated[Quantity, Field(description="All that was granted, before withdrawals.")]
    withdrawn: Annotated[Quantity, Field(description="Taken back by corrections.")]
    transferred_in: Annotated[Quantity, Field(description="Entered from other lots.")]
    transferred_out: Annotated[Quantity, Field(description="Left for other lots.")]
    reserved: Annotated[Quantity, Field(description="Held for courses.")]
    used: Annotated[Quantity, Field(description="Used for courses.")]
    expired: Annotated[Quantity, Field(description="Lapsed.")]
    available: Annotated[Quantity, Field(description="What is left of it.")]
    shortfall: Annotated[
        Quantity, Field(description="Used or reserved beyond what is due after a correction.")
    ]


class LotBalance(LotQuantities):
    """One lot; all quantities are whole numbers of its unit.

    Granted + transferredIn = available + reserved + used + expired + transferredOut + withdrawn.
    """

    usable: Annotated[
        Quantity,
        Field(
            description="What can be taken within the period: all that is available, or 0 while "
            "uses of the scheme are stopped."
        ),
    ]
    restriction: Annotated[
        Literal["keep", "freeze"],
        Field(
            description="What the scheme's rule says of a person who is no longer eligible: keep "
            "lets use what there is, freeze stops it. Left out of others."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    frozen: Annotated[bool, Field(description="Whether an authority stopped uses of the scheme.")]


class Balance(Told):
    """All that a person has."""

    person: Person
    position: Position
    version: Annotated[
        int,
        Field(ge=1, description="How many events of the person are counted in; it only rises."),
    ]
    lots: Annotated[
        tuple[LotBalance, ...],
        Field(description="Every lot that there ever was, in order of scheme and lot."),
    ]


class BalanceChanged(Outgoing):
    """Something of a person changed; this is the state after it."""

    service: Literal["be.rugzak.balances.v1"] = SERVICE
    type: Literal["be.rugzak.balances.v1.balances.notify.changed"] = (
        "be.rugzak.balances.v1.balances.notify.changed"
    )
    data: Balance


BalanceMessage: TypeAlias = BalanceChanged
