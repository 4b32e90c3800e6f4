"""Days at the edge of the calendar, as facts and as courses, break nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.calendar import OPEN, Term, only, plus_months, since
from ledger.domain.commands import Course, RecordFact, Reserve
from ledger.domain.facts import Birth, Fact, FactId, Profile, Qualification, Residence, Spell
from tests.laws.lives import SOURCE, jobs, others
from tests.story import Story, course, day, employment, reserve, said

VOV = "be-vlg/vov"
EDGES = [date.min, date(1, 1, 2), date(1, 12, 31), date(9998, 12, 31), date(9999, 9, 1), OPEN]

edges = st.sampled_from([*EDGES, date(2021, 9, 1), date(2022, 3, 1)])
terms = st.tuples(edges, edges).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Term(*pair))
contents: st.SearchStrategy[Spell | Profile] = st.one_of(
    st.builds(
        Spell,
        term=terms,
        status=st.one_of(jobs(["be-vlg", "fr"]), others(["be-vlg", "fr"])),
        evidence=st.sampled_from(["declared", "settled"]),
        settles=st.none() | terms,
    ),
    st.builds(Birth, on=edges),
    st.builds(Qualification, level=st.integers(0, 8), since=edges),
    st.builds(Residence, region=st.just("be-vlg"), term=terms),
)


@given(st.lists(contents, min_size=1, max_size=4), edges)
def test_facts_and_courses_of_any_day_are_taken_in(
    said_of_her: list[Spell | Profile], starts: date
) -> None:
    story = Story()
    for number, content in enumerate(said_of_her):
        fact = Fact(
            id=FactId(SOURCE, f"f{number % 3}"),
            version=number,
            about="status" if isinstance(content, Spell) else "profile",
            content=content,
        )
        story.hear("2022-03-02", RecordFact(fact=fact))
    asked = Course(id="c", provider="cvo-semper", starts_on=starts)
    for scheme, unit in ((VOV, "minute"), ("be-vlg/opleidingscheques", "cent")):
        story.hear(
            "2022-03-02",
            Reserve(
                reservation=scheme,
                scheme=scheme,
                quantity=1,
                unit=unit,
                course=asked,
                on=day("2022-03-02"),
            ),
        )
    story.tell("2023-09-02")


def test_a_job_since_the_year_1_does_not_stand_in_for_a_course_that_nobody_asked_for() -> None:
    """Half of September is too little; the month of the first course decides, if there is one."""
    story = Story()
    story.tell(
        "2022-09-05",
        said("long-ago", employment(), "0001-01-01", "1999-01-01"),
        said("now", employment("2/5"), "2022-09-01"),
    )
    assert story.rights(VOV) == {}


@pytest.mark.parametrize(
    ("first", "months", "later"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-11-30", 3, "2024-02-29"),
        ("9999-12-01", 1, OPEN.isoformat()),
        ("0001-01-31", -1, date.min.isoformat()),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    first: str, months: int, later: str
) -> None:
    assert plus_months(day(first), months) == day(later)


def test_the_last_day_of_the_calendar_is_taken_for_the_one_before() -> None:
    assert only(OPEN) == only(date(9999, 12, 30)) == since(OPEN)
    assert course("9999-12-31").starts_on == OPEN
    assert Story().refused("2022-09-05", reserve("r", VOV, 60, "2022-09-05", starts="9999-12-31"))
