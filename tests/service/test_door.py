"""The one write door: what becomes of commands, once, whoever else is at it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.commands import Command, Erase, Freeze, ReachDay, Request, Unfreeze
from ledger.domain.events import RequestRefused, RightGranted, StatusRecorded
from ledger.domain.facts import Birth
from ledger.domain.reasons import Reason
from ledger.service.outcomes import Accepted, Duplicate, Outcome, Rejected, first_of
from ledger.service.ports import Append, StoreUnavailable
from ledger.store.postgres import PostgresStore
from tests.laws.lives import histories
from tests.memory_store import MemoryStore
from tests.proxy import proxied
from tests.service.doors import AnyStore, agrees, command, open_door, standing
from tests.story import NORA, employment, reserve, said, use

JOB = said("job-1", employment("4/5"), "2021-09-01")
BIRTH = said("birth", Birth(on=date(1988, 4, 17)))
TOO_MUCH = reserve("r-1", "be-vlg/vov", 60_000, "2021-10-01")
DEADLINE_S = 30.0


def test_a_command_is_accepted_once_and_asked_again_answers_as_before(any_store: AnyStore) -> None:
    [accepted] = open_door(any_store).handle([command("c-1", JOB)])
    events = any_store.events_of(NORA)
    assert isinstance(events[0].event, StatusRecorded)
    assert isinstance(events[-1].event, RightGranted)
    assert accepted == Accepted(
        command="c-1", version=len(events), events=len(events), position=events[-1].position
    )
    later = open_door(any_store, standing("2023-05-01"))
    assert later.handle([command("c-1", JOB)]) == [Duplicate(first=accepted)]
    assert any_store.events_of(NORA) == events


def test_a_refusal_is_on_record_and_asked_again_answers_as_before(any_store: AnyStore) -> None:
    [_, rejected] = open_door(any_store).handle([command("c-1", JOB), command("c-2", TOO_MUCH)])
    last = any_store.events_of(NORA)[-1]
    assert isinstance(rejected, Rejected)
    assert rejected.rejection.reason is Reason.NOT_ENOUGH
    assert rejected.position == last.position
    assert isinstance(last.event, RequestRefused)
    assert (last.event.request, last.event.scheme) == ("reserve", "be-vlg/vov")
    assert last.event.detail == rejected.rejection.detail
    assert open_door(any_store).handle([command("c-2", TOO_MUCH)]) == [Duplicate(first=rejected)]


def test_the_same_id_with_other_content_or_account_is_refused_and_changes_nothing(
    any_store: AnyStore,
) -> None:
    door = open_door(any_store)
    door.handle([command("c-1", JOB)])
    before = any_store.events_of(NORA)
    stranger = uuid4()
    outcomes = door.handle(
        [command("c-1", BIRTH), command("c-1", JOB, stranger), command("c-2", BIRTH, stranger)]
    )
    for outcome in outcomes[:2]:
        assert isinstance(outcome, Rejected)
        assert outcome.rejection.reason is Reason.ID_WITH_OTHER_CONTENT
        assert outcome.position is None
    assert isinstance(outcomes[2], Accepted)
    assert any_store.events_of(NORA) == before


def test_what_is_already_so_is_accepted_without_an_event(any_store: AnyStore) -> None:
    door = open_door(any_store)
    [first] = door.handle([command("c-1", JOB)])
    [again] = door.handle([command("c-2", JOB)])
    assert isinstance(first, Accepted)
    assert again == Accepted(command="c-2", version=first.version, events=0, position=None)
    assert door.handle([command("c-2", JOB)]) == [Duplicate(first=again)]


def test_a_rejected_command_takes_no_other_with_it(any_store: AnyStore) -> None:
    others = [uuid4() for _ in range(3)]
    door = open_door(any_store)
    good = [command(f"c-{n}", JOB, account) for n, account in enumerate(others)]
    bad = [command(f"r-{n}", TOO_MUCH, account) for n, account in enumerate(others)]
    outcomes = door.handle([bad[0], good[0], good[1], bad[1], good[2], bad[2]])
    kinds = [Rejected, Accepted, Accepted, Rejected, Accepted, Rejected]
    assert [type(outcome) for outcome in outcomes] == kinds
    assert agrees(any_store, others)


def test_within_a_batch_a_repeated_command_is_a_duplicate_of_the_first(any_store: AnyStore) -> None:
    first, again, other = open_door(any_store).handle(
        [command("c-1", JOB), command("c-1", JOB), command("c-1", BIRTH)]
    )
    assert isinstance(first, Accepted)
    assert first.position is not None
    assert again == Duplicate(first=first)
    assert isinstance(other, Rejected)


def test_an_empty_batch_needs_no_transaction() -> None:
    store = MemoryStore()
    assert open_door(store).handle([]) == []
    assert store.appends == 0


def test_what_fell_due_comes_before_what_is_asked(any_store: AnyStore) -> None:
    open_door(any_store).handle([command("c-1", JOB)])
    before = len(any_store.events_of(NORA))
    later = open_door(any_store, standing("2022-09-05"))
    ask = use("u-1", "be-vlg/vov", 600, "2022-09-05")
    [accepted] = later.handle([command("c-2", ask)])
    assert isinstance(accepted, Accepted)
    events = [envelope.event for envelope in any_store.events_of(NORA)][before:]
    assert accepted.events == len(events)
    assert type(events[0]) is not type(events[-1])
    assert any(isinstance(event, RightGranted) for event in events[:-1])
    assert agrees(any_store)


def test_a_day_is_reached_without_a_receipt_and_once(any_store: AnyStore) -> None:
    open_door(any_store).handle([command("c-1", JOB)])
    door = open_door(any_store, standing("2022-09-05"))
    reach = command("clock 2022-09-05", ReachDay())
    [first] = door.handle([reach])
    [again] = door.handle([reach])
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert first.events > 0 == again.events
    assert any_store.load([], ["clock 2022-09-05"])[1] == {}
    assert agrees(any_store)


def test_what_is_recorded_never_goes_back_though_the_clock_does(any_store: AnyStore) -> None:
    open_door(any_store, standing("2021-10-05")).handle([command("c-1", JOB)])
    open_door(any_store, standing("2021-10-04")).handle([command("c-2", BIRTH)])
    recorded = [envelope.metadata.recorded_at for envelope in any_store.events_of(NORA)]
    assert recorded[-1] == recorded[0] == standing("2021-10-05").now().recorded_at


def in_threads(works: Sequence[Callable[[], None]]) -> None:
    """Run all at once; the first error is raised."""
    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(work) for work in works]:
            future.result(DEADLINE_S)


def test_two_doors_that_write_one_account_at_once_lose_and_double_nothing(database: str) -> None:
    each, doors = 15, 3

    def work(number: int) -> Callable[[], None]:
        def told() -> None:
            with PostgresStore(database) as store:
                door = open_door(store)
                for n in range(each):
                    fact = said(f"job-{number}-{n}", employment("1/2"), f"20{10 + n}-01-01")
                    [outcome] = door.handle([command(f"c-{number}-{n}", fact)])
                    assert isinstance(outcome, Accepted)

        return told

    in_threads([work(number) for number in range(doors)])
    with PostgresStore(database) as store:
        assert agrees(store)
        said_so = [e for e in store.events_of(NORA) if isinstance(e.event, StatusRecorded)]
        assert len(said_so) == each * doors


def test_one_command_sent_through_several_doors_at_once_takes_effect_once(database: str) -> None:
    outcomes: list[Outcome] = []

    def work() -> None:
        with PostgresStore(database) as store:
            outcomes.extend(open_door(store).handle([command("c-1", JOB)]))

    in_threads([work] * 4)
    [first] = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
    assert outcomes.count(Duplicate(first=first)) == 3


def test_when_a_commits_answer_is_lost_the_same_batch_again_tells_what_it_did(
    database: str, store: PostgresStore
) -> None:
    batch = [command("c-1", JOB), command("c-2", TOO_MUCH)]
    with proxied(database) as proxy, PostgresStore(proxy.url) as shaky:
        proxy.break_at_commit = "after"
        with pytest.raises(StoreUnavailable):
            open_door(shaky).handle(batch)
        outcomes = open_door(shaky).handle(batch)
    firsts = [outcome.first for outcome in outcomes if isinstance(outcome, Duplicate)]
    assert [type(first) for first in firsts] == [Accepted, Rejected]
    assert [first.position for first in firsts] == [store.head() - 1, store.head()]
    assert agrees(store)


class AwayStore(MemoryStore):
    """A store that gives no answer."""

    def append(self, batch: Append) -> Sequence[int]:
        raise StoreUnavailable(f"away, with {len(batch.envelopes)} events")


def test_callers_at_once_share_a_transaction_and_each_gets_its_own_answer() -> None:
    store = MemoryStore()
    accounts = [uuid4() for _ in range(40)]
    commands = [
        command(f"c-{n}", TOO_MUCH if n % 4 == 3 else JOB, account)
        for n, account in enumerate(accounts)
    ]
    answers = open_door(store).handle_each(commands)
    assert store.appends == 1
    for n, answer in enumerate(answers):
        assert isinstance(answer, Rejected if n % 4 == 3 else Accepted)
        assert answer.command == f"c-{n}"
        assert answer.position == store.events_of(accounts[n])[-1].position


def test_where_no_command_makes_an_account_what_names_nobody_leaves_nothing(
    any_store: AnyStore,
) -> None:
    door, known, erased, stranger = open_door(any_store), uuid4(), uuid4(), uuid4()
    door.handle([command(f"job {each}", JOB, each) for each in (known, erased)])
    door.handle([command("gone", Erase(because="she asked"), erased)])
    before = [len(any_store.events_of(each)) for each in (known, erased, stranger)]
    asked = [command(f"c {each}", TOO_MUCH, each) for each in (known, erased, stranger)]
    asked.append(command(f"job {erased}", JOB, erased))
    for _ in range(2):
        answers = door.handle_each(asked, of_known=True)
        told = [first_of(each) for each in answers if not isinstance(each, Exception)]
        assert [each.rejection.reason for each in told if isinstance(each, Rejected)] == [
            Reason.NOT_ENOUGH, *[Reason.NO_PERSON] * 3,
        ]  # fmt: skip
    after = [len(any_store.events_of(each)) for each in (known, erased, stranger)]
    assert after == [before[0] + 1, *before[1:]], "the refusal of the one who is known"
    assert [door.knows(each) for each in (known, erased, stranger)] == [True, False, False]


def test_when_the_database_is_away_each_caller_of_a_group_hears_it() -> None:
    asked = [command(f"c-{n}", JOB, uuid4()) for n in range(4)]
    answers = open_door(AwayStore()).handle_each(asked)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 4


def test_many_callers_on_postgres_get_right_answers(store: PostgresStore) -> None:
    accounts = [uuid4() for _ in range(60)]
    asked = [command(f"c {account}", JOB, account) for account in accounts]
    for account, outcome in zip(accounts, open_door(store).handle_each(asked), strict=True):
        assert isinstance(outcome, Accepted)
        assert store.events_of(account)[-1].position == outcome.position
    assert agrees(store, accounts)


requests: st.SearchStrategy[list[Request]] = histories(max_facts=3).map(
    lambda facts: [
        *facts,
        TOO_MUCH,
        use("u-1", "be-vlg/vov", 60, "2021-10-01"),
        Freeze(scheme="", on=date(2021, 10, 1), reason="An inquiry is open."),
        Unfreeze(scheme="", on=date(2021, 10, 1), reason="It is closed."),
    ]
)
days = st.dates(date(2019, 1, 1), date(2025, 12, 31)).map(date.isoformat)


@given(st.data())
@settings(max_examples=60)
def test_once_whatever_is_repeated_in_whatever_batches_and_through_whatever_doors(
    data: st.DataObject,
) -> None:
    """Law 3, and law 4 on what is left."""
    wanted = data.draw(requests)
    commands = data.draw(
        st.lists(
            st.builds(
                command,
                st.sampled_from(["a", "b", "c", "d", "e"]),
                st.sampled_from(wanted),
                st.sampled_from([NORA, UUID(int=1)]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    store = MemoryStore()
    firsts: dict[str, tuple[Command, Outcome]] = {}
    while commands:
        size = data.draw(st.integers(1, len(commands)))
        batch, commands = commands[:size], commands[size:]
        written = len(store.log)
        outcomes = open_door(store, standing(data.draw(days))).handle(batch)
        owners = {envelope.metadata.command for envelope in store.log[written:]}
        assert owners <= {one.id for one in batch} - firsts.keys()
        for one, outcome in zip(batch, outcomes, strict=True):
            first, before = firsts.setdefault(one.id, (one, outcome))
            if before is outcome:
                assert isinstance(outcome, Accepted | Rejected)
            elif one == first:
                assert outcome == Duplicate(first=before)  # type: ignore[arg-type]
            else:
                assert isinstance(outcome, Rejected)
                assert outcome.rejection.reason is Reason.ID_WITH_OTHER_CONTENT
    assert agrees(store, [NORA, UUID(int=1)])
