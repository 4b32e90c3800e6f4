"""Rows of the log, and of receipts, as they are stored, for who proves that they are."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class LoggedRow(NamedTuple):
    """One event as the database has it, and the key that hides it in the published tree.

    Attributes:
        position: in the log.
        account: in lower case, as UUIDs are written.
        version: of the account, after the event.
        name: the stored name.
        payload: the stored bytes, decompressed; those of the database when they can't be.
        key: 32 bytes; None when there is none.
        destroyed: whether there was one.

    """

    position: int
    account: str
    version: int
    name: str
    payload: bytes
    key: bytes | None = None
    destroyed: bool = False


class ReceiptRow(NamedTuple):
    """One receipt as the database has it, whatever that may be.

    Attributes:
        month: of its partition.
        version: of the account after it; None when it was refused, likewise `events`.
        reason: why it was refused; None when it was not.
        decided_in: the account that decided, when the one that was named was merged.

    """

    command: str
    month: date
    account: UUID
    digest: bytes
    recorded_at: datetime
    position: int | None
    version: int | None
    events: int | None
    reason: str | None
    detail: str | None
    decided_in: UUID | None

    @property
    def place(self) -> UUID:
        """The account whose events are meant."""
        return self.decided_in or self.account


class LoneReceipt(NamedTuple):
    """A receipt, and what the log has at the places that it names.

    Attributes:
        command: of the event at its position; None when there is none, `` when it can't be read.
        version_at: when the event of its version was recorded; None when there is none, or when
            the receipt has a position.
        next_at: when the event after that was, likewise.
        closed: whether its account was erased.

    """

    row: ReceiptRow
    command: str | None
    version_at: datetime | None
    next_at: datetime | None
    closed: bool


class Misplaced(NamedTuple):
    """A receipt that can't have come where its number says.

    Attributes:
        number: None when it has none, and came since there are numbers.
        last: the last number that was given.
        before_at: when the receipt before it was recorded, and long after this one; None when the
            number itself is wrong.

    """

    row: ReceiptRow
    number: int | None
    last: int
    before_at: datetime | None
