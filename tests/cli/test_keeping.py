"""What those who keep the ledger get to read: parked records, read models, the replay, doctor."""

import psycopg
import pytest

from ledger.service.ports import Delivery
from ledger.store.postgres import PostgresStore
from tests.cli.conftest import Rugzak
from tests.cli.lives import PUBLISHED
from tests.store.batches import batch, parked


@pytest.fixture
def number(rugzak: Rugzak, store: PostgresStore) -> int:
    """Park a record whose bytes are no message; return its id."""
    store.append(batch(events=0, delivery=Delivery(parked=(parked(),))))
    (summary,) = rugzak("parked", "list", "--json").json["parked"]
    return int(summary["id"])


def test_a_parked_record_is_listed_and_shown_whole_with_its_reason(
    rugzak: Rugzak, number: int
) -> None:
    listed = rugzak("parked", "list").out
    assert "not-json" in listed
    assert "rugzak.career.v1" in listed
    shown = rugzak("parked", "show", number, "--json").json
    assert (shown["offset"], shown["key"], shown["value"]) == (3, None, "\\xff\x00{")
    assert shown["headers"][1:] == [["né", ""], ["none", None]]


def test_a_record_that_still_cannot_be_handled_stays_parked(rugzak: Rugzak, number: int) -> None:
    answer = rugzak("parked", "replay", "--all", "--json")
    (told,) = answer.json["replayed"]
    assert (answer.code, told["id"], told["handled"]) == (1, number, False)
    assert rugzak("parked", "list").code == 0


def test_without_parked_records_it_says_so_and_an_unknown_id_is_refused(rugzak: Rugzak) -> None:
    assert rugzak("parked", "list").out == "nothing is parked\n"
    answer = rugzak("parked", "show", 7)
    assert answer.code == 1
    assert "no parked record has the id 7; `rugzak parked list` has them" in answer.err
    assert rugzak("parked", "replay").code == 2


@pytest.mark.usefixtures("told")
def test_read_models_are_listed_rebuilt_and_agree_with_the_log(rugzak: Rugzak) -> None:
    before = {p["name"]: p for p in rugzak("projections", "status", "--json").json["projections"]}
    (rebuilt,) = rugzak("projections", "rebuild", "balances", "--json").json["rebuilt"]
    assert rebuilt["generation"] == before["balances"]["generation"] + 1
    assert rebuilt["position"] == before["balances"]["position"] == PUBLISHED + 20
    assert "balances" in rugzak("projections", "status").out
    assert "everything agrees with the log" in rugzak("audit", "replay").out
    assert "known: balances" in rugzak("projections", "rebuild", "balance").err


@pytest.mark.usefixtures("told")
def test_a_row_that_was_tampered_with_is_found(rugzak: Rugzak, database: str) -> None:
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE projections.balances SET used = used + 60")
    answer = rugzak("audit", "replay")
    assert answer.code == 1
    assert "WRONG  " in answer.out
