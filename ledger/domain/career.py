"""A career: the facts that count, and the questions that rules may ask of them.

Every answer notes which facts it relied on, so that a due can name them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from ledger.domain.calendar import OPEN, Term, month_of
from ledger.domain.commands import Course
from ledger.domain.facts import (
    Birth,
    CivilService,
    Employment,
    FactId,
    Profile,
    Qualification,
    Residence,
    Spell,
    Status,
)

_FULL: Final = Fraction(1)
_NONE: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A spell, or what evidence left of it."""

    term: Term
    status: Status
    fact: FactId


class Career:
    """One person's facts, resolved: settled employment overrules declared at one employer."""

    __slots__ = ("births", "homes", "levels", "pieces")

    def __init__(self, facts: Iterable[tuple[FactId, Spell | Profile]]) -> None:
        """Take the contents that count: highest versions, without the annulled ones."""
        declared: list[Piece] = []
        settled: list[Piece] = []
        self.births: list[tuple[FactId, Birth]] = []
        self.levels: list[tuple[FactId, Qualification]] = []
        self.homes: list[tuple[FactId, Residence]] = []
        for id_, content in facts:
            match content:
                case Spell():
                    piece = Piece(content.term, content.status, id_)
                    (settled if content.evidence == "settled" else declared).append(piece)
                case Birth():
                    self.births.append((id_, content))
                case Qualification():
                    self.levels.append((id_, content))
                case Residence():
                    self.homes.append((id_, content))
        pieces = list(settled)
        for piece in declared:
            pieces += _uncontradicted(piece, settled)
        pieces.sort(key=lambda p: (p.term.since, p.term.until, p.fact))
        self.pieces: tuple[Piece, ...] = tuple(pieces)
        self.births.sort(key=lambda known: (known[1].on, known[0]))
        self.levels.sort(key=lambda known: (known[1].since, known[1].level, known[0]))
        self.homes.sort(key=lambda known: (known[1].term.since, known[1].region, known[0]))

    def edges(self) -> list[date]:
        """Return the days on which a status, a qualification or a home begins or ends."""
        days = {day for p in self.pieces for day in (p.term.since, p.term.until)}
        days |= {level.since for _, level in self.levels}
        days |= {day for _, home in self.homes for day in (home.term.since, home.term.until)}
        days.discard(OPEN)
        return sorted(days)


def _uncontradicted(piece: Piece, settled: list[Piece]) -> list[Piece]:
    """Cut out of a declared job the days for which the same employer's settled facts speak."""
    if not isinstance(piece.status, Employment):
        return [piece]
    left = [piece]
    for other in settled:
        if (
            not isinstance(other.status, Employment)
            or other.status.employer != piece.status.employer
        ):
            continue
        cut: list[Piece] = []
        for part in left:
            if not part.term.overlaps(other.term):
                cut.append(part)
                continue
            if part.term.since < other.term.since:
                cut.append(replace(part, term=Term(part.term.since, other.term.since)))
            if other.term.until < part.term.until:
                cut.append(replace(part, term=Term(other.term.until, part.term.until)))
        left = cut
    return left


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules may ask about: a career, the courses asked for, and movements of rights.

    Attributes:
        requests: by scheme, the courses reserved or used, by start.
        movements: by scheme, dated quantities that are not dues; uses are negative.

    """

    career: Career
    requests: Mapping[str, tuple[Course, ...]]
    movements: Mapping[str, tuple[tuple[date, int], ...]]


class Spells:
    """Spells of a kind that a rule speaks of; each question notes the facts it rests on."""

    __slots__ = ("_asked", "_pieces")

    def __init__(self, pieces: list[Piece], asked: "Questions") -> None:
        """Take the matching pieces, and who asks: facts are noted there."""
        self._pieces = pieces
        self._asked = asked

    def exists_on(self, day: date) -> bool:
        """Whether a spell holds the day."""
        return bool(self._on(day))

    def exists_in(self, term: Term) -> bool:
        """Whether a spell shares a day with the term."""
        return bool(self._in(term))

    def share_in(self, term: Term) -> Fraction:
        """Return the part of full time in a month: the greatest of its days, at most 1."""
        found = self._in(term)
        if not found:
            return _NONE
        if len(found) == 1:
            return _share(found[0].status)
        days = {max(p.term.since, term.since) for p in found}
        sums = (
            sum((_share(p.status) for p in found if day in p.term), start=_NONE) for day in days
        )
        return min(max(sums), _FULL)

    def share_over(self, term: Term) -> Fraction:
        """Return the part of full time over a term, weighted by days, at most 1."""
        total = _NONE
        for piece in self._in(term):
            common = piece.term.intersection(term)
            if common is not None:
                total += _share(piece.status) * common.days
        return min(total / term.days, _FULL)

    def weekly_in(self, term: Term) -> int:
        """Return the greatest contractual minutes a week on a day of the term."""
        found = self._in(term)
        days = {max(p.term.since, term.since) for p in found}
        return max(
            (sum(_weekly(p.status) for p in found if day in p.term) for day in days), default=0
        )

    def months_in(self, term: Term) -> int:
        """Return how many calendar months of the term have a day in a spell."""
        months = 0
        first = term.since
        while first < term.until:
            this = month_of(first)
            months += any(p.term.overlaps(this) for p in self._pieces)
            first = this.until
        self._in(term)
        return months

    def _in(self, term: Term) -> list[Piece]:
        found = [p for p in self._pieces if p.term.overlaps(term)]
        self._asked.noted.update(p.fact for p in found)
        return found

    def _on(self, day: date) -> list[Piece]:
        found = [p for p in self._pieces if day in p.term]
        self._asked.noted.update(p.fact for p in found)
        return found


def _share(status: Status) -> Fraction:
    return status.share if isinstance(status, Employment | CivilService) else _FULL


def _weekly(status: Status) -> int:
    return status.weekly if isinstance(status, Employment) else 0


class Questions:
    """The vocabulary in use: asks one person's facts, and notes those that answered."""

    __slots__ = ("_spells", "noted", "person", "scheme")

    def __init__(self, person: Person, scheme: str) -> None:
        """Ask about one person for one scheme."""
        self.person = person
        self.scheme = scheme
        self.noted: set[FactId] = set()
        self._spells: dict[tuple[object, ...], Spells] = {}

    def spells(self, kind: type[Status], **like: object) -> Spells:
        """Return the spells of a kind whose attributes are as asked."""
        key = (kind, *like.items())
        found = self._spells.get(key)
        if found is None:
            found = self._spells[key] = Spells(
                [
                    piece
                    for piece in self.person.career.pieces
                    if type(piece.status) is kind
                    and all(getattr(piece.status, name) == value for name, value in like.items())
                ],
                self,
            )
        return found

    def level_on(self, day: date) -> int | None:
        """Return the qualification level held on a day, None when nothing is known."""
        known = [(id_, level) for id_, level in self.person.career.levels if level.since <= day]
        if not known:
            return None
        id_, level = max(known, key=lambda each: (each[1].level, each[0]))
        self.noted.add(id_)
        return level.level

    def age_on(self, day: date) -> int | None:
        """Return the age in years on a day, None when no birth date is known."""
        if not self.person.career.births:
            return None
        id_, birth = self.person.career.births[0]
        self.noted.add(id_)
        had_birthday = (day.month, day.day) >= (birth.on.month, birth.on.day)
        return day.year - birth.on.year - (not had_birthday)

    def lives_in(self, region: str, day: date) -> bool:
        """Whether the person lives in a region on a day."""
        found = [
            id_
            for id_, home in self.person.career.homes
            if home.region == region and day in home.term
        ]
        self.noted.update(found)
        return bool(found)

    def first_course_in(self, term: Term) -> date | None:
        """Return when the first course asked for in a term starts."""
        starts = [c.starts_on for c in self.person.requests.get(self.scheme, ())]
        return min((day for day in starts if day in term), default=None)
