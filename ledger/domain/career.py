"""A career: the facts that count, and the questions that rules may ask of them.

Every answer notes which facts it relied on, so that a due can name them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from ledger.domain.calendar import (
    ALWAYS,
    OPEN,
    Holidays,
    Term,
    month_of,
    no_holidays,
    plus_days,
    plus_months,
    working_days,
)
from ledger.domain.commands import Course
from ledger.domain.evidence import Piece, ended, resolve
from ledger.domain.facts import (
    Birth,
    Circumstance,
    CivilService,
    Content,
    Death,
    Employment,
    Enterprise,
    FactId,
    Holder,
    Jobseeking,
    Qualification,
    Residence,
    SelfEmployment,
    Sex,
    Spell,
    Status,
    TopUp,
)

NEVER: Final = Term(date.min, date.min.replace(day=2))
"""The month of a course that nobody asked for; no spell is in it, whatever its days."""

Number: TypeAlias = int | Fraction

_FULL: Final = Fraction(1)
_NONE: Final = Fraction(0)


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """A kind of spell that a rule asks about, with its fixed attributes; see `selector`."""

    kind: str
    status: type[Status]
    like: tuple[tuple[str, object], ...]


ATTRIBUTES: Final[Mapping[type[Status], tuple[str, ...]]] = {
    Employment: ("sector", "place"),
    CivilService: ("place",),
    SelfEmployment: ("activity", "place", "contributes"),
    Jobseeking: ("benefit",),
    Circumstance: ("name",),
    Enterprise: ("size", "place"),
}
"""By what spells of a status can be selected."""


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """A home in one of some regions, written with spaces: what `lives_in` asks; see `home`."""

    regions: str


@cache
def home(regions: str) -> Home:
    """Return the one need of a home in some regions, so that answers are found by identity."""
    return Home(regions)


Need: TypeAlias = Selector | Home
"""Without which a condition can't hold."""

_SELECTORS: dict[str, Selector] = {}


def selector(kind: str, status: type[Status], like: tuple[tuple[str, object], ...]) -> Selector:
    """Return the one selector of a kind and attributes, so that answers are found by identity."""
    return _SELECTORS.setdefault(f"{kind} {like}", Selector(kind, status, like))


class Career:
    """One holder's facts, resolved: settled employment overrules declared at one employer."""

    __slots__ = (
        "_among", "_by_status", "_edges", "_like", "_traits", "births", "deaths", "homes", "levels",
        "sexes", "top_ups",
    )  # fmt: skip

    def __init__(self, facts: Iterable[tuple[FactId, Content]]) -> None:
        """Take the contents that count: highest versions, without the annulled ones."""
        spells: list[tuple[FactId, Spell]] = []
        self.births: list[tuple[FactId, Birth]] = []
        self.deaths: list[tuple[FactId, Death]] = []
        self.sexes: list[tuple[FactId, Sex]] = []
        self.levels: list[tuple[FactId, Qualification]] = []
        self.homes: list[tuple[FactId, Residence]] = []
        self.top_ups: list[tuple[FactId, TopUp]] = []
        for id_, content in facts:
            match content:
                case Spell():
                    spells.append((id_, content))
                case Birth():
                    self.births.append((id_, content))
                case Death():
                    self.deaths.append((id_, content))
                case Sex():
                    self.sexes.append((id_, content))
                case Qualification():
                    self.levels.append((id_, content))
                case Residence():
                    self.homes.append((id_, content))
                case TopUp():
                    self.top_ups.append((id_, content))
        pieces = resolve(spells)
        if self.deaths:
            self.deaths.sort(key=lambda known: (known[1].on, known[0]))
            pieces = ended(pieces, self.deaths[0][1].on, self.deaths[0][0])
            self.homes = _left(self.homes, self.deaths[0][1].on)
        self._by_status: dict[type[Status], list[Piece]] = {}
        for piece in pieces:
            self._by_status.setdefault(type(piece.status), []).append(piece)
        self.sexes.sort(key=lambda known: known[0])
        self.births.sort(key=lambda known: (known[1].on, known[0]))
        self.levels.sort(key=lambda known: (known[1].since, known[1].level, known[0]))
        self.homes.sort(key=lambda known: (known[1].term.since, known[1].region, known[0]))
        self.top_ups.sort(key=lambda known: (known[1].term.since, known[0]))
        self._edges: list[date] | None = None
        self._traits: frozenset[tuple[object, ...]] | None = None
        self._like: dict[Selector, list[Piece]] = {}
        self._among: dict[tuple[Need, ...], list[Term]] = {}

    @property
    def traits(self) -> frozenset[tuple[object, ...]]:
        """What its spells are like: all by which selectors tell careers apart, their days aside."""
        if self._traits is None:
            self._traits = frozenset(
                (status, *(getattr(piece.status, name) for name in ATTRIBUTES.get(status, ())))
                for status, pieces in self._by_status.items()
                for piece in pieces
            )
            self._traits |= {(Residence, home.region) for _, home in self.homes}
            self._traits |= {(TopUp, each.scheme) for _, each in self.top_ups}
        return self._traits

    def over_on(self, day: date) -> bool:
        """Whether the person is known to have died before a day."""
        return bool(self.deaths) and self.deaths[0][1].on < day

    @property
    def holder(self) -> Holder:
        """Whose it is: an enterprise's has facts of its business, and no other account has any."""
        return "enterprise" if Enterprise in self._by_status else "person"

    def enterprises(self, day: date) -> list[str]:
        """Name the enterprises that the person runs on a day, by their accounts, each once."""
        run = [p.status for p in self._by_status.get(SelfEmployment, []) if day in p.term]
        named = [s.enterprise for s in run if isinstance(s, SelfEmployment) and s.enterprise]
        return list(dict.fromkeys(named))

    @property
    def jobs(self) -> list[Piece]:
        """The employment contracts, in the order of their days."""
        return self._by_status.get(Employment, [])

    def like(self, selector: Selector) -> list[Piece]:
        """Return the spells that a selector is about."""
        found = self._like.get(selector)
        if found is None:
            found = self._by_status.get(selector.status, [])
            for name, value in selector.like:
                found = [p for p in found if getattr(p.status, name) == value]
            self._like[selector] = found
        return found

    def touches(self, needs: "tuple[Need, ...]", window: Term | None = None) -> bool:
        """Whether one of the spells or homes that a rule needs is there, in a window if given."""
        terms = self._among.get(needs)
        if terms is None:
            terms = [term for need in needs for term in self._terms(need)]
            self._among[needs] = terms
        if window is None:
            return bool(terms)
        since, until = window.since, window.until
        for term in terms:  # noqa: SIM110  asked of every period; a generator is slower
            if term.since < until and since < term.until:
                return True
        return False

    def _terms(self, need: "Need") -> list[Term]:
        if isinstance(need, Selector):
            return [piece.term for piece in self.like(need)]
        return [home.term for _, home in self.homes if home.region in _words(need.regions)]

    def birthdays(self, term: Term) -> set[date]:
        """Return the days of a term on which a year of life, or of the calendar, begins."""
        if not self.births:
            return set()
        born = self.births[0][1].on
        found: set[date] = set()
        for number in range(term.since.year, term.until.year + 1):
            found |= {date(number, 1, 1), plus_months(born, 12 * (number - born.year))}
        return {day for day in found if day in term}

    def edges(self) -> list[date]:
        """Return the days on which a status, a qualification or a home begins or ends."""
        if self._edges is None:
            terms = [p.term for pieces in self._by_status.values() for p in pieces]
            terms += [home.term for _, home in self.homes]
            days = {day for term in terms for day in (term.since, term.until)}
            days |= {level.since for _, level in self.levels}
            days |= {plus_days(death.on, 1) for _, death in self.deaths[:1]}
            self._edges = sorted(days - {OPEN})
        return self._edges

    def next_edge(self, after: date) -> date:
        """Return the first edge after a day, `OPEN` when there is none."""
        edges = self.edges()
        at = bisect_right(edges, after)
        return edges[at] if at < len(edges) else OPEN


@dataclass(frozen=True, slots=True)
class Asked:
    """A reservation or use that holds something, or the one that is being asked for.

    Attributes:
        id: the requester's.
        on: the day of the request.
        done_on: the day from which it is a use, None while it is a reservation, or was given up.
        made: False while it is only being asked for.
        pays: what the learner pays, in the scheme's money; None when the rules don't tell.

    """

    id: str
    on: date
    course: Course
    done_on: date | None = None
    made: bool = True
    pays: int | None = None

    @property
    def place(self) -> tuple[date, bool, bool, str]:
        """Its place among others: of one day, uses come first, and what is asked for comes last."""
        return (self.on, not self.made, self.done_on is None, self.id)


class Movement(NamedTuple):
    """A dated quantity of a scheme's rights that is no due.

    Attributes:
        quantity: below 0 when it was reserved, used or moved on.
        beside: whether it was taken from what a funder added, which no cap looks at.

    """

    on: date
    quantity: int
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules may ask about: a career, the courses asked for, and movements of rights.

    Attributes:
        requests: by scheme, in the order of their days.
        movements: by scheme, in the order of their days.

    """

    career: Career
    requests: Mapping[str, tuple[Asked, ...]]
    movements: Mapping[str, tuple[Movement, ...]]


class Spells:
    """Spells of a kind that a rule speaks of; each question notes the facts it rests on."""

    __slots__ = ("_noted", "_pieces")

    def __init__(self, pieces: list[Piece], noted: set[FactId]) -> None:
        """Take the matching pieces, and where facts are noted."""
        self._pieces = pieces
        self._noted = noted

    def exists_on(self, day: date) -> bool:
        """Whether a spell holds the day."""
        found = False
        for piece in self._pieces:
            if piece.term.since <= day < piece.term.until:
                self._noted.update(piece.facts)
                found = True
        return found

    def exists_in(self, term: Term) -> bool:
        """Whether a spell shares a day with the term."""
        return bool(self._in(term))

    def share_in(self, term: Term) -> Number:
        """Return the part of full time in a month: the greatest of its days, at most 1."""
        found = self._in(term)
        if len(found) == 1:
            return _share(found[0].status)
        return min(max(_by_day(found, term, _share), default=_NONE), _FULL)

    def share_over(self, term: Term) -> Fraction:
        """Return the part of full time over a term, weighted by days, at most 1."""
        total = _NONE
        for piece in self._in(term):
            since, until = max(piece.term.since, term.since), min(piece.term.until, term.until)
            total += _share(piece.status) * (until - since).days
        return min(total / term.days, _FULL)

    def weekly_in(self, term: Term) -> Number:
        """Return the greatest contractual minutes a week on a day of the term."""
        found = self._in(term)
        if len(found) == 1:
            return _weekly(found[0].status)
        return max(_by_day(found, term, _weekly), default=0)

    def days_in(self, term: Term) -> int:
        """Return how many days of the term have a spell; a day with two counts once."""
        days, reached = 0, term.since
        for piece in self._in(term):
            since = max(piece.term.since, reached)
            until = min(piece.term.until, term.until)
            if since < until:
                days, reached = days + (until - since).days, until
        return days

    def days_before(self, day: date) -> int:
        """Return how many days before one have a spell, over the whole career."""
        return self.days_in(Term(date.min, max(day, date.min + timedelta(days=1))))

    def months_in(self, term: Term) -> int:
        """Return how many calendar months of the term have a day in a spell."""
        found = self._in(term)
        months = 0
        first = term.since
        while found and first < term.until:
            this = month_of(first)
            months += any(p.term.overlaps(this) for p in found)
            first = this.until
        return months

    def _in(self, term: Term) -> list[Piece]:
        if term is NEVER:
            return []
        since, until = term.since, term.until
        found: list[Piece] = []
        for piece in self._pieces:
            if piece.term.since < until and since < piece.term.until:
                self._noted.update(piece.facts)
                found.append(piece)
        return found


def _left(homes: list[tuple[FactId, Residence]], last: date) -> list[tuple[FactId, Residence]]:
    """Return the homes of a life that ended on a day."""
    after = plus_days(last, 1)
    return [
        (
            id_,
            home if home.term.until <= after else replace(home, term=Term(home.term.since, after)),
        )
        for id_, home in homes
        if home.term.since < after
    ]


def _programme(course: Course) -> str:
    return course.programme or course.id


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_day(found: list[Piece], term: Term, of: Callable[[Status], Number]) -> list[Number]:
    """Add up what all spells are worth, on each day on which one of them begins to count."""
    days = {max(p.term.since, term.since) for p in found}
    return [sum(of(p.status) for p in found if day in p.term) for day in days]


def _share(status: Status) -> Number:
    if not isinstance(status, (Employment, CivilService)):
        return 1
    return 1 if status.share == 1 else status.share  # whole numbers are faster, and most work so


def _weekly(status: Status) -> int:
    return status.weekly if isinstance(status, Employment) else 0


class Questions:
    """The vocabulary in use: asks one person's facts, and notes those that answered."""

    __slots__ = ("_spells", "asked", "holidays", "noted", "person", "scheme")

    def __init__(
        self,
        person: Person,
        scheme: str,
        asked: Asked | None = None,
        holidays: Holidays = no_holidays,
    ) -> None:
        """Ask about one person for one scheme, and one request of it."""
        self.person = person
        self.scheme = scheme
        self.asked = asked
        self.holidays = holidays
        self.noted: set[FactId] = set()
        self._spells: dict[Selector, Spells] = {}

    def spells(self, like: Selector) -> Spells:
        """Return the spells that a selector is about."""
        found = self._spells.get(like)
        if found is None:
            found = self._spells[like] = Spells(self.person.career.like(like), self.noted)
        return found

    def level_below(self, limit: Number, day: date) -> bool:
        """Whether a level of qualification is known on a day, and is below a limit."""
        level = self.level_on(day)
        return level is not None and level < limit

    def level_from(self, limit: Number, day: date) -> bool:
        """Whether a level of qualification is known on a day, and is a limit or above."""
        level = self.level_on(day)
        return level is not None and level >= limit

    def age_from(self, years: Number, day: date) -> bool:
        """Whether a birth date is known, and the age on a day is some years or above."""
        age = self.age_on(day)
        return age is not None and age >= years

    def deceased(self, day: date) -> bool:
        """Whether the person is known to have died before a day."""
        over = self.person.career.over_on(day)
        if over:
            self.noted.add(self.person.career.deaths[0][0])
        return over

    def course_month(self, term: Term) -> Term:
        """Return the month in which the first course asked for in a term starts, or `NEVER`."""
        start = self.first_course_in(term)
        return NEVER if start is None else month_of(start)

    def level_on(self, day: date) -> int | None:
        """Return the qualification level held on a day, None when nothing is known."""
        known = [(id_, level) for id_, level in self.person.career.levels if level.since <= day]
        if not known:
            return None
        id_, level = max(known, key=lambda each: (each[1].level, each[0]))
        self.noted.add(id_)
        return level.level

    def age_on(self, day: date) -> int | None:
        """Return the age in years on a day, None when no birth date is known, or after death."""
        if not self.person.career.births or self.deceased(day):
            return None
        id_, birth = self.person.career.births[0]
        self.noted.add(id_)
        had_birthday = (day.month, day.day) >= (birth.on.month, birth.on.day)
        return day.year - birth.on.year - (not had_birthday)

    def lives_in(self, regions: str, day: date) -> bool:
        """Whether the person lives in one of some regions, written with spaces, on a day."""
        among = _words(regions)
        found = False
        for id_, home in self.person.career.homes:
            if home.region in among and day in home.term:
                self.noted.add(id_)
                found = True
        return found

    def first_course_in(self, term: Term) -> date | None:
        """Return when the first course asked for in a term starts."""
        starts = [asked.course.starts_on for asked in self.person.requests.get(self.scheme, ())]
        return min((day for day in starts if day in term), default=None)

    def asked_in(self, term: Term) -> int:
        """Return how many requests of the scheme, before the one in question, are of a term."""
        return len(self._earlier(term))

    def credits_in(self, term: Term) -> int:
        """Return the study points of the courses of these requests, as far as they were told."""
        return sum(each.course.credits or 0 for each in self._earlier(term))

    def completed_in(self, term: Term) -> int:
        """Return how many of them are uses by the day of the one in question."""
        until = date.max if self.asked is None else self.asked.on
        earlier = self._earlier(term)
        return sum(each.done_on is not None and each.done_on <= until for each in earlier)

    def taken_in(self, term: Term) -> int:
        """Return what is reserved, used or moved on of the scheme, on days of a term."""
        movements = self.person.movements.get(self.scheme, ())
        return -sum(each.quantity for each in movements if each.quantity < 0 and each.on in term)

    def paid_in(self, term: Term) -> int:
        """Return what the learner pays for courses of the same programme that start in a term.

        Those that were asked for before the one in question; alone, a course is its programme.
        """
        programme = _programme(self._this().course)
        return sum(
            each.pays or 0
            for each in self._earlier(ALWAYS)
            if each.course.starts_on in term and _programme(each.course) == programme
        )

    def times_in(self, term: Term) -> int:
        """Return how often the same course was asked for before, on days of a term."""
        course = self._this().course.id
        return sum(each.course.id == course for each in self._earlier(term))

    def working_days(self, after: date, until: date) -> int:
        """Return how many working days of the scheme's country follow a day, until another."""
        return working_days(after, until, self.holidays)

    def _this(self) -> Asked:
        assert self.asked is not None  # noqa: S101  checked at load: a course is asked for
        return self.asked

    def _earlier(self, term: Term) -> list[Asked]:
        """Return the requests of a term; one that ends on the day in question has it, too."""
        this, requests = self.asked, self.person.requests.get(self.scheme, ())
        if this is None:
            return [each for each in requests if each.on in term]
        whole = Term(term.since, plus_days(term.until, 1)) if term.until == this.on else term
        return [each for each in requests if each.on in whole and each.place < this.place]
