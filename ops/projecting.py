"""The read models in a process of their own, beside an intake.

Python runs one thread at a time, and lets another one in at every event that is inflated. Beside
a thread that decides, projections in the same process would wait for their turn at each.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event as SharedEvent
from threading import Event, Thread
from typing import Final

from ledger.store.postgres import CHANNEL, PostgresStore
from ops import logs
from projections.runner import UNREACHABLE, Runner

LOOK_SECONDS: Final = 1.0
"""How often the process looks whether its parent is still there."""

STOP_SECONDS: Final = 30.0


class ProjectionsEnded(Exception):  # noqa: N818  it is a finding
    """The process of the read models ended by itself; its log says why."""


@contextmanager
def projecting(url: str, log_format: logs.Form, stop: Event) -> Iterator[None]:
    """Keep the read models at the head of the log until the block ends, and leave them there.

    Args:
        url: of the database.
        log_format: of what it logs.
        stop: set when the process ends by itself.

    Raises:
        ProjectionsEnded: it did.

    """
    context = get_context("spawn")
    done = context.Event()
    process = context.Process(
        target=_project, args=(url, log_format, done), name="projections", daemon=True
    )
    process.start()
    watcher = Thread(target=_watch, args=(process, stop), name="projections-watch")
    watcher.start()
    try:
        yield
    finally:
        done.set()
        process.join(STOP_SECONDS)
        process.kill()
        watcher.join()
    if process.exitcode:
        msg = f"the projections' process ended with {process.exitcode}: its log says why"
        raise ProjectionsEnded(msg)


def _watch(process: SpawnProcess, stop: Event) -> None:
    process.join()
    if process.exitcode:
        stop.set()


def _project(url: str, log_format: logs.Form, done: SharedEvent) -> None:
    """Follow the log until told that all is done, or until the parent is gone."""
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
    with PostgresStore(url) as store:
        runner = Runner(url, store, channel=CHANNEL)
        runner.run(stop)
        with suppress(*UNREACHABLE):  # the next start goes on from where they are
            runner.catch_up()
