"""The books on a ledger's database: the journal of its log, and totals held against balances."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from ledger.audit.books.journal import Entry, Journal, Kept
from ledger.audit.books.movements import NAMES, Name, standing
from ledger.audit.books.tables import BalanceRow
from ledger.audit.books.totals import (
    ALWAYS,
    Difference,
    Imbalance,
    Period,
    Total,
    TrialBalance,
    imbalances,
)
from ledger.domain.account import Account
from ledger.domain.calendar import OPEN, Term
from ledger.domain.events import Envelope
from ledger.domain.evolve import fold
from ledger.domain.lots import Lot
from ledger.domain.quantities import Unit
from ledger.service.reach import DueAccount
from ledger.store.codec import Undecodable
from ledger.store.datastore import answers
from ledger.store.postgres import PAGE_EVENTS, PostgresStore
from projections.balances.project import AMOUNTS, BALANCES, lot_of
from projections.balances.rows import LotRow
from projections.check import snapshot
from projections.projection import place_of
from projections.runner import connect
from projections.tables import Conn, exist, generations

PAGE_ACCOUNTS: Final = 5_000
"""How many accounts are read at once, to draw from."""

SAID_EVERY_EVENTS: Final = 20_000
"""After so many events progress is told."""

_SUMS: Final = f"""
    SELECT scheme, unit, {", ".join(f"sum({name})::bigint" for name in AMOUNTS)}
    FROM projections.balances b
    WHERE NOT EXISTS (
        SELECT FROM projections.balances_merged m
        WHERE m.account = b.account AND m.into_account IS NOT NULL
    )
    GROUP BY scheme, unit
"""  # noqa: S608  constants

_BALANCES: Final = f"""
    SELECT {", ".join(f"b.{column}" for column in LotRow._fields)}, m.into_account
    FROM projections.balances b LEFT JOIN projections.balances_merged m ON m.account = b.account
    ORDER BY b.account, b.lot
"""  # noqa: S608  constants

BATCH_ROWS: Final = 2_000
"""Rows fetched at once while balances are streamed."""

Standing = Counter[tuple[Kept, Name]]
"""What stands on each account of each scheme and unit: debits less credits."""


class NotMade(Exception):  # noqa: N818  it is an answer
    """The read model of balances is not there: nothing can be held against it."""


class Stored(NamedTuple):
    """An event of the log: read, and as it is stored.

    Attributes:
        envelope: with its position.
        name: the stored name, with its version: `right-granted@2`.
        payload: the canonical JSON that was written, whatever its version.

    """

    envelope: Envelope
    name: str
    payload: bytes


def walk(store: PostgresStore, until: int, after: int = 0) -> Iterator[Stored]:
    """Walk the log from after one position up to another, a page in memory at a time.

    Raises:
        Undecodable: an event can't be read; says which.
        StoreUnavailable: no answer.

    """
    mapper = store.mapper
    while after < until:
        with answers():
            page = store.recorder.select_notifications(
                after, PAGE_EVENTS, stop=until, inclusive_of_start=False
            )
        for row in page:
            account, version = cast("UUID", row.originator_id), row.originator_version
            try:
                plain = mapper.zstandard.decompress(row.state)  # which the mapper takes as it is
            except Undecodable as error:
                raise Undecodable(f"{account} version {version} ({row.topic}): {error}") from error
            envelope = mapper.envelope(account, version, row.topic, plain, row.id)
            yield Stored(envelope, row.topic, plain)
        after = page[-1].id if page else until


def journal_of(store: PostgresStore) -> Journal:
    """Return a journal for a ledger's log."""

    def before(envelope: Envelope) -> Account:
        return fold(store.events_of(envelope.account, 0, envelope.version - 1))

    return Journal(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A trial balance, and what is wrong with it.

    Attributes:
        position: of the last event that is counted.
        compared: of the last event that the read model of balances has: up to there all was
            compared.
        lines: the trial balance.
        problems: empty when it is zero-sum, and what the balances say.

    """

    position: int
    compared: int
    lines: list[Total]
    problems: list[Imbalance | Difference]


def totals(
    url: str,
    store: PostgresStore,
    say: Callable[[str], None],
    period: Period = ALWAYS,
    scheme: str | None = None,
    *,
    also: Callable[[Envelope, list[Entry]], None] = lambda _, __: None,
) -> Totals:
    """Cast the whole log up, and hold it against the read model of balances.

    `also` is given each event with its entries, so that who needs more of them walks no other log.

    Raises:
        NotMade: there is no such read model.
        NoSuchLot: the log moves a lot that no event made.

    """
    with connect(url) as conn:
        compared, expected = balances(conn, scheme)
    position = max(store.head(), compared)
    trial, found, journal = TrialBalance(period), Standing(), journal_of(store)
    for count, (envelope, name, _) in enumerate(walk(store, position), start=1):
        entries = [e for e in journal.post(envelope, name) if scheme in (None, e.scheme)]
        trial.add(entries)
        also(envelope, entries)
        if place_of(envelope) <= compared:
            stand(found, entries)
            for kept, account, balance in journal.left(envelope):
                if scheme in (None, kept.scheme):
                    found[kept, account] -= balance
        if count % SAID_EVERY_EVENTS == 0:
            say(f"{count} events")
    lines = trial.lines()
    problems: list[Imbalance | Difference] = [*imbalances(lines)]
    problems += differences(found, expected)
    return Totals(position=position, compared=compared, lines=lines, problems=problems)


def stand(found: Standing, entries: list[Entry]) -> None:
    """Add entries to what stands."""
    for entry in entries:
        kept = Kept(entry.scheme, entry.unit)
        found[kept, entry.debit] += entry.quantity
        found[kept, entry.credit] -= entry.quantity


def differences(found: Standing, expected: Standing) -> list[Difference]:
    """Say where the journal and the read model of balances differ."""
    return [
        Difference(*kept, name, found[kept, name], expected[kept, name])
        for kept, name in sorted(found.keys() | expected.keys(), key=_place)
        if found[kept, name] != expected[kept, name]
    ]


def _place(key: tuple[Kept, Name]) -> tuple[Kept, int]:
    return key[0], NAMES.index(key[1])


def balances(conn: Conn, scheme: str | None = None) -> tuple[int, Standing]:
    """Return what stands by the read model of balances, and the position that it reflects.

    Raises:
        NotMade: there is none.

    """
    expected = Standing()
    _demand(conn)
    with snapshot(conn, BALANCES) as position:
        for of, unit, *amounts in conn.execute(_SUMS.encode()):
            if scheme in (None, of):
                for name, balance in standing(_summed(of, unit, amounts)).items():
                    expected[Kept(of, unit), name] = balance
    return position, expected


def _summed(scheme: str, unit: Unit, amounts: Sequence[int]) -> Lot:
    """Return sums over lots as if they were one lot's, since accounts are told of lots."""
    named = dict(zip(AMOUNTS, amounts, strict=True))
    return Lot(id="", scheme=scheme, unit=unit, term=Term(date.min), funder="", **named)


@contextmanager
def served(conn: Conn) -> Iterator[tuple[int, Callable[[], Iterator[BalanceRow]]]]:
    """Yield the position of the read model of balances, and what streams its rows as of there.

    They are in order of account and lot, and the same each time.

    Raises:
        NotMade: there is none.

    """
    _demand(conn)

    def rows() -> Iterator[BalanceRow]:
        with conn.cursor(name="balances") as cursor:
            cursor.itersize = BATCH_ROWS
            cursor.execute(_BALANCES.encode())
            yield from map(balance_row, cursor)

    with snapshot(conn, BALANCES) as position:
        yield position, rows


def balance_row(columns: Sequence[Any]) -> BalanceRow:
    """Return what is told of a row of the read model, and of the account it is merged into."""
    *known, into = columns
    row = LotRow(*known)
    said = row._asdict() | {"available": lot_of(row).available, "merged_into": into}
    if row.until == OPEN:
        said["until"] = None
    return BalanceRow(*(said[column] for column in BalanceRow._fields))


def _demand(conn: Conn) -> None:
    """Raise `NotMade` where there is no read model of balances."""
    live = exist(conn) and [g for g in generations(conn) if g.live and g.name == BALANCES.name]
    if not live:
        raise NotMade(
            "there is no read model of balances; make it: `rugzak projections run --once`"
        )


def people(store: PostgresStore) -> Iterator[UUID]:
    """Yield every account that is somebody's."""
    after: DueAccount | None = None
    while page := store.every_account(date.max, PAGE_ACCOUNTS, after):
        yield from (each.account for each in page)
        after = page[-1]
