"""What a regulation says, but can't mean, is found by the check, with its place."""

from pathlib import Path

import pytest

from ledger.service import lint, rulebook
from ledger.service.marked import Finding
from tests.regulations.mistakes import RIGHT, findings, place

SOUND = RIGHT.replace("a decree", "act 7 of 2019").replace(" decree", " decree (2019)")
BLOCK = SOUND[SOUND.index("- of: cal") : SOUND.index("use:")]
CASE = "- if: employment().exists_on(day)\n  then: open\n  because: employed\n"
LATER = BLOCK.replace("2020-01-01", "2022-01-01")
SHARED = """\
  places: {values: {2020-01-01: 10, 2021-01-01: 20}, source: article 2}
shared:
  full: {each: once, valid: VALID, counts: requests, at-most: places, else: the course is full, source: article 3}
grants:"""


def again(condition: str) -> str:
    """Return the case of employment, and another one after it."""
    return CASE + CASE.replace("employment().exists_on(day)", condition)


DOUBTS = [
    # what stands there, what is written instead, where it is said, what is said
    ("  half:", "  third: {values: {2020-01-01: 1/3}, source: decree 3}\n  half:", "third:", "no rule reads 'third'; use it or leave it out"),
    ("    share: work", "    other: work.share_over(period)\n    share: work", "other:", "nothing reads 'other'"),
    ("  who:", "    some: work.share_over(period)\n    other: some\n  who:", "some: work", "nothing reads 'some'"),
    ("{from: 2020-01-01}\n  let", "{from: 2020-01-01, until: 2022-01-01}\n  let", "2022-01-01: 120", "no rule reads 'full_time' while it has this value; it is read from 2020-01-01 until 2022-01-01"),
    ("{2020-01-01: 50 %}", "{2018-01-01: 40 %, 2020-01-01: 50 %}", "2018-01-01: 40", "it is read from 2020-01-01"),
    (BLOCK, BLOCK.replace("01}", "01, until: 2021-01-01}") + LATER, "{from: 2022-01-01}\n  let", "no block is valid from 2021-01-01 until 2022-01-01; begin where the earlier block ends"),
    (BLOCK, BLOCK.replace("- of", "- bucket: b\n  of").replace("01}", "01, until: 2021-01-01}") + LATER.replace("- of", "- bucket: b\n  of"), "{from: 2022-01-01}\n  let", "no block of 'b' is valid from"),
    (BLOCK, BLOCK + "  gap-before: nobody asked\n", "nobody asked", "there is no time without a block before this one"),
    ("share >= half", "share >= half or half > share", "share >= half", "this condition always holds"),
    ("share >= half", "2 == 3", "2 == 3", "this condition never holds"),
    ("share >= half", "share >= half and share < half", "share >= half", "this condition never holds"),
    ("share >= half", "share >= half and half > share", "share >= half", "this condition never holds"),
    ("day <= months_after(course_starts, 2)", "day <= day", "day <= day", "this condition always holds: day <= day"),
    ("full_time * share", "full_time * share if 2 > 1 else full_time", "2 > 1 else", "this condition always holds: 2 > 1"),
    ("full_time * share", "'full_time * share if 1 > 2 else full_time'", "1 > 2 else", "this condition never holds: 1 > 2"),
    (CASE, again("employment( ).exists_on(day)"), "if: employment( )", "no one gets here"),
    (CASE, again("employment(sector='private').exists_on(day)"), "if: employment(sector='private')", "no one gets here"),
    (CASE, again("employment().exists_on(day) and study().exists_on(day)"), "if: employment().exists_on(day) and", "no one gets here"),
    (CASE, again("not employment().exists_on(day)"), "then: keep", "no one gets here"),
    ("source: act 7 of", "source: www.decree.be of", "www.decree.be", "'www.decree.be' is no address of a page; one begins with https://"),
    ("source: act 7 of", "source: https:/decree.be of", "https:/", "'https:/decree.be' is no address of a page"),
    ("source: act 7 of", "source: ftp://decree.be of", "ftp:", "is no address of a page"),
    ("source: act 7 of", "source: https://decree of", "https:", "'https://decree' is no address of a page"),
    ("source: act 7 of", "source: https://[decree.be of", "https:", "is no address of a page"),
    ("source: article 1\n", "source: the usual text\n", "the usual text", "neither an address nor a reference; name the act with its number or date"),
    ("grants:", SHARED.replace("VALID", "{from: 2020-01-01, until: 2021-01-01}"), "2021-01-01: 20}", "no rule reads 'places' while it has this value; it is read from 2020-01-01 until 2021-01-01"),
    ("grants:", SHARED.replace("VALID", "{from: 2020-01-01}").replace("article 3", "it is said"), "it is said", "neither an address nor a reference"),
    ("grants:", SHARED.replace("VALID", "{from: 2020-01-01}").replace("grants:", "words:\n  full: {nl: vol}\ngrants:"), "words:", "'the course is full' is not said in nl and fr"),
    ("2022-01-01: second decree (2019)}", "2022-01-01: the second}", "the second", "neither an address nor a reference"),
]  # fmt: skip


def checked(folder: Path, text: str) -> list[Finding]:
    """Return what the check says of a folder with only this file in it."""
    assert findings(folder, text) == []
    return lint.check(folder / "regulations")


@pytest.mark.parametrize(("right", "wrong", "where", "says"), DOUBTS)
def test_what_can_not_be_meant_is_found_where_it_stands(
    tmp_path: Path, right: str, wrong: str, where: str, says: str
) -> None:
    assert SOUND.count(right) == 1, right
    text = SOUND.replace(right, wrong)
    found = checked(tmp_path, text)
    assert any(says in each.message for each in found), found
    (said,) = [each for each in found if says in each.message]
    assert said.file == "regulations/leave.yaml"
    assert (said.line, said.column) == place(text, where), str(said)


SENSIBLE = [
    ("- if: emp", "- if: employment(sector='private').exists_on(day)\n  then: open\n  because: so\n- if: emp"),
    ("share >= half", "share >= half or share < 1"),
    ("share >= half", "share >= half if work.exists_in(period) else share > 0"),
    (BLOCK, BLOCK.replace("01}", "01, until: 2021-01-01}") + LATER + "  gap-before: no call in 2021 (decision of 4 May 2020)\n"),
    (BLOCK, BLOCK.replace("01}", "01, until: 2022-01-01}") + LATER),
    (BLOCK, BLOCK.replace("01}", "01, until: 2022-01-01}") + LATER.replace("- of", "- bucket: b\n  of") + LATER),
    ("grants:", SHARED.replace("VALID", "{from: 2020-01-01}")),
    ("source: article 1\n", "source: https://codex.vlaanderen.be/1 (article 1)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "other"), [("funder", "funder"), *SENSIBLE])
def test_what_can_be_meant_is_left_alone(tmp_path: Path, right: str, other: str) -> None:
    assert SOUND.count(right) == 1, right
    assert checked(tmp_path, SOUND.replace(right, other)) == []


def test_a_value_that_one_of_the_blocks_that_share_it_reads_is_read(tmp_path: Path) -> None:
    early = BLOCK.replace("01}", "01, until: 2022-01-01}").replace("let:", "let: &shared")
    early = early.replace("    share:", "    spare: work.share_over(period)\n    share:")
    head, _, rest = LATER.partition("  let:")
    late = f"{head}  let: *shared\n{rest[rest.index('  who') :]}"
    unread = SOUND.replace(BLOCK, early + late)
    (said,) = checked(tmp_path, unread)
    assert (said.line, said.column) == place(unread, "spare")
    assert checked(tmp_path, SOUND.replace(BLOCK, early + late.replace("* share", "* spare"))) == []


def test_a_file_that_can_not_be_loaded_hides_nothing_of_the_others(tmp_path: Path) -> None:
    findings(tmp_path, SOUND.replace("then: open", "then: opne"))
    folder = tmp_path / "regulations"
    (folder / "a.yaml").write_text(SOUND.replace("article 1\n", "the law\n"), "utf-8")
    assert [each.file for each in lint.check(folder)] == [
        "regulations/a.yaml",
        "regulations/leave.yaml",
    ]


def test_nothing_is_found_in_what_is_shipped_nor_in_each_file_alone() -> None:
    assert lint.check() == []
    assert [each for file in rulebook.FOLDER.rglob("*.yaml") for each in lint.check(file)] == []
