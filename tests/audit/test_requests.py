"""A life told again from its events is the same life."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.requests import History, history_of
from ledger.domain.commands import (
    EndMandate,
    Freeze,
    GiveMandate,
    RecordFact,
    Request,
    Transfer,
    Unfreeze,
)
from ledger.domain.events import RequestRefused
from tests.laws.lives import LAST, days, histories
from tests.story import (
    Story,
    capture,
    day,
    employment,
    now,
    release,
    reserve,
    reverse,
    said,
    use,
)

EMMA = UUID("0b54f3c1-2f0d-4a55-8d1e-7c3a90f1d2e4")
VOV = "be-vlg/vov"
END = (LAST + timedelta(days=1)).isoformat()


def told_again(story: Story) -> Story:
    again = Story(story.rules)
    for at, request in history_of(story.envelopes).asked:
        again.ask(at, request)
    return again


def test_every_request_comes_back_as_it_was_asked() -> None:
    story = Story()
    requests: list[Request] = [
        said("s1", employment(), "2021-09-01"),
        reserve("french", VOV, 20 * 60, "2021-10-05"),
        capture("french", "2021-10-20", 15 * 60),
        reserve("dutch", VOV, 10 * 60, "2021-11-05", bucket="employer"),
        release("dutch", "2021-11-06"),
        use("welding", VOV, 8 * 60, "2021-11-07"),
        reverse("welding", "2021-11-08", 3 * 60),
        Freeze(scheme=VOV, on=day("2021-11-09"), reason="suspected fraud"),
        Unfreeze(scheme=VOV, on=day("2021-11-09"), reason="no fraud"),
        GiveMandate(
            mandate="m1",
            helper=EMMA,
            actions=("read", "use"),
            schemes=(VOV,),
            since=day("2021-11-10"),
            on=day("2021-11-10"),
        ),
        EndMandate(mandate="m1", on=day("2021-11-11"), reason="no longer needed"),
        said("s1", None, version=2),
    ]
    story.tell("2021-12-01", *requests)
    assert [each.request for each in history_of(story.envelopes).asked] == requests


def test_a_transfer_out_of_several_lots_comes_back_as_one() -> None:
    story = Story()
    story.tell("2024-12-01", said("s1", employment(place="fr"), "2019-01-01"))
    swap = Transfer(
        transfer="t1",
        scheme="fr/cpf",
        to_scheme="fr/cpf-agents",
        quantity=1_200_00,
        unit="cent",
        on=day("2024-12-01"),
    )
    story.tell("2024-12-01", swap)
    assert history_of(story.envelopes).asked[-1].request == swap
    assert told_again(story).account.lots == story.account.lots


def test_what_came_later_is_left_out_and_what_was_refused_is_counted() -> None:
    story = Story()
    story.tell("2021-09-01", said("s1", employment(), "2021-09-01"))
    refused = RequestRefused(
        request="reserve",
        scheme=VOV,
        reason="not-enough",
        detail="",
        effective_on=day("2021-10-01"),
    )
    story.given(now("2021-10-01"), refused)
    story.tell("2022-01-01", use("french", VOV, 60, "2022-01-01"))
    history = history_of(story.envelopes, day("2021-12-31"))
    assert (len(history.asked), history.untold) == (1, 1)
    assert history_of(story.envelopes, day("2021-08-31")) == History(asked=())


@given(
    histories(), st.lists(st.tuples(days, st.sampled_from([600, 6_000]), st.booleans()), max_size=4)
)
def test_a_life_told_again_under_the_same_rules_ends_with_the_same_lots(
    history: list[RecordFact], taken: list[tuple[date, int, bool]]
) -> None:
    story = Story()
    for request in history:
        story.hear("2019-01-01", request)
    for number, (on, quantity, back) in enumerate(sorted(taken)):
        scheme, unit, provider = (
            (VOV, "minute", "cvo-semper") if number % 2 else ("fr/cpf", "cent", "greta-lille")
        )
        at = on.isoformat()
        story.hear(at, reserve(f"r{number}", scheme, quantity, at, unit=unit, provider=provider))
        story.hear(at, capture(f"r{number}", at, quantity // 3 if back else None))
        if back:
            story.hear(at, reverse(f"r{number}", at, quantity // 6))
    again = told_again(story)
    story.tell(END)
    again.tell(END)
    assert again.account.lots == story.account.lots
