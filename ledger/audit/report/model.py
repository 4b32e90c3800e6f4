"""A report to auditors: every figure of the page, and what was checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from ledger.audit.books.journal import day_of
from ledger.audit.books.totals import Difference, Imbalance, Period, Total
from ledger.audit.report.activity import Series, Step
from ledger.audit.report.gathered import Counted, Text
from ledger.audit.report.samples import Sampled


class TreeFinding(NamedTuple):
    """What a verification of the published tree found.

    Attributes:
        text: a sentence in English: what is wrong, where, and since which checkpoint.

    """

    text: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return self.text


class Proven(NamedTuple):
    """The log held against the tree that is published of it.

    Attributes:
        size: leaves of the tree.
        checkpoint: the newest signed checkpoint, whole.
        waiting: events that are not in the tree yet.
        destroyed: leaves of which the key was destroyed: nothing can be told of them.

    """

    size: int
    checkpoint: str
    waiting: int
    destroyed: int
    findings: tuple[TreeFinding, ...]


Prover: TypeAlias = Callable[[], Proven | None]
"""Holds the log against its published tree; None where there is none."""

Wrong: TypeAlias = Imbalance | Difference | TreeFinding

CheckName: TypeAlias = Literal["sums", "balances", "tree"]


class Check(NamedTuple):
    """One thing that was checked.

    Attributes:
        findings: None when it could not be checked.

    """

    name: CheckName
    findings: tuple[Wrong, ...] | None


class Drawn(NamedTuple):
    """Entries that were drawn: of each scheme in proportion to its entries.

    Attributes:
        population: how many entries of the period there were.

    """

    seed: str
    asked: int
    population: int
    entries: tuple[Sampled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a page tells.

    Attributes:
        named: the period as it was asked for; `` for the whole log.
        compared: the last event that the read model of balances has.
        lines: the trial balance.
        step: what one bar of the charts is of.
        proven: None when there is no published tree, or nobody looked.
        checkpoint: the text of a signed checkpoint, if there is one.

    """

    named: str
    period: Period
    whole: Counted
    within: Counted
    compared: int
    checks: tuple[Check, ...]
    lines: tuple[Total, ...]
    step: Step
    series: tuple[Series, ...]
    drawn: Drawn
    texts: tuple[Text, ...]
    proven: Proven | None
    checkpoint: str | None

    @property
    def findings(self) -> list[Wrong]:
        """Return what all checks found."""
        return [each for check in self.checks for each in check.findings or ()]

    @property
    def over(self) -> bool:
        """Whether the period was over at the log's end, so that it never changes."""
        last, until = self.whole.last, self.period.until
        return bool(last and until and day_of(last.recorded_at) >= until)
