"""Which jobs count when declared and settled ones disagree, day by day."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.account import digest
from ledger.domain.calendar import OPEN, Term
from ledger.domain.evidence import Piece, changed, resolve
from ledger.domain.facts import Employment, FactId, Jobseeking, Profile, Spell, Status
from tests.story import SOURCE, day, employment, term

BAKERY, BREWERY = "0566988259", "0884303369"
FIRST = date(2025, 1, 1)
HORIZON = 12
"""Days that the property tests look at; the laws draw long lives."""

Told = list[tuple[FactId, Spell]]

within = st.integers(0, HORIZON).map(lambda days: FIRST + timedelta(days=days))
terms = st.one_of(
    within.map(Term),
    st.tuples(within, within).filter(lambda two: two[0] < two[1]).map(lambda two: Term(*two)),
)
jobs = st.builds(
    Employment,
    employer=st.sampled_from([BAKERY, BAKERY, BREWERY]),
    sector=st.just("private"),
    place=st.just("be-vlg"),
    share=st.sampled_from(["1", "4/5", "1/2"]).map(Fraction),
    weekly=st.sampled_from([1140, 2280]),
    assumed=st.booleans(),
)
spells = st.builds(
    Spell,
    term=terms,
    status=jobs,
    evidence=st.sampled_from(["declared", "settled"]),
    settles=st.none() | terms,
)
told = st.lists(spells, max_size=6).map(
    lambda some: [(FactId(SOURCE, f"f{number}"), spell) for number, spell in enumerate(some)]
)
days = [FIRST + timedelta(days=number) for number in range(HORIZON + 2)]


def employer(spell: Spell) -> str:
    assert isinstance(spell.status, Employment)
    return spell.status.employer


def settled_time(facts: Told, spell: Spell, on: date) -> tuple[Fraction, int] | None:
    """Return the working time on the last day before one that is settled within a declared job."""
    while (on := on - timedelta(days=1)) >= FIRST:
        found = [
            other.status
            for _, other in facts
            if (other.evidence, employer(other)) == ("settled", employer(spell))
            and on in other.term
            and other.term.overlaps(spell.term)
            and isinstance(other.status, Employment)
        ]
        if found:
            share = min(Fraction(1), sum((job.share for job in found), Fraction(0)))
            return share, sum(job.weekly for job in found)
    return None


def counts(facts: Told, on: date) -> dict[FactId, tuple[Fraction, int]]:
    """Return the working time that counts on a day, by fact, as the rule says it."""
    found = {}
    for id_, spell in facts:
        job = spell.status
        assert isinstance(job, Employment)
        overruled = spell.evidence == "declared" and any(
            other.evidence == "settled"
            and employer(other) == employer(spell)
            and on in other.speaks_for
            for _, other in facts
        )
        if on in spell.term and not overruled:
            better = settled_time(facts, spell, on) if job.assumed else None
            own = job.share, job.weekly
            found[id_] = own if spell.evidence == "settled" or better is None else better
    return found


@given(told)
def test_each_day_has_what_the_rule_says_of_it(facts: Told) -> None:
    pieces = resolve(facts)
    for on in days:
        here = [piece for piece in pieces if on in piece.term]
        found = {p.facts[0]: (p.status.share, p.status.weekly) for p in here}  # type: ignore[union-attr]
        assert len(found) == len(here), "the parts of one fact share no day"
        assert found == counts(facts, on)


@given(st.data(), told)
def test_the_order_of_the_facts_does_not_matter(data: st.DataObject, facts: Told) -> None:
    assert resolve(data.draw(st.permutations(facts))) == resolve(facts)


@given(told, told)
def test_what_changed_is_the_shortest_term_of_the_days_that_differ(one: Told, other: Told) -> None:
    def on(pieces: list[Piece], at: date) -> dict[FactId, Status]:
        return {piece.facts[0]: piece.status for piece in pieces if at in piece.term}

    before, after = resolve(one), resolve(other)
    differ = [at for at in days if on(before, at) != on(after, at)]
    found = changed(before, after)
    if not differ:
        assert found is None
        return
    assert found is not None
    assert found.since == differ[0]
    assert found.until == (OPEN if differ[-1] == days[-1] else differ[-1] + timedelta(days=1))


def test_the_working_time_of_two_occupations_adds_up_and_both_are_named() -> None:
    declared = replace(employment(), assumed=True)
    quarter = term("2025-01-01", "2025-04-01")
    facts: Told = [
        (FactId(SOURCE, "in"), Spell(term=term("2025-01-06"), status=declared, evidence="declared"))
    ]
    for name, since, share in (("a", "2025-01-06", "1/2"), ("b", "2025-03-01", "2/5")):
        spell = Spell(
            term=term(since, "2025-04-01"),
            status=employment(share),
            evidence="settled",
            settles=quarter,
        )
        facts.append((FactId(SOURCE, name), spell))
    last = resolve(facts)[-1]
    assert last.term == term("2025-04-01")
    assert last.status == replace(employment("9/10"), assumed=True)
    assert [fact.id for fact in last.facts] == ["in", "a", "b"]


JOB = Employment(
    employer=BAKERY, sector="private", place="be-vlg", share=Fraction(4, 5), weekly=1824
)
QUARTER = Term(day("2025-07-01"), day("2025-10-01"))


@pytest.mark.parametrize(
    ("content", "was"),
    [
        (Spell(term=Term(day("2025-09-01")), status=JOB, evidence="declared"), "663f3e8f"),
        (Spell(term=QUARTER, status=JOB, evidence="settled"), "cd9e20ea"),
        (
            Spell(
                term=Term(day("2025-09-01")), status=Jobseeking(benefit=True), evidence="settled"
            ),
            "79b28abd",
        ),
        (None, "3bd75280"),
    ],
)
def test_a_fact_without_settled_days_has_the_digest_that_it_always_had(
    content: Spell | Profile | None, was: str
) -> None:
    assert digest(content) == was


def test_a_fact_with_them_says_something_else() -> None:
    spell = Spell(term=QUARTER, status=JOB, evidence="settled")
    settles = Spell(term=QUARTER, status=JOB, evidence="settled", settles=QUARTER)
    assumed = replace(spell, status=replace(JOB, assumed=True))
    assert len({digest(spell), digest(settles), digest(assumed)}) == 3
    assert "settles=Term(since=datetime.date(2025, 7, 1)" in repr(settles)
