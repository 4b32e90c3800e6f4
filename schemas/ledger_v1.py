"""`be.rugzak.ledger.v1`: what happened to people's rights, event by event.

One message for each event of the ledger, in its order for each person. It is not the form in
which the ledger stores it, and holds nothing of a person's life: of what sources said about jobs,
births or homes only that they said something, and of courses nothing. So the text of a reason,
the requester's own identifiers and who asked are left out, too.
Source: Belgian REST guide, rules async-svctype and async-order.
"""

from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from schemas.cloudevents import UUID_PATTERN
from schemas.outgoing import (
    EffectiveOn,
    Funder,
    Lot,
    Outgoing,
    Part,
    Period,
    Person,
    Position,
    Quantity,
    Rule,
    Scheme,
    Told,
    Unit,
    Version,
)

SERVICE: Final = "be.rugzak.ledger.v1"

Reference: TypeAlias = Annotated[
    UUID,
    Field(
        description="The reservation, use or transfer: a UUID of version 5 that is made of the "
        "person's, as its namespace, and the requester's identifier.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
]


class Happened(Told):
    """What every event about a person says; of facts, nothing more."""

    person: Person
    position: Position
    version: Version


class Effective(Happened):
    """What counts from a day on."""

    effective_on: EffectiveOn


class MergedInto(Effective):
    """Which account stands for another."""

    into: Annotated[Person, Field(description="The account that stands, or stood, for both.")]


class JoinedBy(Effective):
    """Which account another one stands for."""

    account: Annotated[Person, Field(description="The account that is, or was, merged into it.")]


class OfScheme(Effective):
    """What is about a scheme."""

    scheme: Scheme


class OfLot(OfScheme):
    """What is about one lot."""

    lot: Lot


class Changed(OfLot):
    """A quantity of a lot."""

    unit: Unit
    quantity: Quantity


class ByRule(Changed):
    """A quantity that a rule gave, or took."""

    rule: Rule


class Granted(ByRule):
    """What was added to a lot; the first grant makes the lot."""

    period: Annotated[Period, Field(description="The days on which the lot can be used.")]
    funder: Annotated[
        Funder, Field(description="Who pays, as the regulation calls it; left out of a top-up.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Withdrawn(ByRule):
    """What was taken back, because less is due."""

    from_expired: Annotated[
        Quantity, Field(description="The part of `quantity` that had expired already.")
    ]


class Corrected(OfLot):
    """Until when a lot can be used, and who pays, after a correction."""

    period: Annotated[Period, Field(description="The days on which the lot can be used now.")]
    funder: Annotated[
        Funder, Field(description="Who pays, as the regulation calls it; left out of a top-up.")
    ] = None  # type: ignore[assignment]  # absent, never null
    rule: Rule


class Taken(OfScheme):
    """What is held, used or given back, by lot."""

    id: Reference
    unit: Unit
    quantity: Annotated[Quantity, Field(description="All of it together.")]
    lots: Annotated[tuple[Part, ...], Field(description="From which lots, or to which.")]


class Used(Taken):
    """What was used."""

    captured: Annotated[
        bool,
        Field(description="Whether it was held before, by the reservation of the same `id`."),
    ]


class Ended(OfScheme):
    """What a course's end gives back; how it ended is not told."""

    id: Annotated[Reference, Field(description="Of the reservation or use, as there.")]
    unit: Unit
    gives_back: Annotated[
        Quantity,
        Field(description="What goes back to the lots, by the events that come right after it."),
    ]
    recovers: Annotated[
        Quantity, Field(description="What the funder gets back of what stays used.")
    ]


class Moved(OfScheme):
    """What left one lot and entered another one, or went back."""

    from_scheme: Scheme
    from_lot: Lot
    from_unit: Unit
    quantity_out: Annotated[Quantity, Field(description="In `fromUnit`.")]
    lot: Lot
    unit: Unit
    quantity_in: Annotated[Quantity, Field(description="In `unit`, after rate and rounding.")]
    rule: Rule


class Transferred(Moved):
    """What left one lot and entered another one."""

    id: Annotated[
        Reference, Field(description="Of the transfer, when it was asked for; else left out.")
    ] = None  # type: ignore[assignment]  # absent, never null
    rate: Annotated[
        str, Field(description='Exact units for each unit that left, as text: "25" or "1/60".')
    ]
    period: Annotated[Period, Field(description="The days on which the new lot can be used.")]
    funder: Annotated[
        Funder, Field(description="Who pays, as the regulation calls it; left out of a top-up.")
    ] = None  # type: ignore[assignment]  # absent, never null


class Restricted(OfScheme):
    """What a person may still do with a scheme's lots."""

    mode: Annotated[
        Literal["keep", "freeze"],
        Field(description="keep: what there is can be used; freeze: it is kept, and not used."),
    ]


class OfSchemeOrAll(Effective):
    """What is about one scheme, or about all."""

    scheme: Annotated[Scheme, Field(description="Left out when it is about all.")] = None  # type: ignore[assignment]  # absent, never null


class Mandate(Effective):
    """A mandate; who helps, in what, is between the holder and the helper, and is not told."""

    id: Annotated[
        UUID,
        Field(
            description="The mandate: a UUID of version 5 that is made of the person's, as its "
            "namespace, and the requester's identifier.",
            json_schema_extra={"pattern": UUID_PATTERN},
        ),
    ]


class Refused(OfSchemeOrAll):
    """A request that the rules refuse; it changed nothing."""

    request: Annotated[
        str, Field(min_length=1, description="What was asked, such as reserve or capture.")
    ]
    reason: Annotated[
        str, Field(min_length=1, description="Why, as a stable code, such as not-enough.")
    ]


class Published(Told):
    """By which text a scheme decides from a day on."""

    position: Position
    version: Annotated[int, Field(ge=1, description="Number of the publication: 1, 2, 3.")]
    effective_on: EffectiveOn
    scheme: Scheme
    digest: Annotated[str, Field(min_length=1, description="Of the text, as a `rule` names it.")]


class LedgerMessage(Outgoing):
    """A message of this service."""

    service: Literal["be.rugzak.ledger.v1"] = SERVICE


class StatusRecorded(LedgerMessage):
    """A source said, or said otherwise, which status a person has."""

    type: Literal["be.rugzak.ledger.v1.statusSpells.notify.recorded"] = (
        "be.rugzak.ledger.v1.statusSpells.notify.recorded"
    )
    data: Happened


class StatusAnnulled(LedgerMessage):
    """A source said that a person never had a status."""

    type: Literal["be.rugzak.ledger.v1.statusSpells.notify.annulled"] = (
        "be.rugzak.ledger.v1.statusSpells.notify.annulled"
    )
    data: Happened


class ProfileRecorded(LedgerMessage):
    """A source stated something about a person that is no status."""

    type: Literal["be.rugzak.ledger.v1.profileFacts.notify.recorded"] = (
        "be.rugzak.ledger.v1.profileFacts.notify.recorded"
    )
    data: Happened


class ProfileAnnulled(LedgerMessage):
    """A source said that what it stated about a person never was."""

    type: Literal["be.rugzak.ledger.v1.profileFacts.notify.annulled"] = (
        "be.rugzak.ledger.v1.profileFacts.notify.annulled"
    )
    data: Happened


class TopUpRecorded(LedgerMessage):
    """A funder said that it adds to a person's rights."""

    type: Literal["be.rugzak.ledger.v1.topUps.notify.recorded"] = (
        "be.rugzak.ledger.v1.topUps.notify.recorded"
    )
    data: Happened


class TopUpAnnulled(LedgerMessage):
    """A funder said that it never added."""

    type: Literal["be.rugzak.ledger.v1.topUps.notify.annulled"] = (
        "be.rugzak.ledger.v1.topUps.notify.annulled"
    )
    data: Happened


class RightGranted(LedgerMessage):
    """A quantity became due and was added to a lot."""

    type: Literal["be.rugzak.ledger.v1.rights.notify.granted"] = (
        "be.rugzak.ledger.v1.rights.notify.granted"
    )
    data: Granted


class RightWithdrawn(LedgerMessage):
    """Less is due than was granted."""

    type: Literal["be.rugzak.ledger.v1.rights.notify.withdrawn"] = (
        "be.rugzak.ledger.v1.rights.notify.withdrawn"
    )
    data: Withdrawn


class RightCorrected(LedgerMessage):
    """A lot lasts otherwise, or another one pays, after a correction."""

    type: Literal["be.rugzak.ledger.v1.rights.notify.corrected"] = (
        "be.rugzak.ledger.v1.rights.notify.corrected"
    )
    data: Corrected


class RightExpired(LedgerMessage):
    """What was available in a lot lapsed."""

    type: Literal["be.rugzak.ledger.v1.rights.notify.expired"] = (
        "be.rugzak.ledger.v1.rights.notify.expired"
    )
    data: Changed


class RightRestored(LedgerMessage):
    """What had lapsed is available again."""

    type: Literal["be.rugzak.ledger.v1.rights.notify.restored"] = (
        "be.rugzak.ledger.v1.rights.notify.restored"
    )
    data: Changed


class ShortfallRecorded(LedgerMessage):
    """More of a lot is used or reserved than is due after a correction."""

    type: Literal["be.rugzak.ledger.v1.shortfalls.notify.recorded"] = (
        "be.rugzak.ledger.v1.shortfalls.notify.recorded"
    )
    data: ByRule


class ShortfallSettled(LedgerMessage):
    """A shortfall shrank."""

    type: Literal["be.rugzak.ledger.v1.shortfalls.notify.settled"] = (
        "be.rugzak.ledger.v1.shortfalls.notify.settled"
    )
    data: ByRule


class ReservationCreated(LedgerMessage):
    """A quantity is held for a course."""

    type: Literal["be.rugzak.ledger.v1.reservations.notify.created"] = (
        "be.rugzak.ledger.v1.reservations.notify.created"
    )
    data: Taken


class ReservationReleased(LedgerMessage):
    """What a reservation held, or the rest of it, went back."""

    type: Literal["be.rugzak.ledger.v1.reservations.notify.released"] = (
        "be.rugzak.ledger.v1.reservations.notify.released"
    )
    data: Taken


class UseCreated(LedgerMessage):
    """A quantity was used for a course."""

    type: Literal["be.rugzak.ledger.v1.uses.notify.created"] = (
        "be.rugzak.ledger.v1.uses.notify.created"
    )
    data: Used


class UseReversed(LedgerMessage):
    """A use, or a part of it, was undone."""

    type: Literal["be.rugzak.ledger.v1.uses.notify.reversed"] = (
        "be.rugzak.ledger.v1.uses.notify.reversed"
    )
    data: Taken


class EndingRecorded(LedgerMessage):
    """A course ended for which something is held or used."""

    type: Literal["be.rugzak.ledger.v1.endings.notify.recorded"] = (
        "be.rugzak.ledger.v1.endings.notify.recorded"
    )
    data: Ended


class TransferCreated(LedgerMessage):
    """A quantity left one lot and entered another one."""

    type: Literal["be.rugzak.ledger.v1.transfers.notify.created"] = (
        "be.rugzak.ledger.v1.transfers.notify.created"
    )
    data: Transferred


class TransferReversed(LedgerMessage):
    """A conversion by rule shrank: so much went back."""

    type: Literal["be.rugzak.ledger.v1.transfers.notify.reversed"] = (
        "be.rugzak.ledger.v1.transfers.notify.reversed"
    )
    data: Moved


class RestrictionImposed(LedgerMessage):
    """A person is no longer eligible: the scheme's rule says what that means."""

    type: Literal["be.rugzak.ledger.v1.restrictions.notify.imposed"] = (
        "be.rugzak.ledger.v1.restrictions.notify.imposed"
    )
    data: Restricted


class RestrictionLifted(LedgerMessage):
    """The lots of the scheme can be used again."""

    type: Literal["be.rugzak.ledger.v1.restrictions.notify.lifted"] = (
        "be.rugzak.ledger.v1.restrictions.notify.lifted"
    )
    data: OfScheme


class FreezeImposed(LedgerMessage):
    """An authority stopped uses; the rights are kept."""

    type: Literal["be.rugzak.ledger.v1.freezes.notify.imposed"] = (
        "be.rugzak.ledger.v1.freezes.notify.imposed"
    )
    data: OfSchemeOrAll


class FreezeLifted(LedgerMessage):
    """A freeze ended."""

    type: Literal["be.rugzak.ledger.v1.freezes.notify.lifted"] = (
        "be.rugzak.ledger.v1.freezes.notify.lifted"
    )
    data: OfSchemeOrAll


class MandateGiven(LedgerMessage):
    """A person let somebody act for them."""

    type: Literal["be.rugzak.ledger.v1.mandates.notify.given"] = (
        "be.rugzak.ledger.v1.mandates.notify.given"
    )
    data: Mandate


class MandateEnded(LedgerMessage):
    """Somebody may no longer act for a person."""

    type: Literal["be.rugzak.ledger.v1.mandates.notify.ended"] = (
        "be.rugzak.ledger.v1.mandates.notify.ended"
    )
    data: Mandate


class RequestRefused(LedgerMessage):
    """The rules refused a request."""

    type: Literal["be.rugzak.ledger.v1.requests.notify.refused"] = (
        "be.rugzak.ledger.v1.requests.notify.refused"
    )
    data: Refused


class AccountErased(LedgerMessage):
    """An account was closed for good: its last event, after which nothing is told of it."""

    type: Literal["be.rugzak.ledger.v1.accounts.notify.erased"] = (
        "be.rugzak.ledger.v1.accounts.notify.erased"
    )
    data: Effective


class AccountMerged(LedgerMessage):
    """An account was found to be another's holder: that one stands for both from here on.

    What was told of its rights holds no longer: what its holder has is told of the other account.
    """

    type: Literal["be.rugzak.ledger.v1.accounts.notify.merged"] = (
        "be.rugzak.ledger.v1.accounts.notify.merged"
    )
    data: MergedInto


class AccountUnmerged(LedgerMessage):
    """That an account was merged was wrong: it has again what it had, and what came since."""

    type: Literal["be.rugzak.ledger.v1.accounts.notify.unmerged"] = (
        "be.rugzak.ledger.v1.accounts.notify.unmerged"
    )
    data: MergedInto


class AccountJoined(LedgerMessage):
    """Another account was merged into this one; what its holder had is told next, of this one."""

    type: Literal["be.rugzak.ledger.v1.accounts.notify.joined"] = (
        "be.rugzak.ledger.v1.accounts.notify.joined"
    )
    data: JoinedBy


class AccountParted(LedgerMessage):
    """That another account was merged into this one was wrong: what was its went back."""

    type: Literal["be.rugzak.ledger.v1.accounts.notify.parted"] = (
        "be.rugzak.ledger.v1.accounts.notify.parted"
    )
    data: JoinedBy


class RegulationPublished(LedgerMessage):
    """From a day on a scheme decides by another text; it is about nobody."""

    type: Literal["be.rugzak.ledger.v1.regulations.notify.published"] = (
        "be.rugzak.ledger.v1.regulations.notify.published"
    )
    data: Published


LedgerEvent: TypeAlias = (
    StatusRecorded
    | StatusAnnulled
    | ProfileRecorded
    | ProfileAnnulled
    | TopUpRecorded
    | TopUpAnnulled
    | RightGranted
    | RightWithdrawn
    | RightCorrected
    | RightExpired
    | RightRestored
    | ShortfallRecorded
    | ShortfallSettled
    | ReservationCreated
    | ReservationReleased
    | UseCreated
    | UseReversed
    | EndingRecorded
    | TransferCreated
    | TransferReversed
    | RestrictionImposed
    | RestrictionLifted
    | FreezeImposed
    | FreezeLifted
    | MandateGiven
    | MandateEnded
    | RequestRefused
    | AccountErased
    | AccountMerged
    | AccountUnmerged
    | AccountJoined
    | AccountParted
    | RegulationPublished
)
