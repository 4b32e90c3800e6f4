"""Receipts for who holds them against the log: as they are stored, with what is at their places."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Final

from ledger.service.clock import CLOCKS_APART
from ledger.service.logged import LoneReceipt, Misplaced, ReceiptRow
from ledger.store.codec import Undecodable, parsed
from ledger.store.postgres import PostgresStore

PAGE_RECEIPTS: Final = 5_000
"""So many are in memory at once."""

RECEIPT_COLUMNS: Final = ", ".join(f"r.{name}" for name in ReceiptRow._fields)
"""Of a table called r."""

_OF: Final = f"SELECT {RECEIPT_COLUMNS} FROM ledger.receipts r WHERE command = ANY(%s)"  # noqa: S608
_OLDER: Final = "SELECT DISTINCT month FROM ledger.receipts WHERE month < %s"
# Only of what has no position it is asked what its account was then.
_LONE: Final = f"""
SELECT {RECEIPT_COLUMNS}, number, its.state, at_version.state, at_next.state,
    r.position IS NULL AND EXISTS (SELECT FROM ledger.events c
        WHERE c.originator_id IN (r.account, r.decided_in) AND c.topic = 'account-erased')
FROM (SELECT * FROM ledger.receipts WHERE {{which}} LIMIT %(limit)s) r
LEFT JOIN ledger.events its ON its.notification_id = r.position
LEFT JOIN ledger.events at_version ON r.position IS NULL
    AND at_version.originator_id = COALESCE(r.decided_in, r.account)
    AND at_version.originator_version = r.version
LEFT JOIN ledger.events at_next ON r.position IS NULL
    AND at_next.originator_id = COALESCE(r.decided_in, r.account)
    AND at_next.originator_version = r.version + 1
ORDER BY {{order}}
"""  # noqa: S608
_BY_COMMAND: Final = _LONE.format(
    which="(command, month) > (%(command)s, %(month)s) ORDER BY command, month",
    order="r.command, r.month",
)
_BY_NUMBER: Final = _LONE.format(which="number > %(number)s ORDER BY number", order="number")
_LAST: Final = (
    "SELECT state FROM ledger.events WHERE notification_id <= %s"
    " ORDER BY notification_id DESC LIMIT %s"
)
_NUMBERED: Final = f"SELECT {RECEIPT_COLUMNS} FROM ledger.receipts r WHERE number = %s"  # noqa: S608
_OLDEST: Final = "SELECT min(month) FROM ledger.receipts"
_FIRST_SINCE: Final = "SELECT min(number) FROM ledger.receipts WHERE recorded_at >= %s"
_NUMBERS: Final = (
    "SELECT max(number) FROM ledger.receipts WHERE command = ANY(%s) AND position <= %s"
)

_MISPLACED: Final = f"""
WITH first AS (
    SELECT recorded_at AS at FROM ledger.receipts WHERE number IS NOT NULL ORDER BY number LIMIT 1
), given AS (SELECT COALESCE(pg_sequence_last_value('ledger.receipts_number_seq'), 0) AS last),
twice AS (
    SELECT number FROM ledger.receipts WHERE number > %(after)s GROUP BY number HAVING count(*) > 1
), walked AS (
    SELECT {RECEIPT_COLUMNS}, number, lag(recorded_at) OVER (ORDER BY number) AS before_at
    FROM ledger.receipts r WHERE number >= %(after)s
)
SELECT {RECEIPT_COLUMNS}, number, last, NULL::timestamptz FROM ledger.receipts r, given
WHERE number IS NULL AND recorded_at > (SELECT at FROM first) + %(apart)s
UNION ALL SELECT {RECEIPT_COLUMNS}, number, last, NULL::timestamptz
    FROM ledger.receipts r, given WHERE number > last
UNION ALL SELECT {RECEIPT_COLUMNS}, number, last, NULL::timestamptz
    FROM ledger.receipts r JOIN twice USING (number), given
UNION ALL SELECT {RECEIPT_COLUMNS}, number, last, before_at FROM walked r, given
    WHERE position IS NULL AND before_at > recorded_at + %(apart)s
LIMIT %(limit)s
"""  # noqa: S608

LOOKED_BACK: Final = 1_000
"""In so many events before a position a receipt is looked for: those of days have none."""


class KeptReceipts:
    """Reads receipts as they are stored.

    Every method raises `StoreUnavailable` when the database gives no answer.
    """

    def __init__(self, store: PostgresStore) -> None:
        """Ask a store."""
        self._store = store

    def of(self, commands: Collection[str]) -> list[ReceiptRow]:
        """Return the receipts of some commands."""
        return [ReceiptRow(*row) for row in self._store.datastore.all(_OF, (list(commands),))]

    def older_months(self, month: date) -> set[date]:
        """Return the months before one of which there are receipts."""
        return {found for (found,) in self._store.datastore.all(_OLDER, (month,))}

    def numbered(self, number: int) -> ReceiptRow | None:
        """Return the receipt of a number; None when there is none."""
        rows = self._store.datastore.all(_NUMBERED, (number,))
        return ReceiptRow(*rows[0]) if rows else None

    def oldest_month(self) -> date | None:
        """Return the first month of which there are receipts; None when there are none."""
        month: date | None = self._store.datastore.all(_OLDEST, ())[0][0]
        return month

    def first_since(self, at: datetime) -> int | None:
        """Return the lowest number of the receipts since an instant; None when there are none."""
        number: int | None = self._store.datastore.all(_FIRST_SINCE, (at,))[0][0]
        return number

    def number_at(self, position: int) -> int:
        """Return the number of the last receipt before a position, as far as it can be told."""
        states = self._store.datastore.all(_LAST, (position, LOOKED_BACK))
        commands = [told for (state,) in states if (told := self._told(state)[0]) is not None]
        [[number]] = self._store.datastore.all(_NUMBERS, (commands, position))
        return number or 0

    def each(self) -> Iterator[LoneReceipt]:
        """Walk all receipts, in the order of their commands."""
        command, month = "", date.min
        while page := self._page(_BY_COMMAND, command=command, month=month):
            for lone, _ in page:
                yield lone
            command, month = page[-1][0].row[:2]

    def newer(self, number: int) -> Iterator[LoneReceipt]:
        """Walk the receipts after one, in the order in which they came."""
        while page := self._page(_BY_NUMBER, number=number):
            for lone, _ in page:
                yield lone
            number = page[-1][1]

    def misplaced(self, after: int) -> list[Misplaced]:
        """Return receipts that can't have come where their numbers say, a page at most.

        Of those that share a number, or are too old, only such as come after one are looked for.
        """
        asked = {"after": after, "apart": CLOCKS_APART, "limit": PAGE_RECEIPTS}
        return [
            Misplaced(ReceiptRow(*row), number, last, before_at)
            for *row, number, last, before_at in self._store.datastore.all(_MISPLACED, asked)
        ]

    def _page(self, query: str, **asked: object) -> list[tuple[LoneReceipt, int]]:
        width, found = len(ReceiptRow._fields), []
        for row in self._store.datastore.all(query, asked | {"limit": PAGE_RECEIPTS}):
            number, state, at_version, at_next, closed = row[width:]
            lone = LoneReceipt(
                row=ReceiptRow(*row[:width]),
                command=None if state is None else self._told(state)[0] or "",
                version_at=self._told(at_version)[1],
                next_at=self._told(at_next)[1],
                closed=closed,
            )
            found.append((lone, number))
        return found

    def _told(self, state: bytes | None) -> tuple[str | None, datetime | None]:
        """Read of which command an event is, and when it was recorded; nothing when it can't be."""
        if state is None:
            return None, None
        try:
            told = parsed(self._store.mapper.zstandard.decompress(state))
            return told["command"], datetime.fromisoformat(told["recorded_at"])
        except (Undecodable, LookupError, TypeError, ValueError):
            return None, None
