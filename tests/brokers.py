"""A real Apache Kafka for the tests: its jars from Maven, one node, no Docker."""

import hashlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from ops.embedded import child
from ops.embedded.broker import Broker

HERE = Path(__file__).parent
POM = HERE / "system" / "apache_kafka" / "pom.xml"
PROPERTIES = HERE / "system" / "apache_kafka" / "server.properties"
CACHE = HERE.parent / ".cache" / "apache-kafka"

CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk"
MEMORY = ("-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1")

MAVEN_SECONDS = 600
FORMAT_SECONDS = 60
START_SECONDS = 60.0
STOP = ((signal.SIGTERM, 30.0),)


@contextmanager
def apache_kafka(folder: Path, *, port: int | None = None) -> Iterator[Broker]:
    """Run Apache Kafka on the data in a folder, which is formatted the first time.

    To see a crash: kill its `pid`, leave the block, and enter another one on the same folder and
    `port`. Skips the test where Java or Maven is missing.
    """
    java, libraries = _program("java"), f"{_libraries()}/*"
    folder.mkdir(parents=True, exist_ok=True)
    properties, data = folder / "server.properties", folder / "data"

    def command(chosen: int) -> list[str | Path]:
        properties.write_text(
            PROPERTIES.read_text("utf-8").format(
                host=child.LOOPBACK, port=chosen, controller_port=child.free_port(), data=data
            ),
            "utf-8",
        )
        if not data.exists():
            tool = [java, "-cp", libraries, "kafka.tools.StorageTool", "format"]
            arguments = ["-t", CLUSTER_ID, "-c", str(properties)]
            subprocess.run([*tool, *arguments], check=True, timeout=FORMAT_SECONDS)
        return [java, *MEMORY, "-cp", libraries, "kafka.Kafka", properties]

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
        subprocess.run(fetch, check=True, stdin=subprocess.DEVNULL, timeout=MAVEN_SECONDS)
        try:
            beside.rename(libraries)
        except OSError:  # another test process was first
            shutil.rmtree(beside)
    return libraries


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: a real Apache Kafka needs Java 17 and Maven")
    return found
