"""The tree of RFC 6962: its own vectors, and laws for any size."""

import itertools
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.proofs.merkle import (
    EMPTY,
    HASH_BYTES,
    Edge,
    Tile,
    Tree,
    WrongProof,
    check_consistency,
    check_inclusion,
    leaf_hash,
    leaf_hashes,
    node_hash,
)

ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Certificate Transparency's own: of the first one, the first two, … of `ENTRIES`."""

MOST = 70_000


def plainly(leaves: list[bytes]) -> bytes:
    """Return the root as the RFC defines it, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(plainly(leaves[:k]), plainly(leaves[k:]))


class Tiles(dict[tuple[int, int], bytes]):
    """The tiles of a tree, in memory."""

    def keep(self, *tiles: Tile) -> None:
        self.update({(tile.level, tile.number): tile.hashes for tile in tiles})

    def read(self, level: int, number: int, width: int) -> bytes:
        found = self[level, number][: width * HASH_BYTES]
        assert len(found) == width * HASH_BYTES
        return found


def grown(size: int, parts: list[int] | None = None) -> tuple[list[bytes], Edge, Tiles]:
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    edge, tiles = Edge(), Tiles()
    bounds = sorted({0, size, *(part for part in parts or () if part < size)})
    for start, end in itertools.pairwise(bounds):
        tiles.keep(*edge.add(b"".join(leaves[start:end])))
    tiles.keep(*edge.begun())
    return leaves, edge, tiles


@pytest.mark.parametrize("count", range(1, 9))
def test_the_vectors_of_certificate_transparency(count: int) -> None:
    edge = Edge()
    assert list(edge.add(leaf_hashes(ENTRIES[:count]))) == []
    assert edge.root().hex() == ROOTS[count - 1]


def test_a_tree_without_leaves_has_the_root_of_nothing() -> None:
    assert Edge().root() == Tree(0, Tiles().read).root() == EMPTY


sizes = st.integers(1, 1_200) | st.sampled_from([255, 256, 257, 511, 512, 513])


@given(sizes, st.lists(st.integers(1, 1_200), max_size=5))
def test_in_whatever_parts_it_grows_the_tree_is_the_rfcs(size: int, parts: list[int]) -> None:
    leaves, edge, tiles = grown(size, parts)
    assert edge.root() == Tree(size, tiles.read).root() == plainly(leaves)
    assert grown(size)[2] == tiles


@given(sizes, st.data())
def test_a_tree_that_is_read_again_grows_on_as_before(size: int, data: st.DataObject) -> None:
    then = data.draw(st.integers(0, size))
    leaves, _, tiles = grown(size)
    again = Edge.of(then, tiles.read)
    assert again.root() == plainly(leaves[:then])
    found = Tiles()
    found.keep(*again.add(b"".join(leaves[then:])), *again.begun())
    assert again.root() == plainly(leaves)
    assert found.items() <= tiles.items()


@given(sizes, st.data())
def test_each_leaf_is_proven_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves, edge, tiles = grown(size)
    proof, root = Tree(size, tiles.read).inclusion(index), edge.root()
    check_inclusion(leaves[index], index, size, proof, root)
    for leaf, at, path in (
        (leaf_hash(b"another"), index, proof),
        (leaves[index], index + 1, proof),
        (leaves[index], index, [*proof, root]),
        (leaves[index], index, proof[:-1] if proof else [root]),
    ):
        with pytest.raises(WrongProof):
            check_inclusion(leaf, at, size, path, root)


@given(sizes, st.data())
def test_a_tree_is_proven_to_begin_with_a_smaller_one_and_with_no_other(
    size: int, data: st.DataObject
) -> None:
    smaller = data.draw(st.integers(1, size))
    leaves, edge, tiles = grown(size)
    first, second = plainly(leaves[:smaller]), edge.root()
    proof = Tree(size, tiles.read).consistency(smaller)
    check_consistency(smaller, first, size, second, proof)
    other = plainly([*leaves[: smaller - 1], leaf_hash(b"another")])
    for start, end, path in (
        (other, second, proof),
        (first, other, proof),
        (first, second, [*proof, first]),
    ):
        with pytest.raises(WrongProof):
            check_consistency(smaller, start, size, end, path)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, MOST])
def test_large_trees_have_the_tiles_and_the_proofs_that_they_should(size: int) -> None:
    leaves, edge, tiles = grown(size)
    assert edge.root() == Tree(size, tiles.read).root()
    for index in (0, 255, 256, 65_279, size - 1):
        check_inclusion(
            leaves[index], index, size, Tree(size, tiles.read).inclusion(index), edge.root()
        )
    for smaller in (1, 256, 65_535):
        first = Tree(smaller, tiles.read).root()
        check_consistency(
            smaller, first, size, edge.root(), Tree(size, tiles.read).consistency(smaller)
        )
    count = {level: sum(1 for each in tiles if each[0] == level) for level in (0, 1, 2, 3)}
    assert count[0] == -(-size // 256)
    assert count[1] == -(-(size // 256) // 256)
    assert count.get(2, 0) == (1 if size >= 65_536 else 0)
