"""Routes of the two-step use, first step: a holder authorizes a provider, with a one-time code."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias
from uuid import uuid4

from fastapi import Response, Security
from starlette.concurrency import run_in_threadpool

from ledger.domain.hindrances import measure, unknown_scheme
from ledger.store.authorizations import Authorization, Authorizations
from ledger.words.refusals import Detail, words_of
from projections.api.asking import Account, AtDesk, Purpose, asked_by, no_such_account
from projections.api.bodies import Raw, described, read
from projections.api.caller import Caller
from projections.api.codes import hash_of, new_code
from projections.api.helping import authorizing
from projections.api.ordering import actor_of, created
from projections.api.problems import Refused
from projections.api.refusals import kind_of
from projections.api.routing import planned
from schemas.api_v1 import codes as wire
from schemas.examples import COURSE

router = planned(tags=["authorizations"])

Authorizes: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["authorizations:write"])]

AUTHORIZING: Final = {
    "provider": COURSE["provider"],
    "courseId": COURSE["id"],
    "scheme": "be-vlg/vov",
    "quantity": 1200,
    "unit": "minute",
}


@router.post(
    "/accounts/{accountId}/authorizations",
    operation_id="createAuthorization",
    summary="Let a provider take some of a right, once",
    status_code=HTTPStatus.CREATED,
    response_model=wire.Authorization,
    openapi_extra=described(wire.Authorizing, AUTHORIZING),
)
async def authorize(
    desk: AtDesk,
    caller: Authorizes,
    account: Account,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    raw: Raw,
) -> Response:
    """Make a one-time code that a provider can redeem for a course.

    For the person who is logged in, or who has that person's mandate; the code that a helper makes
    works as long as the mandate is in force. It has no Idempotency-Key:
    nothing is held or used by it, and a code whose answer was lost is nobody's and expires.
    """
    body = read(wire.Authorizing, raw)
    place = await authorizing(desk, caller, account, body.scheme)
    if not await run_in_threadpool(desk.door.knows, place.account):
        raise no_such_account()
    scheme = desk.door.rulebook.schemes.get(body.scheme)
    wrong = (
        unknown_scheme(body.scheme, desk.door.rulebook)
        if scheme is None
        else measure(scheme, body.quantity, body.unit)
    )
    if wrong is not None:
        raise Refused(kind_of(wrong.reason), Detail(wrong.detail, words_of(desk.rules)))
    code, now = new_code(), desk.clock.now().recorded_at
    made = Authorization(
        id=uuid4(),
        code_hash=hash_of(code),
        account=account,
        provider=body.provider,
        course=body.course_id,
        scheme=body.scheme,
        bucket=body.bucket,
        quantity=body.quantity,
        unit=body.unit,
        made_by=actor_of(caller, place.helping),
        mandate="" if place.helping is None else place.helping.mandate,
        made_at=now,
        expires_at=now + timedelta(seconds=desk.code_seconds),
    )
    await run_in_threadpool(Authorizations(desk.store).add, made)
    return created(wire.Authorization(id=made.id, code=code, expires_at=made.expires_at))
