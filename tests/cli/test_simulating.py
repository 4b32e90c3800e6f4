"""`rugzak simulate`: a harmless and a harmful change, on synthetic people and on real accounts."""

import re
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from ledger.service.rulebook import FOLDER
from ledger.store.postgres import PostgresStore
from ops import simulation
from tests.cli.conftest import Rugzak
from tests.service.doors import command, open_door, standing

VOV = "be-vlg/vov"
UNTIL = date(2026, 12, 1)
ON = ("--until", UNTIL)


def changed(folder: Path, old: str, new: str) -> Path:
    text = (FOLDER / "be-vlg" / "vov.yaml").read_text("utf-8")
    assert old in text
    file = folder / "vov.yaml"
    file.write_text(text.replace(old, new), "utf-8")
    return file


@pytest.fixture
def harmless(tmp_path: Path) -> Path:
    """Return a change by which nobody loses: the threshold of 2025 is back at half time."""
    file = changed(tmp_path, "2025-09-01: 80 %", "2025-09-01: 50 %")
    file.write_text(file.read_text("utf-8").replace("2025-09-01: 28}", "2025-09-01: 0}"), "utf-8")
    return file


@pytest.fixture
def harmful(tmp_path: Path) -> Path:
    """Return a change by which most lose: fewer hours from 2026 on."""
    return changed(tmp_path, "{2019-09-01: 125}", "{2019-09-01: 125, 2026-09-01: 100}")


def test_the_examples_of_the_documentation_change_what_is_in_the_shipped_file() -> None:
    told = (Path(simulation.__file__).parent / "docs" / "simulation.md").read_text("utf-8")
    swaps = re.findall(r"[' ]s/([^/\n]+)/([^/\n]+)/", told)
    assert len(swaps) == 3
    text = (FOLDER / "be-vlg" / "vov.yaml").read_text("utf-8")
    assert all(old in text for old, _ in swaps)


class TestSyntheticPeople:
    @pytest.fixture
    def database(self) -> str:
        """Return where no server is: synthetic people need none."""
        return "postgresql://localhost:1/nowhere"

    def test_a_harmless_change_has_gainers_and_passes(self, rugzak: Rugzak, harmless: Path) -> None:
        asked = ("simulate", "--with", harmless, "--population", 200, *ON, "--no-regression")
        answer = rugzak(*asked, "--json")
        assert answer.code == 0
        (vov,) = answer.json["schemes"]
        assert (vov["scheme"], vov["losers"], vov["lost"]["granted"]["quantity"]) == (VOV, 0, 0)
        assert vov["gainers"] > 0
        cost = answer.json["costs"]["minute"]["granted"]["quantity"]
        assert cost == vov["gained"]["granted"]["quantity"] > 0
        assert all(each["people"] >= 10 for each in vov["groups"])
        shown = rugzak(*asked)
        assert shown.code == 0
        assert "No regression: none of" in shown.out
        assert re.search(r"^(women|men) +\d+", shown.out, re.MULTILINE)

    def test_a_harmful_change_fails_with_examples_that_can_be_drawn_again(
        self, rugzak: Rugzak, harmful: Path
    ) -> None:
        asked = ("simulate", "--with", harmful, "--population", 200, *ON)
        answer = rugzak(*asked, "--no-regression", "--json")
        assert answer.code == 1
        regression = answer.json["regression"]
        assert len(regression["examples"]) == 10 <= regression["losers"] <= regression["people"]
        example = regression["examples"][0]
        assert (example["scheme"], example["lot"]) == (VOV, f"{VOV}/2026-27")
        assert example["after"]["quantity"] < example["before"]["quantity"]
        assert set(example["groups"]) <= {"low-qualified", "jobseeker"}

    def test_it_fails_for_protected_people_and_only_when_told_to(
        self, rugzak: Rugzak, harmful: Path
    ) -> None:
        asked = ("simulate", "--with", harmful, "--population", 30, *ON)
        shown = rugzak(*asked, "--no-regression")
        assert (shown.code, rugzak(*asked).code) == (1, 0)
        assert "REGRESSION: " in shown.out
        elsewhere = rugzak(*asked, "--no-regression", "--protected", "lives-in-jp, retired")
        assert elsewhere.code == 0
        assert "none of 0 people" in elsewhere.out

    def test_several_processes_find_what_one_finds(
        self, rugzak: Rugzak, harmful: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = ("simulate", "--with", harmful, "--population", 150, *ON, "--json")
        together = rugzak(*asked).json
        monkeypatch.setattr(simulation, "PART_PEOPLE", 1_000)
        assert rugzak(*asked).json == together

    def test_without_a_change_nothing_is_reported(self, rugzak: Rugzak) -> None:
        answer = rugzak("simulate", "--with", FOLDER, "--population", 20, *ON, "--no-regression")
        assert answer.code == 0
        assert "no rule differs from today's" in answer.out

    def test_what_is_wrong_is_said(self, rugzak: Rugzak, harmful: Path, tmp_path: Path) -> None:
        def refused(*typed: object) -> str:
            answer = rugzak("simulate", "--with", *typed)
            assert answer.code == 2
            return answer.err

        assert "did you mean 'low-qualified'?" in refused(harmful, "--protected", "low-qualify")
        assert "at least one group" in refused(harmful, "--protected", " ,")
        assert "choose one" in refused(harmful, "--log", "--population", 3)
        assert "from 2015-01-01 on" in refused(harmful, "--until", "0001-01-01")
        (tmp_path / "none").mkdir()
        assert "there is no regulation (*.yaml) below" in refused(tmp_path / "none")
        harmful.write_text("scheme: [", "utf-8")
        answer = rugzak("simulate", "--with", harmful, "--population", 3)
        assert answer.code == 1
        assert f"{harmful}:" in answer.err


@pytest.mark.usefixtures("told")
class TestRealAccounts:
    def test_the_log_is_told_again_under_the_changed_rules(
        self, rugzak: Rugzak, store: PostgresStore, tmp_path: Path
    ) -> None:
        file = changed(tmp_path, "{2019-09-01: 125}", "{2019-09-01: 100}")
        head = store.head()
        asked = ("simulate", "--with", file, "--log", "--until", "2022-12-01", "--no-regression")
        answer = rugzak(*asked, "--protected", "middle-qualified", "--json")
        assert answer.code == 1
        (vov,) = answer.json["schemes"]
        assert (vov["people"], vov["losers"]) == (1, 1)
        assert vov["before"]["used"] == vov["after"]["used"] == {"quantity": 1200, "shown": "20 h"}
        (example,) = answer.json["regression"]["examples"]
        (account,) = store.every_account(date.max, 2)
        assert example["person"] == str(account.account)
        assert store.head() == head, "nothing was written"

    def test_a_refused_request_is_counted_as_not_told_again(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = changed(tmp_path, "{2019-09-01: 125}", "{2019-09-01: 130}")
        answer = rugzak("simulate", "--with", file, "--log", "--until", "2023-03-01")
        assert answer.code == 0
        assert "1 requests were refused at the time and are not told again" in answer.out


def test_the_same_people_from_the_log_and_made_up_anew_lose_the_same(
    database: str, store: PostgresStore, harmful: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every account is in exactly one part, and its life is the one that was told."""
    made_up = simulation.Population(people=12, seed=7)
    clock, dice = standing(), Random(7)  # noqa: S311  not a secret
    door = open_door(store, clock)
    told = [each for part in made_up.parts() for each in made_up.lives(part, UNTIL)]
    for person, history in told:
        account = UUID(int=dice.getrandbits(128), version=4)
        for now, asked in groupby(history.asked, itemgetter(0)):
            clock.instant = now.recorded_at
            day = clock.now().today
            door.handle(
                [
                    command(f"{person} {day} {number}", each.request, account)
                    for number, each in enumerate(asked)
                ]
            )
    compared = simulation.Simulation(
        {"vov.yaml": harmful.read_bytes()}, UNTIL, frozenset({"everybody"})
    )
    monkeypatch.setattr(simulation, "PART_EVENTS", 50)
    real = simulation.RealLog(url=database, events=store.head())
    assert len(real.parts()) > 4
    one, other = (
        simulation.simulate(compared, source, lambda _: None, processes=2)
        for source in (made_up, real)
    )
    assert one.people == other.people == 12
    assert one.protected_losers == other.protected_losers > 0
    for of in one.subjects():
        for which in ("before", "after"):
            figures = [
                replace(getattr(report.everybody(of), which), refused=0) for report in (one, other)
            ]
            assert figures[0] == figures[1]
