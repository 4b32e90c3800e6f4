"""The read models in a process of their own, beside an intake."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event

from ledger.store.postgres import CHANNEL, PostgresStore
from ops import logs
from ops.running.beside import beside
from projections.runner import UNREACHABLE, Runner


@contextmanager
def projecting(url: str, log_format: logs.Form, stop: Event) -> Iterator[None]:
    """Keep the read models at the head of the log until the block ends, and leave them there.

    Args:
        url: of the database.
        log_format: of what it logs.
        stop: set when the process ends by itself.

    Raises:
        ProcessEnded: it did.

    """
    with beside("projections", _project, (url,), log_format, stop):
        yield


def _project(stop: Event, url: str) -> None:
    """Follow the log until told to stop."""
    with PostgresStore(url) as store:
        runner = Runner(url, store, channel=CHANNEL)
        runner.run(stop)
        with suppress(*UNREACHABLE):  # the next start goes on from where they are
            runner.catch_up()
