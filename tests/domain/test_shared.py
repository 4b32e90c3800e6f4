"""Shared limits: who finds one reached is refused and keeps all rights; what is given back is there again."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from ledger.domain.commands import Course, End, Reserve, Use
from ledger.domain.events import RightReserved, RightUsed
from ledger.domain.quoting import Quote, quote
from ledger.domain.reasons import Reason
from ledger.domain.rulebook import Rulebook
from ledger.domain.shared import drawn
from ledger.service import rulebook
from tests.story import Story, capture, day, employment, now, release, reserve, reverse, said, use

SHARED = "test/shared"
POT = f"{SHARED}/pot"
COURSE = f"{SHARED}/course-cap"
PROVIDER = f"{SHARED}/provider-cap"
JOB = said("job", employment(), "2015-01-01")


@cache
def trial() -> Rulebook:
    return rulebook.load(Path(__file__).parent.parent / "laws" / "regulations")


def person(on: str = "2020-02-01") -> Story:
    """Return a life with a right of 500 euros a year."""
    story = Story(trial())
    story.tell(on, JOB)
    return story


def asked(id_: str, euros: str, on: str, course: str = "french-a2") -> Reserve:
    cents = int(Fraction(euros) * 100)
    request = reserve(id_, SHARED, cents, on, unit="cent", provider="trial-school")
    return replace(request, course=replace(request.course, id=course))


def used(id_: str, euros: str, on: str) -> Use:
    return asked(id_, euros, on).at_once()


def quoted(story: Story, on: str) -> Quote:
    course = Course(id="french-a2", provider="trial-school", starts_on=day(on))
    taken = drawn(story.account) | (story.others or {})
    return quote(
        story.account,
        story.rules.schemes[SHARED],
        course,
        day(on),
        now(on),
        story.rules,
        taken=taken,
    )


class TestKeys:
    def test_a_request_says_which_limits_it_counts_for_by_its_own_day(self) -> None:
        story = person()
        (event,) = story.tell("2020-02-01", asked("r", "100", "2020-02-01"))
        assert isinstance(event, RightReserved)
        assert event.draws == (
            (f"{POT}/2016-01-01", "quantity"),
            (f"{COURSE}/2020/trial-school/french-a2", "requests"),
            (f"{PROVIDER}/2019-20/trial-school", "people"),
        )
        [*_, late] = story.tell("2020-09-01", asked("late", "50", "2020-08-31"))
        assert isinstance(late, RightReserved)
        assert [key for key, _ in late.draws] == [
            f"{POT}/2020-03-01",
            f"{COURSE}/2020/trial-school/french-a2",
            f"{PROVIDER}/2019-20/trial-school",
        ]

    def test_a_limit_counts_only_requests_of_its_days(self) -> None:
        story = person("2019-06-01")
        (event,) = story.tell("2019-06-01", asked("r", "100", "2019-06-01"))
        assert isinstance(event, RightReserved)
        assert [key for key, _ in event.draws] == [f"{POT}/2016-01-01"]

    def test_a_capture_counts_for_the_limits_of_its_reservation(self) -> None:
        story = person()
        (held,) = story.tell("2020-02-20", asked("r", "100", "2020-02-20"))
        (event,) = story.tell("2020-03-10", capture("r", "2020-03-10"))
        assert isinstance(held, RightReserved)
        assert isinstance(event, RightUsed)
        assert event.draws == held.draws
        assert drawn(story.account)[f"{POT}/2016-01-01"] == 100_00

    def test_a_scheme_without_shared_limits_draws_from_none(self) -> None:
        story = Story()
        story.tell("2021-10-01", said("job", employment(), "2021-09-01"))
        story.tell("2021-10-01", reserve("r", "be-vlg/vov", 600, "2021-10-01"))
        assert drawn(story.account) == {}


class TestPot:
    @pytest.mark.parametrize(
        ("before", "euros", "left"),
        [("299.99", "0.01", True), ("299.99", "0.02", False), ("300", "0.01", False), ("0", "300", True), ("0", "300.01", False)],
    )  # fmt: skip
    def test_the_last_cent_fits_and_one_more_is_refused_and_nothing_of_the_person_is_touched(
        self, before: str, euros: str, left: bool
    ) -> None:
        story = person()
        story.others = {f"{POT}/2016-01-01": int(Fraction(before) * 100)}
        account = story.account
        if left:
            story.tell("2020-02-01", asked("r", euros, "2020-02-01"))
            return
        refusal = story.refused("2020-02-01", asked("r", euros, "2020-02-01"))
        assert refusal.reason is Reason.SHARED_LIMIT
        assert refusal.detail.startswith("the budget of this round is used up (")
        assert refusal.detail.endswith(f"left of {POT}/2016-01-01)")
        assert story.account == account

    def test_each_round_has_its_own_budget_of_its_first_day(self) -> None:
        story = person()
        story.tell("2020-02-29", used("first", "300", "2020-02-29"))
        story.refused("2020-02-29", asked("second", "0.01", "2020-02-29"))
        story.tell("2020-03-01", used("second", "100", "2020-03-01"))
        story.refused("2020-08-31", used("third", "0.01", "2020-08-31"))
        story.tell("2020-09-01", used("third", "100", "2020-09-01"))

    def test_who_has_no_right_hears_that_first(self) -> None:
        story = Story(trial())
        story.others = {f"{POT}/2016-01-01": 300_00}
        refusal = story.refused("2020-02-01", asked("r", "1", "2020-02-01"))
        assert refusal.reason is Reason.NOT_ENOUGH

    def test_what_is_given_back_is_there_again_in_the_round_that_it_came_from(self) -> None:
        story = person()
        story.tell(
            "2020-02-01", asked("held", "200", "2020-02-01"), used("used", "100", "2020-02-01")
        )
        story.refused("2020-02-01", used("more", "1", "2020-02-01"))
        story.tell("2020-03-05", reverse("used", "2020-03-05", 40_00))
        assert drawn(story.account)[f"{POT}/2016-01-01"] == 260_00
        story.tell("2020-03-06", capture("held", "2020-03-06", 150_00))
        assert drawn(story.account)[f"{POT}/2016-01-01"] == 210_00
        story.tell("2020-03-07", asked("late", "90", "2020-02-28"))
        assert f"{POT}/2020-03-01" not in drawn(story.account)

    def test_a_reservation_that_lapses_gives_back_to_everybody(self) -> None:
        story = person()
        story.tell("2020-02-01", asked("held", "300", "2020-02-01"))
        story.tell("2020-04-02")
        assert drawn(story.account) == {}
        story.tell("2020-04-02", used("late", "300", "2020-02-28"))

    def test_a_course_given_up_gives_back_what_its_rule_says(self) -> None:
        story = person()
        story.tell("2020-02-01", asked("held", "300", "2020-02-01"))
        story.tell("2020-02-10", End(id="held", on=day("2020-02-10"), withdrawn=True))
        assert drawn(story.account)[f"{POT}/2016-01-01"] == 150_00


class TestCaps:
    def test_requests_of_a_course_are_counted_until_nothing_is_left_of_one(self) -> None:
        key = f"{COURSE}/2020/trial-school/french-a2"
        story = person()
        story.others = {key: 2}
        story.tell("2020-02-01", asked("r", "10", "2020-02-01"))
        refusal = story.refused("2020-02-01", asked("s", "10", "2020-02-01"))
        assert refusal.detail == f"the course is full (0 requests left of {key})"
        story.tell("2020-02-02", asked("other course", "10", "2020-02-02", "other"))
        story.tell("2020-02-03", capture("r", "2020-02-03", 5_00), reverse("r", "2020-02-03", 2_00))
        assert drawn(story.account)[key] == 1
        story.tell("2020-02-04", reverse("r", "2020-02-04"))
        story.tell("2020-02-05", asked("s", "10", "2020-02-05"))

    def test_a_person_counts_once_however_often_they_ask(self) -> None:
        key = f"{PROVIDER}/2019-20/trial-school"
        story = person()
        story.others = {key: 1}
        story.tell(
            "2020-02-01", asked("a", "10", "2020-02-01"), asked("b", "10", "2020-02-01", "b")
        )
        assert drawn(story.account)[key] == 1
        story.tell("2020-02-02", release("a", "2020-02-02"))
        assert drawn(story.account)[key] == 1
        story.tell("2020-02-02", release("b", "2020-02-02"))
        assert drawn(story.account) == {}
        story.others = {key: 2}
        refusal = story.refused("2020-02-03", asked("c", "10", "2020-02-03"))
        assert refusal.detail == f"the provider is full (0 people left of {key})"

    def test_a_school_year_begins_in_september_and_a_calendar_year_in_january(self) -> None:
        scheme = trial().schemes[SHARED]
        course = Course(id="c", provider="p", starts_on=day("2020-09-01"))
        keys = {on: [key for key, _ in scheme.draws(course, day(on))] for on in ("2020-12-31", "2021-01-01", "2021-08-31", "2021-09-01", "2022-01-01")}  # fmt: skip
        assert [key[1:] for key in keys.values()] == [
            [f"{COURSE}/2020/p/c", f"{PROVIDER}/2020-21/p"],
            [f"{COURSE}/2021/p/c", f"{PROVIDER}/2020-21/p"],
            [f"{COURSE}/2021/p/c", f"{PROVIDER}/2020-21/p"],
            [f"{COURSE}/2021/p/c", f"{PROVIDER}/2021-22/p"],
            [f"{PROVIDER}/2021-22/p"],
        ]


class TestQuotes:
    @pytest.mark.parametrize(("taken", "gives"), [(0, 300_00), (299_99, 1), (300_00, 0)])
    def test_a_quote_gives_what_is_left_of_the_pot_and_says_when_it_is_empty(
        self, taken: int, gives: int
    ) -> None:
        story = person()
        story.others = {f"{POT}/2016-01-01": taken}
        told = quoted(story, "2020-02-01")
        assert told.quantity == gives
        assert told.available == 500_00
        assert [each.reason for each in told.hindrances] == ([] if gives else [Reason.SHARED_LIMIT])
        assert [each.detail for each in told.hindrances] == (
            [] if gives else ["the budget of this round is used up"]
        )

    def test_who_has_a_place_is_not_told_that_there_is_none(self) -> None:
        story = person()
        story.tell("2020-02-01", asked("a", "10", "2020-02-01"))
        story.others = {f"{PROVIDER}/2019-20/trial-school": 2}
        assert not [
            each for each in quoted(story, "2020-02-02").hindrances if "provider" in each.detail
        ]


def test_a_simulated_life_does_not_look_at_what_others_took() -> None:
    story = person()
    story.others = None
    story.tell(
        "2020-02-01", use("r", SHARED, 500_00, "2020-02-01", unit="cent", provider="trial-school")
    )
