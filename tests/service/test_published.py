"""Regulations are published in the log: once, whole, and a door decides by nothing else."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from ledger.domain.commands import PublishRegulation, ReachDay, RecordFact
from ledger.domain.events import REGULATIONS, RegulationPublished
from ledger.domain.evolve import fold
from ledger.domain.reasons import Reason
from ledger.domain.settle import next_due
from ledger.service import digests, published, rulebook
from ledger.service.door import Door
from ledger.service.outcomes import Accepted, Duplicate, Rejected
from ledger.service.published import Unpublished, admit, contents, publication, publications
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import contents as shipped
from tests.service.doors import AnyStore, agrees, command, open_door
from tests.service.test_anew import door_on, with_hours
from tests.story import NORA, day, employment, said

VOV = "be-vlg/vov"

TWINS = '[["scheme", "xx/75836"]]', '[["scheme", "xx/128723"]]'
"""Two contents with the same digest, 0af3d384; such a pair is found in a second."""


def admitted(store: PostgresStore, rules: Path) -> Door:
    """Open a door that decides by other regulations than the shipped ones."""
    door = door_on(store, "2022-09-01", rules)
    admit(door, lambda: contents(rules))
    return door


def in_log(store: AnyStore) -> list[RegulationPublished]:
    events = [each.event for each in store.events_of(REGULATIONS)]
    return [event for event in events if isinstance(event, RegulationPublished)]


def test_the_first_door_publishes_its_regulations_and_says_so_and_the_next_one_nothing(
    any_store: AnyStore,
) -> None:
    door = open_door(any_store)
    admit(door, shipped)
    assert {event.scheme: event.digest for event in in_log(any_store)} == {
        id_: scheme.digest for id_, scheme in door.rulebook.schemes.items()
    }
    told = publications(any_store.events_of(REGULATIONS))
    assert {each.by for each in told} == {"first start"}
    assert all(each.in_use for each in told)
    admit(open_door(any_store), lambda: pytest.fail("there is nothing to publish"))
    assert len(in_log(any_store)) == len(shipped())
    assert agrees(any_store, [REGULATIONS])


def test_doors_that_open_at_once_publish_each_content_once(database: str) -> None:
    failed: list[Exception] = []

    def enter() -> None:
        try:
            with PostgresStore(database, connections=1) as store:
                admit(open_door(store), shipped)
        except Exception as error:  # noqa: BLE001  the test says it
            failed.append(error)

    threads = [Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with PostgresStore(database, connections=1) as store:
        assert sorted(event.scheme for event in in_log(store)) == sorted(shipped())
        assert agrees(store, [REGULATIONS])


def test_an_auditor_reads_the_rule_from_the_log_alone(any_store: AnyStore) -> None:
    admit(open_door(any_store), shipped)
    for event in in_log(any_store):
        assert sha256(event.content.encode()).hexdigest() == event.sha256
        assert event.sha256.startswith(event.digest)
        assert dict(json.loads(event.content))["scheme"] == event.scheme
        assert digests.digest_of(published.as_yaml(event.content)) == event.digest


def test_a_content_written_as_a_file_again_can_be_loaded(tmp_path: Path) -> None:
    for number, content in enumerate(shipped().values()):
        (tmp_path / f"{number}.yaml").write_text(published.as_yaml(content), "utf-8")
    loaded = rulebook.load(tmp_path).schemes
    assert {id_: scheme.sha256 for id_, scheme in loaded.items()} == {
        id_: scheme.sha256 for id_, scheme in rulebook.load().schemes.items()
    }


def test_what_is_published_again_is_a_duplicate_and_without_its_receipt_already_so(
    any_store: AnyStore,
) -> None:
    door = open_door(any_store)
    admit(door, shipped)
    again = publication(VOV, shipped()[VOV], "an operator")
    [outcome] = door.handle([again])
    assert isinstance(outcome, Duplicate)
    later = command(
        "another id", PublishRegulation(scheme=VOV, content=shipped()[VOV]), REGULATIONS
    )
    [outcome] = door.handle([later])
    assert isinstance(outcome, Accepted)
    assert outcome.events == 0
    assert len(in_log(any_store)) == len(shipped())


def test_a_digest_never_names_two_contents(any_store: AnyStore) -> None:
    one, other = TWINS
    door = open_door(any_store)
    door.handle([command("one", PublishRegulation(scheme="xx/75836", content=one), REGULATIONS)])
    request = PublishRegulation(scheme="xx/128723", content=other)
    [outcome] = door.handle([command("other", request, REGULATIONS)])
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason == Reason.DIGEST_TAKEN
    assert "change a text of the regulation" in outcome.rejection.detail
    assert [event.content for event in in_log(any_store)] == [one]
    assert agrees(any_store, [REGULATIONS])


def test_a_door_stays_closed_to_what_is_not_published_and_then_to_what_was_replaced(
    store: PostgresStore, tmp_path: Path
) -> None:
    admit(open_door(store), shipped)
    changed = with_hours(tmp_path, 130)
    before, after = (rulebook.load(each).schemes[VOV].digest for each in (rulebook.FOLDER, changed))
    with pytest.raises(Unpublished) as closed:
        admitted(store, changed)
    assert f"{VOV}: {after} is not published; {before} is" in str(closed.value)
    assert "`rugzak regulations publish`" in str(closed.value)
    door = open_door(store)
    [outcome] = door.handle([publication(VOV, contents(changed)[VOV], "an operator")])
    assert isinstance(outcome, Accepted)
    admitted(store, changed).handle([command("s1", said("s1", employment(), "2022-09-01"))])
    with pytest.raises(Unpublished) as closed:
        admit(open_door(store), shipped)
    assert f"{VOV}: {before} is older than {after}, which is published" in str(closed.value)
    assert "bring this installation up to date" in str(closed.value)


def test_a_door_stays_closed_when_it_lacks_a_published_scheme(
    store: PostgresStore, tmp_path: Path
) -> None:
    admit(open_door(store), shipped)
    fewer = with_hours(tmp_path, 125)
    shutil.rmtree(fewer / "lt")
    with pytest.raises(Unpublished, match="there is no such scheme here"):
        admitted(store, fewer)


@pytest.mark.parametrize(
    "request_", [said("s1", employment(), "2021-09-01"), ReachDay(anew=True)], ids=["fact", "day"]
)
def test_the_account_of_the_regulations_never_has_rights(
    any_store: AnyStore, request_: RecordFact | ReachDay
) -> None:
    door = open_door(any_store)
    admit(door, shipped)
    before = any_store.events_of(REGULATIONS)
    [outcome] = door.handle([command("c-1", request_, REGULATIONS)])
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason == Reason.NO_PERSON
    assert any_store.events_of(REGULATIONS) == before
    assert next_due(fold(before), day("2021-10-01"), door.rulebook) is None


def test_a_regulation_is_not_published_in_a_persons_account(any_store: AnyStore) -> None:
    request = PublishRegulation(scheme=VOV, content=shipped()[VOV])
    [outcome] = open_door(any_store).handle([command("c-1", request)])
    assert isinstance(outcome, Rejected)
    assert str(REGULATIONS) in outcome.rejection.detail
    assert any_store.events_of(NORA) == []


def test_a_round_anew_passes_the_regulations_by(store: PostgresStore) -> None:
    door = open_door(store)
    admit(door, shipped)
    door.handle([command("s1", said("s1", employment(), "2021-09-01"))])
    assert [each.account for each in store.every_account(day("2021-10-01"), 10)] == [NORA]
    assert REGULATIONS not in {e.account for e in store.due_accounts(day("9999-01-01"), 10)}
