"""Messages of example people, as a source would publish them."""

from uuid import UUID, uuid4

import orjson

from consumers.publisher import Message
from schemas.examples import NORA, PAYROLL, example

CAREER, RIGHTS = "career", "rights"


def employed(
    person: str = NORA,
    *,
    fact: str = "employment-1",
    version: int = 1,
    since: str = "2025-01-01",
    until: str | None = None,
    fraction: str = "1",
    id_: str | None = None,
    settled: bool = False,
) -> Message:
    """Return the message that somebody works in the private sector in Flanders."""
    message = example("be.rugzak.career.v1.statusSpells.notify.recorded")
    message |= {"id": id_ or f"{fact}-v{version}-{person}", "source": PAYROLL}
    message["data"] |= {
        "person": person,
        "id": fact,
        "version": version,
        "period": {"from": since} | ({"until": until} if until else {}),
        "evidence": "settled" if settled else "declared",
    }
    message["data"]["status"] |= {"fraction": fraction, "weeklyMinutes": 2280}
    return as_message(CAREER, message)


def told(status: dict[str, object], *, fact: str, person: str = NORA) -> Message:
    """Return the message that a status began in 2025."""
    message = example("be.rugzak.career.v1.statusSpells.notify.recorded")
    message |= {"id": f"{fact}-v1-{person}", "source": PAYROLL}
    message["data"] |= {"person": person, "id": fact, "status": status}
    message["data"]["period"] = {"from": "2025-01-01"}
    return as_message(CAREER, message)


def annulled(*, fact: str, version: int, person: str = NORA) -> Message:
    """Return the message that a status never was."""
    message = example("be.rugzak.career.v1.statusSpells.notify.annulled")
    message |= {"id": f"{fact}-v{version}-{person}", "source": PAYROLL}
    message["data"] |= {"person": person, "id": fact, "version": version}
    return as_message(CAREER, message)


def reserved(person: str = NORA, *, minutes: int = 600, id_: str = "reservation-1") -> Message:
    """Return the message that asks to hold some hours for a course."""
    message = example("be.rugzak.rights.v1.reservations.create")
    message |= {"id": f"{id_}-{person}"}
    message["data"] |= {"person": person, "id": id_, "quantity": minutes}
    return as_message(RIGHTS, message)


def captured(
    person: str = NORA,
    *,
    minutes: int | None = None,
    of: str = "reservation-1",
    id_: str | None = None,
) -> Message:
    """Return the message that a reservation, or so much of it, is used."""
    return _about(person, "reservations.capture", id_, {"reservationId": of, **_part(minutes)})


def released(person: str = NORA, *, of: str = "reservation-1", id_: str | None = None) -> Message:
    """Return the message that a reservation is given back."""
    return _about(person, "reservations.release", id_, {"reservationId": of, "reason": "cancelled"})


def reversed_(
    person: str = NORA,
    *,
    minutes: int | None = None,
    of: str = "reservation-1",
    id_: str | None = None,
) -> Message:
    """Return the message that a use, or so much of it, is undone."""
    why = {"reason": "not recognised"}
    return _about(person, "uses.reverse", id_, {"useId": of, **why, **_part(minutes)})


def _part(minutes: int | None) -> dict[str, object]:
    return {} if minutes is None else {"quantity": minutes}


def _about(person: str, asked: str, id_: str | None, content: dict[str, object]) -> Message:
    message = example(f"be.rugzak.rights.v1.{asked}")
    day = message["data"]["effectiveOn"]
    message |= {
        "id": id_ or f"{asked}-{person}-{'-'.join(map(str, content.values()))}",
        "data": {"person": person, "effectiveOn": day} | content,
    }
    return as_message(RIGHTS, message)


def as_message(topic: str, content: dict[str, object], key: bytes | None = None) -> Message:
    """Return a message with the person as its key."""
    data = content["data"]
    assert isinstance(data, dict)
    return Message(
        topic=topic, key=key or str(data["person"]).encode(), value=orjson.dumps(content)
    )


def raw(topic: str, value: bytes, key: bytes = NORA.encode()) -> Message:
    """Return a message of any bytes."""
    return Message(topic=topic, key=key, value=value)


def people(count: int) -> list[str]:
    """Return references to so many people."""
    return [str(uuid4()) for _ in range(count)]


def account(person: str = NORA) -> UUID:
    """Return the account of a person."""
    return UUID(person)
