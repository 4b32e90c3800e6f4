"""Routes: what a person can do: quotes for a course, and how every scheme stands."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from ledger.audit import prospects as found_by
from ledger.audit.supposing import WrongSupposition, enterprises_of, run_by, supposition
from ledger.domain import taking
from ledger.domain.account import fold
from ledger.domain.calendar import plus_months
from ledger.domain.commands import Course
from ledger.domain.events import Allocation
from ledger.domain.facts import Status
from ledger.service.naming import Lots
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Desk,
    Purpose,
    ReadsOverview,
    ReadsQuotes,
    seen_by,
    story_of,
    told,
    without_parameters,
)
from projections.api.problems import invalid
from projections.api.schemes import period
from schemas.api_v1 import prospects as wire
from schemas.ledger_v1 import Part

COURSE: Final = {
    "course": {
        "id": "italian-2",
        "provider": "cvo-semper",
        "startDate": "2026-12-07",
        "contactMinutes": 2_400,
        "price": 18_000,
    },
    "on": "2026-12-01",
}
"""An example of a question."""

router = APIRouter(tags=["prospects"])

MONTHS_AHEAD: Final = 120
"""How far ahead a day may be asked about: each day until then is lived through."""


@router.post(
    "/accounts/{accountId}/quotes",
    operation_id="getQuotes",
    summary="What each scheme would give a person for a course, or why not",
    response_model=wire.Quotes,
    dependencies=[Depends(without_parameters)],
)
def quotes(
    request: Request,
    desk: AtDesk,
    caller: ReadsQuotes,
    account: Account,
    asked: Annotated[wire.QuotesQuestion, Body(openapi_examples={"usual": {"value": COURSE}})],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell what would be given if it were asked for on the day; nothing is reserved."""
    on = _day(desk, asked.on, "body")
    course = Course(
        id=asked.course.id,
        provider=asked.course.provider,
        starts_on=asked.course.start_date,
        minutes=asked.course.contact_minutes,
        credits=asked.course.credits,
        price=asked.course.price,
        kind=asked.course.kind,
        programme=asked.course.programme_id,
    )
    story = story_of(desk, after, seen_by(caller, account))
    account, held = caller.led(account, story.account), fold(story.envelopes)
    found = list(
        found_by.quotes(
            held,
            course,
            on,
            desk.clock.now(),
            desk.rules,
            asked.course.price_unit,
            enterprises_of(held, on, desk.store.events_of),
            desk.store.taken(found_by.drawn_from(course, on, desk.rules)),
        )
    )
    found.sort(key=lambda each: (not each.quantity, each.scheme.id, each.holder, each.bucket))
    body = wire.Quotes(
        person=account,
        on=on,
        position=story.position,
        items=tuple(_quote(account, each) for each in found),
    )
    return told(request, body, story.position)


@router.get(
    "/accounts/{accountId}/overview",
    operation_id="getOverview",
    summary="How every scheme stands for a person, and would if the status were another",
    response_model=wire.Overview,
)
def overview(
    request: Request,
    desk: AtDesk,
    caller: ReadsOverview,
    account: Account,
    asked: Annotated[wire.OverviewQuestion, Query()],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell what is held, what is open, what is not and why; by what is known today."""
    on, status = _day(desk, asked.on, "query"), _supposed(asked.supposing)
    story = story_of(desk, after, seen_by(caller, account))
    account, held = caller.led(account, story.account), fold(story.envelopes)
    now = desk.clock.now()
    enterprises = enterprises_of(held, on, desk.store.events_of, run_by(status))
    if status is None:
        stood = found_by.overview(held, on, now, desk.rules, enterprises)
        items = tuple(_scheme(account, each) for each in stood)
    elif held.career.holder == "enterprise":
        raise invalid("query", "if", asked.supposing, "an enterprise has no status: leave it out")
    else:
        items = tuple(
            _scheme(account, each.before, changes=each.changes, supposed=_told(account, each.after))
            for each in found_by.effects(held, status, on, now, desk.rules, enterprises)
        )
    body = wire.Overview(person=account, on=on, position=story.position, items=items)
    return told(request, body, story.position)


def _day(desk: Desk, on: date | None, within: str) -> date:
    today = desk.clock.now().today
    last = plus_months(today, MONTHS_AHEAD)
    if on is not None and on > last:
        raise invalid(within, "on", on, f"a day is at most {MONTHS_AHEAD} months ahead: {last}")
    return on or today


def _supposed(text: str | None) -> Status | None:
    if text is None:
        return None
    try:
        return supposition(text)
    except WrongSupposition as wrong:
        raise invalid("query", "if", text, str(wrong)) from None


def _quote(account: UUID, quote: taking.Quote) -> wire.Quote:
    holder = UUID(quote.holder) if quote.holder else account
    of: dict[str, Any] = {
        "bucket": quote.bucket or None,
        "worth": quote.worth,
        "pays": quote.pays,
        "pays_unit": None if quote.pays is None else quote.scheme.money,
        "since": quote.since,
        "until": quote.until,
    }
    return wire.Quote(
        scheme=quote.scheme.id,
        holder=holder,
        unit=quote.unit,
        quantity=quote.quantity,
        available=quote.available,
        lots=_parts(holder, quote.scheme.id, quote.allocation),
        hindrances=_hindrances(quote.hindrances),
        **{name: value for name, value in of.items() if value is not None},
    )


def _parts(holder: UUID, scheme: str, allocation: Allocation) -> tuple[Part, ...]:
    return tuple(
        Part(lot=Lots.named(holder, lot, scheme), quantity=quantity) for lot, quantity in allocation
    )


def _scheme(account: UUID, prospect: found_by.Prospect, **supposed: Any) -> wire.SchemeProspect:  # noqa: ANN401  the model checks it
    return wire.SchemeProspect(
        scheme=prospect.scheme.id,
        holder=UUID(prospect.holder) if prospect.holder else account,
        unit=prospect.scheme.unit,
        **_of(account, prospect),
        **supposed,
    )


def _told(account: UUID, prospect: found_by.Prospect) -> wire.Prospect:
    return wire.Prospect(**_of(account, prospect))


def _of(account: UUID, prospect: found_by.Prospect) -> dict[str, Any]:
    holder = UUID(prospect.holder) if prospect.holder else account
    return {
        "state": prospect.state,
        "available": prospect.available,
        "lots": tuple(
            wire.UsableLot(
                lot=Lots.named(holder, lot.id, lot.scheme),
                available=taking.left_in(lot),
                period=period(lot.term),
            )
            for lot in prospect.lots
        ),
        "standing": prospect.standing.mode,
        "hindrances": _hindrances(prospect.hindrances),
    }


def _hindrances(found: Iterable[taking.Hindrance]) -> tuple[wire.Hindrance, ...]:
    return tuple(
        wire.Hindrance(code=each.kind, reason=each.reason, text=each.detail) for each in found
    )
