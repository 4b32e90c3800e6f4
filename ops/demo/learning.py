"""What synthetic people ask of their rights: about one in four asks once a year, for one course.

They ask by what is told of them on the day; whether they may is the rules' to say.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ledger.domain import facts as f
from ledger.domain.career import Career, Selector, selector
from ledger.domain.commands import Course, Use
from ledger.domain.quantities import Unit
from ops.demo.population import Told, shares

FIRST_YEAR = 2019
DAYS_A_YEAR = 365

ANY_JOB = selector("employment", f.Employment, ())
FLEMISH_JOB = selector("employment", f.Employment, (("place", "be-vlg"), ("sector", "private")))
FRENCH_JOB = selector("employment", f.Employment, (("place", "fr"), ("sector", "private")))

LEAVE_SHARE = 0.5
"""How many of those who could take leave ask for that, not for vouchers: assumed."""

LEAVE_HOURS = (32, 40, 60, 80)
VOUCHERS_EUR = (100, 180, 250)
FRENCH_COURSE_EUR = (400, 900, 1_500)
"""Courses that people choose from: assumed."""


def uses(told: Sequence[Told], seed: str, until: date) -> Iterator[Use]:
    """Yield what one person asks for until a day, in order.

    Args:
        told: all that is told of the person.
        seed: the same seed gives the same requests.
        until: the last day on which something is asked.

    """
    dice = random.Random(seed)  # noqa: S311  not a secret
    for year in range(FIRST_YEAR, until.year + 1):
        takes_part = dice.random() < shares()["took-part"]["all"]
        day = date(year, 1, 1) + timedelta(days=dice.randrange(DAYS_A_YEAR))
        if takes_part and day <= until:
            yield from _asked(Career(_known(told, day)), day, dice)


def _known(told: Sequence[Told], day: date) -> list[tuple[f.FactId, f.Content]]:
    """Return what the facts say that were told by a day."""
    newest: dict[f.FactId, f.Fact] = {}
    for each in told:
        known = newest.get(each.fact.id)
        if each.known_on <= day and (known is None or known.version < each.fact.version):
            newest[each.fact.id] = each.fact
    return [(id_, fact.content) for id_, fact in newest.items() if fact.content is not None]


def _asked(career: Career, day: date, dice: random.Random) -> Iterator[Use]:
    """Yield the request of a year: who works asks for leave or vouchers, whoever it is about."""
    leave, hours = dice.random() < LEAVE_SHARE, dice.choice(LEAVE_HOURS)
    vouchers, euros = dice.choice(VOUCHERS_EUR), dice.choice(FRENCH_COURSE_EUR)
    if _works(career, FLEMISH_JOB, day) and leave:
        yield _use("be-vlg/vov", hours * 60, "minute", "cvo-semper", day)
    elif _works(career, FRENCH_JOB, day):
        yield _use("fr/cpf", euros * 100, "cent", "greta-lille", day)
    elif _works(career, ANY_JOB, day):
        yield _use("be-vlg/opleidingscheques", vouchers * 100, "cent", "cvo-semper", day)


def _works(career: Career, like: Selector, day: date) -> bool:
    return any(day in piece.term for piece in career.like(like))


def _use(scheme: str, quantity: int, unit: Unit, provider: str, day: date) -> Use:
    course = Course(id=f"{provider}-{day.year}", provider=provider, starts_on=day)
    return Use(
        use=f"course-{day.year}", scheme=scheme, quantity=quantity, unit=unit, course=course, on=day
    )
