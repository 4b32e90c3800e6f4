"""Parked records that operators give up: each is an event, with who did it and why."""

from collections.abc import Iterator, Sequence

from ledger.domain.commands import Command, DropRecord
from ledger.domain.events import OPERATIONS
from ledger.service.door import Door
from ledger.service.operated import operated
from ledger.service.outcomes import Outcome, Rejected, first_of
from ledger.service.ports import Delivery, Dropped, Mark, Parked


def drop(page: Sequence[Parked], door: Door, *, because: str, actor: str) -> list[Outcome]:
    """Give parked records up, all in one transaction; their bytes go.

    Args:
        page: as they were read just now; none was handled or dropped before.
        door: the write door.
        because: why, in a sentence; it is kept for ever.
        actor: who.

    Raises:
        Fenced: somebody else tried or dropped one meanwhile; nothing was written.
        StoreUnavailable: the database gives no answer.

    """
    at = door.clock.now().recorded_at

    def mark(outcomes: Sequence[Outcome]) -> Iterator[Mark]:
        for each, outcome in zip(page, outcomes, strict=True):
            if not isinstance(first_of(outcome), Rejected):
                yield Dropped(parked=each, at=at)

    commands = [_dropping(each, because, actor) for each in page]
    return door.handle(commands, delivery=Delivery(mark=mark))


def _dropping(each: Parked, because: str, actor: str) -> Command:
    record = each.record
    request = DropRecord(
        topic=record.topic,
        topic_id=record.topic_id,
        partition=record.partition,
        offset=record.offset,
        reason=record.reason,
        source=record.source or "",
        message=record.message or "",
        because=because,
    )
    id_ = f"drop {each.id} {record.topic_id}-{record.partition}@{record.offset}"
    return operated(id_, OPERATIONS, request, actor)
