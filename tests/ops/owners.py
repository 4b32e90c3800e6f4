"""Another process that owns embedded servers, for the tests that kill it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

PATIENCE_SECONDS = 30.0

_OWNER = """
import json, sys
from pathlib import Path
from ops.embedded import child
from ops.embedded.broker import embedded_broker
from ops.embedded.folder import locked
from ops.embedded.postgres import embedded_postgres

folder, what, death_signal = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"
if not death_signal:
    child._BECOME = child._BECOME.replace("linux", "a system without death signals")
run = {"postgres": embedded_postgres, "broker": embedded_broker}[what]
with locked(folder) as lock, run(folder / what) as server:
    url = getattr(server, "url", None)
    lock.announce(url or "", getattr(server, "bootstrap_servers", None))
    print(json.dumps({"server_pid": server.pid, "url": url}), flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Owner:
    """A process that owns a folder and runs a server in it."""

    process: subprocess.Popen[bytes]
    server_pid: int
    url: str

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def starting(
    folder: Path, what: str = "postgres", *, death_signal: bool = True
) -> Iterator[subprocess.Popen[bytes]]:
    """Run an owner that may not have started its server yet; it ends with the block."""
    command = [sys.executable, "-c", _OWNER, str(folder), what, str(death_signal)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process


@contextmanager
def owner(folder: Path, what: str = "postgres", *, death_signal: bool = True) -> Iterator[Owner]:
    """Run an owner whose server is ready.

    Args:
        folder: the data folder.
        what: `postgres` or `broker`.
        death_signal: false is how it is on systems whose kernel ends no orphans.

    """
    with starting(folder, what, death_signal=death_signal) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield Owner(process=process, **said)


def is_gone(pid: int) -> bool:
    """Tell whether a process runs no more; it may wait for init to notice."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
