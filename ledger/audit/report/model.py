"""A report to auditors: every figure of the page, and what was checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from ledger.audit.books.journal import day_of
from ledger.audit.books.totals import Difference, Imbalance, Period, Total
from ledger.audit.proofs.findings import Finding
from ledger.audit.report.activity import Series, Step
from ledger.audit.report.gathered import Counted, Text
from ledger.audit.report.samples import Sampled

Wrong: TypeAlias = Imbalance | Difference | Finding

CheckName: TypeAlias = Literal[
    "sums", "balances", "tree", "receipts", "regulations", "states", "models"
]


class Looked(NamedTuple):
    """How far a check looked, or what it did not look at.

    Attributes:
        check: which one.
        message: of the catalogues, and its values.

    """

    check: CheckName
    message: str
    about: Mapping[str, str | int] = MappingProxyType({})


class Proven(NamedTuple):
    """What the ledger keeps, held against the log, and the log against its published tree.

    Attributes:
        checkpoint: the newest signed checkpoint, whole; `` without one.
        found: by check, what is wrong; None when it was not checked.
        looked: how far each looked, or why it did not.

    """

    checkpoint: str
    found: Mapping[CheckName, tuple[Finding, ...] | None]
    looked: tuple[Looked, ...]


Prover: TypeAlias = Callable[[], Proven]
"""Verifies what the ledger keeps."""


class Check(NamedTuple):
    """One thing that was checked.

    Attributes:
        findings: None when it was not checked.
        looked: how far, or why it was not checked.

    """

    name: CheckName
    findings: tuple[Wrong, ...] | None
    looked: tuple[Looked, ...] = ()


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
