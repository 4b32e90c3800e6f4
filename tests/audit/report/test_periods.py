"""A period is asked by its name."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.books.totals import Period
from ledger.audit.report.periods import named
from tests.story import day


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02-29/2024-03-01", "2024-02-29", "2024-03-01"),
    ],
)
def test_a_period_has_the_days_that_its_name_says(name: str, since: str, until: str) -> None:
    assert named(name) == Period(since=day(since), until=day(until))


@pytest.mark.parametrize(
    "name",
    ["", "26", "2026-Q5", "2026-Q0", "2026-13", "2026-00", "2026-1", "0000", "9999", "2026-11-01",
     "2026-02-30/2026-03-01", "2026-01-01/", "/", "a/b/c", "2026 ", "\uff12026"],
)  # fmt: skip
def test_what_is_no_period_is_refused_and_it_says_how_one_is_written(name: str) -> None:
    with pytest.raises(ValueError, match="is no period: write 2026, 2026-Q3, 2026-11 or"):
        named(name)


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="has no day: its end is the first day after it"):
        named("2026-02-01/2026-02-01")


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_each_day_is_in_one_month_of_one_quarter_of_its_year(on: date) -> None:
    quarters = [f"{on.year:04d}-Q{n}" for n in (1, 2, 3, 4)]
    months = [f"{on.year:04d}-{n:02d}" for n in range(1, 13)]
    for names in ([f"{on.year:04d}"], quarters, months):
        periods = [named(each) for each in names]
        assert sum(on in each for each in periods) == 1
        for one, other in pairwise(periods):
            assert one.until == other.since
        assert periods[0].since == date(on.year, 1, 1)
        assert periods[-1].until == date(on.year + 1, 1, 1)
        assert on + timedelta(days=366) not in periods[-1]
