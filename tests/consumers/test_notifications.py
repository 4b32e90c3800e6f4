"""Notifications on a broker, for real: facts in the ledger, and the national number nowhere."""

import psycopg
import pytest
from structlog.testing import capture_logs

from consumers.translate import notification_language
from ledger.domain.events import RightGranted, StatusAnnulled, StatusRecorded
from schemas import dimona_v1, dmfa_v1
from schemas.examples import NORA_SSIN
from tests.consumers.notifications import (
    NORA,
    PEOPLE,
    as_message,
    dimona,
    dmfa,
    occupation,
)
from tests.lines import Line

MAX_BYTES = 1 << 20


@pytest.fixture
def border(line: Line) -> Line:
    """Return a line that takes in Dimona and DmfA, too."""
    line.speak("dimona", notification_language(dimona_v1.SERVICE, PEOPLE))
    line.speak("dmfa", notification_language(dmfa_v1.SERVICE, PEOPLE))
    return line


def kept(line: Line, database: str) -> str:
    """Return all that the ledger keeps but the parked bytes, as text."""
    with psycopg.connect(database) as conn:
        receipts = conn.execute("SELECT * FROM ledger.receipts").fetchall()
    parked = [(each.record.reason, each.record.detail) for each in line.store.parked(10)]
    return repr([list(line.store.each_event()), receipts, parked])


def test_declared_then_settled_then_the_same_again_counts_once_under_the_pseudonym(
    border: Line, database: str
) -> None:
    declared = as_message("dimona", dimona("in", 1, "2025-01-06"))
    pending = as_message("dimona", dimona("cancel", 2, result="pending"))
    jobs = occupation(1900, "2025-01-06"), occupation(1520, "2025-01-06", number=2)
    settled = as_message("dmfa", dmfa("2025-Q1", *jobs))
    with capture_logs() as logs:
        border.publish(declared, pending)
        border.drain()
        border.publish(settled, declared)
        border.drain()
    assert border.statuses() == [str(NORA)] * 3
    statuses = [e for e in border.events(StatusRecorded) if isinstance(e, StatusRecorded)]
    assert [(s.fact, s.evidence) for s in statuses] == [
        ("dimona/123", "declared"),
        ("dmfa/0566988259/2025-Q1/1", "settled"),
        ("dmfa/0566988259/2025-Q1/2", "settled"),
    ]
    assert border.events(RightGranted)
    assert border.store.parked(10) == []
    assert NORA_SSIN not in kept(border, database)
    assert NORA_SSIN not in str(logs)


def test_w61_a_cancelled_period_comes_in_over_kafka_in_any_order(border: Line) -> None:
    border.publish(as_message("dimona", dimona("cancel", 2)))
    border.drain()
    border.publish(as_message("dimona", dimona("in", 1, "2025-01-06")))
    border.drain()
    assert len(border.events(StatusAnnulled)) == 1
    assert border.events(RightGranted) == []


def test_what_cannot_be_read_is_parked_whole_with_a_reason_that_tells_no_number(
    border: Line, database: str
) -> None:
    mistyped = as_message("dimona", dimona("in", 1, "2025-01-06", ssin="93051822362"))
    out = dimona("out", 2, "2025-01-06", "2025-02-01")
    under_the_number = as_message("dimona", out, NORA_SSIN.encode())
    border.publish(mistyped, as_message("dimona", dimona("in", 1, "2025-01-06")), under_the_number)
    border.drain()
    parked = {each.record.reason: each.record.value for each in border.store.parked(10)}
    assert parked == {"invalid-data": mistyped.value, "national-number": under_the_number.value}
    assert border.statuses() == [str(NORA)]
    assert "930518" not in kept(border, database)


def test_a_replayed_notification_leaves_no_bytes(border: Line) -> None:
    jobs = (occupation(1900, "2025-01-06", number=number) for number in (1, 2))
    settled = as_message("dmfa", dmfa("2025-Q1", *jobs))
    border.publish(settled)
    border.drain(border.intake(max_bytes=100))
    (parked,) = border.store.parked(10)
    assert (parked.record.reason, parked.record.value) == ("too-large", settled.value)
    done = border.replay(parked)
    assert (done.handled, done.reason) == (True, "")
    assert len(border.statuses()) == 2
    (left,) = border.store.parked(10, state="replayed")
    assert (left.record.key, left.record.value, left.record.headers) == (None, None, ())
    assert (left.record.offset, left.record.reason) == (parked.record.offset, "too-large")
    contradicting = as_message("dmfa", dmfa("2025-Q1", occupation(3800, "2025-01-06")))
    border.publish(contradicting)
    border.drain()
    (other,) = border.store.parked(10)
    assert other.record.reason == "id-with-other-content"
    stays = border.replay(other)
    assert (stays.handled, stays.reason) == (False, "id-with-other-content")
    assert border.store.parked(10)[0].record.value == contradicting.value
