"""A real Apache Kafka for tests and benches: its jars from Maven, one node or more, no Docker.

Never what `rugzak up` starts: it needs Java 17 and Maven.
"""

import hashlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from ops.embedded import child
from ops.embedded.broker import Broker
from ops.embedded.errors import ServerFailed

HERE: Final = Path(__file__).parent / "apache_kafka"
POM: Final = HERE / "pom.xml"
PROPERTIES: Final = HERE / "server.properties"
CACHE: Final = Path(__file__).parents[2] / ".cache" / "apache-kafka"

CLUSTER_ID: Final = "MkU3OEVBNTcwNTJENDM2Qk"
QUICK: Final = "-XX:TieredStopAtLevel=1"
MEMORY: Final = ("-Xms256m", "-Xmx512m", QUICK)

MAVEN_SECONDS: Final = 600
FORMAT_SECONDS: Final = 60
START_SECONDS: Final = 60.0
STOP: Final = ((signal.SIGTERM, 30.0),)


class ProgramMissing(Exception):  # noqa: N818  it is a finding
    """A program that is none of ours, such as Java or Maven, is not installed."""

    def __init__(self, name: str, needed: str = "a real server needs Java 17 and Maven") -> None:
        """Name the program, and say what needs it."""
        super().__init__(f"{name} is not installed: {needed}")


@contextmanager
def apache_kafka(
    folder: Path,
    *,
    port: int | None = None,
    properties: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
) -> Iterator[Broker]:
    """Run Apache Kafka on the data in a folder, which is formatted the first time.

    To see a crash: kill its `pid`, leave the block, and enter another one on the same folder and
    `port`.

    Args:
        folder: for its data, settings and log.
        port: a free one when None.
        properties: settings of the broker beside those of `server.properties`, or instead; what
            is between braces is filled in likewise.
        options: of Java, such as system properties.

    Raises:
        ProgramMissing: Java or Maven is not there.
        ServerFailed: it doesn't start.

    """
    _libraries()
    with child.serving(
        "Apache Kafka",
        lambda chosen: _command(folder, chosen, properties or {}, options),
        child.Server.listens,
        log=folder / "kafka.log",
        port=port,
        seconds=START_SECONDS,
        death_signal=signal.SIGKILL,
        steps=STOP,
    ) as server:
        yield Broker(process=server.process, port=server.port)


@dataclass(slots=True)
class Node:
    """One broker of a cluster, also of its quorum.

    Attributes:
        id: in the cluster, from 1 on.
        port: at which the other nodes and clients find it.
        second_port: of the listener that says another port of itself, of a proxy before it.

    """

    id: int
    port: int
    second_port: int
    _folder: Path
    _properties: Mapping[str, str]
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, on the data that it left; it answers once a quorum is there."""
        self._process = child.start(
            _command(self._folder, self.port, self._properties),
            log=self._folder / "kafka.log",
            death_signal=signal.SIGKILL,
        )

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def listens(self) -> bool:
        """Tell whether clients can connect."""
        if self._process is None:
            return False
        return child.Server(process=self._process, port=self.port).listens()

    def wait(self) -> None:
        """Wait until clients can connect.

        Raises:
            ServerFailed: it doesn't start.

        """
        deadline = time.monotonic() + START_SECONDS
        while not self.listens():
            if not self.is_alive() or time.monotonic() > deadline:
                log = self._folder / "kafka.log"
                raise ServerFailed(
                    f"Apache Kafka {self.id} doesn't start; {log} ends with:\n{child.tail(log)}"
                )
            time.sleep(child.POLL_SECONDS)

    def kill(self) -> None:
        """Kill it without a word (SIGKILL)."""
        if self._process is not None:
            child.stop(self._process, ())

    def stop(self) -> None:
        """Let it end in order."""
        if self._process is not None:
            child.stop(self._process, STOP)


@contextmanager
def apache_cluster(
    folder: Path,
    *,
    nodes: int,
    advertised: Callable[[int], int],
    properties: Mapping[str, str] | None = None,
) -> Iterator[list[Node]]:
    """Run a cluster whose topics are on up to three nodes, each written by two before it counts.

    Any of three nodes may be killed, and started again on its data and ports. Start it from a
    thread that lives as long as it should.

    Args:
        folder: for their data, settings and logs.
        nodes: how many, each of both roles.
        advertised: the port that a second listener says of itself, by the port on which it
            listens: clients that begin there stay behind a proxy.
        properties: settings of each, instead of those here.

    Raises:
        ProgramMissing: Java or Maven is not there.
        ServerFailed: one doesn't start.

    """
    _libraries()
    ids = range(1, nodes + 1)
    ports = {id_: child.free_port() for id_ in ids}
    seconds = {id_: child.free_port() for id_ in ids}
    controllers = {id_: child.free_port() for id_ in ids}
    host, copies = child.LOOPBACK, str(min(nodes, 3))
    protocols = (f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "SECOND", "CONTROLLER"))
    shared = {
        "controller.quorum.voters": ",".join(f"{id_}@{host}:{controllers[id_]}" for id_ in ids),
        "listener.security.protocol.map": ",".join(protocols),
        "default.replication.factor": copies,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "share.coordinator.state.topic.replication.factor": copies,
        "min.insync.replicas": str(min(nodes, 2)),
        "transaction.state.log.min.isr": str(min(nodes, 2)),
        "share.coordinator.state.topic.min.isr": str(min(nodes, 2)),
        # A replica that is killed is left out of what must be written after so long.
        "replica.lag.time.max.ms": "5000",
    }
    made = []
    for id_ in ids:
        its = {
            "node.id": str(id_),
            "listeners": f"PLAINTEXT://{host}:{ports[id_]},SECOND://{host}:{seconds[id_]},"
            f"CONTROLLER://{host}:{controllers[id_]}",
            "advertised.listeners": f"PLAINTEXT://{host}:{ports[id_]},"
            f"SECOND://{host}:{advertised(seconds[id_])}",
        }
        settings = {**shared, **its, **(properties or {})}
        made.append(Node(id_, ports[id_], seconds[id_], folder / f"node-{id_}", settings))
    try:
        for node in made:
            node.start()
        for node in made:
            node.wait()
        yield made
    finally:
        for node in made:
            node.kill()  # three that stop in order wait for one another


def _command(
    folder: Path, port: int, properties: Mapping[str, str], options: Sequence[str] = ()
) -> list[str | Path]:
    """Write a node's settings, format its data the first time; return how it is started."""
    java, libraries = _program("java"), f"{_libraries()}/*"
    folder.mkdir(parents=True, exist_ok=True)
    written, data = folder / "server.properties", folder / "data"
    facts = {"host": child.LOOPBACK, "port": port, "data": data}
    facts["controller_port"] = child.free_port()
    settings = PROPERTIES.read_text("utf-8").format(**facts)
    for name, value in properties.items():  # the last line of a name counts
        settings += f"{name}={value.format(**facts)}\n"
    written.write_text(settings, "utf-8")
    if not data.exists():
        tool = [java, QUICK, "-cp", libraries, "kafka.tools.StorageTool"]
        arguments = ["format", "-t", CLUSTER_ID, "-c", str(written)]
        subprocess.run(  # noqa: S603  our own words
            [*tool, *arguments],
            check=True,
            timeout=FORMAT_SECONDS,
            stdout=subprocess.DEVNULL,
        )
    return [java, *MEMORY, *options, "-cp", libraries, "kafka.Kafka", written]


def _libraries() -> Path:
    """Return the folder with Kafka's jars, fetched once for each version of the pom."""
    libraries = CACHE / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    if not libraries.exists():
        maven = _program("mvn")
        CACHE.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(dir=CACHE))
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime"]
        fetch = [maven, "-q", "-B", "-f", str(POM), *goal, f"-DoutputDirectory={beside}"]
        subprocess.run(  # noqa: S603  our own words
            fetch, check=True, stdin=subprocess.DEVNULL, timeout=MAVEN_SECONDS
        )
        try:
            beside.rename(libraries)
        except OSError:  # another test process was first
            shutil.rmtree(beside)
    return libraries


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(name)
    return found
