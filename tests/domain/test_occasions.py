"""Which periods are looked at, and which day's balance counts, in rules that no shipped scheme has."""

from pathlib import Path

from ledger.domain.commands import ReachDay
from ledger.service import rulebook
from tests.story import Story, day, employment, jobseeker, said, use

CAPPED = """\
scheme: x/capped
name: {nl: proef, fr: essai, en: trial}
unit: hour
funder: test
source: test 1
parameters:
  yearly: {unit: hour, values: {2020-01-01: 10}, source: test 1}
grants:
- of: calendar-year
  valid: {from: 2020-01-01}
  who: {works: employment().exists_on(day)}
  amount: yearly
  rounding: nearest minute
  balance-at-most: yearly
  due: first eligible day
  term: open
  source: test 1
portability:
- {then: open, because: everybody}
"""
SCHOOL = """\
providers:
- {id: school, name: School, recognised: {x/capped: [{from: 2020-01-01}]}}
"""


def test_a_cap_looks_at_the_balance_of_the_day_on_which_one_qualifies(tmp_path: Path) -> None:
    """What was used since the year began has made room for what a new job gives."""
    (tmp_path / "capped.yaml").write_text(CAPPED, "utf-8")
    (tmp_path / "providers.yaml").write_text(SCHOOL, "utf-8")
    story = Story(rulebook.load(tmp_path))
    story.tell("2020-01-01", said("first", employment(), "2020-01-01", "2021-01-01"))
    spend = use("all", "x/capped", 600, "2021-03-01", provider="school")
    story.tell("2021-03-01", spend)
    story.tell("2021-07-01", said("second", employment(), "2021-07-01"))
    assert story.rights("x/capped") == {"x/capped/2020": "10 h", "x/capped/2021": "10 h"}
    assert story.tell("2021-07-01", ReachDay(anew=True)) == []


def test_a_rule_that_looks_back_is_looked_at_although_nothing_touches_its_period(
    tmp_path: Path,
) -> None:
    """Somebody who worked in one of the last six years still gets something this year."""
    late = CAPPED.replace("x/capped", "x/late").replace("  balance-at-most: yearly\n", "")
    late = late.replace(
        "employment().exists_on(day)", '"employment().exists_in(last_months(72, day))"'
    )
    (tmp_path / "late.yaml").write_text(late, "utf-8")
    story = Story(rulebook.load(tmp_path))
    story.tell("2022-12-01", said("job", employment(), "2021-03-01", "2021-04-01"))
    story.tell("2023-02-01")
    assert set(story.rights("x/late")) == {f"x/late/{year}" for year in (2021, 2022, 2023)}


def test_what_has_lasted_some_months_counts_from_that_day_on_by_itself(tmp_path: Path) -> None:
    """Six months without work are over on a day on which nobody tells anything."""
    long = CAPPED.replace("x/capped", "x/long").replace("  balance-at-most: yearly\n", "")
    lasted = '"jobseeking().share_over(last_months(6, day)) == 1"'
    (tmp_path / "long.yaml").write_text(
        long.replace("employment().exists_on(day)", lasted), "utf-8"
    )
    story = Story(rulebook.load(tmp_path))
    story.tell("2020-02-01", said("jobless", jobseeker(), "2020-02-01"))
    assert story.due_on == day("2020-08-01")
    story.tell("2020-07-31")
    assert story.rights("x/long") == {}
    story.tell("2020-08-01")
    assert story.account.origins["x/long/2020"].on == day("2020-08-01")
