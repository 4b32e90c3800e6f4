"""Giving and ending mandates, and whether one lets a helper ask what it asks."""

from collections.abc import Sequence
from datetime import date

from ledger.domain.account import Account
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import (
    Capture,
    End,
    EndMandate,
    GiveMandate,
    Release,
    Request,
    Reserve,
    Reverse,
    Transfer,
    Use,
)
from ledger.domain.events import MandateEnded, MandateGiven
from ledger.domain.hindrances import unknown_scheme
from ledger.domain.mandates import MAX_OPEN_MANDATES, Action, Helping, Mandate
from ledger.domain.reasons import Reason, Rejection, no
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now


def give_mandate(
    account: Account, request: GiveMandate, now: Now, rulebook: Rulebook
) -> Draft | Rejection:
    """Let a helper act; the same once more changes nothing, and an ended one stays ended."""
    given = MandateGiven(
        mandate=request.mandate,
        helper=request.helper,
        organisation=request.organisation,
        actions=tuple(sorted(set(request.actions))),
        schemes=tuple(sorted(set(request.schemes))),
        term=Term(request.since, request.until or OPEN),
        effective_on=request.on,
    )
    draft = Draft(account)
    known = account.mandates.get(request.mandate)
    if known is not None:
        draft.add(given)
        if draft.account.mandates[request.mandate] == known:
            return Draft(account)
        detail = f"{request.mandate} already names another mandate here, or one that was ended"
        return no(Reason.IDENTIFIER_TAKEN, f"{detail}: give this one an identifier of its own")
    for scheme in given.schemes:
        if scheme not in rulebook.schemes:
            return unknown_scheme(scheme, rulebook)
    if request.organisation in rulebook.providers:
        detail = f"{request.organisation} gives courses, and who takes them can't be helped by it"
        return no(Reason.HELPER_IS_PROVIDER, f"{detail}; authorize each use with a code instead")
    if sum(each.open(now.today) for each in account.mandates.values()) >= MAX_OPEN_MANDATES:
        detail = f"this account has {MAX_OPEN_MANDATES} mandates that are not over; end one first"
        return no(Reason.TOO_MANY_MANDATES, detail)
    draft.add(given)
    return draft


def end_mandate(account: Account, request: EndMandate) -> Draft | Rejection:
    """Let a helper act no more; of one that was ended it is so already."""
    known = account.mandates.get(request.mandate)
    if known is None:
        return no(Reason.UNKNOWN_MANDATE, f"no mandate {request.mandate!r} in this account")
    draft = Draft(account)
    if known.ended is None:
        draft.add(
            MandateEnded(mandate=request.mandate, effective_on=request.on, reason=request.reason)
        )
    return draft


def lives(account: Account, today: date) -> bool:
    """Whether its holder can act or let others act: not erased, and not known to have died."""
    return account.erased is None and all(death.on >= today for _, death in account.career.deaths)


def action_of(request: Request) -> Action | None:
    """Return what a helper does by a request; None when no mandate lets anybody do that."""
    match request:
        case Reserve() | Release():
            return "reserve"
        case Use() | Capture() | Reverse() | End():
            return "use"
        case Transfer():
            return "transfer"
        case _:
            return None


def schemes_of(account: Account, request: Request) -> Sequence[str] | None:
    """Return the schemes that a helper's request is about; None when it names nothing known."""
    match request:
        case Reserve() | Use():
            return (request.scheme,)
        case Transfer():
            return (request.scheme, request.to_scheme)
        case Capture() | Release():
            held = account.reservations.get(request.reservation)
        case Reverse():
            held = account.uses.get(request.use)
        case End():
            held = account.uses.get(request.id) or account.reservations.get(request.id)
        case _:
            return None
    return None if held is None else (held.scheme,)


def permits(account: Account, mandate: Mandate, action: Action, request: Request) -> bool:
    """Whether a mandate in force lets its helper make a request in this account.

    What is not known in the account is refused by the rules, but not to who may not know that.
    """
    schemes = schemes_of(account, request)
    if schemes is None:
        return not mandate.schemes and mandate.covers(action)
    return mandate.covers(action, schemes)


def unmandated(
    account: Account, request: Request, helping: Helping | None, now: Now
) -> Rejection | None:
    """Refuse what a helper asks under a mandate that doesn't let it, as it is now.

    What is asked of an erased account is refused as that: its log has ended.
    """
    if helping is None or account.erased is not None:
        return None
    mandate = account.mandates.get(helping.mandate)
    if (
        mandate is not None
        and action_of(request) is not None
        and lives(account, now.today)
        and mandate.in_force(now.today)
        and permits(account, mandate, helping.action, request)
    ):
        return None
    return no(
        Reason.NOT_MANDATED,
        f"the mandate {helping.mandate!r} does not let its helper do this on {now.today}; "
        "its holder can",
    )
