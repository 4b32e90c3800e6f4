"""People of the laboratory: a life is what is told of a person and asked for them, in order.

A life is drawn from the seed and its number alone. What is asked can always be given, or never,
whatever is corrected meanwhile: so the answer to each request is known before.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

CAREER = "rugzak.career.v1"
RIGHTS = "rugzak.rights.v1"

EMPLOYER = "https://dimona.chaos.example.be"
REGISTER = "https://register.chaos.example.be"
FUND = "https://fund.chaos.example.be"
DESK = "https://desk.chaos.example.be"

FRACTIONS = ("1", "9/10", "4/5", "3/4", "1/2")
WEEKLY_MINUTES = 2280

COURSE_DAY = "2025-02-03"
"""In the school year 2024-25, which the job of everybody counts for."""

TOO_MUCH = 1_000_000
"""Minutes that nobody has."""

REQUESTS_MINUTES = (60, 120, 240, 480)


@dataclass(frozen=True, slots=True)
class Told:
    """One message.

    Attributes:
        id: of the message, unique within its source.

    """

    topic: str
    person: str
    source: str
    id: str
    type: str
    data: dict[str, Any]

    def content(self) -> dict[str, Any]:
        """Return the CloudEvent."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "service": ".".join(self.type.split(".")[:4]),
            "datacontenttype": "application/json",
            "data": {"person": self.person, **self.data},
        }


@dataclass(slots=True)
class Life:
    """What is still to be published of a person.

    Attributes:
        career: facts; those that must be known before anything is asked come first.
        needed: how many those are.
        rights: what is asked, in order.

    """

    person: str
    career: list[Told] = field(default_factory=list)
    needed: int = 0
    rights: list[Told] = field(default_factory=list)


def life(seed: int, number: int, *, early: bool = False) -> Life:
    """Draw a life.

    Args:
        seed: of the laboratory.
        number: of the life.
        early: whether some requests are told before what they are about.

    """
    dice = random.Random(f"{seed}-{number}")  # noqa: S311  not a secret
    made = Life(str(UUID(int=dice.getrandbits(128), version=4)))
    birth = _profile(made.person, 1, f"19{dice.randint(60, 99)}-03-0{dice.randint(1, 9)}")
    annulled = dice.random() < 0.15
    job = [_job(made.person, version, dice) for version in range(1, dice.randint(2, 5))]
    made.career = [birth, job[0]]
    dice.shuffle(made.career)
    made.needed = 2
    later = job[1:]
    if annulled:
        later.append(_annulled(made.person, "job", EMPLOYER, len(job) + 1))
    if dice.random() < 0.4:
        later += _side_activity(made.person, dice)
    if dice.random() < 0.3:
        later.append(_profile(made.person, 2, "1971-05-20"))
    if dice.random() < 0.4:  # out of order: a correction before what it corrects
        dice.shuffle(later)
    made.career += later
    if not annulled:
        made.rights = list(_requests(made.person, dice, early=early))
    return made


def _job(person: str, version: int, dice: random.Random) -> Told:
    fraction = dice.choice(FRACTIONS)
    status = {
        "kind": "employee",
        "employerNumber": "0566988259",
        "sector": "private",
        "placeOfWork": "be-vlg",
        "fraction": fraction,
        "weeklyMinutes": WEEKLY_MINUTES,
    }
    data = {"status": status, "period": {"from": "2023-01-01"}, "evidence": "declared"}
    return _fact(person, "job", EMPLOYER, version, data)


def _side_activity(person: str, dice: random.Random) -> list[Told]:
    status = {"kind": "selfEmployed", "activity": "side", "placeOfWork": "be-vlg"}
    data = {"status": status, "period": {"from": "2024-06-01"}, "evidence": "declared"}
    told = [_fact(person, "side", FUND, 1, data)]
    if dice.random() < 0.5:
        ended = data | {"period": {"from": "2024-06-01", "until": "2025-01-01"}}
        told.append(_fact(person, "side", FUND, 2, ended))
    if dice.random() < 0.3:
        told.append(_annulled(person, "side", FUND, 3))
    return told


def _profile(person: str, version: int, born: str) -> Told:
    data = {"profile": {"kind": "birthDate", "on": born}}
    return _fact(person, "birth", REGISTER, version, data, resource="profileFacts")


def _annulled(person: str, fact: str, source: str, version: int) -> Told:
    return _fact(person, fact, source, version, {}, became="annulled")


def _fact(
    person: str,
    fact: str,
    source: str,
    version: int,
    data: dict[str, Any],
    *,
    resource: str = "statusSpells",
    became: str = "",
) -> Told:
    how = became or ("recorded" if version == 1 else "corrected")
    return Told(
        topic=CAREER,
        person=person,
        source=source,
        id=f"{fact}-v{version}-{person}",
        type=f"be.rugzak.career.v1.{resource}.notify.{how}",
        data={"id": fact, "version": version, **data},
    )


def _requests(person: str, dice: random.Random, *, early: bool) -> Iterator[Told]:
    for number in range(1, dice.randint(2, 5)):
        name = f"r{number}"
        minutes = dice.choice(REQUESTS_MINUTES)
        if dice.random() < 0.1:
            yield _asked(
                person, f"refused-{number}", "reservations.create", _taking(TOO_MUCH, name)
            )
            continue
        if dice.random() < 0.3:
            yield _asked(person, f"{name}-use", "uses.create", _taking(minutes, name))
            if dice.random() < 0.4:
                reason = {"useId": name, "reason": "It was cancelled."}
                yield _asked(person, f"{name}-reverse", "uses.reverse", reason)
            continue
        reserve = _asked(person, f"{name}-reserve", "reservations.create", _taking(minutes, name))
        turn = dice.random()
        if turn < 0.2:
            yield reserve
        elif turn < 0.4:
            yield reserve
            reason = {"reservationId": name, "reason": "The course is full."}
            yield _asked(person, f"{name}-release", "reservations.release", reason)
        else:
            part = {"reservationId": name}
            if dice.random() < 0.5:
                part |= {"quantity": minutes // 2}  # type: ignore[dict-item]
            asked = [reserve, _asked(person, f"{name}-capture", "reservations.capture", part)]
            if dice.random() < 0.3:
                reason = {"useId": name, "reason": "Nobody came."}
                asked.append(_asked(person, f"{name}-reverse", "uses.reverse", reason))
            if early and dice.random() < 0.3:  # a capture before its reservation, and the like
                dice.shuffle(asked)
            yield from asked


def _taking(minutes: int, name: str) -> dict[str, Any]:
    course = {"id": f"course-{name}", "provider": "cvo-semper", "startDate": COURSE_DAY}
    return {
        "id": name,
        "scheme": "be-vlg/vov",
        "quantity": minutes,
        "unit": "minute",
        "course": course,
    }


def _asked(person: str, id_: str, what: str, data: dict[str, Any]) -> Told:
    return Told(
        topic=RIGHTS,
        person=person,
        source=DESK,
        id=f"{id_}-{person}",
        type=f"be.rugzak.rights.v1.{what}",
        data={"effectiveOn": COURSE_DAY, **data},
    )
