"""Routes: what became of messages, for who published them."""

from functools import partial
from typing import Annotated, Any

from fastapi import Query, Request, Response

from ledger.words.language import Language
from ledger.words.refusals import Detail, words_of
from projections.api.asking import After, AtDesk, Desk, ReadsOutcomes, fresh, told
from projections.api.languages import Speaks
from projections.api.paging import followed, no_cursor, text_of
from projections.api.routing import planned
from projections.outcomes.project import OutcomeRow
from projections.outcomes.view import Outcomes, outcomes_of, outcomes_of_message
from projections.tables import Reading
from schemas.api_v1 import outcomes as wire
from schemas.origin import holds_national_number

router = planned(tags=["outcomes"])


@router.get(
    "/outcomes",
    operation_id="getOutcomes",
    summary="What became of the messages that you published",
    response_model=wire.Outcomes,
)
async def outcomes(
    request: Request,
    desk: AtDesk,
    caller: ReadsOutcomes,
    asked: Annotated[wire.OutcomesQuestion, Query()],
    say: Speaks,
    after: After = None,
) -> Response:
    """Tell a page of outcomes; of a source that is not yours, as of one that never said a thing."""
    prefix = f"{asked.source} "
    beyond = None
    if asked.cursor is not None:
        beyond = prefix + text_of(asked.cursor)
        if asked.id is not None:
            raise no_cursor(asked.cursor)  # all of one message is in one page

    def look() -> Reading[Outcomes]:
        if asked.source not in caller.claims.sources:
            return outcomes_of_message("", "")
        if asked.id is not None:
            return outcomes_of_message(asked.source, asked.id)
        return outcomes_of(asked.source, beyond=beyond, limit=asked.page_size)

    found = await fresh(desk, after, look)
    body = wire.Outcomes(
        source=asked.source,
        position=found.position,
        items=tuple(map(partial(_outcome, prefix=prefix, desk=desk, say=say), found.outcomes)),
    )
    beyond_it = None if found.beyond is None else found.beyond.removeprefix(prefix)
    return told(request, followed(request, body, beyond_it), found.position, say)


def _outcome(row: OutcomeRow, prefix: str, desk: Desk, say: Language) -> wire.Outcome:
    number, _, id_ = row.command.partition(prefix)
    of: dict[str, Any] = {}
    if row.reason is not None:
        of["reason"] = row.reason
        if row.detail is not None and not holds_national_number(row.detail):
            of["detail"] = Detail(row.detail, words_of(desk.rules)).said(say)
    return wire.Outcome(
        id=id_,
        request=int(number.removesuffix(":") or 1),
        outcome=row.outcome,
        events=row.events,
        position=row.last_position,
        recorded_at=row.recorded_at,
        **of,
    )
