"""A batch that was parked whole is tried again: a limit was raised, or a mend of ours reads it."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from consumers.record_batches import UNREADABLE, Unreadable, header_of, records_of
from consumers.translate import Language, Raw, Unhandled, translate_all
from ledger.domain.commands import Command
from ledger.service.door import UNRECORDED, Door
from ledger.service.outcomes import Rejected, first_of
from ledger.service.ports import ParkedRecord

PIECE_RECORDS: Final = 500
"""So many records of a batch are handed in at once."""


def is_batch(parked: ParkedRecord) -> bool:
    """Tell whether what was parked is a whole batch, and no record."""
    return parked.reason in UNREADABLE


def take_in(
    parked: ParkedRecord, door: Door, language: Language, *, max_bytes: int, max_unpacked_bytes: int
) -> Unhandled | None:
    """Hand a batch's records to the door, piece by piece; twice has the effect of once.

    Args:
        parked: for which `is_batch` holds.
        door: decides and writes.
        language: what is spoken on its topic.
        max_bytes: a longer record can't be handled.
        max_unpacked_bytes: a batch that unpacks to more can't be read.

    Returns:
        Why it stays parked, with the reason that it has; None when all of its records are in.
        Those that can be handled are in, in any case.

    """
    raw = memoryview(parked.value or b"")
    count, failed = 0, 0
    first = ""
    try:
        header = header_of(raw)
        place = TopicPartition(parked.topic, parked.partition)
        records = records_of(raw, header, place, max_unpacked_bytes)
        while piece := list(islice(records, PIECE_RECORDS)):
            for record, why in _hand_in(piece, door, language, max_bytes):
                failed += 1
                first = first or f"the one at offset {record.offset}: {why.detail}"
            count += len(piece)
    except Unreadable as why:
        also = f"; {count} records before that are in" if count else ""
        return Unhandled(reason=parked.reason, detail=f"{why}{also}")
    if not failed:
        return None
    detail = f"{failed} of its {count} records can't be handled; {first}"
    return Unhandled(reason=parked.reason, detail=detail)


def _hand_in(
    records: Sequence[ConsumerRecord], door: Door, language: Language, max_bytes: int
) -> Iterator[tuple[ConsumerRecord, Unhandled]]:
    commands: list[Command] = []
    sources: list[ConsumerRecord] = []
    said = translate_all([Raw(language, r.key, r.value) for r in records], max_bytes=max_bytes)
    for record, read in zip(records, said, strict=True):
        if isinstance(read, Unhandled):
            yield record, read
        else:
            commands += read
            sources += [record] * len(read)
    outcomes = door.handle(commands) if commands else ()
    for record, outcome in zip(sources, outcomes, strict=True):
        last = first_of(outcome)
        if isinstance(last, Rejected) and last.rejection.reason in UNRECORDED:
            yield (
                record,
                Unhandled(reason=last.rejection.reason.value, detail=last.rejection.detail),
            )
