"""Records that went away unread stop their partition, loudly, until an operator accepts that."""

from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from structlog.testing import capture_logs

from consumers.gaps import accept, now
from consumers.intake import RecordsGone
from consumers.topics import PARTITIONS, make_missing, topic_ids
from ledger.domain.events import OPERATIONS, GapAccepted
from ledger.service.ports import Fenced
from tests.consumers.stories import CAREER, employed, people
from tests.lines import APACHE, Line, admin_of, running, wait_until


@pytest.fixture
def admin(line: Line) -> Iterator[KafkaAdminClient]:
    with admin_of(line.bootstrap) as client:
        yield client


def made_again(line: Line, admin: KafkaAdminClient) -> None:
    topic = line.names[CAREER]
    admin.delete_topics([topic])
    wait_until(lambda: topic not in topic_ids(admin, [topic]))
    make_missing(admin, [topic])


def kept(line: Line) -> dict[TopicPartition, int]:
    """Return where the ledger stands in the career topic as it is now."""
    topic = line.names[CAREER]
    with admin_of(line.bootstrap) as admin:
        (id_,) = topic_ids(admin, [topic]).values()
    return {TopicPartition(topic, n): at for n, at in line.store.positions(id_).items()}


def accepted(line: Line) -> list[Any]:
    return [e.event for e in line.store.events_of(OPERATIONS) if isinstance(e.event, GapAccepted)]


def test_a_topic_that_is_made_again_is_not_read_until_an_operator_accepts_what_is_lost(
    line: Line, admin: KafkaAdminClient
) -> None:
    everyone = people(40)
    line.publish(*(employed(person) for person in everyone[:20]))
    line.drain()
    (was_id,) = topic_ids(admin, [line.names[CAREER]]).values()
    before = line.store.positions(was_id)
    made_again(line, admin)
    line.publish(*(employed(person) for person in everyone[20:]))
    with capture_logs() as logs, running(line.intake(forgets=False)):
        wait_until(lambda: len(line.store.gaps()) == len(before) == PARTITIONS)
        assert sorted(line.statuses()) == sorted(everyone[:20])
        for gap in line.store.gaps():
            assert (gap.was_topic_id, gap.kept) == (was_id, before[gap.partition])
            assert (gap.made_again, gap.missing) == (True, None)
            assert accept(line.door, gap, by="an", because="restored from a copy")
        wait_until(lambda: len(line.statuses()) == 40)
        wait_until(lambda: line.store.gaps() == [])
    said = [entry for entry in logs if entry["event"] == "records_gone"]
    assert said
    assert {entry["log_level"] for entry in said} == {"error"}
    assert all("--accept-gap" in entry["advice"] for entry in said)
    assert {event.because for event in accepted(line)} == {"restored from a copy"}


def test_a_drain_says_which_partitions_it_could_not_take_in(
    line: Line, admin: KafkaAdminClient
) -> None:
    line.publish(employed())
    line.drain()
    made_again(line, admin)
    line.publish(employed(version=2))
    with pytest.raises(RecordsGone, match=r"was made again: what the former topic held from 1 on"):
        line.drain(line.intake(forgets=False))
    assert len(line.statuses()) == 1


def test_on_a_broker_that_keeps_all_in_memory_a_topic_that_is_new_is_only_noted(
    line: Line, admin: KafkaAdminClient
) -> None:
    line.publish(employed())
    line.drain()
    made_again(line, admin)
    line.publish(employed(version=2, fraction="9/10"))
    with capture_logs() as logs:
        line.drain()
    assert len(line.statuses()) == 2
    said = [entry["topic"] for entry in logs if entry["event"] == "topic_is_new"]
    assert said == [line.names[CAREER]]
    assert line.store.gaps() == []


@APACHE  # Tansu deletes no records
def test_what_retention_took_unread_is_named_and_the_other_partitions_go_on(
    line: Line, admin: KafkaAdminClient
) -> None:
    everyone = people(20)
    line.publish(*(employed(person) for person in everyone))
    line.drain()
    before = kept(line)
    line.publish(*(employed(person, version=2, fraction="9/10") for person in everyone))
    partition, at = max(before.items(), key=lambda each: each[1])
    admin.delete_records({partition: at + 1})
    with running(line.intake(forgets=False)):
        wait_until(lambda: bool(line.store.gaps()))
        (gap,) = line.store.gaps()
        assert (gap.topic, gap.partition) == tuple(partition)
        assert (gap.kept, gap.first, gap.missing) == (at, at + 1, 1)
        assert str(gap).endswith(f"the records {at} to {at} are gone, 1 offsets")
        wait_until(lambda: len(line.statuses()) == 40 - at)
        accept(line.door, gap, by="an", because="the source sends them again")
        wait_until(lambda: len(line.statuses()) == 39)
    with pytest.raises(Fenced):
        accept(line.door, gap, by="an", because="twice")
    assert len(accepted(line)) == 1


@APACHE  # Tansu deletes no records
def test_a_gap_that_grew_is_accepted_as_it_is_now(line: Line, admin: KafkaAdminClient) -> None:
    line.publish(*(employed(version=version) for version in range(1, 9)))
    line.drain(line.intake(max_records=1))
    partition, at = max(kept(line).items(), key=lambda each: each[1])
    line.publish(*(employed(version=version) for version in range(9, 20)))
    admin.delete_records({partition: at + 2})
    with pytest.raises(RecordsGone):
        line.drain(line.intake(forgets=False))
    admin.delete_records({partition: at + 5})
    (gap,) = now(line.store.gaps(), {"bootstrap_servers": line.bootstrap})
    assert (gap.kept, gap.first) == (at, at + 5)
    accept(line.door, gap, by="an", because="known")
    line.drain(line.intake(forgets=False))
    assert kept(line)[partition] == at + 11
