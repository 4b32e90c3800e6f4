"""A tree as a folder of files, which any web server can serve: C2SP tlog-tiles.

    checkpoint             the newest one, signed
    checkpoints/<size>     all of them, with what witnesses signed; the size is written as <N> is
    tile/<L>/<N>[.p/<W>]   hashes
    tile/entries/<N>[.p/<W>]   entries, each after its length in two bytes, big-endian
    keys                   the log's public keys, each signed by the one before (`keys.py`)

A file is there whole or not at all. What no checkpoint tells of is written anew after a crash.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Final

from ledger.audit.proofs.merkle import HASH_BYTES, WIDTH, Tile

ENTRIES: Final = "entries"
CHECKPOINT: Final = "checkpoint"
_CHECKPOINTS: Final = "checkpoints"
LOCK: Final = ".lock"

LENGTH_BYTES: Final = 2

LOCK_SECONDS: Final = 10.0
"""How long to wait for another process that writes the folder."""

LOCK_PAUSE_SECONDS: Final = 0.05

MOST_SYNCED: Final = 64
"""More files than this are brought to the disk all at once, with what others wrote."""

_GROUP: Final = 1_000
"""So many files or folders are in one folder at most."""


class FolderBusy(Exception):  # noqa: N818  it is a finding
    """Another process writes the folder."""


class WrongBundle(Exception):  # noqa: N818  it is an answer
    """A file of the tree is missing, or is not what its place says."""


def path_of(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return where a tile is, or with the level `ENTRIES` a bundle."""
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{_spread(number)}{partial}"


def checkpoint_path(size: int) -> str:
    """Return where the checkpoint of a tree of a size is, beside those of others."""
    return f"{_CHECKPOINTS}/{_spread(size)}"


def _spread(number: int) -> str:
    """Write a number as a path, so that no folder has too many: 1234067 is x001/x234/067."""
    parts = [f"{number % _GROUP:03}"]
    while number := number // _GROUP:
        parts.insert(0, f"x{number % _GROUP:03}")
    return "/".join(parts)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return the bytes of a bundle."""
    return b"".join([len(entry).to_bytes(LENGTH_BYTES) + entry for entry in entries])


def entries_of(data: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        WrongBundle: it ends in the middle of one, or has too many.

    """
    found, start = [], 0
    while start < len(data):
        begin = start + LENGTH_BYTES
        end = begin + int.from_bytes(data[start:begin])
        if end > len(data):
            raise WrongBundle("a bundle ends in the middle of an entry")
        found.append(data[begin:end])
        start = end
    if len(found) > WIDTH:
        raise WrongBundle(f"a bundle has {len(found)} entries, and may have {WIDTH}")
    return found


class Folder:
    """Reads and writes the files."""

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when something is written."""
        self.path = path
        self._written: set[Path] = set()
        self._superseded: set[Path] = set()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one that writes.

        Raises:
            FolderBusy: another process does.

        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / LOCK).open("a") as lock:
            deadline = monotonic() + LOCK_SECONDS
            while not _taken(lock):
                if monotonic() >= deadline:
                    raise FolderBusy(f"{self.path} is being written by another process")
                sleep(LOCK_PAUSE_SECONDS)
            yield

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Read the first hashes of a tile.

        Raises:
            WrongBundle: there is no such tile, or it has fewer.

        """
        return self._first(level, number, width)[: width * HASH_BYTES]

    def entries(self, number: int, width: int) -> list[bytes]:
        """Read the first entries of a bundle.

        Raises:
            WrongBundle: there is no such bundle, it has fewer, or is broken.

        """
        found = entries_of(self._first(ENTRIES, number, width))
        if len(found) < width:
            raise WrongBundle(f"{path_of(ENTRIES, number)} has {len(found)} entries, not {width}")
        return found[:width]

    def _first(self, level: int | str, number: int, width: int) -> bytes:
        """Read a file that has so many items: the full one, of that width, or a larger one."""
        full = self.path / path_of(level, number)
        begun = full.with_name(f"{full.name}.p")
        widths = sorted(int(p.name) for p in begun.glob("[0-9]*") if p.name.isdecimal())
        wide = [begun / str(found) for found in widths if found >= width]
        least = 0 if level == ENTRIES else width * HASH_BYTES
        for path in (*wide[:1], full) if width < WIDTH else (full,):
            if path.is_file() and len(data := path.read_bytes()) >= least:
                return data
        raise WrongBundle(f"{path_of(level, number, width)} is missing or too short")

    def put_tile(self, tile: Tile) -> None:
        """Write a tile."""
        self._put(path_of(tile.level, tile.number, tile.width), tile.hashes)

    def put_entries(self, number: int, entries: Sequence[bytes]) -> None:
        """Write a bundle."""
        self._put(path_of(ENTRIES, number, len(entries)), bundle(entries))

    def _put(self, place: str, data: bytes) -> None:
        self.write(place, data)
        if ".p/" not in place:
            self._superseded.add(self.path / f"{place}.p")

    def write(self, place: str, data: bytes) -> None:
        """Write a file; that it lasts is for `flush` to see to."""
        path = self.path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(data)
        beside.replace(path)
        self._written.add(path)

    def read(self, place: str) -> bytes | None:
        """Read a file; None when it isn't there."""
        path = self.path / place
        return path.read_bytes() if path.is_file() else None

    def flush(self) -> None:
        """Return when all that was written is on the disk."""
        if len(self._written) > MOST_SYNCED:
            os.sync()
        else:
            within = (self.path, *self.path.parents)
            parents = {parent for path in self._written for parent in path.parents}
            for path in (*self._written, *(parents - {*within[1:]})):
                _sync(path)
        self._written.clear()

    def drop_superseded(self) -> None:
        """Remove tiles and bundles in whose place a full one came."""
        for folder in self._superseded:
            shutil.rmtree(folder, ignore_errors=True)
        self._superseded.clear()

    def sizes(self) -> list[int]:
        """Return the sizes of which there are checkpoints, smallest first."""
        folder = self.path / _CHECKPOINTS
        found = (path.relative_to(folder).parts for path in folder.rglob("[0-9][0-9][0-9]"))
        return sorted(int("".join(part.removeprefix("x") for part in parts)) for parts in found)


def _taken(lock: IO[str]) -> bool:
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
