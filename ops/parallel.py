"""Work on all cores: parts of it in processes of their own, which end with this one."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

AHEAD = 2
"""How many parts are given out for each process: so none waits, and memory stays flat."""

Part = TypeVar("Part")
Done = TypeVar("Done")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_parallel(
    work: Callable[[Part], Done],
    parts: Iterable[Part],
    *,
    prepare: Callable[..., None],
    given: tuple[Any, ...],
    processes: int,
    forked: bool = False,
) -> Iterator[Done]:
    """Yield what became of each part, in the order of getting done.

    When the caller stops, or Ctrl-C is pressed, no new part is begun.

    Args:
        work: a function of a module, as each process imports it.
        parts: small enough that one is done within seconds.
        prepare: is called once in each process, before any work.
        given: its arguments; they are pickled, as parts and results are.
        processes: how many.
        forked: whether they may begin as copies of this one (on Linux), at once and with all that
            it has loaded; only when it has no other thread and no connection.

    """
    waiting = iter(parts)
    executor = ProcessPoolExecutor(
        processes,
        mp_context=get_context("fork" if forked and sys.platform == "linux" else "spawn"),
        initializer=_begin,
        initargs=(prepare, given),
    )
    try:
        first = islice(waiting, AHEAD * processes)
        running: set[Future[Done]] = {executor.submit(work, part) for part in first}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {executor.submit(work, part) for part in islice(waiting, len(done))}
            for each in done:
                yield each.result()
    finally:
        executor.shutdown(cancel_futures=True)


def _begin(prepare: Callable[..., None], given: tuple[Any, ...]) -> None:
    """Prepare a process: Ctrl-C is the parent's to answer, and the parent's end is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    prepare(*given)
    gc.freeze()  # the rules stay: no search for cycles goes through them again


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
