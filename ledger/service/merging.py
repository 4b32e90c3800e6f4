"""Merging: two accounts become one holder's, or two again, by a decision with its reason."""

from typing import NamedTuple
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.commands import Command, Merge, Unmerge
from ledger.domain.quantities import Unit
from ledger.service.door import Door
from ledger.service.operated import operated


def merging(door: Door, account: UUID, into: UUID, *, because: str, actor: str) -> Command:
    """Return the command that lets an account stand for another one, too.

    Both are written in one transaction. It is about the account as it is now: what two operators
    decide at the same time is done once.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    version = door.state(account).version
    request = Merge(into=into, because=because)
    return operated(f"merge {account} at {version} into {into}", account, request, actor)


def unmerging(door: Door, account: UUID, *, because: str, actor: str) -> Command:
    """Return the command that lets an account that was merged stand for itself again.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    version = door.state(account).version
    return operated(f"unmerge {account} at {version}", account, Unmerge(because=because), actor)


class Change(NamedTuple):
    """What an account has of a scheme, before and after; quantities in the scheme's unit.

    Attributes:
        short: used or reserved beyond what is due, after.

    """

    account: UUID
    scheme: str
    unit: Unit
    before: int
    after: int
    short: int


def changes(account: UUID, before: Account, after: Account) -> list[Change]:
    """Return what changes in what an account has, scheme by scheme; one that is merged has nothing.

    Schemes of which it had nothing before, and has nothing after, are left out.
    """
    had, has = _had(before), _had(after)
    units = {lot.scheme: lot.unit for each in (before, after) for lot in each.lots.values()}
    found = []
    for scheme, unit in sorted(units.items()):
        was, _ = had.get(scheme, (0, 0))
        is_, short = has.get(scheme, (0, 0))
        if was or is_ or short:
            found.append(Change(account, scheme, unit, was, is_, short))
    return found


def _had(account: Account) -> dict[str, tuple[int, int]]:
    """Return what is available, and what is short, of each scheme."""
    found: dict[str, tuple[int, int]] = {}
    for lot in account.lots.values() if account.merged is None else ():
        available, short = found.get(lot.scheme, (0, 0))
        found[lot.scheme] = (available + lot.available, short + lot.shortfall)
    return found
