"""Routes: whether requests can be answered; open to everyone, with no details for strangers.

Source: Belgian REST guide, hlth-res.
"""

from http import HTTPStatus

from fastapi import Response
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from projections.api.asking import AtDesk
from projections.api.routing import planned
from schemas.api_v1 import rights as wire

router = planned(tags=["monitoring"])


@router.get(
    "/health",
    operation_id="checkHealth",
    summary="Whether requests can be answered",
    response_model=wire.Health,
    responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": wire.Health}},
)
async def health(desk: AtDesk) -> Response:
    """Answer UP while the read models can be read, else DOWN."""
    try:
        async with desk.rows.connection() as conn:
            await conn.execute("SELECT 1")
    except (OperationalError, PoolTimeout):
        return _said(wire.Health(status="DOWN"), HTTPStatus.SERVICE_UNAVAILABLE)
    return _said(wire.Health(status="UP"), HTTPStatus.OK)


def _said(body: wire.Health, status: HTTPStatus) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(body.model_dump_json(), status, headers, "application/json")
