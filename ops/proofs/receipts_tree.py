"""The tree that is published of the receipts: the same pieces as the log's, in a folder within it.

The log says what a receipt led to, and nothing of which message it is of (its digest), nor of what
changed nothing. So the receipts, in the order in which they came, are a log of their own, whose
leaves hide them by the same keys. The log's key signs it under a name of its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ledger.audit.handled import TABLE
from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.kept import Copy, Kept, copies, gone, known
from ledger.audit.proofs.keys import KEYS, Keys, read_keys
from ledger.audit.proofs.leaves import WrongLeaf
from ledger.audit.proofs.making import Maker, known_keys
from ledger.audit.proofs.notes import Signer, Verifier, WrongNote, read_checkpoint, read_note
from ledger.audit.proofs.placing import Places
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, WrongBundle
from ledger.audit.proofs.verifying import Verification, Verified
from ledger.store.proofs import ProvenReceipts
from ledger.store.receipts import KeptReceipts

NAME: Final = "receipts"
"""Of the folder within the log's tree, and what the name of the key ends with."""

KINDS: Final = {
    "missing": "receipt missing",
    "tail": "receipt missing",
    "inserted": "receipt inserted",
    "payload": "receipt",
    "order": "receipt",
    "account": "receipt",
    "other past": "receipt",
}
"""What a finding of a row is called; those of files and signatures stay what they are."""

SAID: Final = {
    "receipt": "is not the one that was published",
    "receipt inserted": "was never published",
}


class OtherKeys(Exception):  # noqa: N818  it is a finding
    """The keys of the tree of receipts are not those of the log."""


def folder_of(tree: Folder) -> Folder:
    """Return the folder of this tree, or of what is kept of it, within that of the log's."""
    return Folder(tree.path / NAME)


def _signer(key: Signer) -> Signer:
    return replace(key, name=f"{key.name}/{NAME}")


def _verifier(key: Verifier) -> Verifier:
    return replace(key, name=f"{key.name}/{NAME}")


def split(seen: Sequence[Copy], log: str | None) -> tuple[list[Copy], list[Copy]]:
    """Return which checkpoints are of this tree, by the name in each, and the others.

    `log` is the log's name, None when it is not known: then what this one's begins with is free.
    """
    own, others = list[Copy](), list[Copy]()
    for copy in seen:
        origin, is_own = copy.data.partition(b"\n")[0], f"{log or ''}/{NAME}".encode()
        found = origin.endswith(is_own) if log is None else origin == is_own
        (own if found else others).append(copy)
    return own, others


def grow(
    url: str,
    tree: Folder,
    key: Signer,
    published: Mapping[str, bytes],
    say: Callable[[str], object],
) -> Maker:
    """Bring the tree up to the receipts, and sign it; who does holds the log's folder.

    `published` has the newest checkpoints of trees, by name.

    Raises:
        Diverged: the receipts do not go on from what was signed.

    """
    signer = _signer(key)
    before = published.get(signer.name)
    with ProvenReceipts(url) as rows:
        maker = Maker(rows, folder_of(tree), signer, forgetful=True, before=before)
        maker.grow(say)
    return maker


def rotate(tree: Folder, old: Signer, new: Verifier) -> None:
    """Let the present key sign a new one, if there is such a tree."""
    folder = folder_of(tree)
    newest = folder.read(CHECKPOINT)
    if newest is not None:
        size = read_checkpoint(read_note(newest).text).size
        keys = known_keys(folder, _signer(old)).rotated(_signer(old), _verifier(new), size)
        folder.write(KEYS, keys.written())
        folder.flush()


def keys_of(folder: Folder, of_the_log: Keys) -> Keys | None:
    """Read the keys, which are the log's under another name; None when there is no tree.

    Raises:
        OtherKeys: they are others.

    """
    data = folder.read(KEYS)
    if data is None:
        return None
    try:
        found = read_keys(data)
    except WrongNote as error:
        raise OtherKeys(f"{folder.path / KEYS}: {error}") from None
    if not {*found.verifiers} <= {_verifier(each) for each in of_the_log.verifiers}:
        raise OtherKeys(f"{folder.path / KEYS}: they are not those of the log")
    return found


def verify(
    url: str,
    receipts: KeptReceipts,
    tree: Folder,
    keys: Keys | None,
    seen: Sequence[Copy],
    *,
    since: int | None,
    dropped_before: int,
    say: Callable[[str], object],
) -> Verified | None:
    """Hold the receipts against their tree; None when there is none yet, as far as anybody knows.

    Args:
        url: of the database.
        receipts: tells what is at a number.
        tree: the log's folder.
        keys: the log's; None when they are gone.
        seen: checkpoints that others than the log's folder have.
        since: only receipts with a higher number; None is all.
        dropped_before: those with a lower number may have been dropped for their age.
        say: is told how far it is.

    """
    folder = folder_of(tree)
    theirs = split(seen, None if keys is None else keys.all[0].verifier.name)[0]
    try:
        own = None if keys is None else keys_of(folder, keys)
    except OtherKeys as error:
        return Verified(findings=[Finding("signature", str(error))])
    if own is None:
        there = keys is None and folder.read(KEYS) is not None  # and the log's is not
        missing = None if there else gone(folder, [*copies(folder), *theirs])
        return None if missing is None else Verified(findings=[_of_it(missing)])
    start = 0
    if since is not None:
        signed = known(copies(folder), [], own)
        start = _start(Places(folder, signed), signed, since)
    kept = known(copies(folder), theirs, own, start)
    with ProvenReceipts(url) as rows:
        it = Verification(rows, folder, kept, dropped_before=dropped_before)
        found = it.run(start, say)
    found.findings = _told(found.findings, receipts, {copy.where for copy in copies(folder)})
    return found


def _start(places: Places, kept: Kept, since: int) -> int:
    """Return the size of the largest signed tree that ends before a number, or 0."""
    sizes = [size for size in kept.roots if kept.head and 0 < size <= kept.head.size]
    try:
        return max([0, *(size for size in sizes if places.position(size - 1) <= since)])
    except (WrongBundle, WrongLeaf):  # which is found when all is looked at
        return 0


def _of_it(found: Finding) -> Finding:
    return found._replace(text=f"in the tree of receipts: {found.text}")


def _told(
    findings: Sequence[Finding], receipts: KeptReceipts, files: Collection[str]
) -> list[Finding]:
    """Say of receipts what a tree says of events; of accounts' keys the log's own tree tells.

    `files` are the checkpoints in the folder of this tree, which is within the log's.
    """
    told = []
    for found in findings:
        each = found
        if found.since is not None:
            file = found.since.where
            where = f"{NAME}/{file}" if file in files else file
            each = found._replace(since=found.since._replace(where=where, tree=NAME))
        kind = KINDS.get(each.kind)
        if kind is None:
            told += [] if each.kind == "key" else [_of_it(each)]
            continue
        row = None if each.position is None else receipts.numbered(each.position)
        if row is None or kind == "receipt missing":
            text = each.text.replace("event", "receipt").replace("position", "number")
            told.append(each._replace(kind=kind, text=text, position=None, table=TABLE,
                                      key=str(each.position)))  # fmt: skip
            continue
        text = f"the receipt of {row.command} {SAID[kind]}; its number is {each.position}"
        told.append(each._replace(kind=kind, text=text, position=row.position, table=TABLE,
                                  key=row.command, account=str(row.account)))  # fmt: skip
    return told
