"""What became of messages, for who published them.

As on the topic `be.rugzak.outcomes.v1`, whom a message was about is not told.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.api_v1.paging import Page, PageQuestion
from schemas.api_v1.rights import AsOf
from schemas.cloudevents import MAX_ATTRIBUTE_CHARACTERS, MAX_ID_CHARACTERS
from schemas.outgoing import Detail, Position, Reason, RequestNumber, Told


class OutcomesQuestion(PageQuestion):
    """Of which message, or of all of a source."""

    source: Annotated[
        str,
        Field(
            max_length=MAX_ATTRIBUTE_CHARACTERS,
            pattern="^[a-z][a-z0-9+.-]*:[!-~]+$",
            description="The `source` of the messages: one that your token names as yours.",
        ),
    ]
    id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_ID_CHARACTERS,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="The `id` of the message. Left out: of all, the first request of each.",
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class Outcome(Told):
    """What became of one request that a message made."""

    id: Annotated[str, Field(description="The `id` of the message.")]
    request: RequestNumber
    outcome: Annotated[
        Literal["accepted", "refused"],
        Field(description="accepted: events followed; refused: the rules refuse it."),
    ]
    reason: Annotated[Reason, Field(description="Of a refusal: why, as a stable code.")] = None  # type: ignore[assignment]  # absent, never null
    detail: Annotated[Detail, Field(description="Of a refusal: why, in a sentence.")] = None  # type: ignore[assignment]  # absent, never null
    events: Annotated[int, Field(ge=1, description="How many events followed, or record it.")]
    position: Annotated[Position, Field(description="Of the last of these events.")]
    recorded_at: Annotated[AwareDatetime, Field(description="When the ledger recorded it.")]


class Outcomes(Page):
    """What became of messages that left events; of others, such as parked ones, nothing is here."""

    source: Annotated[str, Field(description="As in the question.")]
    position: AsOf
    items: Annotated[
        tuple[Outcome, ...],
        Field(description="In order of `id`; of one message in order of `request`."),
    ]
