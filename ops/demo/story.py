"""The life of Nora Peeters, as it reaches the ledger: late, corrected, and one job that never was.

Chapters happen on the ledger's days. The first part is the design's example life, event by event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from consumers.publisher import Message
from ledger.domain.calendar import OPEN, Term
from ledger.domain.facts import (
    Birth,
    Employment,
    Evidence,
    Fact,
    FactId,
    Jobseeking,
    Profile,
    Qualification,
    Residence,
    SelfEmployment,
    Spell,
    Status,
)
from ops.demo.messages import Json, career_message, message
from ops.demo.population import EMPLOYERS, JOBSEEKERS, REGISTER, SELF_EMPLOYED
from schemas.rights_v1 import SERVICE as RIGHTS

NORA: Final = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
BAKERY, WORKSHOP = "0566988259", "0403170701"
DESK: Final = "https://training-desk.example.be"
VOV, CHEQUES = "be-vlg/vov", "be-vlg/opleidingscheques"
FULL_WEEK_MINUTES: Final = 38 * 60
SCHOOL_2021: Final = date(2021, 9, 1)
DIPLOMA: Final = Qualification(level=4, since=date(2006, 6, 30))
SEEKING: Final = Jobseeking(benefit=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One day.

    Attributes:
        said: what arrives, in plain words.
        messages: what is published on that day.

    """

    on: date
    said: str
    messages: tuple[Message, ...] = ()


class Story:
    """Nora's chapters, on topics of one's choice."""

    def __init__(self, career_topic: str, rights_topic: str) -> None:
        """Publish facts on the one, commands on the other."""
        self._career = career_topic
        self._rights = rights_topic

    def chapters(self) -> Sequence[Chapter]:
        """Return the story, in order."""
        return (
            Chapter(
                on=date(2021, 8, 30),
                said="declared: full time at a bakery in Flanders, from 1 September 2021",
                messages=(
                    self._fact(REGISTER, "birth", Birth(on=date(1988, 5, 17))),
                    self._fact(REGISTER, "diploma", DIPLOMA),
                    self._fact(REGISTER, "home", _home("be-vlg", date(1988, 5, 17))),
                    self._fact(EMPLOYERS, "s1", _spell(_job(BAKERY, "1"), SCHOOL_2021)),
                ),
            ),
            Chapter(on=date(2021, 9, 1), said="the school year begins"),
            Chapter(
                on=date(2021, 10, 5),
                said="asks to keep 20 hours of leave for a French course",
                messages=(self._take("reservations.create", "french", VOV, 1200, "minute"),),
            ),
            Chapter(
                on=date(2021, 10, 20),
                said="took those hours",
                messages=(
                    self._ask("reservations.capture", "french-taken", date(2021, 10, 20),
                              {"reservationId": "french"}),
                ),
            ),
            Chapter(
                on=date(2021, 10, 31),
                said="the quarterly declaration is settled, late: it was 80 % in September",
                messages=(
                    self._fact(EMPLOYERS, "s1", _spell(_job(BAKERY, "4/5"), date(2021, 9, 1),
                               evidence="settled"), version=2),
                ),
            ),
            Chapter(
                on=date(2022, 3, 1),
                said="the job ends; she is a jobseeker with a benefit",
                messages=(
                    self._fact(EMPLOYERS, "s1", _spell(_job(BAKERY, "4/5"), date(2021, 9, 1),
                               date(2022, 3, 1), evidence="settled"), version=3),
                    self._fact(JOBSEEKERS, "j1", _spell(SEEKING, date(2022, 3, 1))),
                ),
            ),
            Chapter(on=date(2022, 9, 1), said="the next school year begins"),
            Chapter(
                on=date(2023, 3, 1),
                said="finds work: three quarters of full time in a workshop",
                messages=(
                    self._fact(JOBSEEKERS, "j1", _spell(SEEKING, date(2022, 3, 1),
                               date(2023, 3, 1)), version=2),
                    self._fact(EMPLOYERS, "s2", _spell(_job(WORKSHOP, "3/4"), date(2023, 3, 1))),
                ),
            ),
            Chapter(on=date(2023, 9, 1), said="a school year begins; from now on March decides"),
            Chapter(
                on=date(2023, 10, 10),
                said="pays 100 euros of a bookkeeping course with training vouchers",
                messages=(self._take("uses.create", "bookkeeping", CHEQUES, 10000, "cent"),),
            ),
            Chapter(
                on=date(2024, 2, 1),
                said="the bakery's declaration is cancelled: that job never was",
                messages=(self._fact(EMPLOYERS, "s1", None, version=4),),
            ),
            Chapter(
                on=date(2025, 1, 6),
                said="sets up for herself: self-employed as her main activity",
                messages=(
                    self._fact(EMPLOYERS, "s2", _spell(_job(WORKSHOP, "3/4"), date(2023, 3, 1),
                               date(2025, 1, 6)), version=2),
                    self._fact(SELF_EMPLOYED, "z1", _spell(
                        SelfEmployment(activity="main", place="be-vlg"), date(2025, 1, 6))),
                ),
            ),
            Chapter(on=date(2025, 9, 1), said="the next school year begins"),
        )  # fmt: skip

    def _fact(
        self, source: str, id_: str, content: Spell | Profile | None, version: int = 1
    ) -> Message:
        about = "profile" if isinstance(content, Birth | Qualification | Residence) else "status"
        fact = Fact(
            id=FactId(source, f"nora-{id_}"),
            version=version,
            about="profile" if about == "profile" else "status",
            content=content,
        )
        return career_message(NORA, fact, self._career)

    def _take(self, kind: str, id_: str, scheme: str, quantity: int, unit: str) -> Message:
        on = date(2021, 10, 5) if scheme == VOV else date(2023, 10, 10)
        course = {"id": id_, "provider": "cvo-semper", "startDate": on.isoformat()}
        asked = {"scheme": scheme, "quantity": quantity, "unit": unit, "course": course}
        return self._ask(kind, id_, on, {"id": id_, **asked})

    def _ask(self, kind: str, id_: str, on: date, asked: Json) -> Message:
        data = {"person": str(NORA), "effectiveOn": on.isoformat(), **asked}
        return message(self._rights, DESK, f"nora-{id_}", f"{RIGHTS}.{kind}", data)


def _job(employer: str, share: str) -> Employment:
    part = Fraction(share)
    return Employment(
        employer=employer,
        sector="private",
        place="be-vlg",
        share=part,
        weekly=int(FULL_WEEK_MINUTES * part),
    )


def _home(region: str, since: date) -> Residence:
    return Residence(region=region, term=Term(since))


def _spell(
    status: Status, since: date, until: date = OPEN, *, evidence: Evidence = "declared"
) -> Spell:
    return Spell(term=Term(since, until), status=status, evidence=evidence)
