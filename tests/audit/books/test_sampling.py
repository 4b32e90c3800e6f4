"""Samples: anybody draws the same, nobody is favoured, and large items can't hide."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.books.sampling import Strata, allotted, lowest, monetary_unit

ENTRIES = [f"E{position}.1" for position in range(1, 101)]
seeds = st.text(max_size=5)
names = st.lists(st.text(max_size=4), unique=True, max_size=30)
sizes = st.lists(st.integers(0, 500), max_size=30)


def test_a_seed_draws_the_same_on_any_machine_for_ever() -> None:
    """By `sha256sum`: the lowest of the entries; and a start of 626, so 156, 406, 656 and 906."""
    assert lowest(ENTRIES, 5, "2026") == ["E75.1", "E82.1", "E23.1", "E97.1", "E70.1"]
    hits = monetary_unit(ENTRIES, 4, "2026", 10 * len(ENTRIES), lambda _: 10)
    assert [hit.item for hit in hits] == ["E16.1", "E41.1", "E66.1", "E91.1"]


@given(names, st.integers(1, 10), seeds, st.randoms())
def test_the_order_in_which_items_come_does_not_matter(
    items: list[str], count: int, seed: str, dice: object
) -> None:
    other = list(items)
    dice.shuffle(other)  # type: ignore[attr-defined]
    drawn = lowest(items, count, seed)
    assert drawn == lowest(other, count, seed)
    assert drawn == sorted(items, key=lambda i: sha256(f"{seed}:{i}".encode()).digest())[:count]
    one, two = (Strata[str](count, seed, str) for _ in range(2))
    for some, strata in ((items, one), (other, two)):
        for item in some:
            strata.add(item[:1], item)
    assert list(one.drawn()) == list(two.drawn())


def test_every_item_is_drawn_as_often_as_any_other() -> None:
    seen = Counter(item for n in range(2_000) for item in lowest(ENTRIES[:10], 3, f"seed {n}"))
    assert all(abs(count - 600) < 100 for count in seen.values()), seen  # 5 standard deviations


@given(st.dictionaries(st.text(max_size=2), st.integers(1, 300), min_size=1), st.integers(1, 200))
def test_each_stratum_has_its_share_and_at_least_one(counts: dict[str, int], count: int) -> None:
    shares = allotted(counts, count)
    total = sum(counts.values())
    assert shares.keys() == counts.keys()
    assert sum(shares.values()) == max(min(count, total), len(counts))
    for name, share in shares.items():
        assert 1 <= share <= counts[name]
    if all(size * count >= total for size in counts.values()) and count <= total:
        assert all(abs(shares[n] - Fraction(s * count, total)) < 1 for n, s in counts.items())


def test_what_is_drawn_of_a_stratum_is_what_would_be_drawn_of_it_alone() -> None:
    strata = Strata[str](10, "7", str)
    for item in ENTRIES:
        strata.add("large" if item < "E8" else "small", item)
    large, small = ([e for e in ENTRIES if (e < "E8") == one] for one in (True, False))
    shares = allotted({"large": len(large), "small": len(small)}, 10)
    assert list(strata.drawn()) == [
        *lowest(large, shares["large"], "7"),
        *lowest(small, shares["small"], "7"),
    ]


@given(sizes, st.integers(1, 40), seeds)
def test_items_are_hit_in_proportion_to_their_size_and_large_ones_always(
    found: list[int], count: int, seed: str
) -> None:
    items = list(enumerate(found))
    total = sum(found)
    hits = list(monetary_unit(items, count, seed, total, lambda item: item[1]))
    assert sum(hit.hits for hit in hits) == (count if total else 0)
    by_item = Counter({hit.item: hit.hits for hit in hits})
    for item in items:
        share = Fraction(item[1] * count, total) if total else Fraction(0)
        assert floor(share) <= by_item[item] <= ceil(share)
