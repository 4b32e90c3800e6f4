"""How we wait for a server that is away: with growing pauses, saying so once."""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Final, TypeVar

import structlog

T = TypeVar("T")

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0
"""Each pause is twice the one before, up to this."""

log = structlog.get_logger(__name__)


class Explained(Exception):  # noqa: N818  it explains another error
    """A server's trouble in words that an operator can act on, without data and without secrets."""

    def __init__(self, text: str, **facts: object) -> None:
        """Say it in one sentence, and in facts for the log."""
        super().__init__(text)
        self.text = text
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        """Return the sentence."""
        return self.text


class Refused(Explained):
    """A server answers, and won't have us: that it is not away, and waiting alone doesn't help."""


class Outage:
    """The present absence of one server, if any."""

    def __init__(
        self, server: str, stop: Event, pause: Callable[[float], object] | None = None
    ) -> None:
        """Name the server, and what ends every wait; `pause` waits seconds, while it does more."""
        self._server = server
        self._pause = pause or stop.wait
        self._pause_seconds = 0.0
        self._said = ""

    def wait(self, error: Exception) -> None:
        """Pause, longer than the last time; the first time, and when it is another one, say why.

        Only the kind is said of an error that isn't explained: its text may hold data.
        """
        if isinstance(error, Explained):
            if error.text != self._said:
                self._say(error)
            self._said = error.text
        elif not self._pause_seconds:
            log.warning("server_unreachable", server=self._server, error=type(error).__name__)
        longer = max(2 * self._pause_seconds, FIRST_PAUSE_SECONDS)
        self._pause_seconds = min(longer, LONGEST_PAUSE_SECONDS)
        self._pause(self._pause_seconds)

    def _say(self, error: Explained) -> None:
        facts = {"detail": error.text, **error.facts}
        if isinstance(error, Refused):
            event = f"{self._server}_refused"
            log.error(event, **facts)
        else:
            log.warning("server_unreachable", server=self._server, **facts)

    def over(self) -> None:
        """Say once that the server answers again."""
        if self._pause_seconds:
            log.info("server_reached_again", server=self._server)
            self._pause_seconds = 0.0
            self._said = ""


def patiently(
    server: str,
    away: tuple[type[Exception], ...],
    ask: Callable[[], T],
    stop: Event,
    pause: Callable[[float], object] | None = None,
) -> T:
    """Ask a server until it answers; `pause` as for `Outage`.

    Raises:
        Refused: at once, since it does answer.
        Exception: one of `away`, when told to stop before there was an answer.

    """
    outage = Outage(server, stop, pause)
    while True:
        try:
            answer = ask()
        except Refused:
            raise
        except away as error:
            outage.wait(error)
            if stop.is_set():
                raise
        else:
            outage.over()
            return answer
