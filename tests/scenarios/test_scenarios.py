"""Every scenario file comes out as it says; those of the documentation, too."""

import re
from collections import Counter
from pathlib import Path

import pytest

from ledger.audit.scenario import Scenario, run
from ledger.audit.scenario_file import parse, read
from tests.story import rulebook

HERE = Path(__file__).parent
DOC = HERE.parent.parent / "ops" / "docs" / "scenarios.md"
FILES = sorted(HERE.rglob("*.yaml"))
READ = [read(file, file.relative_to(HERE).as_posix(), rulebook()) for file in FILES]
SCENARIOS = [scenario for found, _ in READ for scenario in found]
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOC.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_nothing_is_wrong_in_the_files() -> None:
    assert [str(finding) for _, findings in READ for finding in findings] == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: f"{each.file}: {each.name}")
def test_the_scenario_comes_out_as_it_says(scenario: Scenario) -> None:
    differences = run(scenario, rulebook()).differences
    assert not differences, "\n".join(map(str, differences))


def test_every_scheme_that_is_shipped_has_scenarios_of_its_own() -> None:
    told = Counter(each.scheme.id for scenario in SCENARIOS for each in scenario.expected)
    assert told.keys() >= rulebook().schemes.keys()


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_documentation_run(example: str) -> None:
    found, findings = parse(example.encode(), "scenarios.md", rulebook())
    assert findings == []
    assert found
    assert [difference for each in found for difference in run(each, rulebook()).differences] == []
