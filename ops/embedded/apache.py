"""A real Apache Kafka for tests and benches: its jars from Maven, one node, no Docker.

Never what `rugzak up` starts: it needs Java 17 and Maven.
"""

import hashlib
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from ops.embedded import child
from ops.embedded.broker import Broker

HERE: Final = Path(__file__).parent / "apache_kafka"
POM: Final = HERE / "pom.xml"
PROPERTIES: Final = HERE / "server.properties"
CACHE: Final = Path(__file__).parents[2] / ".cache" / "apache-kafka"

CLUSTER_ID: Final = "MkU3OEVBNTcwNTJENDM2Qk"
MEMORY: Final = ("-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1")

MAVEN_SECONDS: Final = 600
FORMAT_SECONDS: Final = 60
START_SECONDS: Final = 60.0
STOP: Final = ((signal.SIGTERM, 30.0),)


class ProgramMissing(Exception):  # noqa: N818  it is a finding
    """Java or Maven is not installed."""

    def __init__(self, name: str) -> None:
        """Name the program."""
        super().__init__(f"{name} is not installed: a real Apache Kafka needs Java 17 and Maven")


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
    java, libraries = _program("java"), f"{_libraries()}/*"
    folder.mkdir(parents=True, exist_ok=True)
    written, data = folder / "server.properties", folder / "data"

    def command(chosen: int) -> list[str | Path]:
        facts = {"host": child.LOOPBACK, "port": chosen, "data": data}
        facts["controller_port"] = child.free_port()
        settings = PROPERTIES.read_text("utf-8").format(**facts)
        for name, value in (properties or {}).items():  # the last line of a name counts
            settings += f"{name}={value.format(**facts)}\n"
        written.write_text(settings, "utf-8")
        if not data.exists():
            tool = [java, "-cp", libraries, "kafka.tools.StorageTool", "format"]
            arguments = ["-t", CLUSTER_ID, "-c", str(written)]
            subprocess.run(  # noqa: S603  our own words
                [*tool, *arguments],
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=FORMAT_SECONDS,
            )
        return [java, *MEMORY, *options, "-cp", libraries, "kafka.Kafka", written]

    with child.serving(
        "Apache Kafka",
        command,
        child.Server.listens,
        log=folder / "kafka.log",
        port=port,
        seconds=START_SECONDS,
        death_signal=signal.SIGKILL,
        steps=STOP,
    ) as server:
        yield Broker(process=server.process, port=server.port)


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
