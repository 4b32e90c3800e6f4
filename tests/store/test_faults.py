"""Lost answers, fenced consumers, concurrent writers: nothing lost, nothing doubled."""

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from ledger.domain.events import Envelope
from ledger.service.ports import AlreadyHandled, Conflict, Delivery, Fenced, StoreUnavailable
from ledger.store.datastore import answers
from ledger.store.postgres import PostgresStore
from tests.proxy import proxied
from tests.store.batches import TOPIC, batch, move

DEADLINE_S = 30.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; it comes within the deadline or the test fails."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def test_when_a_commits_answer_is_lost_the_batch_is_there_once_and_asking_again_tells(
    database: str, store: PostgresStore
) -> None:
    with proxied(database) as proxy:
        with PostgresStore(proxy.url) as shaky:
            one = batch(events=2, delivery=Delivery(moves=(move(None, 5),)))
            proxy.break_at_commit = "after"
            with pytest.raises(StoreUnavailable):
                shaky.append(one)
            assert proxy.breaks == 1
            until(lambda: store.head() == 2)
            with pytest.raises((AlreadyHandled, Conflict)):
                shaky.append(one)
            _, receipts = shaky.load([], [one.receipts[0].command])
            assert receipts[one.receipts[0].command].outcome.position == 2
            with pytest.raises(Fenced):
                shaky.append(batch(events=0, delivery=Delivery(moves=(move(None, 5),))))
        assert store.events_after(0, 100) == list(one.envelopes)
        assert store.positions(TOPIC) == {0: 5}


def test_when_the_line_breaks_before_the_commit_nothing_is_there_and_asking_again_writes(
    database: str, store: PostgresStore
) -> None:
    with proxied(database) as proxy:
        with PostgresStore(proxy.url) as shaky:
            one = batch(events=2)
            proxy.break_at_commit = "before"
            with pytest.raises(StoreUnavailable):
                shaky.append(one)
            assert proxy.breaks == 1
            assert store.load([one.accounts[0].account], [one.receipts[0].command]) == ({}, {})
            shaky.append(one)
        assert store.events_after(0, 100) == list(one.envelopes)


def test_a_server_that_is_not_there_is_said_to_be_unavailable() -> None:
    with PostgresStore("postgresql://nobody@127.0.0.1:1/none") as store:
        store.datastore.pool.timeout = 0.2
        with pytest.raises(StoreUnavailable):
            store.load([], [])
        with pytest.raises(StoreUnavailable):
            store.append(batch())


def test_a_reader_sees_every_event_though_writers_overlap_and_some_fail(database: str) -> None:
    batches_each, writers = 60, 3
    seen: list[Envelope] = []
    failed: list[BaseException] = []
    done = threading.Event()

    def write() -> None:
        with PostgresStore(database) as store:
            for number in range(batches_each):
                one = batch(events=1 + number % 3)
                store.append(one)
                if number % 5 == 0:  # takes numbers of the sequence and gives them up
                    with pytest.raises(Conflict):
                        store.append(batch(one.accounts[0].account))

    def read() -> None:
        with PostgresStore(database) as store:
            last = 0
            while True:
                ended = done.is_set()
                page = store.events_after(last, 7)
                seen.extend(page)
                last = seen[-1].position or 0 if seen else 0
                if ended and not page:
                    return

    def kept(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  told by the test
            failed.append(error)

    reader = threading.Thread(target=kept, args=(read,))
    threads = [threading.Thread(target=kept, args=(write,)) for _ in range(writers)]
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    done.set()
    reader.join(DEADLINE_S)
    assert not failed
    with PostgresStore(database) as store:
        log = list(store.each_event())
    assert len(log) == writers * sum(1 + number % 3 for number in range(batches_each))
    assert [envelope.position for envelope in seen] == [envelope.position for envelope in log]


def test_a_writer_that_went_silent_in_its_transaction_is_given_up_by_the_server(
    database: str, store: PostgresStore
) -> None:
    with PostgresStore(database, connections=1) as silent:
        silent._all("SELECT set_config('transaction_timeout', '200ms', false)")
        pid = {}

        def go_silent(rows: psycopg.Cursor[tuple[object, ...]], _: object) -> None:
            pid["it"] = rows.connection.info.backend_pid
            until(lambda: gone(store, pid["it"]))

        with pytest.raises(StoreUnavailable), answers():
            silent.recorder.insert_events([], alongside=go_silent)
    store.append(batch())
    assert store.head() == 1


def gone(store: PostgresStore, pid: int) -> bool:
    """Tell whether the server ended a session."""
    return not store._all("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid)
