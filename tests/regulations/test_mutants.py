"""Each number of a regulation matters to a scenario or a check: a mistyped one is noticed."""

from pathlib import Path

import pytest

from ledger.audit import scenario_file
from ledger.audit.scenario import run
from ledger.domain.rulebook import Rulebook
from ledger.service import lint, rulebook
from ledger.service.marked import compose
from ops.cli.differences import changes
from tests.architecture.checkout import ROOT
from tests.regulations.mistakes import RIGHT
from tests.regulations.mutants import Mutant, mutants, survivors

LEAST_NOTICED = 95
"""How many of a hundred mutants the checks and the stories notice at least."""

SCENARIOS = ROOT / "tests" / "scenarios"


def noticed(folder: Path) -> bool:
    """Whether a check, or a scenario that names the changed scheme, goes red under its rules."""
    if lint.check(folder):
        return True
    rules, shipped = rulebook.load(folder), rulebook.load()
    changed = {
        id_ for id_, scheme in rules.schemes.items() if scheme.digest != shipped.schemes[id_].digest
    }
    return not all(told_as_expected(file, rules) for file in scenarios_of(changed))


def scenarios_of(schemes: set[str]) -> list[Path]:
    """Return the files that name one of some schemes, those about it first."""
    named = [
        (not any(f"scheme: {scheme}\n" in text for scheme in schemes), file)
        for file in sorted(SCENARIOS.rglob("*.yaml"))
        for text in (file.read_text("utf-8"),)
        if any(scheme in text for scheme in schemes)
    ]
    return [file for _, file in sorted(named)]


def told_as_expected(file: Path, rules: Rulebook) -> bool:
    """Run a file's scenarios until one comes out otherwise, or breaks."""
    scenarios, findings = scenario_file.read(file, file.name, rules)
    if findings:
        return False
    try:
        return all(not run(each, rules).differences for each in scenarios)
    except (ArithmeticError, AssertionError, LookupError, ValueError):  # it breaks: noticed
        return False


@pytest.mark.mutants
def test_a_mistyped_number_is_noticed() -> None:
    shipped = rulebook.load()
    assert all(told_as_expected(file, shipped) for file in SCENARIOS.rglob("*.yaml"))
    among = list(mutants())
    survived = list(survivors(noticed, among))
    share = 100 * (len(among) - len(survived)) // len(among)
    print(f"{len(among)} mutants, {len(survived)} not noticed:", *survived, sep="\n")  # noqa: T201  `make mutants` shows it
    assert share >= LEAST_NOTICED


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


@pytest.mark.parametrize("one_in", [pytest.param(1, marks=pytest.mark.mutants), 11])
def test_the_comparison_tells_every_mutant_that_loads(one_in: int) -> None:
    shipped = rulebook.load()
    silent: list[Mutant] = []

    def told(folder: Path) -> bool:
        reading = rulebook.read(folder)
        return bool(reading.findings) or bool(changes(shipped, reading.book))

    silent += survivors(told, list(mutants())[::one_in])
    assert silent == []
