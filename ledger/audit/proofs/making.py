"""The tree, grown behind the log: new rows become entries, tiles, and a signed checkpoint.

Written are the entries and tiles first, then the checkpoint: a crash leaves a tree that is whole
as far as its checkpoint says, and what is more is written again, the same.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from ledger.audit.proofs.keys import KEYS, Keys, first_key, read_keys
from ledger.audit.proofs.leaves import WrongLeaf, leaf_of, read_leaf
from ledger.audit.proofs.merkle import WIDTH, Edge, leaf_hashes
from ledger.audit.proofs.notes import (
    Checkpoint,
    Note,
    Signer,
    WrongNote,
    read_checkpoint,
    read_note,
)
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, WrongBundle, checkpoint_path
from ledger.service.logged import LoggedRow

PAGE_EVENTS: Final = 32 * WIDTH
"""So many rows are in memory at once."""


MOST_UNSIGNED: Final = 1_024 * WIDTH
"""After so many new leaves, or a page more, there is a checkpoint."""

MOST_COSIGNED: Final = 100
"""Of so many checkpoints signatures of witnesses are still taken."""


class Diverged(Exception):  # noqa: N818  it is a finding
    """The published tree and the log are not of one past: nothing more is signed."""


class Log(Protocol):
    """What the maker of a tree needs of a store."""

    def rows(self, after: int, limit: int) -> Sequence[LoggedRow]:
        """Read rows after a position, in order."""
        ...

    def keyed(self, after: int, limit: int) -> Sequence[LoggedRow]:
        """Read rows likewise; an account without a key gets one, for good."""
        ...


class Maker:
    """Grows a tree in a folder; who has one is the only one that writes there."""

    def __init__(
        self,
        log: Log,
        folder: Folder,
        signer: Signer,
        *,
        forgetful: bool = False,
        before: bytes | None = None,
    ) -> None:
        """Take up the tree where its newest checkpoint says that it is.

        Args:
            log: whose.
            folder: where.
            signer: the present key.
            forgetful: the log drops rows for their age: the one of the last leaf may be gone.
            before: a checkpoint that was signed, as somebody else keeps it. Nothing is signed that
                does not go on from it, though the folder has less, or nothing.

        Raises:
            Diverged: what is in the folder is not what that says, or it is not ours.

        """
        self._log = log
        self._forgetful = forgetful
        self._folder = folder
        self._signer = signer
        self.keys = known_keys(folder, signer)
        self._edge, self._bundle, self._position = Edge(), list[bytes](), 0
        self.note = _ours(folder.read(CHECKPOINT), f"{folder.path / CHECKPOINT}", self.keys)
        kept = _ours(before, "the checkpoint that the database keeps", self.keys)
        self._before = None if kept is None else read_checkpoint(kept.text)
        self._anew = self.note is None
        if self.note is not None:
            try:
                self._resume(read_checkpoint(self.note.text))
            except (WrongBundle, WrongLeaf) as error:
                raise Diverged(f"{folder.path}: {error}") from error
            if self.size not in folder.sizes():  # killed before it was put beside the others
                self._publish(self.note)
        self._goes_on()

    @property
    def size(self) -> int:
        """Return how many leaves there are."""
        return self._edge.size

    @property
    def signed(self) -> Note:
        """Return the newest checkpoint of a tree that grew."""
        assert self.note is not None  # noqa: S101  it was signed then
        return self.note

    def _resume(self, checkpoint: Checkpoint) -> None:
        size, folder = checkpoint.size, self._folder
        if folder.sizes() and folder.sizes()[-1] > size:
            raise Diverged(
                f"a tree of {folder.sizes()[-1]} leaves was signed, and {folder.path} says {size}"
            )
        self._edge = Edge.of(size, folder.tile)
        if self._edge.root() != checkpoint.root:
            raise Diverged(f"the tiles in {folder.path} are not those of its checkpoint")
        if not size:
            return
        number, begun = divmod(size, WIDTH)
        self._bundle = folder.entries(number, begun) if begun else []
        if self._bundle and leaf_hashes(self._bundle) != folder.tile(0, number, begun):
            raise Diverged(f"the last entries in {folder.path} are not those of its tiles")
        last = (self._bundle or folder.entries(number - 1, WIDTH))[-1]
        position = read_leaf(last).position
        rows = self._log.rows(position - 1, 1)
        there = bool(rows) and rows[0].position == position
        if (there or not self._forgetful) and not (there and _same(rows[0], last)):
            raise Diverged(
                f"the last leaf of the tree, {size - 1}, is of position {position}; there the log"
                f" has {'another event' if rows else 'nothing'}: `rugzak audit verify` tells more"
            )
        self._position = position

    def grow(self, say: Callable[[str], object] = lambda _: None) -> int:
        """Add all rows that are new, and sign; return how many there were.

        A long log is signed in parts, so that whoever is killed begins with the last one.

        Raises:
            Diverged: a tree is made anew, and what some leaves were nobody knows any more; or what
                is made does not go on from what was signed before.

        """
        before = signed = self.size
        while rows := self._log.keyed(self._position, PAGE_EVENTS):
            if self._anew and any(row.destroyed for row in rows):
                raise Diverged(
                    "keys of accounts were destroyed since there is a tree: it can't be made anew,"
                    " what those leaves were is in its folder only: bring that back"
                )
            self._add([leaf_of(row) for row in rows])
            self._position = rows[-1].position
            say(f"{self.size} events")
            if len(rows) < PAGE_EVENTS:
                break
            if self.size - signed >= MOST_UNSIGNED and self.size >= self._least:
                self._sign()
                signed = self.size
        self._sign()
        return self.size - before

    @property
    def _least(self) -> int:
        """Return how many leaves were signed before, as somebody else knows."""
        return self._before.size if self._before else 0

    def _goes_on(self) -> None:
        """Make sure, when the tree is as large as one that was signed before, that it is that one.

        Raises:
            Diverged: it is another.

        """
        before = self._before
        if before is not None and self.size == before.size and self._edge.root() != before.root:
            raise Diverged(
                f"another tree of {self.size} leaves was signed before than this one:"
                f" bring back {self._folder.path}; `rugzak audit verify` tells more"
            )

    def _add(self, entries: Sequence[bytes]) -> None:
        """Add entries; at the size that was signed before, look whether the tree is the same."""
        first = self._least - self.size
        if 0 < first < len(entries):
            self._append(entries[:first])
            self._goes_on()
            entries = entries[first:]
        self._append(entries)
        self._goes_on()

    def _append(self, entries: Sequence[bytes]) -> None:
        number = self.size // WIDTH
        self._bundle += entries
        while len(self._bundle) >= WIDTH:
            self._folder.put_entries(number, self._bundle[:WIDTH])
            del self._bundle[:WIDTH]
            number += 1
        for tile in self._edge.add(leaf_hashes(entries)):
            self._folder.put_tile(tile)

    def _sign(self) -> None:
        """Publish a checkpoint of the tree as it is, unless it is the newest one.

        Raises:
            Diverged: a larger one was signed before.

        """
        if self.size < self._least:
            raise Diverged(
                f"a tree of {self._least} leaves was signed before, and there is only what makes"
                f" {self.size}: bring back {self._folder.path}; `rugzak audit verify` tells more"
            )
        root = self._edge.root()
        checkpoint = Checkpoint(self._signer.name, self.size, root)
        if self.note is not None and self.note.text == checkpoint.text():
            return
        if self._bundle:
            self._folder.put_entries(self.size // WIDTH, self._bundle)
        for tile in self._edge.begun():
            self._folder.put_tile(tile)
        self._folder.flush()
        text = checkpoint.text()
        self._publish(Note(text, (self._signer.sign(text),)))
        self._folder.drop_superseded()

    def _publish(self, note: Note) -> None:
        """Write a checkpoint: in the place of the newest one if it is that, then beside others."""
        size = read_checkpoint(note.text).size
        if size == self.size:
            self._folder.write(CHECKPOINT, bytes(note))
            self._folder.flush()
            self.note = note
        self._folder.write(checkpoint_path(size), bytes(note))
        self._folder.flush()

    def cosign(self, more: Callable[[Note], Note]) -> None:
        """Put to the last checkpoints the signatures that others made since."""
        for size in self._folder.sizes()[-MOST_COSIGNED:]:
            data = self._folder.read(checkpoint_path(size))
            try:
                note = read_note(data or b"")
            except WrongNote:
                continue  # a verification tells of it
            if (told := more(note)) != note:
                self._publish(told)


def _same(row: LoggedRow, entry: bytes) -> bool:
    """Tell whether an entry is a row's; where the key was destroyed only its position tells."""
    return row.destroyed or leaf_of(row) == entry


def known_keys(folder: Folder, signer: Signer) -> Keys:
    """Return the keys of a folder, of which the signer's is the last; a new one begins with it.

    Raises:
        Diverged: the signer's is another.

    """
    data = folder.read(KEYS)
    if data is None:
        keys = first_key(signer.verifier)
        folder.write(KEYS, keys.written())
        folder.flush()
        return keys
    try:
        keys = read_keys(data)
    except WrongNote as error:
        raise Diverged(f"{folder.path / KEYS}: {error}") from error
    if keys.all[-1].verifier != signer.verifier:
        raise Diverged(
            f"the private key is of {signer.verifier}, {folder.path / KEYS} ends with"
            f" {keys.all[-1].verifier}: `rugzak audit keys rotate` brings in another"
        )
    return keys


def _ours(data: bytes | None, where: str, keys: Keys) -> Note | None:
    """Read a checkpoint that one of the log's keys signed; None when there is none.

    Raises:
        Diverged: it is none, or none of ours.

    """
    if data is None:
        return None
    try:
        note = read_note(data)
        signed, checkpoint = note.signed_by(keys.verifiers), read_checkpoint(note.text)
    except WrongNote as error:
        raise Diverged(f"{where}: {error}") from error
    if not signed or checkpoint.origin != keys.all[0].verifier.name:
        raise Diverged(f"{where} is not signed with a key of the log")
    return note
