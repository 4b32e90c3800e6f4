"""How we wait for a server that is away: with growing pauses, saying so once."""

from collections.abc import Callable
from threading import Event
from typing import Final, TypeVar

import structlog

T = TypeVar("T")

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0
"""Each pause is twice the one before, up to this."""

log = structlog.get_logger(__name__)


class Outage:
    """The present absence of one server, if any."""

    def __init__(
        self, server: str, stop: Event, pause: Callable[[float], object] | None = None
    ) -> None:
        """Name the server, and what ends every wait; `pause` waits seconds, while it does more."""
        self._server = server
        self._pause = pause or stop.wait
        self._pause_seconds = 0.0

    def wait(self, error: Exception) -> None:
        """Pause, longer than the last time; the first time, say why.

        The error's text may hold addresses or data, so only its kind is said.
        """
        if not self._pause_seconds:
            log.warning("server_unreachable", server=self._server, error=type(error).__name__)
        longer = max(2 * self._pause_seconds, FIRST_PAUSE_SECONDS)
        self._pause_seconds = min(longer, LONGEST_PAUSE_SECONDS)
        self._pause(self._pause_seconds)

    def over(self) -> None:
        """Say once that the server answers again."""
        if self._pause_seconds:
            log.info("server_reached_again", server=self._server)
            self._pause_seconds = 0.0


def patiently(
    server: str,
    away: tuple[type[Exception], ...],
    ask: Callable[[], T],
    stop: Event,
    pause: Callable[[float], object] | None = None,
) -> T:
    """Ask a server until it answers; `pause` as for `Outage`.

    Raises:
        Exception: one of `away`, when told to stop before there was an answer.

    """
    outage = Outage(server, stop, pause)
    while True:
        try:
            answer = ask()
        except away as error:
            outage.wait(error)
            if stop.is_set():
                raise
        else:
            outage.over()
            return answer
