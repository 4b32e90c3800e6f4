"""Events in, rows out, without a database."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.commands import Course
from ledger.domain.events import Envelope
from ledger.domain.lots import Lot, apply
from projections.balances.project import BALANCES, LOTS, STANDINGS, lot_of
from projections.balances.rows import LotRow
from projections.catalogue import PROJECTIONS
from projections.outcomes.project import OUTCOMES
from projections.projection import Projection, fold
from projections.timeline.project import TIMELINE
from tests.projections.logs import (
    CPF,
    DAY,
    REGISTER,
    VOV,
    enveloped,
    granted,
    lives,
    noras_life,
    person,
)

NORA = person(1)
LOT = "be-vlg/vov/2021-22"


def pages(log: list[Envelope], cuts: list[int]) -> list[list[Envelope]]:
    """Cut a log into pages."""
    edges = sorted({0, len(log), *(cut % (len(log) + 1) for cut in cuts)})
    return [log[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda p: p.name)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(0, 80), max_size=8))
def test_any_split_into_pages_gives_the_same_rows(
    projection: Projection, seed: int, cuts: list[int]
) -> None:
    log = lives(seed, 80)
    assert fold(projection, pages(log, cuts)) == fold(projection, [log])


@given(seed=st.integers(0, 10_000))
def test_a_page_needs_no_row_that_it_does_not_name(seed: int) -> None:
    log = lives(seed, 60)
    for projection in PROJECTIONS:
        before = fold(projection, [log[:30]])
        needs = projection.needs(log[30:])
        seen = {
            table: {key: row for key, row in rows.items() if key in needs[table]}
            for table, rows in before.items()
        }
        assert projection.project(seen, log[30:]) == projection.project(before, log[30:])


@given(seed=st.integers(0, 10_000))
def test_balances_are_the_lots_that_the_domain_folds(seed: int) -> None:
    log = lives(seed, 120)
    lots: dict[tuple[object, str], Lot] = {}
    for account in {envelope.account for envelope in log}:
        own: dict[str, Lot] = {}
        for envelope in log:
            if envelope.account == account:
                apply(own, envelope.event)
        lots |= {(account, id_): lot for id_, lot in own.items()}
    rows = fold(BALANCES, [log])[LOTS.name]
    assert {key: lot_of(LotRow(*row)) for key, row in rows.items()} == lots


def test_the_example_life_ends_in_the_balances_that_it_promises() -> None:
    rows = fold(BALANCES, [noras_life(NORA)])[LOTS.name]
    lot = lot_of(LotRow(*rows[NORA, LOT]))
    assert (lot.available, lot.used, lot.expired, lot.shortfall) == (0, 1200, 0, 1200)


def test_the_rule_is_that_of_the_last_grant_and_not_of_a_withdrawal() -> None:
    basis = e.Basis(rule="later@1")
    withdrawn = e.RightWithdrawn(
        lot=LOT, quantity=60, from_expired=0, effective_on=DAY, basis=basis
    )
    row = LotRow(*fold(BALANCES, [enveloped([granted(), withdrawn], NORA)])[LOTS.name][NORA, LOT])
    assert (row.rule, row.withdrawn, row.position) == ("grant-2021@9f3c", 60, 2)


def test_a_restriction_may_come_before_the_first_lot_and_its_lifting_after() -> None:
    events: list[e.Event] = [
        e.RightRestricted(scheme=VOV, mode="keep", effective_on=DAY, reason="not employed"),
        granted(),
        e.RestrictionLifted(scheme=VOV, effective_on=DAY, reason="employed again"),
        e.RightsFrozen(scheme="", effective_on=DAY, reason="inquiry"),
    ]
    log = enveloped(events, NORA)
    restricted = fold(BALANCES, [log[:2]])[STANDINGS.name]
    assert restricted[NORA, VOV][2:5] == ("keep", DAY, "not employed")
    lifted = fold(BALANCES, [log])[STANDINGS.name]
    assert lifted[NORA, VOV][2:5] == (None, None, None)
    assert lifted[NORA, ""][5:8] == (True, DAY, "inquiry")


def test_an_entry_knows_the_scheme_and_unit_that_its_event_does_not_say() -> None:
    expired = e.RightExpired(lot=LOT, quantity=90, effective_on=DAY, reason="the term is over")
    entry = fold(TIMELINE, [enveloped([granted(), expired], NORA)])["timeline"][NORA, 2]
    assert entry[3:9] == (DAY, "right-expired", VOV, LOT, 90, "minute")


def test_an_entry_over_lots_of_several_units_gives_no_sum() -> None:
    used = e.RightUsed(
        use="u", reserved=False, scheme=CPF,
        course=Course(id="bakery", provider="greta", starts_on=DAY),
        allocation=(("a", 60), ("b", 500)), effective_on=DAY,
    )  # fmt: skip
    events: list[e.Event] = [granted("a", scheme=CPF), granted("b", scheme=CPF, unit="cent"), used]
    entry = fold(TIMELINE, [enveloped(events, NORA)])["timeline"][NORA, 3]
    assert entry[5:9] == (CPF, None, None, None)


def test_a_status_is_effective_from_the_first_day_of_its_term() -> None:
    log = [x for x in lives(3, 200) if isinstance(x.event, e.StatusRecorded)]
    entry = next(iter(fold(TIMELINE, [log])["timeline"].values()))
    assert entry[3:6] == (date(2021, 9, 1), "status-recorded", None)


def test_a_command_is_accepted_or_refused_and_counts_its_events() -> None:
    refused = e.RequestRefused(
        request="reserve",
        scheme="be-vlg/vov",
        reason="not-enough",
        detail="2 h are left",
        effective_on=DAY,
    )
    log = enveloped([granted(), granted()], NORA, command=f"{REGISTER} m1")
    log += enveloped([refused], NORA, after=2, command="portal 77")
    rows = fold(OUTCOMES, [log])["outcomes"]
    assert rows[f"{REGISTER} m1",][2:8] == ("accepted", None, None, 1, 2, 2)
    assert rows["portal 77",][2:8] == ("refused", "not-enough", "2 h are left", 3, 3, 1)
