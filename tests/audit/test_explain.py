"""An explanation names facts as known, the rule that decided, and what was not met (law 7)."""

from dataclasses import replace

from ledger.audit.explain import Explanation, explain
from ledger.domain.commands import Freeze, Unfreeze
from ledger.domain.facts import Qualification, Residence
from ledger.domain.occasions import Grant
from ledger.domain.portability import Conversion
from ledger.domain.rulebook import Rulebook
from tests.story import (
    Story,
    day,
    employment,
    now,
    reserve,
    rulebook,
    said,
    self_employed,
    term,
    use,
)

VOV, CHEQUES = "be-vlg/vov", "be-vlg/opleidingscheques"
CPF, HOURS = "fr/cpf", "fr/cpf-heures"


def explained(
    story: Story, scheme: str, on: str, known: str | None = None, rules: Rulebook | None = None
) -> Explanation:
    """Explain a story's scheme on a day, as known at the end of another."""
    instant = now(known, hour=23).recorded_at if known else None
    rules = rules or rulebook()
    return explain(story.envelopes, rules, rules.schemes[scheme], day(on), instant)


def worker(since: str = "2021-09-01") -> Story:
    """A full-time worker whose employer settled four fifths afterwards."""
    story = Story()
    story.tell("2021-08-30", said("s1", employment(), since))
    story.tell("2021-09-01")
    story.tell("2021-10-31", said("s1", employment("4/5"), since, version=2, settled=True))
    return story


def test_each_decision_has_the_version_of_the_fact_that_was_known_then() -> None:
    first, _ = explained(worker(), VOV, "2021-11-01").lots
    granted, withdrawn = first.entries
    assert [(fact.version, fact.event.version) for fact in granted.facts] == [(1, 1)]  # type: ignore[union-attr]
    assert [fact.event.version for fact in withdrawn.facts] == [2]  # type: ignore[union-attr]


def test_an_explanation_of_then_stays_whatever_becomes_known_later() -> None:
    story = worker()
    before = explained(story, VOV, "2021-10-15", "2021-10-15")
    story.tell("2023-02-01", said("s1", None, version=4))
    assert explained(story, VOV, "2021-10-15", "2021-10-15") == before


def test_a_rule_is_shown_with_the_numbers_of_its_period_and_their_sources() -> None:
    story = Story()
    story.tell("2025-09-01", said("s1", employment("9/10"), "2025-01-01"))
    first, _ = explained(story, VOV, "2025-09-01").lots
    (ruling,) = first.rulings
    assert isinstance(ruling.block, Grant)
    assert ruling.block.id == "school-year:2023-09-01"
    numbers = {parameter.name: value for parameter, value in ruling.numbers}
    assert numbers["least_weekly"].number == 28 * 60
    assert numbers["least_share"].since == day("2025-09-01")
    assert all(value.source for value in numbers.values())


def test_another_text_of_the_regulation_is_not_taken_for_the_one_that_decided() -> None:
    loaded = rulebook()
    changed = replace(loaded.schemes[VOV], digest="0ddba11e")
    rules = replace(loaded, schemes={**loaded.schemes, VOV: changed})
    first, _ = explained(worker(), VOV, "2021-11-01", rules=rules).lots
    (ruling,) = first.rulings
    assert ruling.block is None
    assert ruling.named == f"school-year:2019-09-01@{loaded.schemes[VOV].digest}"


def test_a_conversion_by_rule_is_explained_on_both_sides() -> None:
    story = Story()
    story.tell("2016-06-15", said("s1", employment(place="fr"), "2015-01-01"))
    story.tell("2019-01-01")
    left = explained(story, HOURS, "2019-01-02").lots[0]
    (entered,) = (
        lot
        for lot in explained(story, CPF, "2019-01-02").lots
        if lot.id == f"{CPF}/from-{left.id.replace('/', '.')}"
    )
    for lot in (left, entered):
        block = lot.rulings[-1].block
        assert isinstance(block, Conversion)
        assert (block.words, block.to) == ("1 hour is 15 EUR", CPF)
    assert entered.stood.available == left.stood.lot.transferred_out * 25


def test_the_first_condition_that_does_not_hold_is_named() -> None:
    story = Story()
    story.tell(
        "2022-02-01",
        said("s1", employment(), "2021-09-01"),
        said("home", Residence(region="be-vlg", term=term("2000-01-01"))),
        said("diploma", Qualification(level=6, since=day("2010-06-30"))),
    )
    told = explained(story, CHEQUES, "2022-02-01")
    (assessed,) = told.assessed
    assert told.lots == ()
    unmet = "has-no-higher-education-or-a-development-plan"
    assert (assessed.lot, assessed.unmet) == (f"{CHEQUES}/2022", unmet)
    assert assessed.condition == (
        "level_below(higher_education, day) or circumstance(name='development-plan').exists_on(day)"
    )
    facts = {fact.event.fact for fact in assessed.facts}  # type: ignore[union-attr]
    assert facts == {"s1", "home", "diploma"}


def test_values_on_the_way_are_exact_and_readable() -> None:
    story = Story()
    story.tell("2023-06-15", said("s2", self_employed(place="fr"), "2022-05-01"))
    (first,) = explained(story, CPF, "2023-06-15").lots
    basis = first.entries[0].basis
    assert basis is not None
    steps = dict(basis.steps)
    assert steps["as_self_employed"] == "100000/3 cents"
    assert (steps["as_employee"], steps["amount"]) == ("EUR 0.00", "EUR 333.34")
    without_a_course = explained(story, VOV, "2023-06-15").assessed[0]
    assert ("decides", "none") in without_a_course.steps


def test_without_any_fact_that_matters_the_condition_is_named_too() -> None:
    told = explained(Story(), CPF, "2022-07-01")
    (assessed,) = told.assessed
    assert (assessed.lot, assessed.unmet) == (f"{CPF}/2021", "worked-in-the-year")
    assert told.next_opens == day("2023-06-15")


def test_a_cap_that_leaves_no_room_is_not_an_unmet_condition() -> None:
    story = Story()
    story.tell("2031-07-01", said("s1", employment(place="fr"), "2018-01-01"))
    (assessed,) = explained(story, CPF, "2031-07-01").assessed
    assert (assessed.lot, assessed.quantity, assessed.unmet) == (f"{CPF}/2030", 0, None)
    assert ("room under the cap", "EUR 0.00") in assessed.steps


def test_what_the_clock_has_not_granted_yet_is_told_as_due() -> None:
    story = Story()
    story.tell("2021-08-30", said("s1", employment(), "2021-09-01"))
    told = explained(story, VOV, "2021-09-01")
    assert told.lots == ()
    assert {each.quantity for each in told.assessed} == {125 * 60}


def test_a_freeze_by_an_authority_stops_until_it_ends() -> None:
    story = worker()
    story.tell("2021-11-02", Freeze(scheme="", on=day("2021-11-02"), reason="inquiry"))
    (stop,) = explained(story, VOV, "2021-11-03").stops
    assert (stop.mode, stop.since, stop.reason) == ("frozen", day("2021-11-02"), "inquiry")
    assert explained(story, VOV, "2021-11-01").stops == ()
    assert explained(story, VOV, "2021-11-03", known="2021-11-01").stops == ()
    story.tell("2021-11-05", Unfreeze(scheme="", on=day("2021-11-05"), reason="closed"))
    assert explained(story, VOV, "2021-11-06").stops == ()


def test_uses_after_the_day_are_left_out_and_reservations_are_told() -> None:
    story = worker()
    story.tell("2021-11-02", reserve("french", VOV, 20 * 60, "2021-11-02"))
    story.tell("2021-12-02", use("dutch", VOV, 10 * 60, "2021-12-02"))
    first, _ = explained(story, VOV, "2021-11-30").lots
    assert first.stood.lot.reserved == 20 * 60
    assert first.stood.lot.used == 0
    assert [type(entry.envelope.event).__name__ for entry in first.entries] == [
        "RightGranted", "RightWithdrawn", "RightReserved",
    ]  # fmt: skip
