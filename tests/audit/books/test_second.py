"""The second implementation agrees with the first on random careers, and finds what is changed."""

from itertools import groupby
from pathlib import Path

import pytest

from ledger.audit.books.journal import Before, Journal
from ledger.audit.books.tables import BALANCES, BalanceRow
from ledger.domain.account import Account
from ledger.domain.events import Envelope
from ops.books.booking import Stored, balance_row
from ops.books.exporting import Package, Selection
from ops.books.recomputing import QUANTITIES, Recomputed, recompute
from projections.balances.project import BALANCES as READ_MODEL
from projections.balances.project import LOTS
from projections.projection import fold
from tests.audit.books.careers import CAREERS, MOVING


def balances(log: list[Stored]) -> list[BalanceRow]:
    """Return what the read model of balances has of a log, account by account."""
    rows: list[BalanceRow] = []
    for _, stored in groupby(log, key=lambda each: each.envelope.account):
        found = fold(READ_MODEL, [[each.envelope for each in stored]])
        rows += [balance_row((*row, None)) for row in found[LOTS.name].values()]
    return rows


def _unmerged(envelope: Envelope) -> Account:
    raise AssertionError(envelope)


def packed(
    folder: Path, log: list[Stored], rows: list[BalanceRow], before: Before = _unmerged
) -> Recomputed:
    """Write a package, and compute its balances anew."""
    folder.mkdir()
    pack = Package(folder, "parquet", Selection(), None)
    with pack.table(BALANCES) as file:
        for row in rows:
            file.add(row)
    pack.book(log, Journal(before), with_events=True)
    pack.close(len(log), None)
    return recompute(folder)


def test_it_agrees_on_every_lot_of_random_careers(log: list[Stored], tmp_path: Path) -> None:
    rows = balances(log)
    found = packed(tmp_path / "all", log, rows)
    assert (found.lots, found.agrees) == (len(rows), True), found.differences[:3]
    assert found.accounts > 0.9 * CAREERS


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_quantity_that_is_one_too_many_anywhere_is_found(
    log: list[Stored], tmp_path: Path, name: str
) -> None:
    some = log[:3_000]
    rows = balances(some)
    number = 7 % len(rows)
    row = rows[number]
    rows[number] = row._replace(**{name: getattr(row, name) + 1})
    found = packed(tmp_path / "changed", some, rows)
    (difference,) = found.differences
    assert (difference.account, difference.lot) == (str(row.account), row.lot)
    assert found.wrong == {"balances": 1, "entries": 0}
    assert difference.recomputed is not None
    assert difference.claimed is not None
    assert difference.claimed[name] - difference.recomputed[name] == 1


@pytest.mark.parametrize("name", sorted(MOVING - {"right-granted"}))
def test_an_event_that_is_missing_from_the_log_is_found(
    log: list[Stored], tmp_path: Path, name: str
) -> None:
    number = next(n for n, each in enumerate(log) if each.name.partition("@")[0] == name)
    account = log[number].envelope.account
    of_account = [each for each in log if each.envelope.account == account]
    without = [each for each in of_account if each is not log[number]]
    found = packed(tmp_path / "missing", without, balances(of_account))
    assert found.wrong["balances"] == len(found.differences) > 0
    assert {each.account for each in found.differences} == {str(account)}
