"""Each number of a regulation matters to a scenario or a check: a mistyped one is noticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.service import lint, rulebook
from ledger.service.marked import compose
from ops.cli.differences import changes
from tests.architecture.checkout import ROOT
from tests.regulations.mistakes import RIGHT
from tests.regulations.mutants import Mutant, mutants, survivors
from tests.story import MUTATED

LEAST_NOTICED = 95
"""How many of a hundred mutants the checks and the stories notice at least."""

STORIES = ("tests/scenarios", "tests/domain")
"""What tells lives under the shipped regulations."""

SECONDS = 120
"""How long the stories take at most, under one mutant."""


def noticed(folder: Path) -> bool:
    """Whether a check or a story goes red under the regulations of a folder."""
    return bool(lint.check(folder)) or not told_as_expected(folder)


def told_as_expected(folder: Path) -> bool:
    """Tell the stories under the regulations of a folder, in a process of their own."""
    options = ("-x", "-q", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *STORIES],
        cwd=ROOT,
        env=os.environ | {MUTATED: str(folder)},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in {0, 1, 2}, done.stdout.decode()
    return done.returncode == 0


@pytest.mark.mutants
def test_a_mistyped_number_is_noticed() -> None:
    assert told_as_expected(rulebook.FOLDER)
    among = list(mutants())
    survived = list(survivors(noticed, among))
    share = 100 * (len(among) - len(survived)) // len(among)
    assert share >= LEAST_NOTICED, "\n".join(map(str, survived))


def test_every_number_is_changed_once_and_nothing_that_is_only_told(tmp_path: Path) -> None:
    (tmp_path / "leave.yaml").write_text(RIGHT.replace("50 %", "52.5 %"), "utf-8")
    made = list(mutants(tmp_path))
    changed = [(each.line, each.before, each.after) for each in made]
    assert changed == [
        (9, "2020-01-01", "2020-01-02"), (9, "100", "101"),
        (9, "2022-01-01", "2022-01-02"), (9, "120", "121"),
        (12, "2020-01-01", "2020-01-02"), (12, "52.5", "52.6"),
        (16, "2020-01-01", "2020-01-02"), (29, "2", "3"),
        (39, "1", "2"), (40, "1", "2"), (42, "2020-01-01", "2020-01-02"),
    ]  # fmt: skip
    dated = next(each for each in made if each.before == "2022-01-01")
    assert "2022-01-02: 120" in dated.text
    assert "2022-01-02: second decree" in dated.text


def test_a_mutant_of_a_shipped_file_differs_in_what_it_says_alone() -> None:
    for each in mutants():
        original = (rulebook.FOLDER / each.file).read_text("utf-8")
        assert original.splitlines()[each.line - 1][each.column - 1 :].startswith(each.before)
        assert len(original.splitlines()) == len(each.text.splitlines())
        compose(each.text.encode())


def test_a_mutant_that_nobody_notices_survives() -> None:
    among = [each for each in mutants() if each.file.name == "cpf.yaml"][:3]
    seen: list[str] = []

    def notices_the_second(folder: Path) -> bool:
        seen.append((folder / "fr" / "cpf.yaml").read_text("utf-8"))
        return len(seen) == 2

    assert list(survivors(notices_the_second, among)) == [among[0], among[2]]
    assert seen == [each.text for each in among]


def test_the_comparison_tells_every_mutant_that_loads(tmp_path: Path) -> None:
    shipped = rulebook.load()
    silent: list[Mutant] = []

    def told(folder: Path) -> bool:
        reading = rulebook.read(folder)
        return bool(reading.findings) or bool(changes(shipped, reading.book))

    silent += survivors(told, mutants())
    assert silent == []
