"""What goes out: records, in pages that are published whole or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of Kafka; without a value it says that what its key names is gone."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Records that go out in one transaction.

    Attributes:
        count: how many events, receipts or parked records it tells of.
        confirm: notes in the ledger that they went out; raises Fenced when somebody else did.

    """

    records: Sequence[Record]
    count: int
    confirm: Callable[[], None]


class Stream(Protocol):
    """One kind of what goes out, in its order."""

    @property
    def name(self) -> str:
        """What operators call it."""
        ...

    @property
    def topic(self) -> str:
        """Where it goes."""
        ...

    def begin(self, topic_id: UUID) -> None:
        """Find where to go on, on a topic as it is now."""
        ...

    def page(self) -> Page | None:
        """Return what comes next; None when all has gone out."""
        ...
