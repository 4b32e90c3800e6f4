"""Whose an account is: a person's or an enterprise's, by its facts, and never both."""

import pytest

from ledger.domain.commands import ReachDay, RecordFact
from ledger.domain.events import Basis, RightGranted, RightUsed
from ledger.domain.facts import Birth, Enterprise, Residence, Size, Status
from ledger.domain.occasions import label_topped_up
from ledger.domain.reasons import Reason
from tests.domain.test_top_ups import topped_up
from tests.story import (
    Story,
    course,
    day,
    employment,
    now,
    reserve,
    said,
    self_employed,
    term,
    use,
)

KMO, VOV, CPF = "be-vlg/kmo-portefeuille", "be-vlg/vov", "fr/cpf"


def business(size: Size = "small", place: str = "be-vlg") -> Enterprise:
    """Return an enterprise in business."""
    return Enterprise(size=size, place=place)


def bakery() -> Story:
    """Return the account of a small enterprise in Flanders."""
    story = Story()
    story.tell("2024-01-01", said("register", business(), "2024-01-01"))
    return story


def test_an_enterprise_gets_what_is_held_by_enterprises_and_nothing_of_people() -> None:
    story = bakery()
    assert {lot.scheme for lot in story.account.lots.values()} == {KMO}
    assert story.rights(KMO) == {f"{KMO}/2024": "EUR 7500.00"}
    refused = story.refused("2024-03-01", use("french", VOV, 60, "2024-03-01"))
    assert refused.reason is Reason.WRONG_HOLDER
    assert refused.detail.endswith("in the account of a person; this one is that of an enterprise")


@pytest.mark.parametrize("status", [self_employed(), employment()])
def test_a_person_is_told_in_whose_account_the_rights_are(status: Status) -> None:
    story = Story()
    story.tell("2024-01-01", said("work", status, "2020-01-01"))
    asked = reserve("excel", KMO, 300_00, "2024-01-01", unit="cent", provider="voka-leerhuis")
    refused = story.refused("2024-01-01", asked)
    assert refused.reason is Reason.WRONG_HOLDER
    assert refused.detail.endswith("in the account of an enterprise; this one is that of a person")


@pytest.mark.parametrize(
    "fact",
    [
        said("job", employment(), "2020-01-01"),
        said("birth", Birth(on=day("1988-04-17"))),
        said("home", Residence(region="be-vlg", term=term("2010-01-01"))),
    ],
)
def test_neither_holder_s_account_takes_facts_of_the_other_whichever_came_first(
    fact: RecordFact,
) -> None:
    register = said("register", business(), "2020-01-01")
    for first, second in ((fact, register), (register, fact)):
        story = Story()
        story.tell("2024-01-01", first)
        before = story.account
        assert story.refused("2024-01-01", second).reason is Reason.FACT_OF_ANOTHER_HOLDER
        assert story.account == before


def test_who_told_it_of_the_wrong_account_annuls_it_and_the_others_come_in() -> None:
    story = Story()
    story.tell("2024-01-01", said("register", business(), "2020-01-01"))
    job = said("job", employment(), "2020-01-01")
    story.refused("2024-01-01", job)
    story.tell("2024-01-02", said("register", None, version=2), job)
    assert not story.rights(KMO)
    assert story.rights(VOV)
    late = said("register", business(), "2021-01-01", version=1, source="https://other.example")
    assert story.refused("2024-01-03", late).reason is Reason.FACT_OF_ANOTHER_HOLDER


def test_one_fact_may_be_corrected_into_one_of_the_other_holder_if_it_is_alone() -> None:
    story = bakery()
    story.tell("2024-02-01", said("register", employment(), "2020-01-01", version=2))
    assert story.account.holder() == "person"
    assert (story.rights(KMO), bool(story.rights(VOV))) == ({}, True)


def test_an_annulment_of_what_is_not_known_says_nothing_of_the_holder() -> None:
    for fact in (said("job", employment(), "2020-01-01"), said("shop", business(), "2020-01-01")):
        story = Story()
        story.tell("2024-01-01", said("register", None, version=2), fact)
        assert story.account.holder() is not None


def test_what_a_funder_adds_for_people_gives_an_enterprise_nothing_in_any_order() -> None:
    register, gift = said("register", business(), "2026-01-01"), topped_up("gift")
    lot = f"{CPF}/{label_topped_up(gift.fact.id)}/dotation"
    for order in ((register, gift), (gift, register)):
        story = Story()
        story.tell("2026-02-01", *order)
        assert lot not in story.rights(CPF)
        assert story.rights(KMO)
    story = Story()
    story.tell("2026-02-01", gift)
    assert lot in story.rights(CPF), "of whom nothing is told may be a person"


def test_when_a_scheme_s_holder_changes_the_former_ones_keep_what_they_used_and_no_more() -> None:
    lot = f"{KMO}/2024"
    wallet = RightGranted(
        lot=lot,
        scheme=KMO,
        unit="cent",
        quantity=7_500_00,
        term=term("2024-01-01", "2025-01-01"),
        funder="vlaanderen/vlaio",
        effective_on=day("2024-01-01"),
        basis=Basis(rule="calendar-year:2019-01-01@55d9b80c"),
    )
    taken = RightUsed(
        use="excel",
        reserved=False,
        scheme=KMO,
        course=course("2024-02-01"),
        allocation=((lot, 300_00),),
        effective_on=day("2024-02-01"),
    )
    story = Story()
    story.tell("2024-01-01", said("own", self_employed(), "2020-01-01"))
    story.given(now("2024-02-01"), wallet, taken)
    story.tell("2024-03-01", ReachDay(anew=True))
    left = story.account.lots[lot]
    assert (left.available, left.used, left.shortfall) == (0, 300_00, 300_00)


def test_what_is_not_said_of_a_self_employment_leaves_its_digest_as_it_was() -> None:
    own = self_employed()
    text = "SelfEmployment(activity='main', place='be-vlg', contributes=True)"
    assert repr(own) == text
    running = type(own)(activity="main", place="be-vlg", enterprise="shop")
    assert repr(running) == f"{text[:-1]}, enterprise='shop')"
