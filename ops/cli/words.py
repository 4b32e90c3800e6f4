"""What the ledger knows in plain sentences that a citizen understands, and as programs read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from ledger.domain.calendar import OPEN, Term
from ledger.domain.career import Number
from ledger.domain.dues import Steps
from ledger.domain.events import (
    Allocation,
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
from ledger.domain.quantities import Rounding, Unit, shown
from ledger.domain.regulation import Parameter, Value
from ledger.service.clock import OFFICE_ZONE

WHOLE: dict[tuple[str, int], str] = {("minute", 60): "hour", ("cent", 100): "euro"}
"""How the larger units are called that a quantity may be rounded to."""

ROUNDED: dict[Rounding, str] = {
    "nearest": "rounded to the nearest",
    "up": "rounded up to a whole",
    "down": "rounded down to a whole",
}


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


def number(value: Number, unit: Unit | None) -> str:
    """Write a parameter's value, exactly."""
    if unit is not None:
        return shown(int(value), unit)
    hundredths = value * 100
    part = value.denominator > 1 and hundredths.denominator == 1
    return f"{hundredths} %" if part else str(value)


def in_force(parameter: Parameter, value: Value) -> Term:
    """Return the days on which a parameter's value holds: until the next one."""
    later = [each.since for each in parameter.values if each.since > value.since]
    return Term(value.since, later[0] if later else OPEN)


def words(name: str) -> str:
    """Write the name of a condition or of a step as words."""
    return name.replace("-", " ").replace("_", " ")


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


def sentence(event: Event, units: Mapping[LotId, Unit], providers: Mapping[str, str]) -> str:
    """Write one event; `units` tells that of each lot it names, `providers` their names."""
    match event:
        case StatusRecorded():
            return f"{status(event.status)}, {span(event.term)} ({event.evidence})"
        case ProfileRecorded():
            return profile(event.profile)
        case StatusAnnulled() | ProfileAnnulled():
            return f"the fact {event.fact} never was"
        case RequestRefused():
            asked = "record a fact" if event.request == "recordfact" else event.request
            return f"request to {asked} refused: {event.detail}"
        case RightRestricted():
            return f"{event.scheme}: kept, no new use, because {event.reason}"
        case RestrictionLifted():
            return f"{event.scheme}: can be used again, because {event.reason}"
        case RightsFrozen():
            return f"{event.scheme or 'every scheme'} frozen: {event.reason}"
        case RightsUnfrozen():
            return f"{event.scheme or 'every scheme'} no longer frozen: {event.reason}"
        case _:
            return _of_lots(event, units, providers)


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
    units: Mapping[LotId, Unit],
    providers: Mapping[str, str],
) -> str:
    def much(quantity: int, lot: LotId) -> str:
        return f"{shown(quantity, units[lot])} of {lot}"

    def all_of(allocation: Allocation) -> str:
        return " and ".join(much(quantity, lot) for lot, quantity in allocation)

    def course(held: RightReserved | RightUsed) -> str:
        provider = providers.get(held.provider, held.provider)
        return f"{held.course} at {provider}, which starts on {held.course_starts_on}"

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
            return f"{all_of(event.allocation)} reserved for {course(event)}"
        case ReservationReleased():
            return f"{all_of(event.allocation)} given back: {event.reason}"
        case RightUsed():
            return f"{all_of(event.allocation)} used for {course(event)}"
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


def rounding(how: Rounding, step: int, unit: Unit) -> str:
    """Write how a quantity is rounded."""
    return f"{ROUNDED[how]} {WHOLE.get((unit, step), unit)}"


def steps(named: Steps) -> str:
    """Write the named values on the way."""
    return ", ".join(f"{words(name)} = {value}" for name, value in named)


def moment(instant: datetime) -> str:
    """Write an instant as the office's clock shows it."""
    return f"{instant.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def quantity(amount: int, unit: Unit) -> dict[str, Any]:
    """Return a quantity for programs: in the smallest unit, and as people write it."""
    return {"quantity": amount, "shown": shown(amount, unit)}


def term(what: Term) -> dict[str, Any]:
    """Return a half-open term for programs; `until` is null while it is open."""
    return {"from": what.since, "until": None if what.until == OPEN else what.until}
