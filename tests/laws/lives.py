"""Hypothesis strategies for plausible and implausible lives."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import RecordFact
from ledger.domain.facts import (
    Birth,
    CivilService,
    Employment,
    Fact,
    FactId,
    Jobseeking,
    Profile,
    Qualification,
    Residence,
    Retirement,
    SelfEmployment,
    Spell,
    Status,
    Study,
)

FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)
SOURCE = "https://dimona.example.be"

days = st.dates(FIRST, LAST)
shares = st.sampled_from(["1", "4/5", "1/2", "2/5", "20/38", "803/1607", "804/1607"]).map(Fraction)
COUNTRIES = {"flanders": ["be-vlg", "be-bru"], "france": ["fr"], "both": ["be-vlg", "fr"]}
"""A life mostly happens in one country, where its facts meet; rules are national."""

countries = st.sampled_from(sorted(COUNTRIES)).map(COUNTRIES.__getitem__)
regions = countries.flatmap(st.sampled_from)


def jobs(places: list[str]) -> st.SearchStrategy[Status]:
    """Draw jobs at one of two employers, so that evidence can contradict itself."""
    return st.builds(
        lambda employer, sector, place, share, assumed: Employment(
            employer=employer,
            sector=sector,
            place=place,
            share=share,
            weekly=int(38 * 60 * share),
            assumed=assumed,
        ),
        st.sampled_from(["0566988259", "0403170701"]),
        st.sampled_from(["private", "private", "public"]),
        st.sampled_from(places),
        shares,
        st.booleans(),
    )


def others(places: list[str]) -> st.SearchStrategy[Status]:
    """Draw what is no employment contract."""
    return st.one_of(
        st.builds(
            CivilService,
            employer=st.just("0308357159"),
            place=st.sampled_from(places),
            share=shares,
        ),
        st.builds(Jobseeking, benefit=st.booleans()),
        st.builds(
            SelfEmployment,
            activity=st.sampled_from(["main", "side"]),
            place=st.sampled_from(places),
            contributes=st.booleans(),
        ),
        st.just(Study()),
        st.just(Retirement()),
    )


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """Draw a term of days to years, sometimes open."""
    since = draw(days)
    if draw(st.integers(0, 4)) == 0:
        return Term(since, OPEN)
    return Term(since, since + timedelta(days=draw(st.integers(1, 1500))))


@st.composite
def spells(draw: st.DrawFn, places: list[str] | None = None) -> Spell:
    """Draw a spell of any status; jobs are most frequent."""
    where = places or draw(countries)
    status = draw(st.one_of(jobs(where), jobs(where), others(where)))
    return Spell(
        term=draw(terms()),
        status=status,
        evidence=draw(st.sampled_from(["declared", "settled"])),
        settles=draw(st.none() | terms()),
    )


def profiles(places: list[str]) -> st.SearchStrategy[Profile]:
    """Draw a profile fact."""
    return st.one_of(
        st.builds(Birth, on=st.dates(date(1950, 1, 1), date(2004, 1, 1))),
        st.builds(Qualification, level=st.sampled_from([0, 2, 3, 4, 6]), since=days),
        st.builds(Residence, region=st.sampled_from(places), term=terms()),
    )


@st.composite
def histories(draw: st.DrawFn, max_facts: int = 5) -> list[RecordFact]:
    """Draw the versions of some facts, each with corrections and sometimes an annulment."""
    places = draw(countries)
    history: list[RecordFact] = []
    for index in range(draw(st.integers(1, max_facts))):
        about = "profile" if draw(st.integers(0, 3)) == 0 else "status"
        content = profiles(places) if about == "profile" else spells(places)
        versions: list[Spell | Profile | None] = list(
            draw(st.lists(content, min_size=1, max_size=3))
        )
        if draw(st.integers(0, 5)) == 0:
            versions.append(None)
        history += [
            RecordFact(
                fact=Fact(
                    id=FactId(SOURCE, f"f{index}"),
                    version=number,
                    about="profile" if about == "profile" else "status",
                    content=said,
                )
            )
            for number, said in enumerate(versions, start=1)
        ]
    return history
