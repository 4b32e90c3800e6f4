"""Late corrections of what was used, converted or given back."""

from ledger.domain.events import ShortfallRecorded, ShortfallSettled, TransferReversed
from tests.story import Story, employment, reverse, said, use

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
