"""The rows of read models compared with the log, some accounts at a time."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from ledger.audit.proofs.findings import Finding
from ledger.audit.replay import BEFORE_ALL
from ledger.domain.events import (
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Envelope,
)
from ledger.service.ports import AccountHistory
from ledger.store.postgres import PostgresStore
from ops.audit.beyond import Beyond
from projections.check import Difference, compare
from projections.projection import Projection, fold, place_of
from projections.tables import Conn


def in_order(page: Sequence[AccountHistory]) -> list[Envelope]:
    """Return the events of some accounts in order of position."""
    return sorted((each for history in page for each in history.envelopes), key=place_of)


def beside(
    store: PostgresStore, page: Sequence[AccountHistory], told: Sequence[Envelope]
) -> list[Envelope]:
    """Return what commands that wrote to two accounts, as a merge does, wrote to the other one.

    `told` are the events of a page.
    """
    here = {history.account for history in page}
    found: dict[tuple[UUID, int], Envelope] = {}
    for each in told:
        match each.event:
            case AccountMerged(into=other) | AccountUnmerged(into=other):
                pass
            case AccountJoined(account=other) | AccountParted(account=other):
                pass
            case _:
                continue
        if other not in here:
            others = store.events_of(other)
            wrote = (one for one in others if one.metadata.command == each.metadata.command)
            found.update({(one.account, one.version): one for one in wrote})
    return list(found.values())


class ModelRows(NamedTuple):
    """The rows of a read model of some accounts, as they are at one position."""

    conn: Conn
    projection: Projection
    position: int
    among: tuple[UUID, UUID]
    beyond: Beyond | None


def compared(
    rows: ModelRows,
    page: Sequence[AccountHistory],
    told: Sequence[Envelope],
    others: Sequence[Envelope] = (),
) -> tuple[list[Finding], int]:
    """Compare a read model's rows of some accounts.

    `told` are their events, `in_order`; `others` are events of accounts elsewhere that count in
    these rows, too.
    """
    conn, projection, position, among, beyond = rows
    if others:
        told = sorted((*told, *others), key=place_of)
    events = told[: bisect_right(told, position, key=place_of)]
    expected = fold(projection, [events] if events else [])
    only = None
    if beyond is not None and beyond.since is not None:
        only = {history.account for history in page}
    if others:
        after, until = among
        for table in projection.tables:
            whose, found = table.columns.index("account"), expected[table.name].items()
            expected[table.name] = {
                key: row
                for key, row in found
                if after < row[whose] <= until and (only is None or row[whose] in only)
            }
    destroyed = beyond.without if beyond else {}
    wrong = [
        _difference(each)
        for each in compare(conn, projection, expected, among, only)
        # What a read model that is behind still has of them, nobody can tell any more.
        if not position < destroyed.get(getattr(each.found, "account", BEFORE_ALL), 0)
    ]
    return wrong, sum(map(len, expected.values()))


def _difference(found: Difference) -> Finding:
    text = f"{found.table} {found.key}: the log says {found.expected}, the row {found.found}"
    right, row = found.expected, found.expected or found.found
    kind = "model" if right and found.found else "model missing" if right else "model inserted"
    position = getattr(right, "position", None) or getattr(right, "last_position", None)
    account, key = str(getattr(row, "account", "")), " ".join(map(str, found.key))
    return Finding(kind, text, position, None, None, f"projections.{found.table}", key, account)
