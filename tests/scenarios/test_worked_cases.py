"""Worked cases of the three schemes, as a lawyer would list them.

The numbers are those of the project's list of cases. `official`: printed by a government or the
scheme; `published`: printed by a bureau, the press or a school; `derived`: arithmetic on a rule
that has a source.
"""

from dataclasses import dataclass

import pytest

from ledger.domain.commands import RecordFact, Request
from ledger.domain.events import (
    Basis,
    RightGranted,
    RightTransferred,
    RightWithdrawn,
    ShortfallRecorded,
)
from ledger.domain.facts import Qualification, Residence, SelfEmployment
from ledger.domain.reasons import Reason
from tests.story import (
    Story,
    day,
    employment,
    reserve,
    said,
    self_employed,
    term,
    use,
)

VOV, CHEQUES, CPF, HOURS = "be-vlg/vov", "be-vlg/opleidingscheques", "fr/cpf", "fr/cpf-heures"
HOUR = 60


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is said of a person, and the rights that a scheme must then have given."""

    number: str
    kind: str
    says: str
    scheme: str
    told: tuple[RecordFact, ...]
    asked: tuple[Request, ...] = ()
    on: str
    rights: dict[str, str]

    def __str__(self) -> str:
        return f"{self.number} ({self.kind}): {self.says}"


def job(share: str, since: str, until: str | None = None, *, week: int = 38) -> RecordFact:
    """Say that there is a job in the private sector in Flanders."""
    return said(f"job-{since}", employment(share, weekly_hours=week), since, until)


def job_in_france(share: str, since: str, until: str | None = None) -> RecordFact:
    """Say that there is a job in the private sector in France."""
    return said(f"emploi-{since}", employment(share, place="fr"), since, until)


def business_in_france(since: str, until: str | None = None) -> RecordFact:
    """Say that there is a business in France that pays the contribution for training."""
    return said(f"entreprise-{since}", self_employed(place="fr"), since, until)


LIVES_IN_GHENT = said("home", Residence(region="be-vlg", term=term("2010-01-01")))
UPPER_SECONDARY = said("diploma", Qualification(level=4, since=day("2008-06-30")))

CASES = [
    *(
        Case(
            number="W1",
            kind="official",
            says=f"75 % in September {year} gives 93.75 h, not rounded",
            scheme=VOV,
            told=(job("3/4", f"{year}-09-01"),),
            on=f"{year}-09-01",
            rights={f"{VOV}/{year}-{year - 1999}": "93.75 h"},
        )
        for year in (2019, 2020)
    ),
    Case(
        number="W4",
        kind="published",
        says="a right of 80 h is doubled to 160 h by the employer's initiative, not to 250 h",
        scheme=VOV,
        told=(job("16/25", "2021-09-01"),),
        on="2021-09-01",
        rights={f"{VOV}/2021-22": "80 h", f"{VOV}/2021-22/employer": "80 h"},
    ),
    Case(
        number="W6",
        kind="published (the right), derived (62.5 h)",
        says="40 % in September, 50 % in October, and the first course starts in October",
        scheme=VOV,
        told=(job("2/5", "2022-09-01", "2022-10-01"), job("1/2", "2022-10-01")),
        asked=(reserve("french", VOV, 20 * HOUR, "2022-10-03", starts="2022-10-10"),),
        on="2022-10-03",
        rights={f"{VOV}/2022-23": "62.5 h", f"{VOV}/2022-23/employer": "62.5 h"},
    ),
    Case(
        number="W6",
        kind="published",
        says="without a course, 40 % in September gives nothing",
        scheme=VOV,
        told=(job("2/5", "2022-09-01", "2022-10-01"), job("1/2", "2022-10-01")),
        on="2022-10-03",
        rights={},
    ),
    Case(
        number="W10",
        kind="derived",
        says="80 % of a week of 34 h is 27.2 h, below 28 h, in 2025-26",
        scheme=VOV,
        told=(job("4/5", "2025-01-01", week=34),),
        on="2025-09-01",
        rights={},
    ),
    Case(
        number="W10",
        kind="derived, the contrast",
        says="80 % of a week of 38 h is 30.4 h",
        scheme=VOV,
        told=(job("4/5", "2025-03-01"),),
        on="2025-09-01",
        rights={f"{VOV}/2025-26": "100 h", f"{VOV}/2025-26/employer": "100 h"},
    ),
    Case(
        number="W29",
        kind="published",
        says="self-employed from 1 June to 31 December: 500 x 7/12",
        scheme=CPF,
        told=(business_in_france("2021-06-01", "2022-01-01"),),
        on="2022-06-15",
        rights={f"{CPF}/2021": "EUR 291.67"},
    ),
    Case(
        number="W31",
        kind="derived",
        says="803 of 1,607 hours is less than half: pro rata, up to the next cent",
        scheme=CPF,
        told=(job_in_france("803/1607", "2021-01-01", "2022-01-01"),),
        on="2022-06-15",
        rights={f"{CPF}/2021": "EUR 249.85"},
    ),
    Case(
        number="W31",
        kind="derived",
        says="804 of 1,607 hours is half or more: the full credit",
        scheme=CPF,
        told=(job_in_france("804/1607", "2021-01-01", "2022-01-01"),),
        on="2022-06-15",
        rights={f"{CPF}/2021": "EUR 500.00"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_comes_out_as_the_source_says(case: Case) -> None:
    story = Story()
    story.tell(case.on, *case.told, *case.asked)
    assert story.rights(case.scheme) == case.rights


def test_w6_a_first_course_in_the_reference_month_itself_gives_no_right_that_year() -> None:
    """Published: securex, 4 July 2023."""
    story = Story()
    story.tell("2022-09-05", job("2/5", "2022-09-01", "2022-10-01"), job("1/2", "2022-10-01"))
    refusal = story.refused(
        "2022-09-05", reserve("french", VOV, 20 * HOUR, "2022-09-05", starts="2022-09-12")
    )
    assert refusal.reason == Reason.NOT_ENOUGH


def test_w18_a_voucher_of_250_euros_leaves_nothing_for_the_calendar_year() -> None:
    """Published: hetacv.be. The 125 that the worker pays of it is money beside the ledger."""
    story = Story()
    story.tell("2024-01-02", LIVES_IN_GHENT, UPPER_SECONDARY, job("1", "2020-01-01"))
    story.tell("2024-03-01", use("order", CHEQUES, 250_00, "2024-03-01", unit="cent"))
    (year,) = (lot for lot in story.had("2024-03-02").values() if lot.lot.id == f"{CHEQUES}/2024")
    assert (year.lot.used, year.available) == (250_00, 0)
    refusal = story.refused("2024-12-30", use("more", CHEQUES, 1, "2024-12-30", unit="cent"))
    assert refusal.reason == Reason.NOT_ENOUGH


def test_w34_120_hours_at_the_end_of_2018_are_1800_euros_and_2018_adds_360() -> None:
    """Published rate, derived total: 2,160 EUR; 48 of the hours come from the old DIF."""
    story = Story()
    story.tell("2015-01-02", job_in_france("1", "2015-01-01"))
    story.given(
        "2015-01-03",
        RightGranted(
            lot=f"{HOURS}/dif",
            scheme=HOURS,
            unit="minute",
            quantity=48 * HOUR,
            term=term("2015-01-01", "2019-01-01"),
            funder="fr/caisse-des-depots",
            effective_on=day("2015-01-01"),
            basis=Basis(rule="entered by the holder"),
        ),
    )
    story.tell("2018-12-31")
    assert story.rights(HOURS) == {
        f"{HOURS}/dif": "48 h",
        f"{HOURS}/2015": "24 h",
        f"{HOURS}/2016": "24 h",
        f"{HOURS}/2017": "24 h",
    }
    converted = [e for e in story.tell("2019-01-01") if isinstance(e, RightTransferred)]
    assert sum(event.quantity_in for event in converted) == 1800_00
    assert {event.rate for event in converted} == {"25"}, "25 cents a minute is 15 euros an hour"
    (credit,) = (e for e in story.tell("2019-06-15") if isinstance(e, RightGranted))
    assert credit.quantity == 360_00
    assert sum(lot.available for lot in story.had("2019-06-15").values()) == 2160_00


def test_w61_a_cancelled_declaration_takes_back_what_only_it_gave_and_flags_the_use() -> None:
    """Derived: Dimona IN, then CANCEL of the same period."""
    story = Story()
    story.tell("2021-09-01", said("period-123", employment(), "2021-09-01"))
    story.tell("2021-10-01", use("french", VOV, 20 * HOUR, "2021-10-01"))
    events = story.tell("2021-11-01", said("period-123", None, version=2))
    own = [e for e in events if getattr(e, "lot", "") == f"{VOV}/2021-22"]
    assert [(type(e), e.quantity) for e in own if isinstance(e, RightWithdrawn | ShortfallRecorded)] == [
        (RightWithdrawn, 105 * HOUR),
        (ShortfallRecorded, 20 * HOUR),
    ]  # fmt: skip


def test_a_business_that_pays_no_contribution_for_training_gives_no_credit() -> None:
    """Published: cap-metiers.pro, April 2024."""
    story = Story()
    unpaid = SelfEmployment(activity="main", place="fr", contributes=False)
    story.tell("2022-06-15", said("entreprise", unpaid, "2021-01-01", "2022-01-01"))
    assert story.rights(CPF) == {}
