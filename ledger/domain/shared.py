"""Shared limits: what the requests of all people have together, beside each person's own rights.

A budget and its rounds, a number of places, a cap for each course or provider. A request draws from
every limit of its scheme, under keys by its day. What is taken of a key is the sum of what `drawn`
says of every account: a fold of the log that needs no rules. What is due never depends on it, and
who finds a limit reached keeps their rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from ledger.domain.account import Account
from ledger.domain.calendar import SCHOOL_YEAR_STARTS, Term, year
from ledger.domain.commands import Course
from ledger.domain.events import (
    AccountMerged,
    AccountUnmerged,
    Counts,
    Key,
    ReservationReleased,
    RightReserved,
    RightUsed,
    UseReversed,
)
from ledger.domain.expressions import Expression
from ledger.domain.occasions import label

Per: TypeAlias = Literal["everybody", "course", "provider"]
"""Whose requests have a limit together."""

Each: TypeAlias = Literal["round", "calendar-year", "school-year", "once"]
"""When a limit begins anew."""

Taken: TypeAlias = Mapping[Key, int]
"""What all accounts together take of each key; one that is not there is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One shared limit of a scheme.

    Attributes:
        valid: the days of requests that it is for.
        rounds: the first day of each round, in order; the first is not after `valid` begins.
        at_most: in the scheme's unit, or a number; read on the first day of the round or period.
        otherwise: what is said when it is reached.

    """

    name: str
    valid: Term
    per: Per
    each: Each
    rounds: tuple[date, ...] = ()
    counts: Counts
    at_most: Expression
    otherwise: str
    source: str

    def key(self, scheme: str, course: Course, on: date) -> Key:
        """Return what a request of a day draws from: `nl/stap/pot/2022-03-01`."""
        whose = {"course": (course.provider, course.id), "provider": (course.provider,)}
        return "/".join((self.prefix(scheme, on), *whose.get(self.per, ())))

    def prefix(self, scheme: str, on: date) -> Key:
        """Return what the keys of a day's round or period begin with."""
        first = self._first(on)
        called = first.isoformat() if self.each == "round" else label(self.each, Term(first))
        return f"{scheme}/{self.name}/{called}"

    def read_on(self, on: date) -> date:
        """Return the day on which the numbers are read for a request of a day."""
        return max(self._first(on), self.valid.since)

    def _first(self, on: date) -> date:
        match self.each:
            case "round":
                return max(day for day in self.rounds if day <= on)
            case "once":
                return self.valid.since
            case "calendar-year":
                return year(on.year).since
            case "school-year":
                begins = year(on.year, SCHOOL_YEAR_STARTS).since
                return begins if begins <= on else year(on.year - 1, SCHOOL_YEAR_STARTS).since


DRAWING: Final = (
    RightReserved,
    RightUsed,
    ReservationReleased,
    UseReversed,
    AccountMerged,
    AccountUnmerged,
)
"""The events by which an account comes to take more or less; most are others."""


def drawn(account: Account) -> dict[Key, int]:
    """Return what an account takes of each key.

    A quantity is what is still held; a request counts as long as it holds anything, and a person as
    long as one of the requests does. One that was merged takes nothing: the other one does.
    """
    found: dict[Key, int] = {}
    if account.merged is not None:
        return found
    counted: set[tuple[Key, str]] = set()
    for id_, held in (*account.reservations.items(), *account.uses.items()):
        for key, counts in held.draws if held.allocation else ():
            quantity = held.quantity
            if counts != "quantity":
                what = (key, id_ if counts == "requests" else "")
                quantity = int(what not in counted)
                counted.add(what)
            found[key] = found.get(key, 0) + quantity
    return found


def changes(before: Account, after: Account) -> dict[Key, int]:
    """Return how much more an account takes of each key than before; below 0: it gave back."""
    was, is_ = drawn(before), drawn(after)
    both = {key: is_.get(key, 0) - was.get(key, 0) for key in was.keys() | is_.keys()}
    return {key: change for key, change in sorted(both.items()) if change}


def together(account: Account, others: Taken) -> Taken:
    """Return what is taken of each key by an account and by all others."""
    own = drawn(account)
    return {key: own.get(key, 0) + others.get(key, 0) for key in own.keys() | others.keys()}
