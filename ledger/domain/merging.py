"""Two accounts that are one holder's: one stands for both, until that turns out to be wrong.

What was told of the one is told of the other, under the same sources, ids and versions, so that
what is due is what it would be had all been told there. What the one had taken is taken there, as
if it were told late. What is the one's is marked by the metadata, so that it can part again; the
one's own log stays as it was.
"""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.account import Account, KnownFact
from ledger.domain.carried import free_name, take_over, takings
from ledger.domain.commands import Merge
from ledger.domain.decide import fact_event
from ledger.domain.entrusted import carry_over, too_many
from ledger.domain.events import AccountJoined, AccountMerged, RightsFrozen
from ledger.domain.facts import WHOSE, About, Death, Fact, FactId, Profile, TopUp
from ledger.domain.mandates import MAX_OPEN_MANDATES
from ledger.domain.occasions import Touched
from ledger.domain.reasons import Reason, Rejection, no
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.waking import woken

FROZEN_BEFORE = "it was frozen in an account that was merged into this one"

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
    draft = Draft(into.account, named=one.id)
    draft.add(AccountJoined(account=one.id, because=request.because, effective_on=now.today))
    draft.cause = draft.account.version
    carry_over(closing, draft, one.id, now.today)
    closing.add(AccountMerged(into=into.id, because=request.because, effective_on=now.today))
    changes = tell(draft, one.account.facts)
    if changes:
        settle(draft, draft.account.person(), now, rulebook, changes)
    for scheme in one.account.frozen:
        if scheme not in draft.account.frozen:
            draft.add(RightsFrozen(scheme=scheme, effective_on=now.today, reason=FROZEN_BEFORE))
    for taking in takings(one.account):
        take_over(
            draft, one.account, taking, free_name(draft.account, taking.id, one.id), now, rulebook
        )
    return closing, draft


def _unmergeable(one: Side, into: Side, request: Merge, today: date) -> Rejection | None:
    if not request.because.strip():
        return no(Reason.UNEXPLAINED, "accounts are merged for a reason only; say why")
    detail = _standing(one, into) or _holders(one.account, into.account, today)
    if detail:
        return no(Reason.NOT_MERGEABLE, detail)
    contradicted = [id_ for id_ in one.account.facts if _contradict(one, into, id_)]
    if contradicted:
        named = ", ".join(f"{id_.id} of {id_.source}" for id_ in contradicted[:MAX_NAMED_FACTS])
        detail = f"both accounts are told otherwise of the same version of {named}; a correction "
        detail += "with a higher version, of either account, says which is right"
        return no(Reason.FACT_CONTRADICTS_ITSELF, detail)
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
    if too_many(one, into, today):
        return (
            f"together they have more than {MAX_OPEN_MANDATES} mandates that are not over; end "
            "some first"
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


def tell(draft: Draft, facts: dict[FactId, KnownFact]) -> list[Touched | None]:
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
