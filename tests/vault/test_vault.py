"""The identity vault on a real PostgreSQL: numbers lead to accounts, and only the vault reads them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import errors

from consumers.identity import Pseudonyms
from ledger.service.ports import StoreUnavailable
from ledger.store.postgres import PostgresStore
from ledger.vault.keys import MasterKeys, Tampered, WrongKey
from ledger.vault.vault import VAULT_ROLE, Taken, Vault
from schemas.identifiers import national_number
from tests.vault.conftest import BIS, NEW, NORA, OLD, PEOPLE, SAM, SECRET, opened


def test_the_example_numbers_are_real_ones() -> None:
    assert [national_number(each).register for each in (NORA, BIS, SAM)] == [
        "national",
        "bis",
        "national",
    ]


def test_with_a_vault_everybody_has_the_account_that_they_had_without(vault: Vault) -> None:
    kept = Pseudonyms(SECRET, vault)
    assert kept.accounts([NORA, SAM]) == PEOPLE.accounts([NORA, SAM])
    assert kept.accounts([NORA, SAM]) == PEOPLE.accounts([NORA, SAM]), "asked again"
    assert kept.accounts([]) == {}
    assert [k.digits for k in vault.numbers_of(PEOPLE.reference(NORA))] == [NORA]


def test_looking_for_somebody_keeps_nothing(vault: Vault) -> None:
    asked = PEOPLE.asked(NORA)
    assert vault.find([asked])[NORA] == (PEOPLE.reference(NORA), False, False)
    assert not vault.knows(asked.account)
    vault.accounts([asked])
    assert vault.find([asked])[NORA].known
    assert vault.knows(asked.account)


def test_a_national_number_after_a_bis_number_keeps_the_account(vault: Vault) -> None:
    account = vault.accounts([PEOPLE.asked(BIS)])[BIS]
    assert vault.link(PEOPLE.asked(NORA), account, by="an", because="file 7")
    assert not vault.link(PEOPLE.asked(NORA), account, by="an", because="again")
    assert Pseudonyms(SECRET, vault).accounts([NORA, BIS]) == {NORA: account, BIS: account}
    first, second = vault.numbers_of(account)
    assert (first.digits, first.linked_by) == (BIS, None)
    assert (second.digits, second.linked_by, second.because) == (NORA, "an", "file 7")


def test_an_account_from_before_the_vault_takes_a_further_number_before_its_own(
    vault: Vault,
) -> None:
    account = PEOPLE.reference(BIS)
    assert vault.link(PEOPLE.asked(NORA), account, by="an", because="file 7")
    assert vault.accounts([PEOPLE.asked(BIS), PEOPLE.asked(NORA)]) == {BIS: account, NORA: account}
    assert {k.digits for k in vault.numbers_of(account)} == {BIS, NORA}


def test_a_number_that_has_an_account_is_not_linked_to_another(vault: Vault) -> None:
    vault.accounts([PEOPLE.asked(NORA), PEOPLE.asked(BIS)])
    with pytest.raises(Taken, match=str(PEOPLE.reference(NORA))):
        vault.link(PEOPLE.asked(NORA), PEOPLE.reference(BIS), by="an", because="file 7")


class TestErasure:
    def test_it_destroys_the_key_and_every_number(self, vault: Vault, database: str) -> None:
        account = vault.accounts([PEOPLE.asked(BIS)])[BIS]
        vault.link(PEOPLE.asked(NORA), account, by="an", because="file 7")
        vault.accounts([PEOPLE.asked(SAM)])
        assert vault.erase(account) == 2
        assert vault.numbers_of(account) == []
        assert not vault.knows(account)
        assert rows(database, "people") == rows(database, "numbers") == 1, "Sam's"
        assert vault.erase(account) == 0

    def test_what_still_comes_leads_to_the_closed_account_and_is_not_kept(
        self, vault: Vault, database: str
    ) -> None:
        account = vault.accounts([PEOPLE.asked(BIS)])[BIS]
        vault.link(PEOPLE.asked(NORA), account, by="an", because="file 7")
        vault.erase(account)
        asked = [PEOPLE.asked(NORA), PEOPLE.asked(BIS)]
        assert vault.accounts(asked) == {NORA: account, BIS: account}
        assert rows(database, "people") == rows(database, "numbers") == 0
        assert vault.find(asked)[NORA].erased
        with pytest.raises(Taken, match="was erased"):
            vault.link(PEOPLE.asked(NORA), account, by="an", because="file 7")

    def test_who_was_erased_before_the_vault_saw_the_number_is_not_kept_later(
        self, vault: Vault, database: str
    ) -> None:
        account = PEOPLE.reference(NORA)
        assert vault.erase(account) == 0
        assert vault.accounts([PEOPLE.asked(NORA)]) == {NORA: account}
        assert rows(database, "people") == rows(database, "numbers") == 0


class TestKeys:
    def test_another_key_of_the_same_name_is_refused_by_name(
        self, vault: Vault, database: str
    ) -> None:
        vault.accounts([PEOPLE.asked(NORA)])
        with pytest.raises(WrongKey, match="the master key 2025 is another than") as refused:
            opened(database, "2025:" + "ef" * 32)
        assert "ef" * 8 not in str(refused.value)

    def test_a_missing_key_is_refused_by_name(self, vault: Vault, database: str) -> None:
        vault.accounts([PEOPLE.asked(NORA)])
        with pytest.raises(WrongKey, match="master key 2025, which is not given; given: 2026"):
            opened(database, NEW)

    @pytest.mark.usefixtures("vault")
    def test_another_identity_key_is_refused(self, database: str) -> None:
        with pytest.raises(WrongKey, match="the identity key is another"):
            opened(database, secret=SECRET + ".")

    def test_rotation_wraps_all_under_the_newest_and_the_old_one_can_go(
        self, vault: Vault, database: str
    ) -> None:
        vault.accounts([PEOPLE.asked(each) for each in (NORA, SAM)])
        with opened(database, f"{NEW} {OLD}") as both:
            both.accounts([PEOPLE.asked(BIS)])
            assert both.left() == 2
            assert (both.rekey(), both.rekey(), both.left()) == (2, 0, 0)
        with opened(database, NEW) as new:
            assert [k.digits for k in new.numbers_of(PEOPLE.reference(NORA))] == [NORA]
        with pytest.raises(WrongKey, match="master key 2026, which is not given; given: 2025"):
            opened(database, OLD)

    def test_rotation_that_breaks_off_goes_on(
        self, vault: Vault, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ledger.vault.vault.REKEYED_ROWS", 1)
        vault.accounts([PEOPLE.asked(each) for each in (NORA, SAM, BIS)])
        with opened(database, f"{NEW}\n{OLD}\n") as first:
            assert first.rekey() == 1
        with opened(database, f"{NEW}\n{OLD}\n") as again:
            assert again.left() == 2
            assert [again.rekey() for _ in range(3)] == [1, 1, 0]

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "1 to 16 keys, not 0"),
            ("ab" * 32, "key 1 is not written"),
            (f"{OLD} 2026:abcd", "key 2 is not written"),
            (f"{OLD} {OLD}", "two keys are called 2025"),
        ],
    )
    def test_keys_that_are_none_are_refused_and_not_repeated(self, text: str, why: str) -> None:
        with pytest.raises(ValueError, match=why) as refused:
            MasterKeys.read(text)
        assert "abab" not in str(refused.value)
        assert "ab" * 8 not in repr(MasterKeys.read(OLD))


class TestTampering:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE vault.numbers SET number = set_byte(number, 20, get_byte(number, 20) # 1)",
            "UPDATE vault.numbers SET number = '\\x00'",
            "UPDATE vault.people SET data_key = set_byte(data_key, 30, get_byte(data_key, 30) # 1)",
            # Sam's number under Nora's name, or his key.
            "UPDATE vault.numbers n SET number = o.number FROM vault.numbers o WHERE o.account <> n.account",
            "UPDATE vault.people n SET data_key = o.data_key FROM vault.people o WHERE o.account <> n.account",
        ],
    )
    def test_what_was_changed_is_found_and_named_by_its_account(
        self, vault: Vault, database: str, change: str
    ) -> None:
        account = vault.accounts([PEOPLE.asked(NORA), PEOPLE.asked(SAM)])[NORA]
        with psycopg.connect(database) as conn:
            conn.execute(change.encode())
        with pytest.raises(Tampered, match=str(account)) as found:
            vault.numbers_of(account)
        assert NORA not in str(found.value)


class TestWhoSeesWhat:
    @pytest.mark.parametrize("table", ["keys", "people", "numbers", "erased"])
    def test_the_service_reads_nothing_of_the_vault(self, database: str, table: str) -> None:
        with PostgresStore(database) as store, store.datastore.get_connection() as conn:
            assert refused(conn, f"SELECT * FROM vault.{table}")
            assert refused(conn, f"DELETE FROM vault.{table}")

    def test_the_vault_reads_nothing_of_the_ledger_and_changes_no_number(
        self, vault: Vault
    ) -> None:
        with vault._datastore.rows() as found:
            assert found.execute("SELECT current_user::text").fetchall() == [(VAULT_ROLE,)]
            for statement in (
                "SELECT * FROM ledger.events",
                "SELECT * FROM ledger.parked",
                "UPDATE vault.numbers SET account = account",
                "UPDATE vault.keys SET proof = ''",
                "DELETE FROM vault.erased",
                "DELETE FROM vault.numbers",
                "DROP TABLE vault.numbers",
            ):
                assert refused(found.connection, statement), statement

    def test_no_row_holds_a_number_and_nothing_that_python_writes_does(
        self, vault: Vault, database: str
    ) -> None:
        account = vault.accounts([PEOPLE.asked(NORA)])[NORA]
        assert not any(NORA.encode() in row for row in whole(database))
        assert NORA not in repr([PEOPLE.asked(NORA), vault.numbers_of(account)])


def test_a_database_that_is_away_is_an_outage() -> None:
    with (
        Vault("postgresql://127.0.0.1:1/none", MasterKeys.read(OLD), b"") as away,
        pytest.raises(StoreUnavailable),
    ):
        away.find([PEOPLE.asked(NORA)])


def rows(database: str, table: str) -> int:
    with psycopg.connect(database) as conn:
        row = conn.execute(f"SELECT count(*) FROM vault.{table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def whole(database: str) -> list[bytes]:
    """Return every row of every table that this database has of ours, as text and as bytes."""
    found: list[bytes] = []
    with psycopg.connect(database) as conn:
        tables = conn.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname IN ('ledger', 'vault', 'projections')"
        ).fetchall()
        for schema, table in tables:
            for row in conn.execute(f'SELECT * FROM "{schema}"."{table}"'.encode()):
                found.append(repr(row).encode())
                found += [value for value in row if isinstance(value, bytes)]
    return found


def refused(conn: psycopg.Connection[Any], statement: str) -> bool:
    """Tell whether the role lacks the privilege."""
    try:
        conn.execute(statement.encode())
    except errors.InsufficientPrivilege:
        return True
    return False


def test_many_who_see_the_same_people_first_agree_and_nobody_comes_back_after_erasure(
    database: str, vault: Vault
) -> None:
    numbers = [NORA, BIS, SAM]
    asked = [PEOPLE.asked(each) for each in numbers]
    account = PEOPLE.reference(SAM)

    def look(_: int) -> dict[str, object]:
        with opened(database) as own:
            return dict(own.accounts(asked))

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(look, range(8)))
        erased = pool.submit(vault.erase, account)
        then = list(pool.map(look, range(8)))
    assert erased.result() == 1
    assert first + then == [PEOPLE.accounts(numbers)] * 16
    assert not vault.knows(account)
    assert rows(database, "numbers") == 2
