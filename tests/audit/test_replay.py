"""The replay tells every difference between the log and the state rows, and mends the rows."""

import threading
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.audit.replay import Finding, Replay, pages
from ledger.domain.commands import ReachDay
from ledger.domain.facts import Birth
from ledger.service.outcomes import Accepted
from ledger.store.postgres import PostgresStore
from ledger.store.states import States
from ops.ledger_wiring import open_replay
from tests.service.doors import AnyStore, agrees, command, open_door, standing
from tests.story import employment, reserve, said

JOB = said("job-1", employment("4/5"), "2021-09-01")
TODAY = date(2021, 10, 1)
PEOPLE = sorted(uuid4() for _ in range(5))


def tell(store: AnyStore, people: list[UUID] = PEOPLE, day: str = "2021-10-01") -> None:
    """Write some events of each person."""
    door = open_door(store, standing(day))
    for person in people:
        door.handle(
            [
                command(f"job {person}", JOB, person),
                command(f"birth {person}", said("b", Birth(on=date(1988, 4, 17))), person),
                command(f"r {person}", reserve("r-1", "be-vlg/vov", 600, "2021-10-01"), person),
            ]
        )


def replay(store: AnyStore, today: date = TODAY) -> Replay:
    return open_replay(store, today)


def findings(store: AnyStore, *, repair: bool = False, today: date = TODAY) -> list[Finding]:
    """Replay all, two accounts or so a page."""
    return [
        f for page in replay(store, today).run(repair=repair, page_events=9) for f in page.findings
    ]


def test_a_ledger_in_order_gives_no_finding_and_every_event_was_read(any_store: AnyStore) -> None:
    assert list(replay(any_store).run()) == []
    tell(any_store)
    for page_events in (1, 4, 7, 1000):
        done = list(replay(any_store).run(page_events=page_events))
        assert sum(page.accounts for page in done) == len(PEOPLE)
        assert sum(page.events for page in done) == sum(len(any_store.events_of(p)) for p in PEOPLE)
        assert not [finding for page in done for finding in page.findings]


@pytest.mark.parametrize("page_events", [1, 3, 4, 5, 100])
def test_the_walk_gives_each_account_once_and_whole_in_order(
    any_store: AnyStore, page_events: int
) -> None:
    tell(any_store)
    walked = [history for page in pages(any_store, page_events) for history in page]
    assert [history.account for history in walked] == PEOPLE
    for account, row, envelopes in walked:
        assert envelopes == any_store.events_of(account)
        assert row == any_store.load([account], [])[0][account]


def test_a_page_holds_no_more_than_asked_and_the_rest_of_one_account(any_store: AnyStore) -> None:
    tell(any_store)
    longest = max(len(any_store.events_of(person)) for person in PEOPLE)
    for page in pages(any_store, 2):
        assert sum(len(history.envelopes) for history in page) <= 2 + longest


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("UPDATE ledger.accounts SET version = version - 1", "is at version"),
        ("UPDATE ledger.accounts SET version = version + 2", "is at version"),
        ("UPDATE ledger.accounts SET state = 'garbage'", "can't be read: no stored form starts with b'g'"),
        ("UPDATE ledger.accounts SET state = '{}'", "differs from the log in version, recorded_at, facts, lots, origins, reservations"),
        ("UPDATE ledger.accounts SET state = %(less)s", "differs from the log in lots"),
        ("UPDATE ledger.accounts SET state = %(spaced)s", "differs from the log in its spelling"),
        ("UPDATE ledger.accounts SET state = substring(state for 100)", "can't be read: damaged"),
        ("UPDATE ledger.accounts SET due_on = NULL", "waits for None, the regulations for 20"),
        ("UPDATE ledger.accounts SET due_on = '2090-01-01'", "waits for 2090-01-01, the regulations for 20"),
        ("DELETE FROM ledger.accounts", "there is no state row"),
    ],
)  # fmt: skip
def test_a_wrong_state_row_is_found_and_mended_and_the_door_goes_on(
    database: str, store: PostgresStore, damage: str, says: str
) -> None:
    tell(store)
    before = store.load(PEOPLE, [])[0]
    whose = PEOPLE[2]
    with psycopg.connect(database) as conn:
        state = States().plain(before[whose].state)
        less = state.replace(b'"reserved":600', b'"reserved":500')
        damaged = {"less": less, "spaced": state + b" ", "whose": whose}
        conn.execute(f"{damage} WHERE account = %(whose)s".encode(), damaged)
    [finding] = findings(store)
    assert (finding.about, finding.repaired) == (whose, False)
    assert says in finding.problem
    assert [f.repaired for f in findings(store, repair=True)] == [True]
    assert findings(store) == []
    assert store.load(PEOPLE, [])[0] == before
    [outcome] = open_door(store).handle(
        [command("more", said("job-2", employment(), "2021-09-15"), whose)]
    )
    assert isinstance(outcome, Accepted)
    assert agrees(store, PEOPLE)


def test_all_state_rows_can_be_made_anew(database: str, store: PostgresStore) -> None:
    tell(store)
    before = store.load(PEOPLE, [])[0]
    with psycopg.connect(database) as conn:
        conn.execute("TRUNCATE ledger.accounts")
    assert len(findings(store, repair=True)) == len(PEOPLE)
    assert store.load(PEOPLE, [])[0] == before


def test_a_row_without_events_is_found(database: str, store: PostgresStore) -> None:
    tell(store)
    with psycopg.connect(database) as conn:
        insert = "INSERT INTO ledger.accounts VALUES (%s, 7, '{}', NULL)"
        conn.execute(insert, (UUID(int=2**128 - 1),))
        conn.execute(insert, (UUID(int=1),))
    assert [finding.about for finding in findings(store)] == [UUID(int=1), UUID(int=2**128 - 1)]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DELETE FROM ledger.events WHERE originator_version = 2", "has no version 2"),
        ("DELETE FROM ledger.events WHERE originator_version = 1", "has no version 1"),
        ("UPDATE ledger.events SET originator_version = 90 WHERE originator_version = 2", "has no version 2"),
    ],
)  # fmt: skip
def test_a_broken_log_is_found_and_nothing_is_made_of_it(
    database: str, store: PostgresStore, damage: str, says: str
) -> None:
    tell(store)
    with psycopg.connect(database) as conn:
        conn.execute(f"{damage} AND originator_id = %s".encode(), (PEOPLE[1],))
    [finding] = findings(store, repair=True)
    assert (finding.about, finding.repaired) == (PEOPLE[1], False)
    assert says in finding.problem


def test_an_event_that_cannot_be_read_is_named(database: str, store: PostgresStore) -> None:
    tell(store)
    with psycopg.connect(database) as conn:
        damage = "UPDATE ledger.events SET state = '{}' WHERE originator_version = 2 AND originator_id = %s"
        conn.execute(damage, (PEOPLE[1],))
    with pytest.raises(ValueError, match=f"{PEOPLE[1]} version 2"):
        findings(store)


def test_a_day_that_the_clock_has_not_reached_yet_is_no_finding(store: PostgresStore) -> None:
    tell(store)
    later = date(2023, 1, 5)
    assert findings(store, today=later) == []
    open_door(store, standing("2023-01-05")).handle(
        [command(f"clock {person}", ReachDay(), person) for person in PEOPLE]
    )
    assert findings(store, today=later) == []


def test_a_replay_beside_an_open_door_finds_nothing_and_takes_nothing_back(database: str) -> None:
    with PostgresStore(database) as store:
        tell(store)
        stop = threading.Event()
        seen: list[Finding] = []

        def look() -> None:
            with PostgresStore(database) as other:
                while not stop.is_set():
                    seen.extend(findings(other, repair=True))

        looking = threading.Thread(target=look)
        looking.start()
        try:
            door = open_door(store)
            for n in range(25):
                fact = said(f"job-{n}", employment("1/2"), f"20{10 + n % 10}-01-01")
                door.handle([command(f"more {n} {person}", fact, person) for person in PEOPLE])
        finally:
            stop.set()
            looking.join(30)
        assert seen == []
        assert agrees(store, PEOPLE)


def test_a_row_that_moved_since_it_was_found_is_left_alone(any_store: AnyStore) -> None:
    tell(any_store)
    found = any_store.load(PEOPLE, [])[0][PEOPLE[0]]
    open_door(any_store).handle(
        [command("more", said("job-2", employment(), "2021-09-15"), PEOPLE[0])]
    )
    assert not any_store.rewrite(found, found)
    assert not any_store.rewrite(found, None)
    assert agrees(any_store, PEOPLE)
