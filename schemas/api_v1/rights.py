"""What a person has, as the API tells it.

Amounts are whole numbers of the scheme's smallest unit, which stands beside them: never floats.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from schemas.balances_v1 import LotQuantities
from schemas.cloudevents import Day
from schemas.outgoing import Person, Position, Quantity, Rule, Told


class Question(Told):
    """The parameters of a question: a name that is not known is refused."""

    model_config = ConfigDict(extra="forbid", validate_by_name=False)


class BalancesQuestion(Question):
    """Which day, and as known when."""

    on: Annotated[
        Day, Field(description="The day in the world; today in Brussels when left out.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Stop(Told):
    """What keeps a lot from being used on the day."""

    mode: Annotated[
        Literal["keep", "freeze", "frozen"],
        Field(
            description="keep and freeze: the scheme's rule says so of a person who is no longer "
            "eligible, and lets use what there is, or not. frozen: an authority stopped it."
        ),
    ]
    since: Annotated[date, Field(description="From this day on.")]
    reason: Annotated[str, Field(description="Why, in a sentence for people.")]


class LotOnDay(LotQuantities):
    """One lot on the day; all quantities are whole numbers of its unit.

    Granted + transferredIn = available + pending + reserved + used + expired + transferredOut +
    withdrawn.
    """

    pending: Annotated[
        Quantity, Field(description="What can be used once its period begins, after the day.")
    ]
    usable: Annotated[
        Quantity,
        Field(description="What can be taken on the day: what is available, or 0 while stopped."),
    ]
    stops: Annotated[
        tuple[Stop, ...], Field(description="What keeps it from being used; empty when nothing.")
    ]
    rule: Rule


class Balances(Told):
    """What a person has on a day."""

    person: Person
    on: Annotated[date, Field(description="The day that was asked about.")]
    position: Position
    items: Annotated[
        tuple[LotOnDay, ...], Field(description="The lots, in order of scheme and period.")
    ]


class Health(Told):
    """Whether requests can be answered."""

    status: Literal["UP", "DEGRADED", "DOWN"]
