"""Routes: who acts for a holder, and for whom the caller may act."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import Query, Request, Response, Security

from ledger.domain.calendar import Term
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Purpose,
    asked_by,
    fresh,
    refuse_unknown,
    seen_by,
    told,
)
from projections.api.caller import Caller
from projections.api.paging import followed, no_cursor, text_of
from projections.api.routing import planned
from projections.api.schemes import period
from projections.mandates.project import MandateRow
from projections.mandates.view import Mandates, mandates_for, mandates_of
from projections.tables import Reading
from schemas.api_v1 import mandates as wire
from schemas.api_v1.paging import PageQuestion

router = planned(tags=["mandates"])

ReadsMandates: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["mandates:read"])]


@router.get(
    "/accounts/{accountId}/mandates",
    operation_id="listMandates",
    summary="Who may act for a person, or might",
    response_model=wire.Mandates,
)
async def mandates(
    request: Request,
    desk: AtDesk,
    caller: ReadsMandates,
    account: Account,
    asked: Annotated[PageQuestion, Query()],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell the mandates that a holder gave, ended ones too; it is the holder's own to see."""
    looked_for = await seen_by(desk, caller, account)
    beyond = text_of(asked.cursor) if asked.cursor else ""
    page = partial(mandates_of, looked_for, beyond=beyond, limit=asked.page_size + 1)
    found = await fresh(desk, after, page)
    if not found.rows:
        await refuse_unknown(desk, after, looked_for)
    rows, today = found.rows[: asked.page_size], desk.clock.now().today
    items = tuple(
        wire.Mandate(
            **_told(row),
            helper=_helper(row),
            in_force=row.ended_on is None and today in Term(row.since, row.until),
            given_on=row.given_on,
            given_by=row.given_by,
            **_ended(row),
        )
        for row in rows
    )
    body = wire.Mandates(person=account, position=found.position, items=items)
    last = rows[-1].mandate if len(found.rows) > len(rows) else None
    return told(request, followed(request, body, last), found.position)


@router.get(
    "/mandates",
    operation_id="listHeldMandates",
    summary="For whom the caller may act, and in what",
    response_model=wire.MandatesHeld,
)
async def held_mandates(
    request: Request,
    desk: AtDesk,
    caller: ReadsMandates,
    asked: Annotated[PageQuestion, Query()],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell what the person who is logged in, or the organisation that asks, was given.

    Each holder sees in the access log that it was looked up.
    """
    helper = caller.helper
    beyond = _place(asked.cursor) if asked.cursor else None
    today, limit = desk.clock.now().today, asked.page_size + 1

    def look() -> Reading[Mandates]:
        return mandates_for(helper, today, beyond=beyond, limit=limit)

    found = await fresh(desk, after, look)
    rows = found.rows[: asked.page_size]
    for holder in {row.account for row in rows}:
        caller.named.add(holder)
        caller.helped[holder] = " ".join(row.mandate for row in rows if row.account == holder)
    items = tuple(wire.MandateHeld(person=row.account, **_told(row)) for row in rows)
    body = wire.MandatesHeld(position=found.position, items=items)
    last = f"{rows[-1].account} {rows[-1].mandate}" if len(found.rows) > len(rows) else None
    return told(request, followed(request, body, last), found.position)


def _place(cursor: str) -> tuple[UUID, str]:
    """Return the holder and the mandate that a cursor begins after."""
    holder, _, mandate = text_of(cursor).partition(" ")
    try:
        return UUID(holder), mandate
    except ValueError:
        raise no_cursor(cursor) from None


def _told(row: MandateRow) -> Mapping[str, Any]:
    of: dict[str, Any] = {
        "id": row.mandate,
        "actions": tuple(row.actions.split()),
        "period": period(Term(row.since, row.until)),
    }
    return of | ({"schemes": tuple(row.schemes.split())} if row.schemes else {})


def _helper(row: MandateRow) -> wire.HelperTold:
    if row.helper is not None:
        return wire.HelperTold(account=row.helper)
    return wire.HelperTold(organization=row.organisation)


def _ended(row: MandateRow) -> Mapping[str, Any]:
    if row.ended_on is None:
        return {}
    return {"ended_on": row.ended_on, "ended_by": row.ended_by, "reason": row.reason}
