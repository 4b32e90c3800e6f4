"""Doors on any store, and commands for them."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.commands import Command, Request
from ledger.domain.evolve import fold
from ledger.domain.rulebook import Rulebook
from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.service.ports import Store
from ledger.store.postgres import PostgresStore
from ledger.store.states import States
from tests.memory_store import MemoryStore
from tests.story import NORA, rulebook

AnyStore = MemoryStore | PostgresStore


def open_door(store: Store, clock: SetClock | None = None, rules: Rulebook | None = None) -> Door:
    """Return a door on a store, on a day in 2021 unless a clock says otherwise."""
    states = States()
    now = clock or standing()
    return Door(store, rules or rulebook(), now, encode=states.encode, decode=states.decode)


def decoded(state: bytes) -> Account:
    """Read a state row's account."""
    return States().decode(state)


def standing(day: str = "2021-10-01") -> SetClock:
    """Return a clock at noon of a day."""
    clock = SetClock()
    clock.set(date.fromisoformat(day))
    return clock


def command(id_: str, request: Request, account: UUID = NORA) -> Command:
    """Return a command whose digest is of its content."""
    digest = sha256(repr(request).encode()).digest()
    return Command(id=id_, account=account, actor="hr-app", request=request, digest=digest)


def agrees(store: AnyStore, accounts: Iterable[UUID] = (NORA,)) -> bool:
    """Tell whether each state row is what the log folds to, whose time never goes back (law 4)."""
    accounts = set(accounts)
    rows, _ = store.load(accounts, [])
    for account in accounts:
        envelopes = store.events_of(account)
        recorded = [envelope.metadata.recorded_at for envelope in envelopes]
        assert [envelope.version for envelope in envelopes] == list(range(1, len(envelopes) + 1))
        assert recorded == sorted(recorded)
        if account in rows:
            assert rows[account].version == len(envelopes)
            assert decoded(rows[account].state) == fold(envelopes)
        else:
            assert not envelopes
    return True
