"""What a person can do with each scheme, and what another status would do to it."""

from dataclasses import replace

from ledger.audit.prospects import Prospect, effects, overview, quotes
from ledger.domain.facts import (
    Enterprise,
    Qualification,
    Residence,
    Retirement,
    SelfEmployment,
    Status,
)
from ledger.domain.reasons import Reason
from ledger.domain.rulebook import Rulebook
from tests.story import Story, course, day, employment, jobseeker, now, reserve, said, term

VOV, CHEQUES, KMO = "be-vlg/vov", "be-vlg/opleidingscheques", "be-vlg/kmo-portefeuille"
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


def bakery() -> Story:
    """Return the account of a small enterprise in Flanders, with a wallet of 2024."""
    story = Story()
    story.tell(TODAY, said("register", Enterprise(size="small", place="be-vlg"), "2020-01-01"))
    return story


def owner(until: str | None = None, enterprise: str = "bakery") -> Story:
    """Return a person who runs an enterprise."""
    story = Story()
    own = SelfEmployment(activity="main", place="be-vlg", enterprise=enterprise)
    story.tell(TODAY, said("own", own, "2020-01-01", until))
    return story


def wallets(of: Story, *, on: str = TODAY, **enterprises: Story) -> list[tuple[str, str, int]]:
    """Return what is seen of the SME wallet: by which holder, how it stands, what is available."""
    known = {id_: each.account for id_, each in enterprises.items()}
    found = overview(of.account, day(on), now(TODAY), of.rules, known)
    assert len({(each.scheme.id, each.holder) for each in found}) == len(found)
    return [(e.holder, e.state, e.available) for e in found if e.scheme.id == KMO]


def test_who_runs_an_enterprise_sees_what_it_holds_and_nobody_else_does() -> None:
    shop = bakery()
    assert wallets(owner(), bakery=shop) == [("bakery", "usable", 7_500_00)]
    assert wallets(owner(), bakery=shop, brewery=bakery()) == wallets(owner(), bakery=shop)
    nothing = [("", "closed", 0)]
    assert wallets(owner(until=TODAY), bakery=shop) == nothing
    assert wallets(owner(enterprise="brewery"), bakery=shop) == nothing
    assert wallets(owner()) == nothing, "of the enterprise nothing is known"
    assert wallets(lea(), bakery=shop) == nothing


def test_the_enterprise_itself_sees_its_own() -> None:
    assert wallets(bakery()) == [("", "usable", 7_500_00)]
    assert {each.state for id_, each in seen(bakery()).items() if id_ != KMO} == {"closed"}


def test_who_is_said_to_run_what_is_another_person_s_account_sees_nothing_of_it() -> None:
    found = overview(
        owner(enterprise="lea").account, day(TODAY), now(TODAY), lea().rules, {"lea": lea().account}
    )
    assert {each.holder for each in found} == {""}
    assert not any(each.available for each in found)


def test_owners_share_one_wallet() -> None:
    shop, one, other = bakery(), owner(), owner()
    asked = reserve("excel", KMO, 300_00, TODAY, unit="cent", provider="voka-leerhuis")
    shop.tell(TODAY, replace(asked, course=replace(asked.course, price=1_000_00)))
    assert wallets(one, bakery=shop) == wallets(other, bakery=shop)
    assert wallets(one, bakery=shop) == [("bakery", "usable", 7_200_00)]


def test_a_quote_is_of_the_enterprise_which_is_named_and_of_each_that_is_run() -> None:
    person = owner()
    more = SelfEmployment(activity="side", place="be-vlg", enterprise="brewery")
    person.tell(TODAY, said("more", more, "2023-01-01"))
    wanted = replace(course(TODAY, "voka-leerhuis"), price=1_000_00)
    known = {"bakery": bakery().account, "brewery": bakery().account}
    found = list(
        quotes(person.account, wanted, day(TODAY), now(TODAY), person.rules, enterprises=known)
    )
    given = {(each.scheme.id, each.holder): each.quantity for each in found if each.quantity}
    assert given == {
        (KMO, "bakery"): 300_00,
        (KMO, "brewery"): 300_00,
    }
    (alone,) = quotes(
        person.account, wanted, day(TODAY), now(TODAY), only_kmo(person), enterprises={}
    )
    assert (alone.holder, alone.quantity) == ("", 0)
    assert [each.reason for each in alone.hindrances] == [Reason.WRONG_HOLDER]


def only_kmo(story: Story) -> Rulebook:
    return replace(story.rules, schemes={KMO: story.rules.schemes[KMO]})


def test_ceasing_takes_the_enterprise_s_rights_from_the_person_who_ran_it_and_setting_up_gives_them() -> (
    None
):
    known = {"bakery": bakery().account}

    def effect(of: Story, status: Status) -> list[tuple[str, int, int]]:
        changed = effects(of.account, status, day(TODAY), now(TODAY), of.rules, known)
        of_kmo = [each for each in changed if each.before.scheme.id == KMO and each.changes]
        return [(e.before.holder, e.before.available, e.after.available) for e in of_kmo]

    assert effect(owner(), jobseeker()) == [("bakery", 7_500_00, 0)]
    assert known["bakery"] == bakery().account, "the enterprise keeps them"
    runs = SelfEmployment(activity="main", place="be-vlg", enterprise="bakery")
    assert effect(lea(), runs) == [("bakery", 0, 7_500_00)]
    assert effect(owner(), runs) == []


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
