"""Dimona: declared jobs. A period is a fact, and every declaration about it a version."""

from fractions import Fraction
from typing import Final

from consumers.career import status_fact, term_of
from ledger.domain.commands import RecordFact
from ledger.domain.facts import Employment, Spell
from ledger.words.assumptions import DIMONA
from schemas import dimona_v1 as wire

ASSUMED_SHARE: Final = Fraction(1)
ASSUMED_WEEK_MINUTES: Final = 38 * 60
"""Full time is 38 hours a week since 2003 (law of 10 August 2001)."""


def requests_of(message: wire.PeriodDeclared) -> list[RecordFact]:
    """Return the version of the job that was accepted; none while it is pending, or refused."""
    data = message.data
    if data.result != "accepted":
        return []
    job = None
    if isinstance(data, wire.Work):
        job = Spell(
            term=term_of(data.period),
            status=Employment(
                employer=data.employer_number,
                sector=data.sector,
                place=data.place_of_work,
                share=ASSUMED_SHARE,
                weekly=ASSUMED_WEEK_MINUTES,
                assumed=True,
            ),
            evidence="declared",
        )
    return [status_fact(message.source, f"{DIMONA}{data.period_id}", data.sequence, job)]
