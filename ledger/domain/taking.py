"""Taking rights for a course: what a scheme would give, and the reservation or use itself.

A quote and a request go through the same checks, so that what was quoted holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from ledger.domain.account import Account
from ledger.domain.calendar import only
from ledger.domain.career import Asked, Person
from ledger.domain.commands import Course, Reserve, Use
from ledger.domain.dues import UNTOLD, Due, assess
from ledger.domain.events import Allocation, Draws, Event, RightReserved, RightRestored, RightUsed
from ledger.domain.facts import WHOSE
from ledger.domain.lots import Lot, bucket_of
from ledger.domain.occasions import ToppedUp, Touched, movement
from ledger.domain.quantities import Unit, shown
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.regulation import Rulebook, Scheme, Standing
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.shared import Limit, Taken, changes, drawn

USED_IN_TERM = "used within the term, known afterwards"
QUOTED = "quote"
"""The identifier of a request that is only thought of."""


Hindering: TypeAlias = Literal[
    "holder",
    "standing",
    "provider",
    "register",
    "before",
    "course",
    "window",
    "frozen",
    "restricted",
    "unmet",
    "ceiling",
    "zero",
    "worthless",
    "used-up",
    "over",
    "shared",
]
"""What can stand in the way; by it, and by the question, each language makes its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """Why a scheme can't be used for a course, and what would have to be otherwise.

    Attributes:
        detail: a sentence in English.
        condition: the name of the condition of a grant block that does not hold, `` for others.
        texts: those of the regulation that it is about.

    """

    kind: Hindering
    reason: Reason
    detail: str
    condition: str = ""
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one scheme would give a person for a course that is asked for on a day.

    Attributes:
        holder: the account of the enterprise that would give it; `` when it is the asker's own.
        quantity: what it would give, in the smallest unit; 0 when it gives nothing.
        worth: the most that the course brings under the scheme; None when it is not limited.
        available: what the person could take on that day, whatever the course brings.
        pays: what the learner pays, in the scheme's money; None when it, or the course, is silent.
        allocation: from which lots it would come.
        since: the first day on which it can be asked for; None when it is not limited.
        until: the last such day.
        hindrances: why it can't be used; empty when it can.

    """

    scheme: Scheme
    bucket: str
    holder: str = ""
    quantity: int = 0
    worth: int | None = None
    available: int = 0
    pays: int | None = None
    allocation: Allocation = ()
    since: date | None = None
    until: date | None = None
    hindrances: tuple[Hindrance, ...]

    @property
    def unit(self) -> Unit:
        """The scheme's smallest unit."""
        return self.scheme.unit


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
    found = next(_hindrances(person, scheme, asked, request.quantity, rulebook), None)
    if found is not None:
        return Rejection(reason=found.reason, detail=found.detail)
    too_much = _beyond(account, scheme, person, asked, request.quantity)
    if too_much:
        return too_much
    draft = Draft(account)
    settle(draft, person, now, rulebook, [asks(request.course)])
    lots = _usable(draft.account, scheme, person, asked, request.bucket)
    allocation = _allocated(lots, request.quantity)
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
    lots = _usable(draft.account, scheme, person, asked, bucket)
    allocation = _allocated(lots, quantity)
    reopen(draft, allocation)
    return allocation


def quote(
    account: Account,
    scheme: Scheme,
    course: Course,
    on: date,
    now: Now,
    rulebook: Rulebook,
    bucket: str = "",
    taken: Taken | None = None,
) -> Quote:
    """Say what a scheme would give for a course that is asked for on a day; changes nothing.

    The account must have reached today; a day to come is judged by what is known today. `taken` is
    what all accounts take of the shared limits; None: these are not looked at.
    """
    hindrance = _out_of_reach(account, scheme, on)
    if hindrance is not None:
        return Quote(scheme=scheme, bucket=bucket, hindrances=(hindrance,))
    asked = Asked(QUOTED, on, course, made=False)
    person = account.person(asking=(scheme.id, asked))
    draft = Draft(account)
    settle(draft, person, replace(now, today=max(now.today, on)), rulebook, [asks(course)])
    lots = _usable(draft.account, scheme, person, asked, bucket)
    available = sum(map(left_in, lots))
    worth = scheme.brings(person, asked)
    if worth is not None:
        worth = max(worth - _taken_for(account, scheme, course), 0)
    quantity = available if worth is None else min(available, worth)
    rooms = [] if taken is None else list(_rooms(account, scheme, course, on, taken))
    quantity = min([quantity, *(left for limit, left in rooms if limit.counts == "quantity")])
    hindrances = list(_hindrances(person, scheme, asked, quantity, rulebook))
    halt = halted(account, scheme.id)
    if halt:
        hindrances.insert(0, halt)
    if not available:
        day = max(now.today, on)
        hindrances += _not_due(scheme, person, asked, day) or [_used_up(scheme, on)]
    elif not worth and worth is not None:
        detail = "the course brings nothing under this scheme, or has brought it already"
        hindrances.append(Hindrance(kind="worthless", reason=Reason.NOT_ENOUGH, detail=detail))
    hindrances += [_shared(limit) for limit, left in rooms if not left]
    since, until = scheme.window(person, asked)
    quantity = 0 if hindrances else quantity
    return Quote(
        scheme=scheme,
        bucket=bucket,
        quantity=quantity,
        worth=worth,
        available=available,
        pays=scheme.pays(person, asked, quantity),
        allocation=_allocated(lots, quantity),
        since=since,
        until=until,
        hindrances=tuple(hindrances),
    )


def hindered(account: Account, scheme: Scheme, on: date) -> list[Hindrance]:
    """Say why nothing of a scheme can be had on a day, whatever the course; empty if it can."""
    hindrance = _out_of_reach(account, scheme, on)
    if hindrance is not None:
        return [hindrance]
    asked = Asked(QUOTED, on, Course(id="", provider="", starts_on=on), made=False)
    person = account.person(asking=(scheme.id, asked))
    standing = scheme.standing(person, on)
    if standing.mode != "open":
        return [_not_open(scheme, standing, on)]
    found = _not_due(scheme, person, asked, on)
    if scheme.gives_on_request and (not found or any(map(_needs_a_course, found))):
        return []
    return found or [_used_up(scheme, on)]


def _needs_a_course(hindrance: Hindrance) -> bool:
    return hindrance.condition.startswith(UNTOLD.partition("{")[0] + "course-")


def _out_of_reach(account: Account, scheme: Scheme, on: date) -> Hindrance | None:
    """Say why nothing of a scheme can be had in an account, whatever the facts of the day."""
    refusal = of_other_holder(account, scheme)
    if refusal is not None:
        return Hindrance(kind="holder", reason=refusal.reason, detail=refusal.detail)
    if on >= scheme.since:
        return None
    detail = f"{scheme.id} has no rules before {scheme.since}, so none on {on}"
    return Hindrance(kind="before", reason=Reason.NOT_ELIGIBLE, detail=detail)


def _not_open(scheme: Scheme, standing: Standing, on: date) -> Hindrance:
    detail = f"no new use of {scheme.id} on {on}: {standing.reason}"
    texts = (standing.reason,)
    return Hindrance(kind="standing", reason=Reason.RESTRICTED, detail=detail, texts=texts)


def _used_up(scheme: Scheme, on: date) -> Hindrance:
    """Say that nothing is left; or that the scheme gives nothing any more."""
    until = max(grant.valid.until for grant in scheme.grants)
    detail = f"nothing of {scheme.id} is left on {on}"
    if until > on:
        return Hindrance(kind="used-up", reason=Reason.NOT_ENOUGH, detail=detail)
    detail += f"; it gives nothing new since {until}"
    return Hindrance(kind="over", reason=Reason.NOT_ENOUGH, detail=detail)


def asks(course: Course) -> Touched:
    """Return the change that a request, or giving one up, is."""
    return Touched("request", only(course.starts_on))


def unknown_scheme(scheme: str, rulebook: Rulebook) -> Rejection:
    """Refuse a scheme that there is not."""
    known = ", ".join(sorted(rulebook.schemes))
    detail = f"there is no scheme {scheme!r}; known: {known}"
    return Rejection(reason=Reason.UNKNOWN_SCHEME, detail=detail)


def of_other_holder(account: Account, scheme: Scheme) -> Rejection | None:
    """Refuse a scheme whose rights are in the accounts of other holders."""
    holder = account.career.holder
    if holder == scheme.holder:
        return None
    detail = f"the rights of {scheme.id} are in the account of {WHOSE[scheme.holder]}; this one is "
    return Rejection(reason=Reason.WRONG_HOLDER, detail=f"{detail}that of {WHOSE[holder]}")


def measure(scheme: Scheme, quantity: int, unit: str) -> Rejection | None:
    """Refuse a quantity of another unit, or of nothing."""
    if unit != scheme.unit:
        detail = f"{scheme.id} is counted in {scheme.unit}, not in {unit}"
        return Rejection(reason=Reason.WRONG_UNIT, detail=detail)
    if quantity <= 0:
        detail = f"a quantity is a whole number above 0, not {quantity}"
        return Rejection(reason=Reason.WRONG_QUANTITY, detail=detail)
    return None


def stopped(account: Account, scheme: str) -> Rejection | None:
    """Refuse a use that an authority, or the portability rule, has stopped."""
    if scheme in account.frozen or "" in account.frozen:
        detail = f"uses of {scheme} are frozen; the rights are kept"
        return Rejection(reason=Reason.FROZEN, detail=detail)
    if account.restrictions.get(scheme) == "freeze":
        detail = f"no use of {scheme} until the person is eligible again"
        return Rejection(reason=Reason.RESTRICTED, detail=detail)
    return None


def halted(account: Account, scheme: str) -> Hindrance | None:
    """Say what `stopped` refuses."""
    refusal = stopped(account, scheme)
    if refusal is None:
        return None
    kind: Hindering = "frozen" if refusal.reason is Reason.FROZEN else "restricted"
    return Hindrance(kind=kind, reason=refusal.reason, detail=refusal.detail)


def allocate(account: Account, scheme: Scheme, quantity: int, on: date) -> Allocation | Rejection:
    """Choose ordinary lots for what is not for a course, such as a transfer."""
    lots = [each for each in lots_on(account, scheme, on) if not bucket_of(each.id, scheme.id)]
    allocation = _allocated(scheme.order(lots, on), quantity)
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


def _hindrances(
    person: Person, scheme: Scheme, asked: Asked, quantity: int, rulebook: Rulebook
) -> Iterator[Hindrance]:
    """Yield what stands in the way of a new use, whatever is available."""
    course, on = asked.course, asked.on
    standing = scheme.standing(person, on)
    if standing.mode != "open":
        yield _not_open(scheme, standing, on)
    if not rulebook.provider_recognised(course.provider, scheme.id, course.starts_on):
        detail = (
            f"{course.provider} is not recognised for {scheme.id} on {course.starts_on}, "
            "when the course starts"
        )
        yield Hindrance(kind="provider", reason=Reason.PROVIDER_NOT_RECOGNISED, detail=detail)
    if scheme.course_register is not None and not rulebook.course_recognised(course, scheme.id):
        struck_on = rulebook.struck_on(course, scheme.id)
        if struck_on is None or not scheme.continues(person, asked, struck_on):
            detail = (
                f"{course.id} is not in the register of {scheme.id} on {course.starts_on}, when "
            )
            detail += "it starts" if struck_on is None else f"it starts; it was until {struck_on}"
            reason = Reason.COURSE_NOT_RECOGNISED
            yield Hindrance(kind="register", reason=reason, detail=detail)
    failures = scheme.check_use(person, asked, quantity)
    if failures:
        yield Hindrance(
            kind="before" if on < scheme.since else "course",
            reason=Reason.NOT_ELIGIBLE,
            detail="; ".join(failures),
            texts=tuple(failures),
        )
    since, until = scheme.window(person, asked)
    if (since is not None and on < since) or (until is not None and until < on):
        detail = f"{scheme.id} is asked for {_span(since, until)} for a course that starts on "
        detail += f"{course.starts_on}, not on {on}"
        yield Hindrance(kind="window", reason=Reason.OUTSIDE_WINDOW, detail=detail)


def _span(since: date | None, until: date | None) -> str:
    if since is None:
        return f"at the latest on {until}"
    return f"from {since} on" if until is None else f"from {since} to {until}"


def _beyond(
    account: Account, scheme: Scheme, person: Person, asked: Asked, quantity: int
) -> Rejection | None:
    """Refuse more than the course brings, what it has brought already included."""
    worth = scheme.brings(person, asked)
    if worth is None:
        return None
    left = max(worth - _taken_for(account, scheme, asked.course), 0)
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


def _rooms(
    account: Account, scheme: Scheme, course: Course, on: date, taken: Taken
) -> Iterator[tuple[Limit, int]]:
    """Yield each shared limit of a day, and what a person's request may still take of it."""
    own = drawn(account)
    for limit in scheme.limits(on):
        key = limit.key(scheme.id, course, on)
        left = max(scheme.most(limit, on) - taken.get(key, 0), 0)
        yield limit, 1 if limit.counts == "people" and own.get(key) else left


def _shared(limit: Limit) -> Hindrance:
    said = limit.otherwise
    return Hindrance(kind="shared", reason=Reason.SHARED_LIMIT, detail=said, texts=(said,))


def _taken_for(account: Account, scheme: Scheme, course: Course) -> int:
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


def _usable(
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


def _allocated(lots: list[Lot], quantity: int) -> Allocation:
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
    reasons = [] if held else [each.detail for each in _not_due(scheme, person, asked, day)]
    detail = "; ".join([_short(scheme, asked.on, quantity, held), *reasons])
    return Rejection(reason=Reason.NOT_ENOUGH, detail=detail)


def _short(scheme: Scheme, on: date, quantity: int, held: int) -> str:
    unit = scheme.unit
    return f"{shown(quantity, unit)} asked, {shown(held, unit)} available on {on}"


def _not_due(scheme: Scheme, person: Person, asked: Asked, until: date) -> list[Hindrance]:
    """Say why nothing is due that a request could take, block by block."""
    found: dict[str, Hindrance] = {}
    for due in assess(scheme, person, until, every=True):
        if due.quantity or due.grant.of == "change" or not _concerns(due, asked):
            continue
        unmet = due.judged.unmet
        kind: Hindering = "unmet"
        if unmet is not None:
            detail = f"not met: {unmet.replace('-', ' ').replace('_', ' ')}"
        elif due.grant.at_most:
            kind, detail = "ceiling", "the balance has reached its ceiling"
        else:
            kind, detail = "zero", "it comes to 0"
        found[detail] = Hindrance(
            kind=kind, reason=Reason.NOT_ELIGIBLE, detail=detail, condition=unmet or ""
        )
    return list(found.values())


def _concerns(due: Due, asked: Asked) -> bool:
    """Whether a due is of the day of a request, or of the request itself."""
    occasion = due.occasion
    if occasion.asked is not None:
        return occasion.asked.id == asked.id
    return asked.on in occasion.term(due.effective_on)


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
