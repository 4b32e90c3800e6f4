"""Late corrections of what was used, converted or given back."""

from ledger.domain.commands import ReachDay, Transfer
from ledger.domain.events import ShortfallRecorded, ShortfallSettled, TransferReversed
from ledger.domain.facts import Qualification, Residence
from ledger.domain.reasons import Reason
from tests.story import Story, day, employment, reverse, said, term, use

CHEQUES = "be-vlg/opleidingscheques"
CPF = "fr/cpf"
CONVERTED = f"{CPF}/from-fr.cpf-heures.2016"


def test_euros_made_of_hours_that_were_never_due_go_back_when_their_use_is_reversed() -> None:
    """The conversion was undone but for what was used; the rest follows the use."""
    story = Story()
    story.tell("2017-06-15", said("job", employment(place="fr"), "2016-01-01", "2017-01-01"))
    story.tell("2019-01-01")
    assert story.rights(CPF) == {CONVERTED: "EUR 360.00"}
    story.tell(
        "2020-03-01",
        use("anglais", CPF, 100_00, "2020-03-01", unit="cent", provider="greta-lille"),
    )
    cancelled = story.tell("2020-04-01", said("job", None, version=2))
    (short,) = (event for event in cancelled if isinstance(event, ShortfallRecorded))
    assert (short.lot, short.quantity) == (CONVERTED, 100_00)
    events = story.tell("2020-05-01", reverse("anglais", "2020-05-01"))
    assert [type(event) for event in events[1:]] == [TransferReversed, ShortfallSettled]
    assert story.rights(CPF) == {}


def test_a_job_told_years_late_counts_its_converted_hours_for_the_cap_too() -> None:
    """Hours become euros before the years are credited, as they would have been in time."""
    in_time, late = Story(), Story()
    job = said("job", employment(place="fr"), "2017-01-01")
    in_time.tell("2017-01-02", job)
    for year in range(2017, 2030):
        in_time.tell(f"{year}-06-15")
    assert in_time.rights(CPF)[f"{CPF}/2027"] == "EUR 280.00", "what is left under EUR 5,000"
    late.tell("2029-06-15", job)
    assert late.rights(CPF) == in_time.rights(CPF)
    assert late.tell("2029-06-15", ReachDay(anew=True)) == []


def test_a_transfer_that_makes_nothing_is_refused_and_nothing_is_lost() -> None:
    """12 cents are less than half a minute at 15 euros an hour."""
    story = Story()
    story.tell("2022-06-15", said("job", employment(place="fr"), "2021-01-01", "2022-01-01"))
    asked = Transfer(
        transfer="crumbs",
        scheme=CPF,
        to_scheme="fr/cpf-agents",
        quantity=12,
        unit="cent",
        on=day("2022-07-01"),
    )
    refusal = story.refused("2022-07-01", asked)
    assert refusal.reason == Reason.WRONG_QUANTITY
    assert "EUR 0.12 makes nothing of fr/cpf-agents" in refusal.detail


def test_a_right_moves_to_its_day_once_its_use_that_held_it_is_reversed() -> None:
    """A correction can't move what is used; when it is free again, the right day counts."""
    story = Story()
    story.tell(
        "2024-06-01",
        said("home", Residence(region="be-vlg", term=term("2000-01-01"))),
        said("diploma", Qualification(level=2, since=day("2005-07-01"))),
        said("job", employment(), "2020-01-01"),
        use("cursus", CHEQUES, 100_00, "2024-06-01", unit="cent"),
        said("diploma", Qualification(level=2, since=day("2024-05-01")), version=2),
    )
    assert story.account.origins[f"{CHEQUES}/2024"].on == day("2024-01-01")
    story.tell("2024-06-02", reverse("cursus", "2024-06-02"))
    assert story.account.origins[f"{CHEQUES}/2024"].on == day("2024-05-01")
    assert story.tell("2024-06-02", ReachDay(anew=True)) == []
