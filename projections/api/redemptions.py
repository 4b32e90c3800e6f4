"""Routes of the two-step use, second step: a provider redeems a code, and sees no account."""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from fastapi import Path, Request, Response, Security
from starlette.concurrency import run_in_threadpool

from ledger.domain import commands as c
from ledger.domain.mandates import Helping
from ledger.service.outcomes import Rejected
from ledger.store.authorizations import Authorizations, Claim, Claimed
from ledger.words.texts import Text
from projections.api.asking import AtDesk, Desk, Purpose, asked_by
from projections.api.bodies import Raw, canonical, described, read
from projections.api.caller import Caller
from projections.api.codes import hash_of
from projections.api.idempotency import InFlight, Key, UnderWay, command_id
from projections.api.made import done
from projections.api.ordering import actor_of, bounded, carried, created, digest_of
from projections.api.problems import (
    CODE_REFUSED,
    NOT_FOUND,
    NOT_PERMITTED,
    TOO_MANY_FAILED,
    Refused,
)
from projections.api.refusals import refuse
from projections.api.routing import planned
from schemas import requests
from schemas import rights_v1 as asked
from schemas.api_v1 import codes as wire
from schemas.cloudevents import UUID_PATTERN
from schemas.examples import COURSE

router = planned(tags=["redemptions"])

MAX_FAILED_A_MINUTE: Final = 10
"""So many codes may a client hand in that don't work, in one minute of the clock."""

WITHHELD: Final = Text("api-withheld")
"""What a rule says tells of the holder, who is not a provider's to know."""

Redeems: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["authorizations:redeem"])]

RedemptionId: TypeAlias = Annotated[
    UUID,
    Path(
        alias="redemptionId",
        description="As the answer to the redemption names it.",
        json_schema_extra={"pattern": UUID_PATTERN},
    ),
]

ON: Final = {"effectiveOn": "2025-10-05"}
REDEEMING: Final = ON | {
    "code": "7Q2XK-9M4TB-C0VRW-3HJ8N-5ZDPE-F",
    "makes": "reservation",
    "quantity": 1200,
    "unit": "minute",
    "course": COURSE,
}


@router.post(
    "/redemptions",
    operation_id="createRedemption",
    summary="Take what a holder authorized, with the code",
    status_code=HTTPStatus.CREATED,
    response_model=wire.Redemption,
    openapi_extra=described(wire.Redeeming, REDEEMING),
)
async def redeem(
    asking: Request,
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
    if caller.claims.provider is None or caller.claims.provider != body.course.provider:
        raise Refused(
            NOT_PERMITTED,
            Text("api-other-provider"),
        )
    claimed = await run_in_threadpool(_claimed, desk, bounded(caller.client), body)
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
        helping=Helping(mandate=claimed.mandate, action="authorize") if claimed.mandate else None,
    )
    return await _answered(asking, desk, command, claimed.id, _does_not_work)


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
            Text("api-too-many-codes", limit=str(MAX_FAILED_A_MINUTE)),
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
    return Refused(CODE_REFUSED, Text("api-code"))


@router.post(
    "/redemptions/{redemptionId}/captures",
    operation_id="captureRedemption",
    summary="Turn what a code holds into a use",
    status_code=HTTPStatus.CREATED,
    response_model=wire.Redemption,
    openapi_extra=described(asked.CapturingAsked, ON | {"quantity": 900}),
)
async def capture(
    asking: Request,
    desk: AtDesk,
    caller: Redeems,
    redemption: RedemptionId,
    key: Key,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    under_way: UnderWay,
    raw: Raw,
) -> Response:
    """Use what was reserved with a code, or less of it: then the rest goes back."""
    body = read(asked.CapturingAsked, raw)
    return await _further(
        asking,
        desk,
        caller,
        redemption,
        requests.capture(str(redemption), body),
        under_way=under_way,
        key=key,
        digest=digest_of("captureRedemption", str(redemption), body),
    )


@router.post(
    "/redemptions/{redemptionId}/releases",
    operation_id="releaseRedemption",
    summary="Give back what a code holds",
    status_code=HTTPStatus.CREATED,
    response_model=wire.Redemption,
    openapi_extra=described(asked.ReleasingAsked, ON | {"reason": "The course was cancelled."}),
)
async def release(
    asking: Request,
    desk: AtDesk,
    caller: Redeems,
    redemption: RedemptionId,
    key: Key,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    under_way: UnderWay,
    raw: Raw,
) -> Response:
    """Give all that was reserved with a code back."""
    body = read(asked.ReleasingAsked, raw)
    return await _further(
        asking,
        desk,
        caller,
        redemption,
        requests.release(str(redemption), body),
        under_way=under_way,
        key=key,
        digest=digest_of("releaseRedemption", str(redemption), body),
    )


async def _further(
    asking: Request,
    desk: Desk,
    caller: Caller,
    redemption: UUID,
    request: c.Capture | c.Release,
    *,
    under_way: InFlight,
    key: str,
    digest: bytes,
) -> Response:
    """Go on with what a provider reserved.

    Raises:
        Refused: by the rules, or the provider redeemed no such thing.

    """
    provider = caller.claims.provider
    if provider is None:
        raise _no_such_redemption()
    redeemed_by = Authorizations(desk.store).redeemed_by
    account = await run_in_threadpool(redeemed_by, provider, redemption)
    if account is None:
        raise _no_such_redemption()
    command = c.Command(
        id=command_id(bounded(caller.client), key),
        account=account,
        actor=actor_of(caller),
        request=request,
        digest=digest,
    )
    with under_way.alone(command.id):
        return await _answered(asking, desk, command, redemption, _no_such_redemption)


def _no_such_redemption() -> Refused:
    return Refused(NOT_FOUND, Text("api-no-redemption"))


async def _answered(
    asking: Request,
    desk: Desk,
    command: c.Command,
    redemption: UUID,
    nobody: Callable[[], Refused],
) -> Response:
    """Ask the door, and tell what was done without telling whose it is."""
    try:
        outcome, found = await carried(asking, command)
    except Refused as refused:
        raise (nobody() if refused.kind is NOT_FOUND else refused) from None
    if isinstance(outcome, Rejected):
        refuse(outcome, desk.rules, detail=WITHHELD)
    did = done(desk, outcome.decided_in or command.account, outcome, found)
    told = {name: getattr(did, name) for name in ("reserved", "used", "given_back")}
    known = {name: value for name, value in told.items() if value is not None}
    return created(wire.Redemption(id=redemption, position=did.position, **known), did.position)
