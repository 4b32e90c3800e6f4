"""Our own code fails on one account: that one waits, everyone else is served."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from ledger.domain.commands import Command
from ledger.service import door as doors
from ledger.service.defects import MAX_DEFECTS_IN_A_ROW, LineStopped
from ledger.service.outcomes import Accepted
from ledger.service.ports import Append, Conflict, StoreUnavailable
from ledger.service.reach import DueAccount, reach_due
from ledger.store.codec import Undecodable
from tests.memory_store import MemoryStore
from tests.service.doors import command, open_door, standing
from tests.service.test_door import JOB

YEAR_LATER = "2022-09-05"


def employed(store: MemoryStore, accounts: Sequence[UUID]) -> None:
    open_door(store).handle([command(f"job {account}", JOB, account) for account in accounts])


def damage(store: MemoryStore, accounts: Sequence[UUID]) -> None:
    """Make state rows unreadable: decoding them raises, as a defect in our code would."""
    for account in accounts:
        store.rows[account] = replace(store.rows[account], state=b"x")


def due(store: MemoryStore) -> list[DueAccount]:
    return sorted(DueAccount(row.due_on, row.account) for row in store.rows.values() if row.due_on)


def round_of(store: MemoryStore) -> None:
    pages = iter([due(store)])
    today = date.fromisoformat(YEAR_LATER)
    door = open_door(store, standing(YEAR_LATER))
    assert list(reach_due(door, lambda *_: next(pages, []), today))


def test_the_clocks_round_passes_over_an_account_on_which_our_code_fails_and_says_so() -> None:
    store, accounts = MemoryStore(), [uuid4() for _ in range(9)]
    employed(store, accounts)
    damage(store, accounts[4:5])
    before = {account: row.version for account, row in store.rows.items()}
    with capture_logs() as logs:
        round_of(store)
    reached = {account for account, row in store.rows.items() if row.version > before[account]}
    assert reached == set(accounts) - {accounts[4]}
    [said] = [entry for entry in logs if entry["event"] == "account_defective"]
    assert (said["account"], said["log_level"]) == (str(accounts[4]), "error")
    assert said["defect"].startswith("Undecodable in compression.py, line ")


def test_the_clocks_round_stops_loudly_when_our_code_fails_for_everyone() -> None:
    store, accounts = MemoryStore(), [uuid4() for _ in range(2 * MAX_DEFECTS_IN_A_ROW)]
    employed(store, accounts)
    damage(store, accounts)
    with pytest.raises(LineStopped, match=r"Undecodable in compression\.py"):
        round_of(store)


def test_of_callers_at_once_only_the_one_on_whom_our_code_fails_hears_of_it() -> None:
    store, accounts = MemoryStore(), [uuid4() for _ in range(6)]
    employed(store, accounts[2:3])
    damage(store, accounts[2:3])
    commands = [command(f"c-{n}", JOB, account) for n, account in enumerate(accounts)]
    answers = open_door(store).handle_each(commands)
    assert [type(answer) for answer in answers] == [
        *[Accepted] * 2, Undecodable, *[Accepted] * 3,
    ]  # fmt: skip


def test_nor_does_anybody_else_where_it_is_looked_up_who_is_known() -> None:
    store, accounts = MemoryStore(), [uuid4() for _ in range(6)]
    employed(store, accounts)
    damage(store, accounts[2:3])
    commands = [command(f"c-{n}", JOB, account) for n, account in enumerate(accounts)]
    answers = open_door(store).handle_each(commands, of_known=True)
    assert [type(answer) for answer in answers] == [
        *[Accepted] * 2, Undecodable, *[Accepted] * 3,
    ]  # fmt: skip


class BusyStore(MemoryStore):
    """A store in which somebody else is always first."""

    def append(self, batch: Append) -> Sequence[int]:
        raise Conflict(len(batch.envelopes))


def test_when_others_are_always_first_the_same_batch_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doors, "CONFLICT_PAUSE_S", 0.0)
    batch: list[Command] = [command("c-1", JOB)]
    with pytest.raises(StoreUnavailable, match="other writers"):
        open_door(BusyStore()).handle(batch)
