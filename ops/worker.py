"""Where the process of a worker of the API begins: with little; the rest comes once it is set."""

import socket
from threading import Event

from ops.collector import look_rarely
from ops.settings import Settings


def work(stop: Event, settings: Settings, url: str, listening: socket.socket) -> None:
    """Answer requests until told to stop; those under way end."""
    look_rarely()
    from ops.api import answer  # noqa: PLC0415  once the collector doesn't stop at every turn

    answer(stop, settings, url, listening)
