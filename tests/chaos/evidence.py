"""What the checker looks at: what came in, what the ledger holds, and what it showed meanwhile."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from tests.chaos.reading import Log, Out, Parked, Place, Read, Receipt, Tables
from tests.chaos.sampler import Sample

Sort: TypeAlias = Literal["lost", "doubled", "wrong"]

MOST_TOLD = 20
"""Findings of one check that are told; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold.

    Attributes:
        at: when it can have happened, on the monotonic clock; None when nothing says.

    """

    sort: Sort
    text: str
    at: float | None = None


@dataclass(frozen=True)
class Evidence:
    """All that the checker looks at.

    Attributes:
        log: what came in.
        tables: what the ledger holds.
        samples: what it showed meanwhile.
        out: what went out.
        reference: what another ledger holds that took in the same without any fault.

    """

    log: Log
    tables: Tables
    samples: Sequence[Sample]
    out: Out
    reference: Tables

    @cached_property
    def sound(self) -> dict[tuple[str, str], list[Read]]:
        """The copies of each message."""
        found: dict[tuple[str, str], list[Read]] = {}
        for records in self.log.records.values():
            for one in records:
                if not one.garbage:
                    found.setdefault(one.id, []).append(one)
        return found

    @cached_property
    def receipts(self) -> dict[tuple[str, str], list[Receipt]]:
        """Those of each message."""
        found: dict[tuple[str, str], list[Receipt]] = {}
        for receipt in self.tables.receipts:
            found.setdefault((receipt.source, receipt.id), []).append(receipt)
        return found

    @cached_property
    def parked(self) -> dict[tuple[Place, int], list[Parked]]:
        """Those of each record."""
        found: dict[tuple[Place, int], list[Parked]] = {}
        for parked in self.tables.parked:
            found.setdefault((parked.place, parked.offset), []).append(parked)
        return found

    @cached_property
    def _passed(self) -> dict[Place, list[int]]:
        """The position of each partition in each sample, never lower than before."""
        passed: dict[Place, list[int]] = {}
        for place in self.log.records:
            highest, row = 0, []
            for sample in self.samples:
                highest = max(highest, sample.positions.get(place, 0))
                row.append(highest)
            passed[place] = row
        return passed

    def passed(self, one: Read) -> int | None:
        """Return the first sample in which a record was passed; None when none shows it."""
        row = self._passed[one.place]
        index = bisect_left(row, one.offset + 1)
        return index if index < len(row) else None

    def at(self, one: Read) -> float | None:
        """Return when a record was passed."""
        index = self.passed(one)
        return None if index is None else self.samples[index].at

    def written(self, position: int) -> float | None:
        """Return when an event was there, by its place in the ledger's log."""
        index = bisect_left(self.samples, position, key=lambda sample: sample.head)
        return self.samples[index].at if index < len(self.samples) else None
