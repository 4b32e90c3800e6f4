"""Reads what holds from a day on, with its source: the values of a number, an order of use."""

from collections.abc import Iterator, Sequence
from datetime import date

import yaml

from ledger.domain.use import ORDINARY, Order
from ledger.service import marked
from ledger.service.marked import Pair, Wrong


def dated(values: Sequence[Pair], source: yaml.Node) -> Iterator[tuple[date, str]]:
    """Yield the days of values, from early to late, each with its source."""
    sources = _sources(source)
    before = date.min
    for key, _ in values:
        since = marked.day(key)
        if before >= since:
            raise Wrong(key, "values go from early to late")
        before, own = since, sources.pop(since, None) or sources.get(date.min)
        if own is None:
            raise Wrong(key, f"the value from {since} has no source")
        yield since, own
    for unused in sources.keys() - {date.min}:
        raise Wrong(source, f"there is a source for {unused}, but no value from that day")


def _sources(node: yaml.Node) -> dict[date, str]:
    """Read one source for all values (under `date.min`), or one for each by its day."""
    if isinstance(node, yaml.MappingNode):
        return {marked.day(key): marked.text(value) for key, value in marked.pairs(node)}
    return {date.min: marked.text(node)}


def orders(node: yaml.Node | None, buckets: Sequence[str]) -> tuple[Order, ...]:
    """Read an order of use: one for all days, or dated ones with their source."""
    if node is None:
        return ()
    if not isinstance(node, yaml.MappingNode):
        return (Order(since=date.min, buckets=_order(node, buckets), source=""),)
    entry = marked.mapping(node, ["values", "source"])
    values = marked.pairs(entry["values"])
    if not values:
        message = "at least one order is needed, e.g. {2025-12-04: [dotation, ordinary]}"
        raise Wrong(entry["values"], message)
    days = dated(values, entry["source"])
    return tuple(
        Order(since=since, buckets=_order(pair.value, buckets), source=source)
        for pair, (since, source) in zip(values, days, strict=True)
    )


def _order(node: yaml.Node, buckets: Sequence[str]) -> tuple[str, ...]:
    """Read buckets in their order; the ordinary lots come last where they are not named."""
    named: list[str] = []
    for each in marked.items(node):
        bucket = marked.choice(each, [*buckets, ORDINARY])
        if bucket in named:
            raise Wrong(each, f"{bucket!r} is here twice")
        named.append(bucket)
    if ORDINARY not in named:
        named.append(ORDINARY)
    return tuple("" if each == ORDINARY else each for each in named)
