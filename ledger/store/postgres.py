"""The event store on PostgreSQL: one transaction per batch, set-based reads."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from eventsourcing import persistence
from psycopg.rows import tuple_row

from ledger.domain.events import NOBODYS, Envelope, Event, Key
from ledger.service.ports import (
    LAST_ACCOUNT,
    AccountHistory,
    AccountRow,
    AlreadyHandled,
    Append,
    Conflict,
    Gap,
    Parked,
    Receipt,
    Seen,
)
from ledger.service.reach import DueAccount
from ledger.store import parked as parking
from ledger.store import writes
from ledger.store.catalogue import READABLE
from ledger.store.datastore import POOL_CONNECTIONS, SERVICE_ROLE, LedgerDatastore, Rows, answers
from ledger.store.mapper import EnvelopeMapper
from ledger.store.parked import ParkedCounts, State
from ledger.store.recorder import EVENTS_TABLE, LedgerRecorder

CHANNEL = EVENTS_TABLE
"""What PostgreSQL notifies when events were appended."""

MAX_VERSION = 2**63 - 1

PAGE_EVENTS = 5_000
"""How many events one page of a walk through the log holds."""

_EVENTS = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM ledger.events"
)
_OF_ACCOUNT = " WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
_BETWEEN = (
    " WHERE originator_id = %s AND originator_version > %s AND originator_version <= %s"
    " ORDER BY originator_version"
)
_STRETCHES = (
    "SELECT a.number, e.originator_id, originator_version, topic, state, notification_id"
    " FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) WITH ORDINALITY"
    " AS a (account, after, until, number)"
    " JOIN ledger.events e ON originator_id = account"
    " AND originator_version > after AND originator_version <= until"
    " ORDER BY number, originator_version"
)
_FOLLOWING = (
    " WHERE originator_id > %s AND originator_id <= %s AND originator_id <> ALL(%s)"
    " ORDER BY originator_id, originator_version LIMIT %s"
)
_OF_SOME = " WHERE originator_id = ANY(%s) ORDER BY originator_id, originator_version"
_TOUCHED = (
    "SELECT DISTINCT originator_id FROM ledger.events WHERE notification_id > %s"
    " AND originator_id > %s AND originator_id <= %s AND originator_id <> ALL(%s)"
    " ORDER BY originator_id"
)
_STATES = "SELECT account, version, state, due_on FROM ledger.accounts"
_RECEIPTS = (
    "SELECT command, account, digest, recorded_at, position, version, events, reason, detail,"
    " decided_in FROM ledger.receipts WHERE command = ANY(%s)"
)
_RECEIPTS_OF = _RECEIPTS.replace("command = ANY(%s)", "account = %s ORDER BY recorded_at, command")
_BARE_RECEIPTS = (
    "SELECT count(*) FILTER (WHERE reason IS NULL AND events = 0),"
    " count(*) FILTER (WHERE reason IS NOT NULL) FROM ledger.receipts"
)
_HEAD = "SELECT COALESCE(max(notification_id), 0) FROM ledger.events"
_SHARED = "SELECT key, taken FROM ledger.shared"
_RECOUNT = """
INSERT INTO ledger.shared AS s (key, taken) SELECT %(key)s, %(taken)s
WHERE %(found)s = 0 OR EXISTS (SELECT FROM ledger.shared WHERE key = %(key)s)
ON CONFLICT (key) DO UPDATE SET taken = EXCLUDED.taken WHERE s.taken = %(found)s
"""
_LAST_PLACE = (
    "SELECT topic_id, position FROM ledger.kafka_positions WHERE topic = %s AND partition = %s"
    " ORDER BY updated_at DESC, topic_id LIMIT 1"
)
_BEGIN = (
    "INSERT INTO ledger.kafka_positions (topic_id, topic, partition, position)"
    " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING position"
)
_GAP = tuple(each.name for each in fields(Gap))
_GAPS = f"SELECT {', '.join(_GAP)} FROM ledger.kafka_gaps ORDER BY topic, partition"  # noqa: S608
_NOTE_GAP = """
INSERT INTO ledger.kafka_gaps (topic_id, partition, topic, kept, first, was_topic_id, noticed_at)
VALUES (%(topic_id)s, %(partition)s, %(topic)s, %(kept)s, %(first)s, %(was_topic_id)s,
    %(noticed_at)s)
ON CONFLICT (topic_id, partition) DO UPDATE
SET kept = EXCLUDED.kept, first = EXCLUDED.first, was_topic_id = EXCLUDED.was_topic_id
"""
_FORGET_GAP = "DELETE FROM ledger.kafka_gaps WHERE topic_id = %s AND partition = %s"

_NEWEST = " WHERE topic = ANY(%s) AND notification_id < %s ORDER BY notification_id DESC LIMIT %s"


class PostgresStore:
    """Implements `ledger.service.ports.Store`, and the reads of everyone else.

    Every method raises `StoreUnavailable` when the database gives no answer.
    """

    def __init__(
        self, url: str, *, role: str | None = SERVICE_ROLE, connections: int = POOL_CONNECTIONS
    ) -> None:
        """Prepare the pool; the first use connects.

        Args:
            url: any libpq connection string or URL.
            role: what each connection becomes, so that it can't change or delete an event.
            connections: most that are open at once.

        """
        self.datastore = LedgerDatastore(url, role=role, connections=connections)
        self.recorder = LedgerRecorder(self.datastore)
        self.mapper = EnvelopeMapper()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self.datastore.close()

    def load(
        self, accounts: Collection[UUID], commands: Collection[str]
    ) -> tuple[dict[UUID, AccountRow], dict[str, Receipt]]:
        """Read the state rows and receipts that exist, both in one round trip."""
        with self.datastore.rows() as rows, rows.connection.pipeline():
            rows.execute(_STATES + " WHERE account = ANY(%s)", (list(accounts),))
            with rows.connection.cursor(binary=True, row_factory=tuple_row) as more:
                more.execute(_RECEIPTS, (list(commands),))
                states = {row.account: row for row in map(_account, rows.fetchall())}
                receipts = {r.command: r for r in map(writes.receipt, more.fetchall())}
        return states, receipts

    def taken(self, keys: Collection[Key]) -> dict[Key, int]:
        """Read what all accounts take of shared limits; of a key that is not there, nothing."""
        return dict(self._all(_SHARED + " WHERE key = ANY(%s)", list(keys)))

    def append(self, batch: Append) -> Sequence[int]:
        """Write all of it or nothing; return the global position of each envelope.

        Raises:
            Conflict: an account's version moved since it was loaded, or what is taken of a key.
            AlreadyHandled: one of the commands has a receipt by now.
            Fenced: a Kafka position, or a parked record, is not as expected.
            StoreUnavailable: no answer; the batch is written whole or not at all.

        """
        stored = [self.mapper.to_stored_event(envelope) for envelope in batch.envelopes]

        def alongside(rows: Rows, positions: Sequence[int]) -> None:
            writes.receipts(rows, batch, positions)
            writes.draws(rows, batch.draws)
            writes.accounts(rows, batch.accounts)
            writes.moves(rows, batch.delivery.moves)
            parking.park(rows, batch.delivery.parked)
            parking.mark(rows, batch.delivery.marks)

        with answers():
            try:
                return self.recorder.insert_events(stored, alongside=alongside) or ()
            except persistence.IntegrityError as error:
                table = getattr(getattr(error.__cause__, "diag", None), "table_name", None) or ""
                if table == EVENTS_TABLE:
                    raise Conflict(str(error)) from error
                if table.startswith("receipts"):
                    raise AlreadyHandled(str(error)) from error
                raise

    def bare_receipts(self) -> tuple[int, int]:
        """Count the receipts of commands that changed nothing, and of those that were refused."""
        nothing, refused = self._all(_BARE_RECEIPTS)[0]
        return nothing, refused

    def head(self) -> int:
        """Return the position of the last event, 0 when there is none."""
        return int(self._all(_HEAD)[0][0])

    def events_after(self, position: int, limit: int) -> list[Envelope]:
        """Read at most `limit` envelopes, in the global order, that come after a position."""
        return [self.mapper.envelope(*row) for row in self._after(position, limit)]

    def events_of(
        self, account: UUID, after_version: int = 0, until_version: int = MAX_VERSION
    ) -> list[Envelope]:
        """Read an account's envelopes after a version, up to another."""
        rows = self._all(_EVENTS + _BETWEEN, account, after_version, until_version)
        return [self.mapper.envelope(*row) for row in rows]

    def stretches_of(self, asked: Sequence[tuple[UUID, int, int]]) -> list[list[Envelope]]:
        """Read the envelopes of some accounts, each after a version up to another, at once."""
        found: list[list[Envelope]] = [[] for _ in asked]
        columns = [list(column) for column in zip(*asked, strict=True)] or [[], [], []]
        for number, *row in self._all(_STRETCHES, *columns):
            found[number - 1].append(self.mapper.envelope(*row))
        return found

    def each_event(self, after: int = 0, until: int | None = None) -> Iterator[Envelope]:
        """Walk the log from after one position up to another, a page in memory at a time."""
        last = self.head() if until is None else until
        while page := self.events_after(after, PAGE_EVENTS):
            for envelope in page:
                after = envelope.position or 0
                if after > last:
                    return
                yield envelope

    def newest_of(self, kinds: Collection[type[Event]], before: int, limit: int) -> list[Envelope]:
        """Read events of some kinds that come before a position, newest first.

        It reads the log backwards for as long as it finds none: there is no index by kind.
        """
        names = [name for name, (kind, _) in READABLE.items() if kind.cls in kinds]
        rows = self._all(_EVENTS + _NEWEST, names, before, limit)
        return [self.mapper.envelope(*row) for row in rows]

    def due_accounts(
        self, until: date, limit: int, after: DueAccount | None = None
    ) -> list[DueAccount]:
        """Read accounts on which something is due by a day, earliest first; `after` pages."""
        return [
            DueAccount(*row)
            for row in self._all(
                "SELECT due_on, account FROM ledger.accounts WHERE due_on <= %s"
                " AND (due_on, account) > (%s, %s) ORDER BY due_on, account LIMIT %s",
                until,
                *(after or (date.min, UUID(int=0))),
                limit,
            )
        ]

    def every_account(
        self, until: date, limit: int, after: DueAccount | None = None
    ) -> list[DueAccount]:
        """Read people's accounts whatever is due on them, in order of account; `after` pages."""
        return [
            DueAccount(until, account)
            for (account,) in self._all(
                "SELECT account FROM ledger.accounts WHERE account > %s AND account <> ALL(%s)"
                " ORDER BY account LIMIT %s",
                after.account if after else UUID(int=0),
                list(NOBODYS),
                limit,
            )
        ]

    def histories(
        self,
        after: UUID,
        limit: int,
        until: UUID = LAST_ACCOUNT,
        without: Collection[UUID] = (),
    ) -> list[AccountHistory]:
        """Read whole accounts that come after one, in order, each with its row of that moment.

        Up to and with the account `until`, but `without` some. About `limit` events make a page:
        an account is never divided, nor told without its row.
        """
        left_out = list(without)
        with self._moment() as rows:
            events = rows.execute(_EVENTS + _FOLLOWING, (after, until, left_out, limit)).fetchall()
            last = until
            if len(events) == limit:
                last, version, *_ = events[-1]
                events += rows.execute(_EVENTS + _OF_ACCOUNT, (last, version)).fetchall()
            where = " WHERE account > %s AND account <= %s AND account <> ALL(%s)"
            states = rows.execute(_STATES + where, (after, last, left_out)).fetchall()
        return self._histories(events, states)

    def histories_of(self, accounts: Collection[UUID]) -> list[AccountHistory]:
        """Read some accounts whole, in order, each with its row of that moment."""
        asked = (list(accounts),)
        with self._moment() as rows:
            events = rows.execute(_EVENTS + _OF_SOME, asked).fetchall()
            states = rows.execute(_STATES + " WHERE account = ANY(%s)", asked).fetchall()
        return self._histories(events, states)

    def _histories(self, events: Sequence[Any], states: Sequence[Any]) -> list[AccountHistory]:
        found = {row.account: row for row in map(_account, states)}
        envelopes: dict[UUID, list[Envelope]] = {account: [] for account in found}
        for event in events:
            envelopes.setdefault(event[0], []).append(self.mapper.envelope(*event))
        return [AccountHistory(id_, found.get(id_), envelopes[id_]) for id_ in sorted(envelopes)]

    def touched(
        self,
        position: int,
        after: UUID,
        until: UUID = LAST_ACCOUNT,
        without: Collection[UUID] = (),
    ) -> list[UUID]:
        """Return the accounts, after one up to another, that have events after a position."""
        rows = self._all(_TOUCHED, position, after, until, list(without))
        return [account for (account,) in rows]

    def rewrite(self, row: AccountRow, found: AccountRow | None) -> bool:
        """Put a state row in the place of the one that was found; False when that has changed."""
        put = (row.account, row.version, row.state, row.due_on)
        with self.datastore.rows() as rows:
            if found is None:
                rows.execute(
                    "INSERT INTO ledger.accounts VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    put,
                )
            else:
                rows.execute(
                    "UPDATE ledger.accounts SET (account, version, state, due_on)"
                    " = (%s, %s, %s, %s) WHERE account = %s AND version = %s AND state = %s",
                    (*put, found.account, found.version, found.state),
                )
            return rows.rowcount == 1

    def drawn(self) -> tuple[int, dict[Key, int]]:
        """Read what is taken of every key, and the position of the last event that it counts."""
        with self._moment() as rows:
            head = rows.execute(_HEAD).fetchall()[0][0]
            return head, dict(rows.execute(_SHARED).fetchall())

    def recount(self, key: Key, taken: int, found: int) -> bool:
        """Correct what is taken of a key; False when it is not what was found any more."""
        with self.datastore.rows() as rows:
            rows.execute(_RECOUNT, {"key": key, "taken": taken, "found": found})
            return rows.rowcount == 1

    def fullest(self, prefix: Key, limit: int) -> list[tuple[Key, int]]:
        """Read of which keys that begin so most is taken."""
        where = " WHERE starts_with(key, %s) AND taken > 0 ORDER BY taken DESC, key LIMIT %s"
        return self._all(_SHARED + where, prefix, limit)

    def positions(self, topic_id: UUID) -> dict[int, int]:
        """Read the next offset of each partition of a topic that has one."""
        where = "SELECT partition, position FROM ledger.kafka_positions WHERE topic_id = %s"
        return dict(self._all(where, topic_id))

    def last_place(self, topic: str, partition: int) -> tuple[UUID, int] | None:
        """Read how far a partition of a topic of that name was read last, and the topic's id."""
        rows = self._all(_LAST_PLACE, topic, partition)
        return tuple(rows[0]) if rows else None

    def begin(self, topic_id: UUID, topic: str, partition: int, position: int) -> int:
        """Keep where a partition begins; return what is kept, if somebody was first."""
        self._all(_BEGIN, topic_id, topic, partition, position)
        return self.positions(topic_id)[partition]

    def note_gap(self, gap: Gap) -> None:
        """Keep, for everybody to see, why a partition is not read on."""
        with self.datastore.rows() as rows:
            rows.execute(_NOTE_GAP, asdict(gap))

    def forget_gap(self, topic_id: UUID, partition: int) -> None:
        """Note that a partition is read on."""
        with self.datastore.rows() as rows:
            rows.execute(_FORGET_GAP, (topic_id, partition))

    def gaps(self) -> list[Gap]:
        """Read what keeps partitions from being read on."""
        return [Gap(**dict(zip(_GAP, row, strict=True))) for row in self._all(_GAPS)]

    def parked(
        self,
        limit: int,
        after: int = 0,
        *,
        state: State = "parked",
        reason: str | None = None,
        topic: str | None = None,
        whole: bool = True,
    ) -> list[Parked]:
        """Read parked records in a state, in order of id; `after` pages.

        Whole ones make a page of `MAX_PAGE_BYTES` at most; others have no key, value and headers.
        """
        asked = {"after": after, "reason": reason, "topic": topic, "limit": limit}
        which = parking.PAGE.format(state=parking.OF_STATE[state])
        return self._parked(parking.page(which, whole=whole, limit="LIMIT %(limit)s"), asked)

    def parked_records(self, ids: Collection[int], *, whole: bool = True) -> list[Parked]:
        """Read parked records by their ids, whatever became of them, in order.

        Whole ones are those of the lowest ids, as many as `MAX_PAGE_BYTES` hold.
        """
        return self._parked(parking.page("id = ANY(%(ids)s)", whole=whole), {"ids": list(ids)})

    def parked_about(self, account: UUID) -> list[Parked]:
        """Read all parked records of an account, whatever became of them, in order of id."""
        return self._parked(parking.page(parking.ABOUT), {"account": account})

    def receipts_of(self, account: UUID) -> list[Receipt]:
        """Read an account's receipts, oldest first; nothing leads to them but reading all."""
        return [writes.receipt(row) for row in self._all(_RECEIPTS_OF, account)]

    def parked_counts(self) -> ParkedCounts:
        """Count parked records by state."""
        *counts, parked_since, held_since = self._all(parking.COUNT)[0]
        by_state = dict(zip(parking.OF_STATE, counts, strict=True))
        return ParkedCounts(by_state, parked_since, held_since)

    def seen(self) -> Seen | None:
        """Return where a look for held records that begins now stands; None: nothing is held."""
        position, parked, held = self._all(parking.SEEN)[0]
        return Seen(position, parked) if held else None

    def held(self, now: datetime, limit: int, since: Seen | None = None) -> list[Parked]:
        """Read held records in order, of accounts of which one is due.

        That is when its account moved on since it was tried, or it has waited long enough. Nothing
        was due at `since`, so only what came later can be; None looks at all.
        """
        which = parking.DUE.format(newly="" if since is None else parking.NEWLY)
        asked = {"now": now, "limit": limit} | (since._asdict() if since else {})
        return self._parked(parking.page(which, limit="LIMIT %(limit)s"), asked)

    def waiting(self, accounts: Collection[UUID]) -> set[tuple[UUID, str]]:
        """Read for which things held records of accounts wait."""
        return set(self._all(parking.WAITING, list(accounts)))

    def _parked(self, query: bytes, asked: Mapping[str, object]) -> list[Parked]:
        with self.datastore.rows() as rows:
            return [parking.parked(row) for row in rows.execute(query, asked).fetchall()]

    def _after(self, position: int, limit: int) -> list[Any]:
        where = " WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
        return self._all(_EVENTS + where, position, limit)

    def _all(self, query: str, *params: object) -> list[Any]:
        return self.datastore.all(query, params)

    @contextmanager
    def _moment(self) -> Iterator[Rows]:
        """Read all that is read as it was at one moment."""
        with self.datastore.rows() as rows, rows.connection.transaction():
            rows.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield rows


def _account(row: tuple[Any, ...]) -> AccountRow:
    account, version, state, due_on = row
    return AccountRow(account=account, version=version, state=state, due_on=due_on)
