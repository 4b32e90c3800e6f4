"""What the three schemes do over the years and over a change of status."""

from collections.abc import Sequence

import pytest

from ledger.domain.commands import RecordFact, Transfer
from ledger.domain.events import Event, RestrictionLifted, RightRestricted
from ledger.domain.facts import CivilService, Qualification, Residence, Retirement
from ledger.domain.reasons import Reason
from tests.story import (
    Story,
    day,
    employment,
    jobseeker,
    reserve,
    said,
    self_employed,
    term,
    use,
)

VOV, CHEQUES, CPF, AGENTS = "be-vlg/vov", "be-vlg/opleidingscheques", "fr/cpf", "fr/cpf-agents"
HOUR = 60


def lives(region: str) -> RecordFact:
    return said("home", Residence(region=region, term=term("2000-01-01")))


def level(eqf: int) -> RecordFact:
    return said("diploma", Qualification(level=eqf, since=day("2008-06-30")))


@pytest.mark.parametrize(
    ("school_year", "september", "march_before", "hours"),
    [
        ("2022-23", "1", "1/2", "125 h"),
        ("2022-23", "1/2", "1", "62.5 h"),
        ("2023-24", "1", "1/2", "62.5 h"),
        ("2023-24", "1/2", "1", "125 h"),
        ("2024-25", "1", "1/2", "62.5 h"),
        ("2025-26", "1/2", "1", "125 h"),
    ],
)
def test_vov_counts_the_share_of_september_until_2022_and_of_the_march_before_since(
    school_year: str, september: str, march_before: str, hours: str
) -> None:
    year = school_year[:4]
    story = Story()
    story.tell(
        f"{year}-09-01",
        said("spring", employment(march_before), f"{year}-01-01", f"{year}-09-01"),
        said("autumn", employment(september), f"{year}-09-01"),
    )
    assert story.rights(VOV)[f"{VOV}/{school_year}"] == hours


@pytest.mark.parametrize(
    ("school_year", "share", "hours"),
    [
        ("2024-25", "49/100", None),
        ("2024-25", "1/2", "62.5 h"),
        ("2024-25", "79/100", "98.75 h"),
        ("2025-26", "79/100", None),
        ("2025-26", "4/5", "100 h"),
    ],
)
def test_vov_asks_for_half_time_and_for_four_fifths_since_2025(
    school_year: str, share: str, hours: str | None
) -> None:
    story = Story()
    story.tell(f"{school_year[:4]}-09-01", said("job", employment(share), "2024-01-01"))
    assert story.rights(VOV).get(f"{VOV}/{school_year}") == hours


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ([said("job", employment(sector="public"), "2021-01-01")], "not the private sector"),
        ([said("job", employment(place="be-bru"), "2021-01-01")], "the place of work is Brussels"),
        ([said("own", self_employed(), "2021-01-01")], "not an employee"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_vov_is_for_employees_of_the_private_sector_who_work_in_flanders(
    facts: list[RecordFact], why: str
) -> None:
    story = Story()
    story.tell("2021-09-01", lives("be-vlg"), *facts)
    assert story.rights(VOV) == {}, why


@pytest.mark.parametrize(
    ("facts", "voucher"),
    [
        ([], "EUR 250.00"),
        ([said("side", self_employed("side"), "2020-01-01")], "EUR 250.00"),
        ([said("own", self_employed("main"), "2020-01-01")], None),
        ([said("benefit", jobseeker(), "2020-01-01")], None),
        ([said("seeking", jobseeker(benefit=False), "2020-01-01")], "EUR 250.00"),
        ([said("bachelor", Qualification(level=6, since=day("2015-06-30")))], None),
        ([said("home", Residence(region="nl", term=term("2000-01-01")), version=2)], "EUR 250.00"),
        ([said("home", Residence(region="be-wal", term=term("2000-01-01")), version=2)], None),
    ],
    ids=[
        "an employee",
        "a side activity keeps the right",
        "a main activity as self-employed excludes",
        "an unemployment benefit excludes",
        "seeking another job without benefit does not",
        "higher education excludes",
        "someone from the Netherlands who works in Flanders",
        "someone from Wallonia who works in Flanders",
    ],
)
def test_vouchers_are_for_employees_without_higher_education(
    facts: list[RecordFact], voucher: str | None
) -> None:
    story = Story()
    story.tell(
        "2024-01-01", lives("be-vlg"), level(4), said("job", employment(), "2020-01-01"), *facts
    )
    assert story.rights(CHEQUES).get(f"{CHEQUES}/2024") == voucher


@pytest.mark.parametrize(
    ("asked_on", "right"), [("2024-06-01", True), ("2024-06-02", False)], ids=["in time", "late"]
)
def test_vouchers_are_asked_for_until_two_months_after_the_course_starts(
    asked_on: str, right: bool
) -> None:
    story = Story()
    story.tell("2024-01-01", lives("be-vlg"), level(4), said("job", employment(), "2020-01-01"))
    order = use("order", CHEQUES, 250_00, asked_on, unit="cent", starts="2024-04-01")
    if right:
        story.tell(asked_on, order)
    else:
        assert story.refused(asked_on, order).reason == Reason.OUTSIDE_WINDOW


def credited(story: Story) -> list[str]:
    return [right.removeprefix("EUR ") for right in story.rights(CPF).values()]


def emploi(share: str, since: str, until: str | None = None) -> RecordFact:
    return said(f"emploi-{since}", employment(share, place="fr"), since, until)


def test_cpf_accrues_500_euros_a_year_to_5000_and_a_use_makes_room_again() -> None:
    story = Story()
    story.tell("2030-06-15", emploi("1", "2019-01-01"))
    assert credited(story) == ["500.00"] * 10, "the credit of 2029 finds no room under 5,000"
    story.tell(
        "2030-07-01",
        use("anglais", CPF, 1200_00, "2030-07-01", unit="cent", provider="greta-lille"),
    )
    story.tell("2031-06-15")
    assert credited(story) == ["500.00"] * 11


def test_cpf_gives_800_euros_to_8000_below_level_3_at_half_time_or_more() -> None:
    low = said("diploma", Qualification(level=2, since=day("2008-06-30")))
    story = Story()
    story.tell("2031-06-15", low, emploi("1/2", "2019-01-01"))
    assert credited(story) == ["800.00"] * 10
    below_half = Story()
    below_half.tell("2022-06-15", low, emploi("2/5", "2021-01-01", "2022-01-01"))
    assert credited(below_half) == ["200.00"], "below half time it is pro rata of 500"


def test_cpf_takes_the_most_favourable_of_several_statuses_of_one_year() -> None:
    story = Story()
    story.tell(
        "2022-06-15",
        emploi("2/5", "2021-01-01", "2022-01-01"),
        said("entreprise", self_employed("side", place="fr"), "2021-07-01", "2022-01-01"),
    )
    assert credited(story) == ["250.00"], "6 months of 500 are more than 2/5 of it, never the sum"


def test_hours_of_public_agents_become_euros_and_euros_hours_at_15_euros() -> None:
    story = Story()
    service = CivilService(employer="commune", place="fr", share=employment("1").share)
    story.tell("2021-06-15", said("service", service, "2018-01-01", "2021-01-01"))
    assert story.rights(AGENTS) == {
        f"{AGENTS}/2018": "24 h",
        f"{AGENTS}/2019": "25 h",
        f"{AGENTS}/2020": "25 h",
    }

    def move(id_: str, scheme: str, to: str, quantity: int, unit: str) -> Transfer:
        return Transfer(
            transfer=id_,
            scheme=scheme,
            to_scheme=to,
            quantity=quantity,
            unit=unit,
            on=day("2021-07-01"),
        )

    story.tell("2021-07-01", move("out", AGENTS, CPF, 10 * HOUR, "minute"))
    assert story.rights(CPF) == {f"{CPF}/transfer-out": "EUR 150.00"}
    story.tell("2021-07-01", move("back", CPF, AGENTS, 75_00, "cent"))
    assert story.rights(AGENTS)[f"{AGENTS}/transfer-back"] == "5 h"


CAREER = [
    ("2024-09-02", [lives("be-vlg"), level(4), said("job", employment(), "2024-01-01")]),
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


def test_vov_keeps_hours_without_new_use_after_the_job_and_opens_with_the_next_one() -> None:
    story = Story()
    told = [restrictions(story.tell(today, *facts), VOV) for today, facts in CAREER]
    assert told == [
        [],
        [("RightRestricted", "2024-10-01")],
        [],
        [("RestrictionLifted", "2025-03-01")],
    ]
    own = story.had("2025-02-15", "2025-02-15")[f"{VOV}/2024-25"]
    assert (own.lot.net, bool(own.restricted)) == (125 * HOUR, True), "kept, and said why"
    assert story.refused("2025-03-01", reserve("old", VOV, HOUR, "2025-02-15")).reason == (
        Reason.RESTRICTED
    )
    story.tell("2025-03-02", reserve("french", VOV, HOUR, "2025-03-02"))


def test_vouchers_are_kept_through_unemployment_and_a_main_activity() -> None:
    story = Story()
    told = [restrictions(story.tell(today, *facts), CHEQUES) for today, facts in CAREER]
    assert told[1] == [("RightRestricted", "2024-10-01")]
    kept = story.had("2024-12-31", "2025-03-01")[f"{CHEQUES}/2024"]
    assert (kept.lot.net, bool(kept.restricted)) == (250_00, True)


def test_cpf_stays_usable_through_every_status_until_retirement() -> None:
    story = Story()
    events = story.tell("2022-06-15", emploi("1", "2021-01-01", "2022-01-01"))
    events += story.tell("2022-06-16", said("seeking", jobseeker(), "2022-06-16", "2023-01-01"))
    events += story.tell("2023-01-01", said("own", self_employed(place="fr"), "2023-01-01"))
    assert restrictions(events, CPF) == []
    story.tell(
        "2023-01-02", use("u", CPF, 100_00, "2023-01-02", unit="cent", provider="greta-lille")
    )
    retired = story.tell("2024-01-01", said("pension", Retirement(), "2024-01-01"))
    assert restrictions(retired, CPF) == [("RightRestricted", "2024-01-01")]
    assert story.had("2024-01-02")[f"{CPF}/2021"].lot.net == 500_00
