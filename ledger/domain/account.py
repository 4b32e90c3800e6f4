"""An account: what the ledger knows of one person, folded from the person's events.

`evolve` never argues: it is total over every event, so that a rule tightened today does not
make yesterday unreadable. What may happen is decided in `ledger.domain.decide`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import blake2b
from typing import TypeVar, assert_never

from ledger.domain.career import Career, Person
from ledger.domain.commands import Course
from ledger.domain.events import (
    Allocation,
    Envelope,
    Event,
    LotId,
    ProfileAnnulled,
    ProfileRecorded,
    RequestRefused,
    ReservationReleased,
    RestrictionLifted,
    RightExpired,
    RightGranted,
    RightReserved,
    RightRestored,
    RightRestricted,
    RightsFrozen,
    RightsUnfrozen,
    RightTransferred,
    RightUsed,
    RightWithdrawn,
    ShortfallRecorded,
    ShortfallSettled,
    StatusAnnulled,
    StatusRecorded,
    TransferReversed,
    UseReversed,
)
from ledger.domain.facts import FactId, Profile, Spell
from ledger.domain.lots import Lot, apply
from ledger.domain.quantities import Rounding, rounded

BY_RULE = "conversion"
"""The `transfer` identifier of a transfer that a scheme's rule made, not a request."""

V = TypeVar("V")

_DIGEST_BYTES = 4
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact with the version that counts and those that were seen.

    Attributes:
        version: the highest seen.
        content: what it says; None when annulled.
        event: the account's version of the event that holds it.
        seen: each version seen and the digest of what it said.

    """

    version: int
    content: Spell | Profile | None
    event: int
    seen: tuple[tuple[int, str], ...]

    def said(self, version: int) -> str | None:
        """Return the digest of what a version said, None when it was not seen."""
        return next((digest for seen, digest in self.seen if seen == version), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A reservation, a use or a transfer on request: what it still holds of which lots.

    Attributes:
        allocation: what is left of it; empty when released, captured or reversed in full.
        on: the day it took effect.

    """

    scheme: str
    course: Course | None
    allocation: Allocation
    on: date

    @property
    def quantity(self) -> int:
        """How much it still holds."""
        return sum(quantity for _, quantity in self.allocation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a lot comes from: the effective day of its grants and the rule that gave it."""

    on: date
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What a scheme's rule moved out of a lot: how much, to where, at which rate."""

    quantity: int
    lot: LotId
    rate: Fraction
    rounding: Rounding

    def inward(self, quantity: int) -> int:
        """Return what so much of the source makes in the target, in whole units."""
        return rounded(self.rate * quantity, self.rounding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The state of one person's rights after `version` events.

    Attributes:
        recorded_at: when the last event was recorded.
        origins: by lot, where it comes from.
        converted: by lot, the part of its transferred-out quantity that a rule moved.
        ended: by lot, the day before its term's end on which the portability rule closed it.
        restrictions: by scheme, the mode in force.
        frozen: schemes whose uses an authority stopped; `` stands for all.

    """

    version: int = 0
    recorded_at: datetime = _NEVER
    facts: Mapping[FactId, KnownFact] = field(default_factory=dict)
    lots: Mapping[LotId, Lot] = field(default_factory=dict)
    origins: Mapping[LotId, Origin] = field(default_factory=dict)
    converted: Mapping[LotId, Converted] = field(default_factory=dict)
    ended: Mapping[LotId, date] = field(default_factory=dict)
    reservations: Mapping[str, Holding] = field(default_factory=dict)
    uses: Mapping[str, Holding] = field(default_factory=dict)
    transfers: Mapping[str, Holding] = field(default_factory=dict)
    restrictions: Mapping[str, str] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()

    def person(self, *, asking: tuple[str, Course] | None = None) -> Person:
        """Return what the rules may ask, with the course that is being asked for, if any."""
        requests: dict[str, list[Course]] = {}
        movements: dict[str, list[tuple[date, int]]] = {}
        for holding in (*self.reservations.values(), *self.uses.values()):
            if holding.allocation and holding.course is not None:
                requests.setdefault(holding.scheme, []).append(holding.course)
                movements.setdefault(holding.scheme, []).append((holding.on, -holding.quantity))
        for holding in self.transfers.values():
            movements.setdefault(holding.scheme, []).append((holding.on, -holding.quantity))
        for lot in self.lots.values():
            if lot.transferred_in:
                day = self.origins[lot.id].on
                movements.setdefault(lot.scheme, []).append((day, lot.transferred_in))
        if asking:
            requests.setdefault(asking[0], []).append(asking[1])
        return Person(
            Career((id_, f.content) for id_, f in self.facts.items() if f.content is not None),
            {s: tuple(sorted(c, key=lambda c: (c.starts_on, c.id))) for s, c in requests.items()},
            {scheme: tuple(sorted(moved)) for scheme, moved in movements.items()},
        )


def digest(content: Spell | Profile | None) -> str:
    """Tell two contents of one fact version apart."""
    return blake2b(repr(content).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def fold(envelopes: Iterable[Envelope], account: Account | None = None) -> Account:
    """Fold an account's envelopes, in order of version, into its state."""
    state = account or Account()
    for envelope in envelopes:
        state = replace(
            evolve(state, envelope.event), recorded_at=envelope.metadata.recorded_at
        )
    return state


def evolve(state: Account, event: Event) -> Account:
    """Fold one event in; the version counts it."""
    version = state.version + 1
    match event:
        case StatusRecorded():
            spell = Spell(term=event.term, status=event.status, evidence=event.evidence)
            return _learn(state, event, spell)
        case ProfileRecorded():
            return _learn(state, event, event.profile)
        case StatusAnnulled() | ProfileAnnulled():
            return _learn(state, event, None)
        case (
            RightGranted()
            | RightWithdrawn()
            | RightExpired()
            | RightRestored()
            | ShortfallRecorded()
            | ShortfallSettled()
            | RightTransferred()
            | TransferReversed()
        ):
            return _move(state, event)
        case RightReserved() | ReservationReleased() | RightUsed() | UseReversed():
            return _hold(state, event)
        case RightRestricted():
            modes = {**state.restrictions, event.scheme: event.mode}
            return replace(state, version=version, restrictions=modes)
        case RestrictionLifted():
            modes = {s: mode for s, mode in state.restrictions.items() if s != event.scheme}
            return replace(state, version=version, restrictions=modes)
        case RightsFrozen():
            frozen = tuple(sorted({*state.frozen, event.scheme}))
            return replace(state, version=version, frozen=frozen)
        case RightsUnfrozen():
            frozen = tuple(scheme for scheme in state.frozen if scheme != event.scheme)
            return replace(state, version=version, frozen=frozen)
        case RequestRefused():
            return replace(state, version=version)
        case _:
            assert_never(event)


def _learn(
    state: Account,
    event: StatusRecorded | StatusAnnulled | ProfileRecorded | ProfileAnnulled,
    content: Spell | Profile | None,
) -> Account:
    id_ = FactId(event.source, event.fact)
    known = state.facts.get(id_)
    seen = ((event.version, digest(content)),)
    version = state.version + 1
    if known is None:
        fact = KnownFact(version=event.version, content=content, event=version, seen=seen)
    elif event.version > known.version:
        fact = KnownFact(
            version=event.version, content=content, event=version, seen=known.seen + seen
        )
    else:
        fact = replace(known, seen=known.seen + seen)
    return replace(state, version=version, facts={**state.facts, id_: fact})


def _move(
    state: Account,
    event: RightGranted
    | RightWithdrawn
    | RightExpired
    | RightRestored
    | ShortfallRecorded
    | ShortfallSettled
    | RightTransferred
    | TransferReversed,
) -> Account:
    lots = dict(state.lots)
    apply(lots, event)
    state = replace(state, version=state.version + 1, lots=lots)
    match event:
        case RightGranted():
            origin = Origin(on=event.effective_on, rule=event.basis.rule)
            return replace(state, origins={**state.origins, event.lot: origin})
        case RightExpired() if event.effective_on < lots[event.lot].term.until:
            return replace(state, ended={**state.ended, event.lot: event.effective_on})
        case RightRestored():
            return replace(state, ended=_without(state.ended, event.lot))
        case RightTransferred():
            return _transferred(state, event, lots[event.from_lot])
        case TransferReversed():
            if not event.quantity_out:
                return state
            moved = state.converted[event.from_lot]
            left = replace(moved, quantity=moved.quantity - event.quantity_out)
            if left.quantity:
                return replace(state, converted={**state.converted, event.from_lot: left})
            return replace(
                state,
                converted=_without(state.converted, event.from_lot),
                ended=_without(state.ended, event.from_lot),
            )
        case _:
            return state


def _transferred(state: Account, event: RightTransferred, source: Lot) -> Account:
    origin = Origin(on=event.effective_on, rule=event.basis.rule)
    state = replace(state, origins={event.lot: origin, **state.origins})
    if event.transfer != BY_RULE:
        before = state.transfers.get(event.transfer)
        allocation = (before.allocation if before else ()) + (
            (event.from_lot, event.quantity_out),
        )
        holding = Holding(
            scheme=source.scheme, course=None, allocation=allocation, on=event.effective_on
        )
        return replace(state, transfers={**state.transfers, event.transfer: holding})
    before_rule = state.converted.get(event.from_lot)
    moved = Converted(
        quantity=event.quantity_out + (before_rule.quantity if before_rule else 0),
        lot=event.lot,
        rate=Fraction(event.rate),
        rounding=event.rounding,
    )
    state = replace(state, converted={**state.converted, event.from_lot: moved})
    if event.effective_on < source.term.until:
        return replace(state, ended={**state.ended, event.from_lot: event.effective_on})
    return state


def _hold(
    state: Account, event: RightReserved | ReservationReleased | RightUsed | UseReversed
) -> Account:
    lots = dict(state.lots)
    apply(lots, event)
    reservations, uses = dict(state.reservations), dict(state.uses)
    match event:
        case RightReserved():
            reservations[event.reservation] = _held(event)
        case ReservationReleased():
            reservations[event.reservation] = _less(
                reservations[event.reservation], event.allocation
            )
        case RightUsed():
            uses[event.use] = _held(event)
            if event.reserved:
                reservations[event.use] = _less(reservations[event.use], event.allocation)
        case UseReversed():
            uses[event.use] = _less(uses[event.use], event.allocation)
        case _:
            assert_never(event)
    return replace(
        state, version=state.version + 1, lots=lots, reservations=reservations, uses=uses
    )


def _held(event: RightReserved | RightUsed) -> Holding:
    course = Course(id=event.course, provider=event.provider, starts_on=event.course_starts_on)
    return Holding(
        scheme=event.scheme, course=course, allocation=event.allocation, on=event.effective_on
    )


def _less(holding: Holding, taken: Allocation) -> Holding:
    gone = dict(taken)
    left = tuple((lot, quantity - gone.get(lot, 0)) for lot, quantity in holding.allocation)
    return replace(holding, allocation=tuple((lot, quantity) for lot, quantity in left if quantity))


def _without(by_lot: Mapping[LotId, V], lot: LotId) -> Mapping[LotId, V]:
    return {id_: value for id_, value in by_lot.items() if id_ != lot}
