"""Requests that name an account which was merged: decided in the one that stands for both."""

from dataclasses import replace

from ledger.domain.account import Account, digest
from ledger.domain.carried import other_name
from ledger.domain.commands import (
    Capture,
    End,
    EndMandate,
    GiveMandate,
    RecordFact,
    Release,
    Request,
    Reserve,
    Reverse,
    Use,
)
from ledger.domain.decide import decide
from ledger.domain.entrusted import given_under, mandate_known_as
from ledger.domain.merging import Side
from ledger.domain.reasons import Reason, Rejection, no
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now
from ledger.domain.shared import Taken


def forwarded(
    one: Side,
    into: Account,
    request: Request,
    now: Now,
    rulebook: Rulebook,
    taken: Taken | None = None,
) -> Draft | Rejection:
    """Decide a request that names an account which was merged, in the one that stands for both.

    What the merged one was told before, and what was taken in it, is known there still.
    """
    if isinstance(request, RecordFact):
        fact = request.fact
        known = one.account.facts.get(fact.id)
        said = known.said(fact.version) if known is not None else None
        if said == digest(fact.content):
            return Draft(into)
        if said is not None:
            detail = f"version {fact.version} of this fact said something else before"
            return no(Reason.FACT_CONTRADICTS_ITSELF, detail)
    if isinstance(request, Reserve | Use):
        id_ = request.reservation if isinstance(request, Reserve) else request.use
        if id_ in one.account.reservations or id_ in one.account.uses:
            detail = f"{id_} already names a reservation or use here"
            return no(Reason.IDENTIFIER_TAKEN, detail)
    if isinstance(request, GiveMandate):
        id_ = request.mandate
        if id_ in one.account.mandates and id_ not in given_under(one.id, into):
            detail = f"{id_} names a mandate here that was ended: give this one an identifier of "
            return no(Reason.IDENTIFIER_TAKEN, f"{detail}its own")
    decision = decide(into, known_as(one, into, request), now, rulebook, taken)
    if isinstance(decision, Rejection):
        return decision
    marked = Draft(into, named=one.id)
    for event in decision.events:
        marked.add(event)
    return marked


def known_as(one: Side, into: Account, request: Request) -> Request:
    """Return a request with the name that what it is about has in the account that stands for both.

    What the merged account called by a name that was taken there has another one.
    """
    match request:
        case Capture(reservation=id_) if other_name(id_, one.id) in into.reservations:
            return replace(request, reservation=other_name(id_, one.id))
        case Release(reservation=id_) if other_name(id_, one.id) in into.reservations:
            return replace(request, reservation=other_name(id_, one.id))
        case Reverse(use=id_) if other_name(id_, one.id) in into.uses:
            return replace(request, use=other_name(id_, one.id))
        case End(id=id_) if other_name(id_, one.id) in {**into.reservations, **into.uses}:
            return replace(request, id=other_name(id_, one.id))
        case GiveMandate() | EndMandate():
            return replace(request, mandate=mandate_known_as(one.id, into, request.mandate))
        case _:
            return request
