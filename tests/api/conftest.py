"""An API at a desk of its own, in this process, and an issuer of tokens for it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, TypeAlias

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg_pool import AsyncConnectionPool

from ledger.audit.histories import Histories
from ledger.audit.seen import Texts
from ledger.domain.events import Envelope
from ledger.service.clock import SetClock
from ledger.service.naming import Lots
from ledger.store.postgres import PostgresStore
from ops.embedded.child import LOOPBACK
from ops.embedded.postgres import PostgresServer
from ops.ledger_wiring import open_door, rulebook
from ops.running.api import configured
from ops.settings import Settings
from projections.api.access_log import AccessLog
from projections.api.app import application
from projections.api.asking import Desk
from projections.api.development import DevelopmentIssuer
from projections.api.document import document
from projections.api.limits import Limits
from projections.api.strangers import Strangers
from projections.runner import Runner
from projections.tables import AsyncConn
from schemas.cloudevents import Json
from tests.conftest import TEMPLATE, own_database, template_of
from tests.projections.logs import ListLog, lives
from tests.service.doors import standing

AUDIENCE = "rugzak"
READS = ("balances", "timeline", "schemes", "quotes", "overview", "outcomes")
EVERYBODY = ("accounts:any", *(f"{each}:read" for each in READS))

Headers: TypeAlias = Callable[..., dict[str, str]]


@cache
def promised() -> Json:
    """Return the API's document, not to be changed: to make it takes half a second."""
    return document()


@pytest.fixture
def issuer(tmp_path: Path) -> DevelopmentIssuer:
    return DevelopmentIssuer(tmp_path / "issuer", AUDIENCE)


@pytest.fixture
def as_who(issuer: DevelopmentIssuer) -> Headers:
    """Return what makes the headers of a request: of a system that sees everybody unless said."""

    def headers(*scopes: str, purpose: str = "enrolment", **of: Any) -> dict[str, str]:
        token = issuer.token("portal", scopes or EVERYBODY, **of)
        return {"Authorization": f"Bearer {token}", "Rugzak-Purpose": purpose}

    return headers


@pytest.fixture(scope="session")
def lived(postgres: PostgresServer) -> Iterator[tuple[str, list[Envelope]]]:
    """Yield random lives, and the name of a database whose read models have them."""
    envelopes = lives(7, 300)
    for url in own_database(postgres, TEMPLATE):
        Runner(url, ListLog(envelopes)).catch_up()
        yield url.rpartition("/")[2], envelopes


@pytest.fixture
def database(postgres: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of a database that only this test uses, with what it asks for in it."""
    told = request.getfixturevalue("lived")[0] if "log" in request.fixturenames else None
    yield from own_database(postgres, told or template_of(request))


@pytest.fixture
def log(lived: tuple[str, list[Envelope]], database: str) -> ListLog:
    """Return a log of random lives, which the read models have."""
    return ListLog(lived[1])


@pytest.fixture
def clock() -> SetClock:
    """Return the clock of the desk, at the end of the lives that are told here."""
    return standing("2022-03-01")


@pytest.fixture
def desk(database: str, clock: SetClock, issuer: DevelopmentIssuer) -> Iterator[Desk]:
    with desk_on(database, issuer, clock) as opened:
        yield opened


@contextmanager
def desk_on(database: str, issuer: DevelopmentIssuer, clock: SetClock) -> Iterator[Desk]:
    """Open a desk on a database that takes an issuer's tokens."""
    units = {id_: scheme.unit for id_, scheme in rulebook().schemes.items()}
    with PostgresStore(database) as store:
        yield Desk(
            rows=_rows(database),
            store=store,
            histories=Histories(store, long=1, every=4),  # also of short lives
            texts=Texts(store, rulebook()),
            door=open_door(store, clock),
            provider=issuer.provider(),
            lots=Lots(units),
            clock=clock,
            accesses=AccessLog(database),
            limits=Limits(1_000_000),
            strangers=Strangers(1_000_000),
            wait_seconds=0.3,
            code_seconds=900,
        )


def _rows(database: str) -> "AsyncConnectionPool[AsyncConn]":
    settings: Any = {"kwargs": {"autocommit": True}, "min_size": 1, "max_size": 4, "open": False}
    return AsyncConnectionPool(database, **settings)


def client_of(desk: Desk) -> TestClient:
    """Return the application at a desk, to be entered; of one desk only once."""
    return TestClient(application(desk), base_url="http://rugzak.example.be/v1")


@contextmanager
def served(app: FastAPI, settings: Settings) -> Iterator[tuple[str, int]]:
    """Serve an application as `rugzak serve` configures it; yield its host and port."""
    server = uvicorn.Server(configured(app, settings))
    with socket.create_server((LOOPBACK, 0)) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            sleep(0.01)
        try:
            yield LOOPBACK, int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def beside(desk: Desk, **changed: Any) -> Desk:
    """Return the desk of another worker, with connections of its own to the read models."""
    url = str(desk.rows.conninfo)
    return replace(desk, rows=_rows(url), accesses=AccessLog(url), **changed)


@pytest.fixture
def api(desk: Desk) -> Iterator[TestClient]:
    with client_of(desk) as client:
        yield client
