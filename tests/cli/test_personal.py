"""`rugzak person`, as it is typed: who somebody is, and how that is forgotten."""

from collections.abc import Collection, Iterator

import psycopg
import pytest
from structlog.testing import capture_logs

from consumers.identity import Pseudonyms
from consumers.translate import notification_language
from ledger.domain.events import StatusRecorded
from ledger.service.ports import StoreUnavailable
from ledger.store.postgres import PostgresStore
from ledger.vault.vault import Asked, Found, Vault
from projections.runner import Runner
from schemas import dimona_v1, dmfa_v1
from tests.cli.conftest import Rugzak
from tests.consumers.notifications import as_message, dimona
from tests.lines import Line, running, wait_until
from tests.story import NORA as LIFE
from tests.vault.conftest import BIS, NEW, NORA, OLD, PEOPLE, SAM, SECRET, opened
from tests.vault.test_vault import whole

WHY = ("--because", "asked for by the person, file 118", "--by", "an")


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the identity key, and no other."""
    monkeypatch.setenv("RUGZAK_IDENTITY_KEY", SECRET)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, identity: None) -> None:
    """Set the vault's key, too."""
    monkeypatch.setenv("RUGZAK_VAULT_KEY", OLD)


@pytest.fixture
def border(line: Line, database: str) -> Iterator[Line]:
    """Yield a line on which Dimona speaks, with a vault."""
    with opened(database) as vault:
        people = Pseudonyms(SECRET, vault)
        line.speak("dimona", notification_language(dimona_v1.SERVICE, people))
        line.speak("dmfa", notification_language(dmfa_v1.SERVICE, people))
        yield line


def declared(line: Line, ssin: str, period: str = "123") -> None:
    """Let an employer declare that somebody began to work."""
    said = dimona("in", 1, "2025-01-06", ssin=ssin, periodId=period)
    line.publish(as_message("dimona", said | {"id": f"{period}-in"}))
    line.drain()


@pytest.mark.usefixtures("keys")
class TestFind:
    def test_a_number_that_came_in_is_known_under_the_account_that_it_had_before(
        self, rugzak: Rugzak, border: Line
    ) -> None:
        account = str(PEOPLE.reference(NORA))
        before = rugzak("person", "find", "--json", stdin=NORA.encode())
        assert before.code == 1
        assert before.json == {"person": account, "vault": "unknown", "ledger": "unknown"}
        declared(border, NORA)
        after = rugzak("person", "find", "--json", stdin=b"93.05.18-223.61\n")
        assert after.json == {"person": account, "vault": "known", "ledger": "open"}
        told = rugzak("person", "find", stdin=NORA.encode())
        assert told.out.splitlines()[0] == account
        assert "the identity vault has this number" in told.out
        assert rugzak("reference", stdin=NORA.encode()).out.strip() == account

    def test_it_repeats_no_number(self, rugzak: Rugzak) -> None:
        for typed in (NORA, "93051822362"):
            answer = rugzak("person", "find", stdin=typed.encode())
            assert (answer.code, typed in answer.out + answer.err) == (1, False)


@pytest.mark.usefixtures("identity")
def test_without_a_vault_somebody_is_found_all_the_same(rugzak: Rugzak) -> None:
    answer = rugzak("person", "find", "--json", stdin=NORA.encode())
    person = str(PEOPLE.reference(NORA))
    assert answer.json == {"person": person, "vault": "no vault", "ledger": "unknown"}
    assert "RUGZAK_VAULT_KEY is not set" in rugzak("person", "rekey").err


@pytest.mark.usefixtures("keys")
class TestLink:
    def test_the_national_number_after_a_bis_number_leads_to_the_same_account(
        self, rugzak: Rugzak, border: Line
    ) -> None:
        declared(border, BIS)
        account = PEOPLE.reference(BIS)
        linked = rugzak("person", "link", account, *WHY, "--json", stdin=NORA.encode())
        assert linked.json == {"person": str(account), "linked": True, "by": "an"}
        declared(border, NORA, "124")
        assert border.statuses() == [str(account)] * 2
        assert rugzak("reference", stdin=NORA.encode()).out.strip() == str(account)

    def test_two_accounts_of_one_person_are_merged_and_both_numbers_lead_to_what_stands_for_both(
        self, rugzak: Rugzak, border: Line
    ) -> None:
        declared(border, BIS)
        declared(border, NORA, "124")
        one, into = PEOPLE.reference(BIS), PEOPLE.reference(NORA)
        refused = rugzak("person", "link", into, *WHY, stdin=BIS.encode())
        assert f"`rugzak person merge {one} {into}`" in refused.err
        assert rugzak("person", "merge", one, into, *WHY).code == 0
        found = rugzak("person", "find", "--json", stdin=BIS.encode()).json
        assert (found["person"], found["merged_into"]) == (str(one), str(into))
        assert f"merged into {into}" in rugzak("person", "find", stdin=BIS.encode()).out
        asked = rugzak("person", "link", one, *WHY, stdin=SAM.encode())
        assert (asked.code, f"give {into} the number" in asked.err) == (1, True)
        declared(border, BIS, "125")
        last = border.store.events_of(into)[-1]
        assert last.metadata.named == one
        assert rugzak("person", "unmerge", one, *WHY).code == 0
        assert "merged_into" not in rugzak("person", "find", "--json", stdin=BIS.encode()).json
        told = [each.event for each in border.store.events_of(one)]
        assert len([each for each in told if isinstance(each, StatusRecorded)]) == 2

    def test_a_number_under_which_something_came_in_is_refused(
        self, rugzak: Rugzak, border: Line
    ) -> None:
        declared(border, BIS)
        declared(border, NORA, "124")
        account = PEOPLE.reference(BIS)
        refused = rugzak("person", "link", account, *WHY, stdin=NORA.encode())
        assert refused.code == 1
        assert f"this number has the account {PEOPLE.reference(NORA)}" in refused.err
        assert NORA not in refused.err

    def test_a_reason_with_a_number_and_an_unknown_person_are_refused(self, rugzak: Rugzak) -> None:
        account = PEOPLE.reference(BIS)
        named = rugzak("person", "link", account, "--because", f"was {BIS}", stdin=NORA.encode())
        assert (named.code, BIS in named.err) == (2, False)
        unknown = rugzak("person", "link", account, *WHY, stdin=NORA.encode())
        assert (unknown.code, "knows no person" in unknown.err) == (1, True)


@pytest.mark.usefixtures("keys")
class TestErase:
    def test_no_row_of_the_database_tells_the_number_and_the_ledger_still_verifies(
        self, rugzak: Rugzak, border: Line, database: str, store: PostgresStore
    ) -> None:
        declared(border, NORA)
        declared(border, SAM, "125")
        wrong = dimona("in", 1, "2025-01-06", periodId="126", ssin=NORA, period=None)
        under_it = dimona("in", 1, "2025-01-06", periodId="127", ssin=NORA)
        of_sam = dimona("in", 1, "2025-01-06", periodId="128", ssin=SAM, period=None)
        with capture_logs() as logs:
            border.publish(
                as_message("dimona", wrong),
                as_message("dimona", under_it, b"nr/93.05.18-223.61"),
                as_message("dimona", of_sam),
            )
            border.drain()
        assert [log["event"] for log in logs] == ["record_parked"] * 3
        assert NORA not in str(logs)
        assert any(NORA.encode() in row for row in whole(database)), "it is parked"
        account = PEOPLE.reference(NORA)
        answer = rugzak("person", "erase", account, *WHY, "--json").json
        assert (answer["identity"], answer["parked"]) == ("destroyed", 2)
        Runner(database, store).catch_up()
        for written in (NORA.encode(), b"93.05.18-223.61"):
            assert not any(written in row for row in whole(database))
        assert any(SAM.encode() in row for row in whole(database)), "Sam's is still parked"
        assert "everything agrees with the log" in rugzak("audit", "replay").out
        found = rugzak("person", "find", "--json", stdin=NORA.encode()).json
        assert found == {"person": str(account), "vault": "erased", "ledger": "erased"}
        declared(border, NORA, "129")
        assert not opened_knows(database, NORA)
        assert str(account) not in border.statuses()[2:]
        again = rugzak("person", "erase", account, *WHY)
        assert (again.code, "was erased on" in again.err) == (1, True)

    def test_what_broke_off_after_the_ledger_is_finished_the_next_time(
        self, rugzak: Rugzak, border: Line, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        declared(border, NORA)
        account = PEOPLE.reference(NORA)
        monkeypatch.delenv("RUGZAK_VAULT_KEY")  # the ledger alone
        assert rugzak("erase", account, *WHY, "--json").json["identity"] == "no vault"
        monkeypatch.setenv("RUGZAK_VAULT_KEY", OLD)
        assert opened_knows(database, NORA)
        answer = rugzak("person", "erase", account, *WHY, "--json").json
        assert (answer["identity"], answer["position"]) == ("destroyed", None)
        assert not opened_knows(database, NORA)

    def test_who_cannot_be_read_any_more_can_be_erased(
        self, rugzak: Rugzak, border: Line, database: str
    ) -> None:
        declared(border, NORA)
        with psycopg.connect(database) as conn:
            conn.execute("UPDATE vault.people SET data_key = '\\x00'")
        account = PEOPLE.reference(NORA)
        answer = rugzak("person", "erase", account, *WHY, "--json").json
        assert answer["identity"] == "destroyed"


@pytest.mark.usefixtures("keys")
class TestRekey:
    def test_afterwards_the_old_key_is_needed_no_more(
        self, rugzak: Rugzak, border: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: object
    ) -> None:
        declared(border, NORA)
        file = f"{tmp_path}/keys"
        with open(file, "w", encoding="utf-8") as keys:  # noqa: PTH123
            keys.write(f"{NEW}\n{OLD}\n")
        monkeypatch.delenv("RUGZAK_VAULT_KEY")
        monkeypatch.setenv("RUGZAK_VAULT_KEY_FILE", file)
        assert vault_finding(rugzak)["advice"] == "`rugzak person rekey`"
        done = rugzak("person", "rekey", "--json").json
        assert done == {"newest": "2026", "rekeyed": 1, "left": 0}
        monkeypatch.delenv("RUGZAK_VAULT_KEY_FILE")
        monkeypatch.setenv("RUGZAK_VAULT_KEY", NEW)
        assert vault_finding(rugzak)["level"] == "well"
        found = rugzak("person", "find", "--json", stdin=NORA.encode()).json
        assert found["vault"] == "known"
        monkeypatch.setenv("RUGZAK_VAULT_KEY", OLD)
        refused = rugzak("person", "rekey")
        assert refused.code == 2
        assert "the master key 2026, which is not given; given: 2025" in refused.err
        assert vault_finding(rugzak)["level"] == "wrong"

    def test_another_key_of_that_name_is_refused(
        self, rugzak: Rugzak, border: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        declared(border, NORA)
        monkeypatch.setenv("RUGZAK_VAULT_KEY", "2025:" + "12" * 32)
        refused = rugzak("person", "find", stdin=NORA.encode())
        assert (refused.code, "the master key 2025 is another" in refused.err) == (2, True)


class TestConsumers:
    def test_no_number_is_logged_and_a_batch_asks_the_vault_once(
        self, border: Line, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        find = Vault.find

        def counted(self: Vault, some: Collection[Asked]) -> dict[str, Found]:
            asked.append(len(some))
            return find(self, some)

        monkeypatch.setattr(Vault, "find", counted)
        said = [
            dimona("in", 1, "2025-01-06", ssin=ssin, periodId=f"{n}") | {"id": f"m{n}"}
            for n, ssin in enumerate([NORA, BIS, SAM, NORA])
        ]
        with capture_logs() as logs:
            border.publish(*(as_message("dimona", each) for each in said))
            border.drain()
        assert asked == [3]
        assert len(border.events(StatusRecorded)) == 4
        for number in (NORA, BIS, SAM):
            assert number not in str(logs)
            assert not any(number.encode() in row for row in whole(database))

    def test_a_vault_that_is_away_is_waited_for_and_nothing_is_lost(
        self, border: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        find, away = Vault.find, iter([True, True])

        def sometimes(self: Vault, some: Collection[Asked]) -> dict[str, Found]:
            if next(away, False):
                raise StoreUnavailable("away")
            return find(self, some)

        monkeypatch.setattr(Vault, "find", sometimes)
        with capture_logs() as logs, running(border.intake()):
            said = dimona("in", 1, "2025-01-06", ssin=NORA)
            border.publish(as_message("dimona", said))
            wait_until(lambda: len(border.events(StatusRecorded)) == 1)
        events = [(log["event"], log.get("server")) for log in logs]
        assert ("server_unreachable", "database") in events
        assert ("server_reached_again", "database") in events
        assert border.store.parked(10) == []


def vault_finding(rugzak: Rugzak) -> dict[str, str]:
    [found] = [
        each
        for each in rugzak("doctor", "--json").json["findings"]
        if each["about"] == "identity vault"
    ]
    return dict(found)


def opened_knows(database: str, number: str) -> bool:
    with opened(database) as vault:
        return vault.find([PEOPLE.asked(number)])[number].known


@pytest.mark.usefixtures("keys")
class TestExport:
    def test_it_tells_all_that_is_held_with_the_numbers_and_what_is_parked(
        self, rugzak: Rugzak, border: Line
    ) -> None:
        declared(border, BIS)
        account = PEOPLE.reference(BIS)
        rugzak("person", "link", account, *WHY, stdin=NORA.encode())
        wrong = dimona("in", 1, "2025-01-06", periodId="126", ssin=NORA, period=None)
        of_sam = dimona("in", 1, "2025-01-06", periodId="128", ssin=SAM, period=None)
        with capture_logs():
            border.publish(as_message("dimona", wrong), as_message("dimona", of_sam))
            border.drain()
        told = rugzak("person", "export", account, "--json").json
        numbers = [(n["number"], n["register"], n["because"]) for n in told["identity"]["numbers"]]
        assert numbers == [(BIS, "bis", None), (NORA, "national", WHY[1])]
        [fact] = told["facts"]
        assert (fact["id"], fact["version"], fact["annulled"]) == ("dimona/123", 1, False)
        kinds = [each["event"]["kind"] for each in told["events"]]
        assert kinds[0] == "status-recorded"
        assert len(kinds) == len(list(border.store.events_of(account)))
        assert len(told["receipts"]) == 1
        [parked] = told["parked"]
        assert (parked["reason"], NORA in parked["value"]) == ("invalid-data", True)
        text = rugzak("person", "export", account).out
        for line in (f"All that is held of {account}", "National numbers", BIS, "dimona/123",
                     "What happened, oldest first", "invalid-data"):  # fmt: skip
            assert line in text
        assert SAM not in text

    @pytest.mark.usefixtures("told")
    def test_of_a_whole_life_everything_is_told_in_words(self, rugzak: Rugzak) -> None:
        told = rugzak("person", "export", LIFE, "--json").json
        assert told["identity"] == {"vault": "unknown", "numbers": []}
        assert told["facts"]
        assert told["lots"]
        assert told["uses"]
        assert len(told["events"]) == told["events"][-1]["event"]["version"]
        assert all(each["sentence"] for each in told["events"])
        text = rugzak("person", "export", LIFE).out
        for each in told["events"]:
            assert each["sentence"][:30] in text

    def test_of_nobody_nothing_is_told(self, rugzak: Rugzak) -> None:
        unknown = rugzak("person", "export", PEOPLE.reference(SAM))
        assert (unknown.code, "knows no person" in unknown.err) == (1, True)
