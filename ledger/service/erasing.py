"""Erasure: an account is closed for good, and what waits for it goes."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from ledger.domain.commands import Erase
from ledger.service.door import Door
from ledger.service.operated import operated
from ledger.service.outcomes import Accepted, Outcome
from ledger.service.ports import Delivery, Erased, Mark


def erase(
    door: Door, account: UUID, *, because: str, actor: str, parked: Sequence[int] = ()
) -> Outcome:
    """Erase an account; its parked and held records lose their bytes in the same transaction.

    Args:
        door: the write door.
        account: whose.
        because: why; it is kept for ever, so nothing in it may tell who it was.
        actor: the operator.
        parked: ids of parked records that name the person in another way than by the account.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    at = door.clock.now().recorded_at

    def mark(outcomes: Sequence[Outcome]) -> Iterator[Mark]:
        if isinstance(outcomes[0], Accepted):
            yield Erased(account=account, at=at, parked=tuple(parked))

    command = operated(f"erase {account}", account, Erase(because=because), actor)
    [outcome] = door.handle([command], delivery=Delivery(mark=mark))
    return outcome
