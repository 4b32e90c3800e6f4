"""The library's PostgreSQL recorder, made to write batches: arrays, and all else beside them.

A batch is sent as it is written, in a pipeline: the server is waited for where an answer is needed,
and not after each statement.

Under the table lock a batch's notification ids are the last ones that the sequence gave, so
they need not be returned row by row. Nothing is tried again here: a commit whose answer was
lost may have happened, and only who knows the receipts can tell.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from ledger.store.datastore import LedgerDatastore, Rows

EVENTS_TABLE = "events"
TRACKING_TABLE = "tracking"

Alongside: TypeAlias = Callable[[Rows, Sequence[int]], None]
"""Writes into the transaction of a batch, given the positions of its events."""


class LedgerRecorder(PostgresProcessRecorder):
    """Appends by one statement under the table lock, and notifies as the library does."""

    datastore: LedgerDatastore

    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        events_table_name: str = EVENTS_TABLE,
        tracking_table_name: str = TRACKING_TABLE,
    ) -> None:
        """Write the statements for the tables.

        Raises:
            ValueError: database functions are on, which break the global order.

        """
        if datastore.enable_db_functions:
            raise ValueError("database functions break the global order and drop tracking")
        super().__init__(
            datastore, events_table_name=events_table_name, tracking_table_name=tracking_table_name
        )
        table = Identifier(datastore.schema, events_table_name)
        # How long to wait for it is set once, when a connection is made.
        self.lock_table_statements = [SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(table)]
        # What is sorted is given its ids afterwards: they are in the order of the batch.
        self._insert = SQL(
            "WITH written AS (INSERT INTO {} (originator_id, originator_version, topic, state)"
            " SELECT id, version, topic, state"
            " FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[]) WITH ORDINALITY"
            " AS events (id, version, topic, state, number) ORDER BY number"
            " RETURNING notification_id)"
            " SELECT max(notification_id), pg_notify({}, '') FROM written"
        ).format(table, self.channel_name)

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401  the library's signature
    ) -> Sequence[int] | None:
        """Write events and what goes `alongside` in one transaction; return their positions.

        Args:
            stored_events: in the order that they get.
            **kwargs: `tracking`, the library's, as its process recorder takes it; `alongside`,
                an `Alongside`.

        Raises:
            eventsourcing.persistence.PersistenceError: nothing was written, or, for its
                `OperationalError` and `InterfaceError`, perhaps all of it.

        """
        tracking: Tracking | None = kwargs.get("tracking")
        alongside: Alongside | None = kwargs.get("alongside")
        with (
            self.datastore.get_connection() as conn,
            conn.pipeline(),
            conn.transaction(),
        ):
            self._lock_table(conn.cursor())
            if tracking is not None:
                self._insert_tracking(conn.cursor(), tracking=tracking)
            with conn.cursor(row_factory=tuple_row) as rows:
                positions = self._inserted(rows, stored_events) if stored_events else []
                if alongside is not None:
                    alongside(rows, positions)
        return positions

    def _inserted(self, rows: Rows, stored_events: Sequence[StoredEvent]) -> Sequence[int]:
        events = ((e.originator_id, e.originator_version, e.topic, e.state) for e in stored_events)
        columns = [list(column) for column in zip(*events, strict=True)]
        last = rows.execute(self._insert, columns).fetchone()
        assert last is not None  # noqa: S101  an aggregate has one row
        return list(range(last[0] - len(stored_events) + 1, last[0] + 1))
