"""The role of the proofs reads the log and adds keys; nobody else sees a key, and nobody changes one."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from ledger.service.logged import LoggedRow
from ledger.store.datastore import SERVICE_ROLE
from ledger.store.postgres import PostgresStore
from ledger.store.proofs import PROOFS_ROLE, ProvenRows
from ledger.vault.vault import VAULT_ROLE
from tests.store.batches import batch


@pytest.fixture
def rows(database: str, store: PostgresStore) -> Iterator[ProvenRows]:
    store.append(batch(events=3))
    with ProvenRows(database) as opened:
        yield opened


def refused(database: str, role: str, statement: str) -> bool:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"SET ROLE {role}".encode())
        try:
            conn.execute(statement.encode())
        except errors.InsufficientPrivilege:
            return True
    return False


def test_a_key_is_made_once_and_stays(rows: ProvenRows, database: str) -> None:
    assert [row.key for row in rows.rows(0, 10)] == [None] * 3
    first = rows.keyed(0, 2)
    assert [(row.position, row.version, row.name) for row in first] == [
        (1, 1, "rights-frozen"),
        (2, 2, "rights-frozen"),
    ]
    assert [row.key for row in rows.keyed(0, 10)] == [first[0].key] * 3
    assert len(first[0].key or b"") == 32
    with ProvenRows(database) as others:
        assert others.rows(0, 10) == rows.rows(0, 10)


def test_two_that_begin_at_once_get_the_same_key(rows: ProvenRows, database: str) -> None:
    found = list[list[LoggedRow]]()
    with ProvenRows(database) as others:
        from threading import Thread

        threads = [
            Thread(target=lambda each=each: found.append(each.keyed(0, 10)))
            for each in (rows, others)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proofs.keys SET key = NULL",
        "DELETE FROM proofs.keys",
        "TRUNCATE proofs.keys",
        "DELETE FROM proofs.published",
        "UPDATE proofs.published SET origin = 'another'",
        "INSERT INTO ledger.events SELECT * FROM ledger.events",
        "UPDATE ledger.events SET state = ''",
        "DELETE FROM ledger.events",
        "UPDATE ledger.receipts SET digest = ''",
        "DELETE FROM ledger.receipts",
        "SELECT * FROM ledger.accounts",
        "SELECT * FROM vault.numbers",
    ],
)
def test_the_role_of_the_proofs_changes_nothing_and_sees_nothing_else(
    rows: ProvenRows, database: str, statement: str
) -> None:
    assert refused(database, PROOFS_ROLE, statement)


@pytest.mark.parametrize("role", [SERVICE_ROLE, VAULT_ROLE])
def test_nobody_else_sees_a_key(rows: ProvenRows, database: str, role: str) -> None:
    assert refused(database, role, "SELECT * FROM proofs.keys")
    assert refused(database, role, "UPDATE proofs.published SET note = ''")
