"""Civil dates and half-open terms; a term has no time of day and no zone."""

from calendar import monthrange
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

from ledger.domain.making import quickly_made

SCHOOL_YEAR_STARTS = (9, 1)
"""Month and day on which a school year begins in Belgium."""

SATURDAY = 5
"""As `date.weekday` counts."""

MOST_WORKING_DAYS = 1_000

Holidays: TypeAlias = Callable[[int], Collection[date]]
"""Those of a calendar year."""


def no_holidays(_: int) -> Collection[date]:
    """Return the holidays of a place that is not known."""
    return ()


OPEN = date.max
"""The `until` of a term whose end is not known."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Term:
    """A half-open span of days `[since, until)`.

    Attributes:
        since: first day.
        until: first day after the last; `OPEN` when no end is known.

    """

    since: date
    until: date = OPEN

    def __post_init__(self) -> None:
        """Refuse a term without a day in it."""
        if self.until <= self.since:
            msg = f"a term ends after it begins: [{self.since}, {self.until}) has no day"
            raise ValueError(msg)

    def __repr__(self) -> str:
        """Write it as dataclasses do, but quicker: digests of facts are made of it."""
        return f"Term(since={self.since!r}, until={self.until!r})"

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the term."""
        return self.since <= day < self.until

    def overlaps(self, other: "Term") -> bool:
        """Whether the two terms share a day."""
        return self.since < other.until and other.since < self.until

    def hull(self, other: "Term") -> "Term":
        """Return the shortest term that holds both."""
        return Term(min(self.since, other.since), max(self.until, other.until))

    def changed(self, other: "Term") -> "Term | None":
        """Return the shortest term that holds the days that only one of the two has, if any."""
        if self.since != other.since and self.until != other.until:
            return self.hull(other)
        if self.until != other.until:
            return Term(min(self.until, other.until), max(self.until, other.until))
        if self.since != other.since:
            return Term(min(self.since, other.since), max(self.since, other.since))
        return None

    @property
    def days(self) -> int:
        """How many days the term has."""
        return (self.until - self.since).days


ALWAYS = Term(date.min, OPEN)

LAST = date.max - timedelta(days=1)
"""The last day that a term can hold; a later one, as a fact, is taken for it."""


def since(day: date) -> Term:
    """Return the term that begins on a day and stays open."""
    return Term(min(day, LAST))


def only(day: date) -> Term:
    """Return the term of one day."""
    first = min(day, LAST)
    return Term(first, first + timedelta(days=1))


def year(number: int, starts: tuple[int, int] = (1, 1)) -> Term:
    """Return the year that begins in the calendar year `number`, on a month and day."""
    until = date(number + 1, *starts) if number < date.max.year else OPEN
    return Term(date(number, *starts), until)


@lru_cache(maxsize=2_048)
def month(number: int, of: int) -> Term:
    """Return month `number` (1-12) of the year `of`."""
    first = date(of, number, 1)
    return Term(first, plus_months(first, 1))


def month_of(day: date) -> Term:
    """Return the calendar month that holds the day."""
    return month(day.month, day.year)


def plus_days(day: date, days: int) -> date:
    """Return the day so many days later; what lies beyond the calendar is its end."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return OPEN if days > 0 else date.min


def working_days(after: date, until: date, holidays: Holidays) -> int:
    """Count the days after one, up to and with another, that are Monday to Friday and no holiday.

    No rule counts further than `MOST_WORKING_DAYS`.
    """
    count, day = 0, after
    while day < until and count < MOST_WORKING_DAYS:
        day += timedelta(days=1)
        count += day.weekday() < SATURDAY and day not in holidays(day.year)
    return count


def last_months(months: int, day: date) -> Term:
    """Return the months that end just before a day; at least one day."""
    until = max(day, date.min + timedelta(days=1))
    return Term(min(plus_months(until, -months), until - timedelta(days=1)), until)


def school_year_end(day: date) -> date:
    """Return the last day of the school year that holds the day."""
    first = day.replace(month=SCHOOL_YEAR_STARTS[0], day=SCHOOL_YEAR_STARTS[1])
    return plus_days(first if day < first else plus_months(first, 12), -1)


def quarter(number: int, of: int) -> Term:
    """Return quarter `number` (1-4) of the year `of`."""
    first = date(of, 3 * number - 2, 1)
    return Term(first, plus_months(first, 3))


def plus_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month if it has no such day.

    What lies beyond the calendar is its first day, or `OPEN`.
    """
    years, index = divmod(day.month - 1 + months, 12)
    number = day.year + years
    if not date.min.year <= number <= date.max.year:
        return OPEN if months > 0 else date.min
    return date(number, index + 1, min(day.day, monthrange(number, index + 1)[1]))
