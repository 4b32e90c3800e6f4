"""Hypothesis strategies for plausible and implausible lives."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st

from ledger.domain.calendar import OPEN, Term, plus_months, quarter
from ledger.domain.commands import RecordFact
from ledger.domain.facts import (
    About,
    Birth,
    CivilService,
    Content,
    Death,
    Employment,
    Enterprise,
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
    TopUp,
)

TOPPED = ("test/topped", "test/topped", "fr/cpf", "test/capped", "test/no-scheme")
"""Under which scheme funders add; one that takes nothing, and one that there is not, too."""

FEWER = settings(max_examples=settings().max_examples // 2, deadline=None)
"""For laws of which one example is a whole life with its questions: `make laws` tries more."""

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
    """Draw a profile fact, seldom a death."""
    lived = [
        st.builds(Birth, on=st.dates(date(1950, 1, 1), date(2004, 1, 1))),
        st.builds(Qualification, level=st.sampled_from([0, 2, 3, 4, 6]), since=days),
        st.builds(Residence, region=st.sampled_from(places), term=terms()),
    ]
    return st.one_of(*lived, *lived, *lived, st.builds(Death, on=days))


def top_ups(schemes: tuple[str, ...] = TOPPED) -> st.SearchStrategy[TopUp]:
    """Draw what a funder adds, now and then in another unit or of a kind that nobody gives."""
    return st.builds(
        TopUp,
        scheme=st.sampled_from(schemes),
        bucket=st.sampled_from(["gift", "gift", "bonus", "dotation", "no-kind"]),
        funder=st.sampled_from(["fr/france-travail", "employer/0566988259"]),
        quantity=st.integers(0, 30_000),
        unit=st.sampled_from(["cent", "cent", "cent", "minute"]),
        term=terms(),
        purposes=st.sampled_from([(), (), ("hobby",)]),
    )


def businesses() -> st.SearchStrategy[Spell]:
    """Draw some days of an enterprise's business."""
    return st.builds(
        Spell,
        term=terms(),
        status=st.builds(
            Enterprise,
            size=st.sampled_from(["small", "medium", "large"]),
            place=st.sampled_from(["be-vlg", "be-bru"]),
        ),
        evidence=st.sampled_from(["declared", "settled"]),
    )


def job_at(employer: str, place: str, *, assumed: bool = False) -> st.SearchStrategy[Employment]:
    """Draw a job at one employer and place, which differs by its working time."""
    return st.builds(
        lambda share: Employment(
            employer=employer,
            sector="private",
            place=place,
            share=share,
            weekly=int(38 * 60 * share),
            assumed=assumed,
        ),
        st.just(Fraction(1)) if assumed else shares,
    )


@st.composite
def settlings(draw: st.DrawFn, place: str) -> list[st.SearchStrategy[Spell]]:
    """Draw a job of which an employer declares the days, and settles some quarters, in any way."""
    since = date(draw(st.integers(2018, 2022)), draw(st.sampled_from([1, 3, 9])), 1)
    term = Term(since, draw(st.sampled_from([OPEN, date(since.year + 2, 3, 16)])))
    declared = st.builds(
        Spell,
        term=st.just(term),
        status=job_at("0884303369", place, assumed=True),
        evidence=st.just("declared"),
    )
    contents = [declared]
    numbers = st.lists(st.integers(0, 11), min_size=1, max_size=4, unique=True)
    for each in sorted(draw(numbers)):
        whole = quarter(each % 4 + 1, since.year + each // 4)
        ends = st.sampled_from([whole.until, plus_months(whole.since, 2)])
        settled = st.builds(
            Spell,
            term=ends.map(partial(Term, whole.since)),
            status=job_at("0884303369", place),
            evidence=st.just("settled"),
            settles=st.sampled_from([None, whole]),
        )
        contents.append(settled)
    return contents


@st.composite
def histories(
    draw: st.DrawFn, max_facts: int = 5, topped: tuple[str, ...] = TOPPED
) -> list[RecordFact]:
    """Draw the versions of some facts, each with corrections and sometimes an annulment."""
    places = draw(countries)
    contents: list[st.SearchStrategy[Content]] = []
    if draw(st.integers(0, 3)) == 0:
        contents += draw(settlings(places[0]))
    others = [spells(places), spells(places), profiles(places), top_ups(topped)]
    for _ in range(draw(st.integers(0 if contents else 1, max_facts))):
        contents.append(draw(st.sampled_from(others)))
    return draw(versions_of(contents[:max_facts]))


@st.composite
def versions_of(
    draw: st.DrawFn, contents: Sequence[st.SearchStrategy[Content]]
) -> list[RecordFact]:
    """Draw the versions of facts with such contents."""
    history: list[RecordFact] = []
    for index, content in enumerate(contents):
        versions: list[Content | None] = list(draw(st.lists(content, min_size=1, max_size=3)))
        about: About = "profile"
        if isinstance(versions[0], Spell | TopUp):
            about = "status" if isinstance(versions[0], Spell) else "top-up"
        if draw(st.integers(0, 5)) == 0:
            versions.append(None)
        history += [
            RecordFact(
                fact=Fact(
                    id=FactId(SOURCE, f"f{index}"),
                    version=number,
                    about=about,
                    content=said,
                )
            )
            for number, said in enumerate(versions, start=1)
        ]
    return history
