"""Career messages become requests to record a fact."""

from typing import assert_never

from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import RecordFact
from ledger.domain.facts import (
    Birth,
    CivilService,
    Employment,
    Fact,
    FactId,
    Inactivity,
    Jobseeking,
    Profile,
    Qualification,
    Residence,
    Retirement,
    SelfEmployment,
    Spell,
    Status,
    Study,
)
from schemas import career_v1 as wire


def request_of(message: wire.CareerEvent) -> RecordFact:
    """Return the request that a career message makes."""
    data = message.data
    content: Spell | Profile | None = None
    if isinstance(data, wire.StatusSpell):
        content = Spell(
            term=_term(data.period), status=_status(data.status), evidence=data.evidence
        )
    elif isinstance(data, wire.ProfileFact):
        content = _profile(data.profile)
    return RecordFact(
        fact=Fact(
            id=FactId(message.source, data.id),
            version=data.version,
            about="status" if ".statusSpells." in message.type else "profile",
            content=content,
        )
    )


def _term(period: wire.Period) -> Term:
    return Term(period.since, period.until or OPEN)


def _status(status: wire.Status) -> Status:
    match status:
        case wire.Employee():
            return Employment(
                employer=status.employer_number,
                sector=status.sector,
                place=status.place_of_work,
                share=wire.share(status.fraction),
                weekly=status.weekly_minutes,
            )
        case wire.CivilServant():
            return CivilService(
                employer=status.employer_number,
                place=status.place_of_work,
                share=wire.share(status.fraction),
            )
        case wire.Jobseeker():
            return Jobseeking(benefit=status.with_benefit)
        case wire.SelfEmployed():
            return SelfEmployment(
                activity=status.activity,
                place=status.place_of_work,
                contributes=status.contributes_to_training,
            )
        case wire.Student():
            return Study()
        case wire.Inactive():
            return Inactivity()
        case wire.Retired():
            return Retirement()
        case _:
            assert_never(status)


def _profile(profile: wire.Profile) -> Profile:
    match profile:
        case wire.BirthDate():
            return Birth(on=profile.on)
        case wire.Qualification():
            return Qualification(level=profile.eqf_level, since=profile.since)
        case wire.Residence():
            return Residence(region=profile.region, term=_term(profile.period))
        case _:
            assert_never(profile)
