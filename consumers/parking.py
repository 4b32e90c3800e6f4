"""Parked records, tried again: after a mend of ours, or once what they waited for is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consumers.parked_batches import is_batch, take_in
from consumers.record_batches import MAX_UNPACKED_BYTES
from consumers.translate import Language, Unhandled, translate
from ledger.domain.commands import Command
from ledger.service.defects import DEFECT, told
from ledger.service.door import UNRECORDED, Door
from ledger.service.outcomes import Duplicate, Outcome, Rejected
from ledger.service.ports import StoreUnavailable
from ledger.store.postgres import Parked, PostgresStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of one parked record.

    Attributes:
        handled: whether the ledger took it in; otherwise it stays parked.
        reason: why it stays parked, or why the rules refused it; `` when accepted.
        detail: the same, for people.

    """

    id: int
    handled: bool
    reason: str
    detail: str


def replay(
    parked: Parked,
    door: Door,
    store: PostgresStore,
    languages: Mapping[str, Language],
    *,
    max_bytes: int,
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
) -> Replayed:
    """Try one parked record again; a death between its events and its mark doubles nothing."""
    record = parked.record
    language = languages.get(record.topic)
    if language is None:
        known = ", ".join(languages)
        return _stays(parked, "unknown-topic", f"{record.topic} is not consumed; known: {known}")
    try:
        read: Sequence[Command] | Unhandled
        if is_batch(record):
            limits = {"max_bytes": max_bytes, "max_unpacked_bytes": max_unpacked_bytes}
            read = take_in(record, door, language, **limits) or ()
        else:
            read = translate(language, record.key, record.value, max_bytes=max_bytes)
        if isinstance(read, Unhandled):
            return _stays(parked, read.reason, read.detail)
        outcomes = door.handle(read) if read else []
    except StoreUnavailable:
        raise
    except Exception as defect:  # noqa: BLE001  whatever our code may do wrong
        return _stays(parked, DEFECT, told(defect))
    refusals = [refused for outcome in outcomes if (refused := _refused(outcome))]
    for refused in refusals:
        if refused.rejection.reason in UNRECORDED:
            return _stays(parked, refused.rejection.reason.value, refused.rejection.detail)
    forget = language.people is not None  # its bytes name the person, and nobody needs them now
    store.mark_replayed(parked.id, door.clock.now().recorded_at, forget=forget)
    refused = refusals[0] if refusals else None
    return Replayed(
        id=parked.id,
        handled=True,
        reason=refused.rejection.reason.value if refused else "",
        detail=refused.rejection.detail if refused else "",
    )


def _refused(outcome: Outcome) -> Rejected | None:
    last = outcome.first if isinstance(outcome, Duplicate) else outcome
    return last if isinstance(last, Rejected) else None


def _stays(parked: Parked, reason: str, detail: str) -> Replayed:
    return Replayed(id=parked.id, handled=False, reason=reason, detail=detail)
