"""Career messages become requests to record a fact."""

from typing import assert_never

from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import RecordFact
from schemas import career_v1 as wire
from schemas.incoming import Period, share


def request_of(message: wire.CareerEvent) -> RecordFact:
    """Return the request that a career message makes."""
    data = message.data
    content: f.Spell | f.Profile | None = None
    if isinstance(data, wire.StatusSpell):
        content = f.Spell(
            term=term_of(data.period),
            status=_status(data.status),
            evidence=data.evidence,
            settles=term_of(data.settles) if data.settles is not None else None,
        )
    elif isinstance(data, wire.ProfileFact):
        content = _profile(data.profile)
    return RecordFact(
        fact=f.Fact(
            id=f.FactId(message.source, data.id),
            version=data.version,
            about="status" if ".statusSpells." in message.type else "profile",
            content=content,
        )
    )


def status_fact(source: str, id_: str, version: int, spell: f.Spell | None) -> RecordFact:
    """Return the request to record a version of a spell; without one, that it never was."""
    return RecordFact(
        fact=f.Fact(id=f.FactId(source, id_), version=version, about="status", content=spell)
    )


def term_of(period: Period) -> Term:
    """Return a period of the border as the ledger's term."""
    return Term(period.since, period.until or OPEN)


def _status(status: wire.Status) -> f.Status:
    match status:
        case wire.Employee():
            return f.Employment(
                employer=status.employer_number,
                sector=status.sector,
                place=status.place_of_work,
                share=share(status.fraction),
                weekly=status.weekly_minutes,
                assumed=status.assumed,
            )
        case wire.CivilServant():
            return f.CivilService(
                employer=status.employer_number,
                place=status.place_of_work,
                share=share(status.fraction),
            )
        case wire.Jobseeker():
            return f.Jobseeking(benefit=status.with_benefit)
        case wire.SelfEmployed():
            return f.SelfEmployment(
                activity=status.activity,
                place=status.place_of_work,
                contributes=status.contributes_to_training,
                enterprise="" if status.enterprise is None else str(status.enterprise),
            )
        case wire.Student():
            return f.Study()
        case wire.Inactive():
            return f.Inactivity()
        case wire.Retired():
            return f.Retirement()
        case wire.Circumstance():
            return f.Circumstance(name=status.name)
        case wire.Enterprise():
            return f.Enterprise(size=status.size, place=status.place_of_work)
        case _:
            assert_never(status)


def _profile(profile: wire.Profile) -> f.Profile:
    match profile:
        case wire.BirthDate():
            return f.Birth(on=profile.on)
        case wire.DeathDate():
            return f.Death(on=profile.on)
        case wire.Sex():
            return f.Sex(sex=profile.sex)
        case wire.Qualification():
            return f.Qualification(level=profile.eqf_level, since=profile.since)
        case wire.Residence():
            return f.Residence(region=profile.region, term=term_of(profile.period))
        case _:
            assert_never(profile)
