"""What an author of scenarios gets to read: where a mistake is, and what came out otherwise."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from ledger.audit.scenario import Scenario, run
from ledger.audit.scenario_file import parse
from ledger.audit.scenario_schema import schema
from ledger.service.marked import Finding
from tests.regulations.mistakes import place
from tests.story import rulebook

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SCHEMA = Draft202012Validator(schema())

RIGHT = """\
scheme: be-vlg/vov
kind: derived
source: a decree
person:
  birth: 1988-05-17
  job: {id: bakery, since: 2021-01-01, sector: private, place: be-vlg}
scenarios:
- name: a use
  told:
  - on: 2021-09-10
    use: {id: french, quantity: 20 h, course: {provider: cvo-semper}}
  - on: 2021-10-01
    job: {id: bakery, share: 80 %}
  expect:
  - {on: 2021-09-30, lots: {2021-22: 125 h}, new-use: open}
  - {on: 2021-10-02, used: 20 h}
- name: shares of $share
  told:
  - on: 2022-10-01
    reverse: {id: french, outcome: unknown-use}
    job: {id: bakery, share: $share}
  expect:
  - {on: 2022-10-01, lots: {2022-23: $hours}}
  cases:
  - [share, hours]
  - [60 %, 75 h]
  - [70 %, 87.5 h]
"""


def told(text: str) -> tuple[list[Scenario], list[Finding]]:
    return parse(text.encode(), "a.yaml", rulebook())


def spoiled(right: str, wrong: str) -> str:
    assert RIGHT.count(right) == 1, right
    return RIGHT.replace(right, wrong)


def words(text: str) -> list[tuple[str, str, str]]:
    found, findings = told(text)
    assert findings == []
    return [
        (each.what, each.expected, each.found)
        for scenario in found
        for each in run(scenario, rulebook()).differences
    ]


def test_the_right_file_is_right() -> None:
    found, findings = told(RIGHT)
    assert [each.name for each in found] == ["a use", "shares of 60 %", "shares of 70 %"]
    assert findings == []
    assert words(RIGHT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "at", "says"),
    [
        ("scheme: be-vlg/vov", "scheme: be-vlg/vvo", "be-vlg/vvo", "did you mean 'be-vlg/vov'?"),
        ("kind: derived", "kind: devired", "devired", "did you mean 'derived'?"),
        ("source: a decree\n", "", "name: a use", "'source' is missing"),
        ("birth: 1988-05-17", "birth: 17/5/1988", "17/5", "is no date"),
        ("place: be-vlg}", "place: Flanders}", "Flanders", "is no region"),
        ("sector: private, ", "", "{id: bakery, since", "'sector' is missing"),
        ("sector: private", "sectr: private", "sectr", "did you mean 'sector'?"),
        ("share: 80 %", "share: 180 %", "180", "at most 100 %"),
        ("share: 80 %", "until: 2020-01-01", "2020-01-01", "the first day after"),
        ("share: 80 %", "weekly: EUR 3", "EUR", "a week is written in hours"),
        ("job: {id: bakery, share: 80 %}", "study: {id: bakery}", "bakery}", "is the id of a job, not of a study"),
        ("job: {id: bakery, share: 80 %}", "annul: backery", "backery", "no fact 'backery' was told before; there is: birth, bakery"),
        ("quantity: 20 h", "quantity: 20", "20,", "write an amount with its unit"),
        ("quantity: 20 h", "quantity: 0.001 h", "0.001", "is no whole number of minutes"),
        ("provider: cvo-semper", "starts: 2021-10-01", "{starts", "'provider' is missing"),
        ("on: 2021-10-01\n", "on: 2021-09-01\n", "on: 2021-09-01", "write days in their order"),
        ("outcome: unknown-use", "outcome: unknown-uze", "unknown-uze", "did you mean 'unknown-use'?"),
        ("outcome: unknown-use", "says: no use", "no use", "'says' is of a refusal"),
        ("used: 20 h", "used: EUR 20", "EUR", "counted in minutes"),
        ("provider: cvo-semper", "price: GBP 3, provider: cvo-semper", "GBP", "this is in gbp-pennies; cents are needed"),
        ("used: 20 h", "usd: 20 h", "usd", "did you mean 'used'?"),
        (", used: 20 h", ", used: 20 h, of: bakery", "{on: 2021-10-02", "nothing is told of 'bakery'"),
        ("used: 20 h", "because: works", "works}", "is not one of"),
        ("on: 2021-10-02", "on: 9999-12-31", "9999", "too far ahead: stories end before 2200"),
        (", used: 20 h", "", "{on: 2021-10-02", "what is expected? Some of: granted"),
        ("lots: {2021-22: 125 h}", "lots: {fr/cpf/2021: 125 h}", "fr/cpf", "is of another scheme"),
        ("new-use: open", "new-use: shut", "shut", "write 'open', 'stopped', or"),
        ("share: $share}", "share: $shear}", "$shear}", "has no column 'shear'; did you mean 'share'?"),
        ("2022-23: $hours", "2022-23: 75 h", "hours]", "no value of the scenario says $hours"),
        ("[60 %, 75 h]", "[60 %]", "[60", "1 cells; the table has 2 columns"),
        ("[70 %, 87.5 h]", "[70 %, 87.5]", "87.5", "write an amount with its unit"),
        ("[70 %, 87.5 h]", "[60 %, 75 h]", "shares of $share", "names are unique (in the case of line 27)"),
        ("name: a use", "name: [a]", "[a]", "a value is needed here"),
        ("reverse: {id: french, ", "reverse: {", "{outcome", "'id' is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(
    right: str, wrong: str, at: str, says: str
) -> None:
    text = spoiled(right, wrong)
    finding = told(text)[1][0]
    assert says in finding.message
    assert (finding.line, finding.column) == place(text, at)


def test_a_scenario_that_expects_nothing_is_a_mistake() -> None:
    text = RIGHT[: RIGHT.index("  - on: 2021-09-10")] + "  - on: 2021-09-10\n"
    (finding,) = told(text)[1]
    assert finding.message.startswith("nothing is expected: add 'expect'")


def test_a_mistake_in_one_scenario_does_not_hide_the_next() -> None:
    text = spoiled("used: 20 h", "used: 20").replace("[70 %, 87.5 h]", "[70 %, 87.5]")
    found, findings = told(text)
    assert ([each.name for each in found], len(findings)) == (["shares of 60 %"], 2)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"scenarios: []", b"scenarios: 3", b"{"])
def test_what_is_no_scenario_file_gets_an_answer(data: bytes) -> None:
    assert len(parse(data, "a.yaml", rulebook())[1]) == 1


@pytest.mark.parametrize(
    ("right", "wrong", "difference"),
    [
        (
            "2021-22: 125 h", "2021-22: 100 h",
            ("granted of be-vlg/vov/2021-22 on 2021-09-30", "100 h", "125 h"),
        ),
        (
            "2021-22: 125 h", "2020-21: {used: 5 h}",
            ("used of be-vlg/vov/2020-21 on 2021-09-30", "5 h",
             "nothing; granted then: 125 h of be-vlg/vov/2021-22, 125 h of be-vlg/vov/2021-22/employer"),
        ),
        (
            "new-use: open", "new-use: stopped because retired",
            ("new use of be-vlg/vov on 2021-09-30", "stopped, because retired",
             "open, because employed in the private sector in Flanders"),
        ),
        (
            "used: 20 h", "known: 2021-09-09, used: 20 h",
            ("used of be-vlg/vov in all on 2021-10-02, as known on 2021-09-09", "20 h",
             "nothing; granted then: 125 h of be-vlg/vov/2021-22, 125 h of be-vlg/vov/2021-22/employer"),
        ),
        (
            "used: 20 h", "because: works-enough",
            ("reason why be-vlg/vov gives nothing on 2021-10-02", "works-enough",
             "granted then: 100 h of be-vlg/vov/2021-22, 100 h of be-vlg/vov/2021-22/employer"),
        ),
        (
            "quantity: 20 h", "quantity: 126 h",
            ("use on 2021-09-10", "accepted",
             "not-enough: 126 h asked; course-of-french brings 125 h of be-vlg/vov, of which 125 h is left"),
        ),
        (
            "quantity: 20 h", "quantity: 20 h, outcome: frozen",
            ("use on 2021-09-10", "frozen", "accepted"),
        ),
        (
            "outcome: unknown-use", "outcome: unknown-use, says: moon",
            ("reverse on 2022-10-01", "unknown-use, saying 'moon'",
             "unknown-use: no use 'french' left to reverse in this account"),
        ),
    ],
)  # fmt: skip
def test_what_comes_out_otherwise_is_said_in_words(
    right: str, wrong: str, difference: tuple[str, str, str]
) -> None:
    assert difference in words(spoiled(right, wrong))


def test_an_opening_balance_is_there_and_lapses_with_its_term() -> None:
    text = """\
scheme: fr/cpf-agents
kind: derived
source: a decree
scenarios:
- name: entered
  told:
  - on: 2020-01-01
    opening-balance: {lot: before, quantity: 10 h, since: 2020-01-01, until: 2021-01-01}
  expect:
  - {on: 2020-12-31, available: 10 h, lots: {before: 10 h}}
  - {on: 2021-01-01, available: nothing, expired: 10 h}
"""
    assert words(text) == []


@pytest.mark.parametrize("file", sorted(SCENARIOS.rglob("*.yaml")), ids=lambda file: file.stem)
def test_the_schema_for_editors_accepts_every_file(file: Path) -> None:
    # The base loader reads scalars as text; editors take some for numbers, which are values too.
    read = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  it only reads text
    assert [error.message for error in SCHEMA.iter_errors(read)] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("used: 20 h", "usd: 20 h"),
        ("share: 80 %", "shear: 80 %"),
        ("birth: 1988-05-17", "brith: 1988-05-17"),
        ("provider: cvo-semper", "provide: cvo-semper"),
        ("outcome: unknown-use", "outcome: unknown"),
        ("kind: derived", "kind: devired"),
        ("name: a use", "nam: a use"),
    ],
)
def test_the_schema_for_editors_refuses_names_that_are_not_known(right: str, wrong: str) -> None:
    assert SCHEMA.is_valid(yaml.load(RIGHT, Loader=yaml.BaseLoader))  # noqa: S506
    assert not SCHEMA.is_valid(yaml.load(spoiled(right, wrong), Loader=yaml.BaseLoader))  # noqa: S506


def test_what_was_refused_was_not_said() -> None:
    """The correction after it goes on from what was accepted."""
    text = spoiled(
        "    job: {id: bakery, share: 80 %}\n",
        "    job:\n    - {id: bakery, version: 1, share: 60 %, outcome: fact-contradicts-itself}\n"
        "    - {id: bakery, until: 2030-01-01}\n",
    ).replace("used: 20 h", "lots: {2021-22: {granted: 125 h, used: 20 h}}")
    assert words(text) == []


STAP = """\
scheme: nl/stap
kind: derived
source: a decree
person: {birth: 1990-03-01}
scenarios:
- name: the last of a round
  told:
  - on: 2022-03-01
    others-took: OTHERS
    use: {quantity: EUR 500, course: {provider: leerhuis-eindhoven, price: EUR 500}, outcome: shared-limit}
"""


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ("{of: pot, taken: EUR 32000000}", ""),
        ("{of: pots, taken: EUR 32000000}", "'pots' is not one of pot; did you mean 'pot'?"),
        ("{of: pot, taken: 3 h}", "this is in minutes; cents are needed"),
        ("{of: pot}", "'taken' is missing"),
        ("{of: pot, taken: EUR 1, course: {provider: x}}", "pot is one for all courses; leave it out"),
        ("{of: pot, taken: EUR 1, effective: 2023-01-01}", "'pot' is not one of grants-for-a-course"),
        ("{of: grants-for-a-course, taken: 1.5, effective: 2023-01-01, course: {provider: x}}", "this is a whole number"),
        ("{of: grants-for-a-course, taken: 1, effective: 2023-01-01}", "'course' is missing"),
        ("{of: pot, taken: EUR 1, scheme: fr/cpf}", "fr/cpf has no shared limit on 2022-03-01"),
        ("{of: pot, taken: EUR 1, scheme: fr/cfp}", "did you mean 'fr/cpf'?"),
    ],
)  # fmt: skip
def test_what_others_took_is_told_of_a_limit_of_that_day(others: str, says: str) -> None:
    found, findings = told(STAP.replace("OTHERS", others))
    assert [each for each in findings if says not in each.message] == []
    assert bool(findings) == bool(says)
    assert [run(each, rulebook()).differences for each in found] == ([] if says else [()])
