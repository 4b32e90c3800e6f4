"""The trial balance: per scheme, unit and named account what stood, came, went and stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

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
