"""`rugzak audit operations`: what operators did, who, when and why, each with what proves it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest

from ledger.domain.acts import Act
from ledger.domain.events import OPERATIONS
from ledger.store.catalogue import KINDS
from ledger.store.postgres import PostgresStore
from ops.beginning import began, told, version
from ops.ledger_wiring import open_door
from ops.settings import SECRETS, Settings
from tests.architecture.checkout import ROOT
from tests.cli.conftest import Rugzak
from tests.cli.proofs import NAME, public
from tests.cli.test_parked import fact_of, set_aside
from tests.consumers.stories import people
from tests.store.batches import parked
from tests.story import NORA
from tests.vault.conftest import NEW, OLD, SECRET

PAGE = (ROOT / "ops" / "docs" / "proofs.md").read_text("utf-8")
SECRET_SETTINGS: Mapping[str, Any] = {
    "database_url": "postgresql://rugzak:hunter2@db.example.be:5433/rights?sslpassword=hunter2",
    "vault_database_url": "postgresql://vault:hunter2@db.example.be/rights?password=hunter2",
    "identity_key": "hunter2" * 6,
    "vault_key": f"{NEW} {OLD}",
    "kafka_bootstrap_servers": "kafka.example.be:9093",
    "kafka_security_protocol": "SASL_SSL",
    "kafka_sasl_mechanism": "OAUTHBEARER",
    "kafka_oauth_token_url": "https://us:hunter2@login.example.be/token?key=hunter2",
    "kafka_oauth_client_id": "rugzak",
    "kafka_oauth_client_secret": "hunter2",
}


def operations(rugzak: Rugzak, *more: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rugzak("audit", "operations", "--json", *more).json["operations"]
    return found


def test_without_any_it_says_so_and_who_published_is_told_with_its_position(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    assert rugzak("audit", "operations").out == "nothing is on record\n"
    open_door(store)
    found = operations(rugzak)
    assert {each["kind"] for each in found} == {"regulation-published"}
    assert [each["position"] for each in found] == list(range(len(found), 0, -1))
    assert found[0]["by"] == "first start"


@pytest.mark.usefixtures("told")
def test_keys_of_the_log_are_on_record_before_they_sign_and_never_their_private_part(
    rugzak: Rugzak,
    tree: Path,
    tmp_path: Path,
    store: PostgresStore,
) -> None:
    first, size = public(rugzak), store.head()
    new = tmp_path / "new.key"
    assert rugzak("audit", "keys", "rotate", new, "--because", "yearly", "--by", "an").code == 0
    newest, made, *_ = operations(rugzak)
    assert (newest["by"], newest["because"], newest["kind"]) == ("an", "yearly", "log-key-changed")
    assert newest["event"]["key"] == public(rugzak) != first
    assert (newest["event"]["since"], newest["event"]["instead_of"]) == (size + 1, first)
    assert (made["event"]["key"], made["event"]["since"]) == (first, 0)
    kept = "".join(str(each) for each in operations(rugzak))
    assert "PRIVATE" not in kept
    assert new.read_text().split("+", 4)[-1].strip() not in kept  # base64 may have one, too


def test_a_witness_s_key_or_one_made_elsewhere_is_not_the_ledgers_and_of_none_is_left_a_file(
    rugzak: Rugzak, tmp_path: Path, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, option in (("w1", "--witness"), ("w2", "--offline")):
        assert rugzak("audit", "keys", "generate", NAME, tmp_path / name, option).code == 0
    assert store.events_of(OPERATIONS) == []
    monkeypatch.setenv("RUGZAK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    away = rugzak("audit", "keys", "generate", NAME, tmp_path / "log.key")
    assert (away.code, (tmp_path / "log.key").exists()) == (3, False)


def test_the_key_that_takes_over_in_the_vault_is_told_once(
    rugzak: Rugzak, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUGZAK_IDENTITY_KEY", SECRET)
    monkeypatch.setenv("RUGZAK_VAULT_KEY", f"{NEW} {OLD}")
    for _ in range(2):
        assert rugzak("person", "rekey", "--by", "an", "--because", "yearly").code == 0
    (envelope,) = store.events_of(OPERATIONS)
    (found,) = operations(rugzak)
    assert (found["kind"], found["event"]["key"]) == ("master-key-changed", "2026")
    assert envelope.metadata.actor == found["by"] == "an"
    assert "cd" * 8 not in str(found)


@pytest.mark.usefixtures("told")
def test_repairs_rebuilds_and_replays_say_who_what_and_why(
    rugzak: Rugzak, store: PostgresStore, database: str
) -> None:
    why = ("--by", "an", "--because", "incident 12")
    before = len(operations(rugzak))
    assert rugzak("audit", "replay", "--repair", *why).code == 0
    assert len(operations(rugzak)) == before
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE ledger.accounts SET version = 1 WHERE account = %s", (NORA,))
    assert "(repaired)" in rugzak("audit", "replay", "--repair", *why).out
    assert rugzak("projections", "rebuild", "balances", *why).code == 0
    one, other = set_aside(store, fact_of(people(1)[0], 1), parked(2))
    assert rugzak("parked", "replay", one, other, *why).code == 1
    assert rugzak("parked", "replay", one, other, *why).code == 1
    found = operations(rugzak)[: len(operations(rugzak)) - before]
    replayed, rebuilt, repaired = found
    assert {(each["by"], each["because"]) for each in found} == {("an", "incident 12")}
    ((about, wrong),) = repaired["event"]["rows"]
    assert (about, "the state row is at version 1" in wrong) == (str(NORA), True)
    assert (rebuilt["event"]["projection"], rebuilt["event"]["generation"]) == ("balances", 2)
    assert replayed["event"]["records"] == [[one, "rugzak.career.v1-0@1"]]
    rugzak("projections", "run", "--once")
    assert rugzak("audit", "replay").code == 0


@pytest.mark.parametrize("typed", [("--repair",), ("--because", "it is wrong")])
def test_rows_are_repaired_for_a_reason_only(rugzak: Rugzak, typed: tuple[str, ...]) -> None:
    answer = rugzak("audit", "replay", *typed)
    assert (answer.code, "--repair and --because go together" in answer.err) == (2, True)


def test_a_row_that_cannot_be_read_is_repaired_and_nothing_that_it_holds_is_kept(
    rugzak: Rugzak, told: object, database: str, store: PostgresStore
) -> None:
    del told
    held = b'{"lots":"born on 1993-05-18"}'
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE ledger.accounts SET state = %s WHERE account = %s", (held, NORA))
    shown = rugzak("audit", "replay", "--repair", "--because", "incident 12")
    assert "(repaired)" in shown.out
    newest = store.events_of(OPERATIONS)[-1].event
    assert getattr(newest, "rows", ()) == ((str(NORA), "the state row can't be read"),)


def test_settings_are_on_record_when_they_are_others_than_the_last_time(
    store: PostgresStore, rugzak: Rugzak
) -> None:
    for batch in (500, 500, 700, 700, 500):
        began(store, Settings(batch_max_records=batch), "consume")
        began(store, Settings(batch_max_records=900), "up")
    found = [e["event"] for e in operations(rugzak) if e["kind"] == "settings-changed"]
    assert [(e["command"], dict(e["settings"])["batch_max_records"]) for e in found] == [
        ("consume", "500"), ("consume", "700"), ("up", "900"), ("consume", "500"),
    ]  # fmt: skip
    shown = " ".join(rugzak("audit", "operations").out.split())
    assert f"consume began as version {version()} with batch_max_records = 700 " in shown
    in_dutch = " ".join(rugzak("audit", "operations", "--lang", "nl").out.split())
    assert f"consume begon als versie {version()} met batch_max_records = 700 " in in_dutch


def test_of_secrets_only_names_of_keys_and_that_they_are_set_are_told() -> None:
    told_ = dict(told(Settings(**SECRET_SETTINGS)))
    assert "hunter2" not in str(told_)
    assert "abab" not in str(told_)
    assert told_["vault_key"] == "2026 2025"
    assert told_["database_url"] == "user=rugzak host=db.example.be port=5433 dbname=rights"
    assert "https://login.example.be/token" in told_.values()
    assert told_["identity_key"] == told_["kafka_oauth_client_secret"] == "set"
    assert {"consumer_member", "lang"}.isdisjoint(told_)
    assert set(SECRETS) <= set(Settings.model_fields)
    assert dict(told(Settings(career_topic="c" * 600)))["career_topic"] == "c" * 500


def test_a_start_does_not_fail_because_the_database_is_away() -> None:
    with PostgresStore("postgresql://nobody@127.0.0.1:1/nothing") as away:
        began(away, Settings(), "consume")


def test_a_command_that_takes_in_puts_its_settings_on_record_and_only_once(
    rugzak: Rugzak, kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("RUGZAK_CONSUMER_GROUP", tmp_path.name)
    for _ in range(2):
        assert rugzak("consume", "--drain", "--no-relay", "--no-projections").code == 0
    found = [e for e in operations(rugzak) if e["kind"] == "settings-changed"]
    assert [(e["event"]["command"], e["account"]) for e in found] == [("consume", str(OPERATIONS))]
    assert dict(found[0]["event"]["settings"])["consumer_group"] == tmp_path.name


@pytest.mark.usefixtures("told")
def test_a_period_is_of_days_and_what_is_listed_is_proven_by_its_position(
    rugzak: Rugzak,
    tree: Path,
    tmp_path: Path,
) -> None:
    del tree
    assert rugzak("projections", "rebuild", "balances").code == 0
    assert rugzak("audit", "checkpoint").code == 0
    newest = operations(rugzak)[0]
    assert newest["kind"] == "projection-rebuilt"
    day = (datetime.now(UTC) + timedelta(days=2)).date()
    assert operations(rugzak, "--from", day) == []
    assert operations(rugzak, "--until", day)[0] == newest
    assert {each["kind"] for each in operations(rugzak, "--until", "2024-01-01")} <= {
        "regulation-published"
    }
    receipt = tmp_path / "receipt.json"
    receipt.write_text(rugzak("audit", "prove", newest["position"]).out)
    assert "projection-rebuilt" in rugzak("audit", "verify", "--receipt", receipt).out


def test_the_page_lists_each_act_that_is_on_record() -> None:
    acts = {kind.name for kind in KINDS if kind.cls in get_args(Act)}
    assert {name for name in acts if f"| `{name}` |" not in PAGE} == set()


@pytest.mark.usefixtures("told")
def test_who_lets_everything_be_decided_again_is_on_record_and_who_lets_days_come_is_not(
    rugzak: Rugzak,
) -> None:
    before = operations(rugzak)
    assert rugzak("clock").code == 0
    refused = rugzak("clock", "--because", "It is Monday.")
    assert (refused.code, "--anew" in refused.err) == (2, True)
    assert rugzak("clock", "--anew", "--until", "2090-01-01", "--by", "an").code == 2
    assert operations(rugzak) == before
    done = rugzak(
        "clock", "--anew", "--by", "an", "--because", "The decree of July.", "--until", "2026-01-31"
    )
    assert done.code == 0, done.err
    newest, *rest = operations(rugzak)
    assert rest == before
    assert (newest["kind"], newest["by"]) == ("decided-anew", "an")
    assert newest["event"]["until"] == "2026-01-31"
    told = rugzak("audit", "operations", "--lang", "nl").out
    assert "opnieuw beslist, voor iedereen: The decree of July." in told
