"""Reservations of a person, as the API tells them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.api_v1.paging import Page, PageQuestion
from schemas.outgoing import EffectiveOn, Part, Person, Position, Quantity, Rule, Scheme, Told, Unit


class ReservationsQuestion(PageQuestion):
    """Which reservations, and which page of them."""

    state: Annotated[
        Literal["open", "all"],
        Field(description="open: those that hold something still; all: the others, too."),
    ] = "open"


class ReservedCourse(Told):
    """What a reservation is for."""

    id: Annotated[str, Field(min_length=1, description="As the register or the provider calls it.")]
    provider: Annotated[str, Field(min_length=1, description="Who gives it.")]
    provider_name: Annotated[
        str, Field(description="The provider's name; left out when no register here has it.")
    ] = None  # type: ignore[assignment]  # absent, never null
    start_date: Annotated[date, Field(description="Its first day.")]


class Reservation(Told):
    """A quantity that is, or was, held for a course."""

    id: Annotated[
        str, Field(min_length=1, description="As the request that made it named it: capture by it.")
    ]
    href: Annotated[
        str,
        Field(
            description="Where it can be read, as a reference relative to the URL that was asked.",
            json_schema_extra={"format": "uri-reference"},
        ),
    ]
    state: Annotated[
        Literal["open", "used", "released"],
        Field(
            description="open: something is held; used: some or all of it was; released: all went "
            "back, because that was asked or it lapsed."
        ),
    ]
    scheme: Scheme
    scheme_name: Annotated[
        str, Field(description="How the scheme is called, in the language of `Content-Language`.")
    ]
    course: ReservedCourse
    unit: Unit
    quantity: Annotated[Quantity, Field(description="What was reserved, in the unit.")]
    held: Annotated[Quantity, Field(description="What of it is held still.")]
    lots: Annotated[
        tuple[Part, ...], Field(description="From which lots it was reserved, and how much.")
    ]
    effective_on: EffectiveOn
    recorded_at: Annotated[AwareDatetime, Field(description="When the ledger recorded it.")]
    lapses_on: Annotated[
        date,
        Field(
            description="On this day what is held goes back by itself; left out when the scheme "
            "sets no such day, and of what holds nothing."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    pays: Annotated[
        Quantity, Field(description="What the learner pays; left out when the rules don't tell.")
    ] = None  # type: ignore[assignment]  # absent, never null
    pays_unit: Annotated[Unit, Field(description="Of `pays`; beside it.")] = None  # type: ignore[assignment]  # absent, never null
    rule: Rule = None  # type: ignore[assignment]  # absent, never null


class Reservations(Page):
    """A page of a person's reservations."""

    person: Person
    position: Position
    items: Annotated[tuple[Reservation, ...], Field(description="The newest first.")]


class OneReservation(Reservation):
    """One reservation of a person."""

    person: Person
    position: Position
