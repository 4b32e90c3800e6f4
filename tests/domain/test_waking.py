"""A fact wakes each scheme and period that can notice it, and no other."""

from ledger.domain.dues import assess
from ledger.domain.events import RestrictionLifted, RightGranted, RightWithdrawn, StatusRecorded
from ledger.domain.facts import Qualification, Retirement
from ledger.domain.occasions import Touched
from tests.story import Story, day, employment, rulebook, said, term

CPF, VOV = "fr/cpf", "be-vlg/vov"


def test_a_diploma_of_the_spring_counts_for_the_credit_in_june_of_the_year_before() -> None:
    """The level on the day of the credit decides (fr/cpf, assumed), though the year is over."""
    story = Story()
    story.tell(
        "2022-06-15",
        said("school", Qualification(level=2, since=day("2005-07-01"))),
        said("job", employment(place="fr"), "2021-01-01", "2022-01-01"),
    )
    assert story.rights(CPF) == {f"{CPF}/2021": "EUR 800.00"}
    story.tell("2022-09-01", said("cap", Qualification(level=3, since=day("2022-03-01"))))
    assert story.rights(CPF) == {f"{CPF}/2021": "EUR 500.00"}


def test_settling_what_was_declared_matters_beside_another_declaration_of_that_employer() -> None:
    """Two declarations of one employer add up, until one of them is settled and overrules."""
    story = Story()
    story.tell(
        "2021-09-01",
        said("first", employment("1/2"), "2021-09-01"),
        said("second", employment("1/4"), "2021-09-01"),
    )
    assert story.rights(VOV)[f"{VOV}/2021-22"] == "93.75 h"
    events = story.tell(
        "2021-11-01", said("first", employment("1/2"), "2021-09-01", version=2, settled=True)
    )
    assert [type(event) for event in events] == [StatusRecorded, RightWithdrawn, RightWithdrawn]
    assert story.rights(VOV)[f"{VOV}/2021-22"] == "62.5 h"


def test_the_end_of_a_job_does_not_look_again_at_the_years_before_it() -> None:
    scheme = rulebook().schemes[VOV]
    story = Story()
    story.tell("2024-03-01", said("job", employment(), "2019-09-01"))
    ended = Touched("employment", term("2024-03-01"))
    looked_at = assess(scheme, story.account.person(), day("2024-03-01"), ended, story.account.lots)
    assert {due.lot for due in looked_at} == {f"{VOV}/2023-24", f"{VOV}/2023-24/employer"}


def test_a_job_elsewhere_is_recorded_and_gives_nothing() -> None:
    events = Story().tell("2024-03-01", said("job", employment(place="nl"), "2019-09-01"))
    assert not any(isinstance(event, RightGranted) for event in events)


def test_a_restriction_ends_on_its_day_also_when_nothing_is_left_to_restrict() -> None:
    story = Story()
    story.tell("2022-06-15", said("job", employment(place="fr"), "2021-01-01", "2022-01-01"))
    story.tell("2022-07-01", said("pension", Retirement(), "2022-07-01", "2023-01-01"))
    story.tell("2022-08-01", said("job", None, version=2))
    assert story.rights(CPF) == {}
    assert story.due_on == day("2023-01-01")
    assert [type(event) for event in story.tell("2023-01-01")] == [RestrictionLifted]
