"""A rule is said in words, and every word of the vocabulary has its own."""

import pytest

from ledger.domain.expressions import (
    MONTHS,
    SPELLS,
    VOCABULARY,
    Expression,
    Type,
    compiled,
)
from ledger.words.language import Language
from ledger.words.wording import CALLS, NAMES, ids, in_words

TYPED: dict[str, Type] = {
    "period": "term",
    "day": "day",
    "course_starts": "day",
    "latest": "day",
    "balance": "minute",
    "share": "number",
    "least_share": "number",
    "hours": "minute",
    "more": "minute",
    "enough": "bool",
    "work": "spells",
}
TYPES = ("bool", "number", "day", "term", "spells", "minute", "text")
NUMBERS = {"least_share": "80 %"}


def expression(text: str) -> Expression:
    return compiled(text, TYPED, TYPES)


def test_every_word_of_the_vocabulary_can_be_said() -> None:
    said = {*SPELLS, *CALLS, *NAMES, *MONTHS}
    assert said >= VOCABULARY
    assert {f"spell-{name}".replace("_", "-") for name in SPELLS} <= set(ids())


SAID = [
    ("employment().exists_on(day)", "is employed on the day"),
    ("employment(sector='private', place='be-vlg').exists_on(day)", "is employed (private sector, in be-vlg) on the day"),
    ("not self_employment(activity='main').exists_in(period)", "is not self-employed (main activity) at some time in the period"),
    ("not not study().exists_on(day)", "is a student on the day"),
    ("jobseeking(benefit=True).exists_on(day)", "is a jobseeker (with benefit) on the day"),
    ("self_employment(contributes=False).months_in(period)", "the number of months with self-employment (does not contribute) in the period"),
    ("work.exists_on(day)", "has 'work' on the day"),
    ("not work.exists_on(day)", "has no 'work' on the day"),
    ("share >= least_share", "'share' is at least 80 %"),
    ("not share >= least_share", "'share' is below 80 %"),
    ("day <= months_after(course_starts, 2)", "the day is on or before 2 months after the start of the course"),
    ("months_after(day, 1) > day", "1 month after the day is after the day"),
    ("max(day, course_starts) < day", "the highest of the day and the start of the course is before the day"),
    ("enough or work.exists_on(day) and not enough", "'enough' or (has 'work' on the day and not 'enough')"),
    ("not (enough and share < 1)", "it is not so that ('enough' and 'share' is below 1)"),
    ("hours if enough else (more if share < 1 else hours * 2)", "'hours' if 'enough', otherwise ('more' if 'share' is below 1, otherwise 'hours' times 2)"),
    ("(hours + more) * share / 12", "('hours' plus 'more') times 'share' divided by 12"),
    ("hours - (more - hours)", "'hours' minus ('more' minus 'hours')"),
    ("min(hours + more, balance)", "the lowest of ('hours' plus 'more') and the balance"),
    ("work.share_in(month(march, of=period))", "the highest part of full time of 'work' in March of the year in which the period begins"),
    ("work.weekly_in(course_month(period))", "the weekly time of 'work' in the month in which the first course asked for in the period starts"),
    ("lives_in('be-vlg be-bru fr', day)", "lives in be-vlg, be-bru or fr on the day"),
    ("not lives_in('fr', day)", "does not live in fr on the day"),
    ("level_below(5, day) and age_from(18, day)", "has a qualification below level 5 on the day and is 18 or older on the day"),
    ("lives_in('fr' if enough else 'at be', day)", "lives in (fr if 'enough', otherwise at be) on the day"),
    ("True if enough else False", "always if 'enough', otherwise never"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), SAID)
def test_an_expression_reads_as_a_sentence(written: str, said: str) -> None:
    assert in_words(expression(written), NUMBERS) == said


def test_an_expression_can_be_said_in_place_of_its_name() -> None:
    known = {
        "work": expression("employment(place='fr')"),
        "hours": expression("balance + more"),
        "latest": expression("months_after(day, 2)"),
    }
    assert in_words(expression("work.exists_on(day)"), known) == "is employed (in fr) on the day"
    assert in_words(expression("hours * 2"), known) == "(the balance plus 'more') times 2"
    assert in_words(expression("latest > day"), known) == "2 months after the day is after the day"
    assert (
        in_words(expression("work.share_over(period)"), known)
        == "the average part of full time of employment (in fr) over the period"
    )


IN_OTHER_LANGUAGES = [
    ("not self_employment(activity='main').exists_in(period)", "is geen zelfstandige (in hoofdberoep) op enig moment in de periode", "n'est pas indépendant (à titre principal) à un moment donné dans la période"),
    ("share >= least_share or not enough", "\u2018deel\u2019 is minstens 80 % of niet \u2018enough (en)\u2019", "« fraction » vaut au moins 80 % ou pas « enough (en) »"),
    ("day <= months_after(course_starts, 1)", "de dag zelf valt niet later dan 1 maand na het begin van de opleiding", "le jour considéré tombe au plus tard 1 mois après le début de la formation"),
    ("lives_in('be-vlg be-bru nl', day)", "woont in Vlaanderen, Brussel of Nederland op de dag zelf", "a son domicile (Flandre, Bruxelles ou Pays-Bas) le jour considéré"),
    ("work.share_in(month(march, of=period))", "het hoogste deel van een voltijdse baan bij werk als werknemer (in Frankrijk) in maart van het jaar waarin de periode ingaat", "la plus haute fraction d'un temps plein pour un emploi salarié (lieu : France) dans le mois de mars de l'année où commence la période"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "nl", "fr"), IN_OTHER_LANGUAGES)
def test_an_expression_reads_as_a_sentence_in_each_language(written: str, nl: str, fr: str) -> None:
    words = {"share": {"nl": "deel", "fr": "fraction"}}
    known: dict[str, str | Expression] = {**NUMBERS}
    known["work"] = expression("employment(place='fr')")
    assert in_words(expression(written), known, Language("nl", words)) == nl
    assert in_words(expression(written), known, Language("fr", words)) == fr
