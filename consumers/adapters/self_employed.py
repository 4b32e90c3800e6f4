"""Affiliations of the self-employed to their social insurance funds."""

from consumers.career import status_fact, term_of
from ledger.domain.commands import RecordFact
from ledger.domain.facts import SelfEmployment, Spell
from schemas import self_employed_v1 as wire


def requests_of(message: wire.AffiliationChanged) -> list[RecordFact]:
    """Return the affiliation's version; a fund knows its own, so it is settled."""
    data = message.data
    work = None
    if isinstance(data, wire.Affiliated):
        status = SelfEmployment(
            activity=data.activity, place=data.place_of_work, contributes=data.contributions_paid
        )
        work = Spell(term=term_of(data.period), status=status, evidence="settled")
    return [status_fact(message.source, f"self-employed/{data.id}", data.version, work)]
