"""The log's public keys: the first one is trusted, each later one is signed by the one before.

The file is text. The first line is the first public key; then comes, for each rotation, a signed
note of three lines: `rugzak audit key`, the new public key, and the size of the tree since which
it signs. Between them is an empty line.
"""

import re
from typing import Final, NamedTuple

from ledger.audit.proofs.notes import (
    Note,
    Signer,
    Verifier,
    WrongNote,
    read_note,
    read_verifier,
)

KEYS: Final = "keys"
"""The file's name in the folder of the tree."""

HEADING: Final = "rugzak audit key"
_BETWEEN: Final = re.compile(rf"\n(?={HEADING}\n)")


class Key(NamedTuple):
    """A public key, and the size of the tree since which it signs."""

    verifier: Verifier
    since: int


class Keys(NamedTuple):
    """All keys of a log, the first one first; `notes` say that each came from the one before."""

    all: tuple[Key, ...]
    notes: tuple[Note, ...] = ()

    @property
    def verifiers(self) -> list[Verifier]:
        """Return the public keys."""
        return [key.verifier for key in self.all]

    def at(self, size: int) -> Verifier:
        """Return the key that signs a tree of a size."""
        return [key.verifier for key in self.all if key.since <= size][-1]

    def written(self) -> bytes:
        """Return the file."""
        parts = [f"{self.all[0].verifier}\n", *(bytes(note).decode() for note in self.notes)]
        return "\n".join(parts).encode()

    def rotated(self, old: Signer, new: Verifier, size: int) -> "Keys":
        """Return them with a new one, which signs trees that are larger than one of a size.

        Raises:
            WrongNote: the old key is not the last one, or the new one is there already.

        """
        if old.verifier != self.all[-1].verifier:
            raise WrongNote(f"the key that signs now is {self.all[-1].verifier}")
        if new in self.verifiers or new.name != old.name:
            raise WrongNote("a new key is of the same name, and is none of those before")
        key = Key(new, size + 1)
        note = Note(f"{HEADING}\n{new}\n{key.since}\n", ())
        return Keys((*self.all, key), (*self.notes, note.beside([old.sign(note.text)])))


def first_key(verifier: Verifier) -> Keys:
    """Return the keys of a log that has one."""
    return Keys((Key(verifier, 0),))


def read_keys(data: bytes) -> Keys:
    """Read the file of keys, or one public key.

    Raises:
        WrongNote: it is written otherwise, or a key is not signed by the one before.

    """
    first, *parts = _BETWEEN.split(data.decode(errors="replace"))
    keys = first_key(read_verifier(first))
    for part in parts:
        note = read_note(part.encode())
        before = keys.all[-1]
        heading, key, since, *more = note.text.split("\n")
        if (heading, more) != (HEADING, [""]) or not re.fullmatch(r"\d{1,19}", since):
            raise WrongNote(f"a new key is told in three lines: {note.text!r}")
        found = Key(read_verifier(key), int(since))
        if before.verifier not in note.signed_by([before.verifier]):
            raise WrongNote(f"the key {found.verifier} is not signed by the one before it")
        if found.since <= before.since or found.verifier.name != before.verifier.name:
            raise WrongNote(f"the key {found.verifier} is of another log, or out of order")
        keys = Keys((*keys.all, found), (*keys.notes, note))
    return keys
