"""kill -9 between every two steps of the write path: nothing is lost, doubled or stuck."""

import signal

from consumers.publisher import Message
from ledger.domain.evolve import fold
from ledger.service.ports import AccountRow
from ledger.store.states import States
from tests.consumers.stories import (
    CAREER,
    RIGHTS,
    account,
    captured,
    employed,
    people,
    raw,
    reserved,
)
from tests.lines import Line, at_steps
from tests.system import dying
from tests.system.children import begin, ended
from tests.system.dying import BATCH_RECORDS, STEPS

DEATH_SECONDS = 60
PEOPLE = 40
OF_THE_BROKER = (
    "a poll",
    "moving the positions",
    "the commit",
    "the answer to the door",
    "telling Kafka",
)


def messages(everyone: list[str]) -> list[Message]:
    """Return two versions of a job for each person, and something that no one can handle."""
    told = []
    for number, person in enumerate(everyone):
        told.append(employed(person))
        told.append(employed(person, version=2, fraction="9/10", settled=True))
        if number % 10 == 0:
            told.append(raw(CAREER, b"{no json", key=person.encode()))
    return told


def die(line: Line, database: str, step: str, calls: int) -> int:
    """Run a consumer that kills itself after a step; return its exit code."""
    topics = line.names[CAREER], line.names[RIGHTS]
    process = begin(dying.main, database, line.bootstrap, *topics, step, str(calls))
    return ended(process, DEATH_SECONDS)


@at_steps(tansu=STEPS, apache=OF_THE_BROKER)
def test_a_consumer_killed_after_a_step_loses_and_doubles_nothing(
    line: Line, database: str, step: str
) -> None:
    everyone = people(PEOPLE)
    line.publish(*messages(everyone))
    often = step in {"deciding", "encoding"}
    assert die(line, database, step, calls=BATCH_RECORDS + 5 if often else 1) == -signal.SIGKILL
    assert die(line, database, step, calls=3 * BATCH_RECORDS if often else 2) == -signal.SIGKILL
    line.drain()
    line.publish(*(reserved(person) for person in everyone))
    line.drain()
    assert sorted(line.statuses()) == sorted(2 * everyone)
    assert {p.record.reason for p in line.store.parked(100)} == {"invalid-json"}
    assert len(line.store.parked(100)) == PEOPLE // 10
    for person in everyone:
        _agrees_with_an_undisturbed_life(line, person)


@at_steps(
    tansu=["writing the receipts", "marking", "the commit", "the answer to the door"],
    apache=["the commit"],
)
def test_a_consumer_killed_while_it_tries_what_was_held_uses_a_right_once(
    line: Line, database: str, step: str
) -> None:
    everyone = people(5)
    for told in (employed, captured):
        line.publish(*map(told, everyone))
        line.drain()
    assert line.store.parked_counts().by_state["held"] == len(everyone)
    line.publish(*map(reserved, everyone))
    # The second batch that it writes is what was held.
    assert die(line, database, step, calls=2) == -signal.SIGKILL
    line.drain()
    assert line.store.parked_counts().by_state["replayed"] == len(everyone)
    for person in everyone:
        lot = fold(line.store.events_of(account(person))).lots["be-vlg/vov/2025-26"]
        assert (lot.reserved, lot.used) == (0, 600)


def _agrees_with_an_undisturbed_life(line: Line, person: str) -> None:
    """Nothing was lost: the rights are those of the second version, with the reservation held."""
    (row,) = line.store.load([account(person)], [])[0].values()
    assert isinstance(row, AccountRow)
    state = fold(line.store.events_of(account(person)))
    assert States().decode(row.state) == state
    lot = state.lots["be-vlg/vov/2025-26"]
    assert (lot.net, lot.reserved) == (6750, 600)
