"""Routes: what happened to a person's rights."""

from collections.abc import Collection
from functools import partial
from typing import Annotated, Any, Final, TypedDict

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from ledger.domain import events as e
from ledger.domain.account import BY_RULE
from ledger.service.naming import Lots, reference
from ledger.store.catalogue import CODEC, READABLE
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Purpose,
    ReadsTimeline,
    fresh,
    refuse_unknown,
    story_of,
    told,
)
from projections.api.helping import Sight, sight_of
from projections.api.paging import followed, position_of
from projections.api.routing import planned
from projections.timeline.known import timeline_from
from projections.timeline.project import EntryRow
from projections.timeline.view import Order, Timeline, timeline_of
from schemas.api_v1 import timeline as wire
from schemas.outgoing import Part

router = planned(tags=["timeline"])

ORDERS: Final[dict[str, Order]] = {"newestFirst": "newest first", "oldestFirst": "oldest first"}


class _Page(TypedDict):
    """Which page of a timeline."""

    order: Order
    beyond: int | None
    limit: int
    schemes: Collection[str] | None


@router.get(
    "/accounts/{accountId}/timeline",
    operation_id="getTimeline",
    summary="What happened to a person's rights, page by page",
    response_model=wire.Timeline,
)
async def timeline(
    request: Request,
    desk: AtDesk,
    caller: ReadsTimeline,
    account: Account,
    asked: Annotated[wire.TimelineQuestion, Query()],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell a page of an account's events, those refused too.

    That of an account that was merged ends with the entry that says into which; there is told what
    was asked under its name since. What is recorded while pages are read comes before the first of
    the newest, or after the last of the oldest: no page has an entry of another one. With `knownAt`
    it is what was recorded by then, with `on` what counted by that day.
    """
    sight = await sight_of(desk, caller, account, "read", after)
    looked_for, known, on = sight.account, asked.known_at, asked.on
    page: _Page = {
        "order": ORDERS[asked.order],
        "beyond": position_of(asked.cursor) if asked.cursor else None,
        "limit": asked.page_size,
        "schemes": sight.schemes,
    }
    if known is None and on is None:
        found = await fresh(desk, after, partial(timeline_of, looked_for, **page))
        if not found.entries:
            await refuse_unknown(desk, after, looked_for)
    else:
        story = await story_of(desk, after, looked_for, also_merged=True)
        seen, position = desk.seen(story.envelopes, known), story.position
        page_then = partial(timeline_from, seen, on, position, **page, of_facts=False)
        found = await run_in_threadpool(page_then)
    of: dict[str, Any] = {"known_at": known, "on": on}
    body = wire.Timeline(
        person=account,
        position=found.position,
        items=tuple(_entry(each, found, desk.lots, sight) for each in found.entries),
        **{name: value for name, value in of.items() if value is not None},
    )
    beyond = None if found.beyond is None else str(found.beyond)
    return told(request, followed(request, body, beyond), found.position)


def _entry(row: EntryRow, page: Timeline, lots: Lots, sight: Sight) -> wire.Entry:
    """Tell one event: of what sources said about a person, that they did."""
    event: Any = CODEC.decode(READABLE[row.kind][0].cls, row.details.encode())
    of: dict[str, Any] = {}
    if not isinstance(event, e.FactEvent):
        of = _lots(event, row, page, sight) | _more(event, row)
        of |= {"effective_on": row.effective_on} if row.effective_on else {}
        if row.scheme in lots.units:  # what is refused may name no scheme, or any text
            of |= {"scheme": row.scheme}
    return wire.Entry(position=row.position, kind=row.kind, recorded_at=row.recorded_at, **of)


def _lots(  # any event
    event: Any,  # noqa: ANN401
    row: EntryRow,
    page: Timeline,
    sight: Sight,
) -> dict[str, Any]:
    """Tell of which lots an event is, and how much."""

    def named(lot: e.LotId) -> str:
        return Lots.named(row.account, lot, page.schemes[lot])

    of: dict[str, Any] = {}
    if row.unit is not None and not isinstance(event, e.TermCorrected):
        of |= {"unit": row.unit, "quantity": row.quantity}
    match event:
        case e.RightReserved() | e.ReservationReleased() | e.RightUsed() | e.UseReversed():
            parts = (Part(lot=named(lot), quantity=much) for lot, much in event.allocation)
            return of | {"lots": tuple(parts)}
        case e.RightTransferred() | e.TransferReversed():
            if not sight.has(page.schemes[event.from_lot]):
                return of | {"lot": named(event.lot)}
            left = wire.Source(
                scheme=page.schemes[event.from_lot],
                lot=named(event.from_lot),
                unit=page.units[event.from_lot],
                quantity=event.quantity_out,
            )
            return of | {"lot": named(event.lot), "from_": left}
    return of | ({"lot": named(row.lot)} if row.lot is not None else {})


def _more(event: Any, row: EntryRow) -> dict[str, Any]:  # noqa: ANN401  any event
    """Tell what only some kinds have; identifiers of others' making as references."""
    match event:
        case e.RightReserved() | e.ReservationReleased():
            return {"id": reference(row.account, event.reservation)}
        case e.RightUsed() | e.UseReversed():
            return {"id": reference(row.account, event.use)}
        case e.CourseEnded():
            return {"id": reference(row.account, event.id)}
        case e.RightTransferred() if event.transfer != BY_RULE:
            return {"id": reference(row.account, event.transfer), "rule": event.basis.rule}
        case e.AccountMerged() | e.AccountUnmerged():
            return {"account": event.into}
        case e.AccountJoined() | e.AccountParted():
            return {"account": event.account}
        case e.RightRestricted():
            return {"mode": event.mode}
        case e.RequestRefused():
            return {"request": event.request, "reason": event.reason}
        case _ if hasattr(event, "basis"):
            return {"rule": event.basis.rule}
    return {}
