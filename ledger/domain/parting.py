"""Two accounts that were merged and are not one holder's: each has again what is its own.

What was marked as the one's by the metadata goes back to it, with what was done to it meanwhile.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.carried import Carried, other_name, take_over, takings, told_before
from ledger.domain.commands import Unmerge
from ledger.domain.decide import captured, come, freed, part_of, released, rest_of, undone
from ledger.domain.entrusted import bring_back, leave
from ledger.domain.events import (
    AccountParted,
    AccountUnmerged,
    Allocation,
    RightsFrozen,
    RightsUnfrozen,
)
from ledger.domain.merging import Side, tell
from ledger.domain.occasions import Touched
from ledger.domain.reasons import Reason, Rejection, no
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.waking import woken

PARTED = "the account that it was taken in is no longer merged into this one"
FROZEN_THERE = "it was frozen while this account was merged"
UNFROZEN_THERE = "it was unfrozen while this account was merged"
CHANGED_THERE = "it was given back while this account was merged"


def unmerge(
    one: Side, into: Side, request: Unmerge, now: Now, rulebook: Rulebook
) -> tuple[Draft, Draft] | Rejection:
    """Let an account stand for itself again, or refuse; returns its events and the other's."""
    merged = one.account.merged
    if not request.because.strip():
        return no(Reason.UNEXPLAINED, "accounts are parted for a reason only; say why")
    if merged is None:
        return no(Reason.NOT_MERGED, f"{one.id} is not merged into any account")
    for side in (one, into):
        if side.account.erased is not None:
            detail = f"{side.id} was erased on {side.account.erased}; nothing can part any more"
            return no(Reason.ERASED, detail)
    assert merged.into == into.id  # noqa: S101  who asks has read it there
    opening = Draft(one.account)
    opening.add(AccountUnmerged(into=into.id, because=request.because, effective_on=now.today))
    opening.cause = opening.account.version
    _return(opening, one, into.account, merged.on, now, rulebook)
    parting = Draft(into.account, named=one.id)
    _part(parting, one.id, request, now, rulebook)
    return opening, parting


def _part(draft: Draft, one: UUID, request: Unmerge, now: Now, rulebook: Rulebook) -> None:
    """Take from an account all that is another's: what it took, was told, and had frozen."""
    changes: list[Touched | None] = []
    for taking in takings(draft.account, one):
        held = taking.held
        event = undone if taking.used is not None else released
        draft.add(event(taking.id, held.allocation, held.on, PARTED))  # it never was this one's
        changes += freed(held, held.allocation)
    joined = draft.account.joined[one]
    for scheme in joined.frozen:
        draft.add(RightsUnfrozen(scheme=scheme, effective_on=now.today, reason=PARTED))
    leave(draft, one, now.today)
    before = draft.account.copy()
    draft.add(AccountParted(account=one, because=request.because, effective_on=now.today))
    draft.cause = draft.account.version
    for id_ in sorted(joined.facts):
        changes += woken(before, draft.account, id_)
    if changes:
        settle(draft, draft.account.person(), now, rulebook, changes)


def _return(
    draft: Draft, one: Side, there: Account, since: date, now: Now, rulebook: Rulebook
) -> None:
    """Tell an account what came for it while it was merged, and let the days since come."""
    joined = there.joined[one.id]
    changes = tell(draft, joined.facts)
    if changes:
        settle(draft, draft.account.person(), now, rulebook, changes)
    for scheme in one.account.frozen:
        if scheme not in there.frozen:
            lifted = RightsUnfrozen(scheme=scheme, effective_on=now.today, reason=UNFROZEN_THERE)
            draft.add(lifted)
    for scheme in joined.frozen:
        if scheme not in draft.account.frozen:
            draft.add(RightsFrozen(scheme=scheme, effective_on=now.today, reason=FROZEN_THERE))
    bring_back(draft, there, one.id, now.today)
    new = []
    gone = {taking.id: taking for taking in takings(one.account)}
    for taking in takings(there, one.id):
        id_ = taking.id.removesuffix(other_name("", one.id))
        before = gone.pop(id_, None)
        if before is None:
            new.append(replace(taking, id=id_))
        else:
            changes += _follow(draft, before, taking, now)
    for before in gone.values():
        changes += _give_back(draft, before, before.held.allocation, now)
    come(draft, now, rulebook, since)
    if changes:
        settle(draft, draft.account.person(), now, rulebook, changes)
    for taking in new:
        take_over(draft, there, taking, taking.id, now, rulebook)


def _follow(draft: Draft, before: Carried, after: Carried, now: Now) -> list[Touched]:
    """Do to what an account took what was done to it while the account was merged."""
    kept = part_of(before.held.allocation, after.held.quantity)
    rest = rest_of(before.held.allocation, kept)
    if before.used is None and after.used is not None:
        course = before.held.course
        assert course is not None  # noqa: S101  a reservation is for one
        draft.add(captured(before.id, before.held, course, kept, after.used.on))
        if rest:
            draft.add(released(before.id, rest, max(now.today, before.held.on), CHANGED_THERE))
        changes = freed(before.held, rest)
    else:
        changes = _give_back(draft, before, rest, now)
    if after.held.ended and not before.held.ended:
        unit = draft.account.lots[before.held.allocation[0][0]].unit
        draft.add(told_before(before.id, before.held, after.held.ended, unit))
    return changes


def _give_back(draft: Draft, taking: Carried, rest: Allocation, now: Now) -> list[Touched]:
    """Release or undo what is no longer held."""
    if not rest:
        return []
    event = undone if taking.used is not None else released
    draft.add(event(taking.id, rest, max(now.today, taking.held.on), CHANGED_THERE))
    return freed(taking.held, rest)
