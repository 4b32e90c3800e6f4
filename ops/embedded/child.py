"""Child processes that stop in the order we say, and do not outlive us."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from pwd import struct_passwd
from typing import Final, TypeAlias

from ops.embedded.errors import ServerFailed

LOOPBACK: Final = "127.0.0.1"

LOG_MAX_BYTES: Final = 10 * 1024 * 1024
"""A log that is longer at a start is put aside; the one put aside before it goes."""

LOG_TAIL_BYTES: Final = 2_000
"""How much of a log an error shows."""

POLL_SECONDS: Final = 0.02

START_ATTEMPTS: Final = 3
"""A free port can be taken between the look and the start."""

# A process of its own changes the user, asks the kernel for a death signal and becomes the
# server. A `preexec_fn` would run Python between fork and exec, which can hang under threads.
# The signal comes last: a change of user clears it. The parent may have died before.
_BECOME: Final = """
import ctypes, os, sys
parent, death_signal, uid, gid = map(int, sys.argv[1:5])
os.umask(0o077)
if uid >= 0:
    os.setgroups([]); os.setgid(gid); os.setuid(uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent is gone")
os.execv(sys.argv[5], sys.argv[5:])
"""

Steps: TypeAlias = Sequence[tuple[signal.Signals, float]]
"""Signals to stop a server with, ever less kind, each with the seconds to wait after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs as our child.

    Attributes:
        port: on the loopback interface.

    """

    process: subprocess.Popen[bytes]
    port: int

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.process.pid

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.poll() is None

    def listens(self) -> bool:
        """Tell whether it is this server, and not somebody else's, that listens on the port."""
        import psutil  # noqa: PLC0415 - comes with the extra

        with suppress(psutil.Error):
            return any(
                found.status == psutil.CONN_LISTEN and found.laddr.port == self.port
                for found in psutil.Process(self.pid).net_connections("tcp")
            )
        return False


@contextmanager
def serving(
    name: str,
    command: Callable[[int], Sequence[str | Path]],
    is_ready: Callable[[Server], bool],
    *,
    log: Path,
    port: int | None,
    seconds: float,
    death_signal: signal.Signals,
    steps: Steps,
    user: struct_passwd | None = None,
) -> Iterator[Server]:
    """Run a server until the block ends.

    Args:
        name: of the server, for an error.
        command: of a port.
        is_ready: asked again and again while the server starts.
        log: to which the server's output is added.
        port: a free one when None.
        seconds: how long a start may take.
        death_signal: as for `start`.
        steps: how to stop it.
        user: whom it runs as; ourselves when None.

    Raises:
        ServerFailed: it doesn't start.

    """
    for _ in range(START_ATTEMPTS if port is None else 1):
        chosen = port or free_port()
        process = start(command(chosen), log=log, death_signal=death_signal, user=user)
        try:
            server = Server(process=process, port=chosen)
            deadline = time.monotonic() + seconds
            while server.is_alive() and time.monotonic() < deadline:
                if is_ready(server):
                    yield server
                    return
                time.sleep(POLL_SECONDS)
        finally:
            stop(process, steps)
    raise ServerFailed(f"{name} doesn't start; {log} ends with:\n{tail(log)}")


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    death_signal: signal.Signals,
    user: struct_passwd | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: a Ctrl-C in the terminal reaches only us.

    On Linux it gets `death_signal` when the *thread* that starts it ends, so start it from a
    thread that lives as long as it should. It sees none of our environment: the servers take
    settings from variables that an operator may have set for something else.
    """
    if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
        log.replace(log.with_suffix(".log.1"))
    uid, gid = (user.pw_uid, user.pw_gid) if user else (-1, -1)
    launcher = [sys.executable, "-I", "-S", "-c", _BECOME]
    arguments = [os.getpid(), int(death_signal), uid, gid, *command]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            [*launcher, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"LC_ALL": "C", "PATH": os.defpath},
        )


def stop(process: subprocess.Popen[bytes], steps: Steps) -> None:
    """Stop a child, by SIGKILL in the end; return when it is gone."""
    for sent, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(sent)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    process.kill()
    process.wait()


def stop_stray(pid: int, marker: str, steps: Steps) -> bool:
    """Stop a server that a killed owner left behind; false when that pid is no such server.

    Args:
        pid: as the server's pid file says.
        marker: an argument that only this server has; a pid may belong to another one by now.
        steps: how to stop it.

    Raises:
        ServerFailed: it doesn't go.

    """
    if not _is_running(pid, marker):
        return False
    for sent, seconds in steps:
        with suppress(ProcessLookupError):
            os.kill(pid, sent)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _is_running(pid, marker):
                return True
            time.sleep(POLL_SECONDS)
    raise ServerFailed(f"process {pid}, left by a run that was killed, doesn't stop: end it first")


def _is_running(pid: int, marker: str) -> bool:
    import psutil  # noqa: PLC0415 - comes with the extra

    try:
        return marker in psutil.Process(pid).cmdline()
    except psutil.Error:  # gone, a zombie, or another user's: not our server
        return False


def free_port() -> int:
    """Return a loopback port that is free now; somebody else may still take it."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def tail(log: Path) -> str:
    """Return a log's end, for an error."""
    data = log.read_bytes() if log.exists() else b""
    return data[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
