"""What a person can do with each scheme, and what another status would do to it."""

from ledger.audit.prospects import Prospect, effects, overview, quotes
from ledger.domain.facts import Qualification, Residence, Retirement, SelfEmployment
from tests.story import Story, course, day, employment, jobseeker, now, reserve, said, term

VOV, CHEQUES = "be-vlg/vov", "be-vlg/opleidingscheques"
FEES = "be-vlg/inschrijvingsgeld-cvo"
TODAY = "2024-10-01"


def lea() -> Story:
    """Return a worker in Ghent with upper secondary education, who holds leave and vouchers."""
    story = Story()
    story.tell(
        TODAY,
        said("home", Residence(region="be-vlg", term=term("2010-01-01"))),
        said("diploma", Qualification(level=4, since=day("2008-06-30"))),
        said("job", employment(), "2020-01-01"),
    )
    return story


def seen(story: Story, on: str = TODAY) -> dict[str, Prospect]:
    found = overview(story.account, day(on), now(TODAY), story.rules)
    return {each.scheme.id: each for each in found}


def test_an_overview_tells_what_is_held_and_what_is_not_open_and_why() -> None:
    found = seen(lea())
    assert (found[VOV].state, found[VOV].available) == ("usable", 250 * 60)
    assert (found[CHEQUES].state, found[CHEQUES].available) == ("usable", 250_00)
    assert found["fr/cpf"].state == "closed"
    assert [each.condition for each in found["fr/cpf"].hindrances] == ["worked-in-the-year"]


def test_an_overview_of_a_day_to_come_has_what_falls_due_and_lapses_until_then() -> None:
    found = seen(lea(), "2025-09-01")
    assert [lot.id for lot in found[VOV].lots] == [f"{VOV}/2025-26", f"{VOV}/2025-26/employer"]
    assert found[CHEQUES].lapses_by(day("2026-01-01")) == found[CHEQUES].lots


def test_losing_the_job_keeps_what_was_acquired_without_new_use() -> None:
    story = lea()
    changed = effects(story.account, jobseeker(), day(TODAY), now(TODAY), story.rules)
    effect = next(each for each in changed if each.before.scheme.id == VOV)
    assert (effect.before.state, effect.after.state) == ("usable", "kept")
    assert effect.after.available == effect.before.available
    assert "not employed in the private sector" in effect.after.standing.reason
    assert seen(story)[VOV].state == "usable", "supposing changes nothing"


def test_becoming_self_employed_beside_nothing_else_ends_the_job() -> None:
    story = lea()
    own = SelfEmployment(activity="main", place="be-vlg")
    changed = effects(story.account, own, day(TODAY), now(TODAY), story.rules)
    assert {e.before.scheme.id for e in changed if e.changes} >= {VOV, CHEQUES}


def test_retiring_from_the_first_day_of_a_job_on_takes_the_job_itself_away() -> None:
    story = lea()
    changed = effects(story.account, Retirement(), day("2020-01-01"), now(TODAY), story.rules)
    after = next(each.after for each in changed if each.before.scheme.id == VOV)
    assert after.available == 0


def test_each_scheme_and_each_bucket_that_has_to_be_named_is_quoted() -> None:
    story = lea()
    found = list(quotes(story.account, course(TODAY), day(TODAY), now(TODAY), story.rules))
    given = {(each.scheme.id, each.bucket): each.quantity for each in found if each.quantity}
    assert given == {
        (VOV, ""): 7_500,
        (VOV, "employer"): 7_500,
        (CHEQUES, ""): 250_00,
        (FEES, ""): 1,
    }
    refused = [each for each in found if not each.quantity]
    assert all(each.hindrances for each in refused)


def test_a_quote_counts_what_is_reserved_already() -> None:
    story = lea()
    story.tell(TODAY, reserve("french", VOV, 100 * 60, TODAY))
    found = quotes(story.account, course(TODAY), day(TODAY), now(TODAY), story.rules)
    assert next(each.quantity for each in found if each.scheme.id == VOV) == 25 * 60
