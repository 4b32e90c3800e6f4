"""What the API answers to a command: what happened, as the ledger has it.

Amounts are whole numbers of the smallest unit that stands beside them.
"""

from typing import Annotated

from pydantic import Field

from schemas.outgoing import (
    EffectiveOn,
    Lot,
    Part,
    Person,
    Position,
    Quantity,
    Rule,
    Scheme,
    Told,
    Unit,
)

OwnId = Annotated[str, Field(min_length=1, description="As the request that made it names it.")]


class Taken(Told):
    """What is held, used or given back."""

    id: OwnId
    scheme: Scheme
    unit: Unit
    quantity: Annotated[Quantity, Field(description="All of it together.")]
    lots: Annotated[tuple[Part, ...], Field(description="From which lots, or to which.")]
    effective_on: EffectiveOn


class ByTheRules(Taken):
    """What the rules let somebody hold or use."""

    rule: Annotated[
        Rule,
        Field(
            description="The rule that allowed it, and the digest of the regulation; left out of "
            "what was first held before this was kept."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null
    pays: Annotated[
        Quantity, Field(description="What the learner pays; left out when the rules don't tell.")
    ] = None  # type: ignore[assignment]  # absent, never null
    pays_unit: Annotated[Unit, Field(description="Of `pays`; beside it.")] = None  # type: ignore[assignment]  # absent, never null


class Ended(Told):
    """What the end of a course gives back, by the scheme's rule."""

    id: OwnId
    scheme: Scheme
    unit: Unit
    gives_back: Annotated[Quantity, Field(description="What goes back to the lots.")]
    recovers: Annotated[
        Quantity, Field(description="What the funder gets back of what stays used.")
    ]
    rule: Rule
    because: Annotated[str, Field(description="The case of the rule, in a sentence for people.")]


class Transferred(Told):
    """What left one lot and entered another one."""

    id: OwnId
    from_lot: Lot
    from_unit: Unit
    quantity_out: Annotated[Quantity, Field(description="In `fromUnit`.")]
    scheme: Annotated[Scheme, Field(description="Of the lot that it entered.")]
    lot: Lot
    unit: Unit
    quantity_in: Annotated[Quantity, Field(description="In `unit`, after rate and rounding.")]
    rate: Annotated[
        str, Field(description='Exact units for each unit that left, as text: "25" or "1/60".')
    ]
    effective_on: EffectiveOn
    rule: Rule


class Frozen(Told):
    """Uses that stopped, or that go on again."""

    scheme: Annotated[Scheme, Field(description="Left out when it is about all.")] = None  # type: ignore[assignment]  # absent, never null
    effective_on: EffectiveOn


class Mandated(Told):
    """A mandate that was given, or that ended."""

    id: OwnId
    effective_on: EffectiveOn


class Done(Told):
    """What a command did; each member is there when it happened, and none when it was so already.

    A command that comes again gets the same answer: what happened then, not what is so now.
    """

    person: Person
    position: Position
    version: Annotated[
        int, Field(ge=1, description="How many events the account had after it: 1, 2, 3 and so on.")
    ]
    reserved: ByTheRules = None  # type: ignore[assignment]  # absent, never null
    used: ByTheRules = None  # type: ignore[assignment]  # absent, never null
    given_back: Annotated[
        Taken, Field(description="What was released or reversed, or a capture left over.")
    ] = None  # type: ignore[assignment]  # absent, never null
    ended: Ended = None  # type: ignore[assignment]  # absent, never null
    transferred: Annotated[tuple[Transferred, ...], Field(description="From lot to lot.")] = None  # type: ignore[assignment]  # absent, never null
    frozen: Frozen = None  # type: ignore[assignment]  # absent, never null
    unfrozen: Frozen = None  # type: ignore[assignment]  # absent, never null
    mandate_given: Mandated = None  # type: ignore[assignment]  # absent, never null
    mandate_ended: Mandated = None  # type: ignore[assignment]  # absent, never null
