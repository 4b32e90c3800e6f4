"""An independent witness: signs a checkpoint that goes on from the last one that it signed.

It needs the published files, the log's public key, and for each tree a file of its own in which it
keeps what it signed last: with that it can't be brought to sign two pasts, whatever the log shows
it.
"""

from collections.abc import Iterator
from pathlib import Path

from ledger.audit.proofs.keys import Keys
from ledger.audit.proofs.merkle import Tree, WrongProof, check_consistency
from ledger.audit.proofs.notes import (
    COSIGNATURE,
    Checkpoint,
    Note,
    Signer,
    WrongNote,
    read_checkpoint,
    read_note,
)
from ledger.audit.proofs.receipts import signed
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, WrongBundle, checkpoint_path
from ops.proofs import receipts_tree


class NotSigned(Exception):  # noqa: N818  it is an answer
    """The checkpoint does not go on from the last one, or is none of the log."""


def cosign_all(
    tree: Folder, keys: Keys, witness: Signer, state: Path, at: int, into: Folder | None = None
) -> Iterator[Note]:
    """Sign the newest checkpoints of the log's tree and of the receipts'; yield them with the line.

    The arguments are those of `cosign`. What belongs to the receipts' tree is in the folder of its
    name within the witness's folder, and in a file beside `state`, with that name at the end.

    Raises:
        NotSigned: one of them was not; those that were yielded were.

    """
    yield cosign(tree, keys, witness, state, at, into)
    state = state.with_name(f"{state.name}.{receipts_tree.NAME}")
    own = receipts_tree.folder_of(tree)
    try:
        theirs = receipts_tree.keys_of(own, keys)
    except receipts_tree.OtherKeys as error:
        raise NotSigned(str(error)) from None
    if theirs is not None:
        within = None if into is None else receipts_tree.folder_of(into)
        yield cosign(own, theirs, witness, state, at, within)
    elif state.exists():
        raise NotSigned(f"{own.path} has no tree any more, and {state} says that one was signed")


def cosign(
    tree: Folder, keys: Keys, witness: Signer, state: Path, at: int, into: Folder | None = None
) -> Note:
    """Sign the newest checkpoint of a tree as a witness; return it with the line.

    Args:
        tree: the published files.
        keys: of the log, as the witness trusts them.
        witness: the private key.
        state: keeps what was signed last; it is made when it isn't there.
        at: when, in seconds since 1970.
        into: the witness's folder, in whose file of that size the line is put.

    Raises:
        NotSigned: and nothing was written.

    """
    if witness.kind != COSIGNATURE:
        raise NotSigned(f"the key of {witness.name} is of a log, not of a witness")
    try:
        note = read_note(tree.read(CHECKPOINT) or b"")
        checkpoint = signed(note, keys)
        if state.exists():
            _goes_on(tree, read_checkpoint(read_note(state.read_bytes()).text), checkpoint)
    except (WrongNote, WrongProof, WrongBundle) as error:
        raise NotSigned(str(error)) from error
    told = note.beside([witness.sign(note.text, at)])
    kept = Folder(state.parent)
    kept.write(state.name, bytes(told))  # before anybody sees it
    kept.flush()
    if into is not None:
        place = checkpoint_path(checkpoint.size)
        there = into.read(place)
        before = told if there is None else read_note(there)
        into.write(place, bytes(before.beside(told.signatures)))
        into.flush()
    return told


def _goes_on(tree: Folder, last: Checkpoint, checkpoint: Checkpoint) -> None:
    """Make sure that a tree begins with the last one that was signed.

    Raises:
        WrongProof: it does not.
        WrongBundle: its tiles are not there.

    """
    if checkpoint.size < last.size:
        raise WrongProof(f"a tree of {last.size} leaves was signed, this one has {checkpoint.size}")
    if last.size:
        proof = Tree(checkpoint.size, tree.tile).consistency(last.size)
        check_consistency(last.size, last.root, checkpoint.size, checkpoint.root, proof)
