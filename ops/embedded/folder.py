"""The data folder has one owner at a time, and the others can see where its servers listen.

The lock is the kernel's (`flock`): it goes when its owner goes, killed or not, so that a stale
one cannot be. Child processes do not inherit it (Python's files close on exec).
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, TextIO

from ops.embedded.errors import FolderInUse

LOCK_FILE: Final = "rugzak.lock"
RUNNING_FILE: Final = "running.json"

LOCK_SECONDS: Final = 1.0
"""How long to try for the lock; longer than `read_running` holds it to look."""

LOCK_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where the owner's servers listen.

    Attributes:
        pid: the owner.
        database_url: with the password in it; not for printing.
        bootstrap_servers: None when the owner started no broker.

    """

    pid: int
    database_url: str = field(repr=False)
    bootstrap_servers: str | None


@dataclass(frozen=True, slots=True)
class FolderLock:
    """The ownership of a folder."""

    folder: Path

    def announce(self, database_url: str, bootstrap_servers: str | None) -> None:
        """Let other processes of this user find the servers."""
        running = Running(
            pid=os.getpid(), database_url=database_url, bootstrap_servers=bootstrap_servers
        )
        write_private(self.folder / RUNNING_FILE, json.dumps(asdict(running)))


@contextmanager
def locked(folder: Path) -> Iterator[FolderLock]:
    """Own a data folder; it is made when it isn't there.

    Raises:
        FolderInUse: another process owns it.

    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The file stays: who removes a locked file lets two processes lock two files of one name.
    with (folder / LOCK_FILE).open("a+") as lock:
        if not _try_lock(lock):
            raise FolderInUse(
                f"{folder} is in use by process {_read(lock) or '(starting)'}: stop that one "
                "first, or give this one a folder of its own with RUGZAK_DATA_DIR"
            )
        (folder / RUNNING_FILE).unlink(missing_ok=True)  # left by an owner that was killed
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield FolderLock(folder)
        finally:
            (folder / RUNNING_FILE).unlink(missing_ok=True)
            lock.truncate(0)


def read_running(folder: Path) -> Running | None:
    """Return where the owner's servers listen; None without an owner or before it has said so."""
    with suppress(FileNotFoundError), (folder / LOCK_FILE).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _read(lock)
            running = Running(**json.loads((folder / RUNNING_FILE).read_text("utf-8")))
            return running if str(running.pid) == owner else None
    return None


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, all of it or nothing."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _try_lock(lock: TextIO) -> bool:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOCK_PAUSE_SECONDS)
        else:
            return True


def _read(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read()
