"""Logs without a database, for who only hashes them."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from ledger.service.logged import LoggedRow


class MadeUpLog:
    """Rows that are a function of their position."""

    def __init__(self, rows: Sequence[LoggedRow]) -> None:
        self.all = list(rows)

    def keyed(self, after: int, limit: int) -> Sequence[LoggedRow]:
        start = bisect_right(self.all, after, key=attrgetter("position"))
        return self.all[start : start + limit]

    rows = keyed


class Quiet(MadeUpLog):
    """A log that answers what a verification asks."""

    def erased(self, _: Any) -> set[str]:
        return set()

    def versions(self, _: Any) -> dict[str, int]:
        return {}

    def accounts(self) -> Any:
        return iter(())

    def waiting(self, position: int) -> int:
        return sum(row.position > position for row in self.all)


def made_up_log(size: int) -> MadeUpLog:
    """Return a log of some events, at every position but each tenth."""
    return MadeUpLog([row(n + n // 9 + 1, n // 97, n % 97 + 1) for n in range(size)])


def row(position: int, account: int, version: int) -> LoggedRow:
    return LoggedRow(
        position=position,
        account=str(UUID(int=account + 1)),
        version=version,
        name="right-granted",
        payload=b'{"actor":"https://dimona.example.be","event":{"quantity":%d}}' % position,
        key=account.to_bytes(32),
    )
