"""Parked records in PostgreSQL: set aside, found, and marked with what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias, assert_never

from ledger.service.ports import (
    Dropped,
    Erased,
    Fenced,
    Handled,
    Held,
    Mark,
    Parked,
    ParkedRecord,
    StillHeld,
    StillParked,
)
from ledger.store.datastore import Rows
from ledger.store.writes import text

State: TypeAlias = Literal["parked", "held", "replayed", "dropped"]
"""For an operator to decide; waiting by itself; handled after all; given up."""


class ParkedCounts(NamedTuple):
    """How many parked records there are by state, and since when the oldest of two is there."""

    by_state: dict[State, int]
    parked_since: datetime | None
    held_since: datetime | None


OF_STATE: dict[State, str] = {
    "parked": "replayed_at IS NULL AND dropped_at IS NULL AND held_until IS NULL",
    "held": "held_until IS NOT NULL",
    "replayed": "replayed_at IS NOT NULL",
    "dropped": "dropped_at IS NOT NULL",
}

MAX_PAGE_BYTES = 64 * 1024 * 1024
"""Most bytes of keys and values in one page, unless its first record alone has more."""

_STATE = "id, tries, replayed_at, dropped_at"
_PLACE = 'topic_id, topic, partition, "offset"'
_CONTENT = "key, value, header_names, header_values"
_REST = "reason, detail, parked_at, source, message, account, held_until, held_at_version, held_for"

RECORD = f"{_PLACE}, {_CONTENT}, {_REST}"
"""The columns of a record, whole, in the order that `record` reads."""

PAGE = """{state} AND id > %(after)s AND (%(reason)s::text IS NULL OR reason = %(reason)s)
    AND (%(topic)s::text IS NULL OR topic = %(topic)s)"""

_FILTERS = [f"FILTER (WHERE {each})" for each in OF_STATE.values()]
COUNT = ", ".join(
    ["SELECT " + ", ".join(f"count(*) {each}" for each in _FILTERS)]
    + [f"min(parked_at) {each}" for each in _FILTERS[:2]]
)
COUNT += " FROM ledger.parked"

SEEN = """
SELECT (SELECT coalesce(max(notification_id), 0) FROM ledger.events),
    (SELECT coalesce(max(id), 0) FROM ledger.parked),
    EXISTS (SELECT FROM ledger.parked WHERE held_until IS NOT NULL)
"""

DUE = """held_until IS NOT NULL AND account IN (
    SELECT account FROM (
        SELECT account FROM ledger.parked WHERE held_until <= %(now)s
        UNION ALL
        SELECT p.account FROM ledger.parked AS p JOIN ledger.accounts AS a USING (account)
        WHERE p.held_until IS NOT NULL AND a.version > p.held_at_version{newly}
    ) AS due LIMIT %(limit)s)"""
"""All that is held for some accounts, of which one is due."""

NEWLY = """ AND p.account IN (
            SELECT account FROM ledger.parked WHERE held_until IS NOT NULL AND id > %(parked)s
            UNION ALL
            SELECT originator_id FROM ledger.events WHERE notification_id > %(position)s)"""
"""Since a look that found nothing, only of accounts with a new event or a new held record."""

WAITING = """
SELECT account, held_for FROM ledger.parked WHERE held_until IS NOT NULL AND account = ANY(%s)
"""

_PARK = """
INSERT INTO ledger.parked AS p (topic_id, topic, partition, "offset", key, value, header_names,
    header_values, reason, detail, parked_at, source, message, account, held_until, held_at_version,
    held_for)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (topic_id, partition, "offset") DO UPDATE
SET key = EXCLUDED.key, value = EXCLUDED.value, header_names = EXCLUDED.header_names,
    header_values = EXCLUDED.header_values, reason = EXCLUDED.reason, detail = EXCLUDED.detail,
    parked_at = EXCLUDED.parked_at, tries = p.tries + 1, held_until = EXCLUDED.held_until,
    held_at_version = EXCLUDED.held_at_version, held_for = EXCLUDED.held_for, replayed_at = NULL,
    announced_at = NULL
WHERE p.dropped_at IS NULL
"""

_AS_IT_WAS = """
WHERE id = %(id)s AND tries = %(tries)s AND replayed_at IS NULL AND dropped_at IS NULL
RETURNING 1
"""
ABOUT = "account = %(account)s OR key = convert_to(%(account)s::text, 'UTF8')"
"""Of an account, whatever became of it."""

_FORGOTTEN = ", key = NULL, value = NULL, header_names = '{}', header_values = '{}'"
_TRIED = "UPDATE ledger.parked SET tries = tries + 1"
_ERASE = f"""{_TRIED}, held_until = NULL,
    dropped_at = CASE WHEN replayed_at IS NULL THEN coalesce(dropped_at, %(at)s) END{_FORGOTTEN}
WHERE {ABOUT} OR id = ANY(%(parked)s)
"""
_FORGET_CODES = "DELETE FROM ledger.authorizations WHERE account = %(account)s"


def page(which: str, *, whole: bool = True, limit: str = "") -> bytes:
    """Return the query for parked records that fit a condition, in order of id.

    Whole ones are as many as fit in memory: the page ends before what does not. A list has no need
    of key, value and headers.
    """
    if not whole:
        nothing = "NULL::bytea, NULL::bytea, '{}'::bytea[], '{}'::bytea[]"
        light = f"SELECT {_STATE}, {_PLACE}, {nothing}, {_REST} FROM ledger.parked"  # noqa: S608  constants
        return f"{light} WHERE {which} ORDER BY id {limit}".encode()
    return f"""
        SELECT {_STATE}, {RECORD} FROM (
            SELECT *, row_number() OVER by_id AS nth, sum(
                coalesce(octet_length(value), 0) + coalesce(octet_length(key), 0)
            ) OVER by_id AS bytes
            FROM ledger.parked WHERE {which} WINDOW by_id AS (ORDER BY id) ORDER BY id {limit}
        ) AS page WHERE nth = 1 OR bytes <= {MAX_PAGE_BYTES} ORDER BY id
    """.encode()  # noqa: S608  constants


def park(rows: Rows, records: Sequence[ParkedRecord]) -> None:
    """Set records aside; one that was there is parked anew, but for one that was dropped."""
    if records:
        rows.executemany(_PARK, [_columns(r) for r in records])


def mark(rows: Rows, marks: Sequence[Mark]) -> None:
    """Write what became of parked records.

    Raises:
        Fenced: one is not as it was read, or it was handled or dropped since.

    """
    for each in marks:
        if isinstance(each, Erased):
            asked = {"at": each.at, "account": each.account, "parked": list(each.parked)}
            rows.connection.execute(_ERASE, asked)
            rows.connection.execute(_FORGET_CODES, {"account": each.account})
            continue
        query, more = _marked(each)
        was = {"id": each.parked.id, "tries": each.parked.tries}
        if rows.execute(query + _AS_IT_WAS, was | more).fetchone() is None:
            raise Fenced(f"somebody else tried the parked record {each.parked.id}")


def _marked(each: Handled | StillHeld | StillParked | Dropped) -> tuple[str, dict[str, Any]]:
    match each:
        case Handled(at=at, forget=forget):
            done = f"{_TRIED}, replayed_at = %(at)s, held_until = NULL"
            return done + (_FORGOTTEN if forget else ""), {"at": at}
        case StillHeld(at_version=version, account=account):
            waits = f"{_TRIED}, held_at_version = %(version)s, account = %(account)s"
            return waits, {"version": version, "account": account}
        case StillParked(reason=reason, detail=detail):
            why = {"reason": text(reason), "detail": text(detail)}
            stays = ", reason = %(reason)s, detail = %(detail)s, held_until = NULL"
            return _TRIED + stays, why
        case Dropped(at=at):
            gone = f"{_TRIED}, dropped_at = %(at)s, held_until = NULL{_FORGOTTEN}"
            return gone, {"at": at}
        case _:
            assert_never(each)


def _columns(r: ParkedRecord) -> tuple[Any, ...]:
    names = [name.encode(errors="surrogatepass") for name, _ in r.headers]
    values = [value for _, value in r.headers]
    whole = (r.topic_id, r.topic, r.partition, r.offset, r.key, r.value, names, values)
    why = (text(r.reason), text(r.detail), r.parked_at)
    held = (r.held.until, r.held.at_version, r.held.thing) if r.held else (None, None, None)
    return (*whole, *why, r.source, r.message, r.account, *held)


def parked(row: tuple[Any, ...]) -> Parked:
    """Read a row of a page."""
    id_, tries, replayed_at, dropped_at, *rest = row
    return Parked(id_, record(rest), tries, replayed_at, dropped_at)


def record(row: Sequence[Any]) -> ParkedRecord:
    """Read the columns of `RECORD`."""
    topic_id, topic, partition, offset, key, value, names, values, *more = row
    reason, detail, parked_at, source, message, account, until, at_version, thing = more
    return ParkedRecord(
        topic_id=topic_id,
        topic=topic,
        partition=partition,
        offset=offset,
        key=key,
        value=value,
        headers=tuple(
            (name.decode(errors="surrogatepass"), item)
            for name, item in zip(names, values, strict=True)
        ),
        reason=reason,
        detail=detail,
        parked_at=parked_at,
        source=source,
        message=message,
        account=account,
        held=None if until is None else Held(until=until, at_version=at_version, thing=thing),
    )


def state_of(each: Parked) -> State:
    """Return what is the matter with a parked record."""
    if each.dropped_at is not None:
        return "dropped"
    if each.replayed_at is not None:
        return "replayed"
    return "parked" if each.record.held is None else "held"
