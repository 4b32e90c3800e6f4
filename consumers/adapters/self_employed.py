"""Affiliations of the self-employed to their social insurance funds."""

from consumers.career import status_fact, term_of
from consumers.identity import Pseudonyms
from ledger.domain.commands import RecordFact
from ledger.domain.facts import SelfEmployment, Spell
from schemas import self_employed_v1 as wire


def requests_of(people: Pseudonyms, message: wire.AffiliationChanged) -> list[RecordFact]:
    """Return the affiliation's version; a fund knows its own, so it is settled.

    The number of the enterprise ends here, as that of the person does.
    """
    data = message.data
    work = None
    if isinstance(data, wire.Affiliated):
        run = data.enterprise_number
        status = SelfEmployment(
            activity=data.activity,
            place=data.place_of_work,
            contributes=data.contributions_paid,
            enterprise="" if run is None else str(people.enterprise(run)),
        )
        work = Spell(term=term_of(data.period), status=status, evidence="settled")
    return [status_fact(message.source, f"self-employed/{data.id}", data.version, work)]
