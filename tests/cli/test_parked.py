"""What operators do about parked records: list, show, replay many at once, give up with a reason."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from ledger.domain.events import OPERATIONS, RecordDropped, RightUsed
from ledger.service.ports import Delivery, Held, ParkedRecord
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from tests.cli.conftest import Rugzak
from tests.consumers.stories import RIGHTS, as_message, captured, employed, people, reserved
from tests.service.doors import standing
from tests.store.batches import NOON, batch, parked

MANY = 1_000


def set_aside(store: PostgresStore, *records: ParkedRecord) -> list[int]:
    """Park records; return their ids."""
    store.append(batch(events=0, delivery=Delivery(parked=records)))
    return [each.id for each in store.parked(10_000, whole=False)][-len(records) :]


def fact_of(person: str, offset: int) -> ParkedRecord:
    """Return a parked record that can be handled by now."""
    message = employed(person)
    return replace(
        parked(offset),
        key=message.key,
        value=message.value,
        headers=(),
        reason="defect",
        source="https://payroll.example.be",
        message=f"employment-1-v1-{person}",
    )


def held(offset: int) -> ParkedRecord:
    message = captured()
    return replace(
        parked(offset),
        key=message.key,
        value=message.value,
        topic="rugzak.rights.v1",
        reason="unknown-reservation",
        account=uuid4(),
        held=Held(until=NOON + timedelta(days=1), at_version=0, thing="reservation r1"),
    )


def appends(database: str) -> int:
    """Return in how many transactions receipts were written."""
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT count(DISTINCT xmin::text) FROM ledger.receipts").fetchone()
    assert row is not None
    return int(row[0])


def test_lists_are_of_one_state_each_and_count_the_others(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    set_aside(store, parked(1), replace(parked(2), reason="too-deep"), held(3))
    told = rugzak("parked", "list", "--json").json
    assert told["counts"] == {"parked": 2, "held": 1, "replayed": 0, "dropped": 0}
    assert {each["reason"] for each in told["parked"]} == {"not-json", "too-deep"}
    (one,) = rugzak("parked", "list", "--held", "--json").json["parked"]
    assert (one["state"], one["held_for"]) == ("held", "reservation r1")
    assert one["tries"] == 1
    (deep,) = rugzak("parked", "list", "--reason", "too-deep", "--json").json["parked"]
    assert deep["offset"] == 2
    assert rugzak("parked", "list", "--topic", "other", "--json").json["parked"] == []
    assert "2 parked, 1 held" in rugzak("parked", "list").out
    assert "1 held, 2 parked" in rugzak("parked", "list", "--held").out
    assert rugzak("parked", "list", "--replayed").out == "nothing is replayed, 2 parked, 1 held\n"
    both = rugzak("parked", "list", "--held", "--dropped")
    assert (both.code, "name one" in both.err) == (2, True)


def test_a_thousand_records_are_replayed_in_a_few_transactions_each_once(
    rugzak: Rugzak, store: PostgresStore, database: str
) -> None:
    open_door(store)
    before = appends(database)
    records = [fact_of(person, offset) for offset, person in enumerate(people(MANY), start=1)]
    set_aside(store, *records, replace(parked(MANY + 1), reason="not-json"))
    answer = rugzak("parked", "replay", "--all", "--json")
    assert answer.code == 1
    became = answer.json["replayed"]
    assert sum(each["handled"] for each in became) == MANY
    (stays,) = (each for each in became if not each["handled"])
    assert stays["reason"] == "invalid-utf8"
    assert appends(database) - before <= 1 + 3 * 2  # each page, and who replayed it
    head = store.head()
    assert rugzak("parked", "replay", "--all", "--json").code == 1
    assert store.head() == head
    (left,) = rugzak("parked", "list", "--json").json["parked"]
    assert (left["offset"], left["tries"]) == (MANY + 1, 3)


def test_a_record_that_is_replayed_or_dropped_already_is_told_so(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    one, other = set_aside(store, fact_of(people(1)[0], 1), parked(2))
    assert rugzak("parked", "replay", one).code == 0
    (again,) = rugzak("parked", "replay", one, "--json").json["replayed"]
    assert (again["handled"], again["detail"]) == (True, "it was replayed before")
    refused = rugzak("parked", "drop", one, "--because", "never mind")
    assert (refused.code, "there is nothing to drop" in refused.err) == (1, True)
    rugzak("parked", "drop", other, "--because", "a test", "--by", "an")
    (gone,) = rugzak("parked", "replay", other, "--json").json["replayed"]
    assert (gone["handled"], gone["reason"]) == (False, "dropped")


def test_dropping_is_an_event_with_who_and_why_and_the_bytes_go(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    ids = set_aside(store, fact_of(people(1)[0], 1), held(2), parked(3))
    held_id = store.parked(1, state="held")[0].id
    told = rugzak("parked", "drop", *ids, held_id, "--because", "a test of ours", "--by", "an")
    assert (told.code, told.out) == (0, "3 dropped by an\n")
    envelopes = store.events_of(OPERATIONS)
    events = [each.event for each in envelopes if isinstance(each.event, RecordDropped)]
    assert {each.metadata.actor for each in envelopes} == {"an"}
    assert {(event.offset, event.reason) for event in events} == {
        (1, "defect"), (2, "unknown-reservation"), (3, "not-json"),
    }  # fmt: skip
    assert {event.because for event in events} == {"a test of ours"}
    assert events[0].source == "https://payroll.example.be"
    shown = rugzak("parked", "show", ids[0], "--json").json
    assert (shown["state"], shown["value"], shown["key"]) == ("dropped", None, None)
    assert store.held(NOON + timedelta(days=9), 10) == []
    again = rugzak("parked", "drop", ids[0], "--because", "once more", "--by", "an", "--json")
    assert again.json["dropped"] == []
    assert len(store.events_of(OPERATIONS)) == 3


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ([], "Missing option '--because'"),
        (["--because", " "], "say why"),
        (["--because", "x" * 501], "1 to 500 characters"),
        (["--because", "it is of 93.05.18-223.61"], "a national number can't be kept"),
        (["--because", "a test", "--by", " "], "--by is empty"),
    ],
)
def test_without_a_reason_nothing_is_dropped(
    rugzak: Rugzak, store: PostgresStore, typed: list[str], told: str
) -> None:
    (one,) = set_aside(store, parked(1))
    answer = rugzak("parked", "drop", one, *typed)
    assert answer.code == 2
    assert told in answer.err
    assert store.events_of(OPERATIONS) == []
    assert rugzak("parked", "drop", 99, "--because", "a test").code == 1


def test_an_operator_may_try_what_is_held_and_it_waits_on(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    store.append(batch(events=0, delivery=Delivery(parked=(held(1),))))
    (one,) = store.parked(1, state="held")
    (became,) = rugzak("parked", "replay", one.id, "--json").json["replayed"]
    assert (became["handled"], became["reason"]) == (False, "unknown-reservation")


def test_doctor_tells_how_many_wait_and_since_when(rugzak: Rugzak, store: PostgresStore) -> None:
    set_aside(store, parked(1), replace(parked(2), parked_at=NOON + timedelta(days=3)), held(3))
    found = {each["about"]: each for each in rugzak("doctor", "--json").json["findings"]}
    assert found["parked records"]["text"] == "2 since 2025-10-06 12:00"
    assert found["held records"]["text"].startswith("1 since 2025-10-06 12:00")


def test_a_reservation_that_was_asked_at_the_desk_lets_a_parked_capture_through(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    (one,) = set_aside(
        store,
        replace(
            parked(1),
            topic="rugzak.rights.v1",
            key=captured().key,
            value=captured().value,
            headers=(),
            reason="unknown-reservation",
        ),
    )
    assert rugzak("parked", "replay", one).code == 1
    door = open_door(store, standing("2025-10-05"))
    from consumers.translate import CAREER_LANGUAGE, RIGHTS_LANGUAGE, Unhandled, translate

    for language, message in ((CAREER_LANGUAGE, employed()), (RIGHTS_LANGUAGE, reserved())):
        read = translate(language, message.key, message.value)
        assert not isinstance(read, Unhandled)
        door.handle(read)
    assert rugzak("parked", "replay", one).code == 0
    used = [each.event for each in store.each_event() if isinstance(each.event, RightUsed)]
    assert len(used) == 1


def test_a_message_about_which_little_can_be_read_is_shown_with_what_can(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    message = as_message(RIGHTS, json.loads(captured().value))
    (one,) = set_aside(store, replace(parked(1), value=message.value))
    shown = rugzak("parked", "show", one, "--value")
    assert "reservations.capture" in shown.out
