"""Kafka out, for real: what others read of what came in, on each kind of broker."""

import json
from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from consumers.relay.streams import ParkedStream
from consumers.topics import is_compacted
from consumers.translate import TOP_UPS_LANGUAGE, notification_language
from ledger.domain.acts import MasterKeyChanged
from ledger.domain.commands import Command, DropRecord
from ledger.domain.events import OPERATIONS, REGULATIONS
from ledger.service.erasing import erase
from ledger.service.merging import merging, unmerging
from ledger.service.operated import put_on_record
from ledger.store.outbox import Outbox
from ledger.store.postgres import PostgresStore
from schemas import dimona_v1
from schemas.examples import NORA, PAYROLL, TRAINING_DESK, example
from schemas.published import json_schemas
from tests.consumers import notifications
from tests.consumers.relays import BALANCES, LEDGER, OUTCOMES, PARKED, Out, out_of
from tests.consumers.stories import (
    CAREER,
    RIGHTS,
    account,
    annulled,
    as_message,
    captured,
    employed,
    people,
    raw,
    released,
    reserved,
)
from tests.lines import Line, admin_of

PUBLISHED = {name.removesuffix(".json"): json.loads(text) for name, text in json_schemas().items()}


@pytest.fixture
def out(line: Line, database: str, kafka: str) -> Out:
    return out_of(database, kafka, career_topic=line.names[CAREER], rights_topic=line.names[RIGHTS])


def keeps_its_schema(message: dict[str, Any]) -> None:
    schema = Draft202012Validator(PUBLISHED[message["type"]], format_checker=FormatChecker())
    schema.validate(message)


def of_people(messages: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return what is told of each person, in the order of the topic."""
    found = defaultdict(list)
    for message in messages:
        if "person" in message["data"]:
            found[message["data"]["person"]].append(message)
    return found


def test_every_event_goes_out_once_in_order_for_each_person(line: Line, out: Out) -> None:
    everyone = people(30)
    line.publish(*map(employed, everyone))
    line.drain()
    line.publish(
        *map(reserved, everyone),
        *(annulled(fact="employment-1", version=2, person=p) for p in everyone[:9]),
    )
    line.drain()
    out.send_all()
    records = out.records(LEDGER)
    messages = [json.loads(record.value) for record in records]
    for message in messages:
        keeps_its_schema(message)
    events = list(line.store.each_event())
    assert sorted(m["data"]["position"] for m in messages) == [e.position for e in events]
    assert len({m["id"] for m in messages}) == len(messages)
    for record, message in zip(records, messages, strict=True):
        assert record.key.decode() == message["data"].get("person", str(REGULATIONS))
    for person, told in of_people(messages).items():
        assert [m["data"]["version"] for m in told] == list(range(1, len(told) + 1))
        assert len(told) == len(line.store.events_of(UUID(person)))
        assert len({r.partition for r in records if r.key == person.encode()}) == 1


def test_what_went_out_does_not_go_out_again_and_what_comes_after_does(
    line: Line, out: Out
) -> None:
    line.publish(employed())
    line.drain()
    assert out.send_all() > 0
    assert out.send_all() == 0
    line.publish(reserved())
    line.drain()
    out.send_all()
    ids = [message["id"] for message in out.told(LEDGER)]
    assert len(ids) == len(set(ids)) == line.store.head()


def test_the_last_balance_of_each_person_is_the_one_in_the_ledger(line: Line, out: Out) -> None:
    everyone = people(12)
    for batch in (map(employed, everyone), map(reserved, everyone[:5])):
        line.publish(*batch)
        line.drain()
        out.send_all()
    last: dict[str, dict[str, Any]] = {}
    for record in out.records(BALANCES):
        message = json.loads(record.value)
        keeps_its_schema(message)
        assert record.key.decode() == message["data"]["person"]
        last[record.key.decode()] = message["data"]
    assert last.keys() == set(everyone)
    for person in everyone:
        state = line.door.state(UUID(person))
        assert last[person]["version"] == state.version
        said = {
            lot["lot"]: (lot["granted"], lot["available"], lot["reserved"])
            for lot in last[person]["lots"]
        }
        assert said == {
            lot.id: (lot.granted, lot.available, lot.reserved) for lot in state.lots.values()
        }


def test_each_state_goes_out_once_however_many_events_led_to_it(line: Line, out: Out) -> None:
    line.publish(employed(), reserved())
    line.drain()
    out.send_all()
    (balance,) = out.told(BALANCES)
    assert balance["data"]["version"] == len(line.store.events_of(account()))
    assert balance["data"]["position"] == line.store.head()


def test_of_an_erased_person_a_tombstone_takes_the_balance_away_and_sources_are_told(
    line: Line, out: Out
) -> None:
    line.publish(employed())
    line.drain()
    out.send_all()
    erase(line.door, account(), because="asked for by the person", actor="an")
    line.publish(employed(version=2, fraction="1/2"))
    line.drain()
    out.send_all()
    balances = [(record.key.decode(), record.value) for record in out.records(BALANCES)]
    assert balances[0][1] is not None
    assert balances[1:] == [(NORA, None)]
    assert "erased" in json.dumps(out.told(OUTCOMES)[-1])
    assert "asked for by the person" not in str([r.value for r in out.records(LEDGER)])


def test_of_who_was_merged_a_tombstone_takes_the_balance_away_and_the_other_one_tells(
    line: Line, out: Out
) -> None:
    one, into = people(2)
    line.publish(employed(one), employed(into))
    line.drain()
    line.publish(reserved(one))
    line.drain()
    line.publish(captured(one))
    line.drain()
    out.send_all()
    why = {"because": "one person with two numbers", "actor": "an"}
    line.door.handle([merging(line.door, account(one), account(into), **why)])
    before = {each["id"] for each in out.told(OUTCOMES)}
    line.publish(reserved(one, id_="much", minutes=10**6))
    line.publish(reserved(one, id_="reservation-2"))
    line.drain()
    line.publish(released(one, of="reservation-2"))
    line.drain()
    out.send_all()
    last = {record.key.decode(): record.value for record in out.records(BALANCES)}
    assert last[one] is None
    assert json.loads(last[into] or b"")["data"]["person"] == into
    told = {
        (each["data"].get("person"), each["type"].removeprefix("be.rugzak.ledger.v1.")): each[
            "data"
        ]
        for each in out.told(LEDGER)
    }
    assert told[one, "accounts.notify.merged"]["into"] == into
    assert told[into, "accounts.notify.joined"]["account"] == one
    assert (into, "uses.notify.created") in told
    replies = out.told(OUTCOMES)
    for each in replies:
        keeps_its_schema(each)
        assert each["data"].get("merged", False) is (each["id"] not in before)
    assert {each["data"]["outcome"] for each in replies if each["id"] not in before} == {
        "accepted",
        "refused",
    }
    assert into not in str([each["data"] for each in replies]), "whom it was about is not told"
    assert "one person with two numbers" not in str([r.value for r in out.records(LEDGER)])
    line.door.handle([unmerging(line.door, account(one), **why)])
    out.send_all()
    last = {record.key.decode(): record.value for record in out.records(BALANCES)}
    assert json.loads(last[one] or b"")["data"]["lots"][0]["used"] == 600
    kinds = {each["type"].rpartition("v1.")[2] for each in out.told(LEDGER)}
    assert {"accounts.notify.unmerged", "accounts.notify.parted"} <= kinds


def test_what_operators_decide_is_nobodys_balance_and_no_event_that_goes_out(
    line: Line, out: Out
) -> None:
    dropped = DropRecord(
        topic="rights", topic_id=UUID(int=1), partition=0, offset=1, reason="invalid-json",
        source="", message="", because="The provider confirmed that it was a test.",
    )  # fmt: skip
    asked = Command(id="drop 1", account=OPERATIONS, actor="nora", request=dropped, digest=b"1")
    line.door.handle([asked])
    today = line.door.clock.now().today
    rekeyed = MasterKeyChanged(key="2026", effective_on=today)
    assert put_on_record(line.door, rekeyed, "nora") is None
    assert len(line.store.events_of(OPERATIONS)) == 2
    out.send_all()
    assert out.records(BALANCES) == []
    assert str(OPERATIONS) not in {record.key.decode() for record in out.records(LEDGER)}
    assert out.records(OUTCOMES) == []


def test_the_topic_of_balances_is_compacted(out: Out, kafka: str) -> None:
    out.send_all()
    with admin_of(kafka) as admin:
        assert is_compacted(admin, out.topic(BALANCES))
        assert not is_compacted(admin, out.topic(LEDGER))


def test_every_receipt_of_a_message_is_answered_once_to_its_publisher(line: Line, out: Out) -> None:
    line.publish(employed(id_="job-1"))
    line.drain()  # topics have no order among them
    line.publish(reserved(id_="much", minutes=10**6))
    line.drain()
    line.publish(employed(id_="job-1"), reserved(id_="some"))
    line.drain()
    out.send_all()
    replies = out.told(OUTCOMES)
    for each in replies:
        keeps_its_schema(each)
    said = {
        (each["relatedtosource"], each["relatedto"]): (
            each["type"].rpartition(".")[2],
            each["data"]["outcome"],
        )
        for each in replies
    }
    assert len(replies) == len(said) == 3
    assert said == {
        (PAYROLL, "job-1"): ("reply", "accepted"),
        (TRAINING_DESK, f"much-{NORA}"): ("problemReply", "refused"),
        (TRAINING_DESK, f"some-{NORA}"): ("reply", "accepted"),
    }
    refused = next(each["data"] for each in replies if each["data"]["outcome"] == "refused")
    assert refused["reason"] == "not-enough"
    assert refused["type"] == "urn:problem-type:rugzak:outcomes:refused"
    events = {e.position: e.metadata.command for e in line.store.each_event()}
    for each in replies:
        assert events[each["data"]["position"]] == f"{each['relatedtosource']} {each['relatedto']}"
        assert "person" not in each["data"]


def test_a_message_that_makes_several_requests_is_answered_for_each(line: Line, out: Out) -> None:
    line.speak(
        "dmfa",
        notification_language(
            notifications.DMFA.rpartition(".declarations")[0], notifications.PEOPLE
        ),
    )
    declared = notifications.notified(
        notifications.DMFA,
        {"occupations": [notifications.occupation(3800, "2025-07-01", number=n) for n in (1, 2)]},
        id_="quarter-3",
    )
    line.publish(raw("dmfa", json.dumps(declared).encode(), key=b"any"))
    line.drain()
    out.send_all()
    replies = [each for each in out.told(OUTCOMES) if each["relatedto"] == "quarter-3"]
    receipts = Receipts(line.store).of("quarter-3")
    assert sorted(each["data"]["request"] for each in replies) == list(range(1, receipts + 1))
    assert receipts > 1


class Receipts:
    """What the ledger holds of a message."""

    def __init__(self, store: PostgresStore) -> None:
        self.store = store

    def of(self, message: str) -> int:
        with self.store.datastore.rows() as rows:
            rows.execute(
                "SELECT count(*) FROM ledger.receipts WHERE command LIKE %s", (f"% {message}",)
            )
            found = rows.fetchone()
        assert found is not None
        return int(found[0])


def park_whose(line: Line, reason: str, source: str, message: str) -> None:
    """Say of a parked record whose message it is."""
    with line.store.datastore.rows() as rows:
        rows.execute(
            "UPDATE ledger.parked SET source = %s, message = %s WHERE reason = %s",
            (source, message, reason),
        )


def test_a_parked_record_goes_out_as_it_came_with_the_headers_of_dead_letters(
    line: Line, out: Out
) -> None:
    line.publish(raw(CAREER, b"{nonsense"))
    line.drain()
    park_whose(line, "invalid-json", PAYROLL, "broken-1")
    out.send_all()
    out.send_all()
    (letter,) = out.records(PARKED)
    (parked,) = line.store.parked(10)
    assert (letter.key, letter.value) == (NORA.encode(), b"{nonsense")
    headers = dict(letter.headers)
    assert headers["__connect.errors.topic"].decode() == line.names[CAREER]
    assert int(headers["__connect.errors.partition"]) == parked.record.partition
    assert int(headers["__connect.errors.offset"]) == parked.record.offset
    assert headers["__connect.errors.exception.class.name"] == b"invalid-json"
    assert headers["__connect.errors.exception.message"].decode() == parked.record.detail
    assert int(headers["rugzak.parked.id"]) == parked.id
    (reply,) = out.told(OUTCOMES)
    keeps_its_schema(reply)
    assert (reply["relatedtosource"], reply["relatedto"]) == (PAYROLL, "broken-1")
    assert (reply["data"]["outcome"], reply["data"]["reason"]) == ("parked", "invalid-json")


def test_a_record_that_is_held_replayed_or_dropped_is_not_announced(line: Line, out: Out) -> None:
    line.publish(*(raw(CAREER, b"{" + str(n).encode()) for n in range(4)))
    line.drain()
    with line.store.datastore.rows() as rows:
        for n, column in enumerate(("held_until", "replayed_at", "dropped_at")):
            rows.execute(
                f"UPDATE ledger.parked SET {column} = now() WHERE value = %s".encode(),
                (b"{" + str(n).encode(),),
            )
    out.send_all()
    assert [record.value for record in out.records(PARKED)] == [b"{3"]


def test_of_a_parked_notification_only_where_it_is_goes_out(line: Line, out: Out) -> None:
    line.speak("dimona", notification_language(dimona_v1.SERVICE, notifications.PEOPLE))
    wrong = notifications.dimona("in", 1, "2025-07-01") | {"surplus": None}
    wrong["data"]["surplus"] = 1
    line.publish(raw("dimona", json.dumps(wrong).encode(), key=b"93051822361"))
    line.drain()
    out.send_all()
    (letter,) = out.records(PARKED)
    assert (letter.key, letter.value) == (None, b"")
    assert dict(letter.headers)["rugzak.parked.withheld"] == b"it may hold a national number"


def test_a_reply_says_nothing_when_the_id_of_what_was_parked_names_a_person(
    line: Line, out: Out
) -> None:
    line.publish(raw(CAREER, b"{a"))
    line.drain()
    park_whose(line, "invalid-json", PAYROLL, "employment of 93.05.18-223.61")
    out.send_all()
    assert out.told(OUTCOMES) == []
    assert len(out.records(PARKED)) == 1


def test_what_contradicts_itself_is_answered_once_though_it_is_parked_too(
    line: Line, out: Out
) -> None:
    line.publish(employed(id_="a"), employed(id_="b", fraction="1/2"))
    line.drain()
    park_whose(line, "fact-contradicts-itself", PAYROLL, "b")
    out.send_all()
    assert sorted((r["relatedto"], r["data"]["outcome"]) for r in out.told(OUTCOMES)) == [
        ("a", "accepted"), ("b", "refused"),
    ]  # fmt: skip
    assert len(out.records(PARKED)) == 1


DISTINCTIVE = (
    b"0403227515", b"1987-03-29", b"93051822361", b"93.05.18-223.61", b"kantklossen", b"cvo-kortrijk", b"plan-zomer",
    b"beslaglegging", b"payroll.example", b"leverancier-7",
)  # fmt: skip
"""What is in the lives below and in nothing else: an employer, a birth, numbers, a course and so on."""


def test_no_personal_data_goes_out(line: Line, out: Out) -> None:
    line.speak("top-ups", TOP_UPS_LANGUAGE)
    job = json.loads(employed(id_="leverancier-7").value)
    job["data"]["status"]["employerNumber"] = "0403227515"
    job["data"]["id"] = "leverancier-7-job"
    birth = example("be.rugzak.career.v1.profileFacts.notify.recorded")
    birth["data"] |= {
        "id": "leverancier-7-birth",
        "profile": {"kind": "birthDate", "on": "1987-03-29"},
    }
    course = {"id": "kantklossen", "provider": "cvo-semper", "startDate": "2025-10-06"}
    asked = json.loads(reserved(id_="plan-zomer").value)
    asked["data"] |= {"course": course, "id": "plan-zomer-93051822361"}
    top_up = example("be.rugzak.topups.v1.topUps.notify.recorded")
    top_up["data"] |= {
        "id": "leverancier-7-gift",
        "funder": "0403227515",
        "period": {"from": "2025-01-01", "until": "2026-10-01"},
    }
    released = example("be.rugzak.rights.v1.reservations.release")
    released["data"] |= {
        "reservationId": "plan-zomer-93051822361",
        "reason": "beslaglegging 93.05.18-223.61",
    }
    frozen = example("be.rugzak.rights.v1.freezes.create")
    frozen["data"] |= {"reason": "beslaglegging"}
    line.publish(as_message(CAREER, job), as_message(CAREER, birth), as_message("top-ups", top_up))
    line.drain()
    for each in (asked, released, frozen):
        line.publish(as_message(RIGHTS, each))
        line.drain()
    kinds = {type(e.event).__name__ for e in line.store.events_of(account())}
    assert kinds >= {
        "StatusRecorded",
        "ProfileRecorded",
        "TopUpRecorded",
        "RightGranted",
        "RightReserved",
        "ReservationReleased",
        "RightsFrozen",
    }
    out.send_all()
    for stream in (LEDGER, BALANCES):
        records = out.records(stream)
        assert records
        for record in records:
            sent = b" ".join([record.key, record.value, *(value for _, value in record.headers)])
            assert [private for private in DISTINCTIVE if private in sent] == []
    for record in out.records(OUTCOMES):
        content = json.loads(record.value)
        sent = record.key + json.dumps(content["data"]).encode()
        assert [private for private in DISTINCTIVE if private in sent] == []


def test_the_rights_of_a_refusal_are_told_to_who_asked_without_a_national_number(
    line: Line, out: Out
) -> None:
    line.publish(employed())
    line.drain()
    twice = [json.loads(reserved(id_=id_).value) for id_ in ("one", "two")]
    for each in twice:
        each["data"]["id"] = "93051822361"
        line.publish(as_message(RIGHTS, each))
        line.drain()
    out.send_all()
    refused = next(r for r in out.told(OUTCOMES) if r["data"]["outcome"] == "refused")
    assert refused["data"]["reason"] == "identifier-taken"
    assert "93051822361" not in json.dumps(refused)
    assert "(a national number)" in refused["data"]["detail"]


def test_a_topic_that_was_made_again_is_whole_again_and_nobody_is_answered_twice(
    line: Line, out: Out, kafka: str
) -> None:
    line.publish(employed(), reserved(minutes=10**6), raw(CAREER, b"{a"))
    line.drain()
    out.send_all()
    before = {stream: out.told(stream) for stream in (LEDGER, BALANCES)}
    with admin_of(kafka) as admin:
        admin.delete_topics([out.topic(stream) for stream in (LEDGER, BALANCES, OUTCOMES, PARKED)])
    again = Out(out.settings.model_copy(update={"consumer_group": "another"}), out.where)
    again.send_all()
    for stream, messages in before.items():
        by_id = sorted(messages, key=lambda message: str(message["id"]))
        assert sorted(again.told(stream), key=lambda message: str(message["id"])) == by_id
    assert again.told(OUTCOMES) == []
    assert again.records(PARKED) == []


def test_a_stream_that_cannot_go_on_stays_and_the_others_go_on(
    line: Line, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.publish(employed(), raw(CAREER, b"{a"))
    line.drain()

    def fails(_: ParkedStream) -> None:
        raise ValueError("a defect of ours")

    with monkeypatch.context() as broken:
        broken.setattr(ParkedStream, "page", fails)
        out.send_all()
    assert len(out.told(LEDGER)) == line.store.head()
    assert out.records(PARKED) == []
    out.send_all()
    assert len(out.records(PARKED)) == 1


def test_a_death_between_the_commit_and_its_note_sends_the_same_again(
    line: Line, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """As the process would."""

    def dies(*_: object) -> None:
        raise Died

    line.publish(employed())
    line.drain()
    with monkeypatch.context() as dying:
        dying.setattr(Outbox, "relay_moved", dies)
        with pytest.raises(Died):
            out.send_all()
    once = out.told(LEDGER)
    assert len(once) == line.store.head()
    out.send_all()
    twice = out.told(LEDGER)
    by_id = defaultdict(list)
    for message in twice:
        by_id[message["id"]].append(message)
    assert {len(same) for same in by_id.values()} == {2}
    assert all(first == second for first, second in by_id.values())
