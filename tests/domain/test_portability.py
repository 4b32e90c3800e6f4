"""What a change of status ends: rights lapse or are converted, whenever it becomes known."""

from functools import cache
from pathlib import Path

from ledger.domain.commands import RecordFact
from ledger.domain.facts import Retirement
from ledger.domain.rulebook import Rulebook
from ledger.service import rulebook
from tests.story import Story, employment, jobseeker, said

TRIAL = "test/lapsing"
JOB = said("job", employment(), "2020-01-01", "2021-04-01")
JOBLESS = said("jobless", jobseeker(), "2021-04-01", "2021-06-01")
RETIRED = said("retired", Retirement(), "2021-05-01")
INTO = "test/capped/from-test.lapsing.2021"


@cache
def trial() -> Rulebook:
    return rulebook.load(Path(__file__).parent.parent / "laws" / "regulations")


def told(*days: tuple[str, RecordFact]) -> Story:
    story = Story(trial())
    for day, fact in days:
        story.tell(day, fact)
    story.tell("2021-07-01")
    return story


def left(story: Story) -> dict[str, int]:
    """Return what is left of the scheme, and of what was made of it."""
    lots = [each for each in story.account.lots.values() if each.scheme in (TRIAL, "test/capped")]
    return {lot.id: lot.available for lot in lots if lot.available}


def test_what_is_left_lapses_on_the_day_of_the_status() -> None:
    story = told(("2021-01-10", JOB), ("2021-05-01", RETIRED))
    lot = story.account.lots[f"{TRIAL}/2021"]
    assert (lot.available, lot.expired) == (0, 600)
    assert story.account.ended[lot.id].isoformat() == "2021-05-01"


def test_what_is_left_is_converted_and_stays_so_when_the_status_ends() -> None:
    story = told(("2021-01-10", JOB), ("2021-04-01", JOBLESS))
    assert story.account.lots[f"{TRIAL}/2021"].transferred_out == 600
    assert left(story)[INTO] == 70_00


def test_what_ended_a_right_ends_it_too_when_it_is_told_after_it_was_over() -> None:
    in_time = told(("2021-01-10", JOB), ("2021-04-01", JOBLESS))
    late = told(("2021-01-10", JOB), ("2021-06-20", JOBLESS))
    assert left(late) == left(in_time)


def test_the_first_status_that_ends_a_right_counts_in_whatever_order_they_are_told() -> None:
    converted = told(("2021-01-10", JOB), ("2021-04-01", JOBLESS), ("2021-05-01", RETIRED))
    lapsed_first = told(("2021-01-10", JOB), ("2021-05-01", RETIRED), ("2021-06-20", JOBLESS))
    assert left(lapsed_first) == left(converted)
    assert left(converted)[INTO] == 70_00


def test_what_was_ended_by_a_status_that_never_was_comes_back() -> None:
    never = said("jobless", None, version=2)
    story = told(("2021-01-10", JOB), ("2021-04-01", JOBLESS), ("2021-06-01", never))
    assert left(story)[f"{TRIAL}/2021"] == 600
    assert INTO not in left(story)


def test_a_right_that_turns_out_to_begin_later_is_not_converted_by_what_was_before() -> None:
    """The job began only when the search for one had ended: there was nothing to convert then."""
    jobless = said("jobless", jobseeker(), "2020-01-01", "2021-04-01")
    later = said("job", employment(), "2021-04-01", version=2)
    right_away = told(("2021-04-02", jobless), ("2021-04-02", later))
    assert left(right_away) == {f"{TRIAL}/2021": 600}
    corrected = told(("2021-01-10", jobless), ("2021-01-10", JOB), ("2021-04-02", later))
    assert left(corrected) == left(right_away)


def test_a_conversion_whose_day_is_corrected_is_dated_anew() -> None:
    """What it made counts for the cap of the scheme that it went to, from its own day on."""
    earlier = said("jobless", jobseeker(), "2021-02-01", "2021-06-01", version=2)
    story = told(("2021-01-10", JOB), ("2021-04-01", JOBLESS), ("2021-05-01", earlier))
    assert story.account.origins[INTO].on.isoformat() == "2021-02-01"
    assert left(story)[INTO] == 70_00
