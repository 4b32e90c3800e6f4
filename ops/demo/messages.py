"""Facts as their sources would publish them: what `consumers.career` reads, written."""

from typing import Any, assert_never
from uuid import UUID

import orjson

from consumers.publisher import Message
from ledger.domain.calendar import OPEN, Term
from ledger.domain.facts import (
    Birth,
    CivilService,
    Employment,
    Fact,
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
from schemas.career_v1 import SERVICE

Json = dict[str, Any]


def career_message(person: UUID, fact: Fact, topic: str) -> Message:
    """Return the career event that tells one version of one fact."""
    resource = "statusSpells" if fact.about == "status" else "profileFacts"
    data: Json = {"person": str(person), "id": fact.id.id, "version": fact.version}
    match fact.content:
        case None:
            became = "annulled"
        case Spell(term=term, status=status, evidence=evidence):
            became = "recorded" if fact.version == 1 else "corrected"
            data |= {"status": _status(status), "period": _period(term), "evidence": evidence}
        case profile:
            became = "recorded" if fact.version == 1 else "corrected"
            data |= {"profile": _profile(profile)}
    return message(
        topic, fact.id.source, f"{fact.id.id}-v{fact.version}",
        f"{SERVICE}.{resource}.notify.{became}", data,
    )  # fmt: skip


def message(topic: str, source: str, id_: str, type_: str, data: Json) -> Message:
    """Return a CloudEvent under its person's key."""
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "type": type_,
        "service": ".".join(type_.split(".")[:4]),
        "datacontenttype": "application/json",
        "data": data,
    }
    return Message(topic=topic, key=data["person"].encode(), value=orjson.dumps(event))


def _period(term: Term) -> Json:
    since = {"from": term.since.isoformat()}
    return since if term.until == OPEN else since | {"until": term.until.isoformat()}


def _status(status: Status) -> Json:
    match status:
        case Employment():
            return {
                "kind": "employee",
                "employerNumber": status.employer,
                "sector": status.sector,
                "placeOfWork": status.place,
                "fraction": str(status.share),
                "weeklyMinutes": status.weekly,
            }
        case CivilService():
            return {
                "kind": "civilServant",
                "employerNumber": status.employer,
                "placeOfWork": status.place,
                "fraction": str(status.share),
            }
        case Jobseeking():
            return {"kind": "jobseeker", "withBenefit": status.benefit}
        case SelfEmployment():
            return {
                "kind": "selfEmployed",
                "activity": status.activity,
                "placeOfWork": status.place,
                "contributesToTraining": status.contributes,
            }
        case Study():
            return {"kind": "student"}
        case Inactivity():
            return {"kind": "inactive"}
        case Retirement():
            return {"kind": "retired"}
        case _:
            assert_never(status)


def _profile(profile: Profile) -> Json:
    match profile:
        case Birth():
            return {"kind": "birthDate", "on": profile.on.isoformat()}
        case Qualification():
            since = profile.since.isoformat()
            return {"kind": "qualification", "eqfLevel": profile.level, "from": since}
        case Residence():
            return {"kind": "residence", "region": profile.region, "period": _period(profile.term)}
        case _:
            assert_never(profile)
