"""Taking rights for a course: what stands in the way is refused, the rest comes from which lots.

A quote and a request go through the same checks, so that what was quoted holds.
"""

from datetime import date

from ledger.domain.account import Account
from ledger.domain.calendar import only
from ledger.domain.career import Asked, Person
from ledger.domain.commands import Course, Reserve, Use
from ledger.domain.events import Allocation, Draws, Event, RightReserved, RightRestored, RightUsed
from ledger.domain.hindrances import (
    in_the_way,
    measure,
    not_due,
    of_other_holder,
    stopped,
    unknown_scheme,
)
from ledger.domain.lots import Lot, bucket_of
from ledger.domain.occasions import ToppedUp, Touched, movement
from ledger.domain.quantities import shown
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.shared import Taken, changes

USED_IN_TERM = "used within the term, known afterwards"


def take(
    account: Account,
    request: Reserve | Use,
    id_: str,
    now: Now,
    rulebook: Rulebook,
    taken: Taken | None = None,
) -> Draft | Rejection:
    """Reserve, or use at once: check, let the request make due what it can, allocate.

    `taken` is what all accounts take of the shared limits; None: these are not looked at.
    """
    scheme = rulebook.schemes.get(request.scheme)
    if scheme is None:
        return unknown_scheme(request.scheme, rulebook)
    if id_ in account.reservations or id_ in account.uses:
        detail = f"{id_} already names a reservation or use here"
        return Rejection(reason=Reason.IDENTIFIER_TAKEN, detail=detail)
    refusal = (
        of_other_holder(account, scheme)
        or measure(scheme, request.quantity, request.unit)
        or stopped(account, scheme.id)
    )
    if refusal:
        return refusal
    asked = Asked(id_, request.on, request.course, made=False)
    person = account.person(asking=(scheme.id, asked))
    found = next(in_the_way(person, scheme, asked, request.quantity, rulebook), None)
    if found is not None:
        return Rejection(reason=found.reason, detail=found.detail)
    too_much = _beyond(account, scheme, person, asked, request.quantity)
    if too_much:
        return too_much
    draft = Draft(account)
    settle(draft, person, now, rulebook, [asks(request.course)])
    lots = usable(draft.account, scheme, person, asked, request.bucket)
    allocation = allocated(lots, request.quantity)
    held = sum(quantity for _, quantity in allocation)
    if held < request.quantity:
        return _not_enough(scheme, person, asked, now, request.quantity, held)
    reopen(draft, allocation)
    pays = scheme.pays(person, asked, request.quantity)
    draws = scheme.draws(request.course, request.on)
    draft.add(_taken(request, id_, allocation, pays, f"use@{scheme.digest}", draws))
    full = None if taken is None else _reached(account, draft.account, scheme, request, taken)
    if full:
        return full
    settle(draft, draft.account.person(), now, rulebook, [movement()])
    return draft


def take_late(
    draft: Draft,
    asked: Asked,
    scheme: Scheme,
    wanted: tuple[int, str],
    now: Now,
    rules: Rulebook,
) -> Allocation:
    """Find what serves a request that was made in another account, as far as it goes.

    As if it had been made here and were only told now: what it makes due is there then, and what
    had lapsed since is there again. It was right where it was made, so that it is not checked.
    `wanted` is how much, in the scheme's unit, and of which bucket.
    """
    quantity, bucket = wanted
    person = draft.account.person(asking=(scheme.id, asked))
    settle(draft, person, now, rules, [asks(asked.course)])
    lots = usable(draft.account, scheme, person, asked, bucket)
    allocation = allocated(lots, quantity)
    reopen(draft, allocation)
    return allocation


def asks(course: Course) -> Touched:
    """Return the change that a request, or giving one up, is."""
    return Touched("request", only(course.starts_on))


def allocate(account: Account, scheme: Scheme, quantity: int, on: date) -> Allocation | Rejection:
    """Choose ordinary lots for what is not for a course, such as a transfer."""
    lots = [each for each in lots_on(account, scheme, on) if not bucket_of(each.id, scheme.id)]
    allocation = allocated(scheme.order(lots, on), quantity)
    held = sum(quantity for _, quantity in allocation)
    if held < quantity:
        return Rejection(reason=Reason.NOT_ENOUGH, detail=_short(scheme, on, quantity, held))
    return allocation


def reopen(draft: Draft, allocation: Allocation) -> None:
    """Give back what a lot let lapse before a use within its term was known."""
    for id_, quantity in allocation:
        lot = draft.account.lots[id_]
        if quantity > lot.available:
            draft.add(
                RightRestored(
                    lot=id_,
                    quantity=quantity - lot.available,
                    effective_on=lot.term.until,
                    reason=USED_IN_TERM,
                )
            )


def _beyond(
    account: Account, scheme: Scheme, person: Person, asked: Asked, quantity: int
) -> Rejection | None:
    """Refuse more than the course brings, what it has brought already included."""
    worth = scheme.brings(person, asked)
    if worth is None:
        return None
    left = max(worth - taken_for(account, scheme, asked.course), 0)
    if quantity <= left:
        return None
    detail = (
        f"{shown(quantity, scheme.unit)} asked; {asked.course.id} brings "
        f"{shown(worth, scheme.unit)} of {scheme.id}, of which {shown(left, scheme.unit)} is left"
    )
    return Rejection(reason=Reason.NOT_ENOUGH, detail=detail)


def _reached(
    before: Account, after: Account, scheme: Scheme, request: Reserve | Use, taken: Taken
) -> Rejection | None:
    """Refuse what would take more of a shared limit than there is."""
    more = changes(before, after) if scheme.shared else {}
    for limit in scheme.limits(request.on):
        key, most = limit.key(scheme.id, request.course, request.on), scheme.most(limit, request.on)
        left = max(most - taken.get(key, 0), 0)
        if more.get(key, 0) > left:
            by_unit = limit.counts == "quantity"
            said = shown(left, scheme.unit) if by_unit else f"{left} {limit.counts}"
            detail = f"{limit.otherwise} ({said} left of {key})"
            return Rejection(reason=Reason.SHARED_LIMIT, detail=detail)
    return None


def taken_for(account: Account, scheme: Scheme, course: Course) -> int:
    """Return what is held or used of a scheme for one course."""
    return sum(
        held.quantity
        for held in (*account.reservations.values(), *account.uses.values())
        if held.scheme == scheme.id
        and held.course is not None
        and (held.course.id, held.course.provider, held.course.starts_on)
        == (course.id, course.provider, course.starts_on)
    )


def lots_on(account: Account, scheme: Scheme, on: date) -> list[Lot]:
    """Return the lots whose term holds a day.

    A lot that the clock has closed since then still counts: the day of use decides.
    """
    return [
        lot
        for lot in account.lots.values()
        if lot.scheme == scheme.id
        and on in lot.term
        and account.origins[lot.id].on <= on
        and lot.id not in account.ended
    ]


def left_in(lot: Lot) -> int:
    """Return what of a lot is free for a day of its term, whether or not it has lapsed since."""
    return lot.available + lot.expired


def usable(
    account: Account, scheme: Scheme, person: Person, asked: Asked, bucket: str
) -> list[Lot]:
    """Return the lots that can serve a request, in the scheme's order of use."""
    funded = {each.lot: each.topped_up for each in scheme.topped_up(person.career)}
    return scheme.order(
        [
            lot
            for lot in lots_on(account, scheme, asked.on)
            if scheme.serves(bucket_of(lot.id, scheme.id), bucket, person, asked)
            and _is_meant(funded.get(lot.id), asked.course)
        ],
        asked.on,
    )


def _is_meant(made: ToppedUp | None, course: Course) -> bool:
    """Whether a funder lets a top-up be used for a course; other lots are for any."""
    if made is None:
        return True
    only = made.content
    return only.course in ("", course.id) and (not only.purposes or course.kind in only.purposes)


def allocated(lots: list[Lot], quantity: int) -> Allocation:
    """Take a quantity from lots in their order, as far as they go."""
    left, allocation = quantity, []
    for lot in lots:
        taken = min(left, left_in(lot))
        if taken > 0:
            allocation.append((lot.id, taken))
            left -= taken
    return tuple(allocation)


def _not_enough(
    scheme: Scheme, person: Person, asked: Asked, now: Now, quantity: int, held: int
) -> Rejection:
    """Refuse more than there is; when there is nothing, say which condition does not hold."""
    day = max(now.today, asked.on)
    reasons = [] if held else [each.detail for each in not_due(scheme, person, asked, day)]
    detail = "; ".join([_short(scheme, asked.on, quantity, held), *reasons])
    return Rejection(reason=Reason.NOT_ENOUGH, detail=detail)


def _short(scheme: Scheme, on: date, quantity: int, held: int) -> str:
    unit = scheme.unit
    return f"{shown(quantity, unit)} asked, {shown(held, unit)} available on {on}"


def _taken(
    request: Reserve | Use,
    id_: str,
    allocation: Allocation,
    pays: int | None,
    rule: str,
    draws: Draws,
) -> Event:
    if isinstance(request, Reserve):
        return RightReserved(
            reservation=id_,
            scheme=request.scheme,
            course=request.course,
            allocation=allocation,
            effective_on=request.on,
            pays=pays,
            rule=rule,
            draws=draws,
        )
    return RightUsed(
        use=id_,
        reserved=False,
        scheme=request.scheme,
        course=request.course,
        allocation=allocation,
        effective_on=request.on,
        pays=pays,
        rule=rule,
        draws=draws,
    )
