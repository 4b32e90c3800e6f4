"""Makes a projection anew beside the live one, which keeps serving, and swaps them."""

from collections.abc import Sequence
from datetime import datetime
from time import sleep
from typing import Literal, NamedTuple

from psycopg.errors import LockNotAvailable

from ledger.domain.events import Envelope
from projections.catalogue import PROJECTIONS
from projections.projection import Projection
from projections.runner import PAGE_EVENTS, Log, apply_page, connect
from projections.tables import (
    Conn,
    Generation,
    begin,
    ensure,
    exist,
    generations,
    hold,
    swap,
)

SWAP_LOCK_MILLISECONDS = 500
"""Longest that readers may have to queue behind a swap that waits for other readers."""

SWAP_ATTEMPTS = 20
SWAP_PAUSE_SECONDS = 0.5


class RebuildBlocked(Exception):  # noqa: N818  it is an answer
    """Another rebuild of the same projection runs, or a long reader does not let go of it."""


class Status(NamedTuple):
    """How a generation of a projection is.

    Attributes:
        generation: 0 when there is none yet.
        position: of the last event that its rows reflect.
        head: of the last event in the log.
        state: `building` is a rebuild, under way or interrupted.
        trouble: what stopped it.

    """

    name: str
    generation: int
    position: int
    head: int
    lag: int
    state: Literal["missing", "live", "building", "stopped", "rebuild needed"]
    updated_at: datetime | None
    trouble: str | None


def rebuild(
    url: str, events: Log, projection: Projection, *, page_events: int = PAGE_EVENTS
) -> Generation:
    """Fold the whole log into new tables and let them serve; return the generation that does.

    What an interrupted rebuild left is dropped first.

    Raises:
        RebuildBlocked: it can't begin, or can't swap, because of somebody else.
        ProjectionStopped: an event can't be taken; the live tables stay as they are.

    """
    with connect(url) as conn:
        ensure(conn, [projection])
        if not _alone(conn, projection):
            msg = f"projection {projection.name} is being rebuilt already"
            raise RebuildBlocked(msg)
        at = begin(conn, projection)
        while page := events.events_after(at.position, page_events):
            at = _on(conn, projection, at, page)
            if len(page) < page_events:
                break
        for _ in range(SWAP_ATTEMPTS):
            try:
                return _finish(conn, events, projection, at, page_events)
            except LockNotAvailable:
                sleep(SWAP_PAUSE_SECONDS)
        msg = f"projection {projection.name} is being read by a long transaction"
        raise RebuildBlocked(msg)


def _alone(conn: Conn, projection: Projection) -> bool:
    """Whether this session is now the only one that rebuilds the projection."""
    key = f"rugzak rebuild {projection.name}"
    got = conn.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (key,)).fetchone()
    return bool(got and got[0])


def _on(conn: Conn, projection: Projection, at: Generation, page: Sequence[Envelope]) -> Generation:
    after = apply_page(conn, projection, at, page)
    if after is None:
        msg = f"projection {projection.name} was taken over by another rebuild"
        raise RebuildBlocked(msg)
    return after


def _finish(
    conn: Conn, events: Log, projection: Projection, at: Generation, page_events: int
) -> Generation:
    """Hold the live generation still, pass it, and swap: answers never go back in position."""
    with conn.transaction():
        conn.execute(f"SET LOCAL lock_timeout = {SWAP_LOCK_MILLISECONDS}")
        live = hold(conn, projection)
        while at.position < live and (page := events.events_after(at.position, page_events)):
            at = _on(conn, projection, at, page)
        swap(conn, projection, at)
    return at._replace(state="live")


def status(
    conn: Conn, events: Log, projections: Sequence[Projection] = PROJECTIONS
) -> list[Status]:
    """Say of every generation how far it got, how far behind it is, and what it needs."""
    head = events.head()
    known = generations(conn) if exist(conn) else []
    found = []
    for projection in projections:
        own = [g for g in known if g.name == projection.name]
        if not any(g.live for g in own):
            missing = Status(projection.name, 0, 0, head, head, "missing", None, None)
            found.append(missing)
        for g in own:
            lag, state = max(head - g.position, 0), _state(g, projection)
            found.append(
                Status(g.name, g.generation, g.position, head, lag, state, g.updated_at, g.trouble)
            )
    return found


def _state(
    at: Generation, projection: Projection
) -> Literal["live", "building", "stopped", "rebuild needed"]:
    if not at.live:
        return "building"
    if at.version != projection.version:
        return "rebuild needed"
    return "stopped" if at.trouble else "live"
