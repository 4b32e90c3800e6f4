"""The log for who proves it: rows as they are stored, and the keys that hide them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from secrets import token_bytes
from typing import Any, Final, Self
from uuid import UUID

from ledger.service.logged import LoggedRow, ReceiptRow
from ledger.store.codec import Undecodable, dumped
from ledger.store.compression import Zstandard
from ledger.store.datastore import LedgerDatastore, Rows
from ledger.store.mapper import MAX_PAYLOAD_BYTES
from ledger.store.receipts import RECEIPT_COLUMNS

PROOFS_ROLE: Final = "rugzak_proofs"
"""What every connection becomes: it reads the log, adds keys, and changes nothing."""

CONNECTIONS: Final = 2
"""Most that one process opens."""

KEY_BYTES: Final = 32

PAGE_ACCOUNTS: Final = 5_000

ERASED: Final = "account-erased"
"""The stored name of what closes an account: after it its key may be destroyed."""

# A page first, then a look for each of its keys: else all that follows is joined and sorted.
_ROWS: Final = (
    "SELECT notification_id, originator_id::text, originator_version, topic, state, key,"
    " account IS NOT NULL AND key IS NULL"
    " FROM (SELECT * FROM ledger.events WHERE notification_id > %s"
    " ORDER BY notification_id LIMIT %s) AS page"
    " LEFT JOIN LATERAL (SELECT account, key FROM proofs.keys WHERE account = originator_id"
    " LIMIT 1) AS its ON true ORDER BY notification_id"
)
_ADD: Final = (
    "INSERT INTO proofs.keys (account, key) SELECT * FROM unnest(%s::uuid[], %s::bytea[])"
    " ON CONFLICT DO NOTHING"
)
_KEYS: Final = "SELECT account::text, key FROM proofs.keys WHERE account = ANY(%s::uuid[])"
_ERASED: Final = (
    "SELECT DISTINCT originator_id::text FROM ledger.events"
    " WHERE originator_id = ANY(%s::uuid[]) AND topic = %s"
)
_VERSIONS: Final = (
    "SELECT originator_id::text, count(*) FROM ledger.events"
    " WHERE originator_id = ANY(%s::uuid[]) GROUP BY originator_id"
)
_ACCOUNTS: Final = (
    "SELECT account::text, key, (SELECT count(*) FROM ledger.events WHERE originator_id = account)"
    " FROM proofs.keys WHERE key IS NOT NULL AND account > %s ORDER BY proofs.keys.account LIMIT %s"
)
_DESTROYED: Final = (
    "SELECT account, max(notification_id) FROM proofs.keys JOIN ledger.events"
    " ON originator_id = account AND topic = %s WHERE key IS NULL GROUP BY account"
)
_WAITING: Final = "SELECT count(*) FROM ledger.events WHERE notification_id > %s"
_RECEIPTS: Final = (
    f"SELECT number, key, its.account IS NOT NULL AND key IS NULL, {RECEIPT_COLUMNS}"  # noqa: S608
    " FROM (SELECT * FROM ledger.receipts WHERE number > %s ORDER BY number LIMIT %s) AS r"
    " LEFT JOIN LATERAL (SELECT account, key FROM proofs.keys k WHERE k.account = r.account"
    " LIMIT 1) AS its ON true ORDER BY number"
)
_RECEIPTS_WAITING: Final = "SELECT count(*) FROM ledger.receipts WHERE number > %s"
_PUBLISHED: Final = "SELECT origin, note FROM proofs.published"
_PUBLISH: Final = (
    "INSERT INTO proofs.published (origin, note) SELECT * FROM unnest(%s::text[], %s::bytea[])"
    " ON CONFLICT (origin) DO UPDATE SET note = EXCLUDED.note, at = now()"
)
_KEYED_SINCE: Final = "SELECT min(since) FROM proofs.keys"
_FIND: Final = (
    "SELECT notification_id FROM ledger.events WHERE originator_id = %s AND originator_version = %s"
)


class ProvenRows:
    """Reads the log under a role of its own.

    Every method raises `StoreUnavailable` when the database gives no answer.
    """

    def __init__(self, url: str, *, role: str | None = PROOFS_ROLE) -> None:
        """Prepare the pool; the first use connects."""
        self._datastore = LedgerDatastore(url, role=role, connections=CONNECTIONS)
        self._zstandard = Zstandard(MAX_PAYLOAD_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._datastore.close()

    def rows(self, after: int, limit: int) -> list[LoggedRow]:
        """Read at most `limit` rows that come after a position, in order."""
        with self._datastore.rows() as rows:
            return self._read(rows, after, limit)

    def keyed(self, after: int, limit: int) -> list[LoggedRow]:
        """Read rows likewise, after each of their accounts that had no key got one, for good."""
        with self._datastore.rows() as rows:
            found = self._read(rows, after, limit)
            new = sorted({row.account for row in found if row.key is None and not row.destroyed})
            if new:
                rows.execute(_ADD, (new, [token_bytes(KEY_BYTES) for _ in new]))
                rows.connection.commit()  # before anybody can see a leaf that it hides
                keys = dict(rows.execute(_KEYS, (new,)).fetchall())
                found = [
                    row._replace(key=keys[row.account]) if row.account in keys else row
                    for row in found
                ]
        return found

    def position_of(self, account: UUID, version: int) -> int | None:
        """Return the position of an account's event; None when there is none."""
        with self._datastore.rows() as rows:
            found = rows.execute(_FIND, (account, version)).fetchall()
        return found[0][0] if found else None

    def erased(self, accounts: Collection[str]) -> set[str]:
        """Return those of some accounts that were erased."""
        with self._datastore.rows() as rows:
            return {row[0] for row in rows.execute(_ERASED, (list(accounts), ERASED)).fetchall()}

    def destroyed(self) -> dict[UUID, int]:
        """Return the accounts whose keys, and payloads, were destroyed, each with its erasure."""
        with self._datastore.rows() as rows:
            return dict(rows.execute(_DESTROYED, (ERASED,)).fetchall())

    def versions(self, accounts: Collection[str]) -> dict[str, int]:
        """Return how many events some accounts have."""
        with self._datastore.rows() as rows:
            return dict(rows.execute(_VERSIONS, (list(accounts),)).fetchall())

    def accounts(self) -> Iterator[tuple[str, bytes, int]]:
        """Yield each account that has a key, the key, and how many events it has."""
        after = str(UUID(int=0))
        while True:
            with self._datastore.rows() as rows:
                page = rows.execute(_ACCOUNTS, (after, PAGE_ACCOUNTS)).fetchall()
            yield from page
            if len(page) < PAGE_ACCOUNTS:
                return
            after = page[-1][0]

    def waiting(self, position: int) -> int:
        """Count the events after a position."""
        with self._datastore.rows() as rows:
            return int(rows.execute(_WAITING, (position,)).fetchall()[0][0])

    def published(self) -> dict[str, bytes]:
        """Return the newest checkpoint that is kept here of each tree, by the name of its log."""
        with self._datastore.rows() as rows:
            return dict(rows.execute(_PUBLISHED).fetchall())

    def publish(self, notes: Mapping[str, bytes]) -> None:
        """Keep the newest checkpoints of trees, by the names of their logs."""
        with self._datastore.rows() as rows:
            rows.execute(_PUBLISH, (list(notes), list(notes.values())))

    def keyed_since(self) -> datetime | None:
        """Return when an account first got a key, as for a tree only; None when none has any."""
        with self._datastore.rows() as rows:
            at: datetime | None = rows.execute(_KEYED_SINCE).fetchall()[0][0]
        return at

    def _read(self, rows: Rows, after: int, limit: int) -> list[LoggedRow]:
        return [self._row(*row) for row in rows.execute(_ROWS, (after, limit)).fetchall()]

    def _row(self, *row: Any) -> LoggedRow:  # noqa: ANN401  columns
        position, account, version, name, state, key, destroyed = row
        try:
            payload = self._zstandard.decompress(state)
        except Undecodable:
            payload = state
        return LoggedRow(position, account, version, name, payload, key, destroyed)


class ProvenReceipts(ProvenRows):
    """Reads the receipts likewise, in the order in which they came: their numbers are positions.

    Those of before there were numbers are not among them.
    """

    def versions(self, accounts: Collection[str]) -> dict[str, int]:
        """Return nothing: receipts have no versions by which more could be told of a change."""
        del accounts
        return {}

    def accounts(self) -> Iterator[tuple[str, bytes, int]]:
        """Yield nothing likewise."""
        yield from ()

    def waiting(self, position: int) -> int:
        """Count the receipts after a number."""
        with self._datastore.rows() as rows:
            return int(rows.execute(_RECEIPTS_WAITING, (position,)).fetchall()[0][0])

    def _read(self, rows: Rows, after: int, limit: int) -> list[LoggedRow]:
        found = rows.execute(_RECEIPTS, (after, limit)).fetchall()
        return [
            _as_logged(number, ReceiptRow(*row), key, destroyed=destroyed)
            for number, key, destroyed, *row in found
        ]


RECEIPT: Final = "receipt"
"""What stands where an event has its stored name."""


def _as_logged(number: int, row: ReceiptRow, key: bytes | None, *, destroyed: bool) -> LoggedRow:
    """Return a receipt as a row of a log: all that it says is the payload, canonical JSON."""
    told = row._asdict() | {"digest": row.digest.hex()}
    return LoggedRow(number, str(row.account), 0, RECEIPT, dumped(told), key, destroyed)
