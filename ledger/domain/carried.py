"""What an account holds for courses, carried over into the one that it is merged into, or back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger.domain.account import Account, Ended, Holding
from ledger.domain.career import Asked
from ledger.domain.commands import Course
from ledger.domain.decide import part_of
from ledger.domain.events import (
    Allocation,
    Basis,
    CourseEnded,
    LotId,
    RightGranted,
    RightReserved,
    RightUsed,
    ShortfallRecorded,
)
from ledger.domain.lots import bucket_of
from ledger.domain.occasions import movement
from ledger.domain.quantities import Unit
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.taking import take_late

TAKEN_BEFORE = "taken in an account that was merged, and not covered by what is due to both"
TOLD_BEFORE = "told before the account was merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
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


def takings(account: Account, of: UUID | None = None) -> list[Carried]:
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
        taking = Carried(id=id_, reserved=reserved, used=used)
        if of is None or taking.held.of == of:
            found.append(taking)
    return sorted(found, key=lambda each: (each.first.on, each.id))


def other_name(id_: str, account: UUID) -> str:
    """Return how the account that stands for both calls what the merged one calls otherwise."""
    return f"{id_}@{account}"


def free_name(account: Account, id_: str, of: UUID) -> str:
    """Return an identifier that names nothing else in an account yet."""
    return other_name(id_, of) if id_ in account.reservations or id_ in account.uses else id_


def take_over(
    draft: Draft, origin: Account, taking: Carried, id_: str, now: Now, rulebook: Rulebook
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
        draft.add(told_before(id_, held, held.ended, origin.lots[held.allocation[0][0]].unit))


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


def _enter(draft: Draft, taking: Carried, id_: str, course: Course, allocation: Allocation) -> None:
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


def told_before(id_: str, held: Holding, how: Ended, unit: Unit) -> CourseEnded:
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
