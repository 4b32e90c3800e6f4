"""Verifiers that know nothing of us accept honest trees, and no other."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random, SystemRandom

import pytest

from ledger.audit.proofs.kept import copies, known
from ledger.audit.proofs.keys import first_key
from ledger.audit.proofs.making import Maker
from ledger.audit.proofs.notes import Signer, new_signer
from ledger.audit.proofs.tiles import Folder, path_of
from ledger.audit.proofs.verifying import Verification
from tests.audit.proofs.fsck import fsck, tlog
from tests.audit.proofs.logs import Quiet, made_up_log

SIZES = [0, 1, 255, 256, 257, 65_536, 65_537]
SIGNER = new_signer("rights.example.be/log")
KEY = str(SIGNER.verifier)


RANDOM_SIZES, RANDOM_CHANGES = 5, 8
MOST_LEAVES, MOST_CHANGED_LEAVES = 70_000, 3_000

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


def dice(number: int) -> tuple[str, Random]:
    """Return what draws a test's example, another one in each run, and how to draw the same again."""
    seed = int(os.environ.get("RUGZAK_TEST_SEED") or SystemRandom().randrange(1_000_000))
    said = f"again with RUGZAK_TEST_SEED={seed}"
    print(said)  # noqa: T201  pytest shows it of a test that fails
    return said, Random(f"{seed} {number}")  # noqa: S311  no secret


@pytest.mark.parametrize("number", range(RANDOM_SIZES))
def test_they_accept_an_honest_tree_of_any_size(tmp_path: Path, number: int) -> None:
    said, chance = dice(number)
    size = chance.randint(2, MOST_LEAVES)
    folder = tree(tmp_path / "tree", size)
    told = f"{size} leaves; {said}"
    assert f"Successfully fsck'd log with size {size} " in fsck(folder, KEY), told
    assert tlog(folder, KEY) == "ok", told


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


@pytest.mark.parametrize("number", range(RANDOM_CHANGES))
def test_they_and_we_accept_no_tree_in_which_one_byte_is_another(
    tmp_path: Path, number: int
) -> None:
    said, chance = dice(number)
    size = chance.randint(2, MOST_CHANGED_LEAVES)
    folder = tree(tmp_path / "tree", size)
    file = chance.choice(sorted(path for path in (folder / "tile").rglob("*") if path.is_file()))
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    data[at] ^= chance.randint(1, 255)
    file.write_bytes(data)
    told = f"byte {at} of {file.relative_to(folder)} in a tree of {size} leaves; {said}"
    assert "Successfully" not in fsck(folder, KEY, HANGS_SECONDS), told
    assert tlog(folder, KEY) != "ok", told
    kept = known(copies(Folder(folder)), [], first_key(SIGNER.verifier))
    found = Verification(Quiet(made_up_log(size).all), Folder(folder), kept).run().findings
    assert {each.kind for each in found} <= {"entry", "tile"}, told
    assert found, told


@pytest.mark.parametrize("what", TAMPERED)
def test_they_accept_no_tree_in_which_something_was_changed(tmp_path: Path, what: str) -> None:
    folder = tree(tmp_path / "tree", 600)
    TAMPERED[what](folder)
    assert "Successfully" not in fsck(folder, KEY, HANGS_SECONDS)
    assert tlog(folder, KEY) != "ok"
