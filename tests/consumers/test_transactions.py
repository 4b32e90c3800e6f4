"""Sources that publish in transactions: only what they committed counts, and markers are no gaps."""

from contextlib import closing

import pytest
from kafka import KafkaProducer, TopicPartition

from consumers.topics import topic_ids
from tests.consumers.stories import CAREER, employed, people
from tests.lines import APACHE, Line, admin_of, running, wait_until


def positions(line: Line) -> dict[TopicPartition, int]:
    topic = line.names[CAREER]
    with admin_of(line.bootstrap) as admin:
        (id_,) = topic_ids(admin, [topic]).values()
    return {TopicPartition(topic, n): at for n, at in line.store.positions(id_).items()}


@APACHE  # Tansu hands out what was aborted, too
@pytest.mark.parametrize("last", ["committed", "aborted"])
def test_what_a_source_aborts_is_not_taken_in_and_the_position_is_past_its_marker(
    line: Line, last: str
) -> None:
    good, bad = people(2)
    topic = line.names[CAREER]
    with (
        running(line.intake()),
        closing(
            KafkaProducer(bootstrap_servers=line.bootstrap, transactional_id=topic, acks="all")
        ) as source,
    ):
        source.init_transactions()
        for person, ends in ((good, "committed"), (bad, "aborted"), (good, last)):
            source.begin_transaction()
            message = employed(person, version=3 if ends != "aborted" else 4)
            source.send(topic, message.value, person.encode(), partition=0).get(10)
            if ends == "aborted":
                source.abort_transaction()
            else:
                source.commit_transaction()
        wait_until(lambda: positions(line).get(TopicPartition(topic, 0)) == 6)
    assert line.statuses() == [good]
    assert line.store.parked(10) == []
