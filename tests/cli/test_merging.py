"""`rugzak person merge` and `unmerge`, as they are typed: two accounts that are one person's."""

from typing import Any
from uuid import UUID, uuid5

import pytest

from ledger.domain.commands import Request
from ledger.domain.events import AccountJoined, AccountMerged
from ledger.service.outcomes import Accepted, Outcome
from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.cli.conftest import Rugzak
from tests.service.doors import command, open_door
from tests.story import NORA, employment, reserve, said, use

OTHER = uuid5(NORA, "the number before")
VOV = "be-vlg/vov"
WHY = ("--because", "one person with two numbers, file 118", "--by", "an")
AGREES = "everything agrees with the log"


def tell(store: PostgresStore, id_: str, request: Request, account: UUID) -> Outcome:
    [outcome] = open_door(store).handle([command(id_, request, account)])
    return outcome


@pytest.fixture
def two(store: PostgresStore, database: str) -> None:
    """Let half a job be told of each of two accounts, and something be used in both."""
    half = employment("1/2")
    for number, account in enumerate((NORA, OTHER)):
        job = said(f"job-{number}", half, "2020-09-01")
        assert isinstance(tell(store, f"j{number}", job, account), Accepted)
        spent = use(f"u{number}", VOV, 600, "2021-09-15")
        assert isinstance(tell(store, f"u{number}", spent, account), Accepted)
    Runner(database, store).catch_up()


def hours(rugzak: Rugzak, account: UUID) -> dict[str, tuple[int, int]]:
    """Return what was granted and not taken back, and is used, of each lot, in minutes."""

    def of(lot: Any, name: str) -> int:
        return int(lot[name]["quantity"])

    lots = rugzak("balance", account, "--on", "2021-10-01", "--json").json["lots"]
    return {lot["id"]: (of(lot, "granted") - of(lot, "withdrawn"), of(lot, "used")) for lot in lots}


@pytest.mark.usefixtures("two")
class TestMerge:
    def test_a_preview_writes_nothing_and_a_merge_shows_the_same(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        before = [len(store.events_of(account)) for account in (NORA, OTHER)]
        preview = rugzak("person", "merge", OTHER, NORA, *WHY, "--preview", "--json").json
        assert preview["position"] is None
        assert [len(store.events_of(account)) for account in (NORA, OTHER)] == before
        done = rugzak("person", "merge", OTHER, NORA, *WHY, "--json").json
        assert done["changes"] == preview["changes"]
        assert (done["merged"], done["into"]) == (str(OTHER), str(NORA))
        assert done["position"] == store.head()
        told = rugzak("person", "merge", OTHER, NORA, *WHY)
        assert (told.code, f"{OTHER} is merged into {NORA}" in told.out) == (0, True)
        assert store.head() == done["position"]

    def test_it_has_what_is_due_by_the_facts_of_both_less_the_uses_of_both(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        assert rugzak("person", "merge", OTHER, NORA, *WHY).code == 0
        Runner(database, store).catch_up()
        granted, used = hours(rugzak, NORA)[f"{VOV}/2021-22"]
        assert (granted, used) == (125 * 60, 1200)
        for typed in (("balance", OTHER), ("explain", OTHER, VOV)):
            refused = rugzak(*typed)
            assert (refused.code, f"ask about {NORA}" in refused.err) == (1, True)
        assert f"was merged into {NORA}: one person" in rugzak("history", OTHER).out
        assert f"the account {OTHER} was merged into this one" in rugzak("history", NORA).out
        assert "one person with two numbers" in rugzak("explain", NORA, VOV).out
        assert AGREES in rugzak("audit", "replay").out
        exported = rugzak("person", "export", NORA, "--json").json
        assert [each["person"] for each in exported["merged"]] == [str(OTHER)]

    def test_what_is_told_under_the_other_name_since_is_decided_in_the_one_that_stands_for_both(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        rugzak("person", "merge", OTHER, NORA, *WHY)
        outcome = tell(store, "r1", reserve("r1", VOV, 600, "2021-09-20"), OTHER)
        assert isinstance(outcome, Accepted)
        assert outcome.decided_in == NORA
        last = store.events_of(NORA)[-1]
        assert (last.version, last.metadata.named) == (outcome.version, OTHER)
        assert isinstance(store.events_of(OTHER)[-1].event, AccountMerged)

    def test_unmerged_each_has_what_it_had_and_what_came_for_it_since(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        before = {account: hours(rugzak, account) for account in (NORA, OTHER)}
        rugzak("person", "merge", OTHER, NORA, *WHY)
        tell(store, "late", use("late", VOV, 300, "2021-09-20"), OTHER)
        parted = rugzak("person", "unmerge", OTHER, *WHY, "--json").json
        assert (parted["unmerged"], parted["into"]) == (str(OTHER), str(NORA))
        Runner(database, store).catch_up()
        assert hours(rugzak, NORA) == before[NORA]
        granted, used = before[OTHER][f"{VOV}/2021-22"]
        assert hours(rugzak, OTHER)[f"{VOV}/2021-22"] == (granted, used + 300)
        again = rugzak("person", "unmerge", OTHER, *WHY)
        assert (again.code, f"was unmerged from {NORA} before" in again.out) == (0, True)
        never = rugzak("person", "unmerge", NORA, *WHY)
        assert (never.code, "is not merged into any" in never.err) == (1, True)
        assert AGREES in rugzak("audit", "replay").out
        assert rugzak("person", "merge", OTHER, NORA, *WHY).code == 0
        assert AGREES in rugzak("audit", "replay").out

    def test_who_is_erased_is_erased_with_all_that_was_merged(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        rugzak("person", "merge", OTHER, NORA, *WHY)
        refused = rugzak("person", "erase", OTHER, *WHY)
        assert (refused.code, f"erase {NORA}" in refused.err) == (1, True)
        assert rugzak("person", "erase", NORA, *WHY).code == 0
        Runner(database, store).catch_up()
        for account in (NORA, OTHER):
            assert f"{account} was erased on" in rugzak("history", account).err
        assert rugzak("person", "unmerge", OTHER, *WHY).code == 1
        assert AGREES in rugzak("audit", "replay").out

    def test_what_can_not_be_merged_is_refused_with_what_would_be_right(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        unknown = uuid5(NORA, "nobody")
        for from_, into, why in (
            (NORA, NORA, "into itself"),
            (unknown, NORA, f"the ledger knows no account {unknown}"),
            (NORA, unknown, f"the ledger knows no account {unknown}"),
        ):
            refused = rugzak("person", "merge", from_, into, *WHY)
            assert (refused.code, why in refused.err) == (1, True), refused.err
        third = uuid5(NORA, "a third number")
        tell(store, "j3", said("job-3", employment("1/4"), "2020-09-01"), third)
        rugzak("person", "merge", OTHER, NORA, *WHY)
        for from_, into, why in (
            (OTHER, third, f"{OTHER} is merged into {NORA} already"),
            (third, OTHER, f"merge {third} into {NORA}"),
            (NORA, third, f"{OTHER} is merged into {NORA}; unmerge it"),
            (NORA, OTHER, f"{OTHER} is merged into {NORA} itself"),
        ):
            refused = rugzak("person", "merge", from_, into, *WHY)
            assert (refused.code, why in refused.err) == (1, True), refused.err
        assert rugzak("person", "merge", third, NORA, *WHY).code == 0
        joined = [each.event for each in store.events_of(NORA)]
        assert sum(isinstance(each, AccountJoined) for each in joined) == 2
        assert AGREES in rugzak("audit", "replay").out
