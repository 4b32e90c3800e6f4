"""`bench store`: the batch append, against raw COPY and a plain application of the library's.

Ours: batches as the door writes them, of 1,000 accounts that each get a status and what it gives
(two events): events, state rows and receipts in one transaction. `append` is the recorder's, of
events encoded beforehand; `encode_and_append` is the store's, from events in memory.

Copy: the same rows of all three tables, by binary COPY into tables of the same layout with the
same indexes, in one transaction. `copy_of_events_alone` leaves the other two tables out.

Plain (`ops.bench.plain`): one new aggregate with two events for each call of `save`, which
encodes them; `vs_plain_encoding_included` holds the store's append against it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from statistics import median
from time import perf_counter
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent

from ledger.domain.account import Account
from ledger.domain.calendar import Term
from ledger.domain.commands import Command, RecordFact
from ledger.domain.events import Envelope, Key
from ledger.domain.facts import Employment, Fact, FactId, Spell
from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.service.ports import AccountRow, Append, Receipt
from ledger.store import writes
from ledger.store.catalogue import CODEC
from ledger.store.codec import parsed
from ledger.store.datastore import Rows
from ledger.store.mapper import payload
from ops.bench.lab import Lab, Measured, in_turns, ratio
from ops.bench.plain import Careers, Person, environment
from ops.ledger_wiring import open_store, rulebook

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
_Table: TypeAlias = tuple[str, Sequence[str], Sequence[tuple[Any, ...]]]
"""Name and columns, types, rows."""

ACCOUNTS = 1_000
PLAIN_SAVES = 200
ROUNDS = 9
GOALS = {"vs_copy": 0.4, "vs_plain": 40.0}

SOURCE = "https://dimona.example.be"
SCHOOL_YEAR = date(2020, 9, 1)
TODAY = date(2020, 10, 6)


class _Kept:
    """A store without accounts, that keeps what the door would have written."""

    def __init__(self) -> None:
        self.batch = Append(envelopes=(), accounts=(), receipts=())

    def load(
        self, accounts: Collection[UUID], commands: Collection[str]
    ) -> tuple[dict[UUID, AccountRow], dict[str, Receipt]]:
        del accounts, commands
        return {}, {}

    def taken(self, keys: Collection[Key]) -> dict[Key, int]:
        del keys
        return {}

    def waiting(self, accounts: Collection[UUID]) -> set[tuple[UUID, str]]:
        del accounts
        return set()

    def append(self, batch: Append) -> Sequence[int]:
        self.batch = batch
        return range(len(batch.envelopes))


def measure(lab: Lab, size: float) -> Measured:
    """Write batches in three ways, in turns; and the log alone in a fourth."""
    accounts, saves = max(int(ACCOUNTS * size), 5), max(int(PLAIN_SAVES * size), 5)
    kept = _Kept()
    door = Door(kept, rulebook(), _clock(), encode=CODEC.encode, decode=lambda _: Account())
    url, copy_url = lab.database(), lab.database()
    encode_seconds: list[float] = []
    with (
        open_store(url) as store,
        psycopg.connect(copy_url) as copying,
        Careers(environment(lab.database("template1"))) as plain,
    ):

        def made() -> tuple[Append, list[StoredEvent]]:
            door.handle([_begins_work(uuid4()) for _ in range(accounts)])
            began = perf_counter()
            stored = [store.mapper.to_stored_event(e) for e in kept.batch.envelopes]
            encode_seconds.append(perf_counter() - began)
            return kept.batch, stored

        def ours() -> float:
            batch, stored = made()

            def alongside(rows: Rows, positions: Sequence[int]) -> None:
                writes.accounts(rows, batch.accounts)
                writes.receipts(rows, batch, positions)

            began = perf_counter()
            store.recorder.insert_events(stored, alongside=alongside)
            return len(stored) / (perf_counter() - began)

        def whole() -> float:
            batch, stored = made()
            began = perf_counter()
            store.append(batch)
            return len(stored) / (perf_counter() - began)

        def copied() -> float:
            batch, stored = made()
            tables = [_event_rows(stored), _account_rows(batch), _receipt_rows(batch)]
            return len(stored) / _copy(copying, tables)

        def log_copied() -> float:
            _, stored = made()
            return len(stored) / _copy(copying, [_event_rows(stored)])

        def saved() -> float:
            batch, _ = made()
            people = [
                _person(*pair)
                for pair in zip(
                    batch.envelopes[: 2 * saves : 2], batch.envelopes[1::2], strict=False
                )
            ]
            began = perf_counter()
            for person in people:
                plain.save(person)
            return 2 * len(people) / (perf_counter() - began)

        found = in_turns(ROUNDS, ours, copied, whole, saved, log_copied)
    appended, copy_rates, whole_rates, plain_rates, log_rates = found
    return Measured(
        figures={
            "accounts_per_batch": accounts,
            "append_events_per_s": median(appended),
            "encode_and_append_events_per_s": median(whole_rates),
            "copy_events_per_s": median(copy_rates),
            "copy_of_events_alone_per_s": median(log_rates),
            "plain_events_per_s": median(plain_rates),
        },
        ratios={
            "vs_copy": ratio(appended, copy_rates),
            "vs_copy_of_events_alone": ratio(appended, log_rates),
            "vs_plain": ratio(appended, plain_rates),
            "vs_plain_encoding_included": ratio(whole_rates, plain_rates),
        },
        profile={
            "encode_us_per_event": median(encode_seconds) / (2 * accounts) * 1e6,
            "append_us_per_event": 1e6 / median(appended),
        },
    )


def _clock() -> SetClock:
    clock = SetClock()
    clock.set(TODAY)
    return clock


def _begins_work(account: UUID) -> Command:
    """Return a command that gives two events: a status, and the year's training leave."""
    work = Employment(
        employer=f"0{account.int % 10**9:09}",
        sector="private",
        place="be-vlg",
        share=Fraction(account.int % 3 + 3, 5),
        weekly=1_824,
    )
    said = Spell(term=Term(SCHOOL_YEAR), status=work, evidence="declared")
    fact = Fact(id=FactId(SOURCE, f"{account.hex[:12]}-1"), version=1, about="status", content=said)
    return Command(
        id=f"{SOURCE} {account.hex[12:]}",
        account=account,
        actor=SOURCE,
        request=RecordFact(fact=fact),
        digest=account.bytes * 2,
    )


def _person(first: Envelope, second: Envelope) -> Person:
    """Return a plain aggregate with two events of the same content."""
    person = Person(str(first.account), {"id": "1", "version": 1, **parsed(payload(first))})
    person.record({"id": "2", "version": 1, **parsed(payload(second))})
    return person


def _copy(conn: Connection, tables: Sequence[_Table]) -> float:
    """Write rows by binary COPY in one transaction; return the seconds."""
    began = perf_counter()
    with conn.transaction(), conn.cursor() as curs:
        for name, types, rows in tables:
            with curs.copy(f"COPY ledger.{name} FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
    return perf_counter() - began


def _event_rows(stored: Sequence[StoredEvent]) -> _Table:
    name = "events (originator_id, originator_version, topic, state)"
    types = ("uuid", "int8", "text", "bytea")
    return name, types, [(e.originator_id, e.originator_version, e.topic, e.state) for e in stored]


def _account_rows(batch: Append) -> _Table:
    rows = [(a.account, a.version, a.state, a.due_on) for a in batch.accounts]
    return "accounts", ("uuid", "int8", "bytea", "date"), rows


def _receipt_rows(batch: Append) -> _Table:
    types = ("text", "date", "uuid", "bytea", "timestamptz", "int8", "int8", "int4", "text", "text")
    rows = [
        (r.command, r.recorded_at.date().replace(day=1), r.account, r.digest, r.recorded_at,
         batch.last_events[r.command], 2, 2, None, None)
        for r in batch.receipts
    ]  # fmt: skip
    columns = (
        "command, month, account, digest, recorded_at, position, version, events, reason, detail"
    )
    return f"receipts ({columns})", types, rows
