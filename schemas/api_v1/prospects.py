"""What a person can do with each scheme: quotes for a course, and the overview."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from schemas.api_v1.rights import AskedKnowledge, OnDay, Question
from schemas.api_v1.written import AskedDay
from schemas.cloudevents import MAX_QUANTITY, UUID_PATTERN, Identifier
from schemas.outgoing import Lot, Part, Period, Person, Position, Quantity, Scheme, Told, Unit
from schemas.rights_v1 import Unit as SmallestUnit

MAX_SUPPOSED_CHARACTERS: Final = 200


class AskedCourse(Question):
    """What rights would be used for."""

    id: Annotated[Identifier, Field(description="In the scheme's register, or the provider's own.")]
    provider: Annotated[Identifier, Field(description="Who gives it.")]
    start_date: Annotated[AskedDay, Field(description="First day of the course.")]
    contact_minutes: Annotated[
        int,
        Field(strict=True, ge=0, le=MAX_QUANTITY, description="Contact time; left out if unknown."),
    ] = None  # type: ignore[assignment]  # absent, never null
    credits: Annotated[
        int,
        Field(strict=True, ge=0, le=MAX_QUANTITY, description="Study points; left out if unknown."),
    ] = None  # type: ignore[assignment]  # absent, never null
    price: Annotated[
        int,
        Field(
            strict=True, ge=0, le=MAX_QUANTITY, description="In `priceUnit`; left out if unknown."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    price_unit: Annotated[
        SmallestUnit,
        Field(
            description="The smallest unit of the money of the price. A price says nothing to a "
            "scheme that counts prices in another one."
        ),
    ] = "cent"
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


class QuotesQuestion(Question):
    """What for, and when it would be asked for."""

    course: AskedCourse
    on: Annotated[
        AskedDay,
        Field(
            description="The day on which it would be asked for; today in Brussels when left out. "
            "At most 10 years from now."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class OverviewQuestion(Question):
    """Which day, and what to suppose."""

    on: Annotated[
        AskedDay,
        Field(
            description="The day, at most 10 years from now. Left out: today in Brussels, or the "
            "day of `knownAt` if that is earlier."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    known_at: AskedKnowledge = None  # type: ignore[assignment]  # absent, never null
    supposing: Annotated[
        str,
        Field(
            alias="if",
            min_length=1,
            max_length=MAX_SUPPOSED_CHARACTERS,
            description="A status that begins on the day and ends all others: "
            "status=jobseeker,benefit=no or status=employee,share=1/2,place=be-vlg, and so on.",
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class Hindrance(Told):
    """Why a scheme gives nothing, and what would have to be otherwise."""

    code: Annotated[
        str,
        Field(
            pattern="^[a-z]+(-[a-z]+)*$",
            description="What stands in the way, such as provider, window, unmet, used-up or "
            "shared; more codes may come.",
        ),
    ]
    reason: Annotated[str, Field(description="The code with which a request would be refused.")]
    text: Annotated[str, Field(description="For people, in the language of `Content-Language`.")]


Holder = Annotated[
    UUID,
    Field(
        description="Whose rights they are: the person's, or of an enterprise that is run.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
]


class Quote(Told):
    """What one scheme would give for the course."""

    scheme: Scheme
    scheme_name: Annotated[
        str, Field(description="How the scheme is called, in the language of `Content-Language`.")
    ]
    bucket: Annotated[
        str,
        Field(description="The part of the rights that has to be named; left out of the others."),
    ] = None  # type: ignore[assignment]  # absent, never null
    holder: Holder
    unit: Unit
    quantity: Annotated[
        Quantity, Field(description="What it would give, in the unit; 0 when nothing.")
    ]
    available: Annotated[
        Quantity, Field(description="What could be taken on the day, whatever the course brings.")
    ]
    worth: Annotated[
        Quantity, Field(description="The most that the course brings; left out when not limited.")
    ] = None  # type: ignore[assignment]  # absent, never null
    pays: Annotated[
        Quantity, Field(description="What the learner pays, in `paysUnit`; left out if unknown.")
    ] = None  # type: ignore[assignment]  # absent, never null
    pays_unit: Annotated[Unit, Field(description="The smallest unit of the scheme's money.")] = None  # type: ignore[assignment]  # absent, never null
    lots: Annotated[tuple[Part, ...], Field(description="From which lots it would come.")]
    since: Annotated[
        date, Field(description="First day to ask for it; left out when not limited.")
    ] = None  # type: ignore[assignment]  # absent, never null
    until: Annotated[
        date, Field(description="Last day to ask for it; left out when not limited.")
    ] = None  # type: ignore[assignment]  # absent, never null
    hindrances: Annotated[
        tuple[Hindrance, ...], Field(description="What stands in the way; empty when nothing.")
    ]


class Quotes(Told):
    """What every scheme would give a person for a course."""

    person: Person
    on: Annotated[date, Field(description="The day on which it would be asked for.")]
    position: Position
    items: Annotated[
        tuple[Quote, ...], Field(description="First those that give something, by scheme.")
    ]


class UsableLot(Told):
    """A lot of which something is left on the day."""

    lot: Lot
    available: Quantity
    period: Annotated[Period, Field(description="The days on which it can be used.")]


class Prospect(Told):
    """How a scheme stands for a person on a day."""

    state: Annotated[
        str,
        Field(
            description="usable: held, and can be used; kept: held, without new use; open: there "
            "when it is asked for; closed: nothing held, and nothing to ask for."
        ),
    ]
    available: Annotated[Quantity, Field(description="What is held for the day and not reserved.")]
    lots: Annotated[tuple[UsableLot, ...], Field(description="What ends soonest comes first.")]
    standing: Annotated[
        str,
        Field(description="What the rule on another status says: open, keep, freeze and so on."),
    ]
    hindrances: Annotated[
        tuple[Hindrance, ...],
        Field(description="Why nothing more is there, or why what is there can't be used."),
    ]


class SchemeProspect(Prospect):
    """How a scheme stands; with a supposition, also how it would."""

    scheme: Scheme
    scheme_name: Annotated[
        str, Field(description="How the scheme is called, in the language of `Content-Language`.")
    ]
    holder: Holder
    unit: Unit
    changes: Annotated[
        bool,
        Field(description="Whether what is supposed changes anything; left out without it."),
    ] = None  # type: ignore[assignment]  # absent, never null
    supposed: Annotated[
        Prospect, Field(description="How it would stand; left out without a supposition.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Overview(OnDay):
    """How every scheme stands for a person on a day, as it was known, by the rules of then."""

    items: Annotated[tuple[SchemeProspect, ...], Field(description="One for each scheme.")]
