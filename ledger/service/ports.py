"""What the door needs of a store. Two implement it: PostgreSQL, and the tests' memory store."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from ledger.domain.events import Envelope, Key
from ledger.domain.reasons import Rejection
from ledger.service.outcomes import Accepted, Outcome, Rejected

LAST_ACCOUNT: Final = UUID(int=2**128 - 1)
"""No account has a higher id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account's state after its last event: a cache, rebuildable by the fold.

    Attributes:
        version: version of the last event folded in, 0 for none.
        state: canonical JSON bytes of `ledger.domain.account.Account`.
        due_on: next day on which something falls due or lapses by itself; None for never.

    """

    account: UUID
    version: int
    state: bytes
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a command ran, and what came of it."""

    command: str
    account: UUID
    digest: bytes
    outcome: Accepted | Rejected
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A Kafka position moves by compare-and-set.

    Attributes:
        topic_id: the UUID that Kafka gave the topic; a topic made again has another.
        topic: its name, for people.
        expected: position that the consumer started from; None when none is kept yet.
        position: next offset to read.

    """

    topic_id: UUID
    topic: str
    partition: int
    expected: int | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Records that a broker no longer has, though they were not read.

    Attributes:
        kept: the offset that was to be read next, in the topic of the id `was_topic_id`.
        first: the first offset that the topic of `topic_id` has.

    """

    topic_id: UUID
    topic: str
    partition: int
    kept: int
    first: int
    was_topic_id: UUID
    noticed_at: datetime

    @property
    def made_again(self) -> bool:
        """Whether the topic was deleted and made again."""
        return self.was_topic_id != self.topic_id

    @property
    def missing(self) -> int | None:
        """How many offsets are gone; None when nobody can tell, as the topic was made again."""
        return None if self.made_again else self.first - self.kept

    def __str__(self) -> str:
        """Say it in a sentence."""
        where = f"{self.topic}/{self.partition}"
        if self.made_again:
            return f"{where} was made again: what the former topic held from {self.kept} on is gone"
        until = self.first - 1
        return f"{where}: the records {self.kept} to {until} are gone, {self.missing} offsets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A record is no operator's matter yet: it waits for what it names.

    Attributes:
        until: from then on it is parked.
        at_version: its account's when it was last tried; above that it is tried again.
        thing: `reservation` or `use`, and its identifier.

    """

    until: datetime
    at_version: int
    thing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A record that could not be handled, whole, with its reason; it can be replayed.

    Attributes:
        source: of the message; None when it could not be read, likewise its id `message`.
        account: whom it is about; None when it is no command.
        held: for what it waits; None when it is for an operator to decide.

    """

    topic_id: UUID
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    reason: str
    detail: str
    parked_at: datetime
    source: str | None = None
    message: str | None = None
    account: UUID | None = None
    held: Held | None = None


class Parked(NamedTuple):
    """A parked record with its place, and what became of it.

    Attributes:
        tries: how often it was tried, and which try is the last: each counts one more.
        replayed_at: when it was handled after all.
        dropped_at: when an operator gave it up.

    """

    id: int
    record: ParkedRecord
    tries: int
    replayed_at: datetime | None
    dropped_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A parked record was handled after all.

    Attributes:
        forget: whether key, value and headers go, because they name a person to whom they are of
            no use any more; where and why it was parked stays.

    """

    parked: Parked
    at: datetime
    forget: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHeld:
    """A held record was tried again, and waits on.

    Attributes:
        account: in which it waits; another than before, when that was merged or unmerged meanwhile.

    """

    parked: Parked
    at_version: int
    account: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StillParked:
    """A parked record was tried again in vain, or a held one has waited long enough."""

    parked: Parked
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An operator gave a parked record up; its key, value and headers go."""

    parked: Parked
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """An account was erased: of its parked records nothing is tried again, and no bytes stay.

    Attributes:
        parked: ids of records that name the person in another way than by the account.

    """

    account: UUID
    at: datetime
    parked: tuple[int, ...] = ()


Mark: TypeAlias = Handled | StillHeld | StillParked | Dropped | Erased
"""What became of a parked record, as it was read: if it changed since, nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a Kafka batch carries besides commands, for the same transaction.

    Attributes:
        moves: of the positions.
        parked: records that are no command.
        park: makes the record behind the command of an index a parked one, because what it
            says is nowhere else: its id was used for other content, it contradicts itself, or
            what it names has not arrived. Whose it is and for what it waits is added to that.
        patience: how long a command may wait for what it names; None: it is refused at once.
        marks: what became of parked records.
        mark: tells the same by the outcomes of the commands, when these are parked records' own.

    """

    moves: tuple[Move, ...] = ()
    parked: tuple[ParkedRecord, ...] = ()
    park: Callable[[int, Rejection], ParkedRecord] | None = None
    patience: timedelta | None = None
    marks: tuple[Mark, ...] = ()
    mark: Callable[[Sequence[Outcome]], Iterable[Mark]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A batch takes more of a shared limit's key, or less.

    Attributes:
        change: how much; below 0 it comes back.
        expected: what was taken of it when the batch was decided; None when nothing in it asked.

    """

    key: Key
    change: int
    expected: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """All that one batch writes, in one transaction.

    Attributes:
        envelopes: events in the order decided; ascending versions within an account.
        accounts: the new state of every account that changed. Who writes an event after a
            version that was moved meanwhile, or a state behind it, is in conflict.
        receipts: one per command that ran; positions in their outcomes are filled in by the
            store from `last_events`.
        draws: one for each key of which more or less is taken.
        delivery: Kafka positions, parked records and what became of them.

    """

    envelopes: Sequence[Envelope]
    accounts: Sequence[AccountRow]
    receipts: Sequence[Receipt]
    last_events: Mapping[str, int] = field(default_factory=dict)
    """Command id -> index in `envelopes` of its last event; absent when it wrote none."""
    draws: Sequence[Draw] = ()
    delivery: Delivery = Delivery()


class AccountHistory(NamedTuple):
    """All that is kept of one account, read at one moment.

    Attributes:
        row: None when there is none.
        envelopes: every event, in order of version.

    """

    account: UUID
    row: AccountRow | None
    envelopes: list[Envelope]


class Conflict(Exception):  # noqa: N818  it is an answer, not an error
    """Another writer changed an account or took of a limit in between; load and decide again."""


class AlreadyHandled(Exception):  # noqa: N818
    """A receipt of this batch is there already; load again to see its outcome."""


class Fenced(Exception):  # noqa: N818
    """A Kafka position was not where this consumer expected it: it lost its partition.

    Or somebody else tried a parked record first.
    """


class StoreUnavailable(Exception):  # noqa: N818
    """The database gives no answer now; a batch was written whole or not at all."""


class Store(Protocol):
    """The write side's view of the event store."""

    def load(
        self, accounts: Collection[UUID], commands: Collection[str]
    ) -> tuple[dict[UUID, AccountRow], dict[str, Receipt]]:
        """Read the state rows and receipts that exist, each in one set-based query."""
        ...

    def taken(self, keys: Collection[Key]) -> dict[Key, int]:
        """Read what all accounts take of shared limits; of a key that is not there, nothing."""
        ...

    def waiting(self, accounts: Collection[UUID]) -> set[tuple[UUID, str]]:
        """Read for which things held records of accounts wait."""
        ...

    def append(self, batch: Append) -> Sequence[int]:
        """Write all of it or nothing; return the global position of each envelope.

        Raises:
            Conflict: an account's version moved since it was loaded, or what is taken of a key.
            AlreadyHandled: one of the commands has a receipt by now.
            Fenced: a position, or a parked record, is not as expected.
            StoreUnavailable: no answer from the database; if the commit's answer was
                lost, trying again ends in AlreadyHandled or Fenced, never in a double.

        """
        ...


class Seen(NamedTuple):
    """Up to where somebody has looked for held records that are due.

    Attributes:
        position: of the last event of the log then.
        parked: the id of the last parked record then.

    """

    position: int
    parked: int


class HeldStore(Store, Protocol):
    """A store that also tells which held records can be tried again."""

    def seen(self) -> Seen | None:
        """Return where a look that begins now stands; None when nothing is held."""
        ...

    def held(self, now: datetime, limit: int, since: Seen | None = None) -> list[Parked]:
        """Read held records in order, of accounts of which one is due.

        That is when its account moved on since it was tried, or it has waited long enough.

        Args:
            now: the door's clock.
            limit: most records.
            since: nothing was due there, so only what came later can be; None looks at all.

        """
        ...
