"""Two accounts that are one holder's: what the door does with them, on any store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid5

import pytest

from ledger.audit.requests import history_of
from ledger.domain import events as e
from ledger.domain.account import Account
from ledger.domain.commands import (
    EndMandate,
    Freeze,
    GiveMandate,
    Merge,
    ReachDay,
    Request,
    Transfer,
    Unfreeze,
    Unmerge,
)
from ledger.domain.evolve import fold
from ledger.domain.facts import Circumstance, Death, Enterprise, FactId
from ledger.domain.mandates import MAX_OPEN_MANDATES, Helping
from ledger.domain.reasons import Reason, Rejection
from ledger.service.outcomes import Accepted, Duplicate, Outcome, Rejected
from ledger.service.ports import Delivery, Mark, ParkedRecord, StillHeld
from tests.domain.test_endings import trial as trial_of_endings
from tests.domain.test_shared import JOB, POT, asked, trial
from tests.service.doors import AnyStore, agrees, command, decoded, open_door, standing
from tests.service.test_shared import counted
from tests.store.batches import parked
from tests.story import (
    NORA,
    capture,
    day,
    employment,
    end,
    release,
    reserve,
    reverse,
    said,
    use,
)

OTHER = uuid5(NORA, "the number before")
VOV = "be-vlg/vov"
LOT = f"{VOV}/2021-22"
DAY = "2021-10-01"
WHY = "file 118: one person with two numbers"
MERGE, UNMERGE = Merge(into=NORA, because=WHY), Unmerge(because=WHY)
FULL = 125 * 60


class Told:
    """A door on a store, at which requests arrive in order."""

    def __init__(self, store: AnyStore, on: str = DAY) -> None:
        self.store = store
        self.on = on
        self.count = 0

    def ask(self, request: Request, account: UUID = NORA, on: str | None = None) -> Outcome:
        self.count += 1
        asked_ = command(f"c{self.count}", request, account)
        [outcome] = open_door(self.store, standing(on or self.on)).handle([asked_])
        return outcome

    def tell(self, request: Request, account: UUID = NORA, on: str | None = None) -> Accepted:
        outcome = self.ask(request, account, on)
        assert isinstance(outcome, Accepted), outcome
        return outcome

    def refused(self, request: Request, account: UUID = NORA) -> Rejection:
        outcome = self.ask(request, account)
        assert isinstance(outcome, Rejected), outcome
        return outcome.rejection

    def account(self, id_: UUID = NORA) -> Account:
        assert agrees(self.store, [NORA, OTHER])
        return decoded(self.store.load([id_], [])[0][id_].state)

    def lot(self, id_: UUID = NORA) -> tuple[int, int, int, int]:
        """Return what of a school year is net, reserved, used and short."""
        lot = self.account(id_).lots[LOT]
        return lot.net, lot.reserved, lot.used, lot.shortfall


@pytest.fixture
def told(any_store: AnyStore) -> Told:
    """Return a door at which half a job was told of each of two accounts."""
    door = Told(any_store)
    for number, account in enumerate((NORA, OTHER)):
        door.tell(said(f"job-{number}", employment("1/2"), "2020-09-01"), account)
    return door


def test_what_is_due_is_by_the_facts_of_both_and_the_uses_of_both_are_taken_of_it(
    told: Told,
) -> None:
    told.tell(use("u", VOV, 600, DAY))
    told.tell(use("u", VOV, 900, DAY), OTHER)
    told.tell(reserve("r", VOV, 300, DAY), OTHER)
    outcome = told.tell(MERGE, OTHER)
    assert told.lot() == (FULL, 300, 1500, 0)
    assert told.account().uses[f"u@{OTHER}"].quantity == 900
    assert told.account(OTHER).merged is not None
    assert outcome.position == told.store.events_of(OTHER)[-1].position
    assert {each.metadata.named for each in told.store.events_of(NORA)[-5:]} == {OTHER}


def test_what_both_used_of_a_right_that_is_due_once_is_short(told: Told) -> None:
    full = said("job", employment(), "2020-09-01")
    for account in (NORA, OTHER):
        told.tell(full, account)
        told.tell(use("u", VOV, 5000, DAY), account)
    told.tell(MERGE, OTHER)
    assert told.lot() == (10_000, 0, 10_000, 10_000 - FULL)
    told.tell(reverse("u", DAY, 2500), OTHER)
    assert told.lot() == (FULL, 0, FULL, 0)
    told.tell(UNMERGE, OTHER)
    assert (told.lot(), told.lot(OTHER)) == ((FULL, 0, 5000, 0), (FULL, 0, 2500, 0))


def test_what_names_the_one_is_decided_in_the_other_and_says_so(told: Told) -> None:
    told.tell(reserve("r", VOV, 600, DAY), OTHER)
    told.tell(MERGE, OTHER)
    for request in (
        capture("r", DAY, 400),
        said("job-1", None, version=2),
        reserve("r2", VOV, 60, DAY),
    ):
        outcome = told.tell(request, OTHER)
        assert outcome.decided_in == NORA
        assert told.store.events_of(NORA)[-1].position == outcome.position
    again = open_door(told.store).handle([command("c5", capture("r", DAY, 400), OTHER)])
    assert isinstance(again[0], Duplicate)
    refused = told.refused(reserve("r", VOV, 60, DAY), OTHER)
    assert refused.reason is Reason.IDENTIFIER_TAKEN
    last = told.store.events_of(NORA)[-1]
    assert isinstance(last.event, e.RequestRefused)
    assert last.metadata.named == OTHER
    assert len(told.store.events_of(OTHER)) == told.account(OTHER).version
    told.tell(ReachDay(anew=True), OTHER)
    assert isinstance(told.store.events_of(OTHER)[-1].event, e.AccountMerged)


def test_a_version_that_was_told_before_is_known_still_and_may_not_say_something_else(
    told: Told,
) -> None:
    told.tell(said("job-1", employment("4/5"), "2020-09-01", version=2), OTHER)
    told.tell(MERGE, OTHER)
    before = told.account().version
    told.tell(said("job-1", employment("1/2"), "2020-09-01"), OTHER)
    told.tell(said("job-1", employment("4/5"), "2020-09-01", version=2))
    assert told.account().version == before
    refused = told.refused(said("job-1", employment("1/4"), "2020-09-01"), OTHER)
    assert refused.reason is Reason.FACT_CONTRADICTS_ITSELF


def test_a_correction_of_either_account_corrects_the_one_fact_that_both_were_told(
    told: Told,
) -> None:
    job = said("job", employment("1/2"), "2020-09-01")
    told.tell(job)
    told.tell(said("job", employment("4/5"), "2020-09-01", version=2), OTHER)
    told.tell(MERGE, OTHER)
    known = told.account().facts[FactId(job.fact.id.source, "job")]
    assert (known.version, len(known.seen)) == (2, 2)
    told.tell(said("job", None, version=3))
    assert told.account().facts[job.fact.id].content is None
    told.tell(UNMERGE, OTHER)
    assert [told.account(each).facts[job.fact.id].version for each in (NORA, OTHER)] == [3, 2]


def test_unmerged_the_one_follows_what_was_done_to_what_it_took(told: Told) -> None:
    for name in ("captured", "released", "given up", "kept"):
        told.tell(reserve(name, VOV, 600, DAY), OTHER)
    told.tell(use("reversed", VOV, 600, DAY), OTHER)
    told.tell(MERGE, OTHER)
    later = "2022-10-05"
    told.tell(capture("captured", later, 500), OTHER, later)
    told.tell(release("released", later), OTHER, later)
    told.tell(reverse("reversed", later, 100), OTHER, later)
    told.tell(use("new", VOV, 700, later), OTHER, later)
    told.tell(said("job-1", employment("4/5"), "2020-09-01", version=2), OTHER, later)
    told.tell(UNMERGE, OTHER, later)
    own, other = told.account(), told.account(OTHER)
    assert (own.uses, own.reservations) == ({}, {})
    held = {id_: each.quantity for id_, each in (other.reservations | other.uses).items()}
    assert held == {
        "captured": 500, "released": 0, "given up": 600, "kept": 600, "reversed": 500, "new": 700,
    }  # fmt: skip
    assert f"{VOV}/2022-23" in other.lots
    assert other.lots[LOT].net == 6000
    assert other.facts[FactId("https://dimona.example.be", "job-1")].version == 2


def test_how_a_course_ended_is_known_on_both_sides(any_store: AnyStore) -> None:
    on = "2024-04-02"
    door = open_door(any_store, standing("2024-06-01"), trial_of_endings())

    def ask(id_: str, request: Request, account: UUID = OTHER) -> Outcome:
        return door.handle([command(id_, request, account)])[0]

    job = said("job", employment(), "2018-01-01")
    here = partial(reserve, scheme="test/lapsing", on=on, provider="trial-school")
    ask("j", job, NORA)
    ask("k", job, OTHER)
    for name in ("ended before", "ended after"):
        ask(name, here(name, quantity=60).at_once())
    ask("e1", end("ended before", "2024-06-01"))
    ask("m", MERGE)
    ask("e2", end("ended after", "2024-06-01"))
    again = ask("e3", end("ended before", "2024-06-01"))
    assert isinstance(again, Rejected)
    assert again.rejection.reason is Reason.ENDED_ALREADY
    assert isinstance(ask("u", UNMERGE), Accepted)
    uses = decoded(any_store.load([OTHER], [])[0][OTHER].state).uses
    assert {id_: use_.ended for id_, use_ in uses.items()} == {
        "ended before": "completed",
        "ended after": "completed",
    }


def test_a_freeze_of_either_stops_both_and_goes_with_the_one_that_it_was_of(told: Told) -> None:
    told.tell(Freeze(scheme=VOV, on=day(DAY), reason="an inquiry"), OTHER)
    told.tell(MERGE, OTHER)
    assert told.refused(use("u", VOV, 60, DAY)).reason is Reason.FROZEN
    told.tell(UNMERGE, OTHER)
    assert (told.account().frozen, told.account(OTHER).frozen) == ((), (VOV,))
    told.tell(MERGE, OTHER)
    told.tell(Freeze(scheme=VOV, on=day(DAY), reason="an inquiry of its own"))
    told.tell(UNMERGE, OTHER)
    assert (told.account().frozen, told.account(OTHER).frozen) == ((VOV,), (VOV,))
    told.tell(MERGE, OTHER)
    told.tell(Unfreeze(scheme=VOV, on=day(DAY), reason="over"), OTHER)
    told.tell(UNMERGE, OTHER)
    assert (told.account().frozen, told.account(OTHER).frozen) == ((), ())


def test_who_can_not_be_merged_is_refused_and_nothing_is_written(told: Told) -> None:
    third, business, dead = (uuid5(NORA, name) for name in ("third", "business", "dead"))
    size = Enterprise(size="small", place="be-vlg")
    told.tell(said("business", size, "2015-01-01"), business)
    told.tell(said("death", Death(on=day("2021-05-01"))), dead)
    told.tell(said("job", employment(), "2021-09-01"), third)
    told.tell(said("twice", employment(), "2021-09-01"), third)
    told.tell(said("twice", employment("1/2"), "2021-09-01"), OTHER)
    before = [len(told.store.events_of(each)) for each in (NORA, OTHER, third, business, dead)]
    for one, request, reason, why in (
        (NORA, MERGE, Reason.NOT_MERGEABLE, "into itself"),
        (uuid5(NORA, "nobody"), MERGE, Reason.NOT_MERGEABLE, "knows no account"),
        (business, MERGE, Reason.NOT_MERGEABLE, "an enterprise"),
        (dead, MERGE, Reason.NOT_MERGEABLE, "to have died"),
        (OTHER, replace(MERGE, into=third), Reason.FACT_CONTRADICTS_ITSELF, "twice of"),
        (OTHER, replace(MERGE, because=" "), Reason.UNEXPLAINED, "say why"),
        (OTHER, UNMERGE, Reason.NOT_MERGED, "is not merged"),
        (OTHER, replace(MERGE, into=e.OPERATIONS), Reason.NOT_MERGEABLE, "no account"),
    ):
        refused = told.refused(request, one)
        assert (refused.reason, why in refused.detail) == (reason, True), refused
    after = [len(told.store.events_of(each)) for each in (NORA, OTHER, third, business, dead)]
    assert after == before


def test_rights_that_were_transferred_on_request_are_merged_the_other_way_round_only(
    any_store: AnyStore,
) -> None:
    told, on = Told(any_store, "2020-03-01"), "2020-03-01"
    civil = said("job", employment(sector="public", place="fr"), "2016-01-01")
    told.tell(civil, OTHER)
    told.tell(said("home", Circumstance(name="citizen"), "2016-01-01"))
    moved = Transfer(
        transfer="t", scheme="fr/cpf-agents", to_scheme="fr/cpf", quantity=600, unit="minute",
        on=day(on),
    )  # fmt: skip
    told.tell(moved, OTHER)
    assert "merge the other one into it" in told.refused(MERGE, OTHER).detail
    told.tell(Merge(into=OTHER, because=WHY), NORA)


SISTER, UNCLE = uuid5(NORA, "her sister"), uuid5(NORA, "her uncle")


def entrust(mandate: str, helper: UUID = SISTER) -> GiveMandate:
    return GiveMandate(
        mandate=mandate, helper=helper, actions=("read", "reserve"), since=day(DAY), on=day(DAY)
    )


def helpers(account: Account) -> dict[str, UUID | None]:
    """Return who may act in an account, by mandate."""
    return {id_: each.helper for id_, each in account.mandates.items() if each.open(day(DAY))}


def reserves(told: Told, mandate: str, id_: str) -> Outcome:
    """Ask for the one, under a mandate as that one calls it."""
    asked_ = command(f"{id_} by {mandate}", reserve(id_, VOV, 60, DAY), OTHER)
    helping = Helping(mandate=mandate, action="reserve")
    return open_door(told.store).handle([replace(asked_, helping=helping)])[0]


def test_who_may_act_for_the_one_may_act_for_both_and_after_they_parted_for_the_one(
    told: Told,
) -> None:
    told.tell(entrust("m1"), OTHER)
    told.tell(entrust("over"), OTHER)
    told.tell(EndMandate(mandate="over", on=day(DAY), reason="she moves"), OTHER)
    told.tell(entrust("m1", UNCLE))
    before = told.account().mandates, told.account(OTHER).mandates
    for _ in range(2):
        told.tell(MERGE, OTHER)
        assert helpers(told.account(OTHER)) == {}
        assert helpers(told.account()) == {"m1": UNCLE, f"m1@{OTHER}": SISTER}
        told.tell(UNMERGE, OTHER)
        assert (told.account().mandates, told.account(OTHER).mandates) == before


def test_a_mandate_of_the_one_is_known_by_its_name_there(told: Told) -> None:
    told.tell(entrust("m1"), OTHER)
    told.tell(entrust("m1", UNCLE))
    told.tell(entrust("m2", UNCLE))
    told.tell(MERGE, OTHER)
    assert isinstance(reserves(told, "m1", "r1"), Accepted)
    told.tell(entrust("m1"), OTHER)  # it is so already
    told.tell(EndMandate(mandate="m1", on=day(DAY), reason="she moves"), OTHER)
    assert helpers(told.account()) == {"m1": UNCLE, "m2": UNCLE}
    for mandate in ("m1", "m2"):  # of the one none is left, and those of the other are not its own
        refused = reserves(told, mandate, "r2")
        assert isinstance(refused, Rejected)
        assert refused.rejection.reason is Reason.NOT_MANDATED
    told.tell(UNMERGE, OTHER)
    assert helpers(told.account(OTHER)) == {}


def test_a_mandate_that_was_given_meanwhile_under_the_name_of_the_one_goes_with_it(
    told: Told,
) -> None:
    told.tell(entrust("m1"), OTHER)
    told.tell(EndMandate(mandate="m1", on=day(DAY), reason="she moves"), OTHER)
    told.tell(MERGE, OTHER)
    assert told.refused(entrust("m1"), OTHER).reason is Reason.IDENTIFIER_TAKEN
    told.tell(entrust("m2"), OTHER)
    told.tell(entrust("m3", UNCLE))
    told.tell(UNMERGE, OTHER)
    assert helpers(told.account(OTHER)) == {"m2": SISTER}
    assert helpers(told.account()) == {"m3": UNCLE}


def test_two_accounts_with_more_mandates_than_one_can_have_are_not_merged(told: Told) -> None:
    for number in range(MAX_OPEN_MANDATES // 2 + 1):
        for account in (NORA, OTHER):
            told.tell(entrust(f"m{number}"), account)
    assert "end some first" in told.refused(MERGE, OTHER).detail
    for number in range(2):
        told.tell(EndMandate(mandate=f"m{number}", on=day(DAY), reason="too many"))
    told.tell(MERGE, OTHER)


def test_what_is_taken_of_a_shared_limit_is_taken_once_whoever_stands_for_it(
    any_store: AnyStore,
) -> None:
    on = "2020-02-01"
    door = open_door(any_store, standing(on), trial())

    def tell(id_: str, request: Request, account: UUID) -> None:
        [outcome] = door.handle([command(id_, request, account)])
        assert isinstance(outcome, Accepted), outcome

    for account in (NORA, OTHER):
        tell(f"job {account}", JOB, account)
        tell(f"take {account}", asked(f"a {account}", "50", on), account)
    before = counted(any_store)
    assert f"{POT}/2016-01-01" in before
    tell("m", MERGE, OTHER)
    assert {k: n for k, n in counted(any_store).items() if k.startswith(POT)} == {
        k: n for k, n in before.items() if k.startswith(POT)
    }
    tell("u", UNMERGE, OTHER)
    assert counted(any_store) == before


def test_two_merges_at_once_and_a_command_between_are_decided_one_after_the_other(
    told: Told,
) -> None:
    door = open_door(told.store)
    batch = [
        command("m", MERGE, OTHER),
        command("x", use("u", VOV, 600, DAY), OTHER),
        command("n", MERGE, OTHER),
        command("p", UNMERGE, OTHER),
        command("y", use("v", VOV, 60, DAY), OTHER),
    ]
    outcomes = door.handle(batch)
    assert [isinstance(each, Accepted) for each in outcomes] == [True, True, False, True, True]
    used = {id_: each.quantity for id_, each in told.account(OTHER).uses.items()}
    assert (used, told.account().uses) == ({"u": 600, "v": 60}, {})


def test_what_waits_for_the_one_waits_on_in_the_other_and_is_decided_there(told: Told) -> None:
    def park(index: int, rejection: Rejection) -> ParkedRecord:
        return parked(index, detail=rejection.detail)

    store, hour = told.store, timedelta(hours=1)
    waiting = command("w", capture("r", DAY), OTHER)
    door = open_door(store)
    door.handle([waiting], delivery=Delivery(park=park, patience=hour))
    told.tell(MERGE, OTHER)
    [held] = store.held(standing(DAY).now().recorded_at, 10)

    def mark(outcomes: Sequence[Outcome]) -> list[Mark]:
        [outcome] = outcomes
        assert isinstance(outcome, Rejected)
        assert outcome.waits is not None
        waits = outcome.waits
        return [StillHeld(parked=held, at_version=waits.version, account=waits.account)]

    door.handle([waiting], delivery=Delivery(patience=timedelta(), mark=mark))
    assert store.held(standing(DAY).now().recorded_at, 10) == []
    assert store.waiting([NORA]) == {(NORA, "reservation r")}
    told.tell(reserve("r", VOV, 60, DAY), OTHER)
    assert len(store.held(standing(DAY).now().recorded_at, 10)) == 1


def test_a_simulation_lives_what_was_asked_once_and_nothing_of_who_parted(told: Told) -> None:
    told.tell(use("u", VOV, 600, DAY), OTHER)
    before = history_of(told.store.events_of(NORA)).asked
    told.tell(MERGE, OTHER)
    assert history_of(told.store.events_of(OTHER)).asked == ()
    assert len(history_of(told.store.events_of(NORA)).asked) == len(before) + 2
    told.tell(UNMERGE, OTHER)
    assert history_of(told.store.events_of(NORA)).asked == before
    assert len(history_of(told.store.events_of(OTHER)).asked) == 2


def test_a_log_read_again_from_its_bytes_folds_to_the_same(told: Told) -> None:
    told.tell(use("u", VOV, 600, DAY), OTHER)
    told.tell(MERGE, OTHER)
    states = {id_: fold(told.store.events_of(id_)) for id_ in (NORA, OTHER)}
    assert states == {id_: told.account(id_) for id_ in (NORA, OTHER)}
