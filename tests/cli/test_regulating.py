"""What authors of rules get to read, and those who ask what they say; none of it needs a server."""

import re
from pathlib import Path
from shutil import copytree

import pytest

from ledger.service.rulebook import FOLDER
from ops.cli import schemes_page
from tests.cli.conftest import Rugzak


@pytest.fixture
def database() -> str:
    """Return where no server is: what is read here needs none."""
    return "postgresql://localhost:1/nowhere"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Return a copy of the shipped regulations, to spoil."""
    return copytree(FOLDER, tmp_path / "rules")


def test_the_shipped_regulations_are_all_right(rugzak: Rugzak) -> None:
    answer = rugzak("regulations", "check")
    files = len(list(FOLDER.rglob("*.yaml")))
    assert (answer.code, answer.out) == (0, f"{files} files, all right\n")


def test_a_finding_names_file_line_column_and_what_would_be_right(
    rugzak: Rugzak, rules: Path
) -> None:
    file = rules / "fr" / "cpf.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("rounding: up cent", "rounding: up hour", 1), "utf-8")
    line = text[: text.index("rounding: up cent")].count("\n") + 1
    answer = rugzak("regulations", "check", rules)
    assert answer.code == 1
    assert answer.out.startswith(f"rules/fr/cpf.yaml:{line}:13: ")
    (finding,) = rugzak("regulations", "check", rules, "--json").json["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == (
        "rules/fr/cpf.yaml", line, 13,
    )  # fmt: skip


def test_a_folder_without_regulations_is_not_all_right(rugzak: Rugzak, tmp_path: Path) -> None:
    empty, missing = (
        rugzak("regulations", "check", tmp_path),
        rugzak("regulations", "check", "/no"),
    )
    assert (empty.code, missing.code) == (2, 2)
    assert "there is no regulation (*.yaml) below" in empty.err
    assert "does not exist" in missing.err


def test_one_file_can_be_checked_alone(rugzak: Rugzak, rules: Path) -> None:
    file = rules / "fr" / "cpf.yaml"
    answer = rugzak("regulations", "check", file)
    assert (answer.code, answer.out) == (0, "1 file, all right\n")
    file.write_text(file.read_text("utf-8").replace("to: fr/cpf-agents", "to: fr/cfp-agents"))
    answer = rugzak("regulations", "check", file)
    assert answer.code == 1
    assert "did you mean 'fr/cpf-agents'?" in answer.out


def test_what_can_not_be_meant_is_found_too(rugzak: Rugzak, rules: Path) -> None:
    file = rules / "fr" / "cpf.yaml"
    file.write_text(file.read_text("utf-8").replace("{from: 2019-01-01}", "{from: 2020-01-01}"))
    answer = rugzak("regulations", "check", rules)
    assert answer.code == 1
    assert "no block is valid from 2019-01-01 until 2020-01-01" in answer.out


def test_the_list_has_each_scheme_with_its_versions_and_sources(rugzak: Rugzak) -> None:
    schemes = {s["id"]: s for s in rugzak("regulations", "list", "--json").json["schemes"]}
    vov = schemes["be-vlg/vov"]
    assert vov["unit"] == "minute"
    assert vov["grants"][0]["valid"] == {"from": "2019-09-01", "until": "2023-09-01"}
    assert all(version["source"] for version in vov["grants"])
    assert vov["assumptions"]
    shown = rugzak("regulations", "list").out
    assert all(scheme in shown for scheme in schemes)


def test_a_day_shows_the_rules_and_numbers_of_that_day(rugzak: Rugzak) -> None:
    def least(on: str) -> list[str]:
        shown = rugzak("regulations", "show", "be-vlg/vov", "--on", on, "--json").json
        return [value["shown"] for value in shown["parameters"]["least_share"]["values"]]

    assert (least("2019-08-31"), least("2022-01-01"), least("2026-01-01")) == (
        [], ["50 %"], ["80 %"],
    )  # fmt: skip
    text = rugzak("regulations", "show", "be-vlg/vov", "--on", "2026-10-01").out
    assert "school-year:2023-09-01, for periods that begin from 2023-09-01 [2]" in text
    assert "employer" not in text.partition("What the sources leave open")[0]


def test_the_rules_of_a_day_read_like_the_decree(rugzak: Rugzak) -> None:
    text = rugzak("regulations", "show", "be-vlg/vov", "--on", "2026-10-01").out
    assert text.startswith("Flemish training leave (be-vlg/vov) on 2026-10-01, in hours;")
    assert "  gives 125 h times 'share', rounded to the nearest minute" in text
    assert "  - works enough: 'share' is at least 80 % and the weekly time of employment" in text
    assert "  - everybody else: rights are kept, without new use (not employed in" in text
    assert "  least share: 80 % from 2025-09-01 [4]\n" in text
    assert "\n[4] https://www.vlaanderen.be/vlaamse-regering/" in text


@pytest.mark.parametrize("on", ["2012-01-01", "2017-07-01", "2020-01-01", "2026-01-01"])
def test_no_shipped_rule_is_left_as_code(rugzak: Rugzak, on: str) -> None:
    schemes = rugzak("regulations", "list", "--json").json["schemes"]
    texts = [rugzak("regulations", "show", each["id"], "--on", on).out for each in schemes]
    assert not [text for text in texts if re.search(r"`|_|\w\(|None", without_sources(text))]


def without_sources(text: str) -> str:
    return text.partition("What the sources leave open")[0]


def test_only_the_numbers_that_the_rules_of_the_day_read_are_shown(rugzak: Rugzak) -> None:
    def shown(on: str) -> str:
        return rugzak("regulations", "show", "fr/cpf", "--on", on).out

    assert "transition credit: EUR 360.00 from 2018-01-01" in shown("2018-07-01")
    assert "transition credit" not in shown("2019-07-01")


def test_a_conversion_is_told_with_its_rate(rugzak: Rugzak) -> None:
    shown = rugzak("regulations", "show", "fr/cpf", "--on", "2020-01-01").out
    said = "On request, from 2020-01-01, what is left becomes a right of fr/cpf-agents: 15 EUR is"
    assert f"{said} 1 hour, rounded to the nearest minute [" in shown
    hours = rugzak("regulations", "show", "fr/cpf-heures", "--on", "2018-07-01").out
    assert "What is left when its term ends becomes a right of fr/cpf: 1 hour is 15 EUR" in hours
    assert "No period that begins on 2018-07-01 gives a right." in hours


def test_conversions_and_what_the_sources_leave_open_are_shown(rugzak: Rugzak) -> None:
    asked = ("regulations", "show", "fr/cpf-heures")
    shown, text = rugzak(*asked, "--json").json, rugzak(*asked).out
    assert shown["assumptions"]
    assert all(f"- {assumption}" in text for assumption in shown["assumptions"])
    assert shown["at_end"]["rate"] == "25"
    assert "at-end: into fr/cpf, 1 hour is 15 EUR" in text


def test_an_unknown_scheme_brings_the_nearest_one(rugzak: Rugzak) -> None:
    answer = rugzak("regulations", "show", "fr/cfp")
    assert answer.code == 2
    assert "did you mean 'fr/cpf'?" in answer.err


def test_the_docs_have_every_scheme_as_the_rules_have_it(
    rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rugzak("regulations", "table", "--check").code == 0
    printed = rugzak("regulations", "table").out
    schemes = rugzak("regulations", "list", "--json").json["schemes"]
    for scheme in schemes:
        assert f"| [{scheme['id']}](#" in printed
        assert f"| `{scheme['digest']}` |" in printed
        assert all(f"- {assumption}\n" in printed for assumption in scheme["assumptions"])
    assert "| from 2023-09-01 to 2026-08-31 (employer) |" in printed.replace("<br>", " | ")
    assert "- <https://sodalis.be/vlaams-opleidingsverlof-bepaalde" in printed
    stale = tmp_path / "schemes.md"
    monkeypatch.setattr(schemes_page, "PAGE", stale)
    answer = rugzak("regulations", "table", "--check")
    assert (answer.code, "`rugzak regulations table --write`" in answer.err) == (1, True)
    assert rugzak("regulations", "table", "--write").code == 0
    assert stale.read_text("utf-8") == printed


def test_the_order_of_use_is_that_of_the_day(rugzak: Rugzak) -> None:
    for on, first, then in (
        ("2025-12-03", "the ordinary rights", "dotation"),
        ("2025-12-04", "dotation", "the ordinary rights"),
    ):
        shown = rugzak("regulations", "show", "fr/cpf", "--on", on).out
        assert f"it is taken from {first}, then from {then}, then from abondement [" in shown
        assert shown.count("it is taken from") == 1
        assert "  gives what the funder adds, rounded to the nearest cent, to everybody" in shown
