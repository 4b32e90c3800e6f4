"""Batches are bounded by count, bytes and time, and one pass over the topics doubles nothing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from consumers.batches import Limits
from consumers.single_pass import Passed, single_pass
from consumers.topics import topic_ids
from ledger.service.ports import Append
from tests.consumers.stories import CAREER, employed, people, raw, reserved
from tests.lines import LIMITS, Line, admin_of


def test_a_batch_has_no_more_bytes_than_it_may_and_a_larger_record_is_one_by_itself(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    append = line.store.append

    def counted(batch: Append) -> object:
        sizes.append(len(batch.receipts))
        return append(batch)

    monkeypatch.setattr(line.store, "append", counted)
    everyone = people(20)
    line.publish(*(employed(person) for person in everyone))
    length = len(employed().value)
    line.drain(line.intake(max_batch_bytes=3 * length + 10))
    assert sorted(line.statuses()) == sorted(everyone)
    assert max(sizes) == 3
    sizes.clear()
    line.publish(*(employed(person, version=2, fraction="9/10") for person in everyone))
    line.drain(line.intake(max_batch_bytes=10))
    assert [size for size in sizes if size] == 20 * [1]


def passed(line: Line, since: datetime | None) -> Passed:
    return single_pass(
        line.door,
        {"bootstrap_servers": line.bootstrap},
        line.languages,
        limits=Limits(**LIMITS),
        since=since,
        stop=threading.Event(),
        say=lambda _: None,
    )


def test_one_pass_over_all_takes_in_what_is_missing_and_moves_no_position(line: Line) -> None:
    everyone = people(30)
    line.publish(*(employed(person) for person in everyone[:20]), raw(CAREER, b"{garbage"))
    line.drain()
    line.publish(*(employed(person) for person in everyone[20:]))
    topic = line.names[CAREER]
    with admin_of(line.bootstrap) as admin:
        id_ = topic_ids(admin, [topic])[topic]
    before = line.store.positions(id_)
    done = passed(line, None)
    assert (done.records, dict(done.requests)) == (31, {"known": 20, "accepted": 10})
    assert sorted(line.statuses()) == sorted(everyone)
    assert line.store.positions(id_) == before
    line.drain()
    assert sorted(line.statuses()) == sorted(everyone)
    assert len(line.store.parked(10)) == 1


def test_one_pass_from_a_moment_on_leaves_out_what_was_published_before(line: Line) -> None:
    line.publish(employed())
    threading.Event().wait(0.05)
    moment = datetime.now(UTC)
    assert passed(line, moment).records == 0
    line.publish(reserved(minutes=600))
    assert passed(line, moment).records == 1
    assert passed(line, moment + timedelta(days=1)).records == 0
