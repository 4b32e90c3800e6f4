"""The database held against the published tree: each row against its leaf, each leaf against tiles.

Nothing is believed of either: the entries have to make the tree whose root was signed, and each
row has to be the one that its entry commits to. What was found is told by `naming`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol, TypeAlias

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.kept import Kept
from ledger.audit.proofs.leaves import DESTROYED, Leaf, WrongLeaf, leaf_of, read_leaf
from ledger.audit.proofs.merkle import HASH_BYTES, WIDTH, Edge, leaf_hash, leaf_hashes
from ledger.audit.proofs.naming import MOST_TRIED, Suspect, Suspects, named
from ledger.audit.proofs.notes import Checkpoint
from ledger.audit.proofs.placing import Places
from ledger.audit.proofs.tiles import ENTRIES, Folder, WrongBundle, path_of
from ledger.service.logged import LoggedRow

PAGE_EVENTS: Final = 32 * WIDTH
"""So many rows are in memory at once."""

MAX_FINDINGS: Final = 1_000
"""After so many the rest is not looked at: something large is wrong."""

BEFORE_ALL: Final = -(2**63)
"""The first position is 1; what somebody puts before it is found, too."""

SAY_BUNDLES: Final = 64


class Log(Protocol):
    """What a verification needs of a store."""

    def rows(self, after: int, limit: int) -> Sequence[LoggedRow]:
        """Read rows after a position, in order, each with its account's key."""
        ...

    def erased(self, accounts: Collection[str]) -> set[str]:
        """Return those of some accounts that were erased."""
        ...

    def versions(self, accounts: Collection[str]) -> dict[str, int]:
        """Return how many events some accounts have."""
        ...

    def accounts(self) -> Iterator[tuple[str, bytes, int]]:
        """Yield each account that has a key, the key, and how many events it has."""
        ...

    def waiting(self, position: int) -> int:
        """Count the events after a position."""
        ...


@dataclass(slots=True, kw_only=True)
class Verified:
    """What a verification found.

    Attributes:
        size: leaves of the tree.
        start: the first leaf that was held against the log.
        position: of the last leaf.
        destroyed: leaves of accounts that were erased, of which nothing can be told any more.
        waiting: events that are not in the tree yet.

    """

    size: int = 0
    start: int = 0
    position: int = 0
    destroyed: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)


_Held: TypeAlias = tuple[int, bytes, LoggedRow]
"""The number of a leaf, its entry, and the row at its place."""


class _Walk:
    """The rows of the log beside the leaves of the tree."""

    def __init__(self, log: Log, after: int, dropped_before: int) -> None:
        self._log = log
        self._dropped_before = dropped_before
        self._rows = self._each(after)
        self.row = next(self._rows, None)
        self.suspects = Suspects()
        self.destroyed = 0
        self.lost: set[str] = set()
        self.position = after
        self._one_of_them: tuple[list[_Held], list[_Held]] = ([], [])

    def _each(self, after: int) -> Iterator[LoggedRow]:
        while page := self._log.rows(after, PAGE_EVENTS):
            after = page[-1].position
            yield from page

    def hold(self, start: int, entries: Sequence[bytes], tile: bytes) -> None:
        """Hold the entries of a bundle, of which the first is leaf `start`, against the rows.

        Where the tile is another than theirs it is given, too: which was signed shows at the end.
        """
        for n, entry in enumerate(entries):
            row = self.row
            leaf = b"" if row is None or row.key is None else leaf_of(row)
            right = leaf == entry
            if tile:
                above = leaf_hash(leaf) == tile[n * HASH_BYTES : (n + 1) * HASH_BYTES]
                if row is not None and right != above:
                    self._one_of_them[above].append((start + n, entry, row))
                right = right or above
            if row is None or not right:
                self._differs(start + n, entry)
                continue
            self.row = next(self._rows, None)
            self.suspects.names.add(row.name)
            self.position = row.position

    def judge(self, *, tiles_are_right: bool) -> None:
        """Take for changed the rows that are only what the wrong one of entry and tile says."""
        for index, entry, row in self._one_of_them[not tiles_are_right]:
            if tiles_are_right:
                text = f"the event at position {row.position} and its entry were changed"
                told = f"{text}: {row.name}, version {row.version} of {row.account}"
                self.suspects.findings.append(Finding("payload", told, row.position, index))
            else:
                with suppress(WrongLeaf):  # which the tree tells of
                    self._suspect(index, read_leaf(entry), row)

    def skip(self, count: int) -> None:
        """Pass over rows whose entries can't be read."""
        for row in islice(self._rows, count - 1):
            self.position = row.position
        self.row = next(self._rows, None)

    def _differs(self, index: int, entry: bytes) -> None:
        try:
            leaf = read_leaf(entry)
        except WrongLeaf as error:
            self.suspects.findings.append(Finding("entry", str(error), leaf=index))
            return
        self.position = leaf.position
        while self.row is not None and self.row.position < leaf.position:
            self.suspects.inserted.append((index, self.row))
            self.row = next(self._rows, None)
        row = self.row
        if row is None or row.position > leaf.position:
            if leaf.position >= self._dropped_before:
                self.suspects.missing.append((index, leaf))
            return
        self.row = next(self._rows, None)
        if row.key is None:
            self.lost.add(row.account)
            self.destroyed += 1
        elif leaf_of(row) != entry:
            self._suspect(index, leaf, row)

    def _suspect(self, index: int, leaf: Leaf, row: LoggedRow) -> None:
        if leaf.commitment == DESTROYED:
            self.suspects.findings.append(
                Finding("key", f"{row.account} has a key again that was destroyed", leaf=index)
            )
        self.suspects.changed.append(Suspect(index, leaf, row))

    @property
    def full(self) -> bool:
        """Tell whether so much is wrong that the rest does not matter."""
        wrong = self.suspects
        return len(wrong.changed) + len(wrong.inserted) + len(wrong.missing) > MAX_FINDINGS


class Verification:
    """Holds a log against a tree."""

    def __init__(
        self, log: Log, folder: Folder, kept: Kept, *, dropped_before: int = BEFORE_ALL
    ) -> None:
        """Take the log, the tree's folder, and the checkpoints that are known of it.

        Rows before the position `dropped_before` may have been dropped for their age.
        """
        self._log = log
        self._dropped_before = dropped_before
        self._folder = folder
        self._kept = kept

    def run(self, since: int = 0, say: Callable[[str], object] = lambda _: None) -> Verified:
        """Hold them against each other.

        Args:
            since: the size of a signed tree that was found good before: what came after it is
                looked at, with what its last bundle has.
            say: is told how far it is.

        """
        found = Verified(findings=list(self._kept.findings))
        head = self._kept.head
        if head is None:
            found.waiting = self._log.waiting(0)
            return found
        found.size, found.start = head.size, since - since % WIDTH
        try:
            edge = Edge.of(found.start, self._folder.tile)
            before = self._before(found.start)
        except (WrongBundle, WrongLeaf) as error:
            found.findings.append(Finding("tree", str(error)))
            return found
        walk = _Walk(self._log, before, self._dropped_before)
        tree = _Tree(self._folder, edge, self._kept, head)
        for number in range(found.start // WIDTH, -(-head.size // WIDTH)):
            width = min(WIDTH, head.size - number * WIDTH)
            entries, tile = tree.take(number, width)
            if entries is None:
                walk.skip(width)
            else:
                walk.hold(number * WIDTH, entries, tile)
            if walk.full:
                break
            if number % SAY_BUNDLES == 0:
                say(f"{number * WIDTH} of {head.size}")
        if not walk.full:
            found.findings += tree.judged(since)
            walk.judge(tiles_are_right=tree.tiles_are_right)
        found.position, found.destroyed = walk.position, walk.destroyed
        found.findings += self._named(walk, head, since)
        found.waiting = 0 if walk.full else self._log.waiting(walk.position)
        return found

    def _before(self, start: int) -> int:
        """Return the position of the leaf before one; before the first, less than any."""
        if not start:
            return BEFORE_ALL
        return read_leaf(self._folder.entries(start // WIDTH - 1, WIDTH)[-1]).position

    def _named(self, walk: _Walk, head: Checkpoint, since: int) -> list[Finding]:
        if walk.suspects.missing:
            walk.suspects.later = self._log.rows(walk.position, MOST_TRIED)
        accounts = {suspect.row.account for suspect in walk.suspects.changed}
        versions = {} if since else self._log.versions(accounts)
        found = named(walk.suspects, head.size, versions, self._log.accounts)
        found += [
            Finding("key", f"the key of {account} is gone, and nobody erased the account")
            for account in sorted(walk.lost - self._log.erased(walk.lost))
        ]
        return [self._since(each) for each in found]

    def _since(self, finding: Finding) -> Finding:
        """Add which checkpoint was the first to say otherwise."""
        if finding.leaf is None:
            return finding
        return finding._replace(since=Places(self._folder, self._kept).since(finding.leaf))


class _Tree:
    """The entries made into a tree again, and held against the tiles and what was signed."""

    def __init__(self, folder: Folder, edge: Edge, kept: Kept, head: Checkpoint) -> None:
        self._folder = folder
        self._edge = edge
        self._kept = kept
        self._head = head
        self._by_tiles: Edge | None = None
        self._apart: list[int] = []
        self._findings: list[Finding] = []
        self._good: list[int] = []
        self._bad: list[int] = []
        self._sizes = [size for size in kept.roots if edge.size <= size <= head.size]

    def take(self, number: int, width: int) -> tuple[list[bytes] | None, bytes]:
        """Read a bundle, None when it can't be read, and the tile above it if it is another."""
        start, apart = number * WIDTH, b""
        tile, entries = self._tile(0, number, width), None
        try:
            entries = self._folder.entries(number, width)
            hashes = leaf_hashes(entries)
        except WrongBundle as error:
            self._note("entry", str(error), start)
            hashes = tile or b""
        if tile is None:
            self._note("tile", f"{path_of(0, number, width)} is missing or too short", start)
        elif tile != hashes and entries is not None:
            apart = tile
            self._apart += [
                start + n
                for n, entry in enumerate(entries)
                if leaf_hash(entry) != tile[n * HASH_BYTES : (n + 1) * HASH_BYTES]
            ]
            self._by_tiles = self._by_tiles or self._edge.copy()
        self._roots(start, width, hashes)
        if self._by_tiles is not None:
            list(self._by_tiles.add(tile or hashes))
        for full in self._edge.add(hashes):
            if full.level and full.hashes != self._tile(full.level, full.number, WIDTH):
                self._note(
                    "tile", f"{path_of(full.level, full.number)} is not over its tiles", start
                )
        return entries, apart

    def _tile(self, level: int, number: int, width: int) -> bytes | None:
        try:
            return self._folder.tile(level, number, width)
        except WrongBundle:
            return None

    def _roots(self, start: int, width: int, hashes: bytes) -> None:
        """Hold the roots of checkpoints that end within a bundle against the entries."""
        while self._sizes and self._sizes[0] <= start + width:
            size = self._sizes.pop(0)
            edge = self._edge.copy()
            list(edge.add(hashes[: (size - start) * HASH_BYTES]))
            (self._good if edge.root() == self._kept.roots[size] else self._bad).append(size)

    @property
    def tiles_are_right(self) -> bool:
        """Tell whether, where entries and tiles differ, the tiles make the tree that was signed."""
        return self._by_tiles is not None and self._by_tiles.root() == self._head.root

    def judged(self, since: int) -> list[Finding]:
        """Say what of the tree is not as it was signed."""
        self._roots(self._edge.size, 0, b"")
        for tile in self._edge.begun():
            if tile.level and tile.hashes != self._tile(*tile[:2], tile.width):
                self._note("tile", f"{path_of(*tile[:2], tile.width)} is not over its tiles", None)
        right = self.tiles_are_right
        if self._apart:
            for index in self._apart[:MAX_FINDINGS]:
                file = path_of(ENTRIES if right else 0, index // WIDTH)
                what = "entry" if right else "tile"
                self._note(what, f"in {file} leaf {index} is not the one that was signed", index)
        if self._bad and not right:
            good = max([since, *(size for size in self._good if size < self._bad[0])])
            self._note(
                "tree",
                f"the entries do not make the tree of {self._bad[0]} leaves that was signed"
                f" ({self._kept.where[self._bad[0]]}); up to leaf {good} they do",
                self._bad[0] - 1,
            )
        return self._findings

    def _note(self, kind: str, text: str, index: int | None) -> None:
        self._findings.append(Finding(kind, text, leaf=index))
