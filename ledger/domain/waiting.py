"""What a request names and nobody has told of yet: where it need not be answered, it waits.

Requests of several sources overtake one another: the provider's capture may be there before the
registrar's reservation. A correction of a fact never waits: the highest version counts, whatever
order they come in.
"""

from typing import Final

from ledger.domain.account import Account
from ledger.domain.commands import Capture, End, Release, Request, Reverse
from ledger.domain.reasons import Reason, Rejection

NOT_THERE: Final = frozenset({Reason.UNKNOWN_RESERVATION, Reason.UNKNOWN_USE})
"""The refusals of what names something that is not there: not yet, or no longer."""


def awaited(request: Request) -> str:
    """Return the thing that a request waits for when it is not there, `` if it never waits."""
    match request:
        case Capture(reservation=id_) | Release(reservation=id_) | End(id=id_):
            return f"reservation {id_}"
        case Reverse(use=id_):
            return f"use {id_}"
        case _:
            return ""


def comes_after(request: Request) -> tuple[str, ...]:
    """Return for which things nobody may be waiting when a request is decided.

    Who waits for a reservation has its turn before all others that need it. Who waits for a use
    keeps back other reversals only: a capture, or a course's end, makes the use.
    """
    match request:
        case Capture(reservation=id_) | Release(reservation=id_) | End(id=id_):
            return (f"reservation {id_}",)
        case Reverse(use=id_):
            return f"reservation {id_}", f"use {id_}"
        case _:
            return ()


def may_come(account: Account, request: Request) -> bool:
    """Whether what a request names, and is not there, can still arrive.

    An identifier names one reservation or use for ever: one that was released, used or reversed
    does not come back.
    """
    match request:
        case Capture(reservation=id_) | Release(reservation=id_) | End(id=id_):
            return id_ not in account.reservations and id_ not in account.uses
        case Reverse(use=id_):
            reserved = account.reservations.get(id_)
            open_ = reserved is None or bool(reserved.allocation)  # it may be used later
            return id_ not in account.uses and open_
        case _:
            return False


def behind(request: Request) -> Rejection:
    """Return why a request waits for an earlier one about the same thing."""
    return Rejection(
        reason=Reason.UNKNOWN_USE if isinstance(request, Reverse) else Reason.UNKNOWN_RESERVATION,
        detail=f"an earlier request about the {awaited(request)!r} waits; this one comes after it",
    )
