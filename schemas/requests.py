"""What is asked of a person's rights becomes requests of the ledger, one to one.

Both borders say it in the same contents: a message of Kafka, and a body of the HTTP API. This is
the one module of this room that knows the ledger's requests (ADR 22).
"""

from ledger.domain import commands as c
from schemas import rights_v1 as wire
from schemas.incoming import share


def reserve(data: wire.TakingAsked) -> c.Reserve:
    """Hold a quantity for a course."""
    return c.Reserve(
        reservation=data.id,
        scheme=data.scheme,
        quantity=data.quantity,
        unit=data.unit,
        course=course(data.course),
        on=data.effective_on,
        bucket=data.bucket,
    )


def use(data: wire.TakingAsked) -> c.Use:
    """Use at once."""
    return reserve(data).at_once()


def capture(reservation: str, data: wire.CapturingAsked) -> c.Capture:
    """Turn a reservation into a use."""
    return c.Capture(reservation=reservation, quantity=data.quantity, on=data.effective_on)


def release(reservation: str, data: wire.ReleasingAsked) -> c.Release:
    """Give back what a reservation holds."""
    return c.Release(reservation=reservation, on=data.effective_on, reason=data.reason)


def reverse(use: str, data: wire.ReversingAsked) -> c.Reverse:
    """Undo a use."""
    return c.Reverse(use=use, quantity=data.quantity, on=data.effective_on, reason=data.reason)


def end(data: wire.EndingAsked) -> c.End:
    """Tell how a course ended."""
    return c.End(
        id=data.id,
        on=data.effective_on,
        withdrawn=data.withdrawn,
        attended=None if data.attended is None else share(data.attended),
        exam=data.exam or "",
    )


def transfer(data: wire.TransferringAsked) -> c.Transfer:
    """Move rights to another scheme."""
    return c.Transfer(
        transfer=data.id,
        scheme=data.scheme,
        to_scheme=data.to_scheme,
        quantity=data.quantity,
        unit=data.unit,
        on=data.effective_on,
    )


def freeze(data: wire.FreezingAsked) -> c.Freeze:
    """Stop uses and keep the rights."""
    return c.Freeze(scheme=data.scheme, on=data.effective_on, reason=data.reason)


def unfreeze(data: wire.FreezingAsked) -> c.Unfreeze:
    """End a freeze."""
    return c.Unfreeze(scheme=data.scheme, on=data.effective_on, reason=data.reason)


def give_mandate(data: wire.MandateAsked) -> c.GiveMandate:
    """Let a helper act."""
    return c.GiveMandate(
        mandate=data.id,
        helper=data.helper.account,
        organisation=data.helper.organization,
        actions=data.actions,
        schemes=data.schemes,
        since=data.period.since,
        until=data.period.until,
        on=data.effective_on,
    )


def end_mandate(mandate: str, data: wire.MandateEndingAsked) -> c.EndMandate:
    """Let a helper act no more."""
    return c.EndMandate(mandate=mandate, on=data.effective_on, reason=data.reason)


def course(course: wire.Course) -> c.Course:
    """Say what a right is used for."""
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
