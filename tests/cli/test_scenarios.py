"""`rugzak scenario run`: what a domain expert types and reads; it needs no server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.test_scenario import RIGHT, spoiled
from tests.cli.conftest import Rugzak


@pytest.fixture
def database() -> str:
    """Return where no server is: what is checked here needs none."""
    return "postgresql://localhost:1/nowhere"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "cases" / "vov.yaml"
    made.parent.mkdir()
    made.write_text(RIGHT, "utf-8")
    return made


def test_a_file_or_a_folder_that_is_right_is_one_line(rugzak: Rugzak, file: Path) -> None:
    for path in (file, file.parent):
        answer = rugzak("scenario", "run", path)
        assert answer.code == 0
        assert answer.out.startswith("3 scenarios, all as expected (")


def test_what_comes_out_otherwise_is_shown_with_its_place(rugzak: Rugzak, file: Path) -> None:
    file.write_text(spoiled("70 %, 87.5 h", "70 %, 88 h"), "utf-8")
    answer = rugzak("scenario", "run", file)
    assert answer.code == 1
    assert answer.out.startswith(
        f"{file}:27: shares of 70 % (derived: a decree)\n"
        "  granted of be-vlg/vov/2022-23 on 2022-10-01 (line 23):\n"
        "    expected  88 h\n"
        "    came      87.5 h\n"
        "3 scenarios, 1 not as expected ("
    )
    found = rugzak("scenario", "run", file, "--json").json
    assert (found["scenarios"], found["as_expected"], found["findings"]) == (3, 2, [])
    (case,) = found["differences"]
    assert (case["line"], case["name"]) == (27, "shares of 70 %")
    assert case["differences"][0]["found"] == "87.5 h"


def test_the_steps_show_what_was_told_what_came_of_it_and_why(rugzak: Rugzak, file: Path) -> None:
    answer = rugzak("scenario", "run", file, "--explain", "--name", "60 %")
    assert answer.code == 0
    assert "    born on 1988-05-17\n" in answer.out
    assert "request to reverse refused: unknown-use: no use 'french' left" in answer.out
    assert "worked out: reference = 2022-09, enough = yes" in answer.out
    assert "  as expected\n1 scenario, as expected (" in answer.out
    nothing = spoiled("share: 80 %", "until: 2021-08-31").replace("2021-22: 125 h", "2021-22: 1 h")
    file.write_text(nothing, "utf-8")
    steps = rugzak("scenario", "run", file, "--explain", "--json").json["steps"]
    assert any("because this does not hold: works in the" in line for line in steps[0]["steps"])


def test_a_mistake_names_file_line_and_column_and_the_rest_runs(rugzak: Rugzak, file: Path) -> None:
    file.write_text(spoiled("used: 20 h", "usd: 20 h"), "utf-8")
    answer = rugzak("scenario", "run", file)
    assert answer.code == 1
    assert answer.out.startswith(f"{file}:16:22: unknown key 'usd'; did you mean 'used'?\n2 scen")
    assert answer.out.endswith("; 1 mistake in the files\n")


def test_nothing_to_run_is_a_wrong_command_line(rugzak: Rugzak, file: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "there is no scenario (*.yaml) below" in rugzak("scenario", "run", empty).err
    unnamed = rugzak("scenario", "run", file, "--name", "zebra")
    assert (unnamed.code, "there are 3 others" in unnamed.err) == (2, True)
    assert rugzak("scenario", "run", "/nowhere.yaml").code == 2


def test_other_regulations_than_the_shipped_ones_can_be_told_about(
    rugzak: Rugzak, file: Path
) -> None:
    file.write_text(
        "scheme: test/lapsing\nkind: derived\nsource: a test\nscenarios:\n"
        "- name: a year\n  expect: [{on: 2021-01-10, granted: nothing}]\n",
        "utf-8",
    )
    laws = Path(__file__).parent.parent / "laws" / "regulations"
    assert rugzak("scenario", "run", file).code == 1
    assert rugzak("scenario", "run", file, "--regulations", laws).code == 0


def test_the_schema_is_printed(rugzak: Rugzak) -> None:
    assert rugzak("scenario", "schema").json["required"] == ["scenarios"]


def test_many_files_are_run_on_all_cores_and_told_in_their_order(tmp_path: Path) -> None:
    long = "\n".join([RIGHT, *("# what the decree says of it" for _ in range(600))])
    for name in "abcdef":
        wrong = name in "be"
        spoilt = long.replace("70 %, 87.5 h", "70 %, 88 h") if wrong else long
        (tmp_path / f"{name}.yaml").write_text(spoilt, "utf-8")
    call = "from ops.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", call, "scenario", "run", tmp_path, "--json"],
        capture_output=True, check=False, text=True, timeout=60,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert (found["scenarios"], found["as_expected"]) == (18, 16)
    assert [Path(each["file"]).name for each in found["differences"]] == ["b.yaml", "e.yaml"]
    assert found["seconds"]["in_all"] > found["seconds"]["running"] > 0
