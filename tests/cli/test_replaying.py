"""`rugzak audit replay`: in parts, resumed, and stopped when much is wrong."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from ops import parts, replaying
from ops.ledger_wiring import open_door
from projections.runner import Runner
from tests.cli.conftest import Rugzak
from tests.cli.lives import VOV
from tests.service.doors import command, standing
from tests.story import employment, reserve, said

PEOPLE = 30
AGREES = "everything agrees with the log"


@pytest.fixture
def people(store: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell of some people, who make five parts, each in this process."""
    clock: SetClock = standing("2021-10-05")
    door = open_door(store, clock)
    for number in range(PEOPLE):
        account = uuid4()
        job = said("job", employment(), "2021-09-01")
        held = reserve("french", VOV, 600, "2021-10-05")
        door.handle([command(f"job {number}", job, account), command(f"r {number}", held, account)])
    Runner(database, store).catch_up()
    monkeypatch.setattr(replaying, "parts_of", lambda _: parts.parts_of(5, 1))
    monkeypatch.setattr(replaying, "cores", lambda: 1)


def spoilt(database: str, statement: str) -> None:
    with psycopg.connect(database) as conn:
        conn.execute(statement.encode())


def counted(told: Any) -> Any:
    return {name: value for name, value in told.items() if name in ("accounts", "events", "rows")}


@pytest.mark.usefixtures("people")
def test_all_parts_together_are_the_whole_log(rugzak: Rugzak, store: PostgresStore) -> None:
    told = rugzak("audit", "replay", "--json").json
    assert (told["events"], told["problems"], told["stopped"]) == (store.head(), [], False)
    assert told["accounts"] == PEOPLE + 1
    assert told["rows"]["timeline"] > told["events"]


@pytest.mark.usefixtures("people")
def test_on_several_cores_it_finds_the_same(
    rugzak: Rugzak, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt(database, "UPDATE projections.balances SET used = used + 1")
    alone = rugzak("audit", "replay", "--json").json
    monkeypatch.setattr(replaying, "cores", lambda: 2)
    together = rugzak("audit", "replay", "--json").json
    assert len(alone["problems"]) >= PEOPLE
    assert sorted(alone["problems"]) == sorted(together["problems"])
    assert counted(alone) == counted(together)


@pytest.mark.usefixtures("people")
def test_it_stops_after_the_first_findings_and_goes_on_with_all(
    rugzak: Rugzak, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "MOST_FINDINGS", 3)
    spoilt(database, "UPDATE projections.timeline SET actor = 'nobody'")
    some = rugzak("audit", "replay")
    assert some.code == 1
    assert "stopped there; --all goes on to the end" in some.out
    whole = rugzak("audit", "replay", "--all", "--json").json
    assert (whole["stopped"], whole["accounts"]) == (False, PEOPLE + 1)
    assert len(whole["problems"]) == whole["events"] > some.out.count("WRONG")


@pytest.mark.usefixtures("people")
def test_an_interrupted_one_goes_on_with_the_parts_that_are_left(
    rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = rugzak("audit", "replay", "--json").json
    real, done = replaying._part, list[parts.Part]()

    def interrupted(part: parts.Part) -> parts.Json:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(part)
        return real(part)

    monkeypatch.setattr(replaying, "_part", interrupted)
    assert rugzak("audit", "replay").code == 130
    (kept,) = (tmp_path / "replay").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    with kept.open("ab") as file:
        file.write(b'{"part": 2, "ga')  # the machine went down in the middle of a line
    monkeypatch.setattr(replaying, "_part", lambda part: done.append(part) or real(part))
    resumed = rugzak("audit", "replay", "--resume", "--json").json
    assert counted(resumed) == counted(whole)
    assert len(done) == len(set(done)) == 5
    assert not kept.exists()


@pytest.mark.usefixtures("people")
def test_what_was_found_before_the_interruption_is_told_after_it(
    rugzak: Rugzak, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt(database, "UPDATE ledger.accounts SET version = version + 1")
    whole = rugzak("audit", "replay", "--json").json
    real, done = replaying._part, list[parts.Part]()

    def interrupted(part: parts.Part) -> parts.Json:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(part)
        return real(part)

    monkeypatch.setattr(replaying, "_part", interrupted)
    assert rugzak("audit", "replay").code == 130
    monkeypatch.setattr(replaying, "_part", real)
    resumed = rugzak("audit", "replay", "--resume", "--json")
    assert (resumed.code, sorted(resumed.json["problems"])) == (1, sorted(whole["problems"]))
