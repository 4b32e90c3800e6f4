"""`rugzak audit sample`: entries of the journal, or lots of the balances, drawn by a seed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from ledger.audit.books.journal import Entry
from ledger.audit.books.sampling import Hit, Method, Strata, lowest, monetary_unit
from ledger.audit.books.tables import BalanceRow
from ledger.audit.books.totals import ALWAYS, Period
from ledger.store.postgres import PostgresStore
from ops.books.booking import journal_of, served, walk
from projections.runner import connect

Of: TypeAlias = Literal["entries", "lots"]

Item: TypeAlias = Entry | BalanceRow

Again: TypeAlias = Callable[[], Iterable[Item]]
"""Walks the same items, in the same order, each time that it is called."""


class MixedUnits(Exception):  # noqa: N818  it is an answer
    """Sizes in several units can't be added up, so nothing can be drawn in proportion to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is sampled, and how.

    Attributes:
        of: entries of the journal, or the lots that count.
        count: how many.
        seed: the same seed draws the same, from the same items.
        method: how it is drawn.
        scheme: None: all.
        unit: None: all; monetary units are of one.
        period: of recording, for entries.

    """

    of: Of
    count: int
    seed: str
    method: Method = "random"
    scheme: str | None = None
    unit: str | None = None
    period: Period = ALWAYS

    def wants(self, item: Item) -> bool:
        """Whether an item is one of those that are drawn from."""
        if self.scheme not in (None, item.scheme) or self.unit not in (None, item.unit):
            return False
        return item.recorded_on in self.period if isinstance(item, Entry) else not item.merged_into


class Sample(NamedTuple):
    """What was drawn, and from what.

    Attributes:
        position: of the last event that the items tell of.
        population: how many items there were.
        sizes: what their sizes add up to, by unit.
        drawn: the items, each with how often it was hit.

    """

    position: int
    population: int
    sizes: dict[str, int]
    drawn: list[Hit[Item]]


def name_of(item: Item) -> str:
    """Return by what an item is drawn: an entry's number, or `account/lot`."""
    return item.entry if isinstance(item, Entry) else f"{item.account}/{item.lot}"


def size_of(item: Item) -> int:
    """Return an entry's quantity, or all that a lot got and kept: granted, or transferred in."""
    if isinstance(item, Entry):
        return item.quantity
    return item.granted - item.withdrawn + item.transferred_in


def sample(url: str, store: PostgresStore, asked: Asked) -> Sample:
    """Draw.

    Raises:
        MixedUnits: monetary units are asked of items that count in several.
        NotMade: lots are asked, and there is no read model of balances.

    """
    with _items(url, store, asked) as (position, again):
        seen = Counter[str]()
        sizes = Counter[str]()

        def counted() -> Iterator[Item]:
            for item in again():
                seen["items"] += 1
                sizes[item.unit] += size_of(item)
                yield item

        drawn = _drawn(asked, counted, again, sizes)
    return Sample(position, seen["items"], dict(sorted(sizes.items())), drawn)


def _drawn(asked: Asked, counted: Again, again: Again, sizes: Counter[str]) -> list[Hit[Item]]:
    """Draw by the method; `counted` is walked once, so that `sizes` are known after it."""
    match asked.method:
        case "random":
            found = lowest(counted(), asked.count, asked.seed, name_of)
            return [Hit(item, 1) for item in found]
        case "stratified":
            strata = Strata[Item](asked.count, asked.seed, name_of)
            for item in counted():
                strata.add(item.scheme, item)
            return [Hit(item, 1) for item in strata.drawn()]
        case "monetary-unit":
            for _ in counted():
                pass
            if len(sizes) > 1:
                raise MixedUnits(
                    f"the items count in {', '.join(sorted(sizes))}; choose one with --unit"
                )
            total = sum(sizes.values())
            return list(monetary_unit(again(), asked.count, asked.seed, total, size_of))


@contextmanager
def _items(url: str, store: PostgresStore, asked: Asked) -> Iterator[tuple[int, Again]]:
    """Yield what is drawn from, and the position that it is of."""
    if asked.of == "lots":
        with connect(url) as conn, served(conn) as (position, rows):
            yield position, lambda: filter(asked.wants, rows())
        return
    position = store.head()

    def entries() -> Iterator[Item]:
        journal = journal_of(store)
        for envelope, name, _ in walk(store, position):
            yield from filter(asked.wants, journal.post(envelope, name))

    yield position, entries
