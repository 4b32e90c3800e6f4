"""Rights messages become requests of the ledger, one to one."""

from typing import assert_never

from ledger.domain import commands as c
from schemas import rights_v1 as wire
from schemas.career_v1 import share


def request_of(message: wire.RightsCommand) -> c.Request:
    """Return the request that a rights message makes."""
    match message:
        case wire.CreateReservation(data=data):
            return _reserve(data)
        case wire.CreateUse(data=data):
            return _reserve(data).at_once()
        case wire.CaptureReservation(data=data):
            return c.Capture(
                reservation=data.reservation_id, quantity=data.quantity, on=data.effective_on
            )
        case wire.ReleaseReservation(data=data):
            return c.Release(
                reservation=data.reservation_id, on=data.effective_on, reason=data.reason
            )
        case wire.ReverseUse(data=data):
            return c.Reverse(
                use=data.use_id, quantity=data.quantity, on=data.effective_on, reason=data.reason
            )
        case wire.CreateEnding(data=data):
            return c.End(
                id=data.id,
                on=data.effective_on,
                withdrawn=data.withdrawn,
                attended=None if data.attended is None else share(data.attended),
                exam=data.exam or "",
            )
        case wire.CreateTransfer(data=data):
            return c.Transfer(
                transfer=data.id,
                scheme=data.scheme,
                to_scheme=data.to_scheme,
                quantity=data.quantity,
                unit=data.unit,
                on=data.effective_on,
            )
        case wire.CreateFreeze(data=data):
            return c.Freeze(scheme=data.scheme, on=data.effective_on, reason=data.reason)
        case wire.DeleteFreeze(data=data):
            return c.Unfreeze(scheme=data.scheme, on=data.effective_on, reason=data.reason)
        case _:
            assert_never(message)


def _reserve(data: wire.Taking) -> c.Reserve:
    return c.Reserve(
        reservation=data.id,
        scheme=data.scheme,
        quantity=data.quantity,
        unit=data.unit,
        course=_course(data.course),
        on=data.effective_on,
        bucket=data.bucket,
    )


def _course(course: wire.Course) -> c.Course:
    return c.Course(
        id=course.id,
        provider=course.provider,
        starts_on=course.start_date,
        minutes=course.contact_minutes,
        credits=course.credits,
        price=course.price,
        kind=course.kind,
        programme=course.programme_id,
    )
