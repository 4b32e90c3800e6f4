"""Work in a process of its own, beside an intake.

Python runs one thread at a time, and lets another one in at every event that is inflated. Beside
a thread that decides, others in the same process would wait for their turn at each.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event as SharedEvent
from threading import Event, Thread
from typing import Any, Final

from ops import logs

LOOK_SECONDS: Final = 1.0
"""How often the process looks whether its parent is still there."""

STOP_SECONDS: Final = 30.0


class ProcessEnded(Exception):  # noqa: N818  it is a finding
    """A process beside us ended by itself; its log says why."""


@contextmanager
def beside(
    name: str,
    work: Callable[..., object],
    arguments: tuple[Any, ...],
    log_format: logs.Form,
    stop: Event,
) -> Iterator[None]:
    """Let a process work until the block ends.

    Args:
        name: what it does, for people.
        work: a function of a module; it is given an event that tells it to stop, and what follows.
        arguments: what follows; a process can be given it.
        log_format: of what it logs.
        stop: set when the process ends by itself.

    Raises:
        ProcessEnded: it did.

    """
    context = get_context("spawn")
    done = context.Event()
    process = context.Process(
        target=_work, args=(log_format, done, work, arguments), name=name, daemon=True
    )
    process.start()
    watcher = Thread(target=_watch, args=(process, stop), name=f"{name}-watch")
    watcher.start()
    try:
        yield
    finally:
        done.set()
        process.join(STOP_SECONDS)
        process.kill()
        watcher.join()
    if process.exitcode:
        raise ProcessEnded(f"the process of {name} ended with {process.exitcode}: its log says why")


def _watch(process: SpawnProcess, stop: Event) -> None:
    process.join()
    if process.exitcode:
        stop.set()


def _work(
    log_format: logs.Form,
    done: SharedEvent,
    work: Callable[..., object],
    arguments: tuple[Any, ...],
) -> None:
    """Work until told that all is done, or until the parent is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the parent, which tells us
        signal.signal(number, signal.SIG_IGN)
    logs.configure(log_format)
    stop = Event()

    def look() -> None:
        parent = parent_process()
        while not done.wait(LOOK_SECONDS) and parent is not None and parent.is_alive():
            pass
        stop.set()

    Thread(target=look, daemon=True).start()
    work(stop, *arguments)
