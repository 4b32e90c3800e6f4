"""The service's role does its work, and cannot change, delete or hide an event."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import errors

from ledger.store.datastore import SERVICE_ROLE
from ledger.store.migrations import keep_receipts, pending
from ledger.store.postgres import PostgresStore
from tests.store.batches import batch


@pytest.fixture
def service(database: str) -> Iterator[str]:
    """Yield a URL on which one logs in as a member of the service's role and no more."""
    login = f"login_{database.rpartition('/')[2]}"
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'secret' IN ROLE {SERVICE_ROLE}".encode())
        host, port, name = conn.info.host, conn.info.port, conn.info.dbname
    yield f"postgresql://{login}:secret@{host}:{port}/{name}"
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"DROP ROLE {login}".encode())


REFUSED = (
    "UPDATE ledger.events SET state = ''",
    "UPDATE ledger.events SET topic = 'x' WHERE originator_version = 1",
    "DELETE FROM ledger.events",
    "TRUNCATE ledger.events",
    "ALTER TABLE ledger.events ADD COLUMN more text",
    "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
    "ALTER TABLE ledger.events OWNER TO CURRENT_USER",
    "DROP TABLE ledger.events",
    "DROP INDEX ledger.events_notification_id_idx",
    "DROP SCHEMA ledger CASCADE",
    "CREATE TABLE ledger.more (id int)",
    "CREATE RULE hide AS ON INSERT TO ledger.events DO INSTEAD NOTHING",
    "CREATE TRIGGER hide BEFORE INSERT ON ledger.events EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "INSERT INTO ledger.events (originator_id, originator_version, topic, state, notification_id) VALUES (gen_random_uuid(), 1, 'x', '', -1)",
    "SELECT setval('ledger.events_notification_id_seq', 1)",
    "INSERT INTO ledger.events SELECT * FROM ledger.events ON CONFLICT (originator_id, originator_version) DO UPDATE SET state = ''",
    "MERGE INTO ledger.events e USING ledger.events f ON e.state = f.state WHEN MATCHED THEN DELETE",
    "SELECT * FROM ledger.events FOR UPDATE",
    "UPDATE ledger.receipts SET reason = NULL",
    "DELETE FROM ledger.receipts",
    "TRUNCATE ledger.receipts_other",
    "DELETE FROM ledger.accounts",
    "DELETE FROM ledger.shared",
    "DELETE FROM ledger.kafka_positions",
    "DELETE FROM ledger.parked",
    "UPDATE ledger.migrations SET migration_id = ''",
    "SET ROLE postgres",
    "COPY ledger.events TO PROGRAM 'cat'",
)  # fmt: skip


def test_the_service_cannot_change_delete_or_hide_an_event_nor_what_proves_it(service: str) -> None:
    with PostgresStore(service) as store:
        store.append(batch())
        before = store.events_after(0, 10)
        with store.datastore.get_connection() as conn:
            assert [statement for statement in REFUSED if not refused(conn, statement)] == []
        assert store.events_after(0, 10) == before


def refused(conn: psycopg.Connection[Any], statement: str) -> bool:
    """Tell whether the role lacks the privilege."""
    try:
        conn.execute(statement.encode())
    except errors.InsufficientPrivilege:
        return True
    return False


def test_the_service_keeps_receipts_and_sees_what_is_pending(service: str) -> None:
    assert pending(service) == []
    made = keep_receipts(service, date(2025, 10, 6), 90).made
    assert made[0] == "receipts_2025_10"
    with PostgresStore(service) as store:
        store.append(batch())
        assert store.head() == 1


def test_a_store_that_logs_in_as_the_owner_becomes_the_service(store: PostgresStore) -> None:
    assert store._all("SELECT current_user::text") == [(SERVICE_ROLE,)]
