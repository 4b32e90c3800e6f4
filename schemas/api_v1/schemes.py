"""Schemes, and the regulation of one on a day, as the API tells them."""

from datetime import date
from typing import Annotated

from pydantic import Field

from schemas.api_v1.rights import Question
from schemas.api_v1.written import AskedDay
from schemas.outgoing import Funder, Period, Scheme, Told, Unit


class RegulationQuestion(Question):
    """Which day."""

    on: Annotated[
        AskedDay, Field(description="The day in the world; today in Brussels when left out.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Names(Told):
    """A name, by language."""

    nl: Annotated[str, Field(description="In Dutch.")]
    fr: Annotated[str, Field(description="In French.")]
    en: Annotated[str, Field(description="In English.")]


class SchemeHead(Told):
    """A measure that gives rights."""

    id: Scheme
    name: Names
    unit: Unit
    money: Annotated[
        str, Field(description="The smallest unit in which it counts prices, such as cent.")
    ]
    country: Annotated[
        str, Field(pattern="^[a-z]{2}$", description="ISO 3166-1, in small letters.")
    ]
    funder: Funder
    holder: Annotated[
        str, Field(description="Who holds its rights: person or enterprise; more may come.")
    ]
    since: Annotated[date, Field(description="The first day of its rules.")]
    digest: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]+$",
            description="Of the regulation's text: a `rule` names by it which text decided.",
        ),
    ]
    source: Annotated[str, Field(description="The legal text, and where it can be read.")]
    href: Annotated[
        str,
        Field(
            description="The regulation, as a reference relative to the URL that was asked.",
            json_schema_extra={"format": "uri-reference"},
        ),
    ]


class Schemes(Told):
    """All schemes."""

    items: Annotated[tuple[SchemeHead, ...], Field(description="In order of `id`.")]


class Number(Told):
    """A number of a regulation; an amount is a whole number, anything else is exact text."""

    name: Annotated[str, Field(description="As the regulation's file calls it.")]
    since: Annotated[date, Field(description="From this day on.")]
    unit: Annotated[Unit, Field(description="Left out of a plain number.")] = None  # type: ignore[assignment]  # absent, never null
    amount: Annotated[int, Field(description="In the unit; left out of a plain number.")] = None  # type: ignore[assignment]  # absent, never null
    number: Annotated[
        str,
        Field(
            pattern="^-?[0-9]+(/[0-9]+)?$",
            description='A plain number, exact: "2" or "4/5"; left out of an amount.',
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    source: Annotated[str, Field(description="What says so.")]


class GrantRule(Told):
    """A rule that gives rights."""

    rule: Annotated[str, Field(description="Its name: what comes before `@` in a `rule`.")]
    of: Annotated[
        str, Field(description="For what each grant is: a school-year, a year, once and so on.")
    ]
    bucket: Annotated[
        str, Field(description="Into which part of the rights; left out for the ordinary one.")
    ] = None  # type: ignore[assignment]  # absent, never null
    valid: Annotated[Period, Field(description="The days on which it holds.")]
    amount: Annotated[str, Field(description="How much, as the regulation's file computes it.")]
    source: Annotated[str, Field(description="What says so.")]


class Regulation(SchemeHead):
    """The rules of a scheme that hold on a day."""

    on: Annotated[date, Field(description="The day that was asked about.")]
    parameters: Annotated[
        tuple[Number, ...], Field(description="The numbers that hold on the day.")
    ]
    grants: Annotated[
        tuple[GrantRule, ...],
        Field(description="The rules that give rights on the day; empty when none does."),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field(
            description="What the sources leave open, and what was taken, in the language of "
            "`Content-Language`."
        ),
    ]
