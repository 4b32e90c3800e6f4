"""The legal moves: a request and what is known become events, or a refusal.

Uses are decided by what was known when they were asked; later knowledge gives compensation,
never another past. "Already so" is no event at all.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, timedelta
from hashlib import sha256
from typing import assert_never

from ledger.domain.account import Account, Holding, digest
from ledger.domain.calendar import Term
from ledger.domain.commands import (
    AcceptGap,
    Capture,
    Course,
    DropRecord,
    End,
    EndMandate,
    Erase,
    Freeze,
    GiveMandate,
    Merge,
    PublishRegulation,
    PutOnRecord,
    ReachDay,
    RecordFact,
    Release,
    Request,
    Reserve,
    Reverse,
    Transfer,
    Unfreeze,
    Unmerge,
    Use,
)
from ledger.domain.events import (
    Allocation,
    Basis,
    CourseEnded,
    Event,
    ProfileAnnulled,
    ProfileRecorded,
    RegulationPublished,
    ReservationReleased,
    RightsFrozen,
    RightsUnfrozen,
    RightTransferred,
    RightUsed,
    StatusAnnulled,
    StatusRecorded,
    TopUpAnnulled,
    TopUpRecorded,
    UseReversed,
)
from ledger.domain.expressions import Values
from ledger.domain.facts import WHOSE, Fact, Spell, TopUp, holder_of
from ledger.domain.hindrances import measure, of_other_holder, stopped, unknown_scheme
from ledger.domain.mandating import end_mandate, give_mandate
from ledger.domain.occasions import TIME, Touched, movement
from ledger.domain.operations import accept_gap, drop_record, erase, put_on_record
from ledger.domain.quantities import rounded, shown
from ledger.domain.reasons import Reason, Rejection, no
from ledger.domain.regulation import DIGEST_DIGITS
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, held_until, settle
from ledger.domain.shared import Taken
from ledger.domain.taking import allocate, asks, reopen, take
from ledger.domain.waking import woken

NOT_CAPTURED = "it was not captured in time"
REST = "the rest was not used"


def reach(account: Account, now: Now, rulebook: Rulebook, since: date | None = None) -> Draft:
    """Grant what fell due and let lapse what is over, until today.

    Args:
        account: settled by these rules until the day before `since`.
        now: the door's clock.
        rulebook: the rules.
        since: the first day on which something may have fallen due (`next_due`); None decides
            anew about every period, as after a change of the rules.

    """
    draft = Draft(account)
    come(draft, now, rulebook, since)
    return draft


def come(draft: Draft, now: Now, rulebook: Rulebook, since: date | None = None) -> None:
    """Let a draft reach today, as `reach`."""
    days = None if since is None else Touched(TIME, Term(since, now.today + timedelta(days=1)))
    changes = [days]
    kept = sorted(held_until(draft.account, rulebook), key=lambda each: each[:2])
    for lapses, id_, held in kept:
        if lapses <= now.today:
            draft.add(released(id_, held.allocation, lapses, NOT_CAPTURED))
            changes += freed(held, held.allocation)
    settle(draft, draft.account.person(), now, rulebook, changes)


def decide(
    account: Account,
    request: Request,
    now: Now,
    rulebook: Rulebook,
    taken: Taken | None = None,
) -> Draft | Rejection:
    """Return the events of one request with the state that they lead to, or why it is refused.

    The account must have reached today (see `reach`). `taken` is what all accounts take of the
    shared limits; None: these are not looked at.
    """
    match request:
        case Erase():
            return erase(account, request, now)
        case ReachDay(anew=anew):
            open_ = account.erased is None and account.merged is None
            return reach(account, now, rulebook) if anew and open_ else Draft(account)
        case _ if account.erased is not None:
            detail = f"this account was erased on {account.erased}; nothing is taken in for it"
            return no(Reason.ERASED, detail)
        case Merge() | Unmerge():
            detail = "two accounts are merged by the door, which decides about both"
            return no(Reason.NOT_MERGEABLE, detail)
        case _ if account.merged is not None:
            detail = f"this account was merged into {account.merged.into}; name that one"
            return no(Reason.NOT_MERGEABLE, detail)
        case RecordFact(fact=fact):
            return _record(account, fact, now, rulebook)
        case PublishRegulation():
            return _publish(account, request, now)
        case DropRecord():
            return drop_record(account, request, now)
        case AcceptGap():
            return accept_gap(account, request, now)
        case PutOnRecord():
            return put_on_record(account, request, now)
        case Freeze() | Unfreeze():
            return _freeze(account, request, now, rulebook)
        case _ if request.on > now.today:
            return no(Reason.IN_THE_FUTURE, f"{request.on} has not come yet; today is {now.today}")
        case GiveMandate():
            return give_mandate(account, request, now, rulebook)
        case EndMandate():
            return end_mandate(account, request)
        case Reserve():
            return take(account, request, request.reservation, now, rulebook, taken)
        case Use():
            return take(account, request, request.use, now, rulebook, taken)
        case Capture():
            return _capture(account, request, now, rulebook)
        case Release():
            return _release(account, request, now, rulebook)
        case Reverse():
            return _reverse(account, request, now, rulebook)
        case End():
            return _end(account, request, now, rulebook)
        case Transfer():
            return _transfer(account, request, now, rulebook)
        case _:
            assert_never(request)


def _record(account: Account, fact: Fact, now: Now, rulebook: Rulebook) -> Draft | Rejection:
    known = account.facts.get(fact.id)
    if known is not None:
        said = known.said(fact.version)
        if said is not None:
            if said == digest(fact.content):
                return Draft(account)
            return no(
                Reason.FACT_CONTRADICTS_ITSELF,
                f"version {fact.version} of this fact said something else before; "
                f"a correction needs a version above {known.version}",
            )
    other = _other_holder(account, fact)
    if other is not None:
        return other
    draft = Draft(account)
    draft.add(fact_event(fact))
    if known is None or fact.version > known.version:
        draft.cause = draft.account.version
        changes = woken(account, draft.account, fact.id)
        if changes:
            settle(draft, draft.account.person(), now, rulebook, changes)
    return draft


def _other_holder(account: Account, fact: Fact) -> Rejection | None:
    """Refuse what can't be about the same holder as the other facts that count.

    By the facts that count: who told one of the wrong account annuls it, and then the others come
    in. An older version is refused, too, so that in each order the same facts are left out.
    """
    about = None if fact.content is None else holder_of(fact.content)
    if about is None:
        return None
    if account.holder(without=fact.id) in (None, about):
        return None
    return no(
        Reason.FACT_OF_ANOTHER_HOLDER,
        f"this can only be said of {WHOSE[about]}, and the account has facts of another kind of "
        "holder: say it of another account, or have those annulled",
    )


def fact_event(fact: Fact) -> Event:
    """Return the event that holds a version of a fact."""
    source, id_ = fact.id
    match fact.content:
        case Spell() as spell:
            return StatusRecorded(
                source=source,
                fact=id_,
                version=fact.version,
                term=spell.term,
                status=spell.status,
                evidence=spell.evidence,
                settles=spell.settles,
            )
        case None if fact.about == "status":
            return StatusAnnulled(source=source, fact=id_, version=fact.version)
        case TopUp() as top_up:
            said = {each.name: getattr(top_up, each.name) for each in fields(TopUp)}
            return TopUpRecorded(source=source, fact=id_, version=fact.version, **said)
        case None if fact.about == "top-up":
            return TopUpAnnulled(source=source, fact=id_, version=fact.version)
        case None:
            return ProfileAnnulled(source=source, fact=id_, version=fact.version)
        case profile:
            return ProfileRecorded(source=source, fact=id_, version=fact.version, profile=profile)


def _moved(draft: Draft, now: Now, rulebook: Rulebook) -> Draft:
    """Settle what was taken or moved on."""
    settle(draft, draft.account.person(), now, rulebook, [movement()])
    return draft


def _given_back(
    draft: Draft, held: Holding, allocation: Allocation, now: Now, rulebook: Rulebook
) -> Draft:
    """Settle what a course that was given up made due, and the lots that are free again."""
    settle(draft, draft.account.person(), now, rulebook, freed(held, allocation))
    return draft


def freed(held: Holding, allocation: Allocation) -> list[Touched]:
    """Return the changes that giving back what a request held is."""
    changes = [movement(lot for lot, _ in allocation)]
    return changes if held.course is None else [*changes, asks(held.course)]


def _capture(account: Account, request: Capture, now: Now, rulebook: Rulebook) -> Draft | Rejection:
    held = account.reservations.get(request.reservation)
    if held is None or not held.allocation or held.course is None:
        return _no_reservation(request.reservation)
    unit = account.lots[held.allocation[0][0]].unit
    quantity = held.quantity if request.quantity is None else request.quantity
    if not 0 < quantity <= held.quantity:
        return no(
            Reason.WRONG_QUANTITY,
            f"{shown(quantity, unit)} can't be captured; {shown(held.quantity, unit)} is reserved",
        )
    refusal = stopped(account, held.scheme)
    if refusal:
        return refusal
    on = max(request.on, held.on)
    taken = part_of(held.allocation, quantity)
    rest = rest_of(held.allocation, taken)
    draft = Draft(account)
    draft.add(captured(request.reservation, held, held.course, taken, on))
    if rest:
        draft.add(released(request.reservation, rest, on, REST))
    return _moved(draft, now, rulebook)


def captured(id_: str, held: Holding, course: Course, taken: Allocation, on: date) -> Event:
    """Return the use that a reservation, or a part of it, becomes."""
    return RightUsed(
        use=id_,
        reserved=True,
        scheme=held.scheme,
        course=course,
        allocation=taken,
        effective_on=on,
        pays=held.pays,
        rule=held.rule,
        draws=held.draws,
    )


def _release(account: Account, request: Release, now: Now, rulebook: Rulebook) -> Draft | Rejection:
    held = account.reservations.get(request.reservation)
    if held is None or not held.allocation:
        return _no_reservation(request.reservation)
    draft = Draft(account)
    on = max(request.on, held.on)
    draft.add(released(request.reservation, held.allocation, on, request.reason))
    return _given_back(draft, held, held.allocation, now, rulebook)


def released(id_: str, allocation: Allocation, on: date, reason: str) -> ReservationReleased:
    """Return that a reservation, or a part of it, goes back."""
    return ReservationReleased(
        reservation=id_, allocation=allocation, effective_on=on, reason=reason
    )


def _no_reservation(id_: str) -> Rejection:
    return no(Reason.UNKNOWN_RESERVATION, f"no open reservation {id_!r} in this account")


def _reverse(account: Account, request: Reverse, now: Now, rulebook: Rulebook) -> Draft | Rejection:
    held = account.uses.get(request.use)
    if held is None or not held.allocation:
        return no(Reason.UNKNOWN_USE, f"no use {request.use!r} left to reverse in this account")
    unit = account.lots[held.allocation[0][0]].unit
    quantity = held.quantity if request.quantity is None else request.quantity
    if not 0 < quantity <= held.quantity:
        return no(
            Reason.WRONG_QUANTITY,
            f"{shown(quantity, unit)} can't be reversed; {shown(held.quantity, unit)} is used",
        )
    allocation = part_of(held.allocation[::-1], quantity)
    draft = Draft(account)
    on = max(request.on, held.on)
    draft.add(undone(request.use, allocation, on, request.reason))
    return _given_back(draft, held, allocation, now, rulebook)


def undone(id_: str, allocation: Allocation, on: date, reason: str) -> Event:
    """Return that a use, or a part of it, goes back."""
    return UseReversed(use=id_, allocation=allocation, effective_on=on, reason=reason)


def _end(account: Account, request: End, now: Now, rulebook: Rulebook) -> Draft | Rejection:
    """Let a course end: the scheme's rule says what goes back; the rest is used."""
    used = account.uses.get(request.id)
    held = used if used and used.allocation else account.reservations.get(request.id)
    if held is None or not held.allocation or held.course is None:
        detail = f"no reservation or use {request.id!r} in this account that holds anything"
        return no(Reason.UNKNOWN_USE, detail)
    if held.ended:
        detail = f"how {request.id!r} ended was told before: {held.ended}; reverse what is wrong"
        return no(Reason.ENDED_ALREADY, detail)
    scheme = rulebook.schemes.get(held.scheme)
    if scheme is None:
        return unknown_scheme(held.scheme, rulebook)
    if not scheme.endings:
        detail = f"{scheme.id} has no rule on how a course ends; release or reverse what was taken"
        return no(Reason.ENDING_UNTOLD, detail)
    on = max(request.on, held.on)
    asked = account.asked(request.id, held, held.course)
    told: Values = {
        "day": on,
        "asked_on": asked.on,
        "withdrawn": request.withdrawn,
        "exam": request.exam,
    }
    if request.attended is not None:
        told["attended"] = request.attended
    ended = scheme.ending(account.person(), asked, held.quantity, told)
    if ended is None:
        detail = f"{scheme.id} asks how much of the course was attended: say it, from 0 to 1"
        return no(Reason.ENDING_UNTOLD, detail)
    back = part_of(held.allocation[::-1], ended.gives_back)
    rest = rest_of(held.allocation, back)
    refusal = stopped(account, scheme.id) if held is not used and rest else None
    if refusal:
        return refusal
    draft = Draft(account)
    draft.add(
        CourseEnded(
            id=request.id,
            scheme=scheme.id,
            unit=scheme.unit,
            money=scheme.money,
            withdrawn=request.withdrawn,
            attended=request.attended,
            exam=request.exam,
            gives_back=ended.gives_back,
            refunds=ended.refunds,
            recovers=ended.recovers,
            effective_on=on,
            because=ended.because,
            rule=ended.rule,
        )
    )
    if held is used and back:
        draft.add(undone(request.id, back, on, ended.because))
    elif held is not used:
        if rest:
            draft.add(captured(request.id, held, held.course, rest, on))
        if back:
            draft.add(released(request.id, back, on, ended.because))
    return _given_back(draft, held, back, now, rulebook)


def _transfer(
    account: Account, request: Transfer, now: Now, rulebook: Rulebook
) -> Draft | Rejection:
    scheme = rulebook.schemes.get(request.scheme)
    target = rulebook.schemes.get(request.to_scheme)
    if scheme is None or target is None:
        return unknown_scheme(request.to_scheme if scheme else request.scheme, rulebook)
    if request.transfer in account.transfers:
        return no(Reason.IDENTIFIER_TAKEN, f"{request.transfer} already names a transfer here")
    conversion = scheme.conversion(target.id, request.on)
    if conversion is None:
        return no(
            Reason.NOT_CONVERTIBLE,
            f"no rule of {scheme.id} lets it be converted into {target.id} on {request.on}",
        )
    refusal = (
        of_other_holder(account, scheme)
        or measure(scheme, request.quantity, request.unit)
        or stopped(account, scheme.id)
    )
    if refusal:
        return refusal
    allocation = allocate(account, scheme, request.quantity, request.on)
    if isinstance(allocation, Rejection):
        return allocation
    if not rounded(conversion.rate * request.quantity, conversion.rounding):
        asked = shown(request.quantity, scheme.unit)
        return no(Reason.WRONG_QUANTITY, f"{asked} makes nothing of {target.id}; convert more")
    draft = Draft(account)
    reopen(draft, allocation)
    out = made = 0
    for lot, quantity in allocation:
        out += quantity
        inward = rounded(conversion.rate * out, conversion.rounding) - made
        made += inward
        draft.add(
            RightTransferred(
                transfer=request.transfer,
                from_lot=lot,
                quantity_out=quantity,
                lot=f"{target.id}/transfer-{request.transfer.replace('/', '.')}",
                scheme=target.id,
                unit=target.unit,
                quantity_in=inward,
                rate=str(conversion.rate),
                rounding=conversion.rounding,
                term=conversion.term_from(request.on),
                funder=conversion.funder,
                effective_on=request.on,
                basis=Basis(rule=conversion.rule, steps=(("because", conversion.words),)),
            )
        )
    return _moved(draft, now, rulebook)


def _freeze(
    account: Account, request: Freeze | Unfreeze, now: Now, rulebook: Rulebook
) -> Draft | Rejection:
    if request.scheme and request.scheme not in rulebook.schemes:
        return unknown_scheme(request.scheme, rulebook)
    if request.on > now.today:
        return no(Reason.IN_THE_FUTURE, f"{request.on} has not come yet; today is {now.today}")
    frozen = request.scheme in account.frozen
    draft = Draft(account)
    if isinstance(request, Freeze):
        for_another = any(request.scheme in each.frozen for each in account.joined.values())
        if not frozen or for_another:  # an account that parts leaves no other one unfrozen
            draft.add(
                RightsFrozen(scheme=request.scheme, effective_on=request.on, reason=request.reason)
            )
        return draft
    if not frozen:
        scheme = request.scheme or "every scheme together"
        return no(Reason.NOT_FROZEN, f"{scheme} is not frozen in this account")
    draft.add(RightsUnfrozen(scheme=request.scheme, effective_on=request.on, reason=request.reason))
    return draft


def _publish(account: Account, request: PublishRegulation, now: Now) -> Draft | Rejection:
    """Publish a content once; what two contents have in common is never their digest."""
    whole = sha256(request.content.encode()).hexdigest()
    digest = whole[:DIGEST_DIGITS]
    draft = Draft(account)
    for scheme, known in account.published:
        if known == whole:
            return draft
        if known.startswith(digest):
            return no(
                Reason.DIGEST_TAKEN,
                f"{digest} names another content, of {scheme}, published before; "
                "change a text of the regulation, so that it has a digest of its own",
            )
    draft.add(
        RegulationPublished(
            scheme=request.scheme,
            digest=digest,
            sha256=whole,
            content=request.content,
            effective_on=now.today,
        )
    )
    return draft


def part_of(allocation: Iterable[tuple[str, int]], quantity: int) -> Allocation:
    """Take `quantity` from the front of an allocation."""
    part, left = [], quantity
    for lot, held in allocation:
        if left:
            part.append((lot, min(held, left)))
            left -= min(held, left)
    return tuple(part)


def rest_of(whole: Allocation, part: Allocation) -> Allocation:
    """Return what is left of an allocation without a part of it."""
    gone = dict(part)
    return tuple(
        (lot, quantity - gone.get(lot, 0)) for lot, quantity in whole if quantity > gone.get(lot, 0)
    )
