"""Which events say that new use stops and goes on again, and on which day."""

from collections.abc import Sequence

from ledger.domain.events import Event, RestrictionLifted, RightRestricted
from ledger.domain.facts import Qualification, Residence, Retirement
from tests.story import Story, day, employment, jobseeker, said, self_employed, term

VOV, CHEQUES, CPF = "be-vlg/vov", "be-vlg/opleidingscheques", "fr/cpf"

CAREER = [
    (
        "2024-09-02",
        [
            said("home", Residence(region="be-vlg", term=term("2000-01-01"))),
            said("diploma", Qualification(level=4, since=day("2008-06-30"))),
            said("job", employment(), "2024-01-01"),
        ],
    ),
    (
        "2024-10-01",
        [
            said("job", employment(), "2024-01-01", "2024-10-01", version=2),
            said("seeking", jobseeker(), "2024-10-01"),
        ],
    ),
    (
        "2025-02-01",
        [
            said("seeking", jobseeker(), "2024-10-01", "2025-02-01", version=2),
            said("own", self_employed(), "2025-02-01"),
        ],
    ),
    ("2025-03-01", [said("new-job", employment(), "2025-03-01")]),
]


def restrictions(events: Sequence[Event], scheme: str) -> list[tuple[str, str]]:
    return [
        (type(e).__name__, e.effective_on.isoformat())
        for e in events
        if isinstance(e, RightRestricted | RestrictionLifted) and e.scheme == scheme
    ]


def test_a_restriction_is_written_once_and_lifted_once_over_several_statuses() -> None:
    story = Story()
    told = [story.tell(today, *facts) for today, facts in CAREER]
    assert [restrictions(events, VOV) for events in told] == [
        [],
        [("RightRestricted", "2024-10-01")],
        [],
        [("RestrictionLifted", "2025-03-01")],
    ]
    assert restrictions(told[1], CHEQUES) == [("RightRestricted", "2024-10-01")]


def test_a_scheme_that_stays_open_writes_none_until_retirement() -> None:
    story = Story()
    job = said("emploi", employment(place="fr"), "2021-01-01", "2022-01-01")
    events = story.tell("2022-06-15", job)
    events += story.tell("2022-06-16", said("seeking", jobseeker(), "2022-06-16", "2023-01-01"))
    events += story.tell("2023-01-01", said("own", self_employed(place="fr"), "2023-01-01"))
    assert restrictions(events, CPF) == []
    retired = story.tell("2024-01-01", said("pension", Retirement(), "2024-01-01"))
    assert restrictions(retired, CPF) == [("RightRestricted", "2024-01-01")]
