"""The application: routes under `/v1`, and what all of them have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

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
from projections.api.routing import VERSION

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


class Api(FastAPI):
    """FastAPI between our own border and our routes.

    Without its own bounds, measures and last resort, each of which wraps every message: the border
    bounds, logs and answers all that fails.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Return what handles a request, from the outside in."""
        routes = AsyncExitStackMiddleware(self.router)  # FastAPI's routes ask for it
        handled = ExceptionMiddleware(routes, handlers=self.exception_handlers)
        return Border(Recording(handled))


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

    app = Api(
        title="Rugzak",
        version=VERSION,
        openapi_url=None,  # the document is made and checked beforehand: `projections.api.document`
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=at_desk,
    )
    for router in ROUTERS:
        app.router.routes.extend(router.routes)  # to include it is to look each route up in it
    app.state.in_flight = InFlight()
    app.state.methods = Methods(ROUTERS)
    app.state.readable = {}
    app.state.watch = health.Watch()
    problems.register(app)
    return app
