"""The application: routes under `/v1`, and what all of them have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from projections.api import (
    accesses,
    authorizations,
    balances,
    commands,
    health,
    lots,
    mandates,
    ordering,
    outcomes,
    problems,
    prospects,
    redemptions,
    reservations,
    schemes,
    timeline,
)
from projections.api.asking import Desk
from projections.api.border import Border
from projections.api.idempotency import InFlight
from projections.api.paths import Methods
from projections.api.recording import Recording

VERSION: Final = "1.0.0"
"""Of the API; its major number is in the path."""

PREFIX: Final = "/v1"

ROUTERS: Final = (
    accesses.router,
    authorizations.router,
    balances.router,
    commands.router,
    health.router,
    lots.router,
    mandates.router,
    outcomes.router,
    prospects.router,
    redemptions.router,
    reservations.router,
    schemes.router,
    timeline.router,
)


def application(desk: Desk | None = None) -> FastAPI:
    """Return the application, at the desk of which it answers; without one it is to look at."""

    @asynccontextmanager
    async def at_desk(app: FastAPI) -> AsyncIterator[None]:
        if desk is None:
            yield
            return
        async with desk.rows, desk.accesses:
            app.state.desk = desk
            app.state.balances = balances.together(desk)
            app.state.commands = ordering.together(desk)
            yield

    app = FastAPI(
        title="Rugzak",
        version=VERSION,
        openapi_url=None,  # the document is made and checked beforehand: `projections.api.document`
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=at_desk,
    )
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.state.in_flight = InFlight()
    app.state.methods = Methods(ROUTERS, PREFIX)
    app.state.readable = {}
    app.state.watch = health.Watch()
    problems.register(app)
    app.add_middleware(Recording)
    app.add_middleware(Border)  # around all others
    return app
