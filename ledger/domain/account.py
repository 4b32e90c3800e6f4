"""An account: what the ledger knows of one holder of rights, folded from the account's events.

`evolve` never argues: it is total over every event, so that a rule tightened today does not
make yesterday unreadable. What may happen is decided in `ledger.domain.decide`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import blake2b
from typing import Final, Literal, TypeAlias, assert_never
from uuid import UUID

from ledger.domain.acts import (
    DecidedAnew,
    LogKeyChanged,
    MasterKeyChanged,
    ProjectionRebuilt,
    PutInUse,
    RecordsReplayed,
    SettingsChanged,
    StatesRepaired,
    put_in_use,
)
from ledger.domain.career import Asked, Career, Movement, Person
from ledger.domain.commands import Course
from ledger.domain.events import (
    AccountErased,
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Allocation,
    CourseEnded,
    Draws,
    Envelope,
    Event,
    FactEvent,
    GapAccepted,
    LotId,
    MandateEnded,
    MandateGiven,
    ProfileAnnulled,
    ProfileRecorded,
    RecordDropped,
    RegulationPublished,
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
    TermCorrected,
    TopUpAnnulled,
    TopUpRecorded,
    TransferReversed,
    UseReversed,
)
from ledger.domain.facts import Content, FactId, Holder, holder_of
from ledger.domain.lots import Lot, apply, is_top_up
from ledger.domain.making import quickly_made
from ledger.domain.mandates import Mandate
from ledger.domain.quantities import Rounding, rounded

BY_RULE = "conversion"
"""The `transfer` identifier of a transfer that a scheme's rule made, not a request."""

Ended: TypeAlias = Literal["", "completed", "withdrawn"]
"""How a course did that rights were taken for, `` while it is not told."""

_DIGEST_BYTES = 4
NEVER_RECORDED = datetime.min.replace(tzinfo=UTC)


@quickly_made
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
    content: Content | None
    event: int
    seen: tuple[tuple[int, str], ...]

    def said(self, version: int) -> str | None:
        """Return the digest of what a version said, None when it was not seen."""
        return next((digest for seen, digest in self.seen if seen == version), None)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A reservation, a use or a transfer on request: what it still holds of which lots.

    Attributes:
        allocation: what is left of it; empty when released, captured or reversed in full.
        on: the day it took effect.
        pays: what the learner pays, in the scheme's money; None when the rules don't tell.
        rule: what allowed it, as its event says.
        ended: how its course did, `` while it is not told.
        draws: the shared limits that it counts for, as long as it holds anything.
        of: the account that was named for it, when that was merged into this one.

    """

    scheme: str
    course: Course | None
    allocation: Allocation
    on: date
    pays: int | None = None
    rule: str = ""
    ended: Ended = ""
    draws: Draws = ()
    of: UUID | None = None

    @property
    def quantity(self) -> int:
        """How much it still holds."""
        return sum(quantity for _, quantity in self.allocation)

    def taken(self) -> Iterator[tuple[bool, int]]:
        """Yield what it holds of top-ups, and of other lots, each with whether it is of top-ups."""
        beside = sum(n for lot, n in self.allocation if is_top_up(lot, self.scheme))
        return ((of, n) for of, n in ((True, beside), (False, self.quantity - beside)) if n)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a lot comes from: the effective day of its grants and the rule that gave it."""

    on: date
    rule: str


@quickly_made
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
class Merged:
    """Where an account's holder stands since it was merged, and the day on which that was found."""

    into: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What is kept apart of an account that was merged into another, so that it can part again.

    Attributes:
        facts: those told of it.
        frozen: schemes that were frozen under its name only; `` stands for all.

    """

    facts: dict[FactId, KnownFact] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()


_Held: TypeAlias = tuple[Mapping[str, tuple[Asked, ...]], Mapping[str, tuple[Movement, ...]]]
"""By scheme, requests and movements."""

_HOLD_NOTHING: Final = (
    StatusRecorded,
    StatusAnnulled,
    ProfileRecorded,
    ProfileAnnulled,
    TopUpRecorded,
    TopUpAnnulled,
    RightGranted,
    RightWithdrawn,
    RightExpired,
    RightRestored,
    RightRestricted,
    RestrictionLifted,
)
"""Events after which requests and movements are as they were; the frequent ones."""


@dataclass(slots=True, kw_only=True)
class Account:
    """The state of one holder's rights after `version` events.

    Only `evolve`, `fold` and a draft's own copy change one; everybody else reads.

    Attributes:
        recorded_at: when the last event was recorded.
        origins: by lot, where it comes from.
        converted: by lot, the part of its transferred-out quantity that a rule moved.
        ended: by lot, the day before its term's end on which the portability rule closed it.
        restrictions: by scheme, the mode in force.
        frozen: schemes whose uses an authority stopped; `` stands for all.
        mandates: by the identifier of each that was given, ended ones too.
        published: scheme and SHA-256 of each regulation, in order; only `REGULATIONS` has any.
        erased: the day on which it was closed for good.
        merged: into which other it was, which stands for both.
        joined: the accounts that were merged into it.
        own: of the facts that are told of these, too, what is told of this one.
        in_use: keys, and digests of settings, by what they are of; only `OPERATIONS` has any.

    """

    version: int = 0
    recorded_at: datetime = NEVER_RECORDED
    facts: dict[FactId, KnownFact] = field(default_factory=dict)
    lots: dict[LotId, Lot] = field(default_factory=dict)
    origins: dict[LotId, Origin] = field(default_factory=dict)
    converted: dict[LotId, Converted] = field(default_factory=dict)
    ended: dict[LotId, date] = field(default_factory=dict)
    reservations: dict[str, Holding] = field(default_factory=dict)
    uses: dict[str, Holding] = field(default_factory=dict)
    transfers: dict[str, Holding] = field(default_factory=dict)
    restrictions: dict[str, str] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    published: tuple[tuple[str, str], ...] = ()
    erased: date | None = None
    mandates: dict[str, Mandate] = field(default_factory=dict)
    merged: Merged | None = None
    joined: dict[UUID, Joined] = field(default_factory=dict)
    own: dict[FactId, KnownFact] = field(default_factory=dict)
    in_use: dict[str, str] = field(default_factory=dict)
    _career: Career | None = field(default=None, init=False, compare=False, repr=False)
    _held: _Held | None = field(default=None, init=False, compare=False, repr=False)

    def copy(self) -> "Account":
        """Return an account that can be changed without changing this one."""
        copied = Account(
            version=self.version,
            recorded_at=self.recorded_at,
            facts=dict(self.facts),
            lots=dict(self.lots),
            origins=dict(self.origins),
            converted=dict(self.converted),
            ended=dict(self.ended),
            reservations=dict(self.reservations),
            uses=dict(self.uses),
            transfers=dict(self.transfers),
            restrictions=dict(self.restrictions),
            frozen=self.frozen,
            published=self.published,
            erased=self.erased,
            mandates=dict(self.mandates),
            merged=self.merged,
            joined=dict(self.joined),
            own=dict(self.own),
            in_use=dict(self.in_use),
        )
        copied._career, copied._held = self._career, self._held
        return copied

    @property
    def career(self) -> Career:
        """The facts that count; made once, as long as nothing is learnt."""
        if self._career is None:
            known = ((id_, f.content) for id_, f in self.facts.items() if f.content is not None)
            self._career = Career(known)
        return self._career

    def holder(self, without: FactId | None = None) -> Holder | None:
        """Return whose it is by any fact that counts, which all tell the same; None by none."""
        told = (k.content for id_, k in self.facts.items() if k.content and id_ != without)
        return next((of for of in map(holder_of, told) if of is not None), None)

    def learn(self, id_: FactId, known: KnownFact) -> None:
        """Know a fact from now on."""
        self.facts[id_] = known
        self._career = None

    def person(self, *, asking: tuple[str, Asked] | None = None) -> Person:
        """Return what the rules may ask, with the request that is being made, if any."""
        if self._held is None:
            self._held = self._requests(), self._movements()
        requests, movements = self._held
        if asking is not None:
            scheme, one = asking
            some = sorted([*requests.get(scheme, ()), one], key=lambda asked: asked.place)
            requests = {**requests, scheme: tuple(some)}
        return Person(self.career, requests, movements)

    def _requests(self) -> dict[str, tuple[Asked, ...]]:
        """Return by scheme what was asked for and holds something, in order."""
        found: dict[str, list[Asked]] = {}
        for id_, held in (*self.reservations.items(), *self.uses.items()):
            if held.allocation and held.course is not None:
                found.setdefault(held.scheme, []).append(self.asked(id_, held, held.course))
        return {
            scheme: tuple(sorted(some, key=lambda asked: asked.place))
            for scheme, some in found.items()
        }

    def asked(self, id_: str, held: Holding, course: Course) -> Asked:
        """Return the request by which a reservation or use holds what it does for a course."""
        reserved = self.reservations.get(id_)
        on = held.on if reserved is None else reserved.on
        done = held is self.uses.get(id_) and held.ended != "withdrawn"
        return Asked(id_, on, course, held.on if done else None, pays=held.pays)

    def _movements(self) -> dict[str, tuple[Movement, ...]]:
        """Return by scheme what was moved in, less what is short of it, and (below 0) taken."""
        found: dict[str, list[Movement]] = {}
        for holding in (
            *self.reservations.values(),
            *self.uses.values(),
            *self.transfers.values(),
        ):
            for beside, quantity in holding.taken():
                moved = Movement(holding.on, -quantity, beside)
                found.setdefault(holding.scheme, []).append(moved)
        for lot in self.lots.values():
            if lot.transferred_in:
                moved = Movement(self.origins[lot.id].on, lot.transferred_in - lot.shortfall)
                found.setdefault(lot.scheme, []).append(moved)
        return {scheme: tuple(sorted(moved)) for scheme, moved in found.items()}


def digest(content: Content | None) -> str:
    """Tell two contents of one fact version apart."""
    return blake2b(repr(content).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def fold(envelopes: Iterable[Envelope], account: Account | None = None) -> Account:
    """Fold an account's envelopes, in order of version, into its state."""
    state = account.copy() if account is not None else Account()
    for envelope in envelopes:
        take(state, envelope.event, envelope.metadata.named)
        state.recorded_at = envelope.metadata.recorded_at
    return state


def evolve(state: Account, event: Event) -> Account:
    """Return the state after one more event; the version counts it."""
    after = state.copy()
    take(after, event)
    return after


def take(state: Account, event: Event, named: UUID | None = None) -> None:
    """Fold one event into a state that nobody else holds; `named` is the metadata's."""
    state.version += 1
    apply(state.lots, event)
    if not isinstance(event, _HOLD_NOTHING):
        state._held = None  # noqa: SLF001  only this module changes one
    match event:  # the frequent ones come first: each case is a question
        case RightGranted():
            _granted(state, event)
        case RightExpired():
            if event.effective_on < state.lots[event.lot].term.until:
                state.ended[event.lot] = event.effective_on
        case (
            RightWithdrawn()
            | TermCorrected()
            | ShortfallRecorded()
            | ShortfallSettled()
            | RequestRefused()
            | RecordDropped()
            | GapAccepted()
            | StatesRepaired()
            | ProjectionRebuilt()
            | RecordsReplayed()
            | DecidedAnew()
        ):
            pass
        case StatusRecorded():
            _learn(state, event, event.spell, named)
        case ProfileRecorded():
            _learn(state, event, event.profile, named)
        case TopUpRecorded():
            _learn(state, event, event.top_up, named)
        case StatusAnnulled() | ProfileAnnulled() | TopUpAnnulled():
            _learn(state, event, None, named)
        case RightRestored():
            state.ended.pop(event.lot, None)
        case RightTransferred():
            _transferred(state, event)
        case TransferReversed():
            _converted_back(state, event)
        case RightReserved():
            state.reservations[event.reservation] = _held(event, of=_of(state, named))
        case ReservationReleased():
            _give_back(state.reservations, event.reservation, event.allocation)
        case RightUsed():
            _used(state, event, _of(state, named))
        case CourseEnded():
            _course_ended(state, event)
        case UseReversed():
            _give_back(state.uses, event.use, event.allocation)
        case RightRestricted() | RestrictionLifted() | RightsFrozen() | RightsUnfrozen():
            _stopped(state, event, _of(state, named))
        case MandateGiven() | MandateEnded():
            _mandated(state, event)
        case RegulationPublished() | LogKeyChanged() | MasterKeyChanged() | SettingsChanged():
            _put_in_use(state, event)
        case AccountErased():
            state.erased = event.effective_on
        case AccountMerged() | AccountUnmerged() | AccountJoined() | AccountParted():
            _brought_together(state, event)
        case _:
            assert_never(event)


def _of(state: Account, named: UUID | None) -> UUID | None:
    """Return the account that was named, when it is one of those that were merged into this one."""
    return named if named in state.joined else None


def _put_in_use(state: Account, event: RegulationPublished | PutInUse) -> None:
    if isinstance(event, RegulationPublished):
        state.published = (*state.published, (event.scheme, event.sha256))
    else:
        what, which = put_in_use(event)
        state.in_use[what] = which


def _stopped(
    state: Account,
    event: RightRestricted | RestrictionLifted | RightsFrozen | RightsUnfrozen,
    of: UUID | None,
) -> None:
    match event:
        case RightRestricted():
            state.restrictions[event.scheme] = event.mode
        case RestrictionLifted():
            state.restrictions.pop(event.scheme, None)
        case RightsFrozen():
            state.frozen = tuple(sorted({*state.frozen, event.scheme}))
            if of is None:
                _frozen_for_nobody(state, event.scheme)
            else:
                joined = state.joined[of]
                frozen = tuple(sorted({*joined.frozen, event.scheme}))
                state.joined[of] = replace(joined, frozen=frozen)
        case RightsUnfrozen():
            state.frozen = _without(state.frozen, event.scheme)
            _frozen_for_nobody(state, event.scheme)


def _mandated(state: Account, event: MandateGiven | MandateEnded) -> None:
    match event:
        case MandateGiven():
            state.mandates[event.mandate] = Mandate(
                helper=event.helper,
                organisation=event.organisation,
                actions=event.actions,
                schemes=event.schemes,
                term=event.term,
            )
        case MandateEnded():
            state.mandates[event.mandate] = state.mandates[event.mandate].at_end(event.effective_on)


def _frozen_for_nobody(state: Account, scheme: str) -> None:
    """Let no account that was merged into this one be the reason of a freeze."""
    for id_, joined in state.joined.items():
        state.joined[id_] = replace(joined, frozen=_without(joined.frozen, scheme))


def _without(frozen: tuple[str, ...], scheme: str) -> tuple[str, ...]:
    return tuple(each for each in frozen if each != scheme)


def _learn(state: Account, event: FactEvent, content: Content | None, named: UUID | None) -> None:
    id_ = FactId(event.source, event.fact)
    if not state.joined:
        state.learn(id_, _next(state.facts.get(id_), event, content, state.version))
        return
    told, of = _told(state, id_), _of(state, named)
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
        state.facts.pop(id_, None)
        state._career = None  # noqa: SLF001  only this module changes one
        return
    if None in told and len(told) > 1:
        state.own[id_] = told[None]
    highest = max(told.values(), key=lambda known: known.version)
    if len(told) > 1:
        seen = dict.fromkeys(each for known in told.values() for each in known.seen)
        highest = replace(highest, seen=tuple(seen))
    state.learn(id_, highest)


def _brought_together(
    state: Account, event: AccountMerged | AccountUnmerged | AccountJoined | AccountParted
) -> None:
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
    for holdings in (state.reservations, state.uses):
        for name in [name for name, held in holdings.items() if held.of == account]:
            del holdings[name]


def _transferred(state: Account, event: RightTransferred) -> None:
    source = state.lots[event.from_lot]
    state.origins[event.lot] = Origin(on=event.effective_on, rule=event.basis.rule)
    if event.transfer != BY_RULE:
        before = state.transfers.get(event.transfer)
        part = ((event.from_lot, event.quantity_out),)
        state.transfers[event.transfer] = Holding(
            scheme=source.scheme,
            course=None,
            allocation=(before.allocation if before else ()) + part,
            on=event.effective_on,
        )
        return
    moved = state.converted.get(event.from_lot)
    state.converted[event.from_lot] = Converted(
        quantity=event.quantity_out + (moved.quantity if moved else 0),
        lot=event.lot,
        rate=Fraction(event.rate),
        rounding=event.rounding,
    )
    if event.effective_on < source.term.until:
        state.ended[event.from_lot] = event.effective_on


def _converted_back(state: Account, event: TransferReversed) -> None:
    if not event.quantity_out:
        return
    moved = state.converted[event.from_lot]
    left = moved.quantity - event.quantity_out
    if left:
        state.converted[event.from_lot] = replace(moved, quantity=left)
    else:
        del state.converted[event.from_lot]
        state.ended.pop(event.from_lot, None)


def _granted(state: Account, event: RightGranted) -> None:
    state.origins[event.lot] = Origin(on=event.effective_on, rule=event.basis.rule)
    if state.lots[event.lot].transferred_in:
        state._held = None  # noqa: SLF001  its movement is of another day


def _used(state: Account, event: RightUsed, of: UUID | None) -> None:
    before = state.reservations[event.use] if event.reserved else None
    if before is None:
        state.uses[event.use] = _held(event, of=of)
    else:
        state.uses[event.use] = _held(event, before.ended, before.of)
    if event.reserved:
        _give_back(state.reservations, event.use, event.allocation)


def _course_ended(state: Account, event: CourseEnded) -> None:
    holdings = state.uses if event.id in state.uses else state.reservations
    ended: Ended = "withdrawn" if event.withdrawn else "completed"
    holdings[event.id] = replace(holdings[event.id], ended=ended)


def _held(event: RightReserved | RightUsed, ended: Ended = "", of: UUID | None = None) -> Holding:
    return Holding(
        scheme=event.scheme,
        course=event.course,
        allocation=event.allocation,
        on=event.effective_on,
        pays=event.pays,
        rule=event.rule,
        ended=ended,
        draws=event.draws,
        of=of,
    )


def _give_back(holdings: dict[str, Holding], id_: str, taken: Allocation) -> None:
    gone = dict(taken)
    left = tuple((lot, held - gone.get(lot, 0)) for lot, held in holdings[id_].allocation)
    allocation = tuple((lot, held) for lot, held in left if held)
    holdings[id_] = replace(holdings[id_], allocation=allocation)
