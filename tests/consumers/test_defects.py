"""Our own code fails on somebody's data: that record is parked, the line goes on, or stops whole."""

import psycopg
import pytest
from structlog.testing import capture_logs

from ledger.service.defects import MAX_DEFECTS_IN_A_ROW, LineStopped
from ledger.service.ports import AccountRow
from tests.consumers.stories import account, employed, people
from tests.lines import Line


def damage(database: str, everyone: list[str]) -> None:
    """Make state rows unreadable: decoding them raises, as a defect in our code would."""
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(
            "UPDATE ledger.accounts SET state = 'x'::bytea WHERE account = ANY(%s)",
            ([account(person) for person in everyone],),
        )


def mend(database: str, rows: list[AccountRow]) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        for row in rows:
            conn.execute(
                "UPDATE ledger.accounts SET state = %s WHERE account = %s", (row.state, row.account)
            )


def rows_of(line: Line, everyone: list[str]) -> list[AccountRow]:
    return list(line.store.load([account(person) for person in everyone], [])[0].values())


def test_a_record_on_which_our_code_fails_is_parked_and_everyone_else_is_served(
    line: Line, database: str
) -> None:
    everyone = people(20)
    bad = everyone[7:9]
    line.publish(*(employed(person) for person in everyone))
    line.drain()
    rows = rows_of(line, bad)
    damage(database, bad)
    with capture_logs() as logs:
        line.publish(*(employed(person, version=2, fraction="9/10") for person in everyone))
        line.drain()
        line.drain()
    parked = line.store.parked(100)
    assert {(p.record.key or b"").decode() for p in parked} == set(bad)
    assert {p.record.reason for p in parked} == {"defect"}
    assert all(p.record.detail.startswith("Undecodable in compression.py, line ") for p in parked)
    assert sorted(line.statuses() + bad) == sorted(2 * everyone)
    said = [entry for entry in logs if entry["event"] == "record_defective"]
    assert {entry["log_level"] for entry in said} == {"error"}
    assert len(said) == len(bad)
    assert not any(person in str(logs) for person in everyone)

    stays = line.replay(parked[0])
    assert (stays.handled, stays.reason) == (False, "defect")
    mend(database, rows)
    for each in parked:
        assert line.replay(each).handled
    assert sorted(line.statuses()) == sorted(2 * everyone)


def test_one_persons_many_records_on_which_our_code_fails_do_not_stop_the_line(
    line: Line, database: str
) -> None:
    bad, good = people(2)
    line.publish(employed(bad))
    line.drain()
    damage(database, [bad])
    versions = range(2, 2 * MAX_DEFECTS_IN_A_ROW)
    line.publish(*(employed(bad, version=version) for version in versions), employed(good))
    line.drain()
    assert len(line.store.parked(100)) == len(versions)
    assert line.statuses() == [bad, good]


def test_when_our_code_fails_for_everyone_the_line_stops_and_nothing_is_parked(
    line: Line, database: str
) -> None:
    everyone = people(2 * MAX_DEFECTS_IN_A_ROW)
    line.publish(*(employed(person) for person in everyone))
    line.drain()
    rows = rows_of(line, everyone)
    damage(database, everyone)
    line.publish(*(employed(person, version=2, fraction="9/10") for person in everyone))
    for _ in range(2):
        with pytest.raises(
            LineStopped, match=r"for 10 people in a row.*Undecodable in compression\.py"
        ):
            line.drain()
        assert line.store.parked(100) == []
    mend(database, rows)
    line.drain()
    assert sorted(line.statuses()) == sorted(2 * everyone)
