"""What funders add: earmarked, dated, correctable, and beside a person's own rights."""

from dataclasses import replace
from typing import Any

from ledger.audit.explain import Explanation, explain
from ledger.audit.requests import history_of
from ledger.domain.calendar import Term
from ledger.domain.commands import ReachDay, RecordFact, Use
from ledger.domain.events import (
    RightExpired,
    RightGranted,
    RightUsed,
    RightWithdrawn,
    TermCorrected,
)
from ledger.domain.facts import Fact, FactId, TopUp
from ledger.domain.lots import Lot
from ledger.domain.quoting import quote
from ledger.words.explanation import as_text
from tests.laws.test_laws import trial
from tests.story import (
    SOURCE,
    Story,
    course,
    day,
    employment,
    now,
    release,
    reserve,
    said,
    term,
    use,
)

CPF, TRIAL = "fr/cpf", "test/topped"
DOTATION = TopUp(
    scheme=CPF,
    bucket="dotation",
    funder="fr/france-travail",
    quantity=400_00,
    unit="cent",
    term=Term(day("2026-01-05"), day("2026-07-01")),
)


def topped_up(id_: str, version: int = 1, source: str = SOURCE, **otherwise: Any) -> RecordFact:
    """Return the request to record a dotation, or one that is otherwise."""
    content = replace(DOTATION, **otherwise)
    fact = Fact(id=FactId(source, id_), version=version, about="top-up", content=content)
    return RecordFact(fact=fact)


def annulled(id_: str, version: int) -> RecordFact:
    fact = Fact(id=FactId(SOURCE, id_), version=version, about="top-up", content=None)
    return RecordFact(fact=fact)


def spend(id_: str, quantity: int, on: str, *, kind: str = "", bucket: str = "") -> Use:
    asked = use(id_, CPF, quantity, on, unit="cent", provider="greta-lille", bucket=bucket)
    return replace(asked, course=replace(course(on, "greta-lille"), kind=kind))


def lots(story: Story) -> list[Lot]:
    return [lot for lot in story.account.lots.values() if lot.net]


def told(story: Story, on: str, scheme: str = CPF) -> tuple[Explanation, str]:
    """Return the explanation of a scheme on a day, and its text."""
    known = explain(story.envelopes, story.rules, story.rules.schemes[scheme], day(on))
    return known, "\n".join(as_text(known, story.rules.providers))


def test_two_funders_may_call_what_they_add_alike() -> None:
    story = Story()
    story.tell(
        "2026-01-05",
        topped_up("1"),
        topped_up("1", source="https://employer.example.fr", funder="employer", quantity=5_00),
        topped_up("a/1"),
        topped_up("a.1"),
    )
    assert sorted(lot.net for lot in lots(story)) == [5_00, 400_00, 400_00, 400_00]
    assert {lot.funder for lot in lots(story)} == {"fr/france-travail", "employer"}
    assert all(lot.id.count("/") == 3 for lot in lots(story))


def test_the_clock_grants_it_on_its_first_day_and_lets_it_lapse_to_its_funder_on_the_deadline() -> (
    None
):
    story = Story()
    story.tell("2025-12-01", topped_up("1"))
    assert (lots(story), story.due_on) == ([], day("2026-01-05"))
    (granted,) = story.tell("2026-01-05")
    assert isinstance(granted, RightGranted)
    assert (granted.term, granted.funder) == (DOTATION.term, DOTATION.funder)
    assert story.due_on == day("2026-07-01")
    (lapsed,) = story.tell("2026-07-01")
    assert isinstance(lapsed, RightExpired)
    assert "goes back to the funder" in lapsed.reason
    assert "goes back to the funder" in told(story, "2026-07-01")[1]


def test_a_purpose_is_looked_at_when_it_is_drawn_from_and_quoted() -> None:
    story = Story()
    story.tell("2026-01-05", topped_up("1", purposes=("certification", "licence")))
    refused = story.refused("2026-01-06", spend("hobby", 1_00, "2026-01-06", kind="hobby"))
    assert "EUR 0.00 available" in refused.detail
    scheme = story.rules.schemes[CPF]
    for kind, available in (("licence", 400_00), ("hobby", 0)):
        asked = replace(course("2026-01-06", "greta-lille"), kind=kind)
        offer = quote(
            story.account, scheme, asked, day("2026-01-06"), now("2026-01-06"), story.rules
        )
        assert offer.available == available
    story.tell("2026-01-06", spend("licence", 1_00, "2026-01-06", kind="licence"))


def test_a_bucket_that_is_named_is_drawn_from_alone() -> None:
    story = Story()
    story.tell("2026-01-05", said("job", employment(place="fr"), "2024-01-01"), topped_up("1"))
    story.refused("2026-01-06", spend("it", 500_00, "2026-01-06", bucket="dotation"))
    (used, *_) = story.tell("2026-01-06", spend("it", 300_00, "2026-01-06", bucket="dotation"))
    assert isinstance(used, RightUsed)
    assert [lot.endswith("/dotation") for lot, _ in used.allocation] == [True]


def test_another_kind_is_another_lot_and_a_kind_that_nobody_gives_takes_it_back() -> None:
    story = Story()
    story.tell("2026-01-05", topped_up("1"))
    story.tell("2026-01-06", topped_up("1", version=2, bucket="abondement"))
    (lot,) = lots(story)
    assert lot.id.endswith("/abondement")
    story.tell("2026-01-07", topped_up("1", version=3, bucket="cadeau"))
    assert lots(story) == []
    (ungiven,) = told(story, "2026-01-07")[0].ungiven
    assert "gives 'cadeau'" in ungiven.because
    assert "there is: abondement, dotation" in told(story, "2026-01-07")[1]


def test_a_scheme_that_there_is_not_and_another_unit_are_kept_and_explained() -> None:
    story = Story()
    story.tell("2026-01-05", topped_up("1", scheme="fr/cfp"), topped_up("2", unit="minute"))
    assert lots(story) == []
    known, text = told(story, "2026-01-06")
    assert [each.because for each in known.ungiven] == ["there is no scheme 'fr/cfp'"]
    assert [each.unmet for each in known.assessed] == [
        "worked-in-the-year",
        "the-top-up-is-in-cents",
    ]
    assert "this does not hold: the top up is in cents" in text
    story.tell("2026-01-07", topped_up("2", version=2), topped_up("1", version=2))
    assert [lot.net for lot in lots(story)] == [400_00, 400_00]
    assert told(story, "2026-01-07")[0].ungiven == ()


def test_a_first_day_that_is_put_off_takes_it_back_until_then() -> None:
    later = Term(day("2026-03-01"), day("2026-07-01"))
    story = Story()
    story.tell("2026-01-05", topped_up("1"))
    (_, withdrawn) = story.tell("2026-01-06", topped_up("1", version=2, term=later))
    assert isinstance(withdrawn, RightWithdrawn)
    story.tell("2026-03-01")
    (lot,) = lots(story)
    assert (lot.term, lot.net, story.due_on) == (later, 400_00, day("2026-07-01"))


def test_deadline_and_funder_are_corrected_in_place_while_a_part_is_held() -> None:
    longer = Term(DOTATION.term.since, day("2027-01-01"))
    story = Story()
    held = reserve("it", CPF, 100_00, "2026-02-02", unit="cent", provider="greta-lille")
    story.tell("2026-01-05", topped_up("1"))
    story.tell("2026-02-02", held)
    (_, corrected) = story.tell("2026-02-03", topped_up("1", version=2, term=longer, funder="x"))
    assert isinstance(corrected, TermCorrected)
    (lot,) = lots(story)
    assert (lot.term, lot.funder, lot.available) == (longer, "x", 300_00)
    assert story.tell("2026-02-03", ReachDay(anew=True)) == []
    story.tell("2026-02-04", release("it", "2026-02-04"))
    assert story.due_on == day("2027-01-01")


def test_a_condition_of_the_scheme_may_come_to_hold_later_and_may_halve_it() -> None:
    story = Story(trial())
    bonus = topped_up("1", scheme=TRIAL, bucket="bonus", quantity=5_01)
    story.tell("2026-01-05", bonus)
    known, _ = told(story, "2026-01-06", TRIAL)
    assert [each.unmet for each in known.assessed if each.lot.endswith("/bonus")] == ["works"]
    story.tell("2026-02-01", said("job", employment(), "2026-02-01"))
    (lot,) = [each for each in lots(story) if each.scheme == TRIAL]
    assert (lot.net, story.account.origins[lot.id].on) == (2_51, day("2026-02-01"))


def test_a_use_of_two_buckets_is_retold_without_naming_one() -> None:
    """So that a simulation tells the same life to other rules."""
    story = Story()
    story.tell("2026-01-05", said("job", employment(place="fr"), "2024-01-01"), topped_up("1"))
    story.tell("2026-01-06", spend("it", 600_00, "2026-01-06"), annulled("1", 2))
    again = Story()
    for now_, request in history_of(story.envelopes).asked:
        again.ask(now_, request)
    assert again.account.lots == story.account.lots
    assert [type(each.event) for each in again.envelopes] == [
        type(each.event) for each in story.envelopes
    ]


def test_the_term_of_a_dotation_without_a_deadline_is_open() -> None:
    story = Story()
    story.tell("2026-01-05", topped_up("1", term=term("2026-01-05")))
    story.tell("2046-01-05")
    assert [lot.available for lot in lots(story)] == [400_00]
