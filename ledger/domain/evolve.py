"""What an event makes of an account: the fold of its events into its state.

`evolve` never argues: it is total over every event, so that a rule tightened today does not
make yesterday unreadable.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Final, assert_never
from uuid import UUID

from ledger.domain.account import BY_RULE, Account, Converted, Ended, Holding, Origin
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
from ledger.domain.events import (
    AccountErased,
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Allocation,
    CourseEnded,
    Envelope,
    Event,
    GapAccepted,
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
from ledger.domain.joined import brought_together, entrusted, frozen, learn, unfrozen, whose
from ledger.domain.lots import apply
from ledger.domain.mandates import Mandate

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
        state.hold_otherwise()
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
            learn(state, event, event.spell, named)
        case ProfileRecorded():
            learn(state, event, event.profile, named)
        case TopUpRecorded():
            learn(state, event, event.top_up, named)
        case StatusAnnulled() | ProfileAnnulled() | TopUpAnnulled():
            learn(state, event, None, named)
        case RightRestored():
            state.ended.pop(event.lot, None)
        case RightTransferred():
            _transferred(state, event)
        case TransferReversed():
            _converted_back(state, event)
        case RightReserved():
            state.reservations[event.reservation] = _held(event, of=whose(state, named))
        case ReservationReleased():
            _give_back(state.reservations, event.reservation, event.allocation)
        case RightUsed():
            _used(state, event, whose(state, named))
        case CourseEnded():
            _course_ended(state, event)
        case UseReversed():
            _give_back(state.uses, event.use, event.allocation)
        case RightRestricted() | RestrictionLifted() | RightsFrozen() | RightsUnfrozen():
            _stopped(state, event, whose(state, named))
        case MandateGiven() | MandateEnded():
            _mandated(state, event, whose(state, named))
        case RegulationPublished() | LogKeyChanged() | MasterKeyChanged() | SettingsChanged():
            _put_in_use(state, event)
        case AccountErased():
            state.erased = event.effective_on
        case AccountMerged() | AccountUnmerged() | AccountJoined() | AccountParted():
            brought_together(state, event)
        case _:
            assert_never(event)


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
            frozen(state, event.scheme, of)
        case RightsUnfrozen():
            state.frozen = tuple(each for each in state.frozen if each != event.scheme)
            unfrozen(state, event.scheme)


def _mandated(state: Account, event: MandateGiven | MandateEnded, of: UUID | None) -> None:
    match event:
        case MandateGiven():
            state.mandates[event.mandate] = Mandate(
                helper=event.helper,
                organisation=event.organisation,
                actions=event.actions,
                schemes=event.schemes,
                term=event.term,
            )
            entrusted(state, event.mandate, of)
        case MandateEnded():
            state.mandates[event.mandate] = state.mandates[event.mandate].at_end(event.effective_on)


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
        state.hold_otherwise()  # its movement is of another day


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
