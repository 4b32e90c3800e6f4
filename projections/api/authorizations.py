"""Routes of the two-step use: a holder authorizes, and a provider redeems and sees no account."""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import APIRouter, Response, Security

from ledger.domain import commands as c
from ledger.domain.taking import measure, unknown_scheme
from ledger.service.outcomes import Rejected
from ledger.store.authorizations import Authorization, Authorizations, Claim, Claimed
from projections.api.asking import Account, AtDesk, Desk, Purpose, asked_by, no_such_account
from projections.api.bearer import Caller
from projections.api.bodies import Raw, canonical, described, read
from projections.api.codes import hash_of, new_code
from projections.api.made import done
from projections.api.ordering import actor_of, ask, bounded, created, is_known
from projections.api.problems import (
    CODE_REFUSED,
    NOT_PERMITTED,
    TOO_MANY_FAILED,
    Refused,
)
from projections.api.refusals import NOBODY_THERE, kind_of
from schemas import requests
from schemas.api_v1 import codes as wire
from schemas.examples import COURSE

router = APIRouter(tags=["authorizations"])

MAX_FAILED_A_MINUTE: Final = 10
"""So many codes may a client hand in that don't work, in one minute of the clock."""

Authorizes: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["authorizations:write"])]
Redeems: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["authorizations:redeem"])]

AUTHORIZING: Final = {
    "provider": COURSE["provider"],
    "courseId": COURSE["id"],
    "scheme": "be-vlg/vov",
    "quantity": 1200,
    "unit": "minute",
}
REDEEMING: Final = {
    "code": "7Q2XK-9M4TB-C0VRW-3HJ8N-5ZDPE-F",
    "makes": "use",
    "effectiveOn": "2025-10-05",
    "quantity": 1200,
    "unit": "minute",
    "course": COURSE,
}


@router.post(
    "/accounts/{accountId}/authorizations",
    operation_id="createAuthorization",
    summary="Let a provider take some of a right, once",
    status_code=HTTPStatus.CREATED,
    response_model=wire.Authorization,
    openapi_extra=described(wire.Authorizing, AUTHORIZING),
)
def authorize(
    desk: AtDesk,
    caller: Authorizes,
    account: Account,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    raw: Raw,
) -> Response:
    """Make a one-time code that a provider can redeem for a course.

    For the person who is logged in, or who has that person's mandate. It has no Idempotency-Key:
    nothing is held or used by it, and a code whose answer was lost is nobody's and expires.
    """
    body = read(wire.Authorizing, raw)
    holds = account == caller.account or account in caller.mandates
    if not is_known(desk, account if holds else uuid4()):
        raise no_such_account()
    scheme = desk.door.rulebook.schemes.get(body.scheme)
    wrong = (
        unknown_scheme(body.scheme, desk.door.rulebook)
        if scheme is None
        else measure(scheme, body.quantity, body.unit)
    )
    if wrong is not None:
        raise Refused(kind_of(wrong.reason), wrong.detail)
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
        made_by=actor_of(caller),
        made_at=now,
        expires_at=now + timedelta(seconds=desk.code_seconds),
    )
    Authorizations(desk.store).add(made)
    return created(wire.Authorization(id=made.id, code=code, expires_at=made.expires_at))


@router.post(
    "/redemptions",
    operation_id="createRedemption",
    summary="Take what a holder authorized, with the code",
    status_code=HTTPStatus.CREATED,
    response_model=wire.Redemption,
    openapi_extra=described(wire.Redeeming, REDEEMING),
)
def redeem(
    desk: AtDesk,
    caller: Redeems,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    raw: Raw,
) -> Response:
    """Hold or use at most what was authorized, for the authorized course of the caller's own.

    The code is the key: the same request with it is done once, and answered the same each time;
    with another request it does not work any more, also when the first one was refused.
    """
    body = read(wire.Redeeming, raw)
    if caller.provider is None or caller.provider != body.course.provider:
        raise Refused(
            NOT_PERMITTED,
            "the token's rugzak_provider is not the provider of the course: redeem for your own",
        )
    claimed = _claimed(desk, bounded(caller.client), body)
    held = c.Reserve(
        reservation=str(claimed.id),
        scheme=claimed.scheme,
        quantity=body.quantity,
        unit=body.unit,
        course=requests.course(body.course),
        on=body.effective_on,
        bucket=claimed.bucket,
    )
    command = c.Command(
        id=f"authorization {claimed.id}",
        account=claimed.account,
        actor=actor_of(caller),
        request=held if body.makes == "reservation" else held.at_once(),
        digest=_digest(body),
    )
    outcome = ask(desk, command)
    if isinstance(outcome, Rejected):
        raise _refused(outcome)
    did = done(desk, claimed.account, outcome)
    taken = {"reserved": did.reserved} if body.makes == "reservation" else {"used": did.used}
    return created(wire.Redemption(position=did.position, **taken), did.position)


def _claimed(desk: Desk, client: str, body: wire.Redeeming) -> Claimed:
    """Take an authorization for a request.

    Each try counts as failed until it has not, so that no number of tries at once goes through.

    Raises:
        Refused: the code does not work for this, or the client tried too often.

    """
    kept, now = Authorizations(desk.store), desk.clock.now().recorded_at
    minute = now.replace(second=0, microsecond=0)
    if kept.attempt(client, minute) > MAX_FAILED_A_MINUTE:
        raise Refused(
            TOO_MANY_FAILED,
            f"{MAX_FAILED_A_MINUTE} codes in a minute did not work; try again in the next one",
            headers={"Retry-After": str(60 - now.second)},
        )
    claimed = kept.claim(
        Claim(
            code_hash=hash_of(body.code),
            provider=body.course.provider,
            course=body.course.id,
            quantity=body.quantity,
            unit=body.unit,
            digest=_digest(body),
            at=now,
        )
    )
    if claimed is None:
        raise _does_not_work()
    kept.forgive(client, minute)
    return claimed


def _digest(body: wire.Redeeming) -> bytes:
    """Return the digest of all that is asked; the code is in it as it is meant."""
    return sha256(hash_of(body.code) + canonical(body.model_copy(update={"code": ""}))).digest()


def _does_not_work() -> Refused:
    """Refuse a code, whatever is wrong with it: nobody learns which."""
    return Refused(
        CODE_REFUSED,
        "there is no such code for this course, provider, quantity and unit; or it was used, or "
        "has expired",
    )


def _refused(outcome: Rejected) -> Refused:
    """Answer a refusal by the rules; its detail tells of the holder, who is not a provider's."""
    reason = outcome.rejection.reason
    if reason in NOBODY_THERE:
        return _does_not_work()
    return Refused(
        kind_of(reason),
        "the rules don't allow this; the holder sees why",
        instance=uuid5(NAMESPACE_URL, outcome.command),
    )
