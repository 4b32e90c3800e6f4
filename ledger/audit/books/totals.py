"""The trial balance: per scheme, unit and named account what stood, came, went and stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from ledger.audit.books.journal import Entry, Kept
from ledger.audit.books.movements import NAMES, Name
from ledger.domain.quantities import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Half-open days `[since, until)` by the office's day of recording; None: without an end.

    By that day, and not by `effective_on`, a period that is over never changes.
    """

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return not self.is_after(day) and (self.until is None or day < self.until)

    def is_after(self, day: date) -> bool:
        """Whether a day comes before it."""
        return self.since is not None and day < self.since


ALWAYS = Period()


class Total(NamedTuple):
    """One line of the trial balance.

    Attributes:
        scheme: the measure that gives the rights.
        unit: the smallest unit that is counted.
        name: the account.
        opening: what stood there before the period: debits less credits.
        debits: what was debited in the period.
        credits: what was credited in the period.
        closing: `opening` + `debits` - `credits`.

    """

    scheme: str
    unit: Unit
    name: Name
    opening: int
    debits: int
    credits: int
    closing: int


Moved: TypeAlias = tuple[str, Unit, Name, Name]
"""Scheme, unit, and the accounts that are debited and credited."""

_Place: TypeAlias = tuple[str, Unit, Name]


@dataclass(slots=True)
class TrialBalance:
    """Adds entries up: a handful of numbers for each scheme, however long the journal is."""

    period: Period = ALWAYS
    _before: Counter[Moved] = field(default_factory=Counter)
    _moved: Counter[Moved] = field(default_factory=Counter)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries; what comes after the period counts for nothing."""
        for entry in entries:
            if entry.recorded_on in self.period:
                some = self._moved
            elif self.period.is_after(entry.recorded_on):
                some = self._before
            else:
                continue
            some[entry.scheme, entry.unit, entry.debit, entry.credit] += entry.quantity

    def lines(self) -> list[Total]:
        """Return a line for every account of every scheme and unit that was moved in."""
        opening, debits, credits_ = Counter[_Place](), Counter[_Place](), Counter[_Place]()
        for (scheme, unit, debit, credit), quantity in self._before.items():
            opening[scheme, unit, debit] += quantity
            opening[scheme, unit, credit] -= quantity
        for (scheme, unit, debit, credit), quantity in self._moved.items():
            debits[scheme, unit, debit] += quantity
            credits_[scheme, unit, credit] += quantity
        places = sorted(
            opening.keys() | debits.keys() | credits_.keys(),
            key=lambda place: (place[0], place[1], NAMES.index(place[2])),
        )
        return [
            Total(
                *each,
                opening[each],
                debits[each],
                credits_[each],
                opening[each] + debits[each] - credits_[each],
            )
            for each in places
        ]


class Imbalance(NamedTuple):
    """Of one scheme and unit the accounts do not add up to zero.

    Attributes:
        what: which column of the trial balance.
        total: what they add up to.

    """

    scheme: str
    unit: Unit
    what: Literal["opening", "movement", "closing"]
    total: int

    def __str__(self) -> str:
        """Say it in a sentence."""
        what = "debits less credits" if self.what == "movement" else self.what
        return (
            f"{self.scheme}, {self.unit}: {what} of all accounts add up to {self.total}, not to 0"
        )


class Difference(NamedTuple):
    """On one account of a scheme and unit the log and a read model say otherwise.

    Attributes:
        name: the account.
        log: what stands there by the log.
        balances: what stands there by the read model of balances.

    """

    scheme: str
    unit: Unit
    name: Name
    log: int
    balances: int

    def __str__(self) -> str:
        """Say it in a sentence."""
        return (
            f"{self.scheme}, {self.unit}: on `{self.name}` stands {self.log} by the log, "
            f"{self.balances} by the balances"
        )


def imbalances(lines: Iterable[Total]) -> list[Imbalance]:
    """Say of which schemes and units the totals don't add up to zero."""
    sums: Counter[tuple[Kept, Literal["opening", "movement", "closing"]]] = Counter()
    for line in lines:
        kept = Kept(line.scheme, line.unit)
        sums[kept, "opening"] += line.opening
        sums[kept, "movement"] += line.debits - line.credits
        sums[kept, "closing"] += line.closing
    return [Imbalance(*kept, what, total) for (kept, what), total in sums.items() if total]
