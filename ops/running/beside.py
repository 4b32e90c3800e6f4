"""Work in a process of its own, beside an intake.

Python runs one thread at a time, and lets another one in at every event that is inflated. Beside
a thread that decides, others in the same process would wait for their turn at each.

Such processes are forked from one that has nothing but our code (`ops.running.loaded`), never from
the one that works, whose threads and connections they would have half of.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from threading import Event, Thread
from typing import Any, Final

from ops import logs

STOP_SECONDS: Final = 30.0
LOADED: Final = "ops.running.loaded"
UNTOLD: Final = 255
"""What multiprocessing says once the process that forks, which would tell how they ended, is gone.

Ours end with 0, with 1, or by a signal, which is below 0.
"""


class ProcessEnded(Exception):  # noqa: N818  it is a finding
    """A process beside us ended by itself, or the one from which they are forked."""


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
    context = get_context("forkserver")
    context.set_forkserver_preload([LOADED])
    # Not an Event, which waits for ever for a process that was killed in the middle of a wait.
    line, ours = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(log_format, line, work, arguments), name=name, daemon=True
    )
    try:
        process.start()
    except (EOFError, ConnectionError):  # what forks them ended while it was asked for one more
        raise ProcessEnded(_why(name, UNTOLD)) from None
    line.close()
    watcher = Thread(target=_watch, args=(process, stop), name=f"{name}-watch")
    watcher.start()
    try:
        yield
    finally:
        ours.close()
        watcher.join(STOP_SECONDS)
        if watcher.is_alive():
            process.kill()
            watcher.join()
    if process.exitcode:
        raise ProcessEnded(_why(name, process.exitcode))


def _why(name: str, code: int) -> str:
    if code == UNTOLD:
        return (
            "the process from which all beside this one are forked ended, and they were told to "
            "stop: ours don't say why, the system's log may (was it killed, or out of memory?)"
        )
    return f"the process of {name} ended with {code}: its log says why"


def _watch(process: ForkServerProcess, stop: Event) -> None:
    process.join()  # nobody else may: whoever came second would hear that it ended with 255
    if process.exitcode:
        stop.set()


def _work(
    log_format: logs.Form,
    line: Connection,
    work: Callable[..., object],
    arguments: tuple[Any, ...],
) -> None:
    """Work until the other end of the line is closed, as it is when the parent is gone, too."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the parent, which tells us
        signal.signal(number, signal.SIG_IGN)
    logs.configure(log_format)
    stop = Event()

    def listen() -> None:
        line.poll(None)
        stop.set()

    Thread(target=listen, daemon=True).start()
    work(stop, *arguments)
