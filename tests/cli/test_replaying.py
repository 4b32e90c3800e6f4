"""`rugzak audit replay`: in parts, resumed, and stopped when much is wrong."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.domain.commands import Merge, Unmerge
from ledger.domain.events import NOBODYS, RightGranted
from ledger.service import published, rulebook
from ledger.store.postgres import PostgresStore
from ops import ledger_wiring
from ops.audit import parts, redeciding, replaying
from ops.ledger_wiring import open_door
from projections.runner import Runner
from tests.cli.conftest import Rugzak
from tests.cli.lives import VOV
from tests.service import doors
from tests.service.doors import command, standing
from tests.service.test_anew import with_hours
from tests.story import employment, jobseeker, reserve, said

PEOPLE = 30
AGREES = "everything agrees with the log"


@pytest.fixture
def people(store: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell of some people, who make five parts, each in this process."""
    clock = standing("2021-10-05")
    door = open_door(store, clock)
    for number in range(PEOPLE):
        account = uuid4()
        job = said("job", employment(), "2021-09-01")
        held = reserve("french", VOV, 600, "2021-10-05")
        door.handle([command(f"job {number}", job, account), command(f"r {number}", held, account)])
    Runner(database, store).catch_up()
    for module in (replaying, redeciding):
        monkeypatch.setattr(module, "parts_of", lambda _: parts.parts_of(5, 1))
        monkeypatch.setattr(module, "cores", lambda: 1)


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


class Interrupting:
    """Replays parts, until it is interrupted after some."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.real, self.done = replaying._part, list[parts.Part]()
        self.after: int | None = after
        monkeypatch.setattr(replaying, "_part", self)

    def __call__(self, part: parts.Part) -> parts.Json:
        if len(self.done) == self.after:
            raise KeyboardInterrupt
        self.done.append(part)
        return self.real(part)


@pytest.mark.usefixtures("people")
def test_an_interrupted_one_goes_on_with_the_parts_that_are_left(
    rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = rugzak("audit", "replay", "--json").json
    interrupting = Interrupting(monkeypatch, after=2)
    assert rugzak("audit", "replay").code == 130
    (kept,) = (tmp_path / "replay").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    with kept.open("ab") as file:
        file.write(b'{"part": 2, "ga')  # the machine went down in the middle of a line
    interrupting.after = 3
    assert rugzak("audit", "replay", "--resume").code == 130
    interrupting.after = None
    resumed = rugzak("audit", "replay", "--resume", "--json").json
    assert counted(resumed) == counted(whole)
    assert len(interrupting.done) == len(set(interrupting.done)) == 5
    assert not kept.exists()


@pytest.mark.usefixtures("people")
def test_what_was_found_before_the_interruption_is_told_after_it(
    rugzak: Rugzak, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt(database, "UPDATE ledger.accounts SET version = version + 1")
    whole = rugzak("audit", "replay", "--json").json
    interrupting = Interrupting(monkeypatch, after=3)
    assert rugzak("audit", "replay").code == 130
    interrupting.after = None
    resumed = rugzak("audit", "replay", "--resume", "--json")
    assert (resumed.code, sorted(resumed.json["problems"])) == (1, sorted(whole["problems"]))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("mode", [(), ("--inputs",), ("--regulations", rulebook.FOLDER)])
def test_an_event_that_cannot_be_read_is_named_and_the_other_parts_are_looked_at(
    rugzak: Rugzak, store: PostgresStore, database: str, mode: tuple[object, ...]
) -> None:
    whole = rugzak("audit", "replay", *mode, "--json").json
    damaged = next(each for each in store.each_event() if each.account not in NOBODYS)
    with psycopg.connect(database) as conn:
        conn.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")
        damage = "UPDATE ledger.events SET state = 'garbage' WHERE notification_id = %s"
        conn.execute(damage, (damaged.position,))
    answer = rugzak("audit", "replay", *mode)
    assert answer.code == 1
    (wrong,) = [line for line in answer.out.splitlines() if line.startswith("WRONG")]
    assert f"{damaged.account} version {damaged.version}" in wrong
    assert "no stored form starts with b'g'" in wrong
    assert "was not looked at" in wrong
    told = rugzak("audit", "replay", *mode, "--json").json
    assert 0 < told["accounts"] < whole["accounts"]


@pytest.mark.usefixtures("people")
def test_a_command_that_wrote_to_two_accounts_is_one_outcome_wherever_they_are(
    rugzak: Rugzak, store: PostgresStore, database: str
) -> None:
    """A merge, and its undoing, of accounts in the first part and in the last one."""
    first, last = UUID(int=1), UUID(int=2**128 - 2)
    door = open_door(store, standing("2021-10-06"))
    job = said("job", employment(), "2021-09-01")
    door.handle([command("one", job, first), command("other", job, last)])
    for number, (one, into) in enumerate([(first, last), (last, first)]):
        door.handle([command(f"merge {number}", Merge(into=into, because="two numbers"), one)])
        door.handle([command(f"unmerge {number}", Unmerge(because="two people"), one)])
    Runner(database, store).catch_up()
    told = rugzak("audit", "replay", "--json").json
    assert told["problems"] == []
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE projections.outcomes SET events = 9 WHERE command LIKE 'merge %'")
    assert len(rugzak("audit", "replay", "--json").json["problems"]) == 2


class TestInputs:
    @pytest.mark.usefixtures("told")
    def test_a_whole_log_is_decided_as_it_was_and_what_is_not_kept_is_said(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        again = said("s2", jobseeker(), "2022-03-01")
        open_door(store, standing("2023-03-02")).handle([command("again", again)])
        told = rugzak("audit", "replay", "--inputs", "--json").json
        assert (told["otherwise"], told["stopped"]) == ([], False)
        assert told["decided"] == {"capture": 1, "clock": 2, "record-fact": 7, "reserve": 1}
        assert told["untold"] == {"nothing changed": 1, "refused": 1}
        text = rugzak("audit", "replay", "--inputs").out
        assert "1 not: they were refused, and the log keeps why, not all that was asked" in text
        assert "each would be decided as it was" in text

    @pytest.mark.usefixtures("told")
    def test_after_a_change_of_rules_each_is_decided_by_the_text_of_then(
        self, rugzak: Rugzak, store: PostgresStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules = rulebook.load(folder := with_hours(tmp_path, 130))
        told = published.publication(VOV, published.contents(folder)[VOV], "An")
        door = doors.open_door(store, standing("2024-01-10"), rules)
        door.handle([told, command("late", said("s9", employment(), "2023-09-01"))])
        monkeypatch.setattr(ledger_wiring, "rulebook", lambda: rules)
        assert rugzak("audit", "replay", "--inputs", "--json").json["otherwise"] == []

    @pytest.mark.usefixtures("people")
    def test_a_decision_that_this_code_does_not_take_is_told(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        account = next(each.account for each in store.each_event() if each.account not in NOBODYS)
        (at, granted) = next(
            (each, each.event)
            for each in store.events_of(account)
            if isinstance(each.event, RightGranted)
        )
        forged = replace(at, event=replace(granted, quantity=granted.quantity + 60))
        with psycopg.connect(database) as conn:
            conn.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")
            conn.execute(
                "UPDATE ledger.events SET state = %s WHERE notification_id = %s",
                (store.mapper.to_stored_event(forged).state, at.position),
            )
        answer = rugzak("audit", "replay", "--inputs")
        assert answer.code == 1
        (first, *_) = [line for line in answer.out.splitlines() if "OTHERWISE" in line]
        assert f"{account} version" in first
        assert "record-fact" in first
        assert "  would be: 125 h of " in answer.out
        assert "  was: 126 h of " in answer.out


class TestOtherRules:
    @pytest.mark.usefixtures("people")
    def test_what_would_have_been_is_told_lot_by_lot(self, rugzak: Rugzak, tmp_path: Path) -> None:
        folder = with_hours(tmp_path, 130)
        answer = rugzak("audit", "replay", "--regulations", folder / "be-vlg" / "vov.yaml", "--all")
        assert answer.code == 1
        line = "be-vlg/vov/2021-22, granted: 125 h, would have been 130 h"
        assert answer.out.count(line) == PEOPLE
        told = rugzak(*("audit", "replay", "--regulations", folder, "--all", "--json")).json
        assert {each["account"] for each in told["otherwise"]} == {
            line.split()[1] for line in answer.out.splitlines() if line.startswith("OTHERWISE")
        }
        assert told["decided"] == {"requests": 2 * PEOPLE}

    @pytest.mark.usefixtures("people")
    def test_a_request_that_would_have_been_refused_is_told(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        folder = with_hours(tmp_path, 5)
        text = rugzak("audit", "replay", "--regulations", folder, "--all").out
        assert "be-vlg/vov asked on 2021-10-05: 10 h, would have been refused" in text

    @pytest.mark.usefixtures("people")
    def test_the_same_rules_give_the_same(self, rugzak: Rugzak) -> None:
        answer = rugzak("audit", "replay", "--regulations", rulebook.FOLDER)
        assert (answer.code, "nothing would have been otherwise" in answer.out) == (0, True)

    @pytest.mark.usefixtures("people")
    def test_a_revision_of_git_is_other_rules(
        self, rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = tmp_path / "checkout"
        folder = with_hours(root / "ledger", 130)
        assert folder == root / "ledger" / "regulations"
        for step in (
            ["init", "--quiet"],
            ["add", "."],
            ["-c", "user.name=An", "-c", "user.email=an@example.be", "commit", "-qm", "130"],
            ["tag", "more-hours"],
        ):
            subprocess.run(["git", *step], cwd=root, check=True)  # noqa: S607
        monkeypatch.chdir(root)
        answer = rugzak("audit", "replay", "--regulations", "more-hours", "--all")
        assert answer.out.count("granted: 125 h, would have been 130 h") >= PEOPLE

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (["--regulations", "no-such"], "no-such is no file or folder, and no revision"),
            (["--regulations", "--help-me"], "is no file or folder, and no revision"),
            (["--inputs", "--repair"], "--repair rewrites what the log says"),
        ],
    )
    def test_what_cannot_be_is_said(self, rugzak: Rugzak, asked: list[str], said: str) -> None:
        answer = rugzak("audit", "replay", *asked)
        assert (answer.code, said in answer.err) == (2, True), answer.err
