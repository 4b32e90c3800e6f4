"""`rugzak up` as a person runs it: one command, a clean stop, the same data again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest

from tests.consumers.stories import employed, people

RUGZAK = Path(sys.executable).with_name("rugzak")
PATIENCE_SECONDS = 90.0
UP = "Rugzak is up"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def it_runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """Yield a folder on which it runs, for those that only ask it: a start takes ten seconds of a core."""
    folder = tmp_path_factory.mktemp("up") / "data"
    with up(folder) as process:
        yield folder, process
        stop(process, signal.SIGTERM)


on_one = pytest.mark.xdist_group("up")


def environment(folder: Path) -> dict[str, str]:
    own = {"RUGZAK_DATA_DIR": str(folder), "RUGZAK_API_PORT": "0", "PYTHONUNBUFFERED": "1"}
    return os.environ | own


def rugzak(
    folder: Path, *words: str, given: bytes | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [RUGZAK, *words],
        env=environment(folder),
        input=given.decode() if given is not None else None,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@contextmanager
def up(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `rugzak up` until the block ends; it is killed if the block did not stop it."""
    with up_at(folder) as (process, _):
        yield process


@contextmanager
def up_at(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `rugzak up` likewise; yield it with the address of its API."""
    process = subprocess.Popen(
        [RUGZAK, "up"], env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        said = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if UP in line:
                break
        assert said, "it said nothing"
        assert UP in said[-1], said
        [address] = [line.split()[-1] for line in said if line.startswith("HTTP API")]
        yield process, address
    finally:
        process.kill()
        process.wait()


def stop(process: subprocess.Popen[str], with_: signal.Signals) -> str:
    """Stop it as a person or a supervisor does; return what it said."""
    process.send_signal(with_)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, said
    return said


def gone(pids: list[int]) -> None:
    """Wait until processes are no more."""
    until = time.monotonic() + PATIENCE_SECONDS
    while any(psutil.pid_exists(pid) and not _zombie(pid) for pid in pids):
        assert time.monotonic() < until, "a server was left running"
        time.sleep(0.05)


def _zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def children(process: subprocess.Popen[str]) -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def jobs(everyone: list[str]) -> bytes:
    return b"\n".join(employed(person).value for person in everyone)


def balance(folder: Path, person: str) -> dict[str, int]:
    """Return what is available by lot on a school day, from the command line."""
    done = rugzak(folder, "balance", person, "--on", "2025-10-01", "--json")
    assert done.returncode == 0, done.stderr
    lots = orjson.loads(done.stdout)["lots"]
    return {lot["id"]: lot["available"]["quantity"] for lot in lots}


def test_what_was_published_just_before_a_stop_is_in_the_ledger_at_the_next_start(
    folder: Path,
) -> None:
    everyone = people(50)
    with up(folder) as process:
        servers = children(process)
        done = rugzak(folder, "publish", "-", given=jobs(everyone))
        assert (done.returncode, done.stdout) == (0, "50 published\n")
        assert "everything that the broker held is in the ledger" in stop(process, signal.SIGTERM)
        gone(servers)
    with up(folder) as process:
        held = balance(folder, everyone[-1])
        assert held["be-vlg/vov/2025-26"] == 7500
        replayed = rugzak(folder, "audit", "replay", "--json")
        assert replayed.returncode == 0, replayed.stdout
        assert json.loads(replayed.stdout)["accounts"] == 50 + 2, "and those of nobody"
        stop(process, signal.SIGINT)


@on_one
def test_a_second_instance_on_the_same_folder_is_refused_by_name(
    it_runs: tuple[Path, subprocess.Popen[str]],
) -> None:
    folder, process = it_runs
    second = rugzak(folder, "up")
    assert second.returncode == 2
    assert f"in use by process {process.pid}" in second.stderr
    assert "RUGZAK_DATA_DIR" in second.stderr


def test_a_killed_one_leaves_no_server_and_its_folder_can_be_used_again(folder: Path) -> None:
    person = people(1)[0]
    with up(folder) as process:
        rugzak(folder, "publish", "-", given=jobs([person]))
        until = time.monotonic() + PATIENCE_SECONDS
        while rugzak(folder, "balance", person, "--json").returncode != 0:
            assert time.monotonic() < until, "it was not taken in"
        servers = children(process)
        process.kill()
        process.wait()
        gone(servers)
    with up(folder) as process:
        assert balance(folder, person)["be-vlg/vov/2025-26"] == 7500
        stop(process, signal.SIGTERM)


@on_one
def test_what_is_taken_in_goes_out_too(it_runs: tuple[Path, subprocess.Popen[str]]) -> None:
    folder, _ = it_runs
    rugzak(folder, "publish", "-", given=jobs(people(5)))
    until = time.monotonic() + PATIENCE_SECONDS
    while any(stream["behind"] or not went(stream) for stream in relayed(folder)):
        assert time.monotonic() < until, "what goes out was not sent"


def went(stream: dict[str, Any]) -> bool:
    """Whether something went out on a stream; nothing is parked here."""
    return stream["stream"] == "parked" or bool(stream["position"])


def relayed(folder: Path) -> list[dict[str, Any]]:
    """Return how far each stream is that goes out."""
    done = rugzak(folder, "relay", "status", "--json")
    found: list[dict[str, Any]] = json.loads(done.stdout)["streams"]
    return found


def test_doctor_says_what_to_do_where_nothing_runs(folder: Path) -> None:
    before = rugzak(folder, "doctor")
    assert before.returncode == 0
    assert "`rugzak up` starts them" in before.stdout


@on_one
def test_doctor_says_that_all_is_well_while_it_runs(
    it_runs: tuple[Path, subprocess.Popen[str]],
) -> None:
    folder, _ = it_runs
    done = rugzak(folder, "doctor", "--json")
    found = json.loads(done.stdout)["findings"]
    assert done.returncode == 0, found
    not_well = [(f["about"], f["level"]) for f in found if f["level"] != "well"]
    # No file binds sources, no provider of tokens, no key for proofs and none for national
    # numbers is set, and nobody says at which port the API is.
    assert not_well == [
        ("sources", "note"),
        ("API tokens", "note"),
        ("API", "note"),
        ("proofs", "note"),
        ("notifications", "note"),
    ]


def test_without_a_broker_consuming_and_publishing_say_what_to_start(folder: Path) -> None:
    for words in (["consume", "--drain"], ["publish", "-"]):
        done = rugzak(folder, *words, given=jobs(people(1)))
        assert done.returncode == 3
        assert "start `rugzak up`" in done.stderr


def test_doctor_names_a_server_that_does_not_answer(folder: Path) -> None:
    nowhere = {
        "RUGZAK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "RUGZAK_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    }
    done = subprocess.run(
        [RUGZAK, "doctor", "--json"], env=environment(folder) | nowhere, capture_output=True,
        text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    wrong = {f["about"] for f in json.loads(done.stdout)["findings"] if f["level"] == "wrong"}
    assert done.returncode == 1
    assert wrong == {"database", "broker"}
