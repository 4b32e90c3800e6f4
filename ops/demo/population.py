"""A realistic population of synthetic people, the same for the same seed.

Shares come from `shares.yaml`, which names a source for each or says that it is assumed.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

import yaml

from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term

EMPLOYERS = "https://dimona.example.be"
JOBSEEKERS = "https://vdab.example.be"
SELF_EMPLOYED = "https://rsvz.example.be"
REGISTER = "https://register.example.be"

FULL_TIME_MINUTES_A_WEEK = 38 * 60
FIRST_DAY = date(2015, 1, 1)
"""Spells that ended before this day are not told."""

SETTLED_AFTER_DAYS = 120
"""A quarterly declaration is settled about one month after its quarter."""

Kind: TypeAlias = Literal["work", "self-employed", "jobseeker", "inactive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One version of one fact about one person, and the day on which its source knew it."""

    person: UUID
    fact: f.Fact
    known_on: date


@cache
def shares() -> dict[str, dict[str, float]]:
    """Return every share of `shares.yaml`, by its name and what it is of."""
    text = (files("ops.demo") / "shares.yaml").read_text("utf-8")
    return {name: entry["values"] for name, entry in yaml.safe_load(text).items()}


def population(people: int, seed: int, until: date, first: int = 0) -> Iterator[Told]:
    """Yield what is told of each person, person by person, in the order of knowing.

    Args:
        people: how many.
        seed: the same seed gives the same people.
        until: the last day on which something is known.
        first: the number of the first of them, for a part of a larger population.

    """
    for index in range(first, first + people):
        yield from _Life(random.Random(f"{seed}-{index}"), until).told()  # noqa: S311  not a secret


class Arrival(NamedTuple):
    """What is told, and the day on which it is published."""

    on: date
    told: Told


def as_published(told: Iterable[Told], seed: int) -> list[Arrival]:
    """Return what a broker would hold: late, out of order, and one in twenty twice."""
    dice = random.Random(seed)  # noqa: S311  not a secret
    delayed = [
        (one.known_on + timedelta(days=int(dice.expovariate(1 / 20))), dice.random(), one)
        for one in told
    ]
    delayed += [
        (day + timedelta(days=dice.randint(0, 60)), dice.random(), one)
        for day, _, one in delayed
        if dice.random() < 0.05  # noqa: PLR2004  one in twenty
    ]
    return [Arrival(day, one) for day, _, one in sorted(delayed, key=lambda each: each[:2])]


class _Life:
    """Draws one life."""

    def __init__(self, dice: random.Random, until: date) -> None:
        self.dice = dice
        self.until = until
        self.person = UUID(int=dice.getrandbits(128), version=4)
        self.sex = dice.choice(["women", "men"])
        self.born = until - timedelta(days=dice.randint(20 * 365, 64 * 365))
        self.level = int(self._pick("qualification"))
        self.home = self._pick("lives-outside", otherwise="be-vlg")
        self.facts = 0

    def told(self) -> Iterator[Told]:
        """Yield all that is told of this person."""
        school_ends = self.born + timedelta(days=(17 + max(self.level - 3, 0)) * 365)
        begins = max(school_ends, FIRST_DAY)
        yield self._profile(f.Birth(on=self.born), begins)
        yield self._profile(f.Sex(sex="female" if self.sex == "women" else "male"), begins)
        if school_ends <= self.until:
            yield self._profile(f.Qualification(level=self.level, since=school_ends), begins)
        yield self._profile(f.Residence(region=self.home, term=Term(self.born)), begins)
        day = school_ends
        while day < self.until:
            kind = self._kind(day)
            years = self.dice.expovariate(1 / shares()["spell-years"][kind])
            ends = day + timedelta(days=max(int(years * 365), 14))
            if ends > FIRST_DAY:
                yield from self._spell(kind, day, ends)
            day = ends + timedelta(days=self.dice.choice([0, 0, 0, 5, 30]))

    def _kind(self, day: date) -> Kind:
        all_shares = shares()
        in_work = all_shares["in-work"]["from-55" if self._age(day) >= 55 else "all"]  # noqa: PLR2004
        if self.dice.random() >= in_work:
            seeking = all_shares["unemployed"]["all"] / (1 - all_shares["in-work"]["all"])
            return "jobseeker" if self.dice.random() < seeking * 2 else "inactive"
        return "self-employed" if self._chance("self-employed", self.sex) else "work"

    def _spell(self, kind: Kind, since: date, until: date) -> Iterator[Told]:
        match kind:
            case "work" if self._chance("civil-servant"):
                service = f.CivilService(
                    employer="0308357159", place=self._place(), share=self._share(since)
                )
                yield from self._declared(EMPLOYERS, service, since, until)
            case "work":
                yield from self._job(since, until)
            case "self-employed":
                main = f.SelfEmployment(activity="main", place=self.home)
                yield from self._declared(SELF_EMPLOYED, main, since, until)
            case "jobseeker":
                seeking = f.Jobseeking(benefit=self.dice.random() < 0.8)  # noqa: PLR2004  assumed
                yield from self._declared(JOBSEEKERS, seeking, since, until)
            case "inactive":
                yield from self._declared(JOBSEEKERS, f.Inactivity(), since, until)

    def _job(self, since: date, until: date) -> Iterator[Told]:
        share = self._share(since)
        job = f.Employment(
            employer=f"0{self.dice.randint(400_000_000, 799_999_999)}",
            sector="public" if self._chance("public-contract") else "private",
            place=self._place(),
            share=share,
            weekly=int(FULL_TIME_MINUTES_A_WEEK * share),
        )
        versions = list(self._declared(EMPLOYERS, job, since, until))
        yield from versions
        settled_on = since + timedelta(days=SETTLED_AFTER_DAYS)
        if settled_on < min(until, self.until) and self.dice.random() < 0.5:  # noqa: PLR2004
            last = versions[-1]
            assert isinstance(last.fact.content, f.Spell)  # noqa: S101  a job is a spell
            settled = f.Spell(term=last.fact.content.term, status=job, evidence="settled")
            version = last.fact.version + 1
            known_on = max(settled_on, last.known_on)
            yield self._told(last.fact.id, version, settled, known_on)
        if self._chance("side-activity"):
            side = f.SelfEmployment(activity="side", place=self.home)
            yield from self._declared(SELF_EMPLOYED, side, since, until)

    def _declared(self, source: str, status: f.Status, since: date, until: date) -> Iterator[Told]:
        """Tell the beginning when it happens, and the end when that happens."""
        self.facts += 1
        id_ = f.FactId(source, f"{self.person.hex[:12]}-{self.facts}")
        opened = f.Spell(term=Term(since, OPEN), status=status, evidence="declared")
        yield self._told(id_, 1, opened, max(since, FIRST_DAY))
        if until <= self.until:
            closed = f.Spell(term=Term(since, until), status=status, evidence="declared")
            yield self._told(id_, 2, closed, until)

    def _profile(self, profile: f.Profile, known_on: date) -> Told:
        self.facts += 1
        id_ = f.FactId(REGISTER, f"{self.person.hex[:12]}-{self.facts}")
        return self._told(id_, 1, profile, known_on)

    def _told(
        self, id_: f.FactId, version: int, content: f.Spell | f.Profile, known_on: date
    ) -> Told:
        about: Literal["status", "profile"] = (
            "status" if isinstance(content, f.Spell) else "profile"
        )
        fact = f.Fact(id=id_, version=version, about=about, content=content)
        return Told(person=self.person, fact=fact, known_on=min(known_on, self.until))

    def _share(self, day: date) -> Fraction:
        part_time = shares()["part-time"]
        age = self._age(day)
        chance = part_time[self.sex]
        if age >= 55:  # noqa: PLR2004  the table's own class
            chance = (chance + part_time["from-55"]) / 2
        elif age <= 34:  # noqa: PLR2004  the table's own class
            chance = (chance + part_time["to-34"]) / 2
        return (
            Fraction(self._pick("part-time-fraction"))
            if self.dice.random() < chance
            else Fraction(1)
        )

    def _place(self) -> str:
        return self._pick("works-outside", otherwise="be-vlg")

    def _age(self, day: date) -> int:
        return (day - self.born).days // 365

    def _chance(self, name: str, of: str = "all") -> bool:
        return self.dice.random() < shares()[name][of]

    def _pick(self, name: str, otherwise: str | None = None) -> str:
        """Draw one of a table's keys by its share, or `otherwise` for what is left."""
        point = self.dice.random()
        key = ""
        for key, share in shares()[name].items():
            point -= share
            if point < 0:
                return str(key)
        return otherwise or str(key)
