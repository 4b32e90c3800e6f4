"""Civil dates and half-open terms; a term has no time of day and no zone."""

from dataclasses import dataclass
from datetime import date

OPEN = date.max
"""The `until` of a term whose end is not known."""


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

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the term."""
        return self.since <= day < self.until

    def overlaps(self, other: "Term") -> bool:
        """Whether the two terms share a day."""
        return self.since < other.until and other.since < self.until

    def intersection(self, other: "Term") -> "Term | None":
        """Return the days that both have, or None."""
        since, until = max(self.since, other.since), min(self.until, other.until)
        return Term(since, until) if since < until else None

    def hull(self, other: "Term") -> "Term":
        """Return the shortest term that holds both."""
        return Term(min(self.since, other.since), max(self.until, other.until))

    @property
    def days(self) -> int:
        """How many days the term has."""
        return (self.until - self.since).days


ALWAYS = Term(date.min, OPEN)


def year(number: int) -> Term:
    """Return the calendar year."""
    return Term(date(number, 1, 1), date(number + 1, 1, 1))


def month(number: int, of: int) -> Term:
    """Return month `number` (1-12) of the year `of`."""
    following = date(of + 1, 1, 1) if number == 12 else date(of, number + 1, 1)  # noqa: PLR2004
    return Term(date(of, number, 1), following)


def month_of(day: date) -> Term:
    """Return the calendar month that holds the day."""
    return month(day.month, day.year)


def plus_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month if it has no such day."""
    years, index = divmod(day.month - 1 + months, 12)
    target = month(index + 1, day.year + years)
    return date(target.since.year, target.since.month, min(day.day, target.days))
