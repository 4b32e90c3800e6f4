"""Routes: who looked at a person's data, for that person to see."""

from functools import partial
from typing import Annotated, TypeAlias
from urllib.parse import urlencode

from fastapi import Query, Request, Response, Security

from projections.api.access_log import Recorded, accesses_of
from projections.api.asking import (
    Account,
    AtDesk,
    Purpose,
    asked_by,
    from_rows,
    refuse_unknown,
    rows_of,
    seen_by,
)
from projections.api.caller import Caller
from projections.api.routing import planned
from projections.balances.view import names_of
from schemas.api_v1 import accesses as wire

router = planned(tags=["accesses"])

ReadsAccesses: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["accesses:read"])]


@router.get(
    "/accounts/{accountId}/accesses",
    operation_id="listAccesses",
    summary="Who looked at a person's data or acted, newest first",
    response_model=wire.Accesses,
)
async def accesses(
    request: Request,
    desk: AtDesk,
    caller: ReadsAccesses,
    account: Account,
    asked: Annotated[wire.AccessesQuestion, Query()],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
) -> Response:
    """Tell each access over the API that came before this one, attempts that got nothing included.

    Of accounts that were merged, those by any of their references are told together. It is no part
    of the ledger, so it has no position; new accesses come before the first page.
    """
    looked_for = await seen_by(desk, caller, account)
    await refuse_unknown(desk, None, looked_for)
    names = await from_rows(desk, partial(names_of, looked_for))
    account = caller.led(account, names[0])
    before = None if asked.cursor is None else int(asked.cursor)
    limit = asked.page_size + 1
    async with rows_of(desk) as conn:
        found = await accesses_of(conn, names, before, limit)
    page = found[: asked.page_size]
    body = wire.Accesses(person=account, items=tuple(map(_access, page)))
    if len(found) > len(page):
        at = urlencode({"cursor": page[-1].id, "pageSize": asked.page_size})
        body = body.model_copy(update={"next": f"{request.url.path}?{at}"})
    text = body.model_dump_json(by_alias=True, exclude_none=True)
    return Response(text, headers={"Cache-Control": "no-store"}, media_type="application/json")


def _access(found: Recorded) -> wire.Access:
    return wire.Access(
        at=found.at,
        client=found.client,
        subject=found.subject,
        acting=found.acting,
        **({} if found.mandate is None else {"mandates": tuple(found.mandate.split())}),
        **({} if found.purpose is None else {"purpose": found.purpose}),
        operation=found.operation,
        outcome=found.outcome,
        trace_id=found.trace,
    )
