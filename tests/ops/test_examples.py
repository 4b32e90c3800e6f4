"""The examples for readers of what goes out, run as their readers would, against the ledger."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from ops.embedded.apache import ProgramMissing
from ops.examples.balances import CHANGED, Balances
from schemas.examples import example
from tests.consumers.relays import BALANCES, LEDGER, Out, out_of
from tests.consumers.stories import CAREER, RIGHTS, annulled, employed, people, reserved
from tests.lines import APACHE, Line

EXAMPLES = Path(__file__).parents[2] / "ops" / "examples"
PATIENCE_SECONDS = 120


@pytest.fixture
def out(line: Line, database: str, kafka: str) -> Out:
    return out_of(database, kafka, career_topic=line.names[CAREER], rights_topic=line.names[RIGHTS])


def lived(line: Line, out: Out) -> list[str]:
    """Let some people live, and send all of it twice, as after a fault."""
    everyone = people(6)
    line.publish(*map(employed, everyone))
    line.drain()
    line.publish(
        *(reserved(person, minutes=60 * hours) for hours, person in enumerate(everyone, 1)),
        annulled(fact="employment-1", version=2, person=everyone[0]),
    )
    line.drain()
    out.send_all()
    with line.store.datastore.rows() as rows:
        rows.execute("UPDATE ledger.relay_positions SET position = 40")
    out.send_all()
    return everyone


def run(*words: str | Path) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_in_python_knows_what_each_person_has(line: Line, out: Out, kafka: str) -> None:
    everyone = lived(line, out)
    program = EXAMPLES / "balances.py"
    said = run(sys.executable, program, kafka, "--topic", out.topic(BALANCES), "--once")
    found = {balance["person"]: balance for balance in map(json.loads, said.splitlines())}
    assert found.keys() == set(everyone)
    for person in everyone:
        state = line.door.state(UUID(person))
        assert found[person]["version"] == state.version
        lots = {lot["lot"]: lot["available"] for lot in found[person]["lots"]}
        assert lots == {lot.id: lot.available for lot in state.lots.values()}


def test_the_example_in_python_leaves_alone_what_is_older_and_forgets_who_was_erased() -> None:
    balances, message = Balances(), example(CHANGED)
    key = message["data"]["person"].encode()
    older = example(CHANGED)
    older["data"]["position"] -= 1
    assert balances.take(key, json.dumps(message).encode())
    assert not balances.take(key, json.dumps(older).encode())
    assert not balances.take(key, json.dumps(message).encode())
    assert balances.of[key.decode()] == message["data"]
    assert balances.take(key, None)
    assert balances.of == {}


@APACHE
def test_the_example_in_java_counts_the_same_from_the_events(
    line: Line, out: Out, kafka: str, tmp_path: Path
) -> None:
    everyone = lived(line, out)
    for name in ("java", "mvn"):
        if shutil.which(name) is None:
            raise ProgramMissing(name)
    folder = EXAMPLES / "java"
    libraries = tmp_path / "libs"
    copy = ("dependency:copy-dependencies", f"-DoutputDirectory={libraries}")
    run("mvn", "-q", "-B", "-f", folder / "pom.xml", *copy)
    words = (kafka, out.topic(LEDGER), "--once")
    said = run("java", "-cp", f"{libraries}/*", folder / "Available.java", *words)
    found = {(person, lot): int(n) for person, lot, n in map(str.split, said.splitlines())}
    assert found == {
        (person, lot.id): lot.available
        for person in everyone
        for lot in line.door.state(UUID(person)).lots.values()
    }
