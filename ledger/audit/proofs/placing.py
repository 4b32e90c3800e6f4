"""Where in the tree a position of the log is, and between which checkpoints."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ledger.audit.proofs.findings import Since
from ledger.audit.proofs.kept import Kept
from ledger.audit.proofs.leaves import read_leaf
from ledger.audit.proofs.merkle import WIDTH
from ledger.audit.proofs.tiles import Folder

BUNDLES_KEPT: Final = 256
"""So many bundles' positions are kept read: findings are often near each other."""


class Places:
    """Finds leaves by positions, which grow from leaf to leaf."""

    def __init__(self, folder: Folder, kept: Kept) -> None:
        """Take the tree's folder, and the checkpoints that are known of it."""
        self._folder = folder
        self._where: Mapping[int, str] = kept.where
        self._sizes = sorted(kept.roots)
        self._size = kept.head.size if kept.head else 0
        self._positions = lru_cache(BUNDLES_KEPT)(self._read)

    def position(self, leaf: int) -> int:
        """Return the position that a leaf is of.

        Raises:
            WrongBundle, WrongLeaf: the tree can't be read there.

        """
        return self._positions(leaf // WIDTH)[leaf % WIDTH]

    def leaf(self, position: int) -> int | None:
        """Return the leaf of a position, None when the tree has none of it.

        Raises:
            WrongBundle, WrongLeaf: the tree can't be read there.

        """
        found = bisect_left(range(self._size), position, key=self.position)
        there = found < self._size and self.position(found) == position
        return found if there else None

    def since(self, leaf: int) -> Since | None:
        """Return which checkpoint is the first that has a leaf, None when none does."""
        number = bisect_right(self._sizes, leaf)
        if number == len(self._sizes):
            return None
        size = self._sizes[number]
        return Since(size, self._where[size], self._sizes[number - 1] if number else 0)

    def _read(self, number: int) -> list[int]:
        width = min(WIDTH, self._size - number * WIDTH)
        return [read_leaf(entry).position for entry in self._folder.entries(number, width)]
