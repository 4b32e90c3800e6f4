"""The tree that is published of the receipts: the same pieces as the log's, in a folder within it.

The log says what a receipt led to, and nothing of which message it is of (its digest), nor of what
changed nothing. So the receipts, in the order in which they came, are a log of their own, whose
leaves hide them by the same keys. The log's key signs it under a name of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from ledger.audit.handled import TABLE
from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.kept import copies, known
from ledger.audit.proofs.keys import KEYS, Keys, read_keys
from ledger.audit.proofs.making import Maker, known_keys
from ledger.audit.proofs.notes import Signer, Verifier, WrongNote, read_checkpoint, read_note
from ledger.audit.proofs.placing import Places
from ledger.audit.proofs.tiles import CHECKPOINT, Folder
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


def _folder(tree: Folder) -> Folder:
    return Folder(tree.path / NAME)


def _signer(key: Signer) -> Signer:
    return replace(key, name=f"{key.name}/{NAME}")


def _verifier(key: Verifier) -> Verifier:
    return replace(key, name=f"{key.name}/{NAME}")


def grow(url: str, tree: Folder, key: Signer, say: Callable[[str], object]) -> None:
    """Bring the tree up to the receipts, and sign it; who does holds the log's folder.

    Raises:
        Diverged: the receipts do not go on from what was signed.

    """
    with ProvenReceipts(url) as rows:
        Maker(rows, _folder(tree), _signer(key), forgetful=True).grow(say)


def rotate(tree: Folder, old: Signer, new: Verifier) -> None:
    """Let the present key sign a new one, if there is such a tree."""
    folder = _folder(tree)
    newest = folder.read(CHECKPOINT)
    if newest is not None:
        size = read_checkpoint(read_note(newest).text).size
        keys = known_keys(folder, _signer(old)).rotated(_signer(old), _verifier(new), size)
        folder.write(KEYS, keys.written())
        folder.flush()


def _keys(folder: Folder, of_the_log: Keys) -> Keys | None:
    """Return the keys, which are the log's under another name; None when there is no tree yet."""
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
    keys: Keys,
    *,
    since: int | None,
    dropped_before: int,
    say: Callable[[str], object],
) -> Verified | None:
    """Hold the receipts against their tree; None when there is none yet.

    Args:
        url: of the database.
        receipts: tells what is at a number.
        tree: the log's folder.
        keys: the log's.
        since: only receipts with a higher number; None is all.
        dropped_before: those with a lower number may have been dropped for their age.
        say: is told how far it is.

    """
    folder = _folder(tree)
    try:
        own = _keys(folder, keys)
    except OtherKeys as error:
        return Verified(findings=[Finding("signature", str(error))])
    if own is None:
        return None
    kept = known(copies(folder), [], own)
    places, start = Places(folder, kept), 0
    if since is not None:
        sizes = [size for size in kept.roots if kept.head and size <= kept.head.size]
        start = max([0, *(size for size in sizes if size and places.position(size - 1) <= since)])
    with ProvenReceipts(url) as rows:
        it = Verification(rows, folder, kept, dropped_before=dropped_before)
        found = it.run(start, say)
    found.findings = _told(found.findings, receipts)
    return found


def _told(findings: Sequence[Finding], receipts: KeptReceipts) -> list[Finding]:
    """Say of receipts what a tree says of events; of accounts' keys the log's own tree tells."""
    told = []
    for found in findings:
        each = found
        if found.since is not None:
            where = f"{NAME}/{found.since.where}"
            each = found._replace(since=found.since._replace(where=where, tree=NAME))
        kind = KINDS.get(each.kind)
        if kind is None:
            text = f"in the tree of receipts: {each.text}"
            told += [] if each.kind == "key" else [each._replace(text=text)]
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
