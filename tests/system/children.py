"""Processes of their own that begin with our code read: forks of a server, one for each test process.

To read the code anew takes each process a second and more of a core. How a program starts is shown
where `rugzak` itself is started; what these do, and how they die, is theirs alone.
"""

import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from typing import Final

PRELOADED: Final = ("tests.system.dying", "tests.system.relay_child", "tests.system.merging")

_forks = get_context("forkserver")
_forks.set_forkserver_preload(list(PRELOADED))


def begin(
    program: Callable[..., None], *words: str, environment: Mapping[str, str] | None = None
) -> ForkServerProcess:
    """Begin a program in a process of its own, with its words and more of an environment."""
    process = _forks.Process(target=_run, args=(program, words, dict(environment or {})))
    process.start()
    return process


def ended(process: ForkServerProcess, seconds: float) -> int:
    """Wait for the end of a process; return its exit code, which is -9 after a SIGKILL."""
    process.join(seconds)
    assert process.exitcode is not None, "it runs for too long"
    return process.exitcode


def _run(program: Callable[..., None], words: tuple[str, ...], more: dict[str, str]) -> None:
    os.environ.update(more)
    program(*words)
