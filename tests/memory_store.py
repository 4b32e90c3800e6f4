"""The store in memory, for tests that need no server; it passes the same contract suite."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import assert_never
from uuid import UUID

from ledger.domain.events import Envelope, Key
from ledger.service.ports import (
    LAST_ACCOUNT,
    AccountHistory,
    AccountRow,
    AlreadyHandled,
    Append,
    Conflict,
    Dropped,
    Erased,
    Fenced,
    Handled,
    Mark,
    Parked,
    ParkedRecord,
    Receipt,
    Seen,
    StillHeld,
    StillParked,
)


class MemoryStore:
    """Implements `ledger.service.ports.Store`."""

    def __init__(self) -> None:
        self.log: list[Envelope] = []
        self.rows: dict[UUID, AccountRow] = {}
        self.receipts: dict[str, Receipt] = {}
        self.shared: dict[Key, int] = {}
        self.offsets: dict[tuple[UUID, int], int] = {}
        self.set_aside: dict[tuple[UUID, int, int], Parked] = {}
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
                place = record.topic_id, record.partition, record.offset
                found = self.set_aside.get(place)
                if found is None:
                    self.set_aside[place] = Parked(len(self.set_aside) + 1, record, 1, None, None)
                elif found.dropped_at is None:
                    again = found._replace(record=record, tries=found.tries + 1, replayed_at=None)
                    self.set_aside[place] = again
            for mark in batch.delivery.marks:
                self._mark(mark)
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
        rows = {each.id: each for each in self.set_aside.values()}
        for mark in batch.delivery.marks:
            if isinstance(mark, Erased):
                continue
            found = rows[mark.parked.id]
            if found.tries != mark.parked.tries or found.replayed_at or found.dropped_at:
                raise Fenced

    def _erase(self, mark: Erased) -> None:
        account, at = mark.account, mark.at
        for place, each in self.set_aside.items():
            named = account == each.record.account or each.record.key == str(account).encode()
            if named or each.id in mark.parked:
                self.set_aside[place] = each._replace(
                    record=replace(_forgotten(each.record), held=None),
                    tries=each.tries + 1,
                    dropped_at=None if each.replayed_at else each.dropped_at or at,
                )

    def _mark(self, mark: Mark) -> None:
        if isinstance(mark, Erased):
            self._erase(mark)
            return
        record = mark.parked.record
        after = mark.parked._replace(tries=mark.parked.tries + 1)
        match mark:
            case Handled(at=at, forget=forget):
                record = replace(_forgotten(record) if forget else record, held=None)
                after = after._replace(replayed_at=at)
            case StillHeld(at_version=version, account=account):
                assert record.held is not None
                held = replace(record.held, at_version=version)
                record = replace(record, held=held, account=account)
            case StillParked(reason=reason, detail=detail):
                record = replace(record, held=None, reason=reason, detail=detail)
            case Dropped(at=at):
                record = replace(_forgotten(record), held=None)
                after = after._replace(dropped_at=at)
            case _:
                assert_never(mark)
        place = record.topic_id, record.partition, record.offset
        self.set_aside[place] = after._replace(record=record)

    def events_of(self, account: UUID, after_version: int = 0) -> list[Envelope]:
        return [e for e in self.log if e.account == account and e.version > after_version]

    def positions(self, topic_id: UUID) -> dict[int, int]:
        return {part: offset for (topic, part), offset in self.offsets.items() if topic == topic_id}

    def parked(self, limit: int) -> list[Parked]:
        waiting = [
            each
            for each in self.set_aside.values()
            if not (each.replayed_at or each.dropped_at or each.record.held)
        ]
        return waiting[:limit]

    def parked_records(self, ids: Collection[int]) -> list[Parked]:
        return [each for each in self.set_aside.values() if each.id in ids]

    def seen(self) -> Seen | None:
        with self._lock:
            if not any(each.record.held for each in self.set_aside.values()):
                return None
            return Seen(len(self.log), len(self.set_aside))

    def held(self, now: datetime, limit: int, since: Seen | None = None) -> list[Parked]:
        with self._lock:
            held = [(each, each.record.held) for each in self.set_aside.values()]
            versions = {account: row.version for account, row in self.rows.items()}
            new = None
            if since is not None:
                new = {each.account for each in self.log[since.position :]} | {
                    each.record.account for each, how in held if how and each.id > since.parked
                }
            due = {
                each.record.account
                for each, how in held
                if each.record.account and how
                if how.until <= now
                or (
                    versions.get(each.record.account, 0) > how.at_version
                    and (new is None or each.record.account in new)
                )
            }
            return [each for each, how in held if how and each.record.account in due][:limit]

    def waiting(self, accounts: Collection[UUID]) -> set[tuple[UUID, str]]:
        with self._lock:
            return {
                (each.record.account, each.record.held.thing)
                for each in self.set_aside.values()
                if each.record.held and each.record.account and each.record.account in accounts
            }

    def drawn(self) -> tuple[int, dict[Key, int]]:
        with self._lock:
            return len(self.log), dict(self.shared)

    def recount(self, key: Key, taken: int, found: int) -> bool:
        with self._lock:
            if self.shared.get(key, 0) != found:
                return False
            self.shared[key] = taken
            return True

    def histories(
        self,
        after: UUID,
        limit: int,
        until: UUID = LAST_ACCOUNT,
        without: Collection[UUID] = (),
    ) -> list[AccountHistory]:
        page: list[AccountHistory] = []
        accounts = ({envelope.account for envelope in self.log} | self.rows.keys()) - {*without}
        for account in sorted(id_ for id_ in accounts if after < id_ <= until):
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


def _forgotten(record: ParkedRecord) -> ParkedRecord:
    return replace(record, key=None, value=None, headers=())
