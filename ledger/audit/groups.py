"""Groups of people on a day, by what the ledger knows of each: for reports that say who gains."""

from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from ledger.domain import facts as f
from ledger.domain.career import Person, Questions, Selector, selector

EVERYBODY: Final = "everybody"

UPPER_SECONDARY_LEVEL: Final = 4
"""European Qualifications Framework; below it is low-qualified."""

HIGHER_EDUCATION_LEVEL: Final = 5
"""The first level of higher education; from it on is high-qualified."""

QUALIFICATIONS: Final = (
    "low-qualified",
    "middle-qualified",
    "high-qualified",
    "qualification-unknown",
)

_FROM_AGES: Final = (0, 25, 35, 45, 55, 65)
AGES: Final = (
    *(f"aged-{first}-to-{after - 1}" for first, after in pairwise(_FROM_AGES)),
    f"aged-{_FROM_AGES[-1]}-and-over",
    "age-unknown",
)

_STATUSES: Final[dict[str, Selector]] = {
    "employee": selector("employment", f.Employment, ()),
    "civil-servant": selector("civil-service", f.CivilService, ()),
    "self-employed": selector("self-employment", f.SelfEmployment, (("activity", "main"),)),
    "jobseeker": selector("jobseeking", f.Jobseeking, ()),
    "student": selector("study", f.Study, ()),
    "retired": selector("retirement", f.Retirement, ()),
    "self-employed-aside": selector("self-employment", f.SelfEmployment, ()),
    "inactive": selector("inactivity", f.Inactivity, ()),
    "enterprise": selector("enterprise", f.Enterprise, ()),
}
"""The first that a person has on a day is the main one; an enterprise has the last only."""

STATUSES: Final = (*_STATUSES, "status-unknown")

SEXES: Final = ("women", "men", "sex-x", "sex-unknown")

_SEX_GROUPS: Final = {"female": SEXES[0], "male": SEXES[1], "x": SEXES[2]}

LIVES_IN: Final = "lives-in-"
"""What a group by residence begins with; the region follows, e.g. `lives-in-be-vlg`."""


class Groups(NamedTuple):
    """The groups of one person, one for each way to divide people."""

    qualification: str
    status: str
    age: str
    sex: str
    residence: str


NAMED: Final = (EVERYBODY, *QUALIFICATIONS, *STATUSES, *AGES, *SEXES, "residence-unknown")
"""Every group but those by region, in the order in which a report has them."""


def groups_of(person: Person, on: date) -> Groups:
    """Return the groups of a person on a day."""
    asked = Questions(person, "")
    homes = (home.region for _, home in person.career.homes if on in home.term)
    region = next(homes, None)
    statuses = (name for name, like in _STATUSES.items() if asked.spells(like).exists_on(on))
    return Groups(
        qualification=_qualification(asked.level_on(on)),
        status=next(statuses, STATUSES[-1]),
        age=_age(asked.age_on(on)),
        sex=next((_SEX_GROUPS[known.sex] for _, known in person.career.sexes), SEXES[-1]),
        residence="residence-unknown" if region is None else LIVES_IN + region,
    )


def _qualification(level: int | None) -> str:
    if level is None:
        return QUALIFICATIONS[-1]
    return QUALIFICATIONS[(level >= UPPER_SECONDARY_LEVEL) + (level >= HIGHER_EDUCATION_LEVEL)]


def _age(years: int | None) -> str:
    if years is None:
        return AGES[-1]
    return AGES[max(sum(years >= first for first in _FROM_AGES) - 1, 0)]
