"""What a person has, as the API tells it.

Amounts are whole numbers of the scheme's smallest unit, which stands beside them: never floats.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AwareDatetime, ConfigDict, Field

from schemas.api_v1.written import AskedAccount, AskedDay, AskedInstant
from schemas.balances_v1 import LotQuantities
from schemas.outgoing import Person, Position, Quantity, Rule, Told


class Question(Told):
    """The parameters of a question: a name that is not known is refused."""

    model_config = ConfigDict(extra="forbid", validate_by_name=False)


AskedKnowledge: TypeAlias = Annotated[
    AskedInstant,
    Field(
        description="As the ledger knew it at this instant, RFC 3339 with an offset; left out: "
        "as it knows it now."
    ),
]

KnownAt: TypeAlias = Annotated[
    AwareDatetime, Field(description="As in the question; left out: as it is known now.")
]


class BalancesQuestion(Question):
    """Which day, and as known when."""

    on: Annotated[
        AskedDay,
        Field(
            description="The day in the world. Left out: today in Brussels, or the day of "
            "`knownAt` if that is earlier."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    known_at: AskedKnowledge = None  # type: ignore[assignment]  # absent, never null


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


class OnDay(Told):
    """What is told of a person on a day, as it was known."""

    person: Person
    on: Annotated[date, Field(description="The day that was asked about.")]
    known_at: KnownAt = None  # type: ignore[assignment]  # absent, never null
    position: Position


class Balances(OnDay):
    """What a person has on a day."""

    items: Annotated[
        tuple[LotOnDay, ...], Field(description="The lots, in order of scheme and period.")
    ]


AsOf: TypeAlias = Annotated[
    int,
    Field(ge=0, description="The position that the answer reflects; 0 before the first event."),
]

MAX_ACCOUNTS: Final = 1_000
"""Most accounts in one question."""


class ManyBalancesQuestion(Question):
    """Whose balances, and on which day."""

    accounts: Annotated[
        tuple[AskedAccount, ...],
        Field(
            min_length=1,
            max_length=MAX_ACCOUNTS,
            description="Of whom; one that is named twice is answered once.",
        ),
    ]
    on: Annotated[
        AskedDay,
        Field(
            description="The day in the world, today or one to come; today in Brussels when left "
            "out. A day that is past is asked about account by account."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class AccountBalances(Told):
    """What one of them has."""

    person: Person
    asked: Annotated[
        Person,
        Field(description="The reference that was asked about, when it was merged into `person`."),
    ] = None  # type: ignore[assignment]  # absent, never null
    lots: Annotated[
        tuple[LotOnDay, ...], Field(description="The lots, in order of scheme and period.")
    ]


class ManyBalances(Told):
    """What people have on a day."""

    on: Annotated[date, Field(description="The day that was asked about.")]
    position: AsOf
    items: Annotated[
        tuple[AccountBalances, ...],
        Field(
            description="In the order of the question, without those who are not known or not "
            "yours to see."
        ),
    ]


class Health(Told):
    """Whether requests can be answered."""

    status: Literal["UP", "DEGRADED", "DOWN"]
    version: Annotated[
        str,
        Field(
            pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$",
            description="Of the document that describes what answers.",
            examples=["1.1.0"],
        ),
    ]
