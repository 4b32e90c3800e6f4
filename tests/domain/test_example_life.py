"""One life, event by event: `design/example-life.md`, as written."""

import pytest

from ledger.domain.events import (
    Event,
    RightExpired,
    RightGranted,
    RightReserved,
    RightRestricted,
    RightUsed,
    RightWithdrawn,
    ShortfallRecorded,
    StatusAnnulled,
    StatusRecorded,
)
from ledger.domain.facts import Birth, Qualification
from ledger.domain.reasons import Reason
from tests.story import (
    Story,
    capture,
    day,
    employment,
    jobseeker,
    reserve,
    said,
    term,
)

VOV = "be-vlg/vov"
LOT = "be-vlg/vov/2021-22"
HOUR = 60


def of_vov(events: list[Event]) -> list[Event]:
    """Keep what concerns facts and the ordinary VOV lot: Nora's other rights are not the point."""
    return [
        event
        for event in events
        if getattr(event, "lot", LOT) == LOT and getattr(event, "scheme", VOV) == VOV
    ]


def hours(story: Story, on: str, known: str) -> tuple[float, float, float, float, float]:
    """Return available, reserved, used, expired and shortfall of the VOV lot, in hours."""
    seen = story.had(on, known).get(LOT)
    if seen is None:
        return (0, 0, 0, 0, 0)
    lot = seen.lot
    amounts = (seen.available, lot.reserved, lot.used, lot.expired, lot.shortfall)
    return tuple(amount / HOUR for amount in amounts)  # type: ignore[return-value]


@pytest.fixture
def nora() -> Story:
    """Nora Peeters, born 1988, upper secondary; declared employed from 2021-09-01."""
    story = Story()
    story.tell(
        "2021-08-30",
        said("birth", Birth(on=day("1988-04-17"))),
        said("diploma", Qualification(level=4, since=day("2006-06-30"))),
        said("s1", employment(), "2021-09-01"),
    )
    return story


def test_the_life_of_nora_comes_out_as_written(nora: Story) -> None:
    """Each row of the table: what the ledger writes."""
    assert not of_vov(nora.tell("2021-08-31"))

    (granted,) = of_vov(nora.tell("2021-09-01"))
    assert isinstance(granted, RightGranted)
    assert (granted.lot, granted.quantity, granted.term) == (
        LOT,
        125 * HOUR,
        term("2021-09-01", "2022-09-01"),
    )
    assert granted.basis.facts == (3,), "the basis is spell s1, the account's third event"

    (reserved,) = of_vov(nora.tell("2021-10-05", reserve("french", VOV, 20 * HOUR, "2021-10-05")))
    assert isinstance(reserved, RightReserved)
    assert reserved.allocation == ((LOT, 20 * HOUR),)

    (used,) = of_vov(nora.tell("2021-10-20", capture("french", "2021-10-20")))
    assert isinstance(used, RightUsed)

    recorded, withdrawn = of_vov(
        nora.tell(
            "2021-10-31",
            said("s1", employment("4/5"), "2021-09-01", version=2, settled=True),
        )
    )
    assert isinstance(recorded, StatusRecorded)
    assert isinstance(withdrawn, RightWithdrawn)
    assert (withdrawn.quantity, withdrawn.effective_on) == (25 * HOUR, day("2021-09-01"))

    ended = of_vov(
        nora.tell(
            "2022-03-01",
            said("s1", employment("4/5"), "2021-09-01", "2022-03-01", version=3, settled=True),
            said("s2", jobseeker(), "2022-03-01"),
        )
    )
    assert [type(event) for event in ended] == [StatusRecorded, RightRestricted, StatusRecorded]

    (expired,) = of_vov(nora.tell("2022-09-01"))
    assert isinstance(expired, RightExpired)
    assert expired.quantity == 80 * HOUR

    annulled = said("s1", None, version=4)
    cancelled = of_vov(nora.tell("2023-02-01", annulled))
    assert [type(event) for event in cancelled] == [
        StatusAnnulled,
        RightWithdrawn,
        ShortfallRecorded,
    ]
    withdrawn, short = cancelled[1:]
    assert isinstance(withdrawn, RightWithdrawn)
    assert isinstance(short, ShortfallRecorded)
    assert (withdrawn.quantity, withdrawn.from_expired) == (80 * HOUR, 80 * HOUR)
    assert short.quantity == 20 * HOUR

    assert nora.tell("2023-02-01", annulled) == [], "the same message again does nothing"


def test_questions_about_the_past_have_answers_that_hold_for_ever(nora: Story) -> None:
    """Available, reserved, used, expired and shortfall, by both times."""
    nora.tell("2021-09-01")
    nora.tell("2021-10-05", reserve("french", VOV, 20 * HOUR, "2021-10-05"))
    first = hours(nora, "2021-10-15", "2021-10-15")
    assert first == (105, 20, 0, 0, 0)
    nora.tell("2021-10-20", capture("french", "2021-10-20"))
    nora.tell("2021-10-31", said("s1", employment("4/5"), "2021-09-01", version=2, settled=True))
    nora.tell(
        "2022-03-01",
        said("s1", employment("4/5"), "2021-09-01", "2022-03-01", version=3, settled=True),
        said("s2", jobseeker(), "2022-03-01"),
    )
    assert nora.had("2022-03-02", "2022-03-02")[LOT].restricted
    nora.tell("2022-09-01")
    nora.tell("2023-02-01", said("s1", None, version=4))

    assert hours(nora, "2021-10-15", "2021-10-15") == first
    assert hours(nora, "2021-10-15", "2021-11-15") == (80, 20, 0, 0, 0)
    available, reserved, *_ = hours(nora, "2021-10-15", "2023-02-02")
    assert (available, reserved) == (0, 20), "nothing was due; 20 h were reserved in good faith"
    assert hours(nora, "2022-03-01", "2022-03-01") == (80, 0, 20, 0, 0)
    assert hours(nora, "2022-09-01", "2022-09-01") == (0, 0, 20, 80, 0)
    assert hours(nora, "2023-02-01", "2023-02-01") == (0, 0, 20, 0, 20)


def test_a_job_cancelled_before_it_began_gives_nothing(nora: Story) -> None:
    """No grant, and the reservation is refused."""
    nora.tell("2021-08-31", said("s1", None, version=4))
    assert not of_vov(nora.tell("2021-09-01"))
    refusal = nora.refused("2021-10-05", reserve("french", VOV, 20 * HOUR, "2021-10-05"))
    assert refusal.reason in {Reason.NOT_ENOUGH, Reason.RESTRICTED}


def test_a_share_settled_before_the_grant_gives_one_grant_of_it(nora: Story) -> None:
    """The same net grant as when it was settled afterwards."""
    nora.tell("2021-08-31", said("s1", employment("4/5"), "2021-09-01", version=2, settled=True))
    (granted,) = of_vov(nora.tell("2021-09-01"))
    assert isinstance(granted, RightGranted)
    assert granted.quantity == 100 * HOUR


def test_a_late_fact_about_a_term_that_is_over_grants_and_lapses_visibly() -> None:
    """The grant has its true term and expires at once."""
    story = Story()
    events = of_vov(story.tell("2024-01-15", said("s1", employment(), "2021-09-01", "2022-07-01")))
    granted, expired = (e for e in events if isinstance(e, RightGranted | RightExpired))
    assert isinstance(granted, RightGranted)
    assert isinstance(expired, RightExpired)
    assert granted.term == term("2021-09-01", "2022-09-01")
    assert expired.quantity == granted.quantity
    assert expired.effective_on == day("2022-09-01")
