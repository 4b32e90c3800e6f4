"""Facts as their sources would publish them: what `consumers.translate` reads, written."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import orjson

from consumers.publisher import Message
from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term
from schemas.career_v1 import SERVICE

Json = dict[str, Any]

KINDS: dict[type, str] = {
    f.Employment: "employee",
    f.CivilService: "civilServant",
    f.Jobseeking: "jobseeker",
    f.SelfEmployment: "selfEmployed",
    f.Study: "student",
    f.Inactivity: "inactive",
    f.Retirement: "retired",
    f.Circumstance: "circumstance",
    f.Enterprise: "enterprise",
    f.Birth: "birthDate",
    f.Death: "deathDate",
    f.Sex: "sex",
    f.Qualification: "qualification",
    f.Residence: "residence",
}

NAMES = {
    "employer": "employerNumber",
    "place": "placeOfWork",
    "share": "fraction",
    "weekly": "weeklyMinutes",
    "benefit": "withBenefit",
    "contributes": "contributesToTraining",
    "level": "eqfLevel",
    "since": "from",
    "term": "period",
}
"""What the contract calls the domain's fields; the others have the same name."""


def career_message(person: UUID, fact: f.Fact, topic: str) -> Message:
    """Return the career event that tells one version of one fact."""
    data: Json = {"person": person, "id": fact.id.id, "version": fact.version}
    match fact.content:
        case f.Spell(term=term, status=status, evidence=evidence, settles=settles):
            data |= {"status": _described(status), "period": _period(term), "evidence": evidence}
            if settles is not None:
                data["settles"] = _period(settles)
        case f.Birth() | f.Death() | f.Sex() | f.Qualification() | f.Residence() as profile:
            data["profile"] = _described(profile)
        case None:
            pass
    return fact_message(topic, fact.id.source, fact.about, data)


def fact_message(topic: str, source: str, about: str, data: Json) -> Message:
    """Return the career event that holds a fact; without content it is annulled."""
    resource = "profileFacts" if about == "profile" else "statusSpells"
    became = "recorded" if data["version"] == 1 else "corrected"
    if about not in data:
        became = "annulled"
    id_ = f"{data['id']}-v{data['version']}"
    return message(topic, source, id_, f"{SERVICE}.{resource}.notify.{became}", data)


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
    return Message(topic=topic, key=str(data["person"]).encode(), value=orjson.dumps(event, str))


def _period(term: Term) -> Json:
    since = {"from": term.since}
    return since if term.until == OPEN else since | {"until": term.until}


def _described(what: f.Status | f.Profile) -> Json:
    values = {each.name: getattr(what, each.name) for each in fields(what)}
    return {"kind": KINDS[type(what)]} | {
        NAMES.get(name, name): _period(value) if isinstance(value, Term) else value
        for name, value in values.items()
        if value != ""  # what nobody said
    }
