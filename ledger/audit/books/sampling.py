"""Samples that anybody can draw again: by SHA-256 of a seed, so the machine doesn't matter.

Each item has a name. It is drawn by `SHA-256(seed + ":" + name)`, in UTF-8: the items with the
lowest hashes are a simple random sample without replacement, in whatever order they come. Strata
are sampled so, each for itself. A monetary-unit sample is systematic: the items stand one after the
other, each as long as its size, and are hit at equal intervals after a start that the seed draws.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar, get_args

Item = TypeVar("Item")

Method: TypeAlias = Literal["random", "stratified", "monetary-unit"]

METHODS: Final[tuple[Method, ...]] = get_args(Method)

HOW: Final[dict[Method, str]] = {
    "random": "the items with the lowest SHA-256 of `seed:name`",
    "stratified": "of each scheme in proportion to its items, at least one, those with the lowest "
    "SHA-256 of `seed:name`",
    "monetary-unit": "the items in order, each as long as its size: hit where (start + i * total) "
    "// count falls for i from 0; start is SHA-256 of `seed:monetary-unit` modulo total",
}
"""How each method draws, in a sentence."""


def drawn_by(seed: str, name: object) -> bytes:
    """Return the hash by which an item is drawn."""
    return sha256(f"{seed}:{name}".encode()).digest()


def lowest(
    items: Iterable[Item], count: int, seed: str, name: Callable[[Item], object] = str
) -> list[Item]:
    """Draw at random: return the `count` items with the lowest hashes, lowest first.

    Memory holds only those; fewer come back when there are fewer.
    """
    return heapq.nsmallest(count, items, key=lambda item: drawn_by(seed, name(item)))


@dataclass(slots=True)
class Strata(Generic[Item]):
    """Draws from strata: keeps so many of each as one could need, and counts them all."""

    count: int
    seed: str
    name: Callable[[Item], object]
    sizes: Counter[str] = field(default_factory=Counter)
    _kept: dict[str, list[Item]] = field(default_factory=dict)

    def add(self, stratum: str, item: Item) -> None:
        """Add an item; a stratum that has twice as many as it needs gives up the highest."""
        self.sizes[stratum] += 1
        kept = self._kept.setdefault(stratum, [])
        kept.append(item)
        if len(kept) > 2 * self.count:
            kept[:] = lowest(kept, self.count, self.seed, self.name)

    def drawn(self) -> Iterator[Item]:
        """Yield what is drawn of each stratum, by their names."""
        shares = allotted(self.sizes, self.count)
        for stratum in sorted(self._kept):
            yield from lowest(self._kept[stratum], shares[stratum], self.seed, self.name)


def allotted(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Divide a sample over strata: in proportion, by largest remainder, at least one of each.

    Ties go to the name that comes first. More than `count` come out where there are more strata.
    """
    total = sum(sizes.values())
    count = min(count, total)
    found = {name: max(size * count // total, 1) for name, size in sizes.items()}
    by_rest = sorted(sizes, key=lambda name: (-(sizes[name] * count % total), name))
    while (missing := count - sum(found.values())) > 0:
        for name in [each for each in by_rest if found[each] < sizes[each]][:missing]:
            found[name] += 1
    for name in sorted(sizes, key=lambda name: (-found[name], name)):
        surplus = sum(found.values()) - count
        found[name] -= max(min(surplus, found[name] - 1), 0)
    return found


class Hit(NamedTuple, Generic[Item]):
    """An item that was drawn, and how often it was hit: a large one can be hit more than once."""

    item: Item
    hits: int


def monetary_unit(
    items: Iterable[Item], count: int, seed: str, total: int, size: Callable[[Item], int]
) -> Iterator[Hit[Item]]:
    """Draw in proportion to size: yield what is hit, in order.

    Args:
        items: in an order that is always the same.
        count: how many hits there are; never more items.
        seed: draws the start.
        total: the sum of all sizes.
        size: of an item, 0 or more.

    """
    if not total:
        return
    start = int.from_bytes(drawn_by(seed, "monetary-unit"), "big") % total
    number, until = 0, 0
    for item in items:
        until += size(item)
        before = number
        while number < count and _place(start, number, count, total) < until:
            number += 1
        if number > before:
            yield Hit(item, number - before)


def _place(start: int, number: int, count: int, total: int) -> int:
    """Return where a hit falls: between 0 and total, at equal distances but for rounding down."""
    return (start + number * total) // count
