"""Events in plain sentences that a citizen understands."""

from typing import assert_never

from ledger.domain.calendar import OPEN, Term
from ledger.domain.events import (
    Basis,
    Event,
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
from ledger.domain.facts import (
    Birth,
    CivilService,
    Employment,
    Inactivity,
    Jobseeking,
    Profile,
    Qualification,
    Residence,
    Retirement,
    SelfEmployment,
    Status,
    Study,
)
from ledger.domain.lots import Lot
from ledger.domain.quantities import shown


def span(term: Term) -> str:
    """Write a term by its first and last day."""
    if term.until == OPEN:
        return f"from {term.since}"
    return f"from {term.since} until {term.until} (not included)"


def status(what: Status) -> str:
    """Write a status."""
    match what:
        case Employment():
            hours = shown(what.weekly, "minute")
            sector = "private" if what.sector == "private" else "public"
            return (
                f"employee at {what.employer}, {sector} sector, in {what.place}, "
                f"{percentage(what)} of full time, {hours} a week"
            )
        case CivilService():
            return f"civil servant at {what.employer}, {percentage(what)} of full time"
        case Jobseeking():
            return f"jobseeker {'with' if what.benefit else 'without'} benefit"
        case SelfEmployment():
            return f"self-employed as {what.activity} activity"
        case Study():
            return "student"
        case Inactivity():
            return "not active"
        case Retirement():
            return "retired"
        case _:
            assert_never(what)


def percentage(work: Employment | CivilService) -> str:
    """Write a share exactly: as a percentage if it is a whole one, else as a fraction."""
    hundredths = work.share * 100
    return f"{hundredths} %" if hundredths.denominator == 1 else str(work.share)


def profile(what: Profile) -> str:
    """Write a profile fact."""
    match what:
        case Birth():
            return f"born on {what.on}"
        case Qualification():
            return f"highest qualification: level {what.level} since {what.since}"
        case Residence():
            return f"lives in {what.region} {span(what.term)}"
        case _:
            assert_never(what)


def sentence(event: Event, lots: dict[str, Lot]) -> str:
    """Write one event; `lots` tells the unit of each lot it names."""
    match event:
        case StatusRecorded():
            return f"{status(event.status)}, {span(event.term)} ({event.evidence})"
        case ProfileRecorded():
            return profile(event.profile)
        case StatusAnnulled() | ProfileAnnulled():
            return f"the fact {event.fact} never was, says its source"
        case RequestRefused():
            return f"{event.request} refused: {event.detail}"
        case RightRestricted():
            return f"{event.scheme}: kept, no new use, because {event.reason}"
        case RestrictionLifted():
            return f"{event.scheme}: can be used again, because {event.reason}"
        case RightsFrozen():
            return f"{event.scheme or 'every scheme'} frozen: {event.reason}"
        case RightsUnfrozen():
            return f"{event.scheme or 'every scheme'} no longer frozen: {event.reason}"
        case _:
            return _of_lots(event, lots)


def _of_lots(
    event: RightGranted
    | RightWithdrawn
    | ShortfallRecorded
    | ShortfallSettled
    | RightReserved
    | ReservationReleased
    | RightUsed
    | UseReversed
    | RightTransferred
    | TransferReversed
    | RightExpired
    | RightRestored,
    lots: dict[str, Lot],
) -> str:
    def much(quantity: int, lot: str) -> str:
        return f"{shown(quantity, lots[lot].unit)} of {lot}"

    def all_of(allocation: tuple[tuple[str, int], ...]) -> str:
        return " and ".join(much(quantity, lot) for lot, quantity in allocation)

    match event:
        case RightGranted():
            return f"{much(event.quantity, event.lot)} granted, usable {span(event.term)}"
        case RightWithdrawn():
            return f"{much(event.quantity, event.lot)} withdrawn: less is due than was granted"
        case ShortfallRecorded():
            return f"{much(event.quantity, event.lot)} is used or held beyond what is due"
        case ShortfallSettled():
            return f"{much(event.quantity, event.lot)} less beyond what is due"
        case RightReserved():
            return f"{all_of(event.allocation)} reserved for {event.course} at {event.provider}"
        case ReservationReleased():
            return f"{all_of(event.allocation)} given back: {event.reason}"
        case RightUsed():
            return f"{all_of(event.allocation)} used for {event.course} at {event.provider}"
        case UseReversed():
            return f"use of {all_of(event.allocation)} undone: {event.reason}"
        case RightTransferred():
            made = f"{shown(event.quantity_in, event.unit)} of {event.lot}"
            return f"{much(event.quantity_out, event.from_lot)} converted into {made}"
        case TransferReversed():
            left = much(event.quantity_in, event.lot)
            return f"{left} converted back into {much(event.quantity_out, event.from_lot)}"
        case RightExpired():
            return f"{much(event.quantity, event.lot)} lapsed: {event.reason}"
        case RightRestored():
            return f"{much(event.quantity, event.lot)} available again: {event.reason}"
        case _:
            assert_never(event)


def steps(basis: Basis) -> str:
    """Write the named values on the way."""
    return ", ".join(f"{name} = {value}" for name, value in basis.steps)
