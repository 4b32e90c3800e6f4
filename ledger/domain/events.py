"""Every stored event of an account: past tense, one fact each, immutable.

Dates called `effective_on` say when it is true in the world; the envelope says when the
ledger learned it. Quantities are integers in the lot's smallest unit and never negative.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from fractions import Fraction
from typing import Literal, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

from ledger.domain.acts import Act
from ledger.domain.calendar import Term
from ledger.domain.commands import Course, Exam
from ledger.domain.facts import Evidence, Profile, Spell, Status, TopUp
from ledger.domain.making import quickly_made
from ledger.domain.mandates import Action
from ledger.domain.quantities import Rounding, Unit

REGULATIONS = uuid5(NAMESPACE_URL, "https://rugzak.example/regulations")
"""The account in which regulations are published; it is no person's."""

OPERATIONS = uuid5(NAMESPACE_URL, "https://rugzak.example/operations")
"""The account of what operators decided and did; it is no person's."""

NOBODYS = (REGULATIONS, OPERATIONS)
"""The accounts that are no person's and no enterprise's: they have no rights."""

LotId: TypeAlias = str
"""`scheme/period` or `scheme/period/bucket`, e.g. `be-vlg/vov/2021-22`."""

Allocation: TypeAlias = tuple[tuple[LotId, int], ...]
"""From which lots, and how much of each, in the order of use."""

Key: TypeAlias = str
"""Of a shared limit, for one of its rounds, courses or providers: `nl/stap/pot/2022-03-01`."""

Counts: TypeAlias = Literal["quantity", "requests", "people"]
"""What a shared limit counts: the scheme's unit, requests that hold anything, or their people."""

Draws: TypeAlias = tuple[tuple[Key, Counts], ...]
"""Which shared limits a request draws from, and what each counts of it."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why: the rule, the facts and the steps that gave a quantity.

    Attributes:
        rule: `grant@digest`: the dated rule block and the digest of the regulation.
        facts: the account's event versions that hold the facts relied on, ascending.
        steps: named values on the way, in order of evaluation, e.g. `("share", "4/5")`.

    """

    rule: str
    facts: tuple[int, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRecorded:
    """A source said that a person has a status during a term."""

    source: str
    fact: str
    version: int
    term: Term
    status: Status
    evidence: Evidence
    settles: Term | None = None

    @property
    def spell(self) -> Spell:
        """What was said."""
        return Spell(
            term=self.term, status=self.status, evidence=self.evidence, settles=self.settles
        )


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAnnulled:
    """A source said that a status spell never was."""

    source: str
    fact: str
    version: int


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRecorded:
    """A source stated a birth date, a qualification or a residence."""

    source: str
    fact: str
    version: int
    profile: Profile


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileAnnulled:
    """A source said that a profile fact never was."""

    source: str
    fact: str
    version: int


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpRecorded:
    """A funder said that it adds to a person's rights; the fields are those of a `TopUp`."""

    source: str
    fact: str
    version: int
    scheme: str
    bucket: str
    funder: str
    quantity: int
    unit: Unit
    term: Term
    course: str = ""
    purposes: tuple[str, ...] = ()

    @property
    def top_up(self) -> TopUp:
        """What was said."""
        return TopUp(**{each.name: getattr(self, each.name) for each in fields(TopUp)})


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpAnnulled:
    """A funder said that a top-up never was."""

    source: str
    fact: str
    version: int


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightGranted:
    """A quantity became due and was added to a lot (the first grant makes the lot)."""

    lot: LotId
    scheme: str
    unit: Unit
    quantity: int
    term: Term
    funder: str
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightWithdrawn:
    """Less is due than was granted: taken from what is available, then from what had expired.

    Attributes:
        quantity: all that is withdrawn.
        from_expired: the part of it that had expired.

    """

    lot: LotId
    quantity: int
    from_expired: int
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TermCorrected:
    """A lot that is used in part lasts otherwise, or is another funder's, after a correction."""

    lot: LotId
    term: Term
    funder: str
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ShortfallRecorded:
    """More of a lot is used or reserved than is due after a correction."""

    lot: LotId
    quantity: int
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ShortfallSettled:
    """A shortfall shrank, because more became due or less is used."""

    lot: LotId
    quantity: int
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightReserved:
    """A quantity is held for one person, provider and course.

    Attributes:
        reservation: the requester's identifier of it, unique in the account.
        pays: what the learner pays, in the scheme's money; None when the rules don't tell.
        rule: `use@digest`: the regulation that allowed it; `` in those of before this was kept.
        draws: the shared limits that it counts for.

    """

    reservation: str
    scheme: str
    course: Course
    allocation: Allocation
    effective_on: date
    pays: int | None = None
    rule: str = ""
    draws: Draws = ()


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationReleased:
    """What a reservation held, or the rest of it, went back to its lots."""

    reservation: str
    allocation: Allocation
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightUsed:
    """A quantity was used at a recognised provider.

    Attributes:
        use: identifier of the use; that of the reservation when one was captured.
        reserved: whether it was captured from the reservation of the same identifier.
        pays: what the learner pays, in the scheme's money; None when the rules don't tell.
        rule: `use@digest`: the regulation that allowed it; `` in those of before this was kept.
        draws: the shared limits that it counts for.

    """

    use: str
    reserved: bool
    scheme: str
    course: Course
    allocation: Allocation
    effective_on: date
    pays: int | None = None
    rule: str = ""
    draws: Draws = ()


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEnded:
    """A course that rights were taken for ended; what follows from it comes right after it.

    Attributes:
        id: of the reservation or use.
        withdrawn: the learner gave it up.
        attended: exact part of the contact time, 0 to 1; None when nobody said.
        exam: what became of the examination, `` when there was none.
        gives_back: what the lots get back, in the scheme's unit.
        refunds: what the learner gets back, in the scheme's money; None when the rule doesn't tell.
        recovers: what the funder gets back of what stays used, in the scheme's unit.
        unit: the scheme's.
        money: the unit of `refunds`.
        because: the case of the rule, in words.
        rule: `ending:number@digest`.

    """

    id: str
    scheme: str
    unit: Unit
    money: Unit
    withdrawn: bool
    attended: Fraction | None = None
    exam: Exam
    gives_back: int
    refunds: int | None = None
    recovers: int
    effective_on: date
    because: str
    rule: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class UseReversed:
    """A use, or a part of it, was undone; it goes back where it came from."""

    use: str
    allocation: Allocation
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightTransferred:
    """A quantity left one lot and entered another, at a rate, in the other's unit.

    Attributes:
        transfer: the requester's identifier, or `conversion` when a rule moved it.
        quantity_out: in the unit of the lot it left.
        quantity_in: in `unit`, after rate and rounding.
        rate: exact target units per source unit, e.g. `15`  (smallest units: cents per minute
            would be `25`), written as a fraction.

    """

    transfer: str
    from_lot: LotId
    quantity_out: int
    lot: LotId
    scheme: str
    unit: Unit
    quantity_in: int
    rate: str
    rounding: Rounding
    term: Term
    funder: str
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReversed:
    """A conversion by rule shrank: so much went back from the one lot to the other."""

    from_lot: LotId
    quantity_out: int
    lot: LotId
    quantity_in: int
    effective_on: date
    basis: Basis


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightExpired:
    """What was available in a lot lapsed: its term was over, or the rule forfeits it."""

    lot: LotId
    quantity: int
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightRestored:
    """What had lapsed is available again, because the reason was corrected away."""

    lot: LotId
    quantity: int
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightRestricted:
    """The lots of a scheme are kept, without new use, for a reason (portability rule)."""

    scheme: str
    mode: Literal["keep", "freeze"]
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionLifted:
    """The reason of a restriction ended: the lots of the scheme can be used again."""

    scheme: str
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightsFrozen:
    """Uses were stopped by an authority; rights are kept. `scheme` empty: every scheme."""

    scheme: str
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RightsUnfrozen:
    """A freeze ended."""

    scheme: str
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class MandateGiven:
    """The holder let a helper act; who gave it in whose name is in the metadata.

    Attributes:
        mandate: the requester's identifier of it, unique in the account.
        helper: the account of the person who helps; None when it is an organisation.
        organisation: the enterprise number of who helps; `` when it is a person.
        actions: what the helper may do; each once, sorted.
        schemes: for which; each once, sorted; none stands for all.

    """

    mandate: str
    helper: UUID | None = None
    organisation: str = ""
    actions: tuple[Action, ...]
    schemes: tuple[str, ...] = ()
    term: Term
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class MandateEnded:
    """A helper may act no more, from this moment on."""

    mandate: str
    effective_on: date
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefused:
    """A request was refused by the rules; it changed nothing but is on record.

    Attributes:
        request: its name in `ledger.domain.commands.NAMES`.
        scheme: that it names, `` for none.
        reason: stable code of `ledger.domain.reasons.Reason`.
        detail: one sentence: what was wrong and what would be right.

    """

    request: str
    scheme: str
    reason: str
    detail: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RegulationPublished:
    """From this day on a scheme decides by a content of its regulation, in place of any other.

    Attributes:
        digest: as a basis names it: the first digits of `sha256`.
        sha256: of `content` in UTF-8, 64 hexadecimal digits.
        content: the regulation as canonical JSON, whole: what the digest covers.

    """

    scheme: str
    digest: str
    sha256: str
    content: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDropped:
    """An operator gave up a parked record: nobody will try it again.

    Attributes:
        topic_id: the UUID that Kafka gave the topic; with partition and offset it names the record.
        reason: why it was parked: a stable code.
        source: of the message, `` when it could not be read.
        message: its id at the source, `` when it could not be read.
        because: why it was given up, in the operator's words.

    """

    topic: str
    topic_id: UUID
    partition: int
    offset: int
    reason: str
    source: str = ""
    message: str = ""
    because: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class GapAccepted:
    """An operator let a partition be read on, though records before it are gone unread.

    Attributes:
        topic_id: the UUID that Kafka gave the topic that is read on.
        was_topic_id: of the topic in which the records were; the same unless it was made again.
        since: offset of the first record that is gone, in `was_topic_id`.
        until: offset from which is read on, in `topic_id`.
        because: why that is right, in the operator's words.

    """

    topic: str
    topic_id: UUID
    partition: int
    was_topic_id: UUID
    since: int
    until: int
    because: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountErased:
    """An account was closed for good: nothing is taken in for it, and no read model tells of it.

    Attributes:
        because: why, in the operator's words; nothing that tells who it was.

    """

    because: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMerged:
    """An account was found to be another's holder: from here on that one stands for both.

    What this one holds stays as it is, and counts for nobody, until it is unmerged.

    Attributes:
        into: the account that stands for both.
        because: why, in the operator's words; nothing that tells who it is.

    """

    into: UUID
    because: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUnmerged:
    """That an account was merged was wrong: it stands for itself again, with what came for it."""

    into: UUID
    because: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountJoined:
    """Another account was merged into this one; what was told and taken there follows."""

    account: UUID
    because: str
    effective_on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParted:
    """An account that was merged into this one was not the same holder's: what is its goes."""

    account: UUID
    because: str
    effective_on: date


FactEvent: TypeAlias = (
    StatusRecorded
    | StatusAnnulled
    | ProfileRecorded
    | ProfileAnnulled
    | TopUpRecorded
    | TopUpAnnulled
)
"""What sources said; the other events are about rights, the last ones about rules and messages."""

Event: TypeAlias = (
    FactEvent
    | RightGranted
    | RightWithdrawn
    | TermCorrected
    | ShortfallRecorded
    | ShortfallSettled
    | RightReserved
    | ReservationReleased
    | RightUsed
    | UseReversed
    | CourseEnded
    | RightTransferred
    | TransferReversed
    | RightExpired
    | RightRestored
    | RightRestricted
    | RestrictionLifted
    | RightsFrozen
    | RightsUnfrozen
    | MandateGiven
    | MandateEnded
    | RequestRefused
    | RegulationPublished
    | RecordDropped
    | GapAccepted
    | AccountErased
    | AccountMerged
    | AccountUnmerged
    | AccountJoined
    | AccountParted
    | Act
)


def counts_from(event: Event) -> date | None:
    """Return since when an event counts: of a status since its first day; None of other facts."""
    match event:
        case StatusRecorded() | TopUpRecorded():
            return event.term.since
        case StatusAnnulled() | ProfileRecorded() | ProfileAnnulled() | TopUpAnnulled():
            return None
        case _:
            return event.effective_on


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Who, why and when recorded; the same for all events of one command.

    Attributes:
        command: the command's id (CloudEvents `source` and `id`, or an idempotency key).
        actor: who asked: a source's URI, a client, `clock`, or an operator's name.
        recorded_at: when the ledger learned it, UTC, never before the account's last.
        named: the account that the command named, when that was merged into the event's.

    """

    command: str
    actor: str
    recorded_at: datetime
    named: UUID | None = None


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An event with its place: the account, the version in it, and, once stored, the position."""

    account: UUID
    version: int
    event: Event
    metadata: Metadata
    position: int | None = field(default=None, compare=False)
