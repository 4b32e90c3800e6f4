"""The checkpoints that are known of a tree: the log's own, and those that witnesses have."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.keys import Keys
from ledger.audit.proofs.notes import (
    Checkpoint,
    WrongNote,
    read_checkpoint,
    read_note,
)
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, checkpoint_path


class Copy(NamedTuple):
    """A checkpoint as somebody has it: where, and the bytes of the note."""

    where: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known to have been signed.

    Attributes:
        head: the newest checkpoint of the log's own; None when there is none.
        roots: by size, smallest first, the root that was signed.
        where: by size, where a checkpoint of it is.
        findings: what is wrong with some.

    """

    head: Checkpoint | None
    roots: Mapping[int, bytes]
    where: Mapping[int, str]
    findings: tuple[Finding, ...]


def copies(folder: Folder) -> list[Copy]:
    """Return the checkpoints in the folder of a tree, the newest one first."""
    places = [CHECKPOINT, *(checkpoint_path(size) for size in reversed(folder.sizes()))]
    return [Copy(place, data) for place in places if (data := folder.read(place)) is not None]


def known(own: Sequence[Copy], witnessed: Sequence[Copy], keys: Keys, since: int = 0) -> Kept:
    """Look at checkpoints: whether they are signed, and agree on each size.

    Args:
        own: those in the folder of the tree, the newest one first.
        witnessed: those that others have.
        keys: of the log.
        since: smaller trees were looked at before.

    """
    findings, roots, where = list[Finding](), dict[int, bytes](), dict[int, str]()
    head, forks = None, set[int]()
    for copy, is_own in (*((c, False) for c in witnessed), *((c, True) for c in own)):
        try:
            found = _read(copy, keys, since)
        except WrongNote as error:
            findings.append(Finding("signature", f"{copy.where}: {error}"))
            continue
        if found.size < since:
            continue
        there = roots.setdefault(found.size, found.root)
        where.setdefault(found.size, copy.where)
        if there != found.root and found.size not in forks:
            forks.add(found.size)
            text = f"two trees of {found.size} leaves were signed: {where[found.size]} has another"
            findings.append(Finding("fork", f"{text} than {copy.where}"))
        if is_own and head is None:
            head = found
    sizes = sorted(roots)
    if head is None:
        text = "the tree has no checkpoint that a key of it signed"
        more = f"; one of {sizes[-1]} leaves was signed ({where[sizes[-1]]})" if sizes else ""
        findings.append(Finding("checkpoint", text + more))
    elif not any(copy.where == CHECKPOINT for copy in own):
        text = f"the newest checkpoint is gone; {where[head.size]} is the last one that is left"
        findings.append(Finding("checkpoint", text))
    if head is not None and sizes[-1] > head.size:
        text = f"a tree of {sizes[-1]} leaves was signed ({where[sizes[-1]]})"
        findings.append(Finding("checkpoint", f"{text}, and the newest here is of {head.size}"))
    return Kept(head, {size: roots[size] for size in sizes}, where, tuple(findings))


def gone(folder: Folder, signed: Sequence[Copy]) -> Finding | None:
    """Tell of a tree that is not in its folder and was signed; None when nothing says that it was.

    Who signed can't be told: the keys are gone with the tree.
    """
    sizes = list[tuple[int, str]]()
    for copy in signed:
        with suppress(WrongNote):
            sizes.append((read_checkpoint(read_note(copy.data).text).size, copy.where))
    if not sizes:
        return None
    size, where = max(sizes)
    there = folder.read(CHECKPOINT) is not None
    text = f"{folder.path} has {'a tree without its keys' if there else 'no published tree'}"
    return Finding("tree missing", f"{text}, and one of {size} leaves was signed ({where})")


def _read(copy: Copy, keys: Keys, since: int) -> Checkpoint:
    note = read_note(copy.data)
    found = read_checkpoint(note.text)
    if found.size < since:
        return found
    signed = note.signed_by(keys.verifiers)
    if not signed:
        by = ", ".join(dict.fromkeys(each.name for each in note.signatures))
        raise WrongNote(f"no key of the log signed it; it says {by}")
    if found.origin != keys.all[0].verifier.name:
        raise WrongNote(f"it is of another log: {found.origin}")
    if keys.at(found.size) not in signed:
        raise WrongNote(f"a tree of {found.size} leaves is signed with {keys.at(found.size)}")
    return found
