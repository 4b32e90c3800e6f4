"""The trial balance: per scheme, unit and named account what stood, came, went and stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ledger.audit.books.journal import Entry, Kept
from ledger.audit.books.movements import NAMES, Name


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
    unit: str
    name: Name
    opening: int
    debits: int
    credits: int
    closing: int


@dataclass(slots=True)
class TrialBalance:
    """Adds entries up: a handful of numbers for each scheme, however long the journal is."""

    period: Period = ALWAYS
    _opening: Counter[tuple[Kept, Name]] = field(default_factory=Counter)
    _debits: Counter[tuple[Kept, Name]] = field(default_factory=Counter)
    _credits: Counter[tuple[Kept, Name]] = field(default_factory=Counter)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries; what comes after the period counts for nothing."""
        for entry in entries:
            kept, quantity = Kept(entry.scheme, entry.unit), entry.quantity
            if entry.recorded_on in self.period:
                self._debits[kept, entry.debit] += quantity
                self._credits[kept, entry.credit] += quantity
            elif self.period.is_after(entry.recorded_on):
                self._opening[kept, entry.debit] += quantity
                self._opening[kept, entry.credit] -= quantity

    def lines(self) -> list[Total]:
        """Return a line for every account of every scheme and unit that was moved in."""
        kept = {key[0] for some in (self._opening, self._debits, self._credits) for key in some}
        return [
            self._line(each, name)
            for each in sorted(kept)
            for name in NAMES
            if any((each, name) in some for some in (self._opening, self._debits, self._credits))
        ]

    def _line(self, kept: Kept, name: Name) -> Total:
        opening, debits, credits_ = (
            some[kept, name] for some in (self._opening, self._debits, self._credits)
        )
        closing = opening + debits - credits_
        return Total(kept.scheme, kept.unit, name, opening, debits, credits_, closing)


def imbalances(lines: Iterable[Total]) -> list[str]:
    """Say, a sentence each, of which schemes and units the totals don't add up to zero."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        sums[line.scheme, line.unit, "opening"] += line.opening
        sums[line.scheme, line.unit, "debits less credits"] += line.debits - line.credits
        sums[line.scheme, line.unit, "closing"] += line.closing
    return [
        f"{scheme}, {unit}: {what} of all accounts add up to {total}, not to 0"
        for (scheme, unit, what), total in sums.items()
        if total
    ]
