"""Routes: what a person has reserved."""

from functools import partial
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Query, Request, Response, Security

from ledger.domain import events as e
from ledger.domain.regulation import Scheme
from ledger.words.language import Language
from ledger.words.texts import Text
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Desk,
    Purpose,
    asked_by,
    fresh,
    refuse_unknown,
    seen_by,
    stands_for,
    told,
    without_parameters,
)
from projections.api.caller import Caller
from projections.api.commands import ReservationId
from projections.api.languages import Speaks
from projections.api.paging import followed, position_of
from projections.api.problems import NOT_FOUND, Refused
from projections.api.routing import planned
from projections.timeline.reservations import Reservation, Reservations, reservations_of
from schemas.api_v1 import reservations as wire
from schemas.outgoing import Part

router = planned(tags=["reservations"])

ReadsReservations: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["reservations:read"])]


@router.get(
    "/accounts/{accountId}/reservations",
    operation_id="listReservations",
    summary="What a person has reserved, newest first",
    response_model=wire.Reservations,
)
async def reservations(
    request: Request,
    desk: AtDesk,
    caller: ReadsReservations,
    account: Account,
    asked: Annotated[wire.ReservationsQuestion, Query()],
    say: Speaks,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell a page of reservations: for which course, from which lots, and until when.

    What is reserved while pages are read comes before the first page.
    """
    before = position_of(asked.cursor) if asked.cursor else None
    looked_for = await stands_for(desk, await seen_by(desk, caller, account))
    account = caller.led(account, looked_for) if caller.sees(account) else account
    found = await _of(desk, after, looked_for)
    wanted = [
        each
        for each in reversed(found.reservations)
        if (before is None or each.position < before) and asked.state in (each.state, "all")
    ]
    page = wanted[: asked.page_size]
    tell = partial(_reservation, request.url.path, desk, account, say)
    body = wire.Reservations(
        person=account,
        position=found.position,
        items=tuple(wire.Reservation(**tell(each)) for each in page),
    )
    beyond = str(page[-1].position) if len(wanted) > len(page) else None
    return told(request, followed(request, body, beyond), found.position, say)


@router.get(
    "/accounts/{accountId}/reservations/{reservationId:reservation}",
    operation_id="getReservation",
    summary="One reservation of a person",
    response_model=wire.OneReservation,
    dependencies=[Depends(without_parameters)],
)
async def reservation(
    request: Request,
    desk: AtDesk,
    caller: ReadsReservations,
    account: Account,
    named: ReservationId,
    say: Speaks,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell a reservation, open or not."""
    looked_for = await stands_for(desk, await seen_by(desk, caller, account))
    account = caller.led(account, looked_for) if caller.sees(account) else account
    found = await _of(desk, after, looked_for)
    one = next((each for each in found.reservations if each.made.reservation == named), None)
    if one is None:
        raise Refused(NOT_FOUND, Text("api-no-reservation"))
    path = request.url.path.removesuffix(f"/{named}")
    of = _reservation(path, desk, account, say, one)
    body = wire.OneReservation(person=account, position=found.position, **of)
    return told(request, body, found.position, say)


async def _of(desk: Desk, after: int | None, account: UUID) -> Reservations:
    found = await fresh(desk, after, partial(reservations_of, account))
    if not found.reservations:
        await refuse_unknown(desk, after, account)
    return found


def _reservation(
    path: str, desk: Desk, account: UUID, say: Language, found: Reservation
) -> dict[str, Any]:
    made, scheme = found.made, desk.rules.schemes[found.made.scheme]
    return {
        "id": made.reservation,
        "href": f"{path}/{quote(made.reservation, safe='')}",
        "state": found.state,
        "scheme": scheme.id,
        "scheme_name": scheme.names[say.code],
        "course": _course(desk, made),
        "unit": scheme.unit,
        "quantity": sum(quantity for _, quantity in made.allocation),
        "held": sum(quantity for _, quantity in found.held),
        "lots": tuple(
            Part(lot=desk.lots.named(account, lot, scheme.id), quantity=quantity)
            for lot, quantity in made.allocation
        ),
        "effective_on": made.effective_on,
        "recorded_at": found.recorded_at,
        **_besides(found, scheme),
    }


def _course(desk: Desk, made: e.RightReserved) -> wire.ReservedCourse:
    course, known = made.course, desk.rules.providers.get(made.course.provider)
    return wire.ReservedCourse(
        id=course.id,
        provider=course.provider,
        start_date=course.starts_on,
        **({} if known is None else {"provider_name": known.name}),
    )


def _besides(found: Reservation, scheme: Scheme) -> dict[str, Any]:
    """Tell what only some reservations have."""
    made, of = found.made, dict[str, Any]()
    if made.pays is not None:
        of |= {"pays": made.pays, "pays_unit": scheme.money}
    if made.rule:
        of["rule"] = made.rule
    lapses = scheme.taking.lapses_on(made.effective_on)
    if lapses is not None and found.state == "open":
        of["lapses_on"] = lapses
    return of
