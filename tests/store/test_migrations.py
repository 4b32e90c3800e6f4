"""A database comes to the form that this version needs, whatever happened before."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from ledger.service.ports import AlreadyHandled
from ledger.store.migrations import FOLDER, keep_receipts, migrate, pending
from ledger.store.postgres import PostgresStore
from tests.store.batches import batch, command_id
from tests.store.test_faults import until

ALL = sorted(file.stem for file in FOLDER.glob("*.sql"))
ROOT = Path(__file__).parents[2]
MIGRATE = "import sys; from ledger.store.migrations import migrate; print(*migrate(sys.argv[1]))"


def start(url: str) -> subprocess.Popen[str]:
    """Start a process that migrates and says what it applied."""
    command = [sys.executable, "-c", MIGRATE, url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def works(url: str) -> bool:
    """Tell whether the store works on a database."""
    with PostgresStore(url) as store:
        head = store.head()
        return store.append(batch()) == [head + 1]


def test_a_fresh_database_gets_everything_once(empty_database: str) -> None:
    heard: list[str] = []
    assert pending(empty_database) == ALL
    assert migrate(empty_database, heard.append) == ALL == heard
    assert pending(empty_database) == []
    assert migrate(empty_database) == []
    assert works(empty_database)


def test_of_processes_that_start_together_one_migrates_and_the_others_wait(
    empty_database: str,
) -> None:
    processes = [start(empty_database) for _ in range(3)]
    applied = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(applied) == [[], [], ALL]
    assert works(empty_database)


def test_a_migration_that_was_killed_in_the_middle_is_done_by_the_next_start(
    empty_database: str,
) -> None:
    with psycopg.connect(empty_database, autocommit=True) as watch:
        watch.execute("CREATE SCHEMA ledger")
        with psycopg.connect(empty_database) as block:
            block.execute("CREATE TABLE ledger.parked (id int)")  # the migration waits for this
            process = start(empty_database)
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%ledger.parked%%' AND pid <> pg_backend_pid() AND datname = current_database()"
            until(lambda: watch.execute(waiting).fetchone() is not None)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate(timeout=60)
            block.rollback()
        # What yoyo leaves when it is killed while it holds its own lock.
        watch.execute("INSERT INTO ledger.yoyo_lock (locked, pid) VALUES (1, %s)", (process.pid,))
    assert migrate(empty_database) == ALL
    assert works(empty_database)


def test_a_migration_that_was_killed_before_it_was_marked_runs_again(database: str) -> None:
    assert works(database)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("DELETE FROM ledger.migrations")
    assert migrate(database) == ALL
    assert works(database)


def partitions(url: str) -> list[str]:
    """Name the receipts' partitions."""
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'ledger.receipts'::regclass ORDER BY 1"
        )
        return [name.removeprefix("ledger.") for (name,) in rows]


def test_receipts_get_a_partition_a_month_and_lose_it_when_kept_long_enough(
    database: str, store: PostgresStore
) -> None:
    january, april = datetime(2025, 1, 20, tzinfo=UTC), datetime(2025, 4, 20, tzinfo=UTC)
    old, new = command_id(), command_id()
    assert partitions(database) == ["receipts_other"]
    store.append(batch(command=old, at=january))

    made = keep_receipts(database, january.date(), kept_days=90)
    months = ["receipts_2025_01", "receipts_2025_02", "receipts_2025_03", "receipts_2025_04"]
    assert (made.made, made.dropped) == (months, [])
    assert keep_receipts(database, january.date(), kept_days=90) == ([], [])
    store.append(batch(command=new, at=april))
    for command, at in ((old, january), (new, april)):
        with pytest.raises(AlreadyHandled):
            store.append(batch(command=command, at=at))

    kept = keep_receipts(database, date(2025, 4, 30), kept_days=90)  # 30 January is in the window
    assert kept.dropped == []
    kept = keep_receipts(database, date(2025, 5, 2), kept_days=90)
    assert kept.dropped == ["receipts_2025_01"]
    assert store.load([], [old, new])[1].keys() == {new}
    assert store.head() == 2


def test_receipts_without_a_partition_are_dropped_in_time_too(
    database: str, store: PostgresStore
) -> None:
    command = command_id()
    store.append(batch(command=command, at=datetime(2024, 1, 20, tzinfo=UTC)))
    keep_receipts(database, date(2025, 1, 20), kept_days=90)
    assert store.load([], [command])[1] == {}


@pytest.mark.parametrize("days", [0, -1])
def test_receipts_are_never_dropped_at_once(database: str, days: int) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="kept_days"):
        keep_receipts(database, date(2025, 1, 20), kept_days=days)


def test_receipts_are_kept_while_the_door_writes(database: str) -> None:
    stop = threading.Event()
    failed: list[Exception] = []

    def write() -> None:
        with PostgresStore(database) as store:
            while not stop.is_set():
                try:
                    store.append(batch(at=datetime(2031, 1, 1, tzinfo=UTC)))
                except Exception as error:  # noqa: BLE001  told by the test
                    failed.append(error)
                    return

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for month in range(60):
            keep_receipts(database, date(2025 + month // 12, 1 + month % 12, 2), kept_days=1)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert failed == []
