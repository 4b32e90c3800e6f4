"""Who may see or act for whom, by a mandate that a holder gave in the ledger.

Two looks: the read model says which accounts gave the helper anything, and the ledger's own state
of those says what is in force now. So an ended mandate stops working at once, a new one works when
the read model has it, and an account without a mandate for the caller is never even loaded.
See ops/docs/decisions/0026-mandates.md.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from starlette.concurrency import run_in_threadpool

from ledger.domain.account import Account as State
from ledger.domain.commands import EndMandate, GiveMandate, Request
from ledger.domain.entrusted import given_under
from ledger.domain.forwarding import known_as
from ledger.domain.mandates import Action, Helping, Mandate
from ledger.domain.mandating import action_of, lives, permits
from ledger.domain.merging import Side
from projections.api.asking import Desk, fresh, recognise, seen_by, shown
from projections.api.caller import Caller
from projections.mandates.view import Holders, holders_of
from projections.tables import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a caller may see of an account.

    Attributes:
        account: the one to look for: one that nobody has when it is not the caller's to see.
        schemes: of which it may see rights; None for all, and what is of no scheme, too.
        helped: whether it is seen by a mandate.

    """

    account: UUID
    schemes: frozenset[str] | None = None
    helped: bool = False

    def has(self, scheme: str) -> bool:
        """Whether rights of a scheme may be seen."""
        return self.schemes is None or scheme in self.schemes


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """An account of somebody who gave the caller mandates.

    Attributes:
        one: the account itself.
        state: what the ledger knows now of the one that stands for it: mostly its own.
        into: that one, when it was merged.
        given: the mandates that the caller has of its holder, ended ones too, by identifier.
        in_force: those that let the caller act now.

    """

    one: Side
    state: State
    into: UUID | None
    given: Mapping[str, Mandate]
    in_force: Mapping[str, Mandate]

    def permits(self, mandate: Mandate, action: Action, request: Request) -> bool:
        """Whether a mandate in force lets the caller make a request that names this account."""
        if self.into is not None:
            request = known_as(self.one, self.state, request)
        return permits(self.state, mandate, action, request)


async def helped_by(
    desk: Desk, caller: Caller, accounts: Collection[UUID], after: int | None = None
) -> dict[UUID, Helped]:
    """Return those of some accounts whose holders gave the caller mandates.

    Raises:
        Refused: as `fresh`.
        StoreUnavailable: the database gives no answer.

    """
    helper = caller.helper
    if not helper or not accounts:
        return {}

    def look() -> Reading[Holders]:
        try:
            return (yield from holders_of(helper, accounts))
        except LookupError:  # the read model was never made, so nobody was found in it
            return Holders(position=0, accounts=frozenset())

    holders = (await fresh(desk, after, look)).accounts
    if not holders:
        return {}
    own = () if helper.account is None else (helper.account,)
    states = await run_in_threadpool(desk.door.states, {*holders, *own})
    if others := {each.merged.into for each in states.values() if each.merged} - states.keys():
        states |= await run_in_threadpool(desk.door.states, others)
    today = desk.clock.now().today
    able = all(lives(states[each], today) for each in own)
    found = {}
    for id_ in holders:
        one = state = states[id_]
        mandates, into = one.mandates, None
        if one.merged is not None and id_ in states[one.merged.into].joined:
            into = one.merged.into
            state = states[into]
            mandates = given_under(id_, state)
        let = able and lives(state, today)
        found[id_] = Helped(
            one=Side(id_, one),
            state=state,
            into=into,
            given={name: each for name, each in mandates.items() if helper.has(each)},
            in_force=dict(helper.among(mandates, today)) if let else {},
        )
    return found


async def sights(
    desk: Desk, caller: Caller, accounts: Collection[UUID], action: Action, after: int | None = None
) -> dict[UUID, Sight]:
    """Return what a caller may see of some accounts, by a token or by mandates in force."""
    await recognise(desk, caller, accounts)
    others = [each for each in accounts if not caller.sees(each)]
    helped = await helped_by(desk, caller, others, after)
    found = {}
    for account in accounts:
        sight = Sight(account=shown(caller, account))
        if account in helped:
            mandates = {
                name: each for name, each in helped[account].in_force.items() if each.covers(action)
            }
            if mandates:
                sight = _through(account, mandates)
                _relied_on(caller, helped[account], mandates)
        found[account] = sight
    return found


async def sight_of(
    desk: Desk, caller: Caller, account: UUID, action: Action, after: int | None = None
) -> Sight:
    """Return what a caller may see of one account."""
    return (await sights(desk, caller, [account], action, after))[account]


def _relied_on(caller: Caller, helped: Helped, mandates: Collection[str]) -> None:
    """Let the access log say by what an account, and the one that it is in, was asked about."""
    for each in (helped.one.id, *(() if helped.into is None else (helped.into,))):
        caller.helped[each] = " ".join(sorted(mandates))


def _through(account: UUID, mandates: Mapping[str, Mandate]) -> Sight:
    """Return what some mandates let be seen together."""
    every = not all(each.schemes for each in mandates.values())
    named = frozenset(scheme for each in mandates.values() for scheme in each.schemes)
    return Sight(account=account, schemes=None if every else named, helped=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request goes.

    Attributes:
        account: as of a `Sight`.
        helping: the mandate by which it is asked; None when the caller may by itself.

    """

    account: UUID
    helping: Helping | None = None


async def place_of(desk: Desk, caller: Caller, account: UUID, request: Request) -> Place:
    """Return where a caller's request goes, by a token or by a mandate in force.

    Who acts for a holder is the holder's own to say, or an office's; a helper can only give up
    what it was given itself.
    """
    looked_for = await seen_by(desk, caller, account)
    if isinstance(request, GiveMandate | EndMandate):
        if caller.holds(account):
            return Place(account=looked_for)
        return await _given_up(desk, caller, account, request)
    if caller.sees(account):
        return Place(account=looked_for)
    action = action_of(request)
    if action is None:
        return Place(account=looked_for)
    return await _helping(
        desk, caller, account, action, lambda of, mandate: of.permits(mandate, action, request)
    )


async def authorizing(desk: Desk, caller: Caller, account: UUID, scheme: str) -> Place:
    """Return where an authorization of a caller goes: a holder's, or of who helps with that."""
    await recognise(desk, caller, [account])
    caller.named.add(account)
    if caller.acts_for(account):
        return Place(account=account)
    return await _helping(desk, caller, account, "authorize", _authorizes(scheme))


def _authorizes(scheme: str) -> Callable[[Helped, Mandate], bool]:
    return lambda _, mandate: mandate.covers("authorize", [scheme])


async def _helping(
    desk: Desk,
    caller: Caller,
    account: UUID,
    action: Action,
    lets: Callable[[Helped, Mandate], bool],
) -> Place:
    """Return the place of who has a mandate in force that lets it; else that of nobody."""
    helped = (await helped_by(desk, caller, [account])).get(account)
    if helped is not None:
        for name, mandate in sorted(helped.in_force.items()):
            if lets(helped, mandate):
                _relied_on(caller, helped, [name])
                return Place(account=account, helping=Helping(mandate=name, action=action))
    return Place(account=uuid4())


async def _given_up(
    desk: Desk, caller: Caller, account: UUID, request: GiveMandate | EndMandate
) -> Place:
    helped = (await helped_by(desk, caller, [account])).get(account)
    if isinstance(request, EndMandate) and helped is not None and request.mandate in helped.given:
        _relied_on(caller, helped, [request.mandate])
        return Place(account=account)
    return Place(account=uuid4())
