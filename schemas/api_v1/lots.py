"""One lot with its explanation: which facts, rules and steps gave it, and what became of it.

Texts are in the language that was asked for by `Accept-Language`; what a program decides by stands
beside them.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.api_v1.rights import LotOnDay, OnDay
from schemas.outgoing import Period, Position, Quantity, Rule, Told


class RelevantFact(Told):
    """What a source had said of the person, or an operator of accounts, when it was decided."""

    text: Annotated[str, Field(description="What it said.")]
    source: Annotated[
        str, Field(description="Who said it, as a URI; left out of what an operator decided.")
    ] = None  # type: ignore[assignment]  # absent, never null
    known_since: Annotated[AwareDatetime, Field(description="When the ledger learned it.")]
    assumed: Annotated[
        tuple[str, ...],
        Field(description="What the source leaves open, and was taken; empty when nothing."),
    ]


class Step(Told):
    """A value on the way to a decision."""

    name: Annotated[str, Field(description="What it is.")]
    value: Annotated[str, Field(description="Its value, exactly, as people write it.")]


class Movement(Told):
    """One thing that happened to the lot, and why."""

    position: Position
    kind: Annotated[
        str,
        Field(
            pattern="^[a-z]+(-[a-z]+)*$",
            description="What happened, such as right-granted, right-reserved or right-used; more "
            "kinds may come.",
        ),
    ]
    recorded_at: Annotated[AwareDatetime, Field(description="When the ledger recorded it.")]
    effective_on: Annotated[date, Field(description="The day on which it counts.")]
    quantity: Annotated[
        Quantity, Field(description="How much of this lot it moved, in the lot's unit.")
    ]
    text: Annotated[str, Field(description="What happened.")]
    facts: Annotated[
        tuple[RelevantFact, ...], Field(description="What it was decided by, as known then.")
    ]
    steps: Annotated[tuple[Step, ...], Field(description="How the quantity was worked out.")]
    because: Annotated[tuple[str, ...], Field(description="Why, where a rule says so.")]
    rule: Annotated[
        str,
        Field(min_length=1, description="By which of the `rules`; left out of what was asked for."),
    ] = None  # type: ignore[assignment]  # absent, never null


class RuleNumber(Told):
    """A number that a rule reads."""

    name: Annotated[str, Field(description="What it is.")]
    value: Annotated[str, Field(description="Its value, exactly, as people write it.")]
    valid: Annotated[Period, Field(description="The days on which it holds.")]
    source: Annotated[str, Field(description="What says so.")]


class RuleInWords(Told):
    """A rule that decided."""

    rule: Rule
    text: Annotated[
        tuple[str, ...], Field(min_length=1, description="The rule in words, line by line.")
    ]
    valid: Annotated[
        Period,
        Field(
            description="The periods for which it holds; left out of a rule of an earlier text of "
            "the regulation that can't be read any more."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    source: Annotated[str, Field(description="What says so; left out likewise.")] = None  # type: ignore[assignment]  # absent, never null
    numbers: Annotated[
        tuple[RuleNumber, ...], Field(description="The numbers that it reads, as they were then.")
    ]


class Standing(Told):
    """What the scheme's rules make of the person's statuses of the day."""

    mode: Annotated[
        Literal["open", "keep", "freeze", "lapse", "convert"],
        Field(description="What happens to rights: open lets use them."),
    ]
    since: Annotated[date, Field(description="Since when, without a break.")]
    text: Annotated[str, Field(description="That, and why.")]


class Lapse(Told):
    """That what was left of the lot lapsed."""

    on: Annotated[date, Field(description="On this day.")]
    text: Annotated[str, Field(description="That, and why.")]


class LotExplained(OnDay):
    """A lot on a day, and how it came to that."""

    scheme_name: Annotated[str, Field(description="How the scheme is called.")]
    lot: Annotated[LotOnDay, Field(description="What there is of it on the day.")]
    summary: Annotated[str, Field(description="What is left, and what became of the rest.")]
    standing: Standing
    lapse: Annotated[Lapse, Field(description="Left out when nothing lapsed.")] = None  # type: ignore[assignment]  # absent, never null
    movements: Annotated[
        tuple[Movement, ...], Field(description="All that happened to it, in order.")
    ]
    rules: Annotated[
        tuple[RuleInWords, ...], Field(description="The rules that decided, each once.")
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field(description="What the scheme's sources leave open, and what was taken."),
    ]
    source: Annotated[str, Field(description="The legal text of the scheme.")]
