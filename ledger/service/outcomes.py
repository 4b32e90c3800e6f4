"""What became of a command."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from ledger.domain.reasons import Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The command took effect.

    Attributes:
        command: its id.
        version: the account's version after it.
        events: how many events it wrote; 0 when everything was already so.
        position: global position of its last event; None when it wrote none.
        decided_in: the account of the version and the events, when the one that the command names
            was merged into it; None: the one that it names.

    """

    command: str
    version: int
    events: int
    position: int | None
    decided_in: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A command is not decided yet: what it names has not arrived.

    Attributes:
        thing: `reservation` or `use`, and its identifier.
        version: the account's, when it was looked for; 0 when it was not, because an earlier
            command about the same thing waits: then the account need not move on.
        account: of that version: the one in which it is waited.

    """

    thing: str
    version: int
    account: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The rules refused the command; the refusal is on record in the account.

    Attributes:
        command: its id.
        rejection: why.
        position: global position of the refusal's event; None when the id was taken by another
            content, or the account is of another kind, which leave no event.
        waits: for what, when it is not refused for good: nothing is on record then.
        decided_in: as of what was accepted.

    """

    command: str
    rejection: Rejection
    position: int | None
    waits: Waits | None = None
    decided_in: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The command was handled before; `first` repeats the outcome of then."""

    first: Accepted | Rejected


Outcome: TypeAlias = Accepted | Rejected | Duplicate


def first_of(outcome: Outcome) -> Accepted | Rejected:
    """Return what became of a command when it was first handled."""
    return outcome.first if isinstance(outcome, Duplicate) else outcome
