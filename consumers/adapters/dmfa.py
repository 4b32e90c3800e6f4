"""DmfA: settled work, a fact for each occupation and quarter. It overrules what was declared.

A declaration has all occupations of its quarter: beside them there was no work at that employer.
"""

from fractions import Fraction
from typing import Final

from consumers.career import status_fact, term_of
from ledger.domain.calendar import Term
from ledger.domain.commands import RecordFact
from ledger.domain.facts import Employment, Spell
from schemas import dmfa_v1 as wire

MINUTES_IN_AN_HOUR: Final = 60
HUNDREDTHS: Final = 100
FULL_TIME: Final = Fraction(1)


def requests_of(message: wire.DeclarationSettled) -> list[RecordFact]:
    """Return a version of each occupation's fact, cut to the quarter that the declaration settles.

    The share is Q/S, at most full time. Weekly minutes are rounded down, so that no threshold is
    reached that the hours do not reach.
    """
    data = message.data
    quarter = Term(*wire.quarter(data.quarter))
    name = f"dmfa/{data.employer.enterprise_number}/{data.quarter}"
    made = []
    for occupation in data.occupations:
        work = None
        if isinstance(occupation, wire.DeclaredOccupation):
            term, regime = term_of(occupation.period), occupation.work_regime
            work = Spell(
                term=Term(max(term.since, quarter.since), min(term.until, quarter.until)),
                status=Employment(
                    employer=data.employer.enterprise_number,
                    sector=data.sector,
                    place=occupation.establishment_unit.region,
                    share=min(Fraction(regime.worker, regime.reference), FULL_TIME),
                    weekly=regime.worker * MINUTES_IN_AN_HOUR // HUNDREDTHS,
                ),
                evidence="settled",
                settles=quarter,
            )
        made.append(status_fact(message.source, f"{name}/{occupation.number}", data.version, work))
    return made
