"""Routes: whether requests can be answered; open to everyone, with no details for strangers.

`/health` is what the Belgian guide asks for. Who runs workers asks the two below it: a worker that
does not live is started anew, one that is not ready gets no requests for a while.
Source: Belgian REST guide, hlth-res.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import Annotated, Final, Literal, TypeAlias

import structlog
from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from ledger.service.ports import StoreUnavailable
from projections.api.asking import AtDesk, Desk, from_rows
from projections.api.routing import VERSION, planned
from projections.catalogue import BY_NAME
from projections.tables import positions
from schemas.api_v1 import rights as wire

MAX_LAG_EVENTS: Final = 10_000
"""So far may read models be behind the log; a projection takes that in within seconds."""

LOOK_SECONDS: Final = 1.0
"""So long a finding is given again, so that who asks all the time costs next to nothing."""

Status: TypeAlias = Literal["UP", "DEGRADED", "DOWN"]

router = planned(tags=["monitoring"])
log = structlog.get_logger(__name__)


class Watch:
    """What was found last, for the many that ask."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Begin with nothing found."""
        self._clock = clock
        self._looks = asyncio.Lock()
        self._found: Status | None = None
        self._until = -1.0

    async def status(self, desk: Desk) -> Status:
        """Return how it is, or was a moment ago; one looks while others are told what was."""
        if self._found is not None and (self._looks.locked() or self._clock() < self._until):
            return self._found
        async with self._looks:
            if self._found is None or self._clock() >= self._until:
                found = await _look(desk)
                if found != self._found:
                    log.info("health_changed", status=found)
                self._found, self._until = found, self._clock() + LOOK_SECONDS
            return self._found


async def _watch(request: Request) -> Watch:
    found: Watch = request.app.state.watch
    return found


AtWatch: TypeAlias = Annotated[Watch, Depends(_watch)]


async def _look(desk: Desk) -> Status:
    """Tell whether rows can be read, and accesses recorded, and whether the rows are new enough."""
    try:
        desk.accesses.check()
        live = await from_rows(desk, positions)
        head = await run_in_threadpool(desk.store.head)
    except StoreUnavailable:
        return "DOWN"
    for name in BY_NAME:
        if name not in live or head - live[name] > MAX_LAG_EVENTS:
            return "DEGRADED"
    return "UP"


@router.get(
    "/health",
    operation_id="checkHealth",
    summary="Whether requests can be answered",
    response_model=wire.Health,
    responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": wire.Health}},
)
async def health(desk: AtDesk, watch: AtWatch) -> Response:
    """Answer UP; DEGRADED while what is read is far behind what was written; else DOWN."""
    return _said(await watch.status(desk))


@router.get(
    "/health/liveness",
    operation_id="checkLiveness",
    summary="Whether this worker lives",
    response_model=wire.Health,
)
async def liveness() -> Response:
    """Answer UP, whatever the database does: a worker that is started anew would not mend that."""
    return _said("UP")


@router.get(
    "/health/readiness",
    operation_id="checkReadiness",
    summary="Whether this worker should get requests",
    response_model=wire.Health,
    responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": wire.Health}},
)
async def readiness(desk: AtDesk, watch: AtWatch) -> Response:
    """Answer UP; DOWN without the database, and while what is read is far behind."""
    return _said("UP" if await watch.status(desk) == "UP" else "DOWN")


def _said(status: Status) -> Response:
    body, headers = wire.Health(status=status, version=VERSION), {"Cache-Control": "no-store"}
    code = HTTPStatus.SERVICE_UNAVAILABLE if status == "DOWN" else HTTPStatus.OK
    return Response(body.model_dump_json(), code, headers, "application/json")
