"""At the door: nothing shared is taken twice, and what is taken is what the log folds to."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.replay import Finding, Replay
from ledger.domain.commands import End, ReachDay, Request, Reserve
from ledger.domain.events import Key, RequestRefused
from ledger.domain.evolve import fold
from ledger.domain.reasons import Reason
from ledger.domain.shared import drawn
from ledger.service.outcomes import Accepted, Outcome, Rejected
from ledger.service.ports import StoreUnavailable
from ledger.store.catalogue import CODEC
from ledger.store.postgres import PostgresStore
from ledger.store.states import States
from tests.domain.test_shared import COURSE, JOB, POT, SHARED, asked, trial, used
from tests.memory_store import MemoryStore
from tests.proxy import proxied
from tests.service.doors import AnyStore, agrees, command, open_door, standing
from tests.service.test_door import in_threads
from tests.story import capture, day, release, reverse

ROUND = f"{POT}/2016-01-01"
ON = "2020-02-01"
PEOPLE = sorted(uuid4() for _ in range(2))


def tell(store: AnyStore, *told: tuple[UUID, Request], on: str = ON) -> list[Outcome]:
    """Let requests arrive in one batch, each under an id of its own."""
    return open_door(store, standing(on), trial()).handle(
        [command(f"c-{uuid4()}", request, account) for account, request in told]
    )


def known(store: AnyStore, people: list[UUID] = PEOPLE) -> None:
    assert all(isinstance(each, Accepted) for each in tell(store, *((one, JOB) for one in people)))


def reasons(outcomes: list[Outcome]) -> list[Reason | None]:
    return [each.rejection.reason if isinstance(each, Rejected) else None for each in outcomes]


def by_the_log(store: AnyStore, people: list[UUID] = PEOPLE) -> dict[Key, int]:
    """Add up what the accounts take, folded from the log."""
    found = Counter[Key]()
    for person in people:
        found.update(drawn(fold(store.events_of(person))))
    return {key: taken for key, taken in found.items() if taken}


def counted(store: AnyStore) -> dict[Key, int]:
    return {key: taken for key, taken in store.drawn()[1].items() if taken}


def findings(store: AnyStore, *, repair: bool = False) -> list[Finding]:
    states = States()
    replay = Replay(
        store,
        trial(),
        day(ON),
        encode=states.encode,
        decode=states.decode,
        spell=CODEC.encode,
        plain=states.plain,
    )
    return [finding for page in replay.run(repair=repair) for finding in page.findings]


def test_within_a_batch_the_first_takes_the_last_and_the_next_finds_nothing(
    any_store: AnyStore,
) -> None:
    known(any_store)
    one, other = PEOPLE
    outcomes = tell(
        any_store, (one, asked("a", "200", ON)), (other, asked("b", "100.01", ON)),
        (other, asked("c", "100", ON)), (one, asked("d", "1", ON)), (other, release("c", ON)),
        (one, asked("e", "100", ON)),
    )  # fmt: skip
    full = Reason.SHARED_LIMIT
    assert reasons(outcomes) == [None, full, None, full, None, None]
    assert counted(any_store) == by_the_log(any_store)
    assert counted(any_store)[ROUND] == 300_00
    assert agrees(any_store, PEOPLE)
    assert findings(any_store) == []


def test_a_refusal_leaves_the_rights_as_they_were_and_is_on_record(any_store: AnyStore) -> None:
    known(any_store)
    one, other = PEOPLE
    tell(any_store, (one, asked("a", "300", ON)))
    before = fold(any_store.events_of(other))
    tell(any_store, (other, asked("b", "1", ON)))
    [refused] = any_store.events_of(other, before.version)
    assert isinstance(refused.event, RequestRefused)
    assert refused.event.reason == "shared-limit"
    after = fold(any_store.events_of(other))
    assert (after.lots, after.reservations) == (before.lots, before.reservations)


def test_what_comes_back_from_one_is_there_for_another_later(any_store: AnyStore) -> None:
    known(any_store)
    one, other = PEOPLE
    tell(any_store, (one, asked("a", "300", ON)))
    assert reasons(tell(any_store, (other, asked("b", "300", ON)))) == [Reason.SHARED_LIMIT]
    tell(any_store, (one, release("a", ON)))
    assert counted(any_store) == {}
    assert reasons(tell(any_store, (other, asked("c", "300", ON)))) == [None]


def test_a_day_that_lets_reservations_lapse_gives_back_too(any_store: AnyStore) -> None:
    known(any_store)
    one, other = PEOPLE
    tell(any_store, (one, asked("a", "300", ON)))
    tell(any_store, (one, ReachDay()), on="2020-04-02")
    assert counted(any_store) == {}
    assert reasons(tell(any_store, (other, asked("b", "300", ON)), on="2020-04-02")) == [None]


def test_of_doors_that_race_for_the_last_of_a_pot_exactly_one_wins(database: str) -> None:
    people = [uuid4() for _ in range(4)]
    with PostgresStore(database) as store:
        known(store, people)
    outcomes: list[Outcome] = []

    def work(person: UUID) -> None:
        with PostgresStore(database) as store:
            outcomes.extend(tell(store, (person, asked("a", "300", ON))))

    in_threads([lambda person=person: work(person) for person in people])  # type: ignore[misc]
    assert Counter(reasons(outcomes)) == {None: 1, Reason.SHARED_LIMIT: 3}
    with PostgresStore(database) as store:
        assert counted(store) == by_the_log(store, people)
        assert store.taken([ROUND]) == {ROUND: 300_00}


def test_doors_that_draw_from_one_pot_all_day_take_all_of_it_and_no_more(database: str) -> None:
    people = [uuid4() for _ in range(4)]
    with PostgresStore(database) as store:
        known(store, people)
    outcomes: list[Outcome] = []

    def work(person: UUID) -> None:
        with PostgresStore(database) as store:
            for number in range(10):
                request = replace(
                    used(f"a{number}", "10", ON), course=asked("", "1", ON, f"{person}").course
                )
                outcomes.extend(tell(store, (person, request)))

    in_threads([lambda person=person: work(person) for person in people])  # type: ignore[misc]
    with PostgresStore(database) as store:
        assert counted(store) == by_the_log(store, people)
        accepted = sum(isinstance(each, Accepted) for each in outcomes)
        assert counted(store)[ROUND] == accepted * 10_00
        assert {*reasons(outcomes)} == {None, Reason.SHARED_LIMIT}


@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_commit_whose_answer_is_lost_takes_once_or_not_at_all(
    database: str, store: PostgresStore, dies: Literal["before", "after"]
) -> None:
    known(store)
    batch = [command("c-1", asked("a", "300", ON), PEOPLE[0])]
    with proxied(database) as proxy, PostgresStore(proxy.url) as shaky:
        door = open_door(shaky, standing(ON), trial())
        proxy.break_at_commit = dies
        with pytest.raises(StoreUnavailable):
            door.handle(batch)
        door.handle(batch)
    assert counted(store) == by_the_log(store)
    assert counted(store)[ROUND] == 300_00


def test_a_replay_finds_what_was_edited_and_mends_it(database: str, store: PostgresStore) -> None:
    known(store)
    tell(store, (PEOPLE[0], asked("a", "200", ON)))
    before = counted(store)
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE ledger.shared SET taken = 7 WHERE key = %s", (ROUND,))
        conn.execute("DELETE FROM ledger.shared WHERE key LIKE '%%course-cap%%'")
        conn.execute("INSERT INTO ledger.shared VALUES ('made/up', 3)")
    found = {finding.about: finding.problem for finding in findings(store)}
    assert found == {
        ROUND: "7 is taken of it, by the log 20000",
        f"{COURSE}/2020/trial-school/french-a2": "0 is taken of it, by the log 1",
        "made/up": "3 is taken of it, by the log 0",
    }
    assert [each.repaired for each in findings(store, repair=True)] == [True] * 3
    assert findings(store) == []
    assert counted(store) == before


def test_what_moved_since_a_replay_looked_is_left_alone(any_store: AnyStore) -> None:
    known(any_store)
    tell(any_store, (PEOPLE[0], asked("a", "200", ON)))
    assert not any_store.recount(ROUND, 1, 0)
    assert not any_store.recount(ROUND, 1, 100_00)
    assert not any_store.recount("new", 1, 5)
    assert counted(any_store)[ROUND] == 200_00


class LateStore(MemoryStore):
    """A store to which events come while its accounts are read."""

    late: Request | None = None

    def drawn(self) -> tuple[int, dict[Key, int]]:
        found = super().drawn()
        if self.late is not None:
            tell(self, (PEOPLE[1], self.late))
        return found


def test_a_replay_beside_an_open_door_takes_no_new_event_for_a_wrong_count() -> None:
    store = LateStore()
    known(store)
    tell(store, (PEOPLE[0], asked("a", "200", ON)))
    store.late = asked("b", "50", ON)
    assert findings(store) == []
    assert by_the_log(store)[ROUND] == 250_00


def _request(id_: str, euros: int, on: date, *, at_once: bool) -> Request:
    request: Reserve = asked(id_, str(euros), on.isoformat(), f"course-{id_}")
    return request.at_once() if at_once else request


ids = st.sampled_from(["a", "b", "c", "d"])
days = st.dates(date(2020, 1, 15), date(2020, 3, 20))
stories = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.one_of(
            st.builds(_request, ids, st.integers(1, 150), days, at_once=st.booleans()),
            st.builds(_request, ids, st.integers(1, 150), days, at_once=st.booleans()),
            st.builds(release, ids, days.map(date.isoformat)),
            st.builds(capture, ids, days.map(date.isoformat), st.none() | st.integers(1, 90_00)),
            st.builds(reverse, ids, days.map(date.isoformat), st.none() | st.integers(1, 90_00)),
            st.builds(End, id=ids, on=days, withdrawn=st.booleans()),
            st.just(ReachDay()),
        ),
    ),
    max_size=25,
)
MOST = {"pot/2016": 300_00, "pot/2020": 100_00, "course-cap": 3, "provider-cap": 2}


@given(stories, st.lists(st.integers(1, 6), min_size=1, max_size=5))
@settings(max_examples=60)
def test_whatever_is_asked_nothing_is_overdrawn_and_what_is_taken_is_the_fold_of_the_log(
    story: list[tuple[UUID, Request]], sizes: list[int]
) -> None:
    store = MemoryStore()
    known(store)
    today, number = date(2020, 3, 20), 0
    while story:
        size = sizes[number % len(sizes)]
        batch, story, number = story[:size], story[size:], number + 1
        tell(store, *batch, on=today.isoformat())
        today += timedelta(days=7)
        assert counted(store) == by_the_log(store)
        for key, taken in store.shared.items():
            most = [n for part, n in MOST.items() if key.startswith(f"{SHARED}/{part}")]
            assert [taken] <= most, key
            assert taken >= 0, key
    assert agrees(store, PEOPLE)
    assert not [finding for finding in findings(store) if isinstance(finding.about, str)]
