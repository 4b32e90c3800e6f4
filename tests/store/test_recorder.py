"""The recorder passes the library's own suites unchanged, and its known traps stay shut."""

from collections.abc import Iterator

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.tests import persistence

from ledger.store.datastore import LedgerDatastore
from ledger.store.postgres import PostgresStore
from ledger.store.recorder import LedgerRecorder
from tests.store.batches import batch


class OnTheMigratedTables:
    """Runs the library's cases as the service does: its role, the real tables."""

    recorder: LedgerRecorder

    @pytest.fixture(autouse=True)
    def _recorder(self, database: str) -> Iterator[None]:
        with LedgerDatastore(database, connections=20) as datastore:
            self.recorder = LedgerRecorder(datastore)
            yield

    def create_recorder(self) -> LedgerRecorder:
        return self.recorder


class TestAsAnApplicationRecorder(
    OnTheMigratedTables, persistence.ApplicationRecorderTestCase[ApplicationRecorder]
):
    """The library's suite."""


class TestAsAProcessRecorder(OnTheMigratedTables, persistence.ProcessRecorderTestCase):
    """The library's suite."""


def test_database_functions_are_refused_because_they_break_the_global_order() -> None:
    datastore = PostgresDatastore("db", "host", 5432, "user", "password", enable_db_functions=True)
    with pytest.raises(ValueError, match="global order"):
        LedgerRecorder(datastore)


def test_variables_of_the_library_in_the_environment_change_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PERSISTENCE_MODULE": "eventsourcing.popo",
        "POSTGRES_DBNAME": "elsewhere",
        "POSTGRES_HOST": "nowhere.example",
        "POSTGRES_SCHEMA": "another",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        "CREATE_TABLE": "y",
        "COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor",
    }.items():
        monkeypatch.setenv(name, value)
    with PostgresStore(database) as store:
        one = batch(events=2)
        assert list(store.append(one)) == [1, 2]
        assert store.events_after(0, 10) == list(one.envelopes)
