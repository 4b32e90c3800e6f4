"""What changes between two sets of regulations is said in words, and all of it."""

from pathlib import Path
from shutil import copytree

import pytest

from ledger.service.rulebook import FOLDER, load
from ledger.words.decree import decree
from ops.cli.differences import changes
from tests.cli.conftest import Rugzak
from tests.regulations.mistakes import RIGHT, spoiled
from tests.story import day


@pytest.fixture
def database() -> str:
    """Return where no server is: what is read here needs none."""
    return "postgresql://localhost:1/nowhere"


BLOCK = RIGHT[RIGHT.index("- of: cal") : RIGHT.index("use:")]
CASE = RIGHT[RIGHT.index("- if: emp") : RIGHT.index("- then: keep")]
LATER = BLOCK.replace("2020-01-01", "2022-01-01")

OTHERWISE = [
    # what stands there, what is written instead, what is said of it
    ("120}", "130}", ["full time, from 2022-01-01: 130 h, instead of 120 h (read by calendar-year:2020-01-01)"]),
    ("{2020-01-01: 50 %}", "{2020-01-01: 50 %, 2024-01-01: 60 %}", ["half, from 2024-01-01: 60 %, instead of 50 % (read by calendar-year:2020-01-01)", "new: source of half from 2024-01-01: first decree"]),
    ("second decree", "third decree", ["source of full time from 2022-01-01: third decree, instead of second decree"]),
    ("else: too late", "else: {nl: te laat, en: too late}", ["new: words too late nl: te laat", "new: words too late en: too late"]),
    ("nl: verlof", "nl: vrijaf", ["name nl: vrijaf, instead of verlof"]),
    ("share >= half", "share > half", ["condition 'works enough': 'share' is above 'half', instead of 'share' is at least 'half'"]),
    ("    works-enough", "    works-a-lot", ["gone: condition 'works enough': 'share' is at least 'half'", "new: condition 'works a lot': 'share' is at least 'half'"]),
    ("place='be-vlg'", "place='fr'", ["where 'work': employment (private sector, in fr), instead of employment (private sector, in be-vlg)"]),
    ("full_time * share", "share * full_time", ["amount: 'share' times 'full time', instead of 'full time' times 'share'"]),
    ("full_time * share", "(full_time * share)", ["amount: (full_time * share), instead of full_time * share"]),
    ("nearest minute\n  due", "down hour\n  due", ["rounding: rounded down to a whole hour, instead of rounded to the nearest minute"]),
    ("due: period start", "due: 15 june after the period", ["due: on 15 June after the period, instead of at the period's start"]),
    ("term: period", "term: open", ["lasts: without end, instead of for the period"]),
    ("  due: period start", "  balance-at-most: half * full_time\n  due: period start", ["new: balance at most: 'half' times 'full time'"]),
    ("01}\n  let", "01, until: 2023-01-01}\n  let", ["periods that begin: from 2020-01-01 to 2022-12-31, instead of from 2020-01-01"]),
    ("01}\n  let", "01}\n  gap-before: none\n  let", ["new: gap before: none"]),
    ("{from: 2020-01-01}\n  let", "{from: 2021-01-01}\n  let", ["periods that begin: from 2021-01-01, instead of from 2020-01-01"]),
    ("course_starts, 2", "course_starts, 1", ["use 'in time', expression: the day is on or before 1 month after the start of the course, instead of the day is on or before 2 months after the start of the course"]),
    ("then: keep", "then: freeze", ["everybody else: rights are frozen (not employed), instead of rights are kept, without new use (not employed)"]),
    ("give: 1 hour", "give: 2 hour", ["conversion into test/leave from 2020-01-01, rate: 2 hour is 1 hour, instead of 1 hour is 1 hour"]),
    ("conversions:", "assumed: [this]\nconversions:", ["new: assumption: this"]),
    ("portability:", "shared:\n  pot: {each: round, rounds: [2020-01-01, 2020-07-01], counts: quantity, at-most: full_time, else: empty, source: article 3}\nportability:", [
        "new: shared 'pot', for requests: from 2020-01-01", "new: shared 'pot', per: everybody", "new: shared 'pot', anew: round",
        "new: shared 'pot', rounds: 2020-01-01, 2020-07-01", "new: shared 'pot', counts: quantity", "new: shared 'pot', at most: 'full time'",
        "new: shared 'pot', if not: empty", "new: shared 'pot', source: article 3",
    ]),
]  # fmt: skip


def book(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "leave.yaml").write_text(text, "utf-8")
    return folder


def said(tmp_path: Path, before: str, after: str) -> list[str]:
    books = [load(book(tmp_path / name, text)) for name, text in (("a", before), ("b", after))]
    return [str(change) for change in changes(*books)]


@pytest.mark.parametrize(("right", "other", "expected"), OTHERWISE)
def test_what_is_written_otherwise_is_said(
    tmp_path: Path, right: str, other: str, expected: list[str]
) -> None:
    assert said(tmp_path, RIGHT, spoiled(right, other)) == expected


def test_a_new_block_is_told_in_full(tmp_path: Path) -> None:
    ended = BLOCK.replace("01}\n  let", "01, until: 2022-01-01}\n  let")
    found = said(tmp_path, RIGHT.replace(BLOCK, ended), RIGHT.replace(BLOCK, ended + LATER))
    assert "new: periods that begin: from 2022-01-01" in found
    assert "new: amount: 'full time' times 'share'" in found
    assert all(line.startswith("new: ") for line in found)


def test_cases_tried_in_another_order_are_said(tmp_path: Path) -> None:
    other = CASE.replace("employment()", "study()").replace("employed", "student")
    found = said(tmp_path, RIGHT.replace(CASE, CASE + other), RIGHT.replace(CASE, other + CASE))
    (order,) = found
    assert order.startswith("order of the cases: who is a student on the day; who is employed")


def test_a_day_without_a_rule_is_shown_with_what_the_file_says_of_it(tmp_path: Path) -> None:
    ended = BLOCK.replace("01}\n  let", "01, until: 2021-01-01}\n  let")
    gap = "  gap-before: the budget of 2021 was not voted\n"
    rules = load(book(tmp_path / "a", RIGHT.replace(BLOCK, ended + LATER + gap)))

    def text(on: str) -> str:
        return "\n".join(decree(rules.schemes["test/leave"], day(on)))

    assert "begins on 2021-03-01 gives a right: the budget of 2021 was not voted" in text(
        "2021-03-01"
    )
    assert "No period that begins on 2019-03-01 gives a right.\n" in text("2019-03-01")


ORDER = "order: {values: {2020-01-01: [b], 2022-01-01: [ordinary, b]}, source: act 3 of 2019}\n"


def test_an_order_of_use_is_said_with_its_days_and_what_is_taken_first(tmp_path: Path) -> None:
    bucketed = RIGHT.replace(BLOCK, BLOCK + BLOCK.replace("- of", "- bucket: b\n  of"))
    ordered = bucketed.replace("portability:", f"{ORDER}portability:")
    (tmp_path / "other").mkdir()
    (new,) = said(tmp_path, bucketed, ordered)
    assert new == (
        "new: taking, taken from: b, then from the ordinary rights from 2020-01-01 on (act 3 of 2019); "
        "the ordinary rights, then from b from 2022-01-01 on (act 3 of 2019)"
    )
    again = ordered.replace("[ordinary, b]", "[b, ordinary]")
    (other,) = said(tmp_path / "other", ordered, again)
    assert "instead of b, then from the ordinary rights from 2020-01-01" in other


class TestCommand:
    def test_a_folder_is_compared_with_the_shipped_rules(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        rules = copytree(FOLDER, tmp_path / "rules")
        unchanged = rugzak("regulations", "diff", rules)
        assert unchanged.out.startswith("nothing changes\n")
        assert unchanged.out.count(", unchanged") == len(load().schemes)
        file = rules / "be-vlg" / "vov.yaml"
        file.write_text(file.read_text("utf-8").replace("80 %", "75 %"), "utf-8")
        (rules / "be-vlg" / "opleidingscheques.yaml").unlink()
        (rules / "be-vlg" / "providers.yaml").unlink()
        answer = rugzak("regulations", "diff", rules)
        assert answer.code == 0
        assert (
            "be-vlg/vov, numbers\n  least share, from 2025-09-01: 75 %, instead of 80 %"
            in answer.out
        )
        assert "  gone: the scheme: training vouchers for employees" in answer.out
        assert "  gone: CVO Semper (cvo-semper), recognised for be-vlg/vov" in answer.out
        before = load().schemes["be-vlg/vov"].digest
        assert f"  be-vlg/vov: {before} -> {load(rules).schemes['be-vlg/vov'].digest}" in answer.out
        gone = load().schemes["be-vlg/opleidingscheques"].digest
        assert f"  be-vlg/opleidingscheques: {gone} -> gone" in answer.out
        back = rugzak("regulations", "diff", rules, FOLDER).out
        assert "  new: the scheme: training vouchers for employees" in back

    def test_a_file_is_compared_with_its_scheme_alone(self, rugzak: Rugzak, tmp_path: Path) -> None:
        old = tmp_path / "old.yaml"
        text = (FOLDER / "fr" / "cpf.yaml").read_text("utf-8")
        old.write_text(text.replace("give: 15 EUR", "give: 16 EUR"), "utf-8")
        for one, other in ((old, FOLDER), (old, FOLDER / "fr" / "cpf.yaml")):
            found = rugzak("regulations", "diff", one, other, "--json").json
            (change,) = found["changes"]
            assert (change["before"], change["after"]) == ("16 EUR is 1 hour", "15 EUR is 1 hour")
            assert change["sentence"].endswith(
                "rate: 15 EUR is 1 hour, instead of 16 EUR is 1 hour"
            )
            assert [each["scheme"] for each in found["digests"]] == ["fr/cpf"]
        assert "rate: 16 EUR is 1 hour" in rugzak("regulations", "diff", old).out

    def test_what_can_not_be_loaded_is_not_compared(self, rugzak: Rugzak, tmp_path: Path) -> None:
        (tmp_path / "wrong").mkdir()
        empty = rugzak("regulations", "diff", tmp_path / "wrong")
        assert (empty.code, "there is no regulation" in empty.err) == (2, True)
        book(tmp_path / "bad", RIGHT.replace("funder: test", "founder: test"))
        answer = rugzak("regulations", "diff", tmp_path / "bad")
        assert answer.code == 1
        assert "bad/leave.yaml:4:1: unknown key 'founder'" in answer.err
