"""The store in memory, for tests that need no server; it passes the same contract suite."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from threading import Lock
from uuid import UUID

from ledger.domain.events import Envelope, Key
from ledger.service.ports import (
    AccountHistory,
    AccountRow,
    AlreadyHandled,
    Append,
    Conflict,
    Fenced,
    ParkedRecord,
    Receipt,
)


class MemoryStore:
    """Implements `ledger.service.ports.Store`."""

    def __init__(self) -> None:
        self.log: list[Envelope] = []
        self.rows: dict[UUID, AccountRow] = {}
        self.receipts: dict[str, Receipt] = {}
        self.shared: dict[Key, int] = {}
        self.offsets: dict[tuple[UUID, int], int] = {}
        self.set_aside: dict[tuple[UUID, int, int], ParkedRecord] = {}
        self.appends = 0
        self._lock = Lock()

    def load(
        self, accounts: Collection[UUID], commands: Collection[str]
    ) -> tuple[dict[UUID, AccountRow], dict[str, Receipt]]:
        with self._lock:
            return (
                {id_: self.rows[id_] for id_ in accounts if id_ in self.rows},
                {id_: self.receipts[id_] for id_ in commands if id_ in self.receipts},
            )

    def taken(self, keys: Collection[Key]) -> dict[Key, int]:
        with self._lock:
            return {key: self.shared[key] for key in keys if key in self.shared}

    def append(self, batch: Append) -> Sequence[int]:
        with self._lock:
            self._check(batch)
            first = len(self.log) + 1
            positions = range(first, first + len(batch.envelopes))
            self.log += [
                replace(envelope, position=position)
                for envelope, position in zip(batch.envelopes, positions, strict=True)
            ]
            self.rows |= {row.account: row for row in batch.accounts}
            for receipt in batch.receipts:
                index = batch.last_events.get(receipt.command)
                position = None if index is None else positions[index]
                outcome = replace(receipt.outcome, position=position)
                self.receipts[receipt.command] = replace(receipt, outcome=outcome)
            for draw in batch.draws:
                self.shared[draw.key] = self.shared.get(draw.key, 0) + draw.change
            for move in batch.delivery.moves:
                self.offsets[move.topic_id, move.partition] = move.position
            for record in batch.delivery.parked:
                self.set_aside[record.topic_id, record.partition, record.offset] = record
            self.appends += 1
            return positions

    def _check(self, batch: Append) -> None:
        taken = {(envelope.account, envelope.version) for envelope in self.log}
        if any((envelope.account, envelope.version) in taken for envelope in batch.envelopes):
            raise Conflict
        for row in batch.accounts:
            if row.account in self.rows and self.rows[row.account].version > row.version:
                raise Conflict
        for draw in batch.draws:
            if draw.expected not in (None, self.shared.get(draw.key, 0)):
                raise Conflict
        if any(receipt.command in self.receipts for receipt in batch.receipts):
            raise AlreadyHandled
        for move in batch.delivery.moves:
            if self.offsets.get((move.topic_id, move.partition)) != move.expected:
                raise Fenced

    def events_of(self, account: UUID, after_version: int = 0) -> list[Envelope]:
        return [e for e in self.log if e.account == account and e.version > after_version]

    def positions(self, topic_id: UUID) -> dict[int, int]:
        return {part: offset for (topic, part), offset in self.offsets.items() if topic == topic_id}

    def parked_records(self) -> list[ParkedRecord]:
        return list(self.set_aside.values())

    def drawn(self) -> tuple[int, dict[Key, int]]:
        with self._lock:
            return len(self.log), dict(self.shared)

    def recount(self, key: Key, taken: int, found: int) -> bool:
        with self._lock:
            if self.shared.get(key, 0) != found:
                return False
            self.shared[key] = taken
            return True

    def histories(self, after: UUID, limit: int) -> list[AccountHistory]:
        page: list[AccountHistory] = []
        accounts = {envelope.account for envelope in self.log} | self.rows.keys()
        for account in sorted(id_ for id_ in accounts if id_ > after):
            page.append(AccountHistory(account, self.rows.get(account), self.events_of(account)))
            if sum(len(history.envelopes) for history in page) >= limit:
                break
        return page

    def rewrite(self, row: AccountRow, found: AccountRow | None) -> bool:
        with self._lock:
            if self.rows.get(row.account) != found:
                return False
            self.rows[row.account] = row
            return True
