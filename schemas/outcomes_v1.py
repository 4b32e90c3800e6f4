"""`be.rugzak.outcomes.v1`: what became of a message, for who published it.

Replies, and problem replies for what was refused by the rules or could not be handled. They say
whom they answer by `relatedtosource` and `relatedto`, and not whom the message was about.
Source: Belgian REST guide, rules async-ctxt and async-svctype; problems as RFC 9457 has them.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from schemas.outgoing import Detail, Position, Reason, Reply, RequestNumber, Told

SERVICE: Final = "be.rugzak.outcomes.v1"

Merged: TypeAlias = Annotated[
    bool,
    Field(
        description="True when the account that the message names was merged into another one, in "
        "which it was decided, and which `be.rugzak.ledger.v1` names; else left out."
    ),
]


class Accepted(Told):
    """The ledger did what was asked; if it was so already, without an event."""

    outcome: Literal["accepted"] = "accepted"
    request: RequestNumber
    events: Annotated[int, Field(ge=0, description="How many events followed.")]
    version: Annotated[
        int, Field(ge=0, description="Of the person's account afterwards, as in balances.")
    ]
    merged: Merged = None  # type: ignore[assignment]  # absent, never null
    position: Annotated[
        Position, Field(description="Of the last event that followed; left out without any.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Problem(Told):
    """Why something was not done."""

    type: Annotated[str, Field(description="What sort of problem, for programs.")]
    title: Annotated[str, Field(description="The same, for people.")]
    detail: Detail
    reason: Reason


class Refused(Problem):
    """The rules refuse it; the refusal is on record and changed nothing."""

    type: Literal["urn:problem-type:rugzak:outcomes:refused"] = (
        "urn:problem-type:rugzak:outcomes:refused"
    )
    title: Literal["Refused"] = "Refused"
    outcome: Literal["refused"] = "refused"
    request: RequestNumber
    merged: Merged = None  # type: ignore[assignment]  # absent, never null
    position: Annotated[
        Position, Field(description="Of the event that records it; left out without one.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Parked(Problem):
    """The message could not be handled: it is set aside, and an operator may try it again."""

    type: Literal["urn:problem-type:rugzak:outcomes:parked"] = (
        "urn:problem-type:rugzak:outcomes:parked"
    )
    title: Literal["Parked"] = "Parked"
    outcome: Literal["parked"] = "parked"


class Outcome(Reply):
    """A reply of this service."""

    service: Literal["be.rugzak.outcomes.v1"] = SERVICE


class OutcomeReply(Outcome):
    """What was asked is done."""

    type: Literal["be.rugzak.outcomes.v1.outcomes.notify.reply"] = (
        "be.rugzak.outcomes.v1.outcomes.notify.reply"
    )
    data: Accepted


class OutcomeProblemReply(Outcome):
    """What was asked is not done."""

    type: Literal["be.rugzak.outcomes.v1.outcomes.notify.problemReply"] = (
        "be.rugzak.outcomes.v1.outcomes.notify.problemReply"
    )
    datacontenttype: Annotated[
        Literal["application/problem+json"], Field(description="Always a problem in JSON.")
    ] = "application/problem+json"
    data: Annotated[Refused | Parked, Field(discriminator="outcome")]


OutcomeMessage: TypeAlias = OutcomeReply | OutcomeProblemReply
