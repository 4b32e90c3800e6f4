"""Rows of the log as they are stored, for who proves that they are."""

from typing import NamedTuple


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
