"""kill -9 between the steps of a merge, and of its undoing: done again, it is done once."""

import signal
from pathlib import Path

import pytest

from ledger.domain.account import Account
from ledger.domain.events import AccountMerged, AccountUnmerged
from ledger.domain.evolve import fold
from ledger.store.postgres import PostgresStore
from ops.audit.replaying import Asked, replay
from ops.ledger_wiring import open_door
from projections.runner import Runner
from tests.service.doors import command
from tests.service.test_merging import MERGE, OTHER
from tests.story import NORA, employment, said, use
from tests.system import merging
from tests.system.children import begin, ended

DEATH_SECONDS = 60
AFTER = {
    "merging": 2,  # once for what would change, once for what does
    "writing the events": 1,
    "writing the receipts": 1,
    "the answer to the door": 1,
}
"""After so many calls of a step, the command dies."""


def typed(database: str, folder: Path, *words: object, dies: tuple[str, int] | None = None) -> int:
    """Type a command in a process of its own; return its exit code."""
    step, calls = dies or ("the commit", 1_000)
    where = {"RUGZAK_DATABASE_URL": database, "RUGZAK_DATA_DIR": str(folder)}
    process = begin(merging.merge, step, str(calls), *map(str, words), environment=where)
    return ended(process, DEATH_SECONDS)


def states(store: PostgresStore) -> list[Account]:
    return [fold(store.events_of(account)) for account in (NORA, OTHER)]


@pytest.mark.parametrize("step", AFTER)
def test_a_merge_that_was_killed_is_done_once_when_it_is_done_again(
    database: str, store: PostgresStore, tmp_path: Path, step: str
) -> None:
    door = open_door(store)  # publishes the regulations, which is no part of a merge
    for account in (NORA, OTHER):
        job = said(f"job of {account}", employment("1/2"), "2020-09-01")
        spent = use("u", "be-vlg/vov", 600, "2021-09-15")
        door.handle(
            [command(f"j {account}", job, account), command(f"u {account}", spent, account)]
        )
    before = states(store)
    why = ("--because", MERGE.because, "--by", "an")
    merge = ("person", "merge", OTHER, NORA, *why)
    assert typed(database, tmp_path, *merge, dies=(step, AFTER[step])) == -signal.SIGKILL
    assert (states(store) != before) == (step == "the answer to the door")
    assert typed(database, tmp_path, *merge) == 0
    assert len([e for e in store.events_of(OTHER) if isinstance(e.event, AccountMerged)]) == 1
    assert states(store)[0].lots["be-vlg/vov/2021-22"].used == 1200
    unmerge = ("person", "unmerge", OTHER, *why)
    dies = (step.replace("merging", "unmerging"), AFTER[step])
    assert typed(database, tmp_path, *unmerge, dies=dies) == -signal.SIGKILL
    assert typed(database, tmp_path, *unmerge) == 0
    assert len([e for e in store.events_of(OTHER) if isinstance(e.event, AccountUnmerged)]) == 1
    after = states(store)
    assert [each.uses for each in after] == [each.uses for each in before]
    Runner(database, store).catch_up()
    found = replay(database, store, tmp_path / "replay", lambda _: None, Asked())
    assert found.problems == []
