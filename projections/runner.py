"""Keeps projections at the head of the log: a page of events, its rows and the position at a time.

Each projection keeps its own position; those at the same position share one read of a page.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from threading import Event
from time import monotonic
from typing import Protocol

import psycopg
import structlog
from psycopg.conninfo import make_conninfo
from psycopg.errors import IdleInTransactionSessionTimeout, ProgramLimitExceeded
from psycopg.sql import SQL, Identifier

from ledger.domain.events import Envelope
from ledger.service.outage import Outage
from ledger.service.ports import StoreUnavailable
from ledger.store.datastore import NETWORK
from projections.catalogue import PROJECTIONS
from projections.projection import Projection, place_of
from projections.tables import (
    Conn,
    Generation,
    advance,
    ensure,
    generations,
    mark_trouble,
)

PAGE_EVENTS = 8_000
"""Most events in one page, hence in one transaction and in memory at once."""

HEARTBEAT_SECONDS = 1.0
"""Longest wait before looking at the log without having been notified."""

STOP_CHECK_SECONDS = 0.1
"""How often a wait looks whether it should stop."""

SILENCE_SECONDS = 30
"""After this the server ends a transaction whose process went silent; a page takes a second."""

APPLICATION = "rugzak-projections"

UNREACHABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    IdleInTransactionSessionTimeout,
    StoreUnavailable,
)
"""What is raised while the database is down, or has let go of us; a run waits and goes on."""

log = structlog.get_logger(__name__)


class Log(Protocol):
    """The events in their one global order."""

    def events_after(self, position: int, limit: int) -> Sequence[Envelope]:
        """Read at most `limit` envelopes, in order, that come after a position."""
        ...

    def head(self) -> int:
        """Return the position of the last event, 0 when there is none."""
        ...


class ProjectionStopped(Exception):  # noqa: N818  it is a state, too
    """A projection could not take an event; it stays before it until code or log is put right."""

    def __init__(self, name: str, position: int, kind: str) -> None:
        """Name the projection, and the position and kind of the event that it can't take."""
        super().__init__(f"projection {name} stopped at position {position}, event {kind}")
        self.name, self.position, self.kind = name, position, kind


def connection_settings(url: str) -> str:
    """Return a database's URL with our name, and with how soon a server that vanished is missed."""
    return make_conninfo(url, application_name=APPLICATION, **NETWORK)


def connect(url: str) -> Conn:
    """Open a connection for writing rows.

    Commits do not wait for the disk: after a crash of the server, rows and position go back
    together, and the same events come again.
    """
    conn: Conn = psycopg.connect(connection_settings(url), autocommit=True)
    conn.execute("SET synchronous_commit = off")
    return conn


def _writing(url: str) -> Conn:
    """Open a connection whose locks end with a process that went silent: another one goes on."""
    conn = connect(url)
    conn.execute(f"SET idle_in_transaction_session_timeout = '{SILENCE_SECONDS}s'")
    return conn


class Runner:
    """Hands pages of the log to projections and writes what they make of them."""

    def __init__(
        self,
        url: str,
        events: Log,
        projections: Sequence[Projection] = PROJECTIONS,
        *,
        channel: str | None = None,
        page_events: int = PAGE_EVENTS,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        """Take the database of the rows, the log, and the channel that the log notifies."""
        self._url = url
        self._events = events
        self._projections = {projection.name: projection for projection in projections}
        self._channel = channel
        self._page_events = page_events
        self._heartbeat_seconds = heartbeat_seconds
        self._stopped: set[str] = set()
        self._outdated: set[str] = set()

    def catch_up(self) -> int:
        """Bring every projection to the head that the log has now; return how many events.

        Raises:
            ProjectionStopped: one could not take an event; the others may be short of the head.

        """
        with _writing(self._url) as conn:
            ensure(conn, self._projections.values())
            head, count = self._events.head(), 0
            while read := self._step(conn, head):
                count += read
            return count

    def lag(self) -> dict[str, int]:
        """Return, by projection, how many positions it is behind the head."""
        with connect(self._url) as conn:
            ensure(conn, self._projections.values())
            head = self._events.head()
            return {
                g.name: max(head - g.position, 0)
                for g in generations(conn)
                if g.live and g.name in self._projections
            }

    def run(self, stop: Event) -> None:
        """Follow the log until told to stop, through outages of the database.

        A projection that can't take an event is said once, marked in its status, and left
        where it is; the others go on.

        Raises:
            ProjectionStopped: none is left that can go on.

        """
        outage = Outage("database", stop)
        while not stop.is_set():
            try:
                with _writing(self._url) as conn:
                    if self._channel is not None:
                        conn.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
                    ensure(conn, self._projections.values())
                    self._follow(conn, stop, outage)
            except UNREACHABLE as error:
                if not is_unreachable(error):
                    raise
                outage.wait(error)

    def _step(self, conn: Conn, head: int | None) -> int:
        """Give each projection that is short of `head` its next page; count the events read."""
        sharing: dict[int, list[Generation]] = defaultdict(list)
        for at in generations(conn):
            if self._can_go_on(at) and (head is None or at.position < head):
                sharing[at.position].append(at)
        count = 0
        for position, group in sharing.items():
            page = self._events.events_after(position, self._page_events)
            for at in group if page else ():
                apply_page(conn, self._projections[at.name], at, page)
            count += len(page)
        return count

    def _can_go_on(self, at: Generation) -> bool:
        projection = self._projections.get(at.name)
        if projection is None or not at.live or (at.trouble and at.name in self._stopped):
            return False
        self._stopped.discard(at.name)  # a rebuild has no trouble: it is followed
        if at.version == projection.version:
            return True
        if at.name not in self._outdated:
            self._outdated.add(at.name)
            log.warning("projection_needs_rebuild", projection=at.name, version=at.version)
        return False

    def _follow(self, conn: Conn, stop: Event, outage: Outage) -> None:
        while not stop.is_set():
            try:
                read = self._step(conn, None)
                outage.over()
                if not read:
                    self._wait(conn, stop)
            except ProjectionStopped as stopped:
                self._stopped.add(stopped.name)
                if len(self._stopped) == len(self._projections):
                    raise
                log.error(  # noqa: TRY400  the cause may quote a person's data
                    "projection_stopped",
                    projection=stopped.name,
                    position=stopped.position,
                    event_kind=stopped.kind,
                    error=type(stopped.__cause__).__name__,
                )

    def _wait(self, conn: Conn, stop: Event) -> None:
        """Return when notified, told to stop, or when the heart beats."""
        until = monotonic() + self._heartbeat_seconds
        while not stop.is_set() and (left := until - monotonic()) > 0:
            wait_seconds = min(left, STOP_CHECK_SECONDS)
            if self._channel is None:
                stop.wait(wait_seconds)
            elif any(True for _ in conn.notifies(timeout=wait_seconds, stop_after=1)):
                return


def apply_page(
    conn: Conn, projection: Projection, at: Generation, page: Sequence[Envelope]
) -> Generation | None:
    """Write a page, and return where the generation is then; None when somebody else went on.

    When the page fails, its halves are tried, so that what comes before the event at fault is
    written, and the event is named.

    Raises:
        ProjectionStopped: an event can't be taken.

    """
    try:
        position = advance(conn, projection, at, page)
    except Exception as error:
        if is_unreachable(error):
            raise
        if len(page) == 1:
            stopped = ProjectionStopped(at.name, place_of(page[0]), type(page[0].event).__name__)
            mark_trouble(conn, at, f"{stopped}: {type(error).__name__}")
            raise stopped from error
        half = len(page) // 2
        middle = apply_page(conn, projection, at, page[:half])
        return middle and apply_page(conn, projection, middle, page[half:])
    return None if position is None else at._replace(position=position)


def is_unreachable(error: Exception) -> bool:
    """Whether the database may answer when asked again later."""
    return isinstance(error, UNREACHABLE) and not isinstance(error, ProgramLimitExceeded)


def pages(events: Log, until: int, page_events: int = PAGE_EVENTS) -> Iterator[list[Envelope]]:
    """Read the log from its beginning up to and with a position, page by page."""
    position = 0
    while position < until:
        page = [e for e in events.events_after(position, page_events) if place_of(e) <= until]
        if not page:
            return
        yield page
        position = place_of(page[-1])
