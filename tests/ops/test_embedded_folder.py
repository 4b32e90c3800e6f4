"""A data folder has one owner, and the others learn from it where the servers are."""

import os
import threading
from pathlib import Path

import pytest

from ops.embedded.errors import FolderInUse
from ops.embedded.folder import locked, read_running
from tests.ops.owners import owner

URL = "postgresql://postgres:secret@127.0.0.1:1/postgres"


def test_a_second_owner_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with (
        owner(tmp_path, "broker") as first,
        pytest.raises(FolderInUse, match=f"in use by process {first.process.pid}:"),
        locked(tmp_path),
    ):
        pass


def test_a_lock_whose_owner_was_killed_is_free(tmp_path: Path) -> None:
    with owner(tmp_path, "broker") as killed:
        assert read_running(tmp_path) is not None
        killed.kill()
    assert read_running(tmp_path) is None
    with locked(tmp_path):
        assert read_running(tmp_path) is None


def test_others_find_the_servers_for_as_long_as_the_owner_lives(tmp_path: Path) -> None:
    assert read_running(tmp_path) is None
    with locked(tmp_path) as lock:
        assert read_running(tmp_path) is None
        lock.announce(URL, "127.0.0.1:9092")
        running = read_running(tmp_path)
        assert running is not None
        assert (running.pid, running.database_url) == (os.getpid(), URL)
        assert running.bootstrap_servers == "127.0.0.1:9092"
        assert "secret" not in repr(running)
        assert (tmp_path / "running.json").stat().st_mode & 0o077 == 0
    assert read_running(tmp_path) is None


def test_those_who_look_never_keep_an_owner_out(tmp_path: Path) -> None:
    enough = threading.Event()

    def look() -> None:
        while not enough.is_set():
            read_running(tmp_path)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    for _ in range(100):
        with locked(tmp_path):
            pass
    enough.set()
    looking.join()
