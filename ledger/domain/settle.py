"""Settling: what is due less what was granted becomes events.

So the order in which facts arrive does not matter, and a late correction yields exactly the
compensating events that it should. After settling, for every lot:

* net grants = max(due, what is reserved, used or moved on): nothing used is taken back silently;
* shortfall = what is committed beyond what is due;
* a lot that is closed (its term is over, or the portability rule ends it) has nothing available.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from ledger.domain.account import BY_RULE, Account, Holding
from ledger.domain.calendar import OPEN
from ledger.domain.career import Person
from ledger.domain.dues import Due, assess, next_day
from ledger.domain.events import (
    Basis,
    Event,
    LotId,
    RestrictionLifted,
    RightExpired,
    RightGranted,
    RightRestored,
    RightRestricted,
    RightTransferred,
    RightWithdrawn,
    ShortfallRecorded,
    ShortfallSettled,
    TermCorrected,
    TransferReversed,
)
from ledger.domain.evolve import take
from ledger.domain.lots import Lot, is_top_up
from ledger.domain.occasions import ASKED_FOR, Touched, label_asked, movement
from ledger.domain.portability import CLOSING, Conversion, Standing, converted_lot
from ledger.domain.quantities import rounded
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook

TERM_OVER = "the term is over"
CORRECTED = "what had closed it was corrected"
GIVEN_UP = "the request was given up"
NEVER_DUE = "it came free, and was never due"
NO_LONGER_TOPPED_UP = "the funder no longer gives it"
DEADLINE_OVER = "the funder's deadline is over; what is left goes back to the funder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The door's clock.

    Attributes:
        recorded_at: the instant, UTC.
        today: the civil day there, where the office is.

    """

    recorded_at: datetime
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closing:
    """How and since when a lot is closed."""

    on: date
    reason: str
    conversion: Conversion | None


class Draft:
    """Events in the making, and the state that they lead to; the state it began from stays.

    Attributes:
        cause: the account's version of the event that holds the fact that came in, if one did.
        moved_into: schemes into which rights were converted, or out of which they went back.
        named: the account that its events are about, when that was merged into this one.

    """

    __slots__ = ("account", "cause", "events", "moved_into", "named")

    def __init__(self, account: Account, named: UUID | None = None) -> None:
        """Begin with a copy of a state."""
        self.named = named
        self.account = account.copy()
        self.events: list[Event] = []
        self.cause: int | None = None
        self.moved_into: set[str] = set()

    def add(self, event: Event) -> None:
        """Take one more event."""
        take(self.account, event, self.named)
        self.events.append(event)
        if isinstance(event, (RightTransferred, TransferReversed)):
            self.moved_into.add(self.account.lots[event.lot].scheme)


def settle(
    draft: Draft, person: Person, now: Now, rulebook: Rulebook, changes: Sequence[Touched | None]
) -> None:
    """Grant and withdraw what the changes make due (None: any change), then tidy up.

    Scheme by scheme, in the order of conversion, so that what a rule moves into a scheme is
    there before its cap is looked at.
    """
    concerned = {lot.scheme for lot in draft.account.lots.values()} | person.requests.keys()
    concerned |= draft.account.restrictions.keys() | rulebook.giving(person.career)
    concerned |= draft.moved_into
    for id_, scheme in rulebook.schemes.items():
        if id_ not in concerned:
            continue
        if scheme.capped and id_ in draft.moved_into:
            person = replace(person, movements=draft.account.person().movements)
            changes = [*changes, movement()]
        for touched in changes:
            for due in assess(scheme, person, now.today, touched, draft.account.lots):
                _adjust(draft, due)
        if scheme.gives_on_request:
            _take_back(draft, scheme, person)
        if scheme.tops_up:
            _take_back_top_ups(draft, scheme, person, now)
        _tidy(draft, scheme, person, now)
        concerned |= draft.moved_into


def _take_back(draft: Draft, scheme: Scheme, person: Person) -> None:
    """Withdraw what was there for a request that was given up."""
    live = {label_asked(each.id) for each in person.requests.get(scheme.id, ())}
    for lot in sorted(draft.account.lots.values(), key=lambda lot: lot.id):
        label = lot.id.removeprefix(f"{scheme.id}/").partition("/")[0]
        given_up = label.startswith(ASKED_FOR) and label not in live
        if lot.scheme == scheme.id and given_up and lot.net > lot.committed:
            origin = draft.account.origins[lot.id]
            basis = _again(draft, origin.rule, GIVEN_UP)
            draft.add(_withdraw(lot, lot.net - lot.committed, origin.on, basis))


def _take_back_top_ups(draft: Draft, scheme: Scheme, person: Person, now: Now) -> None:
    """Bring to nothing what was there for a top-up that its funder says otherwise now."""
    live = {each.lot for each in scheme.topped_up(person.career) if each.opens <= now.today}
    for id_, lot in sorted(draft.account.lots.items()):
        if lot.scheme == scheme.id and is_top_up(id_, scheme.id) and id_ not in live:
            rule = draft.account.origins[id_].rule
            basis = partial(_again, draft, rule, NO_LONGER_TOPPED_UP)
            _bring(draft, _unconvert(draft, lot, 0, basis, whole=False), 0, basis, None)


def _tidy(draft: Draft, scheme: Scheme, person: Person, now: Now) -> None:
    """Take back what came free under a shortfall, close and reopen lots, restrict the scheme."""
    lots = sorted(
        lot.id
        for lot in draft.account.lots.values()
        if lot.scheme == scheme.id
        and (lot.term.until > now.today or lot.available or lot.shortfall or scheme.closes)
    )
    live = scheme.id in draft.account.restrictions
    if not lots and not live:
        return
    for id_ in lots:
        if draft.account.lots[id_].shortfall:
            _absorb(draft, draft.account.lots[id_])
        _close(draft, draft.account.lots[id_], scheme, person, now)
        live = live or draft.account.lots[id_].available > 0
    if live:
        _restrict(draft, scheme, scheme.standing(person, now.today), person, now)


def next_due(account: Account, today: date, rulebook: Rulebook) -> date | None:
    """Return the next day on which something falls due, lapses or changes by itself."""
    if account.published or account.erased or account.merged:  # no person's, or no longer
        return None
    career = account.career
    held = {lot.scheme for lot in account.lots.values()} & rulebook.schemes.keys()
    giving = rulebook.giving(career) | {id_ for id_ in held if rulebook.schemes[id_].revalues}
    live = [lot for lot in account.lots.values() if lot.available]
    days = [lot.term.until for lot in live if lot.term.until > today]
    tomorrow = today + timedelta(days=1)
    days += [max(lapses, tomorrow) for lapses, _, _ in held_until(account, rulebook)]
    if giving or live or account.restrictions:
        days.append(career.next_edge(today))
    found = min(days, default=OPEN)
    for id_ in giving:
        found = next_day(rulebook.schemes[id_], career, today, found)
    return found if found < OPEN else None


def held_until(account: Account, rulebook: Rulebook) -> Iterator[tuple[date, str, Holding]]:
    """Yield each reservation that lapses by itself: since when it is no longer held."""
    for id_, held in account.reservations.items():
        scheme = rulebook.schemes.get(held.scheme)
        lapses = scheme.taking.lapses_on(held.on) if scheme and held.allocation else None
        if lapses is not None:
            yield lapses, id_, held


def _adjust(draft: Draft, due: Due) -> None:
    """Bring one lot to what is due."""
    lot = draft.account.lots.get(due.lot)
    if lot is None:
        if due.quantity:
            draft.add(_grant(due, due.quantity, due.effective_on, _basis(draft, due)))
        return
    on = draft.account.origins[due.lot].on
    moves = bool(due.quantity) and on != due.effective_on
    basis = partial(_basis, draft, due)
    lot = _unconvert(draft, lot, due.quantity, basis, whole=moves)
    if due.occasion.topped_up is not None and due.quantity:
        moves = moves or (lot.term, lot.funder) != (due.term, due.funder)
    if moves and not lot.committed:
        because = basis()
        if lot.net:
            draft.add(_withdraw(lot, lot.net, on, because))
        draft.add(_grant(due, due.quantity, due.effective_on, because))
        return
    if moves and due.occasion.topped_up is not None:
        lot = _correct_term(draft, lot, due, on)
    _bring(draft, lot, due.quantity, basis, due)


def _correct_term(draft: Draft, lot: Lot, due: Due, on: date) -> Lot:
    """Let a lot that is used in part last, and be paid, as its funder says now."""
    if (lot.term, lot.funder) != (due.term, due.funder):
        draft.add(
            TermCorrected(
                lot=lot.id,
                term=due.term,
                funder=due.funder,
                effective_on=on,
                basis=_basis(draft, due),
            )
        )
    return draft.account.lots[lot.id]


def _bring(
    draft: Draft, lot: Lot, quantity: int, basis: Callable[[], Basis], due: Due | None
) -> None:
    """Bring what was granted to a quantity, which is a due's; without one it is 0."""
    on = draft.account.origins[lot.id].on
    owed = max(lot.committed - lot.transferred_in, 0)
    shortfall = max(owed - quantity, 0)
    change = max(quantity, owed) - lot.net
    if not change and shortfall == lot.shortfall:
        return
    because = basis()
    if shortfall < lot.shortfall:
        draft.add(_settled(lot, lot.shortfall - shortfall, on, because))
    if change > 0:
        assert due is not None  # noqa: S101  what is committed was granted
        draft.add(_grant(due, change, on, because))
    elif change < 0:
        draft.add(_withdraw(lot, -change, on, because))
    if shortfall > lot.shortfall:
        draft.add(_short(lot, shortfall - lot.shortfall, on, because))


def _unconvert(
    draft: Draft, lot: Lot, quantity: int, basis: Callable[[], Basis], *, whole: bool
) -> Lot:
    """Take back, from where a rule moved it, what is no longer due and not free in the lot.

    Or the whole of it, when the right is due from another day: it may be closed otherwise then.
    """
    moved = draft.account.converted.get(lot.id)
    if moved is None:
        return lot
    kept = max(quantity, lot.committed - moved.quantity - lot.transferred_in)
    back = moved.quantity if whole else lot.net - kept - lot.available - lot.expired
    if back > 0:
        _reverse_conversion(draft, lot.id, min(back, moved.quantity), basis())
    return draft.account.lots[lot.id]


def _reverse_conversion(draft: Draft, source: LotId, back: int, basis: Basis) -> None:
    """Return `back` to the source; what its conversion made leaves the target, if not committed."""
    moved = draft.account.converted[source]
    target = draft.account.lots[moved.lot]
    on = draft.account.origins[target.id].on
    wanted = target.transferred_in - target.shortfall - moved.inward(moved.quantity - back)
    lapsed = min(max(wanted - target.available, 0), target.expired)
    if lapsed:
        draft.add(
            RightRestored(
                lot=target.id, quantity=lapsed, effective_on=target.term.until, reason=CORRECTED
            )
        )
    taken = min(wanted, target.available + lapsed)
    draft.add(
        TransferReversed(
            from_lot=source,
            quantity_out=back,
            lot=target.id,
            quantity_in=taken,
            effective_on=on,
            basis=basis,
        )
    )
    if wanted > taken:
        draft.add(_short(target, wanted - taken, on, basis))


def _absorb(draft: Draft, lot: Lot) -> None:
    """Take what came free in a lot with a shortfall: it was never due."""
    free = min(lot.shortfall, lot.available + lot.expired)
    if not free:
        return
    origin = draft.account.origins[lot.id]
    basis = _again(draft, origin.rule, NEVER_DUE)
    if lot.net:
        draft.add(_withdraw(lot, free, origin.on, basis))
    else:
        source = next(id_ for id_ in draft.account.lots if converted_lot(lot.scheme, id_) == lot.id)
        draft.add(
            TransferReversed(
                from_lot=source,
                quantity_out=0,
                lot=lot.id,
                quantity_in=free,
                effective_on=origin.on,
                basis=basis,
            )
        )
    draft.add(_settled(lot, free, origin.on, basis))


def _close(draft: Draft, lot: Lot, scheme: Scheme, person: Person, now: Now) -> None:
    """Let lapse, or convert, what a closed lot has left; take back what was closed otherwise."""
    closing = _closing(draft.account, lot, scheme, person, now)
    conversion = closing.conversion if closing is not None else None
    if closing is None or conversion is not None:
        _restore(draft, lot)
    moved = draft.account.converted.get(lot.id)
    on = closing.on if closing is not None else None
    if moved is not None and (
        conversion is None
        or moved.lot != conversion.target(lot.id)
        or draft.account.origins[moved.lot].on != on
    ):
        basis = _again(draft, draft.account.origins[moved.lot].rule, CORRECTED)
        _reverse_conversion(draft, lot.id, moved.quantity, basis)
    lot = draft.account.lots[lot.id]
    if closing is None or not lot.available:
        return
    if conversion is not None:
        _convert(draft, lot, conversion, closing.on)
    else:
        draft.add(
            RightExpired(
                lot=lot.id,
                quantity=lot.available,
                effective_on=closing.on,
                reason=closing.reason,
            )
        )


def _restore(draft: Draft, lot: Lot) -> None:
    """Give back what a lot let lapse."""
    if lot.expired:
        draft.add(
            RightRestored(
                lot=lot.id,
                quantity=lot.expired,
                effective_on=draft.account.ended.get(lot.id, lot.term.until),
                reason=CORRECTED,
            )
        )


def _closing(
    account: Account, lot: Lot, scheme: Scheme, person: Person, now: Now
) -> _Closing | None:
    """Say how a lot is closed today, None while it is open.

    The first day on which the portability rule closes it counts, whatever comes after, and
    whenever that became known: so the order in which facts arrive does not matter.
    """
    if scheme.closes:
        since = max(lot.term.since, account.origins[lot.id].on)
        until = min(lot.term.until, now.today + timedelta(days=1))
        edges = [day for day in person.career.edges() if since < day < until]
        for day in [since, *edges] if since < until else ():
            standing = scheme.standing(person, day)
            if standing.mode in CLOSING:
                return _Closing(on=day, reason=standing.reason, conversion=standing.conversion)
    if lot.term.until <= now.today and is_top_up(lot.id, scheme.id):
        return _Closing(on=lot.term.until, reason=DEADLINE_OVER, conversion=None)
    if lot.term.until <= now.today:
        return _Closing(on=lot.term.until, reason=TERM_OVER, conversion=scheme.at_end)
    return None


def _convert(draft: Draft, lot: Lot, conversion: Conversion, on: date) -> None:
    """Move what is left of a lot to where the scheme's rule says, at its rate."""
    moved = draft.account.converted.get(lot.id)
    target = draft.account.lots.get(conversion.target(lot.id))
    total = lot.available + (moved.quantity if moved else 0)
    made = rounded(conversion.rate * total, conversion.rounding)
    if target is not None:
        made -= target.transferred_in - target.shortfall
    settled = min(target.shortfall, made) if target is not None else 0
    basis = _again(draft, conversion.rule, conversion.words)
    if target is not None and settled:
        draft.add(_settled(target, settled, draft.account.origins[target.id].on, basis))
    draft.add(
        RightTransferred(
            transfer=BY_RULE,
            from_lot=lot.id,
            quantity_out=lot.available,
            lot=conversion.target(lot.id),
            scheme=conversion.to,
            unit=conversion.unit,
            quantity_in=made - settled,
            rate=str(conversion.rate),
            rounding=conversion.rounding,
            term=conversion.term_from(on),
            funder=conversion.funder,
            effective_on=on,
            basis=basis,
        )
    )


def _restrict(draft: Draft, scheme: Scheme, standing: Standing, person: Person, now: Now) -> None:
    """Record that the portability rule stops new use of a scheme, or no longer does."""
    current = draft.account.restrictions.get(scheme.id)
    if standing.mode in ("keep", "freeze"):
        if standing.mode != current:
            draft.add(
                RightRestricted(
                    scheme=scheme.id,
                    mode="keep" if standing.mode == "keep" else "freeze",
                    effective_on=scheme.standing_since(person, now.today),
                    reason=standing.reason,
                )
            )
    elif current:
        draft.add(
            RestrictionLifted(
                scheme=scheme.id,
                effective_on=scheme.standing_since(person, now.today),
                reason=standing.reason,
            )
        )


def _basis(draft: Draft, due: Due) -> Basis:
    """Say why: the facts relied on, and the one that came in, which may be an annulment."""
    facts = {draft.account.facts[id_].event for id_ in due.facts}
    if draft.cause is not None:
        facts.add(draft.cause)
    return Basis(rule=due.rule, facts=tuple(sorted(facts)), steps=due.steps)


def _again(draft: Draft, rule: str, because: str) -> Basis:
    """Say why something that was decided under a rule is adjusted or moved on."""
    facts = () if draft.cause is None else (draft.cause,)
    return Basis(rule=rule, facts=facts, steps=(("because", because),))


def _grant(due: Due, quantity: int, on: date, basis: Basis) -> RightGranted:
    return RightGranted(
        lot=due.lot,
        scheme=due.scheme.id,
        unit=due.scheme.unit,
        quantity=quantity,
        term=due.term,
        funder=due.funder,
        effective_on=on,
        basis=basis,
    )


def _withdraw(lot: Lot, quantity: int, on: date, basis: Basis) -> RightWithdrawn:
    """Take from what is available, then from what has expired."""
    from_expired = max(quantity - lot.available, 0)
    return RightWithdrawn(
        lot=lot.id, quantity=quantity, from_expired=from_expired, effective_on=on, basis=basis
    )


def _settled(lot: Lot, quantity: int, on: date, basis: Basis) -> ShortfallSettled:
    return ShortfallSettled(lot=lot.id, quantity=quantity, effective_on=on, basis=basis)


def _short(lot: Lot, quantity: int, on: date, basis: Basis) -> ShortfallRecorded:
    return ShortfallRecorded(lot=lot.id, quantity=quantity, effective_on=on, basis=basis)
