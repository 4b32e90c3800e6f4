"""What others read: typed, bounded, and with the position that it reflects."""

import json
from collections import Counter
from datetime import UTC, date
from uuid import UUID

import orjson
import pytest

from ledger.domain import events as e
from projections.balances.telling import telling
from projections.balances.view import (
    MAX_ACCOUNTS,
    Told,
    balances_of,
    balances_of_many,
    told_of_many,
)
from projections.check import Difference, compare, snapshot
from projections.outcomes.project import OUTCOMES
from projections.outcomes.view import outcome_of, outcomes_of
from projections.projection import fold
from projections.runner import Runner
from projections.tables import Conn, ask
from projections.timeline.view import timeline_of
from tests.projections.logs import (
    DAY,
    REGISTER,
    VOV,
    ListLog,
    enveloped,
    granted,
    lives,
    noras_life,
    person,
)

NORA, JAN = person(1), person(2)


def test_a_lapsed_right_is_never_available_though_the_clock_is_slow(
    database: str, conn: Conn
) -> None:
    Runner(database, ListLog(enveloped([granted()], NORA))).catch_up()
    (on_last_day,) = ask(conn, balances_of(NORA, date(2022, 8, 31))).lots
    assert (on_last_day.available, on_last_day.lot.expired) == (7500, 0)
    (day_after,) = ask(conn, balances_of(NORA, date(2022, 9, 1))).lots
    assert (day_after.available, day_after.lot.expired) == (0, 7500)


def test_a_lot_that_has_not_begun_is_pending(database: str, conn: Conn) -> None:
    Runner(database, ListLog(enveloped([granted()], NORA))).catch_up()
    (lot,) = ask(conn, balances_of(NORA, date(2021, 8, 31))).lots
    assert (lot.available, lot.pending) == (0, 7500)


def test_the_example_life_reads_as_it_is_written(database: str, conn: Conn) -> None:
    life = noras_life(NORA)
    Runner(database, ListLog(life[:5])).catch_up()
    (lot,) = ask(conn, balances_of(NORA, date(2022, 3, 2))).lots
    assert (lot.available, lot.lot.used, lot.usable) == (4800, 1200, 0)
    assert [(stop.mode, stop.reason) for stop in lot.stops] == [("keep", "not employed")]
    assert ask(conn, balances_of(NORA, date(2022, 2, 1))).lots[0].usable == 4800
    Runner(database, ListLog(life)).catch_up()
    answer = ask(conn, balances_of(NORA, date(2023, 2, 1)))
    assert answer.position == 8
    assert (answer.lots[0].available, answer.lots[0].lot.shortfall) == (0, 1200)


def test_a_freeze_of_everything_stops_every_lot(database: str, conn: Conn) -> None:
    frozen = e.RightsFrozen(scheme="", effective_on=DAY, reason="inquiry")
    Runner(database, ListLog(enveloped([frozen, granted()], NORA))).catch_up()
    (lot,) = ask(conn, balances_of(NORA, DAY)).lots
    assert (lot.available, lot.usable, lot.stops[0].mode) == (7500, 0, "frozen")


def test_many_accounts_are_read_at_one_position_and_within_a_bound(
    database: str, conn: Conn
) -> None:
    log = lives(1, 200)
    Runner(database, ListLog(log)).catch_up()
    stranger = person(99)
    answers = ask(conn, balances_of_many([NORA, JAN, stranger], DAY))
    assert {answer.position for answer in answers.values()} == {log[-1].position}
    assert answers[NORA] == ask(conn, balances_of(NORA, DAY))
    assert answers[NORA].lots
    assert answers[stranger].lots == ()
    with pytest.raises(ValueError, match="at most"):
        ask(conn, balances_of_many([person(n) for n in range(MAX_ACCOUNTS + 1)], DAY))


def test_what_is_told_as_it_is_kept_is_what_the_day_says(database: str, conn: Conn) -> None:
    Runner(database, ListLog(lives(3, 300, accounts=40))).catch_up()
    accounts = [person(n) for n in range(40)]
    kept = Counter[bool]()
    for on in (date(2020, 1, 1), DAY, date(2022, 8, 31), date(2022, 9, 1), date(2030, 1, 1)):
        told, held = (
            ask(conn, told_of_many(accounts, on)),
            ask(conn, balances_of_many(accounts, on)),
        )
        for account in accounts:
            answer, lots = told[account], held[account].lots
            kept[isinstance(answer, Told)] += bool(lots)
            if isinstance(answer, Told):
                said = [telling(lot.lot, lot.available, lot.pending) for lot in lots]
                assert not any(lot.stops for lot in lots)
                assert json.loads(b"[%b]" % answer.lots) == json.loads(orjson.dumps(said))
            else:
                assert answer == held[account]
    assert min(kept[True], kept[False]) > 10, kept


def test_a_timeline_is_read_page_by_page_from_either_end(database: str, conn: Conn) -> None:
    log = lives(2, 200)
    Runner(database, ListLog(log)).catch_up()
    own = [x.position for x in log if x.account == NORA]
    for order, expected in (("oldest first", own), ("newest first", own[::-1])):
        read: list[int] = []
        page = ask(conn, timeline_of(NORA, order=order, limit=7))  # type: ignore[arg-type]
        read += [entry.position for entry in page.entries]
        while page.beyond is not None:
            page = ask(conn, timeline_of(NORA, order=order, limit=7, beyond=page.beyond))  # type: ignore[arg-type]
            read += [entry.position for entry in page.entries]
        assert read == expected
    assert page.position == log[-1].position
    with pytest.raises(ValueError, match="1 to"):
        ask(conn, timeline_of(NORA, limit=0))


def test_an_entry_holds_the_event_as_it_is_stored(database: str, conn: Conn) -> None:
    Runner(database, ListLog(enveloped([granted()], NORA))).catch_up()
    (entry,) = ask(conn, timeline_of(NORA)).entries
    assert (entry.kind, entry.quantity, entry.unit, entry.scheme) == (
        "right-granted", 7500, "minute", VOV,
    )  # fmt: skip
    assert entry.details.startswith('{"basis":{"facts":[1],')
    assert entry.recorded_at.astimezone(UTC).hour == 6


def test_outcomes_are_found_by_command_and_by_source(database: str, conn: Conn) -> None:
    log = enveloped([granted()], NORA, command="https://a.example m1")
    log += enveloped([granted()], NORA, after=1, command="https://a.example m2")
    log += enveloped([granted()], JAN, after=2, command="https://a.example.org m1")
    Runner(database, ListLog(log)).catch_up()
    assert ask(conn, outcome_of("https://a.example m2")).outcomes[0].first_position == 2
    assert ask(conn, outcome_of("https://a.example m3")).outcomes == ()
    first = ask(conn, outcomes_of("https://a.example", limit=1))
    assert [o.command for o in first.outcomes] == ["https://a.example m1"]
    rest = ask(conn, outcomes_of("https://a.example", beyond=first.beyond))
    assert ([o.command for o in rest.outcomes], rest.beyond) == (["https://a.example m2"], None)


def test_a_row_that_was_tampered_with_is_found(database: str, conn: Conn) -> None:
    log = enveloped([granted()], NORA, command=f"{REGISTER} m1")
    log += enveloped([granted()], JAN, after=1, command=f"{REGISTER} m2")
    Runner(database, ListLog(log)).catch_up()
    conn.execute("UPDATE projections.outcomes SET events = 2 WHERE last_position = 1")
    conn.execute("UPDATE projections.outcomes SET command = 'x' WHERE last_position = 2")
    expected = fold(OUTCOMES, [log])
    with snapshot(conn, OUTCOMES) as position:
        assert position == 2
        found = {d.key[0]: d for d in compare(conn, OUTCOMES, expected)}
    assert set(found) == {f"{REGISTER} m1", f"{REGISTER} m2", "x"}
    assert found["x"].expected is None
    assert found[f"{REGISTER} m2"].found is None
    assert isinstance(found["x"], Difference)
    among = UUID(int=NORA.int - 1), NORA
    with snapshot(conn, OUTCOMES):
        some = list(compare(conn, OUTCOMES, fold(OUTCOMES, [log[:1]]), among))
    assert [d.key for d in some] == [(f"{REGISTER} m1",)]
