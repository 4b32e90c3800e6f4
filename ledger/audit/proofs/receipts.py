"""Proofs that somebody can keep: of one event, and that one tree goes on from another.

The proof of an event is a C2SP tlog-proof; with it go the row and the secret that hides this row
only, so that whoever has both computes the leaf and needs nothing else but the log's public key.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ledger.audit.proofs.keys import Keys
from ledger.audit.proofs.leaves import Leaf, blind, commitment, read_leaf
from ledger.audit.proofs.merkle import (
    WIDTH,
    Tree,
    WrongProof,
    check_consistency,
    check_inclusion,
    leaf_hash,
)
from ledger.audit.proofs.notes import (
    Checkpoint,
    Note,
    Verifier,
    WrongNote,
    read_checkpoint,
    read_note,
)
from ledger.audit.proofs.tiles import Folder
from ledger.service.logged import LoggedRow

HEADING: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = "index "


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An event, and what proves that the log has it.

    Attributes:
        row: as it is stored, without its account's key.
        blind: the secret of this row.
        proof: a C2SP tlog-proof.

    """

    row: LoggedRow
    blind: bytes
    proof: str


class Shown(NamedTuple):
    """What a proof shows.

    Attributes:
        checkpoint: of the tree.
        leaf: its number.
        witnesses: names of those who signed, too.

    """

    checkpoint: Checkpoint
    leaf: int
    witnesses: tuple[str, ...]


def index_of(folder: Folder, size: int, position: int) -> int | None:
    """Find the leaf of a position; None when the tree has none."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        number = middle // WIDTH
        entries = folder.entries(number, min(WIDTH, size - number * WIDTH))
        found = read_leaf(entries[middle % WIDTH]).position
        if found == position:
            return middle
        low, high = (middle + 1, high) if found < position else (low, middle)
    return None


def receipt(folder: Folder, note: Note, row: LoggedRow) -> Receipt | None:
    """Make the receipt of a row; None when the tree has no leaf of it, or no key leads there."""
    size = read_checkpoint(note.text).size
    index = index_of(folder, size, row.position)
    if index is None or row.key is None:
        return None
    path = Tree(size, folder.tile).inclusion(index)
    proof = "".join(f"{each}\n" for each in (HEADING, f"{_INDEX}{index}", *map(_base64, path)))
    return Receipt(
        row=row._replace(key=None),
        blind=blind(row.key, row.position),
        proof=f"{proof}\n{bytes(note).decode()}",
    )


def check(made: Receipt, keys: Keys, witnesses: Collection[Verifier] = ()) -> Shown:
    """Say what a receipt shows, with nothing but the log's keys.

    Raises:
        WrongProof: it does not show that the event is in the tree.
        WrongNote: the tree is not signed with a key of the log.

    """
    head, _, rest = made.proof.partition("\n\n")
    heading, index, *path = head.split("\n")
    if heading != HEADING or not index.removeprefix(_INDEX).isdecimal():
        raise WrongProof(f"a proof begins with {HEADING} and the index of a leaf")
    note = read_note(rest.encode())
    checkpoint = signed(note, keys)
    number = int(index.removeprefix(_INDEX))
    leaf = Leaf(made.row.position, commitment(made.blind, made.row))
    hashes = [_bytes(line) for line in path]
    check_inclusion(leaf_hash(bytes(leaf)), number, checkpoint.size, hashes, checkpoint.root)
    return Shown(checkpoint, number, tuple(key.name for key in note.signed_by(witnesses)))


def signed(note: Note, keys: Keys) -> Checkpoint:
    """Return the checkpoint of a note.

    Raises:
        WrongNote: the key of the log that signs trees of its size did not sign it.

    """
    checkpoint = read_checkpoint(note.text)
    key = keys.at(checkpoint.size)
    if checkpoint.origin != key.name or key not in note.signed_by([key]):
        raise WrongNote(f"the tree of {checkpoint.size} leaves is not signed with {key}")
    return checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Two checkpoints, and the hashes that show that the second goes on from the first."""

    first: Note
    second: Note
    proof: Sequence[str]


def growth(folder: Folder, first: Note, second: Note) -> Growth:
    """Prove that a tree begins with a smaller one, which has at least one leaf."""
    tree = Tree(read_checkpoint(second.text).size, folder.tile)
    path = tree.consistency(read_checkpoint(first.text).size)
    return Growth(first=first, second=second, proof=[_base64(each) for each in path])


def check_growth(made: Growth, keys: Keys) -> tuple[Checkpoint, Checkpoint]:
    """Return the two checkpoints, once the second is shown to go on from the first.

    Raises:
        WrongProof: it is not.
        WrongNote: one is not signed with a key of the log.

    """
    first, second = signed(made.first, keys), signed(made.second, keys)
    proof = [_bytes(line) for line in made.proof]
    check_consistency(first.size, first.root, second.size, second.root, proof)
    return first, second


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        raise WrongProof(f"no hash is written so: {text[:60]!r}") from None
