"""What notifications say, in the ledger's words; and that no national number gets in."""

from fractions import Fraction
from typing import Any

import pytest

from consumers.translate import Unhandled
from ledger.domain.facts import (
    Employment,
    Enterprise,
    Fact,
    FactId,
    Jobseeking,
    SelfEmployment,
    Spell,
)
from schemas.examples import NORA_SSIN
from tests.consumers.notifications import (
    BREWERY,
    DIMONA,
    DMFA,
    ENTERPRISE,
    JOBSEEKER,
    NORA,
    PEOPLE,
    SELF_EMPLOYED,
    Json,
    cancelled,
    dimona,
    dmfa,
    facts,
    notified,
    occupation,
    read,
)
from tests.story import term

NSSO = "https://nsso.example.be"


def only(message: Json) -> Fact:
    (asked,) = facts(message)
    return asked.fact


def spell(message: Json) -> Spell:
    content = only(message).content
    assert isinstance(content, Spell)
    return content


def job(message: Json) -> Employment:
    status = spell(message).status
    assert isinstance(status, Employment)
    return status


class TestDimona:
    def test_an_accepted_in_is_a_declared_job_of_full_time_until_more_is_known(self) -> None:
        assert only(dimona("in", 1, "2025-07-01")) == Fact(
            id=FactId(NSSO, "dimona/123"),
            version=1,
            about="status",
            content=Spell(
                term=term("2025-07-01"),
                status=Employment(
                    employer="0566988259", sector="private", place="be-vlg",
                    share=Fraction(1), weekly=2280, assumed=True,
                ),
                evidence="declared",
            ),
        )  # fmt: skip

    def test_an_out_and_an_update_are_versions_of_the_same_fact(self) -> None:
        out = only(dimona("out", 2, "2025-07-01", "2025-10-01"))
        update = only(dimona("update", 3, "2025-07-15", "2025-10-01"))
        assert (out.id, out.version, update.version) == (FactId(NSSO, "dimona/123"), 2, 3)
        assert out.id == update.id
        assert isinstance(update.content, Spell)
        assert update.content.term == term("2025-07-15", "2025-10-01")

    def test_a_cancel_says_that_the_job_never_was(self) -> None:
        cancel = only(dimona("cancel", 2))
        assert (cancel.id.id, cancel.version, cancel.content) == ("dimona/123", 2, None)

    @pytest.mark.parametrize("result", ["pending", "refused"])
    @pytest.mark.parametrize("kind", ["in", "update", "cancel"])
    def test_what_is_pending_or_refused_counts_for_nothing(self, kind: str, result: str) -> None:
        assert facts(dimona(kind, 2, "2025-07-01", result=result)) == []


class TestDmfA:
    def test_an_occupation_is_settled_for_its_quarter(self) -> None:
        settled = only(dmfa("2025-Q3", occupation(3040, "2020-01-01")))
        assert settled.id == FactId(NSSO, "dmfa/0566988259/2025-Q3/1")
        assert settled.content == Spell(
            term=term("2025-07-01", "2025-10-01"),
            status=Employment(
                employer="0566988259", sector="private", place="be-vlg",
                share=Fraction(4, 5), weekly=1824,
            ),
            evidence="settled",
            settles=term("2025-07-01", "2025-10-01"),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("quarter", "since", "until", "days"),
        [
            ("2025-Q4", "2025-10-01", None, ("2025-10-01", "2026-01-01")),
            ("2025-Q1", "2025-02-10", "2025-03-01", ("2025-02-10", "2025-03-01")),
            ("2024-Q1", "2023-05-01", "2024-02-29", ("2024-01-01", "2024-02-29")),
        ],
    )
    def test_days_are_those_of_the_occupation_in_the_quarter(
        self, quarter: str, since: str, until: str | None, days: tuple[str, str]
    ) -> None:
        assert spell(dmfa(quarter, occupation(3800, since, until))).term == term(*days)

    @pytest.mark.parametrize(
        ("worker", "share", "weekly"),
        [
            (3800, Fraction(1), 2280),
            (1900, Fraction(1, 2), 1140),
            (2533, Fraction(2533, 3800), 1519),
            (2799, Fraction(2799, 3800), 1679),
            (2800, Fraction(14, 19), 1680),
            (0, Fraction(0), 0),
            (4000, Fraction(1), 2400),
        ],
    )
    def test_the_share_is_q_by_s_and_no_threshold_is_reached_by_rounding(
        self, worker: int, share: Fraction, weekly: int
    ) -> None:
        work = job(dmfa("2025-Q3", occupation(worker, "2025-07-01")))
        assert (work.share, work.weekly) == (share, weekly)

    def test_every_occupation_is_a_fact_of_its_own_and_a_correction_cancels_by_number(self) -> None:
        first = occupation(1900, "2025-07-01", "2025-08-01")
        second = occupation(3800, "2025-08-01", number=2, region="be-wal")
        before = facts(dmfa("2025-Q3", first, second))
        assert [each.fact.id.id[-2:] for each in before] == ["/1", "/2"]
        after = facts(dmfa("2025-Q3", first, cancelled(2), version=2))
        assert [(each.fact.version, each.fact.content is None) for each in after] == [
            (2, False), (2, True),
        ]  # fmt: skip

    def test_commands_of_one_declaration_have_ids_of_their_own(self) -> None:
        both = occupation(1900, "2025-07-01"), occupation(950, "2025-07-01", number=2)
        commands = read(dmfa("2025-Q3", *both))
        assert not isinstance(commands, Unhandled)
        assert [command.id for command in commands] == [
            f"{NSSO} 2025-Q3--1", f"2:{NSSO} 2025-Q3--1",
        ]  # fmt: skip


def test_a_registration_is_jobseeking_with_or_without_benefit_under_its_office_s_id() -> None:
    registered = only(notified(JOBSEEKER, {"withBenefit": False, "office": "forem"}))
    assert registered.id.id == "jobseeker/forem/registration-88"
    assert registered.content == Spell(
        term=term("2026-01-05"), status=Jobseeking(benefit=False), evidence="settled"
    )
    gone: Json = {"kind": "annulled", "version": 2, "period": None, "withBenefit": None}
    assert only(notified(JOBSEEKER, gone)).content is None


def test_an_affiliation_is_self_employment_main_or_side_with_contributions_or_not() -> None:
    data: Json = {"period": {"from": "2026-03-01", "until": "2027-01-01"}, "activity": "main"}
    affiliated = spell(notified(SELF_EMPLOYED, data | {"contributionsPaid": False}))
    assert affiliated == Spell(
        term=term("2026-03-01", "2027-01-01"),
        status=SelfEmployment(
            activity="main",
            place="be-vlg",
            contributes=False,
            enterprise=str(PEOPLE.enterprise(BREWERY)),
        ),
        evidence="settled",
    )
    alone = spell(notified(SELF_EMPLOYED, data | {"enterpriseNumber": None})).status
    assert isinstance(alone, SelfEmployment)
    assert alone.enterprise == ""
    fields = ("period", "activity", "placeOfWork", "contributionsPaid", "enterpriseNumber")
    gone = dict.fromkeys(fields)
    annulled: Json = gone | {"kind": "annulled", "version": 2}
    assert only(notified(SELF_EMPLOYED, annulled)).content is None


def test_a_business_of_the_register_is_a_fact_in_the_account_of_the_enterprise() -> None:
    commands = read(notified(ENTERPRISE, {"size": "medium"}))
    assert not isinstance(commands, Unhandled)
    assert [command.account for command in commands] == [PEOPLE.enterprise(BREWERY)]
    business = only(notified(ENTERPRISE, {"size": "medium"}))
    assert business.id.id == "enterprise/business-5"
    assert business.content == Spell(
        term=term("2026-03-01"),
        status=Enterprise(size="medium", place="be-vlg"),
        evidence="settled",
    )
    gone = dict.fromkeys(("period", "size", "place"))
    annulled: Json = gone | {"kind": "annulled", "version": 2}
    assert only(notified(ENTERPRISE, annulled)).content is None


def test_the_fund_and_the_register_name_one_enterprise_alike_and_never_by_its_number() -> None:
    commands = [read(notified(type_, {})) for type_ in (SELF_EMPLOYED, ENTERPRISE)]
    assert BREWERY not in repr(commands)
    assert repr(commands).count(str(PEOPLE.enterprise(BREWERY))) == 2


class TestBorder:
    def test_the_account_is_a_keyed_pseudonym_of_the_number(self) -> None:
        commands = read(dimona("in", 1, "2025-07-01"))
        assert not isinstance(commands, Unhandled)
        assert [command.account for command in commands] == [NORA]
        assert (NORA.version, NORA.variant) == (8, "specified in RFC 4122")
        assert PEOPLE.reference("00012556777") != NORA
        assert PEOPLE.enterprise(NORA_SSIN) != NORA, "whose a number is, is part of it"
        assert type(PEOPLE)("another key").reference(NORA_SSIN) != NORA

    @pytest.mark.parametrize(
        ("type_", "data", "said"),
        [
            (ENTERPRISE, {"enterpriseNumber": "0884303360"}, "/data/enterpriseNumber: the check"),
            (ENTERPRISE, {"size": "huge"}, "/data/size: this is not one of the allowed values"),
            (SELF_EMPLOYED, {"enterpriseNumber": "2297964444"}, "/data/enterpriseNumber: String"),
        ],
    )
    def test_what_is_wrong_with_an_enterprise_is_said(
        self, type_: str, data: Json, said: str
    ) -> None:
        refused = read(notified(type_, data))
        assert isinstance(refused, Unhandled)
        assert refused.detail.startswith(said), refused.detail

    def test_no_command_holds_the_number(self) -> None:
        for type_ in (DIMONA, DMFA, JOBSEEKER, SELF_EMPLOYED):
            commands = read(notified(type_, {}))
            assert commands
            assert NORA_SSIN not in repr(commands)

    @pytest.mark.parametrize(
        ("message", "path"),
        [
            (notified(DIMONA, {}, id_=f"in-{NORA_SSIN}"), "/id"),
            (notified(DIMONA, {"periodId": "93.05.18-223.61/7"}, id_="m1"), "/data/periodId"),
            (notified(JOBSEEKER, {"id": f"r{NORA_SSIN}"}, id_="m1"), "/data/id"),
            (notified(DMFA, {}, source=f"https://nsso.example.be/{NORA_SSIN}"), "/source"),
        ],
    )
    def test_an_id_that_holds_the_number_is_not_taken_in(self, message: Json, path: str) -> None:
        refused = read(message)
        assert isinstance(refused, Unhandled)
        assert refused.reason == "national-number"
        assert refused.detail.startswith(f"{path}: this holds the person's national number")
        assert NORA_SSIN not in refused.detail

    def test_a_key_that_holds_the_number_is_not_taken_in_and_any_other_is(self) -> None:
        message = dimona("in", 1, "2025-07-01")
        for number in (NORA_SSIN.encode(), b"nsso/93.05.18-223.61"):
            refused = read(message, number)
            assert isinstance(refused, Unhandled)
            assert (refused.reason, "93" in refused.detail) == ("national-number", False)
        for key in (None, b"", b"123", b"\xff\xfe"):
            assert read(message, key) == read(message)

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"ssin": "93051822362"}, "/data/ssin: the check digits (the last two) do not fit"),
            ({"ssin": "93.05.18-223.61"}, "/data/ssin: String should match pattern"),
            ({"93051822361": 1}, "/data/(a national number): '(a national number)' is not a field"),
            ({"kind": "out"}, "/data/period/until: until is missing"),
            (
                {"kind": "onto"},
                "/data: this is not one of the allowed values; allowed: 'in', 'out'",
            ),
            ({"employerNumber": "0566988258"}, "/data/employerNumber: the check digits"),
            ({"employerNumber": "2297964444"}, "/data/employerNumber: String should match"),
        ],
    )
    def test_what_is_wrong_is_said_without_the_number(self, data: Json, said: str) -> None:
        refused = read(notified(DIMONA, data))
        assert isinstance(refused, Unhandled)
        assert refused.reason == "invalid-data"
        assert refused.detail.startswith(said), refused.detail
        assert "9305" not in refused.detail

    @pytest.mark.parametrize(
        ("occupations", "said"),
        [
            ([], "/data/occupations: List should have at least 1 item"),
            ([occupation(3800, "2025-10-01")], "/data: occupation 1 has no day in the quarter"),
            (
                [occupation(1900, "2025-07-01"), occupation(1900, "2025-08-01")],
                "/data/occupations: each occupation has a number of its own",
            ),
            (
                [occupation(-5, "2025-07-01")],
                "/data/occupations/0/workRegime/worker: Input should be greater",
            ),
        ],
    )
    def test_a_declaration_that_contradicts_itself_says_where(
        self, occupations: list[Any], said: str
    ) -> None:
        refused = read(dmfa("2025-Q3", *occupations))
        assert isinstance(refused, Unhandled)
        assert refused.detail.startswith(said), refused.detail
