"""What is hashed: a row of the log, blinded, so that a leaf tells nothing of anybody.

A leaf is one line of JSON that tells the event's position and a commitment to its row:

    blind      = SHA-256(key of the account, 32 bytes || position, 8 bytes, big-endian)
    row        = account, version, position, stored name, payload: with a newline after each but
                 the last; numbers in decimal, the payload as it is stored, decompressed
    commitment = SHA-256(blind || row)

Nobody guesses a row from a commitment without the key. Who is given the blind of one row can
check that row, and no other. Bytes are hashed as they are stored, and never written anew, so that
a later version of the code finds the same hash.
"""

import re
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from ledger.service.logged import LoggedRow

LEAF: Final = re.compile(rb'\{"commitment":"([0-9a-f]{64})","position":([1-9][0-9]{0,18})\}')

DESTROYED: Final = "0" * 64
"""What stands for a commitment when the account's key was destroyed before there was a leaf."""

MAX_POSITION: Final = 2**63 - 1

NAMES_KEPT: Final = 1_000
"""So many stored names are kept as bytes: there are far fewer."""


class WrongLeaf(Exception):  # noqa: N818  it is an answer
    """An entry of the tree is not what this code writes."""


class Leaf(NamedTuple):
    """An entry of the tree: the event's position, and the commitment in hex."""

    position: int
    commitment: str

    def __bytes__(self) -> bytes:
        return b'{"commitment":"%s","position":%d}' % (self.commitment.encode(), self.position)


def read_leaf(entry: bytes) -> Leaf:
    """Read an entry.

    Raises:
        WrongLeaf: it is written otherwise.

    """
    found = LEAF.fullmatch(entry)
    if found is None or int(found[2]) > MAX_POSITION:
        raise WrongLeaf(
            f"an entry is one line that tells a commitment and a position: {entry[:99]!r}"
        )
    return Leaf(int(found[2]), found[1].decode())


def blind(key: bytes, position: int) -> bytes:
    """Return the secret of one row: it leads to no other row's."""
    return sha256(key + position.to_bytes(8, signed=True)).digest()


def commitment(secret: bytes, row: LoggedRow) -> str:
    """Return what a leaf tells of a row, given the row's blind."""
    return sha256(
        b"%s%s\n%d\n%d\n%s\n%s"
        % (secret, row.account.encode(), row.version, row.position, _name(row.name), row.payload)
    ).hexdigest()


def leaf_of(row: LoggedRow) -> bytes:
    """Return the entry of a row that has a key, or had one."""
    position, account, version, name, payload, key, _ = row
    if key is None:
        return bytes(Leaf(position, DESTROYED))
    # As `blind` and `commitment`, in one: it is done for each event of each verification.
    secret = sha256(key + position.to_bytes(8, signed=True)).digest()
    found = sha256(
        b"%s%s\n%d\n%d\n%s\n%s"
        % (secret, account.encode(), version, position, _name(name), payload)
    ).hexdigest()
    return b'{"commitment":"%s","position":%d}' % (found.encode(), position)


@lru_cache(NAMES_KEPT)
def _name(name: str) -> bytes:
    """Return a stored name as bytes; a newline in one, which nobody writes, is told apart."""
    return name.replace("\\", "\\\\").replace("\n", "\\n").encode()
