"""What a person has, as other rooms ask for it: one query, and the position it reflects."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.audit.explain import Stop
from ledger.domain.lots import available
from projections.balances.rows import LotRow
from projections.projection import Row
from projections.tables import Reading, read

MAX_ACCOUNTS = 1_000
"""Most accounts in one bulk read."""

_LOTS = """
    FROM projections.balances b
    LEFT JOIN projections.balances_standings s ON s.account = b.account AND s.scheme = b.scheme
    LEFT JOIN projections.balances_standings e ON e.account = b.account AND e.scheme = ''
    WHERE b.account = ANY(%(accounts)s) AND NOT EXISTS (
        SELECT FROM projections.balances_merged m
        WHERE m.account = b.account AND m.into_account IS NOT NULL
    )
"""
"""The lots of those accounts that were not merged, with what stops a scheme's, and all."""

_COLUMNS = ", ".join(f"b.{column}" for column in LotRow._fields)
_COUNT = len(LotRow._fields)
_QUERY = f"""
    SELECT {_COLUMNS},
        s.restricted, s.restricted_since, s.restricted_reason,
        s.frozen, s.frozen_since, s.frozen_reason,
        e.frozen AS all_frozen, e.frozen_since AS all_since, e.frozen_reason AS all_reason
    {_LOTS}
"""
_LEFT = (
    "(b.granted - b.withdrawn + b.transferred_in"
    " - b.reserved - b.used - b.transferred_out - b.expired)"
)
"""As `ledger.domain.lots.available`."""

_PLAIN_QUERY = f"""
    SELECT b.account, string_agg(b.told, ',' ORDER BY b.scheme, b.since, b.lot),
        bool_and(
            ({_LEFT} = 0 OR %(on)s >= b.since AND %(on)s < b.until)
            AND s.restricted IS NULL AND s.frozen IS NOT TRUE AND e.frozen IS NOT TRUE
        )
    {_LOTS}
    GROUP BY b.account
"""

_NAMES_QUERY = """
    WITH stands AS (
        SELECT coalesce(
            (SELECT into_account FROM projections.balances_merged WHERE account = %(account)s),
            %(account)s
        ) AS account
    )
    SELECT account, NULL AS other FROM stands
    UNION ALL SELECT s.account, m.account
    FROM stands s JOIN projections.balances_merged m ON m.into_account = s.account
"""


class LotBalance(NamedTuple):
    """One lot on a day: as flat as it is kept, since this is what is read most.

    Attributes:
        lot: its quantities; what is left of it counts as expired once its term is over,
            whether or not the ledger's clock got there.
        available: what can be reserved, used or transferred on the day, stops aside.
        pending: what can be used once the term begins.
        stops: what keeps it from being used that day; empty when nothing does.

    """

    lot: LotRow
    available: int
    pending: int
    stops: tuple[Stop, ...]

    @property
    def usable(self) -> int:
        """What can be used on the day, stops counted."""
        return 0 if self.stops else self.available


class Balances(NamedTuple):
    """The lots of one account, by scheme and term, as of a position in the log."""

    position: int
    lots: tuple[LotBalance, ...]


def balances_of(account: UUID, on: date) -> Reading[Balances]:
    """Return what one account has on a day: nothing when it was merged (see `merged_into`).

    `on` counts by terms and stops only; quantities are the newest known. What was known
    earlier is a question for `ledger.audit`.
    """
    found = yield from balances_of_many([account], on)
    return found[account]


def balances_of_many(accounts: Collection[UUID], on: date) -> Reading[dict[UUID, Balances]]:
    """Return what each of 1 to `MAX_ACCOUNTS` accounts has on a day, all at one position."""
    order = "q.scheme, q.since, q.lot"
    position, rows = yield from read("balances", _QUERY, order, {"accounts": _bounded(accounts)})
    lots: dict[int, list[LotBalance]] = {account.int: [] for account in accounts}
    for row in rows:  # of whole numbers: a UUID is looked up in Python
        lots[row[0].int].append(_balance(row, on))
    return {account: Balances(position, tuple(lots[account.int])) for account in accounts}


class Told(NamedTuple):
    """The lots of one account, as of a position in the log, as JSON with commas between them."""

    position: int
    lots: bytes


def told_of_many(accounts: Collection[UUID], on: date) -> Reading[dict[UUID, Told | Balances]]:
    """Return what each of some accounts has, as JSON where their lots are told as they are kept.

    They are when nothing stops them, and all that is left of them can be used on the day. What
    stops a lot is said in the reader's language, and the rest of such an account with it.
    """
    asked = {"accounts": _bounded(accounts), "on": on}
    position, rows = yield from read("balances", _PLAIN_QUERY, "1", asked)
    found: dict[UUID, Told | Balances] = dict.fromkeys(accounts, Balances(position, ()))
    for account, lots, plain in rows:
        if plain:
            found[account] = Told(position, lots.encode())
    others = [account for account, _, plain in rows if not plain]
    return found | ((yield from balances_of_many(others, on)) if others else {})


def _bounded(accounts: Collection[UUID]) -> list[UUID]:
    if len(accounts) > MAX_ACCOUNTS:
        msg = f"at most {MAX_ACCOUNTS} accounts in one read, not {len(accounts)}"
        raise ValueError(msg)
    return list(accounts)


def merged_into(accounts: Collection[UUID]) -> Reading[dict[UUID, UUID]]:
    """Return into which accounts some were merged; those that stand for themselves are left out.

    As long as the read model was never made, nobody is known to be.
    """
    query = (
        "SELECT m.account, m.into_account FROM projections.balances_merged m"
        " WHERE m.account = ANY(%(accounts)s) AND m.into_account IS NOT NULL"
    )
    try:
        _, rows = yield from read("balances", query, "1", {"accounts": list(accounts)})
    except LookupError:
        return {}
    return dict(rows)


def names_of(account: UUID) -> Reading[tuple[UUID, ...]]:
    """Return the accounts that are one person's with an account: first the one that stands for all.

    As long as the read model was never made, each is only its own.
    """
    try:
        _, rows = yield from read(
            "balances", _NAMES_QUERY, "q.other NULLS FIRST", {"account": account}
        )
    except LookupError:
        return (account,)
    [stands, *others] = rows
    return (stands[0], *(row[1] for row in others))


def _balance(row: Row, on: date) -> LotBalance:
    lot = LotRow._make(row[:_COUNT])
    left, marks = available(lot), row[_COUNT:]
    if on >= lot.until and left:  # else the ledger's clock got there
        lot, left = lot._replace(expired=lot.expired + left), 0
    pending = left if on < lot.since else 0
    stops = tuple(stop for stop in _stops(marks) if stop.since <= on) if any(marks) else ()
    return LotBalance(lot, left - pending, pending, stops)


def _stops(row: Row) -> list[Stop]:
    mode, since, reason = row[:3]
    stops = [Stop(mode=mode, since=since, reason=reason)] if mode else []
    for frozen, since, reason in (row[3:6], row[6:]):
        if frozen:
            stops.append(Stop(mode="frozen", since=since, reason=reason))
    return stops
