"""Every stored event can be put into a sentence."""

import re
from collections import defaultdict
from dataclasses import replace

import pytest

from ledger.domain.events import Event, MandateEnded, MandateGiven, StatusRecorded
from ledger.domain.facts import Inactivity, Retirement, Study
from ledger.store.catalogue import KINDS
from ledger.words.language import Language
from ledger.words.sentences import sentence, status
from tests.store.samples import SAMPLES
from tests.story import employment, term


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_is_told_in_words_and_not_as_data(event: Event) -> None:
    told = sentence(event, defaultdict(lambda: "minute"), {})
    assert re.search(r"[a-z]{2} [a-z]{2}", told)
    assert not re.search(r"[A-Z][a-zA-Z]+\(|None|datetime|[<>{}]", told)


def test_the_samples_are_of_every_kind() -> None:
    assert {type(event) for event in SAMPLES} == {kind.cls for kind in KINDS}


def test_statuses_without_attributes_have_a_name() -> None:
    told = [status(each) for each in (Study(), Inactivity(), Retirement())]
    assert told == ["student", "not active", "retired"]


def test_a_settled_job_says_for_which_days_it_speaks_and_an_assumed_one_that_it_is() -> None:
    said = SAMPLES[0]
    assert isinstance(said, StatusRecorded)
    quarter = term("2025-07-01", "2025-10-01")
    told = sentence(replace(said, settles=quarter), {}, {})
    assert told.endswith("(settled, all work there from 2025-07-01 to 2025-09-30)")
    assert status(replace(employment("4/5"), assumed=True)).endswith("30.4 h a week (assumed)")


@pytest.mark.parametrize(
    ("say", "given", "ended"),
    [
        (
            Language("en"),
            "may authorize a provider and see what there is for be-vlg/vov",
            "mandate m1 ended: asked for",
        ),
        (
            Language("nl"),
            "mag een opleidingsverstrekker machtigen en inkijken voor be-vlg/vov",
            "mandaat m1 beëindigd: asked for",
        ),
        (
            Language("fr"),
            "peut autoriser un prestataire et consulter pour be-vlg/vov",
            "mandat m1 terminé : asked for",
        ),
    ],
    ids=("en", "nl", "fr"),
)
def test_a_mandate_is_told_in_each_language(say: Language, given: str, ended: str) -> None:
    [sample] = [each for each in SAMPLES if isinstance(each, MandateGiven)]
    told = sentence(sample, {}, {}, say)
    assert given in told
    assert str(sample.helper) in told
    end = MandateEnded(mandate="m1", effective_on=sample.effective_on, reason="asked for")
    assert sentence(end, {}, {}, say) == ended
