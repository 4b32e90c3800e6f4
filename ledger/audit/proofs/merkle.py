"""The Merkle tree of RFC 6962, section 2.1, kept as the tiles of C2SP tlog-tiles.

A tile of level L holds up to 256 hashes, 32 bytes each, one after another; each is the root of a
full subtree of 256**L leaves. So all that a tree needs to grow is its last tile of each level.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

HASH_BYTES: Final = 32
HEIGHT: Final = 8
"""So many levels of the tree are between one level of tiles and the next."""

WIDTH: Final = 1 << HEIGHT
"""Hashes in a full tile; entries in a full bundle."""

EMPTY: Final = sha256(b"").digest()
"""The root of a tree without leaves."""

_PAIR: Final = 2 * HASH_BYTES
_TILE_BYTES: Final = WIDTH * HASH_BYTES

Read: TypeAlias = Callable[[int, int, int], bytes]
"""Gives the first so many hashes of a tile: of its level, number and width."""


class WrongProof(Exception):  # noqa: N818  it is an answer
    """A proof does not lead to the root that it should."""


class Tile(NamedTuple):
    """A tile: its level, its number within that level, and its hashes."""

    level: int
    number: int
    hashes: bytes

    @property
    def width(self) -> int:
        """Return how many hashes it has."""
        return len(self.hashes) // HASH_BYTES


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above two others."""
    return sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: Sequence[bytes]) -> bytes:
    """Return the hashes of leaves, one after another."""
    return b"".join([sha256(b"\x00" + entry).digest() for entry in entries])


def top(hashes: bytes) -> bytes:
    """Return the root over hashes, whose number is a power of two."""
    while len(hashes) > HASH_BYTES:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[i : i + _PAIR]).digest() for i in range(0, len(hashes), _PAIR)]
        )
    return hashes


def peaks(hashes: bytes) -> Iterator[bytes]:
    """Yield the roots of the full subtrees that hashes make up, the largest first."""
    start, count = 0, len(hashes) // HASH_BYTES
    while count:
        size = (1 << (count.bit_length() - 1)) * HASH_BYTES
        yield top(hashes[start : start + size])
        start, count = start + size, count - size // HASH_BYTES


def joined(roots: Sequence[bytes]) -> bytes:
    """Return the root over full subtrees that get smaller from left to right."""
    if not roots:
        return EMPTY
    found = roots[-1]
    for root in reversed(roots[:-1]):
        found = node_hash(root, found)
    return found


class Edge:
    """The right edge of a tree: the tiles that are not full yet, lowest level first."""

    def __init__(self, size: int = 0, tiles: Sequence[bytes] = ()) -> None:
        """Begin with a tree of a size, of which `tiles` are the hashes that no full tile has."""
        self.size = size
        self._tiles = [bytearray(tile) for tile in tiles]
        self._full = [size >> HEIGHT * (level + 1) for level in range(len(tiles))]

    @classmethod
    def of(cls, size: int, read: Read) -> "Edge":
        """Read the edge of a tree that has tiles."""
        begun = [Place(level, size >> HEIGHT * (level + 1), w) for level, w in widths(size)]
        return cls(size, [read(*place) if place.width else b"" for place in begun])

    def copy(self) -> "Edge":
        """Return another that grows by itself."""
        return Edge(self.size, [bytes(tile) for tile in self._tiles])

    def add(self, hashes: bytes) -> Iterator[Tile]:
        """Add the hashes of leaves; yield the tiles that get full; all have to be taken."""
        self.size += len(hashes) // HASH_BYTES
        yield from self._put(0, hashes)

    def _put(self, level: int, hashes: bytes) -> Iterator[Tile]:
        if level == len(self._tiles):
            self._tiles.append(bytearray())
            self._full.append(0)
        tile, start = self._tiles[level], 0
        while start < len(hashes):
            part = hashes[start : start + _TILE_BYTES - len(tile)]
            start += len(part)
            tile += part
            if len(tile) == _TILE_BYTES:
                done = Tile(level, self._full[level], bytes(tile))
                self._full[level] += 1
                tile.clear()
                yield done
                yield from self._put(level + 1, top(done.hashes))

    def begun(self) -> Iterator[Tile]:
        """Yield the tiles that are not full."""
        for level, (tile, full) in enumerate(zip(self._tiles, self._full, strict=True)):
            if tile:
                yield Tile(level, full, bytes(tile))

    def root(self) -> bytes:
        """Return the root of the tree."""
        return joined([root for tile in reversed(self._tiles) for root in peaks(bytes(tile))])


class Place(NamedTuple):
    """Where hashes are: the level and number of a tile, and how many of its first ones."""

    level: int
    number: int
    width: int


def widths(size: int) -> Iterator[tuple[int, int]]:
    """Yield each level of a tree's tiles, with the hashes in the last tile that is not full."""
    level = 0
    while size:
        yield level, size % WIDTH
        level, size = level + 1, size // WIDTH


class Tree:
    """A tree of a size that has tiles: its root, and what proves something of it."""

    def __init__(self, size: int, read: Read) -> None:
        """Take the tree's size, and what reads its tiles."""
        self.size = size
        self._read = read

    def root(self) -> bytes:
        """Return the root."""
        return self._range(0, self.size)

    def inclusion(self, index: int) -> list[bytes]:
        """Return what leads from a leaf to the root (RFC 6962, section 2.1.1), lowest first."""
        assert 0 <= index < self.size, index  # noqa: S101
        start, end, path = 0, self.size, []
        while end - start > 1:
            middle = start + _below(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, smaller: int) -> list[bytes]:
        """Return what proves that a tree begins with a smaller one (RFC 6962, section 2.1.2)."""
        assert 0 < smaller <= self.size, smaller  # noqa: S101
        start, end, whole, path = 0, self.size, True, []
        while smaller != end:
            middle = start + _below(end - start)
            if smaller <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range(start, end))
        return path[::-1]

    def _range(self, start: int, end: int) -> bytes:
        """Return the root over leaves; they begin where a subtree at least as large may."""
        return joined(list(self._peaks(start, end)))

    def _peaks(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            size = _power_within(end - start)
            height = size.bit_length() - 1
            level, within = divmod(height, HEIGHT)
            first, count = start >> HEIGHT * level, 1 << within
            offset = first % WIDTH
            width = min(WIDTH, (self.size >> HEIGHT * level) - (first - offset))
            hashes = self._read(level, first // WIDTH, width)
            yield top(hashes[offset * HASH_BYTES : (offset + count) * HASH_BYTES])
            start += size


def _power_within(count: int) -> int:
    """Return the largest power of two that is not more."""
    return 1 << (count.bit_length() - 1)


def _below(count: int) -> int:
    """Return the largest power of two that is less."""
    return 1 << ((count - 1).bit_length() - 1)


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Follow a proof from a leaf's hash to the root, as RFC 9162, section 2.1.3.2, says.

    Raises:
        WrongProof: it leads elsewhere.

    """
    if not 0 <= index < size:
        raise WrongProof(f"a tree of {size} leaves has no leaf {index}")
    number, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            raise WrongProof(f"the proof is too long: {len(proof)} hashes")
        if number & 1 or number == last:
            found = node_hash(each, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, each)
        number, last = number >> 1, last >> 1
    if last or found != root:
        raise WrongProof("the proof does not lead to the root of the tree")


def check_consistency(
    smaller: int, first: bytes, size: int, second: bytes, proof: Sequence[bytes]
) -> None:
    """Follow a proof that a tree begins with a smaller one (RFC 9162, section 2.1.4.2).

    Args:
        smaller: its number of leaves, at least one.
        first: its root.
        size: that of the larger tree.
        second: the larger one's root.
        proof: the hashes.

    Raises:
        WrongProof: it does not.

    """
    if not 0 < smaller <= size:
        raise WrongProof(f"no tree of {size} leaves begins with one of {smaller}")
    if smaller == size:
        if proof or first != second:
            raise WrongProof("two trees of one size differ")
        return
    hashes = list(proof)
    if smaller & (smaller - 1) == 0:
        hashes.insert(0, first)
    if not hashes:
        raise WrongProof("the proof is empty")
    number, last = smaller - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            raise WrongProof(f"the proof is too long: {len(proof)} hashes")
        if number & 1 or number == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, each)
        number, last = number >> 1, last >> 1
    if last or old != first or new != second:
        raise WrongProof("the larger tree does not begin with the smaller one")
