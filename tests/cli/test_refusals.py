"""What the ledger refuses in English is found again, and said in Dutch and in French."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger
from ledger.domain.decide import NOT_CAPTURED, REST
from ledger.domain.reasons import Reason
from ledger.domain.taking import USED_IN_TERM
from ledger.words.language import ENGLISH, Code, Language
from ledger.words.refusals import FORMS, MAX_DETAIL_CHARACTERS, Detail, Form, in_language, words_of
from tests.story import rulebook

NL, FR = Language("nl"), Language("fr")

SAMPLES = {
    "as it is": "x-1", "figures": "12.5 h", "left": "3 people", "text": "the term is over",
    "holder": "a person",
}  # fmt: skip

DECIDING = (
    "domain/decide",
    "domain/mandating",
    "domain/taking",
    "domain/operations",
    "domain/waiting",
)
"""The modules that write details."""

TO_OPERATORS = {
    "two accounts are merged by the door, which decides about both",
    "this account was merged into",
    "; name that one",
}
"""Parts of details that nobody else is told."""

OTHERS = {NOT_CAPTURED, REST, USED_IN_TERM} | TO_OPERATORS
"""Texts there that are no details, or in English only."""


def written(form: Form) -> str:
    return ENGLISH(form.message, **{name: SAMPLES[how] for name, how in form.values.items()})


def texts(module: str) -> Iterator[str]:
    """Yield the sentences, or parts of some, that a module holds, without docstrings."""
    tree = ast.parse((Path(ledger.__file__ or "").parent / f"{module}.py").read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value.strip()


def test_every_reason_has_words() -> None:
    to_operators = {Reason.NOT_MERGEABLE, Reason.NOT_MERGED}  # who are told in English only
    assert {reason for form in FORMS for reason in form.reasons} == set(Reason) - to_operators


@pytest.mark.parametrize("module", DECIDING)
def test_every_sentence_of_the_domain_is_one_of_a_form(module: str) -> None:
    english = [ENGLISH(form.message, **dict.fromkeys(form.values, "\0")) for form in FORMS]
    said = {text for text in texts(module) if " " in text} - OTHERS
    assert said
    assert [text for text in said if not any(text in each for each in english)] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.message)
def test_a_detail_is_said_in_each_language_with_its_values(form: Form) -> None:
    english = written(form)
    assert in_language(english, ENGLISH) == english
    for say, figure in ((NL, "12,5 u"), (FR, "12,5 h")):
        told = in_language(english, say)
        assert told != english
        assert "(en)" not in told
        assert told.count("x-1") == list(form.values.values()).count("as it is")
        assert told.count(figure) == list(form.values.values()).count("figures")
        assert "12.5" not in told


@pytest.mark.parametrize(
    ("english", "dutch", "french"),
    [
        (
            "20 h asked, 3.5 h available on 2025-09-01; not met: works enough",
            "20 u gevraagd, 3,5 u beschikbaar op 1 september 2025; niet voldaan: werkt genoeg",
            "20 h demandés, 3,5 h disponibles le 1er septembre 2025 ; condition non remplie : travaille assez",
        ),
        (
            "uses of be-vlg/vov are frozen; the rights are kept",
            "het gebruik van be-vlg/vov is bevroren; de rechten blijven behouden",
            "l'usage de be-vlg/vov est gelé ; les droits sont conservés",
        ),
        (
            "EUR 1.50 can't be captured; EUR 1.00 is reserved",
            "1,50 EUR kan niet worden bevestigd; er is 1,00 EUR gereserveerd",
            "1,50 EUR ne peuvent pas être confirmés ; 1,00 EUR sont réservés",
        ),
        (
            "how 'x; y' ended was told before: withdrawn; reverse what is wrong",
            "hoe 'x; y' eindigde, is al gemeld: stopgezet; draai terug wat verkeerd is",
            "la fin de 'x; y' a déjà été communiquée : abandonnée ; annulez ce qui est faux",
        ),
    ],
)
def test_details_are_said_as_people_say_them(english: str, dutch: str, french: str) -> None:
    detail = Detail(english, words_of(rulebook()))
    assert [detail.said(each) for each in (ENGLISH, NL, FR)] == [english, dutch, french]


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_why_a_regulation_refuses_is_said_in_its_own_words(code: Code) -> None:
    rules, say = rulebook(), Language(code)
    words = words_of(rules)
    texts = {
        text
        for scheme in rules.schemes.values()
        for text in (
            *(each.otherwise for each in scheme.use),
            *(each.otherwise for each in scheme.shared),
            *(f"not met: {name}" for grant in scheme.grants for name, _ in grant.who),
        )
        if scheme.words
    }
    assert len(texts) > 50
    marked = [text for text in texts if "(en)" in Detail(text, words).said(say)]
    assert marked == []


def test_what_nobody_wrote_stays_english_and_is_marked_so_and_is_not_looked_through_for_long() -> (
    None
):
    assert in_language("because I say so", NL) == "because I say so (en)"
    long = "; ".join(["no open reservation"] * MAX_DETAIL_CHARACTERS)
    assert in_language(long, NL) == f"{long} (en)"
    half = in_language("it comes to 0; whatever", NL)
    assert half.startswith(NL("hindrance-zero"))
    assert half.endswith("whatever (en)")
