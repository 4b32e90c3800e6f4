"""Kafka in, for real: what was published is in the ledger once, and what is wrong is parked."""

import threading
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaProducer

from consumers import batches, intake
from consumers.places import Places
from consumers.topics import make_missing, topic_ids
from consumers.translate import TOP_UPS_LANGUAGE, translate_all
from ledger.domain.events import RightGranted, RightReserved, RightWithdrawn
from schemas.examples import example
from tests.consumers.stories import (
    CAREER,
    RIGHTS,
    account,
    annulled,
    as_message,
    employed,
    people,
    raw,
    reserved,
    told,
)
from tests.lines import Line, admin_of, running, wait_until


def test_a_career_event_becomes_a_right_in_the_ledger(line: Line) -> None:
    line.publish(employed())
    line.drain()
    granted = line.events(RightGranted)
    assert {(g.lot, g.quantity) for g in granted} == {  # type: ignore[attr-defined]
        ("be-vlg/vov/2025-26", 7500),
        ("be-vlg/vov/2025-26/employer", 7500),
    }


def test_the_same_message_twice_and_two_versions_in_the_wrong_order_count_once(line: Line) -> None:
    first, second = employed(version=1), employed(version=2, fraction="9/10", settled=True)
    line.publish(second, first, second, first)
    line.drain()
    line.publish(first, second)
    line.drain()
    assert len(line.statuses()) == 2
    (row,) = line.store.load([account()], [])[0].values()
    assert row.version == len(line.store.events_of(account()))
    granted = sum(g.quantity for g in line.events(RightGranted) if g.lot.endswith("26"))  # type: ignore[attr-defined]
    assert granted == 6750


def test_what_a_funder_adds_is_granted_and_taken_back_and_what_is_malformed_is_parked(
    line: Line,
) -> None:
    line.speak("top-ups", TOP_UPS_LANGUAGE)
    became = [f"be.rugzak.topups.v1.topUps.notify.{how}" for how in ("recorded", "annulled")]
    recorded, annulled = (as_message("top-ups", example(type_)) for type_ in became)
    line.publish(recorded, recorded, raw("top-ups", recorded.value.replace(b"cent", b"EUR")))
    line.drain()
    (granted,) = line.events(RightGranted)
    assert granted.quantity == 500_00  # type: ignore[attr-defined]
    assert [parked.record.reason for parked in line.store.parked(10)] == ["invalid-data"]
    line.publish(annulled, recorded)
    line.drain()
    (withdrawn,) = line.events(RightWithdrawn)
    assert withdrawn.lot == granted.lot  # type: ignore[attr-defined]


@pytest.mark.parametrize("compression", ["gzip", "lz4", "snappy", "zstd"])
def test_a_source_may_compress_its_records(line: Line, compression: str) -> None:
    everyone = people(20)
    with closing(
        KafkaProducer(bootstrap_servers=line.bootstrap, compression_type=compression, linger_ms=50)
    ) as source:
        for message in map(employed, everyone):
            source.send(line.names[message.topic], message.value, message.key)
    line.drain()
    assert sorted(line.statuses()) == sorted(everyone)


def test_a_command_on_the_rights_topic_is_decided_after_the_facts(line: Line) -> None:
    line.publish(employed())
    line.drain()
    line.publish(reserved(minutes=600), reserved(minutes=600))
    line.drain()
    (held,) = line.events(RightReserved)
    assert held.allocation == (("be-vlg/vov/2025-26", 600),)  # type: ignore[attr-defined]


def test_what_cannot_be_handled_is_parked_and_the_line_goes_on(line: Line) -> None:
    other = people(1)[0]
    line.publish(
        raw(CAREER, b"\xff\xfe no text"),
        raw(CAREER, b"{not json"),
        raw(CAREER, b'{"a":' * 5000 + b"1" + b"}" * 5000),
        raw(CAREER, employed().value, key=other.encode()),
        raw(RIGHTS, employed().value),
        employed(),
    )
    line.drain()
    parked = line.store.parked(100)
    assert sorted(p.record.reason for p in parked) == [
        "invalid-json", "invalid-utf8", "key-mismatch", "too-deep", "unknown-type",
    ]  # fmt: skip
    assert len(line.statuses()) == 1
    bytes_kept = {p.record.value for p in parked}
    assert b"\xff\xfe no text" in bytes_kept
    with admin_of(line.bootstrap) as admin:
        ids = topic_ids(admin, line.names.values())
    assert {p.record.topic_id for p in parked} == set(ids.values())


def test_a_record_without_a_value_and_one_that_is_too_large_are_parked(line: Line) -> None:
    large = employed().value.replace(b'"0566988259"', b'"' + b"9" * 200_000 + b'"')
    line.publish(raw(CAREER, large), employed())
    stop = threading.Event()
    stop.set()
    line.intake(max_bytes=100_000).run(stop, drain=True)
    (parked,) = line.store.parked(10)
    assert (parked.record.reason, parked.record.value) == ("too-large", large)
    assert len(line.statuses()) == 1


def test_an_id_with_other_content_is_parked_whole_because_no_event_has_what_it_says(
    line: Line,
) -> None:
    line.publish(employed(id_="m1"), employed(id_="m1", fraction="1/2", version=2))
    line.drain()
    (parked,) = line.store.parked(10)
    assert parked.record.reason == "id-with-other-content"
    assert b"1/2" in (parked.record.value or b"")


def test_a_fact_that_contradicts_itself_is_refused_on_record_and_parked(line: Line) -> None:
    line.publish(employed(id_="m1"), employed(id_="m2", fraction="1/2"))
    line.drain()
    (parked,) = line.store.parked(10)
    assert parked.record.reason == "fact-contradicts-itself"


def test_a_fact_of_another_holder_is_parked_and_replayed_when_the_others_are_annulled(
    line: Line,
) -> None:
    register: dict[str, object] = {"kind": "enterprise", "size": "small", "placeOfWork": "be-vlg"}
    line.publish(told(register, fact="register"), employed())
    line.drain()
    (parked,) = line.store.parked(10)
    assert parked.record.reason == "fact-of-another-holder"
    stays = line.replay(parked)
    assert (stays.handled, stays.reason) == (False, "fact-of-another-holder")
    line.publish(annulled(fact="register", version=2))
    line.drain()
    done = line.replay(parked)
    assert (done.handled, done.reason) == (True, "")
    assert line.events(RightGranted)


def test_a_parked_record_is_handled_by_a_replay_once_what_stopped_it_is_gone(line: Line) -> None:
    line.publish(employed())
    stop = threading.Event()
    stop.set()
    line.intake(max_bytes=100).run(stop, drain=True)
    (parked,) = line.store.parked(10)
    again = line.replay(parked, max_bytes=100)
    assert (again.handled, again.reason) == (False, "too-large")
    done = line.replay(parked)
    assert (done.handled, done.reason) == (True, "")
    assert line.store.parked(10) == []
    assert [p.id for p in line.store.parked(10, state="replayed")] == [parked.id]
    twice = line.replay(parked)
    assert twice.handled
    assert len(line.statuses()) == 1


def test_a_restart_goes_on_where_the_ledger_stands(line: Line) -> None:
    everyone = people(40)
    line.publish(*(employed(person) for person in everyone[:20]))
    line.drain()
    before = sum(1 for _ in line.store.each_event())
    line.drain()
    assert sum(1 for _ in line.store.each_event()) == before
    line.publish(*(employed(person) for person in everyone[20:]))
    line.drain()
    assert len(line.statuses()) == 40


def test_a_topic_that_is_made_again_is_read_from_its_beginning(line: Line) -> None:
    everyone = people(30)
    with running(line.intake()), admin_of(line.bootstrap) as admin:
        line.publish(*(employed(person) for person in everyone[:20]))
        wait_until(lambda: len(line.statuses()) == 20)
        admin.delete_topics([line.names[CAREER]])
        wait_until(lambda: line.names[CAREER] not in topic_ids(admin, line.names.values()))
        make_missing(admin, line.names.values())
        line.publish(*(employed(person) for person in everyone[20:]))
        wait_until(lambda: len(line.statuses()) == 30)


def test_two_consumers_of_one_group_lose_and_double_nothing(line: Line) -> None:
    everyone = people(300)
    with running(line.intake(max_records=20)), running(line.intake(max_records=20)):
        for start in range(0, 300, 50):
            line.publish(*(employed(person) for person in everyone[start : start + 50]))
        wait_until(lambda: len(line.statuses()) >= 300)
    line.drain()
    assert sorted(line.statuses()) == sorted(everyone)


def test_a_partition_that_the_group_takes_in_the_middle_of_a_batch_is_begun_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's own thread may say so while a batch is translated; no record is at fault."""
    known: list[Places] = []
    real, read = Places, translate_all

    def places(*args: Any) -> Places:
        known.append(real(*args))
        return known[-1]

    def taken(*args: Any, **limits: Any) -> Any:
        monkeypatch.setattr(batches, "translate_all", read)
        known[-1].on_partitions_revoked(list(known[-1].at))
        return read(*args, **limits)

    monkeypatch.setattr(intake, "Places", places)
    monkeypatch.setattr(batches, "translate_all", taken)
    everyone = people(5)
    line.publish(*(employed(person) for person in everyone))
    line.drain()
    assert line.store.parked(10) == []
    assert sorted(line.statuses()) == sorted(everyone)
