"""What the ledger knows in plain sentences that a citizen understands."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from ledger.domain import events as e
from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term
from ledger.domain.quantities import Rounding, Unit, shown
from ledger.domain.regulation import Parameter, Value
from ledger.service.clock import OFFICE_ZONE

WHOLE: dict[tuple[str, int], str] = {("minute", 60): "hour", ("cent", 100): "euro"}
"""How the larger units are called that a quantity may be rounded to."""

MEASURED: dict[Unit, str] = {"minute": "hours", "cent": "euros", "voucher": "vouchers"}
"""What people measure each unit in."""

ROUNDED: dict[Rounding, str] = {
    "nearest": "rounded to the nearest",
    "up": "rounded up to a whole",
    "down": "rounded down to a whole",
}


def span(term: Term) -> str:
    """Write a term by its first and last day."""
    if term.until == OPEN:
        return f"from {term.since}"
    return f"from {term.since} to {term.until - timedelta(days=1)}"


def status(what: f.Status) -> str:
    """Write a status."""
    match what:
        case f.Employment():
            return (
                f"employee at {what.employer}, {what.sector} sector, in {what.place}, "
                f"{percentage(what)} of full time, {shown(what.weekly, 'minute')} a week"
                f"{' (assumed)' if what.assumed else ''}"
            )
        case f.CivilService():
            return f"civil servant at {what.employer}, {percentage(what)} of full time"
        case f.Jobseeking():
            return f"jobseeker {'with' if what.benefit else 'without'} benefit"
        case f.SelfEmployment():
            return f"self-employed as {what.activity} activity"
        case f.Study():
            return "student"
        case f.Inactivity():
            return "not active"
        case f.Retirement():
            return "retired"
        case f.Circumstance():
            return words(what.name)
        case _:
            assert_never(what)


def percentage(work: f.Employment | f.CivilService) -> str:
    """Write a share exactly: as a percentage if it is a whole one, else as a fraction."""
    hundredths = work.share * 100
    return f"{hundredths} %" if hundredths.denominator == 1 else str(work.share)


def in_force(parameter: Parameter, value: Value) -> Term:
    """Return the days on which a parameter's value holds: until the next one."""
    later = [each.since for each in parameter.values if each.since > value.since]
    return Term(value.since, later[0] if later else OPEN)


def words(name: str) -> str:
    """Write the name of a condition or of a step as words."""
    return name.replace("-", " ").replace("_", " ")


def profile(what: f.Profile) -> str:
    """Write a profile fact."""
    match what:
        case f.Birth():
            return f"born on {what.on}"
        case f.Qualification():
            return f"highest qualification: level {what.level} since {what.since}"
        case f.Residence():
            return f"lives in {what.region} {span(what.term)}"
        case _:
            assert_never(what)


def top_up(what: f.TopUp) -> str:
    """Write what a funder adds."""
    amount = shown(what.quantity, what.unit)
    said = (
        f"{what.funder} adds {amount} to {what.scheme} as {what.bucket}, usable {span(what.term)}"
    )
    if what.course:
        said += f", only for the course {what.course}"
    if what.purposes:
        said += f", only for courses of the kind {' or '.join(what.purposes)}"
    return said


def sentence(event: e.Event, units: Mapping[e.LotId, Unit], providers: Mapping[str, str]) -> str:
    """Write one event; `units` tells that of each lot it names, `providers` their names."""

    def much(quantity: int, lot: e.LotId) -> str:
        return f"{shown(quantity, units[lot])} of {lot}"

    def all_of(allocation: e.Allocation) -> str:
        return " and ".join(much(quantity, lot) for lot, quantity in allocation)

    def course(held: e.RightReserved | e.RightUsed) -> str:
        provider = providers.get(held.course.provider, held.course.provider)
        return f"{held.course.id} at {provider}, which starts on {held.course.starts_on}"

    match event:
        case e.StatusRecorded():
            settles = "" if event.settles is None else f", all work there {span(event.settles)}"
            return f"{status(event.status)}, {span(event.term)} ({event.evidence}{settles})"
        case e.ProfileRecorded():
            return profile(event.profile)
        case e.TopUpRecorded():
            return top_up(event.top_up)
        case e.StatusAnnulled() | e.ProfileAnnulled() | e.TopUpAnnulled():
            return f"the fact {event.fact} never was"
        case e.RequestRefused():
            asked = " ".join([event.request.replace("-", " "), event.scheme]).strip()
            return f"request to {asked} refused: {event.detail}"
        case e.RightRestricted():
            return f"{event.scheme}: kept, no new use, because {event.reason}"
        case e.RestrictionLifted():
            return f"{event.scheme}: can be used again, because {event.reason}"
        case e.RightsFrozen():
            return f"{event.scheme or 'every scheme'} frozen: {event.reason}"
        case e.RightsUnfrozen():
            return f"{event.scheme or 'every scheme'} no longer frozen: {event.reason}"
        case e.RightGranted():
            return f"{much(event.quantity, event.lot)} granted, usable {span(event.term)}"
        case e.RightWithdrawn():
            return f"{much(event.quantity, event.lot)} withdrawn: less is due than was granted"
        case e.TermCorrected():
            return f"{event.lot} is usable {span(event.term)}, and {event.funder} pays"
        case e.ShortfallRecorded():
            return f"{much(event.quantity, event.lot)} is used or held beyond what is due"
        case e.ShortfallSettled():
            return f"{much(event.quantity, event.lot)} less beyond what is due"
        case e.RightReserved():
            return f"{all_of(event.allocation)} reserved for {course(event)}"
        case e.ReservationReleased():
            return f"{all_of(event.allocation)} given back: {event.reason}"
        case e.RightUsed():
            return f"{all_of(event.allocation)} used for {course(event)}"
        case e.UseReversed():
            return f"use of {all_of(event.allocation)} undone: {event.reason}"
        case e.RightTransferred():
            made = f"{shown(event.quantity_in, event.unit)} of {event.lot}"
            return f"{much(event.quantity_out, event.from_lot)} converted into {made}"
        case e.TransferReversed():
            left = much(event.quantity_in, event.lot)
            return f"{left} converted back into {much(event.quantity_out, event.from_lot)}"
        case e.RightExpired():
            return f"{much(event.quantity, event.lot)} lapsed: {event.reason}"
        case e.RightRestored():
            return f"{much(event.quantity, event.lot)} available again: {event.reason}"
        case _:
            assert_never(event)


def rounding(how: Rounding, step: int, unit: Unit) -> str:
    """Write how a quantity is rounded."""
    return f"{ROUNDED[how]} {WHOLE.get((unit, step), unit)}"


def moment(instant: datetime) -> str:
    """Write an instant as the office's clock shows it."""
    return f"{instant.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
