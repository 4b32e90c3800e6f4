"""The example life as people read it in Dutch and in French; the texts were read by eye.

`python -m tests.cli.test_golden_languages` writes them anew: read the difference.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.audit.explain import explain
from ledger.audit.prospects import effects, overview, quotes
from ledger.domain.facts import Jobseeking
from ledger.words.explanation import as_text
from ledger.words.language import Language
from ops.cli import prospects
from tests.cli.lives import LIFE, VOV
from tests.story import Story, course, day, now, rulebook

GOLDEN = Path(__file__).parent / "golden"

ASKED = [(VOV, "2021-10-15", "2021-11-15"), (VOV, "2023-02-02", None)]

DAY, SCHEMES = "2021-10-06", (VOV, "fr/cpf")


def life(until: str = "2023-02-02") -> Story:
    story = Story()
    for today, requests in LIFE:
        if today <= until:
            story.tell(today, *requests)
    return story


def explanations(say: Language) -> Iterator[str]:
    """Write what was had on two days; without what is true of the scheme on any day."""
    rules = rulebook()
    for scheme, on, known in ASKED:
        instant = now(known, hour=23).recorded_at if known else None
        told = explain(life().envelopes, rules, rules.schemes[scheme], day(on), instant)
        text = "\n".join(as_text(told, rules.providers, say))
        yield re.sub(rf"\b{told.scheme.digest}\b", "DIGEST", text.partition(say("left-open"))[0])


def possibilities(say: Language) -> Iterator[str]:
    """Write a quote, an overview, and what losing the job would do."""
    rules, on = rulebook(), day(DAY)
    account, asked = life(DAY).account, course("2021-12-01", "cvo-semper")
    quoted = quotes(account, asked, on, now(DAY), rules)
    yield from (
        _line(prospects._row(each, asked, on, say)) for each in quoted if each.scheme.id in SCHEMES
    )
    stood = overview(account, on, now(DAY), rules)
    yield from (
        _line(prospects._line(each, on, say)) for each in stood if each.scheme.id in SCHEMES
    )
    changed = effects(account, Jobseeking(benefit=True), on, now(DAY), rules)
    yield from (
        _line(each)
        for effect in changed
        if effect.before.scheme.id == VOV
        for each in prospects._change(effect, on, say)
    )


def _line(cells: tuple[object, ...]) -> str:
    return " | ".join(map(str, cells))


def written(say: Language) -> str:
    return "\n".join([*explanations(say), *possibilities(say), ""])


@pytest.mark.parametrize("say", [Language("nl"), Language("fr")], ids=lambda say: say.code)
def test_the_example_life_reads_as_it_did_when_it_was_read_by_eye(say: Language) -> None:
    told = written(say)
    assert told == (GOLDEN / f"life.{say.code}.txt").read_text("utf-8")
    assert "(en)" not in told


if __name__ == "__main__":
    for code in ("nl", "fr"):
        (GOLDEN / f"life.{code}.txt").write_text(written(Language(code)), "utf-8")
