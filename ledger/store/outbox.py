"""What is to go out to Kafka, in order, and how far each stream of it went."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from ledger.service.ports import Fenced, ParkedRecord, Receipt
from ledger.store import parked, writes
from ledger.store.datastore import SERVICE_ROLE
from ledger.store.postgres import PostgresStore

CONNECTIONS: Final = 2
"""Most that are open at once: who relays asks one question at a time."""

_CHANGED = """
WITH page AS (
    SELECT notification_id, originator_id, originator_version FROM ledger.events
    WHERE notification_id > %s ORDER BY notification_id LIMIT %s
)
SELECT p.notification_id, p.originator_id, a.state
FROM page p LEFT JOIN ledger.accounts a
    ON a.account = p.originator_id AND a.version = p.originator_version
ORDER BY p.notification_id
"""
_RECEIPTS = (
    "SELECT number, command, account, digest, recorded_at, position, version, events, reason,"
    " detail, decided_in FROM ledger.receipts WHERE number > %s ORDER BY number LIMIT %s"
)
_LAST_RECEIPT = "SELECT COALESCE(max(number), 0) FROM ledger.receipts"

_UNANNOUNCED = (
    "FROM ledger.parked p WHERE announced_at IS NULL AND held_until IS NULL"
    " AND replayed_at IS NULL AND dropped_at IS NULL"
)
_TO_ANNOUNCE = f"""
SELECT id, tries, EXISTS (
        SELECT FROM ledger.receipts r
        WHERE r.command = p.source || ' ' || p.message AND r.reason = p.reason
    ), {parked.RECORD}
{_UNANNOUNCED} ORDER BY id LIMIT %s
"""  # noqa: S608  our own words
_COUNT_UNANNOUNCED = f"SELECT count(*), min(parked_at) {_UNANNOUNCED}"

_BEGIN = """
INSERT INTO ledger.relay_positions (name, position, topic_id) VALUES (%s, 0, %s)
ON CONFLICT (name) DO NOTHING
"""
_GO_ON = "SELECT position, topic_id FROM ledger.relay_positions WHERE name = %s"
_ANEW = """
UPDATE ledger.relay_positions SET position = %s, topic_id = %s, updated_at = now()
WHERE name = %s AND position = %s AND topic_id = %s
"""
_ALL = "SELECT name, position FROM ledger.relay_positions"


class Changed(NamedTuple):
    """That an account has an event at a position.

    Attributes:
        state: the account's, as its row has it, when this is its last event; None before that.

    """

    position: int
    account: UUID
    state: bytes | None


class Announcement(NamedTuple):
    """A parked record that was not announced yet.

    Attributes:
        tries: how often it was tried.
        answered: whether a receipt tells the same to its publisher.

    """

    id: int
    tries: int
    answered: bool
    record: ParkedRecord


class Outbox(PostgresStore):
    """The store, for those who tell others what is in it."""

    def __init__(self, url: str, *, role: str | None = SERVICE_ROLE) -> None:
        """Prepare a pool of its own; the first use connects."""
        super().__init__(url, role=role, connections=CONNECTIONS)

    def changed_after(self, position: int, limit: int) -> list[Changed]:
        """Read at most `limit` events after a position: only whose they are, and what came of it.

        All is read at one moment: an account that has moved on since is told of there.
        """
        return [Changed(*row) for row in self._all(_CHANGED, position, limit)]

    def receipts_after(self, number: int, limit: int) -> list[tuple[int, Receipt]]:
        """Read receipts in the order of their commits, each with its number."""
        return [
            (number, writes.receipt(tuple(row)))
            for number, *row in self._all(_RECEIPTS, number, limit)
        ]

    def last_receipt(self) -> int:
        """Return the number of the last receipt, 0 when none has any."""
        return int(self._all(_LAST_RECEIPT)[0][0])

    def unannounced(self, limit: int) -> list[Announcement]:
        """Read parked records that wait to be announced; none that is only held for a while."""
        return [
            Announcement(id_, tries, answered, parked.record(row))
            for id_, tries, answered, *row in self._all(_TO_ANNOUNCE, limit)
        ]

    def count_unannounced(self) -> tuple[int, datetime | None]:
        """Count the parked records to be announced, and say when the oldest was parked."""
        count, oldest = self._all(_COUNT_UNANNOUNCED)[0]
        return count, oldest

    def mark_announced(self, ids: list[int]) -> None:
        """Note that parked records were announced."""
        with self.datastore.rows() as rows:
            rows.execute(
                "UPDATE ledger.parked SET announced_at = now()"
                " WHERE id = ANY(%s) AND announced_at IS NULL",
                (ids,),
            )

    def relayed(self) -> dict[str, int]:
        """Read how far each stream went; of one that never began, nothing."""
        return dict(self._all(_ALL))

    def relay_from(self, name: str, topic_id: UUID, *, whole: bool) -> int:
        """Return how far a stream went on a topic; begin it when it is new.

        With `whole`, a topic that was made again is filled again from the beginning.

        Raises:
            Fenced: somebody else moves it.

        """
        with self.datastore.rows() as rows:
            rows.execute(_BEGIN, (name, topic_id))
        position, known = self._all(_GO_ON, name)[0]
        if known == topic_id:
            return int(position)
        again = 0 if whole else int(position)
        self._move(name, (position, known), (again, topic_id))
        return again

    def relay_moved(self, name: str, topic_id: UUID, expected: int, position: int) -> None:
        """Note how far a stream went now, by compare-and-set.

        Raises:
            Fenced: somebody else moved it.

        """
        self._move(name, (expected, topic_id), (position, topic_id))

    def _move(self, name: str, expected: tuple[int, UUID], put: tuple[int, UUID]) -> None:
        with self.datastore.rows() as rows:
            rows.execute(_ANEW, (*put, name, *expected))
            if rows.rowcount != 1:
                raise Fenced(f"the stream {name} is not at {expected[0]}")
