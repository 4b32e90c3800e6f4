"""The HTTP API, wired: workers that share a port, each a process of its own."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from typing import Final

import structlog
import uvicorn
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool

from ledger.audit.histories import Histories
from ledger.audit.seen import Texts
from ledger.service.clock import SystemClock
from ledger.service.naming import Lots
from ledger.words.language import CODES, Language
from ops.ledger_wiring import open_door, open_store, rulebook
from ops.running.beside import beside
from ops.running.http_protocol import BoundedProtocol
from ops.settings import LOOPBACK_HOSTS, Settings, SettingsError, variable
from projections.api.access_log import AccessLog
from projections.api.app import application
from projections.api.asking import Desk
from projections.api.bearer import Provider
from projections.api.development import DevelopmentIssuer
from projections.api.limits import Limits
from projections.api.routing import PREFIX
from projections.api.strangers import Strangers
from projections.runner import connection_settings
from projections.tables import AsyncConn

CONNECTIONS: Final = 8
"""Most connections to the read models of one worker, and as many to the ledger."""

CONNECTION_SECONDS: Final = 2.0
"""How long a request waits for one."""

KEEP_ALIVE_SECONDS: Final = 30
GRACE_SECONDS: Final = 10
"""How long requests under way may take once the API stops."""

BACKLOG: Final = 1_024
MAX_CONNECTIONS: Final = 900
"""Of one worker, idle ones counted: below the 1,024 files that a process may usually open."""

LOOK_SECONDS: Final = 0.05

log = structlog.get_logger(__name__)


def development(settings: Settings) -> bool:
    """Whether the API takes tokens of its own issuer, because no provider is set.

    Raises:
        SettingsError: none is set, and others than this machine could reach the API.

    """
    if settings.oidc_issuer is not None:
        return False
    if settings.api_host not in LOOPBACK_HOSTS:
        host, issuer = variable("api_host"), variable("oidc_issuer")
        raise SettingsError(
            [f"{issuer} is not set: without a provider of tokens {host} must be 127.0.0.1"]
        )
    return True


def development_issuer(settings: Settings) -> DevelopmentIssuer:
    """Return who issues tokens when no provider is set.

    Raises:
        SettingsError: one is set.

    """
    if settings.oidc_issuer is not None:
        name = variable("oidc_issuer")
        raise SettingsError([f"{name} is set: ask {settings.oidc_issuer} for tokens"])
    return DevelopmentIssuer(settings.data_dir, settings.oidc_audience)


def provider(settings: Settings) -> Provider:
    """Return whose tokens are taken."""
    if development(settings):
        return development_issuer(settings).provider()
    return Provider(str(settings.oidc_issuer), settings.oidc_audience)


@contextmanager
def open_desk(settings: Settings, url: str) -> Iterator[Desk]:
    """Yield what the API answers with, on a database that is up to date.

    The application opens what belongs to its event loop.
    """
    rows: AsyncConnectionPool[AsyncConn] = AsyncConnectionPool(
        connection_settings(url),
        kwargs={"autocommit": True},
        configure=_for_short_questions,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=CONNECTION_SECONDS,
        open=False,
        name="api-rows",
    )
    with open_store(url, migrated=True) as store:
        yield Desk(
            rows=rows,
            store=store,
            histories=Histories(store),
            texts=Texts(store, rulebook()),
            door=open_door(store),
            provider=provider(settings),
            lots=Lots({id_: scheme.unit for id_, scheme in rulebook().schemes.items()}),
            clock=SystemClock(),
            accesses=AccessLog(url),
            limits=Limits(settings.api_requests_per_minute),
            strangers=Strangers(settings.api_failed_requests_per_minute),
            wait_seconds=settings.api_wait_ms / 1_000,
            code_seconds=settings.api_code_seconds,
        )


async def _for_short_questions(conn: AsyncConn) -> None:
    """Plan a question once: the few that there are always read some rows of some accounts.

    PostgreSQL would plan anew for each array of accounts, which takes longer than the answer.
    """
    await conn.execute("SET plan_cache_mode = force_generic_plan")


@contextmanager
def serving(settings: Settings, url: str, stop: Event, *, workers: int = 1) -> Iterator[str]:
    """Answer until the block ends; yield the API's address.

    Args:
        settings: where it listens, and whose tokens it takes.
        url: of the database.
        stop: set when a worker ends by itself.
        workers: processes.

    Raises:
        SettingsError: the address can't be listened on, or needs a provider of tokens.
        ProcessEnded: a worker ended by itself.

    """
    from ledger.store.migrations import migrate  # noqa: PLC0415  slow; for all workers, once

    if development(settings):
        log.warning("api_in_development", tokens="anybody's who can run `rugzak token`")
    migrate(url)
    with ExitStack() as stack:
        with _listening(settings) as listening:
            port = listening.getsockname()[1]
            for number in range(1, workers + 1):
                arguments = (settings, url, listening)
                stack.enter_context(
                    beside(f"api-{number}", answer, arguments, settings.log_format, stop)
                )
        host = f"[{settings.api_host}]" if ":" in settings.api_host else settings.api_host
        address = f"http://{host}:{port}{PREFIX}"  # a proxy's prefix is the proxy's
        _until_answering(f"{address}/health/liveness", stop)
        yield address


def _listening(settings: Settings) -> socket.socket:
    """Return a socket that listens, which all workers take connections from."""
    host, port = settings.api_host, settings.api_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        named = f"{variable('api_host')} and {variable('api_port')}"
        why = error.strerror or error
        wrong = [f"{named}: {host}:{port} can't be listened on: {why}"]
    raise SettingsError(wrong)


def answer(stop: Event, settings: Settings, url: str, listening: socket.socket) -> None:
    """Answer requests until told to stop; those under way end."""
    with listening, open_desk(settings, url) as desk:
        server = uvicorn.Server(configured(application(desk), settings))
        # Not the main thread: there uvicorn would take the signals, which are our parent's.
        thread = Thread(target=server.run, args=([listening],), name="uvicorn")
        thread.start()
        for code in CODES:  # read here, beside: whoever was told the first text waited for it
            Language(code)("and")
        while thread.is_alive() and not stop.wait(LOOK_SECONDS):
            pass
        server.should_exit = True
        thread.join()
    if not stop.is_set():
        raise RuntimeError("the API ended by itself")


def configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return how an application is served."""
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        root_path=settings.api_root_path,
        # Else an address is what anybody on this machine says that it is.
        proxy_headers=settings.api_trusted_proxies is not None,
        forwarded_allow_ips=settings.api_trusted_proxies,
    )


def _until_answering(health: str, stop: Event) -> None:
    """Wait until a worker answers."""
    import httpx2  # noqa: PLC0415  slow; no worker needs it

    while not stop.wait(LOOK_SECONDS):
        with suppress(httpx2.HTTPError):
            httpx2.get(health, timeout=LOOK_SECONDS * 20)
            return
