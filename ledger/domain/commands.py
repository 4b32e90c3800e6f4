"""What can be asked of the ledger for one account; who may ask is checked at the border."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias
from uuid import UUID

from ledger.domain.acts import Act
from ledger.domain.facts import Fact
from ledger.domain.making import quickly_made
from ledger.domain.mandates import Action, Helping

Exam: TypeAlias = Literal["", "passed", "failed", "missed"]
"""What became of a course's examination; `` when there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFact:
    """Take in a version of a fact: recorded, corrected or annulled."""

    fact: Fact


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a right is used for.

    Attributes:
        id: identifier in the scheme's register, or the provider's own.
        provider: who gives it; must be recognised for the scheme when the course starts.
        starts_on: first day.
        minutes: contact time; None, as below, when nobody said.
        credits: study points of higher education.
        price: in the smallest unit of the scheme's money, without what is not for the course.
        kind: what sort of course it is, in the words of the scheme that asks; `` for any other.
        programme: identifier of what it is a module of; `` when it stands alone.

    """

    id: str
    provider: str
    starts_on: date
    minutes: int | None = None
    credits: int | None = None
    price: int | None = None
    kind: str = ""
    programme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Hold `quantity` (smallest unit) of a scheme's rights for a course.

    Attributes:
        reservation: the requester's identifier, unique in the account.
        unit: what the requester believes the unit to be; another one is refused.
        bucket: which of the scheme's buckets, `` for the ordinary one.

    """

    reservation: str
    scheme: str
    quantity: int
    unit: str
    course: Course
    on: date
    bucket: str = ""

    def at_once(self) -> "Use":
        """Return the request to use what this one would hold."""
        return Use(
            use=self.reservation,
            scheme=self.scheme,
            quantity=self.quantity,
            unit=self.unit,
            course=self.course,
            on=self.on,
            bucket=self.bucket,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Turn a reservation into a use; `quantity` None takes all, less gives the rest back."""

    reservation: str
    quantity: int | None
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Give back what a reservation holds."""

    reservation: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Use at once, without a reservation before it."""

    use: str
    scheme: str
    quantity: int
    unit: str
    course: Course
    on: date
    bucket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """Undo a use; `quantity` None undoes all that is left of it."""

    use: str
    quantity: int | None
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Tell how a course ended, completed or given up; the scheme's rule says what that gives back.

    Attributes:
        id: of the reservation or use.
        withdrawn: the learner gave it up.
        attended: exact part of the contact time, 0 to 1; None when nobody said.

    """

    id: str
    on: date
    withdrawn: bool = False
    attended: Fraction | None = None
    exam: Exam = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Move rights to another scheme of the same person, as the scheme's rule allows."""

    transfer: str
    scheme: str
    to_scheme: str
    quantity: int
    unit: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Stop uses of a scheme (`` for all) and keep the rights."""

    scheme: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfreeze:
    """End a freeze."""

    scheme: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMandate:
    """Let a helper act for the holder; the other fields are those of the event.

    Attributes:
        mandate: the requester's identifier, unique in the account.
        since: the first day on which the helper may act.
        until: the first day after the last one; None when no end is known.

    """

    mandate: str
    helper: UUID | None = None
    organisation: str = ""
    actions: tuple[Action, ...]
    schemes: tuple[str, ...] = ()
    since: date
    until: date | None = None
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMandate:
    """Let a helper act no more."""

    mandate: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachDay:
    """Grant what falls due and let lapse what is over, until the door's day.

    Attributes:
        anew: decide about every period again, because the rules changed; what differs from what
            was decided then becomes compensating events.

    """

    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRegulation:
    """Let a scheme decide by a content of its regulation from today on.

    Attributes:
        content: canonical JSON of what decides, and its English: what a digest covers.

    """

    scheme: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRecord:
    """Give up a parked record, for a reason that is kept; the fields are those of the event."""

    topic: str
    topic_id: UUID
    partition: int
    offset: int
    reason: str
    source: str = ""
    message: str = ""
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptGap:
    """Read a partition on, though records before it are gone; the fields are the event's."""

    topic: str
    topic_id: UUID
    partition: int
    was_topic_id: UUID
    since: int
    until: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOnRecord:
    """Keep what an operator does to the ledger itself; the event is the act."""

    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """Close an account for good, for a reason that is kept."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Let another account stand for this one, too: both are one holder's."""

    into: UUID
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge:
    """Let an account that was merged stand for itself again: they were two holders'."""

    because: str


Request: TypeAlias = (
    RecordFact
    | Reserve
    | Capture
    | Release
    | Use
    | Reverse
    | End
    | Transfer
    | Freeze
    | Unfreeze
    | GiveMandate
    | EndMandate
    | ReachDay
    | PublishRegulation
    | DropRecord
    | AcceptGap
    | PutOnRecord
    | Erase
    | Merge
    | Unmerge
)

NAMES: dict[type, str] = {
    RecordFact: "record-fact",
    Reserve: "reserve",
    Capture: "capture",
    Release: "release",
    Use: "use",
    Reverse: "reverse",
    End: "end",
    Transfer: "transfer",
    Freeze: "freeze",
    Unfreeze: "unfreeze",
    GiveMandate: "give-mandate",
    EndMandate: "end-mandate",
    ReachDay: "reach-day",
    PublishRegulation: "publish-regulation",
    DropRecord: "drop-record",
    AcceptGap: "accept-gap",
    PutOnRecord: "put-on-record",
    Erase: "erase",
    Merge: "merge",
    Unmerge: "unmerge",
}
"""What the log calls a request: for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A request with its identity.

    Attributes:
        id: takes effect at most once; the same id with another `digest` is refused.
        digest: SHA-256 of the content as it crossed the border.
        helping: the mandate by which a helper asks, as it is when this is decided; None when
            who asks may by itself.

    """

    id: str
    account: UUID
    actor: str
    request: Request
    digest: bytes
    helping: Helping | None = None
