"""Enterprises in business, of the register of enterprises (KBO/BCE)."""

from consumers.career import status_fact, term_of
from ledger.domain.commands import RecordFact
from ledger.domain.facts import Enterprise, Spell
from schemas import enterprise_v1 as wire


def requests_of(message: wire.BusinessChanged) -> list[RecordFact]:
    """Return the business's version; the register vouches for it, so it is settled."""
    data = message.data
    business = None
    if isinstance(data, wire.InBusiness):
        status = Enterprise(size=data.size, place=data.place)
        business = Spell(term=term_of(data.period), status=status, evidence="settled")
    return [status_fact(message.source, f"enterprise/{data.id}", data.version, business)]
