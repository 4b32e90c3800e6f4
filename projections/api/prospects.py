"""Routes: what a person can do: quotes for a course, and how every scheme stands."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Final, assert_never
from uuid import UUID

from fastapi import Body, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from ledger.audit import prospects as found_by
from ledger.audit.supposing import WrongSupposition, enterprises_of, supposition
from ledger.domain import hindrances, quoting
from ledger.domain.calendar import plus_months
from ledger.domain.commands import Course
from ledger.domain.events import Allocation
from ledger.domain.facts import Status
from ledger.domain.quantities import Unit
from ledger.domain.taking import left_in
from ledger.service.naming import Lots
from ledger.words.language import Language
from ledger.words.refusals import in_language
from ledger.words.texts import Text
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Desk,
    Purpose,
    ReadsOverview,
    ReadsQuotes,
    Story,
    story_of,
    told,
    without_parameters,
)
from projections.api.helping import Sight, sight_of
from projections.api.languages import Speaks
from projections.api.problems import invalid
from projections.api.routing import planned
from projections.api.schemes import period
from schemas.api_v1 import prospects as wire
from schemas.outgoing import Part

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

router = planned(tags=["prospects"])

MONTHS_AHEAD: Final = 120
"""How far ahead a day may be asked about: each day until then is lived through."""


@router.post(
    "/accounts/{accountId}/quotes",
    operation_id="getQuotes",
    summary="What each scheme would give a person for a course, or why not",
    response_model=wire.Quotes,
    dependencies=[Depends(without_parameters)],
)
async def quotes(
    request: Request,
    desk: AtDesk,
    caller: ReadsQuotes,
    account: Account,
    asked: Annotated[wire.QuotesQuestion, Body(openapi_examples={"usual": {"value": COURSE}})],
    say: Speaks,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell what would be given if it were asked for on the day; nothing is reserved."""
    on = _day(desk, asked.on, "body") or desk.clock.now().today
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
    sight = await sight_of(desk, caller, account, "read", after)
    story = await story_of(desk, after, sight.account)
    account = caller.led(account, story.account)
    found = await run_in_threadpool(_quoted, desk, story, course, on, asked.course.price_unit)
    body = wire.Quotes(
        person=account,
        on=on,
        position=story.position,
        items=tuple(_quote(account, say, each) for each in found if _seen(sight, each)),
    )
    return told(request, body, story.position, say)


def _quoted(
    desk: Desk, story: Story, course: Course, on: date, price_unit: Unit
) -> Sequence[quoting.Quote]:
    held = desk.histories.state(story.envelopes)
    found = list(
        found_by.quotes(
            held,
            course,
            on,
            desk.clock.now(),
            desk.rules,
            price_unit,
            enterprises_of(held, on, desk.histories.events_of),
            desk.store.taken(found_by.drawn_from(course, on, desk.rules)),
        )
    )
    found.sort(key=lambda each: (not each.quantity, each.scheme.id, each.holder, each.bucket))
    return found


@router.get(
    "/accounts/{accountId}/overview",
    operation_id="getOverview",
    summary="How every scheme stands for a person, and would if the status were another",
    response_model=wire.Overview,
)
async def overview(
    request: Request,
    desk: AtDesk,
    caller: ReadsOverview,
    account: Account,
    asked: Annotated[wire.OverviewQuestion, Query()],
    say: Speaks,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell what is held, what is open, what is not and why.

    By what is known now; with `knownAt` by what was known then, and by the rules of then.
    """
    known, status = asked.known_at, _supposed(asked.supposing)
    asked_on = _day(desk, asked.on, "query")
    sight = await sight_of(desk, caller, account, "read", after)
    story = await story_of(desk, after, sight.account, known)
    account, seen = caller.led(account, story.account), desk.seen(story.envelopes, known)
    on = seen.day(asked_on)

    def stood() -> tuple[wire.SchemeProspect, ...]:
        if status is None:
            each_stands = seen.overview(on)
            return tuple(_scheme(account, say, each) for each in each_stands if _seen(sight, each))
        if seen.account.career.holder == "enterprise":
            raise invalid("query", "if", asked.supposing, Text("api-enterprise-if"))
        return tuple(
            _scheme(
                account,
                say,
                each.before,
                changes=each.changes,
                supposed=_told(account, say, each.after),
            )
            for each in seen.effects(status, on)
            if _seen(sight, each.before)
        )

    items = await run_in_threadpool(stood)
    asked_known = {} if known is None else {"known_at": known}
    body = wire.Overview(person=account, on=on, position=story.position, items=items, **asked_known)
    return told(request, body, story.position, say)


def _day(desk: Desk, on: date | None, within: str) -> date | None:
    """Return the day that was asked about, if any.

    Raises:
        Refused: each day until then would have to be lived through.

    """
    last = plus_months(desk.clock.now().today, MONTHS_AHEAD)
    if on is not None and on > last:
        text = Text("api-too-far", months=str(MONTHS_AHEAD), last=last)
        raise invalid(within, "on", on, text)
    return on


def _seen(sight: Sight, found: quoting.Quote | found_by.Prospect) -> bool:
    """Whether it is the caller's to see; a person's mandate is not one of the person's business."""
    return sight.has(found.scheme.id) and not (sight.helped and found.holder)


def _supposed(text: str | None) -> Status | None:
    if text is None:
        return None
    try:
        return supposition(text)
    except WrongSupposition as wrong:
        raise invalid("query", "if", text, _supposed_wrongly(wrong)) from None


def _supposed_wrongly(wrong: WrongSupposition) -> Text:
    match wrong.kind:
        case "share":
            return Text("if-share")
        case "full-time":
            return Text("if-full-time")
        case "enterprise":
            return Text("if-enterprise")
        case "says-nothing":
            return Text("if-says-nothing", name=wrong.about)
        case "status":
            return Text("if-status", statuses=wrong.about)
        case _:
            assert_never(wrong.kind)


def _quote(account: UUID, say: Language, quote: quoting.Quote) -> wire.Quote:
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
        scheme_name=quote.scheme.names[say.code],
        holder=holder,
        unit=quote.unit,
        quantity=quote.quantity,
        available=quote.available,
        lots=_parts(holder, quote.scheme.id, quote.allocation),
        hindrances=_hindrances(quote.hindrances, say.of(quote.scheme)),
        **{name: value for name, value in of.items() if value is not None},
    )


def _parts(holder: UUID, scheme: str, allocation: Allocation) -> tuple[Part, ...]:
    return tuple(
        Part(lot=Lots.named(holder, lot, scheme), quantity=quantity) for lot, quantity in allocation
    )


def _scheme(
    account: UUID,
    say: Language,
    prospect: found_by.Prospect,
    **supposed: Any,  # noqa: ANN401  the model checks it
) -> wire.SchemeProspect:
    return wire.SchemeProspect(
        scheme=prospect.scheme.id,
        scheme_name=prospect.scheme.names[say.code],
        holder=UUID(prospect.holder) if prospect.holder else account,
        unit=prospect.scheme.unit,
        **_of(account, say, prospect),
        **supposed,
    )


def _told(account: UUID, say: Language, prospect: found_by.Prospect) -> wire.Prospect:
    return wire.Prospect(**_of(account, say, prospect))


def _of(account: UUID, say: Language, prospect: found_by.Prospect) -> dict[str, Any]:
    holder = UUID(prospect.holder) if prospect.holder else account
    return {
        "state": prospect.state,
        "available": prospect.available,
        "lots": tuple(
            wire.UsableLot(
                lot=Lots.named(holder, lot.id, lot.scheme),
                available=left_in(lot),
                period=period(lot.term),
            )
            for lot in prospect.lots
        ),
        "standing": prospect.standing.mode,
        "hindrances": _hindrances(prospect.hindrances, say.of(prospect.scheme)),
    }


def _hindrances(found: Iterable[hindrances.Hindrance], say: Language) -> tuple[wire.Hindrance, ...]:
    return tuple(
        wire.Hindrance(code=each.kind, reason=each.reason, text=in_language(each.detail, say))
        for each in found
    )
