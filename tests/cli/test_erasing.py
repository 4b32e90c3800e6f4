"""`rugzak erase`: afterwards nobody reads anything of the person, and the log stays valid."""

import psycopg
import pytest

from ledger.store.postgres import PostgresStore
from projections.catalogue import PROJECTIONS
from projections.runner import Runner
from tests.cli.conftest import Rugzak
from tests.story import NORA

WHY = ["--because", "asked for by the person, file 118", "--by", "an"]


def rows_of(database: str) -> int:
    """Count what the read models hold of the person."""
    with psycopg.connect(database) as conn:
        counts = [
            conn.execute(
                f"SELECT count(*) FROM projections.{table.name} WHERE account = %s".encode(),
                (NORA,),
            ).fetchone()
            for projection in PROJECTIONS
            for table in projection.tables
        ]
    return sum(count[0] for count in counts if count)


@pytest.mark.usefixtures("told")
def test_nothing_is_told_of_an_erased_person_and_everything_agrees(
    rugzak: Rugzak, store: PostgresStore, database: str
) -> None:
    assert rows_of(database) > 0
    head = store.head()
    answer = rugzak("erase", NORA, *WHY, "--json").json
    assert (answer["erased"], answer["by"], answer["position"]) == (str(NORA), "an", head + 1)
    Runner(database, store).catch_up()
    assert rows_of(database) == 0
    for typed in (["balance", NORA], ["history", NORA], ["explain", NORA, "be-vlg/vov"]):
        refused = rugzak(*typed)
        assert refused.code == 1
        assert f"{NORA} was erased on" in refused.err
    assert rugzak("erase", NORA, *WHY).code == 1
    assert "everything agrees with the log" in rugzak("audit", "replay").out
    for projection in PROJECTIONS:
        assert rugzak("projections", "rebuild", projection.name).code == 0
    assert rows_of(database) == 0


def test_an_unknown_person_is_not_erased_and_a_reason_is_needed(rugzak: Rugzak) -> None:
    unknown = rugzak("erase", NORA, *WHY)
    assert (unknown.code, "knows no person" in unknown.err) == (1, True)
    assert rugzak("erase", NORA).code == 2
