"""Two accounts that are one holder's: one stands for both, until that turns out to be wrong.

What was told of the one is told of the other, under the same sources, ids and versions, so that
what is due is what it would be had all been told there. What the one had taken is taken there, as
if it were told late. What is the one's is marked by the metadata, so that it can part again; the
one's own log stays as it was.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.account import Account, Ended, Holding, KnownFact, digest
from ledger.domain.career import Asked
from ledger.domain.commands import (
    Capture,
    Course,
    End,
    Merge,
    RecordFact,
    Release,
    Request,
    Reserve,
    Reverse,
    Unmerge,
    Use,
)
from ledger.domain.decide import (
    captured,
    come,
    decide,
    fact_event,
    freed,
    part_of,
    released,
    rest_of,
    undone,
)
from ledger.domain.events import (
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Allocation,
    Basis,
    CourseEnded,
    LotId,
    RightGranted,
    RightReserved,
    RightsFrozen,
    RightsUnfrozen,
    RightUsed,
    ShortfallRecorded,
)
from ledger.domain.facts import WHOSE, About, Death, Fact, FactId, Profile, TopUp
from ledger.domain.lots import bucket_of
from ledger.domain.occasions import Touched, movement
from ledger.domain.quantities import Unit
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.regulation import Rulebook
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.shared import Taken
from ledger.domain.taking import take_late
from ledger.domain.waking import woken

TAKEN_BEFORE = "taken in an account that was merged, and not covered by what is due to both"
FROZEN_BEFORE = "it was frozen in an account that was merged into this one"
PARTED = "the account that it was taken in is no longer merged into this one"
FROZEN_THERE = "it was frozen while this account was merged"
UNFROZEN_THERE = "it was unfrozen while this account was merged"
TOLD_BEFORE = "told before the account was merged"
CHANGED_THERE = "it was given back while this account was merged"

MAX_NAMED_FACTS = 3
"""Of facts that contradict one another, so many are named."""


class Side(NamedTuple):
    """One of two accounts: its id and what is known of it."""

    id: UUID
    account: Account


def merge(
    one: Side, into: Side, request: Merge, now: Now, rulebook: Rulebook
) -> tuple[Draft, Draft] | Rejection:
    """Let `into` stand for both, or refuse.

    Both must have reached today. Returns the events of the one and those of `into`.
    """
    refusal = _unmergeable(one, into, request, now.today)
    if refusal is not None:
        return refusal
    closing = Draft(one.account)
    closing.add(AccountMerged(into=into.id, because=request.because, effective_on=now.today))
    draft = Draft(into.account, named=one.id)
    draft.add(AccountJoined(account=one.id, because=request.because, effective_on=now.today))
    draft.cause = draft.account.version
    changes = _tell(draft, one.account.facts)
    if changes:
        settle(draft, draft.account.person(), now, rulebook, changes)
    for scheme in one.account.frozen:
        if scheme not in draft.account.frozen:
            draft.add(RightsFrozen(scheme=scheme, effective_on=now.today, reason=FROZEN_BEFORE))
    for taking in _takings(one.account):
        _take_over(
            draft, one.account, taking, _free(draft.account, taking.id, one.id), now, rulebook
        )
    return closing, draft


def unmerge(
    one: Side, into: Side, request: Unmerge, now: Now, rulebook: Rulebook
) -> tuple[Draft, Draft] | Rejection:
    """Let an account stand for itself again, or refuse; returns its events and the other's."""
    merged = one.account.merged
    if not request.because.strip():
        return _no(Reason.UNEXPLAINED, "accounts are parted for a reason only; say why")
    if merged is None:
        return _no(Reason.NOT_MERGED, f"{one.id} is not merged into any account")
    for side in (one, into):
        if side.account.erased is not None:
            detail = f"{side.id} was erased on {side.account.erased}; nothing can part any more"
            return _no(Reason.ERASED, detail)
    assert merged.into == into.id  # noqa: S101  who asks has read it there
    opening = Draft(one.account)
    opening.add(AccountUnmerged(into=into.id, because=request.because, effective_on=now.today))
    opening.cause = opening.account.version
    _return(opening, one, into.account, merged.on, now, rulebook)
    parting = Draft(into.account, named=one.id)
    _part(parting, one.id, request, now, rulebook)
    return opening, parting


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
            return _no(Reason.FACT_CONTRADICTS_ITSELF, detail)
    if isinstance(request, Reserve | Use):
        id_ = request.reservation if isinstance(request, Reserve) else request.use
        if id_ in one.account.reservations or id_ in one.account.uses:
            detail = f"{id_} already names a reservation or use here"
            return _no(Reason.IDENTIFIER_TAKEN, detail)
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
        case Capture(reservation=id_) if _other(id_, one.id) in into.reservations:
            return replace(request, reservation=_other(id_, one.id))
        case Release(reservation=id_) if _other(id_, one.id) in into.reservations:
            return replace(request, reservation=_other(id_, one.id))
        case Reverse(use=id_) if _other(id_, one.id) in into.uses:
            return replace(request, use=_other(id_, one.id))
        case End(id=id_) if _other(id_, one.id) in {**into.reservations, **into.uses}:
            return replace(request, id=_other(id_, one.id))
        case _:
            return request


def _no(reason: Reason, detail: str) -> Rejection:
    return Rejection(reason=reason, detail=detail)


def _unmergeable(one: Side, into: Side, request: Merge, today: date) -> Rejection | None:
    if not request.because.strip():
        return _no(Reason.UNEXPLAINED, "accounts are merged for a reason only; say why")
    detail = _standing(one, into) or _holders(one.account, into.account, today)
    if detail:
        return _no(Reason.NOT_MERGEABLE, detail)
    contradicted = [id_ for id_ in one.account.facts if _contradict(one, into, id_)]
    if contradicted:
        named = ", ".join(f"{id_.id} of {id_.source}" for id_ in contradicted[:MAX_NAMED_FACTS])
        detail = f"both accounts are told otherwise of the same version of {named}; a correction "
        detail += "with a higher version, of either account, says which is right"
        return _no(Reason.FACT_CONTRADICTS_ITSELF, detail)
    return None


def _standing(one: Side, into: Side) -> str:
    """Say what about the accounts themselves keeps them from being merged, `` for nothing."""
    if one.id == into.id:
        return f"{one.id} can't be merged into itself"
    for side in (one, into):
        if not side.account.version:
            return f"the ledger knows no account {side.id}"
        if side.account.erased is not None:
            return f"{side.id} was erased on {side.account.erased}"
    if one.account.merged is not None:
        return f"{one.id} is merged into {one.account.merged.into} already"
    if into.account.merged is not None:
        leads = into.account.merged.into
        return f"{into.id} is merged into {leads} itself; merge {one.id} into {leads}"
    if one.account.joined:
        others = ", ".join(str(each) for each in sorted(one.account.joined))
        return f"{others} is merged into {one.id}; unmerge it, and merge each into {into.id}"
    return ""


def _holders(one: Account, into: Account, today: date) -> str:
    """Say what about the holders keeps two accounts from being merged, `` for nothing."""
    if one.career.holder != into.career.holder:
        holders = WHOSE[one.career.holder], WHOSE[into.career.holder]
        return f"the one account is that of {holders[0]}, the other that of {holders[1]}"
    for account in (one, into):
        if any(isinstance(known.content, Death) for known in account.facts.values()):
            return "one of them is told to have died; if that is wrong, have it annulled first"
    if any(each.open(today) for each in one.mandates.values()):
        return (
            "somebody has a mandate for the account that is to be merged, which is not carried "
            "over; end it first, and give it again for the other account"
        )
    if any(held.allocation for held in one.transfers.values()):
        return (
            "rights of the account that is to be merged were transferred on request, which can't "
            "be told anew; merge the other one into it"
        )
    return ""


def _contradict(one: Side, into: Side, id_: FactId) -> bool:
    there = into.account.facts.get(id_)
    if there is None:
        return False
    said = dict(there.seen)
    return any(said.get(version, what) != what for version, what in one.account.facts[id_].seen)


def _tell(draft: Draft, facts: dict[FactId, KnownFact]) -> list[Touched | None]:
    """Let what is known of facts be told; return what changes by that."""
    changes: list[Touched | None] = []
    for id_, known in sorted(facts.items()):
        there = draft.account.facts.get(id_)
        if there is not None and there.said(known.version) is not None:
            continue
        content = known.content if known.content is not None else (there and there.content)
        before = draft.account.copy()
        fact = Fact(id=id_, version=known.version, about=_about(content), content=known.content)
        draft.add(fact_event(fact))
        changes += woken(before, draft.account, id_)
    return changes


def _about(content: object) -> About:
    """Return what a fact is about; of one that never was, and that nobody else knows, a status."""
    if isinstance(content, TopUp):
        return "top-up"
    return "profile" if isinstance(content, Profile) else "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """What an account holds for one course: reserved only, used at once, or used after that."""

    id: str
    reserved: Holding | None
    used: Holding | None

    @property
    def held(self) -> Holding:
        """What holds something now."""
        held = self.used or self.reserved
        assert held is not None  # noqa: S101  one of them is there
        return held

    @property
    def first(self) -> Holding:
        """By what it was asked for."""
        return self.reserved or self.held


def _takings(account: Account, of: UUID | None = None) -> list[_Taking]:
    """Return what holds something, in the order in which it was asked for.

    With `of`: of what was taken under the name of an account that was merged into it.
    """
    found = []
    for id_ in account.reservations.keys() | account.uses.keys():
        reserved, used = account.reservations.get(id_), account.uses.get(id_)
        if used is not None and not used.allocation:
            used = None
        if used is None and (reserved is None or not reserved.allocation):
            continue
        taking = _Taking(id=id_, reserved=reserved, used=used)
        if of is None or taking.held.of == of:
            found.append(taking)
    return sorted(found, key=lambda each: (each.first.on, each.id))


def _other(id_: str, account: UUID) -> str:
    return f"{id_}@{account}"


def _free(account: Account, id_: str, of: UUID) -> str:
    """Return an identifier that names nothing else in an account yet."""
    return _other(id_, of) if id_ in account.reservations or id_ in account.uses else id_


def _take_over(
    draft: Draft, origin: Account, taking: _Taking, id_: str, now: Now, rulebook: Rulebook
) -> None:
    """Take what was taken in another account; what is not there for it is short."""
    held, first = taking.held, taking.first
    course = held.course
    assert course is not None  # noqa: S101  a reservation and a use are for one
    scheme = rulebook.schemes.get(held.scheme)
    allocation: Allocation = ()
    if scheme is not None:
        asked = Asked(id_, first.on, course, made=False)
        bucket = bucket_of(held.allocation[0][0], scheme.id)
        allocation = take_late(draft, asked, scheme, (held.quantity, bucket), now, rulebook)
    short = _uncovered(held.allocation, held.quantity - sum(n for _, n in allocation))
    for lot, quantity in short:
        _grant_short(draft, origin, lot, quantity, first.on)
    _enter(draft, taking, id_, course, _added(allocation, short))
    for lot, quantity in short:
        on, rule = draft.account.origins[lot].on, draft.account.origins[lot].rule
        basis = _because(draft, rule)
        draft.add(ShortfallRecorded(lot=lot, quantity=quantity, effective_on=on, basis=basis))
    changes = [movement(), movement(lot for lot, _ in held.allocation)]
    settle(draft, draft.account.person(), now, rulebook, changes)
    if held.ended:
        draft.add(_ended(id_, held, held.ended, origin.lots[held.allocation[0][0]].unit))


def _grant_short(draft: Draft, origin: Account, lot: LotId, quantity: int, on: date) -> None:
    """Let a lot hold what was taken of it elsewhere, beyond what is due; it may be new here.

    It is of the day of the lot that is here, unless that begins after what was taken.
    """
    was, came = origin.lots[lot], origin.origins[lot]
    here = draft.account.origins.get(lot)
    if here is not None and here.on <= on:
        came = here
    draft.add(
        RightGranted(
            lot=lot,
            scheme=was.scheme,
            unit=was.unit,
            quantity=quantity,
            term=was.term,
            funder=was.funder,
            effective_on=came.on,
            basis=_because(draft, came.rule),
        )
    )


def _because(draft: Draft, rule: str) -> Basis:
    """Say why more is there than is due: by the event that says that two accounts are one."""
    facts = () if draft.cause is None else (draft.cause,)
    return Basis(rule=rule, facts=facts, steps=(("because", TAKEN_BEFORE),))


def _uncovered(allocation: Allocation, missing: int) -> Allocation:
    """Return from which lots it came what is not there, the last ones first."""
    return part_of(allocation[::-1], missing)


def _added(one: Allocation, other: Allocation) -> Allocation:
    found = dict(one)
    for lot, quantity in other:
        found[lot] = found.get(lot, 0) + quantity
    return tuple(found.items())


def _enter(draft: Draft, taking: _Taking, id_: str, course: Course, allocation: Allocation) -> None:
    """Put a reservation, and a use, where they were asked for."""
    if taking.reserved is not None:
        draft.add(
            RightReserved(
                reservation=id_,
                scheme=taking.reserved.scheme,
                course=course,
                allocation=allocation,
                effective_on=taking.reserved.on,
                pays=taking.reserved.pays,
                rule=taking.reserved.rule,
                draws=taking.reserved.draws,
            )
        )
    if taking.used is not None:
        draft.add(
            RightUsed(
                use=id_,
                reserved=taking.reserved is not None,
                scheme=taking.used.scheme,
                course=course,
                allocation=allocation,
                effective_on=taking.used.on,
                pays=taking.used.pays,
                rule=taking.used.rule,
                draws=taking.used.draws,
            )
        )


def _ended(id_: str, held: Holding, how: Ended, unit: Unit) -> CourseEnded:
    """Say how a course ended of which that was told before; what followed from it has happened."""
    return CourseEnded(
        id=id_,
        scheme=held.scheme,
        unit=unit,
        money=unit,
        withdrawn=how == "withdrawn",
        exam="",
        gives_back=0,
        recovers=0,
        effective_on=held.on,
        because=TOLD_BEFORE,
        rule=held.rule,
    )


def _part(draft: Draft, one: UUID, request: Unmerge, now: Now, rulebook: Rulebook) -> None:
    """Take from an account all that is another's: what it took, was told, and had frozen."""
    changes: list[Touched | None] = []
    for taking in _takings(draft.account, one):
        held = taking.held
        event = undone if taking.used is not None else released
        draft.add(event(taking.id, held.allocation, held.on, PARTED))  # it never was this one's
        changes += freed(held, held.allocation)
    joined = draft.account.joined[one]
    for scheme in joined.frozen:
        draft.add(RightsUnfrozen(scheme=scheme, effective_on=now.today, reason=PARTED))
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
    changes = _tell(draft, joined.facts)
    if changes:
        settle(draft, draft.account.person(), now, rulebook, changes)
    for scheme in one.account.frozen:
        if scheme not in there.frozen:
            lifted = RightsUnfrozen(scheme=scheme, effective_on=now.today, reason=UNFROZEN_THERE)
            draft.add(lifted)
    for scheme in joined.frozen:
        if scheme not in draft.account.frozen:
            draft.add(RightsFrozen(scheme=scheme, effective_on=now.today, reason=FROZEN_THERE))
    new = []
    gone = {taking.id: taking for taking in _takings(one.account)}
    for taking in _takings(there, one.id):
        id_ = taking.id.removesuffix(_other("", one.id))
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
        _take_over(draft, there, taking, taking.id, now, rulebook)


def _follow(draft: Draft, before: _Taking, after: _Taking, now: Now) -> list[Touched]:
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
        draft.add(_ended(before.id, before.held, after.held.ended, unit))
    return changes


def _give_back(draft: Draft, taking: _Taking, rest: Allocation, now: Now) -> list[Touched]:
    """Release or undo what is no longer held."""
    if not rest:
        return []
    event = undone if taking.used is not None else released
    draft.add(event(taking.id, rest, max(now.today, taking.held.on), CHANGED_THERE))
    return freed(taking.held, rest)
