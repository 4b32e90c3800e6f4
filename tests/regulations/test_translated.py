"""What a regulation says to people, it can say in three languages; its digest is that of English."""

from pathlib import Path

import pytest

from ledger.domain.regulation import Scheme
from ledger.service import digests, lint, rulebook
from ledger.words.decree import decree
from ledger.words.language import Code, Language
from tests.regulations.mistakes import RIGHT, findings

SHIPPED = rulebook.load().schemes

INLINE = RIGHT.replace("else: too late", "else: {nl: te laat, fr: trop tard, en: too late}")
WORDS = """\
words:
  full-time: {nl: voltijds, fr: temps plein}
  half: {nl: de helft, fr: la moitié}
  share: {nl: deel, fr: part}
  works-enough: {nl: werkt genoeg, fr: travaille assez}
  in-time: {nl: op tijd, fr: à temps}
  too late: {nl: te laat, fr: trop tard}
  employed: {nl: werknemer, fr: salarié, en: employed}
  not employed: {nl: geen werknemer, fr: non salarié}
"""


def scheme(folder: Path, text: str) -> Scheme:
    assert findings(folder, text) == []
    return rulebook.load(folder / "regulations").schemes["test/leave"]


def lacking(folder: Path, text: str) -> list[str]:
    assert findings(folder, text) == []
    found = lint.check(folder / "regulations")
    return [each.message for each in found if "'words'" in each.message]


def test_a_text_in_three_languages_is_the_english_one_to_the_rules(tmp_path: Path) -> None:
    read = scheme(tmp_path, INLINE)
    assert [each.otherwise for each in read.use] == ["too late"]
    assert read.words["too late"] == {"nl": "te laat", "fr": "trop tard", "en": "too late"}


def test_names_and_texts_are_said_under_words(tmp_path: Path) -> None:
    read = scheme(tmp_path, RIGHT + WORDS)
    assert read.words["works-enough"] == {"nl": "werkt genoeg", "fr": "travaille assez"}


@pytest.mark.parametrize("text", [INLINE, RIGHT + WORDS], ids=["in place", "under words"])
def test_a_translation_does_not_change_a_digest(text: str) -> None:
    assert digests.digest_of(text) == digests.digest_of(RIGHT)


def test_the_english_of_a_text_in_three_languages_is_in_the_digest() -> None:
    other = INLINE.replace("en: too late", "en: late")
    assert digests.digest_of(other) != digests.digest_of(INLINE)


def test_a_file_in_english_only_is_complete(tmp_path: Path) -> None:
    assert lacking(tmp_path, RIGHT) == []


def test_a_file_that_says_all_in_three_languages_is_complete(tmp_path: Path) -> None:
    assert lacking(tmp_path, RIGHT + WORDS) == []
    assert (
        lacking(tmp_path, INLINE + WORDS.replace("  too late: {nl: te laat, fr: trop tard}\n", ""))
        == []
    )


def test_a_file_that_begins_to_speak_another_language_is_told_what_it_lacks(tmp_path: Path) -> None:
    spoken = WORDS.replace("  share: {nl: deel, fr: part}\n", "").replace(", fr: à temps", "")
    assert lacking(tmp_path, RIGHT + spoken) == [
        "'share' is not said in nl and fr; add it to 'words'",
        "'in-time' is not said in fr; add it to 'words'",
    ]


def test_words_for_a_text_of_before_are_no_mistake(tmp_path: Path) -> None:
    assert lacking(tmp_path, RIGHT + WORDS + "  retired: {nl: gepensioneerd, fr: retraité}\n") == []


MISTAKES = [
    (RIGHT.replace("else: too late", "else: {nl: te laat}"), "'en' is missing"),
    (RIGHT.replace("else: too late", "else: {en: late, de: spät}"), "unknown key 'de'"),
    (RIGHT + "words: {share: deel}\n", "a mapping is needed here"),
    (RIGHT + "words: {share: {nl: [deel]}}\n", "a value is needed here"),
    (
        INLINE + "words: {too late: {nl: te laat}}\n",
        "'too late' is said in two ways; one is enough",
    ),
]


@pytest.mark.parametrize(("text", "says"), MISTAKES)
def test_a_mistake_in_a_translation_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert [says in each.message for each in findings(tmp_path, text)] == [True]


@pytest.mark.parametrize("id_", list(SHIPPED))
def test_a_shipped_regulation_says_everything_in_three_languages(id_: str) -> None:
    scheme = SHIPPED[id_]
    silent = [
        text
        for key, text in lint.texts(scheme).items()
        if not {"nl", "fr"} <= scheme.words.get(key, {}).keys()
    ]
    assert silent == []


@pytest.mark.parametrize("code", ["nl", "fr"])
@pytest.mark.parametrize("id_", list(SHIPPED))
def test_the_rules_of_a_shipped_regulation_are_read_without_english(id_: str, code: Code) -> None:
    scheme, say = SHIPPED[id_], Language(code)
    days = {grant.valid.since for grant in scheme.grants}
    told = [line for day in sorted(days) for line in decree(scheme, day, say)]
    assert [line for line in told if "(en)" in line] == []
