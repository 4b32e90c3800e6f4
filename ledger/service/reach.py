"""The clock's round: accounts on which something falls due or lapses come to today."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from ledger.domain.commands import Command, ReachDay
from ledger.service.door import CLOCK, Door

BATCH_ACCOUNTS: Final = 500
"""How many accounts one transaction of the round brings to today."""


class DueAccount(NamedTuple):
    """An account on which something falls due or lapses, and the day; in this order."""

    due_on: date
    account: UUID


def reach_due(
    door: Door,
    due_accounts: Callable[[date, int, DueAccount | None], Sequence[DueAccount]],
    until: date,
) -> Iterator[int]:
    """Bring to today the accounts on which something falls due or lapses until a day.

    Yields, after each transaction, how many accounts are done. The index finds them: an account
    on which nothing happens is never read.

    Raises:
        ValueError: the day has not come yet; nothing is granted before its day.

    """
    today = door.clock.now().today
    if until > today:
        msg = f"{until} has not come yet; today is {today}"
        raise ValueError(msg)
    done, after = 0, None
    while due := due_accounts(until, BATCH_ACCOUNTS, after):
        door.handle([_reach(each.account, today) for each in due])
        done, after = done + len(due), due[-1]
        yield done


def _reach(account: UUID, today: date) -> Command:
    return Command(
        id=f"clock {today} {account}",
        account=account,
        actor=CLOCK,
        request=ReachDay(),
        digest=b"",
    )
