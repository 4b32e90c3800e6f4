"""What became of a command."""

from dataclasses import dataclass
from typing import TypeAlias

from ledger.domain.reasons import Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The command took effect.

    Attributes:
        command: its id.
        version: the account's version after it.
        events: how many events it wrote; 0 when everything was already so.
        position: global position of its last event; None when it wrote none.

    """

    command: str
    version: int
    events: int
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The rules refused the command; the refusal is on record in the account.

    Attributes:
        command: its id.
        rejection: why.
        position: global position of the refusal's event; None when the id was taken by another
            content, or the account is of another kind, which leave no event.

    """

    command: str
    rejection: Rejection
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The command was handled before; `first` repeats the outcome of then."""

    first: Accepted | Rejected


Outcome: TypeAlias = Accepted | Rejected | Duplicate
