"""Notifications in any order, late and contradicting one another; and exactly what that changes."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.account import Account
from ledger.domain.commands import RecordFact
from ledger.domain.events import (
    Event,
    RightGranted,
    RightWithdrawn,
    ShortfallRecorded,
    StatusAnnulled,
    StatusRecorded,
)
from ledger.domain.evidence import Piece
from ledger.domain.quantities import shown
from tests.consumers.notifications import BREWERY, Json, cancelled, dimona, dmfa, facts, occupation
from tests.story import Story, day, term, use

VOV = "be-vlg/vov"
HOUR = 60


def changes(events: list[Event]) -> list[str]:
    """Return what events change in a person's leave for 2025-26, as people write it."""
    signs = {RightGranted: "+", RightWithdrawn: "-", ShortfallRecorded: "short "}
    return [
        f"{signs[type(event)]}{shown(event.quantity, 'minute')}"
        for event in events
        if isinstance(event, RightGranted | RightWithdrawn | ShortfallRecorded)
        and event.lot == f"{VOV}/2025-26"
    ]


def jobs(account: Account) -> list[Piece]:
    """Return the work that counts."""
    return account.career.jobs


def told(*notifications: Json, on: str = "2026-05-01") -> Story:
    """Let a school year begin and notifications arrive later, one after another."""
    story = Story()
    story.tell("2025-09-01")
    for request in facts(*notifications):
        story.tell(on, request)
    return story


def test_w61_a_cancelled_period_never_was_so_its_grants_go_and_its_uses_are_flagged() -> None:
    story = Story()
    granted = story.tell("2025-09-01", *facts(dimona("in", 1, "2025-01-06")))
    assert changes(granted) == ["+125 h"]
    story.tell("2025-10-06", use("french", VOV, 20 * HOUR, "2025-10-06"))
    events = story.tell("2025-11-03", *facts(dimona("cancel", 2)))
    assert [type(event) for event in events if type(event) is StatusAnnulled] == [StatusAnnulled]
    assert changes(events) == ["-105 h", "short 20 h"]
    assert jobs(story.account) == []
    assert story.tell("2025-11-04", *facts(dimona("in", 1, "2025-01-06"))) == [], "a repetition"


def test_w61_in_the_wrong_order_gives_no_right_at_all() -> None:
    story = told(dimona("cancel", 2), dimona("in", 1, "2025-01-06"))
    assert jobs(story.account) == []
    assert story.rights(VOV) == {}


def test_what_is_pending_gives_nothing_until_it_is_accepted() -> None:
    story = Story()
    story.tell("2025-09-01", *facts(dimona("in", 1, "2025-01-06", result="pending")))
    assert story.account.facts == {}
    accepted = story.tell("2025-09-02", *facts(dimona("in", 1, "2025-01-06")))
    assert changes(accepted) == ["+125 h"]


def test_a_refused_cancel_leaves_the_job_as_it_was() -> None:
    story = told(dimona("in", 1, "2025-01-06"), dimona("cancel", 2, result="refused"))
    assert [piece.term.since for piece in jobs(story.account)] == [day("2025-01-06")]


def test_a_settled_quarter_overrules_what_was_declared_for_it() -> None:
    """The reference month of 2025-26 is March 2025; half time is not enough for it since then."""
    declared, half = dimona("in", 1, "2025-01-06"), occupation(1900, "2025-01-06")
    story = Story()
    assert changes(story.tell("2025-09-01", *facts(declared))) == ["+125 h"]
    assert changes(story.tell("2025-10-01", *facts(dmfa("2025-Q2", half)))) == []
    assert changes(story.tell("2025-11-04", *facts(dmfa("2025-Q1", half)))) == ["-125 h"]
    shares = [(str(piece.term.since), piece.status.share) for piece in jobs(story.account)]  # type: ignore[union-attr]
    assert shares == [("2025-01-06", 0.5), ("2025-04-01", 0.5), ("2025-07-01", 0.5)]


def test_work_that_ended_within_a_settled_quarter_does_not_come_back_in_it_without_an_out() -> None:
    """The quarter is settled: in March 2025, the reference month, she did not work there."""
    until_february = occupation(3800, "2025-01-06", "2025-03-01")
    story = Story()
    assert changes(story.tell("2025-09-01", *facts(dimona("in", 1, "2025-01-06")))) == ["+125 h"]
    assert changes(story.tell("2025-11-04", *facts(dmfa("2025-Q1", until_february)))) == ["-125 h"]
    assert [piece.term for piece in jobs(story.account)] == [
        term("2025-01-06", "2025-03-01"),
        term("2025-04-01"),
    ]
    to_the_end = dmfa("2025-Q1", occupation(3800, "2025-01-06"), version=2)
    assert changes(story.tell("2026-02-02", *facts(to_the_end))) == ["+125 h"]


def test_a_settled_quarter_says_nothing_of_another_employer() -> None:
    until_february = occupation(3800, "2025-01-06", "2025-03-01")
    story = told(
        dimona("in", 1, "2025-03-03", employerNumber=BREWERY), dmfa("2025-Q1", until_february)
    )
    assert story.rights(VOV)[f"{VOV}/2025-26"] == "125 h"


def test_an_unsettled_quarter_has_the_working_time_of_the_last_one_settled() -> None:
    """Half time since 2024, and March 2025 is not settled yet: half time is too little."""
    declared, half = dimona("in", 1, "2024-01-08"), occupation(1900, "2024-01-08")
    story = Story()
    assert changes(story.tell("2025-02-03", *facts(declared, dmfa("2024-Q4", half)))) == []
    assert changes(story.tell("2025-09-01")) == []
    settled = story.tell("2025-11-04", *facts(dmfa("2025-Q1", occupation(3800, "2024-01-08"))))
    assert changes(settled) == ["+125 h"]
    nine_tenths = dmfa("2025-Q1", occupation(3420, "2024-01-08"), version=2)
    assert changes(story.tell("2026-02-02", *facts(nine_tenths))) == ["-12.5 h"]


def test_a_late_settled_quarter_changes_the_unsettled_ones_after_it() -> None:
    """What the first quarter of 2024 says holds until March 2025, and DmfA only tells it late."""
    story = Story()
    story.tell("2025-09-01", *facts(dimona("in", 1, "2024-01-08")))
    events = story.tell("2025-11-04", *facts(dmfa("2024-Q1", occupation(3420, "2024-01-08"))))
    assert changes(events) == ["-12.5 h"]
    (withdrawn,) = (e for e in events if isinstance(e, RightWithdrawn) and e.lot.endswith("25-26"))
    assert len(withdrawn.basis.facts) == 2, "the declared job, and where its working time is from"


def test_a_new_job_at_the_same_employer_does_not_have_the_working_time_of_the_old_one() -> None:
    half = occupation(1900, "2023-01-09", "2023-07-01")
    story = told(
        dimona("out", 1, "2023-01-09", "2023-07-01", periodId="old"),
        dmfa("2023-Q2", half),
        dimona("in", 1, "2025-01-06", periodId="new"),
    )
    assert story.rights(VOV)[f"{VOV}/2025-26"] == "125 h"


def test_a_late_correction_of_a_settled_quarter_changes_exactly_the_difference() -> None:
    story = Story()
    story.tell("2025-09-01", *facts(dimona("in", 1, "2025-01-06")))
    story.tell("2025-10-06", use("french", VOV, 110 * HOUR, "2025-10-06"))
    nine_tenths, full = occupation(3420, "2025-01-06"), occupation(3800, "2025-01-06")
    settled = story.tell("2025-11-04", *facts(dmfa("2025-Q1", nine_tenths)))
    assert changes(settled) == ["-12.5 h"]
    fewer = story.tell(
        "2026-06-01", *facts(dmfa("2025-Q1", occupation(3040, "2025-01-06"), version=2))
    )
    assert changes(fewer) == ["-2.5 h", "short 10 h"]
    again = story.tell("2026-06-02", *facts(dmfa("2025-Q1", nine_tenths)))
    assert again == [], "an older version, known before"
    corrected = story.tell("2026-07-01", *facts(dmfa("2025-Q1", full, version=3)))
    assert changes(corrected) == ["+15 h"]
    assert story.rights(VOV)[f"{VOV}/2025-26"] == "125 h"


def test_a_cancelled_occupation_lets_what_was_declared_count_again() -> None:
    story = told(
        dimona("in", 1, "2025-01-06"),
        dmfa("2025-Q1", occupation(1900, "2025-01-06")),
        dmfa("2025-Q1", cancelled(1), version=2),
    )
    assert story.rights(VOV)[f"{VOV}/2025-26"] == "125 h"


PERIOD_123 = [
    dimona("in", 1, "2025-01-06"),
    dimona("update", 2, "2025-01-13"),
    dimona("out", 3, "2025-01-13", "2026-03-01"),
    dimona("update", 4, "2025-01-13", "2026-06-01", result="pending"),
    dimona("update", 4, "2025-01-13", "2026-06-01"),
    dimona("cancel", 5, result="refused"),
    dmfa("2025-Q1", occupation(3420, "2025-01-13")),
    dmfa("2025-Q1", occupation(3040, "2025-01-13"), version=2),
]


@given(order=st.permutations(PERIOD_123), again=st.lists(st.sampled_from(PERIOD_123), max_size=4))
def test_any_order_and_any_repetition_gives_the_same_work_and_the_same_rights(
    order: list[Json], again: list[Json]
) -> None:
    in_order, otherwise = told(*PERIOD_123), told(*order, *again)
    assert jobs(otherwise.account) == jobs(in_order.account)
    assert otherwise.rights(VOV) == in_order.rights(VOV)
    assert in_order.rights(VOV)[f"{VOV}/2025-26"] == "100 h"


def test_every_order_of_in_out_update_and_cancel_ends_in_no_work() -> None:
    declared = [*PERIOD_123[:3], dimona("cancel", 4)]
    for order in permutations(declared):
        story = told(*order)
        assert jobs(story.account) == []
        assert story.rights(VOV) == {}


def test_only_what_is_new_is_an_event() -> None:
    story = told(*PERIOD_123)
    asked: list[RecordFact] = facts(*PERIOD_123)
    assert story.tell("2026-05-02", *asked) == []
    recorded = [e.event for e in story.envelopes if isinstance(e.event, StatusRecorded)]
    assert len(recorded) == len(asked)
