"""How a course ends, and what the scheme's rule gives back for it."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.requests import history_of
from ledger.domain.calendar import working_days
from ledger.domain.commands import End, Freeze
from ledger.domain.events import CourseEnded, ReservationReleased, RightUsed, UseReversed
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.rulebook import Rulebook
from ledger.service import rulebook
from ledger.service.endings import public_holidays
from tests.story import Story, capture, day, employment, end, give_up, reserve, said, use

LAPSING = "test/lapsing"
YEAR = f"{LAPSING}/2024"
JOB = said("job", employment(), "2018-01-01")


@cache
def trial() -> Rulebook:
    return rulebook.load(Path(__file__).parent.parent / "laws" / "regulations")


def held(*, at_once: bool = False, minutes: int = 301) -> Story:
    """Return the story of somebody with 10 hours, of which some are taken on 2 April 2024."""
    story = Story(trial())
    story.tell("2024-01-01", JOB)
    ask = use if at_once else reserve
    story.tell("2024-04-02", ask("a", LAPSING, minutes, "2024-04-02", provider="trial-school"))
    return story


def lot(story: Story) -> tuple[int, int, int]:
    found = story.account.lots[YEAR]
    return found.available, found.reserved, found.used


class TestOfAReservation:
    def test_withdrawn_in_time_all_of_it_comes_back(self) -> None:
        story = held()
        events = story.tell("2024-04-09", give_up("a", "2024-04-09"))
        assert [type(event) for event in events] == [CourseEnded, ReservationReleased]
        assert lot(story) == (600, 0, 0)

    def test_a_working_day_later_half_of_it_does_and_the_rest_is_used(self) -> None:
        story = held()
        events = story.tell("2024-04-10", give_up("a", "2024-04-10"))
        assert [type(event) for event in events] == [CourseEnded, RightUsed, ReservationReleased]
        ended = events[0]
        assert isinstance(ended, CourseEnded)
        assert (ended.gives_back, ended.because) == (150, "withdrawn late")
        assert ended.rule == f"ending:2@{trial().schemes[LAPSING].digest}"
        assert lot(story) == (449, 0, 151)

    def test_a_course_that_was_attended_is_used(self) -> None:
        story = held()
        story.tell("2024-06-01", end("a", "2024-06-01", "1/2"))
        assert lot(story) == (299, 0, 301)

    def test_a_freeze_stops_what_would_be_used_and_not_what_comes_back(self) -> None:
        story = held()
        story.tell("2024-04-03", Freeze(scheme=LAPSING, on=day("2024-04-03"), reason="an inquiry"))
        assert story.refused("2024-06-01", end("a", "2024-06-01")).reason is Reason.FROZEN
        assert isinstance(story.hear("2024-04-05", give_up("a", "2024-04-05")), list)


class TestOfAUse:
    def test_too_little_attendance_is_recovered_for_the_funder_and_stays_used(self) -> None:
        story = held(at_once=True)
        (ended,) = story.tell("2024-06-01", end("a", "2024-06-01", "0.49"))
        assert isinstance(ended, CourseEnded)
        assert (ended.gives_back, ended.recovers) == (0, 301)
        assert lot(story) == (299, 0, 301)

    def test_withdrawn_in_time_it_is_reversed(self) -> None:
        story = held(at_once=True)
        events = story.tell("2024-04-03", give_up("a", "2024-04-03"))
        assert [type(event) for event in events] == [CourseEnded, UseReversed]
        assert lot(story) == (600, 0, 0)


class TestRefused:
    def test_a_course_ends_once(self) -> None:
        story = held(at_once=True)
        story.tell("2024-06-01", end("a", "2024-06-01"))
        assert (
            story.refused("2024-06-02", give_up("a", "2024-06-02")).reason is Reason.ENDED_ALREADY
        )

    def test_attendance_must_be_told_where_the_rule_asks_it(self) -> None:
        story = held()
        untold = End(id="a", on=day("2024-06-01"))
        assert story.refused("2024-06-01", untold).reason is Reason.ENDING_UNTOLD

    def test_a_scheme_without_a_rule_says_what_to_do_instead(self) -> None:
        story = Story(trial())
        story.tell("2018-01-01", JOB)
        asked = reserve("a", "test/asked", 1, "2024-04-02", unit="voucher", provider="trial-school")
        story.tell("2024-04-02", asked)
        refusal = story.hear("2024-04-03", give_up("a", "2024-04-03"))
        assert isinstance(refusal, Rejection)
        assert "release or reverse" in refusal.detail

    def test_what_nobody_took_can_not_end(self) -> None:
        assert held().refused("2024-06-01", end("b", "2024-06-01")).reason is Reason.UNKNOWN_USE


@given(
    st.integers(1, 600),
    st.booleans(),
    st.dates(date(2024, 4, 2), date(2024, 12, 31)),
    st.booleans(),
    st.fractions(0, 1, max_denominator=20),
)
def test_what_goes_back_and_what_stays_used_is_what_was_taken(
    minutes: int, at_once: bool, on: date, withdrawn: bool, attended: object
) -> None:
    story = held(at_once=at_once, minutes=minutes)
    told = End(id="a", on=on, withdrawn=withdrawn, attended=attended)  # type: ignore[arg-type]
    events = story.tell(on.isoformat(), told)
    (ended,) = (event for event in events if isinstance(event, CourseEnded))
    assert lot(story) == (600 - minutes + ended.gives_back, 0, minutes - ended.gives_back)
    assert ended.recovers <= minutes - ended.gives_back


def test_a_life_that_is_told_again_ends_its_courses_once() -> None:
    story = held()
    story.tell("2024-04-10", give_up("a", "2024-04-10"))
    story.tell("2024-05-01", use("b", LAPSING, 60, "2024-05-01", provider="trial-school"))
    story.tell("2024-06-01", end("b", "2024-06-01"))
    again = Story(trial())
    for now, request in history_of(story.envelopes).asked:
        again.ask(now, request)
    kinds = [Counter(type(e.event) for e in one.envelopes) for one in (story, again)]
    assert kinds[0] == kinds[1]
    assert again.account.lots == story.account.lots


def test_a_capture_before_the_end_is_kept_by_it() -> None:
    story = held()
    story.tell("2024-05-01", capture("a", "2024-05-01"))
    story.tell("2024-06-01", end("a", "2024-06-01"))
    assert story.account.uses["a"].ended == "completed"
    assert lot(story) == (299, 0, 301)


def test_working_days_leave_out_weekends_and_the_holidays_of_the_country() -> None:
    def count(country: str, after: str, until: str) -> int:
        return working_days(
            day(after), day(until), lambda year: public_holidays(country, None, year)
        )

    assert count("FR", "2026-04-20", "2026-05-12") == 14  # 1 and 8 May are holidays
    assert count("NL", "2026-04-20", "2026-05-12") == 15  # 27 April; 5 May is one in 2025 and 2030
    assert count("BE", "2026-04-20", "2026-05-12") == 15  # 1 May
    assert count("FR", "2026-05-12", "2026-05-12") == 0


HOLIDAYS_OF_FRANCE = {
    2024: "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25",
    2025: "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25",
    2026: "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
}
"""As printed by service-public.fr; a library that changes one changes what was decided."""


def test_the_holidays_of_france_are_those_of_the_law() -> None:
    for year, printed in HOLIDAYS_OF_FRANCE.items():
        found = {f"{each:%m-%d}" for each in public_holidays("FR", None, year)}
        assert found == set(printed.split())
