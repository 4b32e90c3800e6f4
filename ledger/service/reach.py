"""The clock's round: accounts on which something falls due or lapses come to today."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import structlog

from ledger.domain.commands import Command, ReachDay
from ledger.service.defects import InARow, isolated, told
from ledger.service.door import CLOCK, Door

BATCH_ACCOUNTS: Final = 500
"""How many accounts one transaction of the round brings to today."""

RULES: Final = "rules"
"""What the ids of commands begin with that decide anew."""

log = structlog.get_logger(__name__)


class DueAccount(NamedTuple):
    """An account on which something falls due or lapses, and the day; in this order."""

    due_on: date
    account: UUID


def reach_due(
    door: Door,
    due_accounts: Callable[[date, int, DueAccount | None], Sequence[DueAccount]],
    until: date,
    *,
    anew: bool = False,
) -> Iterator[int]:
    """Bring to today the accounts on which something falls due or lapses until a day.

    Yields, after each page of them, how many accounts are done. The index finds them: an account
    on which nothing happens is never read. One on which our own code fails is said and passed
    over; the next round tries it again.

    Args:
        door: decides and writes.
        due_accounts: of the store; its `every_account` for a round that decides anew.
        until: today, or a day before it.
        anew: decide about every period again, because the rules changed.

    Raises:
        ValueError: the day has not come yet; nothing is granted before its day.
        LineStopped: our own code failed on too many accounts in a row.

    """
    today = door.clock.now().today
    if until > today:
        msg = f"{until} has not come yet; today is {today}"
        raise ValueError(msg)
    in_a_row = InARow()

    def reach(some: Sequence[DueAccount]) -> None:
        door.handle([_reach(each.account, today, anew=anew) for each in some])
        in_a_row.worked()

    done, after = 0, None
    while due := due_accounts(until, BATCH_ACCOUNTS, after):
        for each, defect in isolated(due, reach):
            log.error("account_defective", account=str(each.account), defect=told(defect))
            in_a_row.failed(each.account, defect)
        done, after = done + len(due), due[-1]
        yield done


def _reach(account: UUID, today: date, *, anew: bool) -> Command:
    return Command(
        id=f"{RULES if anew else CLOCK} {today} {account}",
        account=account,
        actor=CLOCK,
        request=ReachDay(anew=anew),
        digest=b"",
    )


def is_anew(command: str, today: date, account: UUID) -> bool:
    """Whether a command's id is that of a round that decided anew about an account on a day."""
    return command == _reach(account, today, anew=True).id
