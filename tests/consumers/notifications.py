"""Notifications about example people, as their sources would publish them."""

from copy import deepcopy
from typing import Any
from uuid import UUID

import orjson

from consumers.identity import Pseudonyms
from consumers.publisher import Message
from consumers.translate import Unhandled, notification_language, translate
from ledger.domain.commands import Command, RecordFact
from schemas.examples import NORA_SSIN, example

Json = dict[str, Any]

PEOPLE = Pseudonyms("a key of the tests, long enough for all of them")
NORA: UUID = PEOPLE.reference(NORA_SSIN)
BAKERY, BREWERY = "0566988259", "0884303369"

DIMONA = "be.rugzak.dimona.v1.periods.notify.declared"
DMFA = "be.rugzak.dmfa.v1.declarations.notify.settled"
JOBSEEKER = "be.rugzak.jobseeker.v1.registrations.notify.changed"
SELF_EMPLOYED = "be.rugzak.selfemployed.v1.affiliations.notify.changed"
ENTERPRISE = "be.rugzak.enterprise.v1.businesses.notify.changed"


def notified(type_: str, data: Json, *, id_: str | None = None, **context: object) -> Json:
    """Return a notification with other data than the example's; None takes a field away."""
    message = example(type_)
    told = message["data"] | data
    message["data"] = {name: value for name, value in told.items() if value is not None}
    number = told.get("sequence", told.get("version"))
    name = told.get("periodId", told.get("id", told.get("quarter")))
    return message | {"id": id_ or f"{name}-{told.get('kind', '')}-{number}"} | context


def dimona(
    kind: str, sequence: int, since: str = "", until: str | None = None, **data: Any
) -> Json:
    """Return a Dimona declaration about period 123 at the bakery, accepted."""
    period = {"from": since} | ({"until": until} if until else {})
    told: Json = {"kind": kind, "sequence": sequence, "period": period} | data
    if kind == "cancel":
        told |= dict.fromkeys(("period", "employerNumber", "sector", "placeOfWork"))
    return notified(DIMONA, told)


def occupation(
    worker: int, since: str, until: str | None = None, *, number: int = 1, region: str = "be-vlg"
) -> Json:
    """Return an occupation of so many hundredths of an hour a week, of 38 hours."""
    made: Json = deepcopy(example(DMFA)["data"]["occupations"][0])
    made |= {"number": number, "period": {"from": since} | ({"until": until} if until else {})}
    made["workRegime"] = {"worker": worker, "reference": 3800}
    made["establishmentUnit"]["region"] = region
    return made


def cancelled(number: int) -> Json:
    """Return an occupation that never was."""
    return {"number": number, "kind": "cancelled"}


def dmfa(quarter: str, *occupations: Json, version: int = 1) -> Json:
    """Return a settled declaration of the bakery."""
    return notified(DMFA, {"quarter": quarter, "occupations": occupations, "version": version})


def read(message: Json, key: bytes | None = None) -> list[Command] | Unhandled:
    """Let a notification cross the border."""
    service = ".".join(message["type"].split(".")[:4])
    read = translate(notification_language(service, PEOPLE), key, orjson.dumps(message))
    return read if isinstance(read, Unhandled) else list(read)


def facts(*messages: Json) -> list[RecordFact]:
    """Return what notifications ask of the ledger."""
    asked = []
    for message in messages:
        commands = read(message)
        assert not isinstance(commands, Unhandled), commands
        for command in commands:
            assert isinstance(command.request, RecordFact)
            asked.append(command.request)
    return asked


def as_message(topic: str, content: Json, key: bytes = b"123") -> Message:
    """Return a notification as it is published."""
    return Message(topic=topic, key=key, value=orjson.dumps(content))
