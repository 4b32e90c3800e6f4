"""Registrations of the employment offices (VDAB, Actiris, Forem, ADG)."""

from consumers.career import status_fact, term_of
from ledger.domain.commands import RecordFact
from ledger.domain.facts import Jobseeking, Spell
from schemas import jobseeker_v1 as wire


def requests_of(message: wire.RegistrationChanged) -> list[RecordFact]:
    """Return the registration's version; an office knows its own, so it is settled."""
    data = message.data
    sought = None
    if isinstance(data, wire.Registered):
        status = Jobseeking(benefit=data.with_benefit)
        sought = Spell(term=term_of(data.period), status=status, evidence="settled")
    return [status_fact(message.source, f"jobseeker/{data.office}/{data.id}", data.version, sought)]
