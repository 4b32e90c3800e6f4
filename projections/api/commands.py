"""Routes: what is asked of a person's rights, each once whatever comes again."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias, TypeVar

from fastapi import Path, Response, Security

from projections.api.asking import asked_by
from projections.api.bodies import described, read
from projections.api.caller import Caller
from projections.api.ordering import AtOrder
from projections.api.routing import planned
from schemas import requests
from schemas import rights_v1 as asked
from schemas.api_v1.commands import Done
from schemas.cloudevents import MAX_ID_CHARACTERS, Content
from schemas.examples import example

Route = TypeVar("Route", bound=Callable[..., Awaitable[Response]])

router = planned(tags=["commands"])

Reserves: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["reservations:write"])]
Uses: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["uses:write"])]
Ends: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["endings:write"])]
Transfers: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["transfers:write"])]
Mandates: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["mandates:write"])]
Freezes: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["freezes:write"])]

ReservationId: TypeAlias = Annotated[
    str,
    Path(
        alias="reservationId",
        max_length=MAX_ID_CHARACTERS,
        pattern="^[!-~]+$",
        description="As the request that made it named it.",
    ),
]
UseId: TypeAlias = Annotated[
    str,
    Path(
        alias="useId",
        max_length=MAX_ID_CHARACTERS,
        pattern="^[!-~]+$",
        description="As the request that made it named it; of a captured reservation its id.",
    ),
]

MandateId: TypeAlias = Annotated[
    str,
    Path(
        alias="mandateId",
        max_length=MAX_ID_CHARACTERS,
        pattern="^[!-~]+$",
        description="As the request that gave it named it.",
    ),
]

IN_PATH: Final = ("person", "reservationId", "useId", "mandateId")
"""What a message says in its content and a request in its path."""


def _command(
    path: str, operation: str, summary: str, body: type[Content], message: str
) -> Callable[[Route], Route]:
    """Return the route of a command; its example is that of the message that asks the same."""
    said = example(f"be.rugzak.rights.v1.{message}")["data"]
    told = {name: value for name, value in said.items() if name not in IN_PATH}
    return router.post(
        f"/accounts/{{accountId}}/{path}",
        operation_id=operation,
        summary=summary,
        status_code=HTTPStatus.CREATED,
        response_model=Done,
        openapi_extra=described(body, told),
    )


@_command(
    "reservations",
    "createReservation",
    "Hold a quantity for a course",
    asked.TakingAsked,
    "reservations.create",
)
async def reserve(caller: Reserves, order: AtOrder) -> Response:
    """Hold a quantity of a scheme's rights for a course, from the lots that the rules choose."""
    body = read(asked.TakingAsked, order.raw)
    return await order.carried_out(caller, body, requests.reserve(body), made=body.id)


@_command(
    "reservations/{reservationId:path}/captures",
    "captureReservation",
    "Turn a reservation into a use",
    asked.CapturingAsked,
    "reservations.capture",
)
async def capture(caller: Reserves, order: AtOrder, reservation: ReservationId) -> Response:
    """Use what a reservation holds, or less of it: then the rest goes back."""
    body = read(asked.CapturingAsked, order.raw)
    return await order.carried_out(caller, body, requests.capture(reservation, body))


@_command(
    "reservations/{reservationId:path}/releases",
    "releaseReservation",
    "Give back what a reservation holds",
    asked.ReleasingAsked,
    "reservations.release",
)
async def release(caller: Reserves, order: AtOrder, reservation: ReservationId) -> Response:
    """Give all that a reservation holds back to its lots."""
    body = read(asked.ReleasingAsked, order.raw)
    return await order.carried_out(caller, body, requests.release(reservation, body))


@_command("uses", "createUse", "Use at once", asked.TakingAsked, "uses.create")
async def use(caller: Uses, order: AtOrder) -> Response:
    """Use a quantity for a course, without a reservation before it."""
    body = read(asked.TakingAsked, order.raw)
    return await order.carried_out(caller, body, requests.use(body), made=body.id)


@_command(
    "uses/{useId:path}/reversals", "reverseUse", "Undo a use", asked.ReversingAsked, "uses.reverse"
)
async def reverse(caller: Uses, order: AtOrder, used: UseId) -> Response:
    """Undo a use, or a part of it: it goes back to the lots that it came from."""
    body = read(asked.ReversingAsked, order.raw)
    return await order.carried_out(caller, body, requests.reverse(used, body))


@_command("endings", "createEnding", "Tell how a course ended", asked.EndingAsked, "endings.create")
async def end(caller: Ends, order: AtOrder) -> Response:
    """Tell how a course ended; the scheme's rule says what that gives back."""
    body = read(asked.EndingAsked, order.raw)
    return await order.carried_out(caller, body, requests.end(body), made=body.id)


@_command(
    "transfers",
    "createTransfer",
    "Move rights to another scheme",
    asked.TransferringAsked,
    "transfers.create",
)
async def transfer(caller: Transfers, order: AtOrder) -> Response:
    """Move rights to another scheme of the same person, as the scheme's rule allows."""
    body = read(asked.TransferringAsked, order.raw)
    return await order.carried_out(caller, body, requests.transfer(body), made=body.id)


@_command(
    "freezes",
    "createFreeze",
    "Stop uses and keep the rights",
    asked.FreezingAsked,
    "freezes.create",
)
async def freeze(caller: Freezes, order: AtOrder) -> Response:
    """Stop new uses of a scheme, or of all; nothing is lost."""
    body = read(asked.FreezingAsked, order.raw)
    return await order.carried_out(caller, body, requests.freeze(body))


@_command("unfreezes", "createUnfreeze", "End a freeze", asked.FreezingAsked, "freezes.delete")
async def unfreeze(caller: Freezes, order: AtOrder) -> Response:
    """Let uses of a scheme, or of all, go on again; why is kept, as of a freeze."""
    body = read(asked.FreezingAsked, order.raw)
    return await order.carried_out(caller, body, requests.unfreeze(body))


@_command("mandates", "createMandate", "Let a helper act", asked.MandateAsked, "mandates.create")
async def give_mandate(caller: Mandates, order: AtOrder) -> Response:
    """Let a person or an organisation see or act for a holder, in some ways, for some schemes.

    Only the holder, or an office, gives one: who helps can't give on what it was given.
    """
    body = read(asked.MandateAsked, order.raw)
    return await order.carried_out(caller, body, requests.give_mandate(body))


@_command(
    "mandates/{mandateId:path}/endings",
    "endMandate",
    "Let a helper act no more",
    asked.MandateEndingAsked,
    "mandates.end",
)
async def end_mandate(caller: Mandates, order: AtOrder, mandate: MandateId) -> Response:
    """End a mandate, from this moment on; also the helper may, who gives it up."""
    body = read(asked.MandateEndingAsked, order.raw)
    return await order.carried_out(caller, body, requests.end_mandate(mandate, body))
