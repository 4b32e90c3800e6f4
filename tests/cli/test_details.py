"""What a verification found, down to its details, is said in Dutch and in French."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger
from ledger.words.details import FORMS, detail
from ledger.words.language import ENGLISH, Code, Language

ROOT = Path(ledger.__file__ or "").parents[1]

FINDING = (
    "ledger/audit/proofs/naming",
    "ledger/audit/proofs/verifying",
    "ledger/audit/proofs/kept",
    "ledger/audit/proofs/keys",
    "ledger/audit/texts",
    "ledger/audit/handled",
    "ops/proofs/receipts_tree",
    "ops/audit/comparing",
    "ops/audit/verifying",
)
"""The modules that write what is found."""

KINDS = {
    "other past", "tree missing", "receipt missing", "receipt inserted", "model missing",
    "model inserted",
}  # fmt: skip

OTHERS = {
    "SELECT to_regclass(%s) IS NOT NULL",
    "not made",
    "other version",
    "the key that signs now is",
    "a new key is of the same name, and is none of those before",
    "rugzak audit key",
} | KINDS
"""Texts there that no finding tells."""

NAMES = {"detail-about"}
"""Of no words of their own, but for those that they put together."""

SAMPLES = {
    "as it is": "x-1", "number": "-12", "count": "3 receipts", "places": "numbers 4 to 6",
    "sentence": "there is no state row", "error": "boom", "row": "None",
    "differences": "events 4, and the log 3; it says reason None, and the log no",
}  # fmt: skip


MARKS = {"places": "position \0", "count": "\0 events"}
"""Values with words of their own, as the modules write them."""


def sentences(module: str) -> Iterator[str]:
    """Yield the texts that a module writes, without docstrings and without what stands in them."""
    tree = ast.parse((ROOT / f"{module}.py").read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in alone and " " in node.value.strip():
            yield node.value.strip(" :;")


@pytest.mark.parametrize("module", FINDING)
def test_every_sentence_that_a_finding_tells_is_one_of_a_form(module: str) -> None:
    english = [
        ENGLISH(message, **{name: MARKS.get(how, "\0") for name, how in values.items()})
        for message, values in FORMS.items()
    ]
    said = {*sentences(module)} - OTHERS
    assert said
    assert [text for text in said if not any(text in each for each in english)] == []


@pytest.mark.parametrize("message", FORMS)
@pytest.mark.parametrize("code", ["nl", "fr"])
def test_a_detail_is_said_in_each_language_with_its_values(code: Code, message: str) -> None:
    hows, say = FORMS[message], Language(code)
    english = ENGLISH(message, **{name: SAMPLES[how] for name, how in hows.items()})
    assert detail(english, ENGLISH) == english
    told = detail(english, say)
    assert "(en)" not in told
    if message not in NAMES:
        assert told.replace(" ", "") != english.replace(" ", "")
    for how in ("as it is", "number"):
        assert told.count(SAMPLES[how]) == list(hows.values()).count(how), told
    for english_only in ("receipts", "numbers", "there is no", "and the log", "None"):
        assert english_only not in told
