"""What a bench's worker answers with: the API, and an empty route beside it."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.synchronize import Event as Ready
from typing import Final

import uvicorn
from fastapi import FastAPI, Response

from ops import logs
from ops.running.api import configured, open_desk
from ops.settings import Settings
from projections.api import ordering
from projections.api.app import application
from projections.api.asking import Desk
from projections.api.routing import PREFIX

EMPTY: Final = f"{PREFIX}/empty"


def answer(settings: Settings, most: int | None, url: str, ready: Ready) -> None:
    """Answer as a worker does, and with nothing at one more route; its log goes to a file.

    Args:
        settings: where it listens, and the folder of its log.
        most: commands in one transaction; None for as many as the API takes.
        url: of the database.
        ready: set when all is loaded.

    """
    sys.stderr = (settings.data_dir / f"api-{settings.api_port}.log").open("w")
    logs.configure("json")
    with open_desk(settings, url) as desk:
        app = application(desk)

        @app.get(EMPTY)
        async def empty() -> Response:
            return Response(b"{}", media_type="application/json")

        if most is not None:
            _take(app, desk, most)
        config = configured(app, settings)
        config.host, config.port = settings.api_host, settings.api_port
        ready.set()
        uvicorn.Server(config).run()


def _take(app: FastAPI, desk: Desk, most: int) -> None:
    """Let an application take so many commands in one transaction."""
    usual = app.router.lifespan_context

    @asynccontextmanager
    async def otherwise(app: FastAPI) -> AsyncIterator[None]:
        async with usual(app):
            app.state.commands = ordering.together(desk, most)
            yield

    app.router.lifespan_context = otherwise
