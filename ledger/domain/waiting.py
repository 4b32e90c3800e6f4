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


def named(request: Request) -> str:
    """Return the reservation or use that must be there before a request, `` for none."""
    match request:
        case Capture(reservation=id_) | Release(reservation=id_) | Reverse(use=id_) | End(id=id_):
            return id_
        case _:
            return ""


def may_come(account: Account, request: Request) -> bool:
    """Whether what a request names, and is not there, can still arrive.

    An identifier names one reservation or use for ever: one that was released, used or reversed
    does not come back.
    """
    id_ = named(request)
    if not id_ or id_ in account.uses:
        return False
    reserved = account.reservations.get(id_)
    if isinstance(request, Reverse):  # what is held now may be used later
        return reserved is None or bool(reserved.allocation)
    return reserved is None


def behind(request: Request) -> Rejection:
    """Return why a request waits for an earlier one about the same thing."""
    used = isinstance(request, Reverse | End)
    return Rejection(
        reason=Reason.UNKNOWN_USE if used else Reason.UNKNOWN_RESERVATION,
        detail=f"an earlier request about {named(request)!r} waits; this one comes after it",
    )
