"""What an account that others were merged into knows of each: what was told of it, and frozen.

Kept apart, so that each can part again with what is its own.
"""

from dataclasses import replace
from uuid import UUID

from ledger.domain.account import Account, Joined, KnownFact, Merged, digest
from ledger.domain.events import (
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    FactEvent,
)
from ledger.domain.facts import Content, FactId


def whose(state: Account, named: UUID | None) -> UUID | None:
    """Return the account that was named, when it is one of those that were merged into this one."""
    return named if named in state.joined else None


def frozen(state: Account, scheme: str, of: UUID | None) -> None:
    """Let a merged account be the reason of a freeze; None: this one is, and no other one."""
    if of is None:
        unfrozen(state, scheme)
    else:
        joined = state.joined[of]
        state.joined[of] = replace(joined, frozen=tuple(sorted({*joined.frozen, scheme})))


def unfrozen(state: Account, scheme: str) -> None:
    """Let no account that was merged into this one be the reason of a freeze."""
    for id_, joined in state.joined.items():
        kept = tuple(each for each in joined.frozen if each != scheme)
        state.joined[id_] = replace(joined, frozen=kept)


def learn(state: Account, event: FactEvent, content: Content | None, named: UUID | None) -> None:
    """Know what a source said, of this account or under the name of one that was merged into it."""
    id_ = FactId(event.source, event.fact)
    if not state.joined:
        state.learn(id_, _next(state.facts.get(id_), event, content, state.version))
        return
    told, of = _told(state, id_), whose(state, named)
    told[of] = _next(told.get(of), event, content, state.version)
    if of is not None:
        joined = state.joined[of]
        state.joined[of] = replace(joined, facts={**joined.facts, id_: told[of]})
    _weigh(state, id_, told)


def _next(
    known: KnownFact | None, event: FactEvent, content: Content | None, place: int
) -> KnownFact:
    """Return what is known of a fact after one more version of it."""
    seen = (*(known.seen if known else ()), (event.version, digest(content)))
    if known is None or event.version > known.version:
        return KnownFact(version=event.version, content=content, event=place, seen=seen)
    return replace(known, seen=seen)


def _told(state: Account, id_: FactId) -> dict[UUID | None, KnownFact]:
    """Return what was told of a fact, by the account that it was told of; None is this one."""
    elsewhere = _told_elsewhere(state, id_)
    own = state.own.get(id_) if elsewhere else state.facts.get(id_)
    return elsewhere if own is None else {None: own, **elsewhere}


def _told_elsewhere(state: Account, id_: FactId) -> dict[UUID | None, KnownFact]:
    joined = sorted(state.joined.items())
    return {of: each.facts[id_] for of, each in joined if id_ in each.facts}


def _weigh(state: Account, id_: FactId, told: dict[UUID | None, KnownFact]) -> None:
    """Let the highest version count, whichever account it was told of: it is one fact."""
    state.own.pop(id_, None)
    if not told:
        state.forget(id_)
        return
    if None in told and len(told) > 1:
        state.own[id_] = told[None]
    highest = max(told.values(), key=lambda known: known.version)
    if len(told) > 1:
        seen = dict.fromkeys(each for known in told.values() for each in known.seen)
        highest = replace(highest, seen=tuple(seen))
    state.learn(id_, highest)


def entrusted(state: Account, mandate: str, of: UUID | None) -> None:
    """Know a mandate as given under the name of a merged account; None: under this one's."""
    if of is not None:
        joined = state.joined[of]
        state.joined[of] = replace(joined, mandates=(*joined.mandates, mandate))


def brought_together(
    state: Account, event: AccountMerged | AccountUnmerged | AccountJoined | AccountParted
) -> None:
    """Let two accounts be one holder's, or not any more."""
    match event:
        case AccountMerged():
            state.merged = Merged(into=event.into, on=event.effective_on)
        case AccountUnmerged():
            state.merged = None
        case AccountJoined():
            state.joined[event.account] = Joined()
        case AccountParted():
            _parted(state, event.account)


def _parted(state: Account, account: UUID) -> None:
    """Forget what is another account's; what its requests held was given back before."""
    gone = state.joined.pop(account)
    for id_ in gone.facts:
        told, own = _told_elsewhere(state, id_), state.own.get(id_)
        _weigh(state, id_, told if own is None else {None: own, **told})
    for mandate in gone.mandates:
        del state.mandates[mandate]
    for holdings in (state.reservations, state.uses):
        for name in [name for name, held in holdings.items() if held.of == account]:
            del holdings[name]
