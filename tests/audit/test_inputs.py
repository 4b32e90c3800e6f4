"""Every decision of the log, taken again by the same code and rules, is the one that was taken."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from ledger.audit.inputs import Redecided, redecide
from ledger.domain.commands import Freeze, Merge, ReachDay, Request, Unfreeze
from ledger.domain.events import RightGranted
from ledger.domain.facts import Birth, Residence
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Rulebook
from ledger.service import rulebook as files
from ledger.service.clock import at
from ledger.service.reach import DueAccount, reach_due
from ops.bench.careers import commands
from tests.memory_store import MemoryStore
from tests.service.doors import command, open_door, standing
from tests.service.test_anew import with_hours
from tests.story import (
    NORA,
    capture,
    day,
    employment,
    release,
    reserve,
    reverse,
    rulebook,
    said,
    term,
    use,
)

VOV = "be-vlg/vov"


def redecided(store: MemoryStore, account: UUID = NORA, rules: Rulebook | None = None) -> Redecided:
    return redecide(account, store.events_of(account), lambda _: rules or rulebook())


def told(store: MemoryStore, *requests: tuple[str, Request]) -> None:
    """Tell Nora's life through a door, each request on its day."""
    clock = standing("2021-09-01")
    door = open_door(store, clock)
    for number, (today, request) in enumerate(requests):
        clock.set(day(today))
        door.handle([command(f"c{number}", request)])


LIFE: list[tuple[str, Request]] = [
    ("2021-09-01", said("birth", Birth(on=day("1988-04-17")))),
    ("2021-09-01", said("job", employment(), "2021-09-01")),
    ("2021-10-05", reserve("french", VOV, 20 * 60, "2021-10-05")),
    ("2021-10-20", capture("french", "2021-10-20", 15 * 60)),
    ("2021-11-05", reserve("dutch", VOV, 10 * 60, "2021-11-05", bucket="employer")),
    ("2021-11-06", release("dutch", "2021-11-06")),
    ("2021-11-07", use("welding", VOV, 8 * 60, "2021-11-07")),
    ("2021-11-08", reverse("welding", "2021-11-08", 3 * 60)),
    ("2021-11-09", Freeze(scheme=VOV, on=day("2021-11-09"), reason="an inquiry")),
    ("2021-11-10", Unfreeze(scheme=VOV, on=day("2021-11-10"), reason="no fraud")),
    ("2022-10-01", ReachDay()),
]


def test_whole_careers_are_decided_as_they_were() -> None:
    store, clock = MemoryStore(), standing("2010-01-01")
    door, asked = open_door(store, clock), commands(25, date(2026, 6, 1))
    for number in range(0, len(asked), 7):
        clock.set(date(2010, 1, 1) + timedelta(days=number * 5_900 // len(asked)))
        door.handle(asked[number : number + 7])
    decided = 0
    for account in {each.account for each in asked}:
        found = redecided(store, account)
        assert found.otherwise == []
        assert not found.untold
        decided += found.decided.total()
    assert decided >= len(asked)


def test_each_kind_of_request_is_decided_as_it_was() -> None:
    store = MemoryStore()
    told(store, *LIFE)
    found = redecided(store)
    assert (found.otherwise, found.untold) == ([], {})
    assert found.decided == {
        "record-fact": 2, "reserve": 2, "capture": 1, "release": 1, "use": 1, "reverse": 1,
        "freeze": 1, "unfreeze": 1, "clock": 1,
    }  # fmt: skip


def test_a_decision_that_was_forged_or_made_by_other_code_is_found_alone() -> None:
    store = MemoryStore()
    told(store, *LIFE)
    envelopes = store.events_of(NORA)
    at = next(n for n, each in enumerate(envelopes) if isinstance(each.event, RightGranted))
    granted = envelopes[at].event
    assert isinstance(granted, RightGranted)
    more = replace(granted, quantity=granted.quantity + 60)
    envelopes[at] = replace(envelopes[at], event=more)
    found = redecide(NORA, envelopes, lambda _: rulebook())
    (first, *_) = found.otherwise
    assert (first.request, first.how, first.version) == ("record-fact", "other events", 2)
    assert more in first.was
    assert isinstance(first.would_be, tuple)
    assert granted in first.would_be
    other = replace(granted, basis=replace(granted.basis, steps=(("by", "grace"),)))
    envelopes[at] = replace(envelopes[at], event=other)
    assert [each.how for each in redecide(NORA, envelopes, lambda _: rulebook()).otherwise] == [
        "other reasons"
    ]


def test_under_rules_that_give_less_the_request_that_was_granted_is_refused(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    told(store, LIFE[1], ("2021-10-05", reserve("french", VOV, 100 * 60, "2021-10-05")))
    found = redecided(store, rules=files.load(with_hours(tmp_path, 90)))
    assert [(each.request, each.how) for each in found.otherwise] == [
        ("record-fact", "other events"),
        ("reserve", "refused"),
    ]
    refusal = found.otherwise[1].would_be
    assert isinstance(refusal, Rejection)
    assert "brings 90 h" in refusal.detail


def test_what_was_refused_is_counted_and_not_decided_again() -> None:
    store = MemoryStore()
    told(store, LIFE[1], ("2021-10-05", reserve("french", VOV, 1_000 * 60, "2021-10-05")))
    found = redecided(store)
    assert (found.otherwise, found.untold) == ([], {"refused": 1})


def test_a_round_anew_is_decided_again_by_the_new_text(tmp_path: Path) -> None:
    store = MemoryStore()
    told(store, LIFE[1])
    new = files.load(with_hours(tmp_path, 130))
    clock = standing("2021-12-01")
    door = open_door(store, clock, new)
    today = day("2021-12-01")
    rounds = iter([[DueAccount(today, NORA)], []])
    list(reach_due(door, lambda *_: next(rounds), today, anew=True))
    assert any(
        isinstance(each.event, RightGranted) and each.event.quantity == 5 * 60
        for each in store.events_of(NORA)
    )
    changed = at(standing("2021-11-01").now().recorded_at).recorded_at

    def rules_at(recorded: datetime) -> Rulebook:
        return new if recorded >= changed else rulebook()

    found = redecide(NORA, store.events_of(NORA), rules_at)
    assert (found.otherwise, found.decided["clock"]) == ([], 1)


def test_merges_and_what_was_told_of_a_merged_account_are_counted() -> None:
    store, other = MemoryStore(), UUID("0b54f3c1-2f0d-4a55-8d1e-7c3a90f1d2e4")
    door = open_door(store, standing("2021-10-01"))
    door.handle([command("job", LIFE[1][1]), command("birth", LIFE[0][1], other)])
    door.handle([command("merge", Merge(into=NORA, because="two numbers"), other)])
    door.handle(
        [command("home", said("home", Residence(region="be-vlg", term=term("2000-01-01"))), other)]
    )
    for account in (NORA, other):
        found = redecided(store, account)
        assert found.otherwise == []
        assert found.untold["merge"] == 1
    assert redecided(store).untold["of a merged account"] == 1
