"""A story: what is said about one person, when, and what the ledger makes of it.

The tests' language. Days are ISO strings; quantities are hours or euros as people say them.
"""

from datetime import date
from fractions import Fraction
from functools import cache
from typing import Literal
from uuid import UUID

from ledger.audit.asof import LotAsOf, as_of
from ledger.audit.life import Life
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import (
    Capture,
    Course,
    End,
    Exam,
    ReachDay,
    RecordFact,
    Release,
    Request,
    Reserve,
    Reverse,
    Use,
)
from ledger.domain.events import Event
from ledger.domain.evolve import fold
from ledger.domain.facts import (
    Employment,
    Fact,
    FactId,
    Jobseeking,
    Profile,
    SelfEmployment,
    Spell,
    Status,
)
from ledger.domain.quantities import shown
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Now
from ledger.service import rulebook as rulebook_files
from ledger.service.clock import SetClock

NORA = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
SOURCE = "https://dimona.example.be"


@cache
def rulebook() -> Rulebook:
    """Return the regulations that the product ships."""
    return rulebook_files.load()


def day(text: str) -> date:
    """Read an ISO day."""
    return date.fromisoformat(text)


def now(text: str, hour: int = 12) -> Now:
    """Return the office's clock at an hour of a day."""
    clock = SetClock()
    clock.set(day(text), hour)
    return clock.now()


def term(since: str, until: str | None = None) -> Term:
    """Return the half-open term."""
    return Term(day(since), day(until) if until else OPEN)


def employment(
    share: str = "1", *, sector: str = "private", place: str = "be-vlg", weekly_hours: int = 38
) -> Employment:
    """Return a job at a plausible employer; weekly hours follow the share."""
    part = Fraction(share)
    return Employment(
        employer="0566988259",
        sector="public" if sector == "public" else "private",
        place=place,
        share=part,
        weekly=int(weekly_hours * 60 * part),
    )


def said(
    id_: str,
    content: Status | Profile | None,
    since: str = "",
    until: str | None = None,
    *,
    version: int = 1,
    settled: bool = False,
    source: str = SOURCE,
) -> RecordFact:
    """Return the request that records a version of a fact; None content annuls a spell."""
    match content:
        case None:
            fact = Fact(id=FactId(source, id_), version=version, about="status", content=None)
        case _ if since:
            spell = Spell(
                term=term(since, until),
                status=content,  # type: ignore[arg-type]  # a dated content is a status
                evidence="settled" if settled else "declared",
            )
            fact = Fact(id=FactId(source, id_), version=version, about="status", content=spell)
        case profile:
            fact = Fact(
                id=FactId(source, id_),
                version=version,
                about="profile",
                content=profile,  # type: ignore[arg-type]  # an undated content is a profile
            )
    return RecordFact(fact=fact)


def reserve(
    id_: str,
    scheme: str,
    quantity: int,
    on: str,
    *,
    unit: str = "minute",
    starts: str | None = None,
    provider: str = "cvo-semper",
    bucket: str = "",
) -> Reserve:
    """Return the request to hold a quantity for a course."""
    return Reserve(
        reservation=id_,
        scheme=scheme,
        quantity=quantity,
        unit=unit,
        course=course(starts or on, provider),
        on=day(on),
        bucket=bucket,
    )


def use(id_: str, scheme: str, quantity: int, on: str, **how: str) -> Use:
    """Return the request to use at once."""
    return reserve(id_, scheme, quantity, on, **how).at_once()


def capture(id_: str, on: str, quantity: int | None = None) -> Capture:
    """Return the request to turn a reservation into a use."""
    return Capture(reservation=id_, quantity=quantity, on=day(on))


def release(id_: str, on: str) -> Release:
    """Return the request to give back a reservation."""
    return Release(reservation=id_, on=day(on), reason="the course was cancelled")


def reverse(id_: str, on: str, quantity: int | None = None) -> Reverse:
    """Return the request to undo a use."""
    return Reverse(use=id_, quantity=quantity, on=day(on), reason="fraud of the provider")


def end(id_: str, on: str, attended: str = "1", exam: Exam = "") -> End:
    """Return the request that tells how a course ended."""
    return End(id=id_, on=day(on), attended=Fraction(attended), exam=exam)


def give_up(id_: str, on: str) -> End:
    """Return the request that tells that a course was given up."""
    return End(id=id_, on=day(on), withdrawn=True)


def jobseeker(*, benefit: bool = True) -> Jobseeking:
    """Return a registration as a jobseeker."""
    return Jobseeking(benefit=benefit)


def self_employed(
    activity: Literal["main", "side"] = "main", *, place: str = "be-vlg"
) -> SelfEmployment:
    """Return a business of one's own that pays its contributions."""
    return SelfEmployment(activity=activity, place=place)


def course(starts: str, provider: str = "cvo-semper") -> Course:
    """Return a course."""
    return Course(id="french-a2", provider=provider, starts_on=day(starts))


class Story(Life):
    """A life as the tests tell it."""

    def __init__(self, rules: Rulebook | None = None) -> None:
        """Begin with an empty account."""
        super().__init__(rules or rulebook(), NORA)

    def tell(self, today: str, *requests: Request) -> list[Event]:
        """Let the day come and the requests arrive; return the new events, refusals raised."""
        events: list[Event] = []
        for request in requests or (ReachDay(),):
            outcome = self.hear(today, request)
            if isinstance(outcome, Rejection):
                raise AssertionError(outcome.detail)
            events += outcome
        return events

    def refused(self, today: str, request: Request) -> Rejection:
        """Let a request arrive that must be refused."""
        outcome = self.hear(today, request)
        assert isinstance(outcome, Rejection), outcome
        return outcome

    def hear(self, today: str, request: Request) -> list[Event] | Rejection:
        """Let a request arrive at noon; the events folded one by one lead to the same state."""
        before, told = self.account, len(self.envelopes)
        outcome = self.ask(now(today), request)
        assert fold(self.envelopes[told:], before) == self.account
        return outcome

    def had(self, on: str, known: str | None = None) -> dict[str, LotAsOf]:
        """Return the lots on a day, as known at the end of another."""
        instant = now(known, hour=23).recorded_at if known else None
        return as_of(self.envelopes, day(on), instant)

    def rights(self, scheme: str) -> dict[str, str]:
        """Return what was granted or brought in, lot by lot, as people write it."""
        return {
            lot.id: shown(lot.net + lot.transferred_in, lot.unit)
            for lot in self.account.lots.values()
            if lot.scheme == scheme and lot.net + lot.transferred_in
        }
