"""The product's processes, and who starts again what ended: systemd, in short."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.clock import SteppingClock

ROOT = Path(__file__).parents[2]
RUGZAK = ("-c", "from ops.cli import main; main()")
MUTANT = ("-m", "tests.chaos.mutant")
RESTART_SECONDS = 0.5
"""How long what ended stays down, as `RestartSec` of systemd."""

STOP_SECONDS = 30.0
LOOK_SECONDS = 0.05

# Gone with the laboratory, even when that is killed (Linux).
_LAUNCH = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the laboratory is gone")
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


@dataclass(slots=True)
class Product:
    """One process of the product, over its restarts.

    Attributes:
        name: for people, and of its log.
        arguments: of Python.
        starts: how often it was started.
        ended_itself: the exit codes with which it ended, when nobody killed it.

    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    clock: SteppingClock
    starts: int = 0
    ended_itself: list[int] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    killed: bool = False

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill(self) -> None:
        """Kill it (SIGKILL); it is started again."""
        self.killed = True
        self.send(signal.SIGKILL)


class Supervisor:
    """Starts the processes and, until closed, starts again each that ended.

    From one thread: a process dies with the thread that started it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.products: list[Product] = []
        self._asked: queue.SimpleQueue[Product] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor")
        self._thread.start()

    def add(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        clock: SteppingClock,
    ) -> Product:
        """Start one more."""
        log = self.folder / f"{name}.log"
        made = Product(name, arguments, {**environment, **clock.environment}, log, clock)
        self._asked.put(made)
        return made

    def close(self) -> None:
        """Stop all, kindly first."""
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        due: dict[str, float] = {}
        while not self._closing.wait(LOOK_SECONDS):
            while not self._asked.empty():
                self.products.append(self._asked.get())
                _start(self.products[-1])
            for product in self.products:
                if product.is_alive():
                    continue
                if product.name not in due:
                    self._note(product)
                    due[product.name] = time.monotonic() + RESTART_SECONDS
                elif time.monotonic() >= due[product.name]:
                    del due[product.name]
                    _start(product)
        for product in self.products:
            product.send(signal.SIGCONT)
            product.send(signal.SIGTERM)
        for product in self.products:
            if product.process is None:
                continue
            try:
                product.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                product.ended_itself.append(-signal.SIGKILL)  # it didn't stop when asked
                product.process.kill()
                product.process.wait()

    @staticmethod
    def _note(product: Product) -> None:
        if product.process is not None and not product.killed:
            product.ended_itself.append(product.process.returncode)
        product.killed = False


@contextmanager
def supervised(folder: Path) -> Iterator[Supervisor]:
    """Yield a supervisor; in the end, stop what it runs."""
    supervisor = Supervisor(folder)
    try:
        yield supervisor
    finally:
        supervisor.close()


def run(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path, seconds: float
) -> None:
    """Run a process of the product to its end.

    Raises:
        CalledProcessError, TimeoutExpired: it failed, or took too long.

    """
    with log.open("ab") as output:
        subprocess.run(
            [sys.executable, "-c", _LAUNCH, str(os.getpid()), *arguments],
            cwd=ROOT,
            env=_environment(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=True,
        )


def _start(product: Product) -> None:
    with product.log.open("ab") as output:
        product.process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, str(os.getpid()), *product.arguments],
            cwd=ROOT,
            env=_environment(product.environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    product.starts += 1


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without the settings that somebody made for another ledger."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("RUGZAK_")
    }
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **own}
