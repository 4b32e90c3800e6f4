"""The law of the books on random careers, and on lots that leave the books and come back."""

from collections import Counter
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.books.movements import NAMES, closed, opened, standing
from ledger.domain.calendar import Term
from ledger.domain.lots import Lot
from ops.books.booking import Stored
from tests.audit.books.careers import MOVING, names
from tests.laws.books import Books
from tests.story import day

quantities = st.integers(0, 10_000)


@st.composite
def lots(draw: st.DrawFn) -> Lot:
    """Draw a lot with quantities as they can be: nothing below zero."""
    held = {name: draw(quantities) for name in ("reserved", "used", "expired", "transferred_out")}
    withdrawn, entered, left = (draw(quantities) for _ in range(3))
    granted = sum(held.values()) + withdrawn + left
    return Lot(
        id="be-vlg/vov/2021-22",
        scheme="be-vlg/vov",
        unit="minute",
        term=Term(day("2021-09-01")),
        funder="be-vlg",
        granted=granted,
        withdrawn=withdrawn,
        transferred_in=entered,
        shortfall=draw(st.integers(0, held["used"])),
        **held,
    )


def test_random_careers_are_booked_to_zero_and_to_what_the_domain_says_of_each_lot(
    log: list[Stored],
) -> None:
    for _, of_account in groupby(log, key=lambda each: each.envelope.account):
        Books().follow([each.envelope for each in of_account])
    assert names(log) >= MOVING


@given(lots())
def test_a_lot_that_leaves_the_books_leaves_nothing_and_comes_back_as_it_was(lot: Lot) -> None:
    before = Counter(standing(lot))
    assert sum(before.values()) == 0
    assert set(before) == set(NAMES) - {"merged"}
    stands = Counter(before)
    for movement in closed([lot]):
        assert movement.quantity > 0
        stands[movement.debit] += movement.quantity
        stands[movement.credit] -= movement.quantity
    assert set(stands.values()) == {0}
    for movement in opened([lot]):
        stands[movement.debit] += movement.quantity
        stands[movement.credit] -= movement.quantity
    assert {name: stands[name] for name in before} == before
