"""Rights that are there when they are asked for, that lapse when they are not captured, and quotes."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from ledger.domain.commands import ReachDay, Reserve
from ledger.domain.events import ReservationReleased, RightGranted, RightReserved, RightWithdrawn
from ledger.domain.facts import Birth
from ledger.domain.quoting import Quote, quote
from ledger.domain.reasons import Reason
from ledger.domain.rulebook import Rulebook
from ledger.service import rulebook
from tests.story import (
    Story,
    capture,
    course,
    day,
    employment,
    now,
    release,
    reserve,
    said,
    use,
)

ASKED, ONCE = "test/asked", "test/once"
JOB = said("job", employment(), "2018-01-01")


@cache
def trial() -> Rulebook:
    return rulebook.load(Path(__file__).parent.parent / "laws" / "regulations")


def voucher(id_: str, on: str) -> Reserve:
    return reserve(id_, ASKED, 1, on, unit="voucher", provider="trial-school")


def quoted(story: Story, scheme: str, on: str, kind: str = "") -> Quote:
    wanted = replace(course(on, "trial-school"), kind=kind)
    return quote(story.account, story.rules.schemes[scheme], wanted, day(on), now(on), story.rules)


class TestOnRequest:
    def test_a_right_comes_with_its_request_and_goes_with_it(self) -> None:
        story = Story(trial())
        story.tell("2020-01-01", JOB)
        assert story.rights(ASKED) == {}
        story.tell("2020-02-01")
        events = story.tell("2020-02-01", voucher("first", "2020-02-01"))
        assert [type(event) for event in events] == [RightGranted, RightReserved]
        assert story.account.lots[f"{ASKED}/asked-first"].term.until == day("2020-05-01")
        given_up = story.tell("2020-02-03", release("first", "2020-02-03"))
        assert [type(event) for event in given_up] == [ReservationReleased, RightWithdrawn]
        assert story.rights(ASKED) == {}

    def test_without_the_experience_there_is_none_and_the_refusal_says_so(self) -> None:
        story = Story(trial())
        story.tell("2018-06-01", JOB)
        refusal = story.refused("2019-02-04", voucher("early", "2019-02-04"))
        assert refusal.reason == Reason.NOT_ENOUGH
        assert "not met: has experience" in refusal.detail
        story.tell("2019-02-05", voucher("in time", "2019-02-05"))

    def test_the_second_comes_after_the_first_is_completed_and_the_third_after_the_window(
        self,
    ) -> None:
        story = Story(trial())
        story.tell("2020-01-01", JOB)
        story.tell("2020-02-01", voucher("first", "2020-02-01"))
        refusal = story.refused("2020-02-10", voucher("second", "2020-02-10"))
        assert "completed the one before" in refusal.detail
        story.tell("2020-02-20", capture("first", "2020-02-20"))
        story.tell("2020-02-21", voucher("second", "2020-02-21"))
        story.tell("2020-03-01", capture("second", "2020-03-01"))
        refusal = story.refused("2022-01-31", voucher("third", "2022-01-31"))
        assert "not asked too often" in refusal.detail
        story.tell("2022-02-02", voucher("third", "2022-02-02"))

    def test_two_requests_of_one_day_see_one_another_whatever_they_are_called(self) -> None:
        story = Story(trial())
        story.tell("2020-01-01", JOB)
        story.tell("2020-02-01", voucher("b", "2020-02-01"))
        refusal = story.refused("2020-02-01", voucher("a", "2020-02-01"))
        assert "completed the one before" in refusal.detail
        story.tell("2020-02-01", capture("b", "2020-02-01"), voucher("a", "2020-02-01"))
        assert story.tell("2020-02-01", ReachDay(anew=True)) == []

    def test_a_request_keeps_its_day_when_it_is_captured_later(self) -> None:
        """The window counts requests, and a use of a reservation was asked for on the day of it."""
        story = Story(trial())
        story.tell("2020-01-01", JOB)
        story.tell("2020-02-01", voucher("first", "2020-02-01"))
        story.tell("2020-03-15", capture("first", "2020-03-15"))
        assert story.account.lots[f"{ASKED}/asked-first"].shortfall == 0
        (asked,) = story.account.person().requests[ASKED]
        assert (asked.on, asked.done_on) == (day("2020-02-01"), day("2020-03-15"))

    def test_a_reservation_that_is_not_captured_in_time_lapses_by_itself(self) -> None:
        story = Story(trial())
        story.tell("2020-01-01", JOB)
        story.tell("2020-02-01", voucher("first", "2020-02-01"))
        assert story.tell("2020-03-31") == []
        (released, withdrawn) = story.tell("2020-04-02")
        assert isinstance(released, ReservationReleased)
        assert released.effective_on == day("2020-04-01")
        assert isinstance(withdrawn, RightWithdrawn)
        refusal = story.refused("2020-04-02", capture("first", "2020-03-20"))
        assert refusal.reason == Reason.UNKNOWN_RESERVATION

    def test_what_is_told_late_can_still_be_captured_on_that_day(self) -> None:
        story = Story(trial())
        story.tell("2020-09-01", JOB, voucher("first", "2020-02-01"))
        story.tell("2020-09-01", capture("first", "2020-03-20"))
        assert story.account.lots[f"{ASKED}/asked-first"].used == 1


class TestOnceAndQuarters:
    def test_a_birthday_opens_a_right_once_in_a_life(self) -> None:
        """Born in November 1993: in the year in which one turns 25, from its first day."""
        story = Story(trial())
        story.tell("2017-06-01", said("birth", Birth(on=day("1993-11-20"))))
        assert story.rights(ONCE) == {}
        story.tell("2018-01-01")
        assert story.rights(ONCE) == {f"{ONCE}/once/opening": "EUR 500.00"}
        assert story.account.lots[f"{ONCE}/once/opening"].term.until == day("2023-01-01")

    @pytest.mark.parametrize(("until", "given"), [("2018-01-30", False), ("2018-01-31", True)])
    def test_a_quarter_is_credited_after_it_on_the_next_such_day(
        self, until: str, given: bool
    ) -> None:
        story = Story(trial())
        story.tell("2018-04-01", said("job", employment(), "2018-01-01", until))
        assert story.tell("2018-12-31") == []
        story.tell("2019-01-15")
        assert story.rights(ONCE) == ({f"{ONCE}/2018-Q1": "EUR 12.00"} if given else {})

    def test_buckets_are_drawn_from_in_the_order_of_the_scheme_and_only_for_their_purpose(
        self,
    ) -> None:
        story = Story(trial())
        story.tell("2019-01-15", said("birth", Birth(on=day("1990-01-01"))), JOB)
        assert quoted(story, ONCE, "2019-01-16").allocation == (
            (f"{ONCE}/once/opening", 500_00),
            *((f"{ONCE}/2018-Q{number}", 12_00) for number in (1, 2, 3, 4)),
        )
        hobby = quoted(story, ONCE, "2019-01-16", kind="hobby")
        assert hobby.quantity == 48_00, "the opening credit is not for hobbies"


class TestQuotes:
    def test_a_day_before_the_first_rule_has_none(self) -> None:
        told = quoted(Story(trial()), ASKED, "2014-12-31")
        (hindrance,) = told.hindrances
        assert (
            hindrance.detail == "test/asked has no rules before 2015-01-01, so none on 2014-12-31"
        )

    def test_a_quote_is_what_a_request_then_gets(self) -> None:
        story = Story(trial())
        story.tell("2019-01-15", said("birth", Birth(on=day("1990-01-01"))), JOB)
        told = quoted(story, ONCE, "2019-01-16")
        story.tell(
            "2019-01-16",
            use("all", ONCE, told.quantity, "2019-01-16", unit="cent", provider="trial-school"),
        )
        assert quoted(story, ONCE, "2019-01-16").quantity == 0

    def test_a_quote_changes_nothing(self) -> None:
        story = Story(trial())
        story.tell("2020-01-01", JOB)
        before = story.account.copy()
        assert quoted(story, ASKED, "2020-02-01").quantity == 1
        assert story.account == before

    def test_a_quote_says_all_that_stands_in_the_way(self) -> None:
        story = Story(trial())
        story.tell("2020-01-01", said("birth", Birth(on=day("2001-01-01"))))
        told = quoted(story, ONCE, "2020-02-01")
        assert (told.quantity, [each.condition for each in told.hindrances]) == (
            0,
            ["old-enough", "works"],
        )
