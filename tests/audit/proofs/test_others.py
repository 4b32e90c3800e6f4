"""Verifiers that know nothing of us accept honest trees, and no other."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from ledger.audit.proofs.making import Maker
from ledger.audit.proofs.notes import Signer, new_signer
from ledger.audit.proofs.tiles import Folder, path_of
from tests.audit.proofs.fsck import fsck, tlog
from tests.audit.proofs.logs import made_up_log

SIZES = [0, 1, 255, 256, 257, 65_536, 65_537, Random(7).randrange(258, 9_000)]  # noqa: S311  no secret
SIGNER = new_signer("rights.example.be/log")
KEY = str(SIGNER.verifier)


HANGS_SECONDS = 2
"""So long fsck may look at 600 entries, of which it needs a hundredth of a second, or hang."""


def tree(path: Path, size: int, signer: Signer = SIGNER) -> Path:
    maker = Maker(made_up_log(size), Folder(path), signer)
    assert maker.grow() == size
    return path


@pytest.mark.parametrize("size", SIZES)
def test_fsck_and_gos_own_library_accept_an_honest_tree(tmp_path: Path, size: int) -> None:
    folder = tree(tmp_path / "tree", size)
    assert f"Successfully fsck'd log with size {size} " in fsck(folder, KEY)
    assert tlog(folder, KEY) == "ok"


def flipped(path: Path, at: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def signed_anew(folder: Path) -> None:
    shutil.rmtree(folder)
    tree(folder, 600, new_signer(SIGNER.name))


TAMPERED: dict[str, Callable[[Path], None]] = {
    "an entry": lambda folder: flipped(folder / path_of("entries", 0)),
    "a hash of a tile": lambda folder: flipped(folder / path_of(0, 1)),
    "a tile above": lambda folder: flipped(folder / path_of(1, 0, 2)),
    "a tile that is gone": lambda folder: (folder / path_of(0, 1)).unlink(),
    "entries that are gone": lambda folder: (folder / path_of("entries", 2, 88)).unlink(),
    "the signature": lambda folder: flipped(folder / "checkpoint", -20),
    "another key": signed_anew,
}


@pytest.mark.parametrize("what", TAMPERED)
def test_they_accept_no_tree_in_which_something_was_changed(tmp_path: Path, what: str) -> None:
    folder = tree(tmp_path / "tree", 600)
    TAMPERED[what](folder)
    assert "Successfully" not in fsck(folder, KEY, HANGS_SECONDS)
    assert tlog(folder, KEY) != "ok"
