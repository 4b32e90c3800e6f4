"""What the charts show is what the trial balance has, whatever the period."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.books.journal import Entry, Journal
from ledger.audit.books.totals import ALWAYS, Period, TrialBalance
from ledger.audit.report.activity import ACCOUNTS, FLOWS, Activity, Series, Span, spans
from ledger.audit.report.chart import TICK, WIDTH, chart
from ledger.domain.calendar import Term
from ops.books.booking import Stored
from tests.story import day

PERIODS = [
    ALWAYS,
    *(Period(since=day(since), until=day(until)) for since, until in (
        ("2021-09-01", "2021-09-20"), ("2021-06-01", "2021-09-15"), ("2020-01-01", "2021-01-01"),
        ("1990-01-01", "2030-01-01"), ("1980-01-01", "1981-01-01"),
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def entries(log: list[Stored]) -> list[Entry]:
    journal = Journal(lambda envelope: pytest.fail(f"{envelope}"))
    return [entry for stored in log for entry in journal.post(stored.envelope, stored.name)]


@pytest.mark.parametrize("period", PERIODS)
def test_the_totals_are_the_movements_of_the_trial_balance(
    entries: list[Entry], period: Period
) -> None:
    activity, trial = Activity(period), TrialBalance(period)
    activity.add(entries)
    trial.add(entries)
    moved = {
        (line.scheme, line.unit, line.name): line.debits - line.credits for line in trial.lines()
    }
    _, found = activity.series()
    told = {(each.scheme, each.unit, flow): each.total(flow) for each in found for flow in FLOWS}
    for (scheme, unit, name), quantity in moved.items():
        for flow, (account, side) in ACCOUNTS.items():
            if name == account:
                sign = 1 if side == "debits" else -1
                assert told.get((scheme, unit, flow), 0) == sign * quantity
    assert bool(found) == any(entry.recorded_on in period for entry in entries)
    days = [entry.recorded_on for entry in entries]
    for each in found:
        assert each.spans[0].term.since == max(min(days), period.since or date.min)
        assert each.spans[-1].term.until == min(
            max(days) + timedelta(days=1), period.until or date.max
        )


@given(st.dates(date(1950, 1, 1), date(2049, 1, 1)), st.integers(1, 20_000))
def test_each_day_is_in_one_span_and_there_are_few_of_them(since: date, days: int) -> None:
    whole = Term(since, since + timedelta(days=days))
    step, found = spans(whole)
    assert (found[0].since, found[-1].until) == (whole.since, whole.until)
    assert all(one.until == other.since for one, other in pairwise(found))
    inner = [each.since for each in found[1:]]
    match step:
        case "week":
            assert {each.weekday() for each in inner} <= {0}
        case "month":
            assert {each.day for each in inner} <= {1}
        case "year":
            assert {(each.month, each.day) for each in inner} <= {(1, 1)}
        case "day":
            assert len(found) == days
    assert len(found) <= 57


MOVED = st.fixed_dictionaries(dict.fromkeys(FLOWS, st.integers(-(10**9), 10**12)))


@given(st.lists(MOVED, min_size=1, max_size=60))
def test_bars_are_as_high_as_what_they_show_and_inside_the_drawing(
    moved: list[dict[str, int]],
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(len(moved) + 1)]
    found = [
        Span(Term(since, until), each)  # type: ignore[arg-type]
        for (since, until), each in zip(pairwise(days), moved, strict=True)
    ]
    drawn = chart(Series("be-vlg/vov", "minute", tuple(found)))
    bottom = 0.0
    for panel in drawn.panels:
        quantities = [each[panel.flow] for each in moved if each[panel.flow]]
        assert len(panel.bars) == len(quantities)
        assert panel.title_y > bottom
        for bar, quantity in zip(panel.bars, quantities, strict=True):
            assert bar.x >= 0
            assert bar.x + bar.width <= WIDTH
            assert bar.height >= 1
            edge = bar.y + bar.height if quantity > 0 else bar.y
            assert abs(edge - panel.zero_y) < 0.02
            bottom = max(bottom, bar.y + bar.height)
        most = max((abs(each) for each in quantities), default=0)
        highest = max((bar.height for bar in panel.bars), default=0)
        for bar, quantity in zip(panel.bars, quantities, strict=True):
            assert abs(bar.height - max(highest * abs(quantity) / most, 1)) < 0.02
        assert (panel.highest, panel.lowest) == (
            max([0, *quantities]),
            min([0, *quantities]),
        )
    assert bottom <= drawn.height - 20, "the days have room below"
    assert len(drawn.ticks) <= 8
    assert all(TICK <= tick.x <= WIDTH - TICK for tick in drawn.ticks)
