"""A life that ended: nothing more becomes due, whatever the order in which that is heard."""

from itertools import permutations

from ledger.domain.commands import RecordFact
from ledger.domain.events import RightGranted, RightWithdrawn
from ledger.domain.facts import Birth, Death, Fact, FactId, Residence
from ledger.domain.reasons import Reason
from tests.story import SOURCE, Story, day, employment, reserve, said, term, use

VOV = "be-vlg/vov"
NEVER_DIED = RecordFact(
    fact=Fact(id=FactId(SOURCE, "death"), version=2, about="profile", content=None)
)
JOB = said("job", employment(), "2018-01-01")


def test_after_a_death_the_next_school_year_gives_nothing() -> None:
    story = Story()
    story.tell("2023-09-01", JOB)
    story.tell("2023-09-05", said("death", Death(on=day("2023-08-15"))))
    events = story.tell("2024-09-01")
    assert not [each for each in events if isinstance(each, RightGranted)]


def test_a_death_heard_late_takes_back_what_came_after_it_and_an_error_gives_it_again() -> None:
    story = Story()
    story.tell("2024-09-01", JOB)
    before = dict(story.rights(VOV))
    taken = story.tell("2024-10-01", said("death", Death(on=day("2023-12-24"))))
    assert [each for each in taken if isinstance(each, RightWithdrawn)]
    story.tell("2024-10-02", NEVER_DIED)
    assert story.rights(VOV) == before


def test_nothing_new_is_used_after_a_death_and_what_was_reserved_can_be_captured() -> None:
    story = Story()
    story.tell("2023-09-01", JOB)
    story.tell("2023-10-01", reserve("a", VOV, 600, "2023-10-01"))
    story.tell("2023-11-20", said("death", Death(on=day("2023-11-15"))))
    refusal = story.refused("2023-11-21", use("b", VOV, 60, "2023-11-20"))
    assert refusal.reason is Reason.RESTRICTED
    assert "the person has died" in refusal.detail


def test_the_order_in_which_a_death_is_heard_does_not_matter() -> None:
    told = [
        JOB,
        said("born", Birth(on=day("1990-01-01"))),
        said("home", Residence(region="be-vlg", term=term("1990-01-01"))),
        said("death", Death(on=day("2023-12-24"))),
    ]
    ends = []
    for order in permutations(told):
        story = Story()
        for number, request in enumerate(order):
            story.tell(f"2024-10-{number + 1:02}", request)
        lots = story.account.lots
        ends.append({id_: (lot.net, lot.available) for id_, lot in lots.items() if lot.net})
    assert all(each == ends[0] for each in ends)
