"""Parked records: set aside whole, and tried again, many in one transaction.

After a mend of ours, by an operator; and once what they waited for is there, by themselves
(`consumers.held`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kafka.consumer.fetcher import ConsumerRecord

from consumers.bounds import MAX_UNPACKED_BYTES
from consumers.parked_batches import is_batch, take_in
from consumers.translate import Language, Raw, Unhandled, translate_all
from ledger.domain.commands import Command
from ledger.service.defects import DEFECT, InARow, isolated, told
from ledger.service.door import UNRECORDED, Door
from ledger.service.outcomes import Outcome, Rejected, first_of
from ledger.service.ports import (
    Delivery,
    Handled,
    Mark,
    Parked,
    ParkedRecord,
    StillHeld,
    StillParked,
    StoreUnavailable,
)
from schemas.origin import origin_of

REPLAY_RECORDS = 500
"""How many parked records are tried in one transaction."""

TOO_LARGE = "too-large"
"""The reason of a record that nobody parses."""


def set_aside(
    record: ConsumerRecord, topic_id: UUID, reason: str, detail: str, at: datetime
) -> ParkedRecord:
    """Return a record as it is parked, whole, with its origin when that can be read."""
    origin = None if reason == TOO_LARGE else origin_of(record.value)
    return ParkedRecord(
        topic_id=topic_id,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers or ()),
        reason=reason,
        detail=detail,
        parked_at=at,
        source=origin.source if origin else None,
        message=origin.id if origin else None,
    )


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


@dataclass(frozen=True, slots=True)
class _Try:
    """A record with what it asks, or why it asks nothing."""

    parked: Parked
    commands: Sequence[Command]
    unhandled: Unhandled | None = None
    forget: bool = False


class Replay:
    """Tries parked records again: each page is one batch of the door, with its marks.

    A record that is tried twice has its effect once: the door knows its commands.
    """

    def __init__(
        self,
        door: Door,
        languages: Mapping[str, Language],
        *,
        max_bytes: int,
        max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
    ) -> None:
        """Take what is needed to understand records; a longer one stays unread."""
        self._door = door
        self._languages = languages
        self._max_bytes = max_bytes
        self._max_unpacked_bytes = max_unpacked_bytes

    def again(self, page: Sequence[Parked], in_a_row: InARow | None = None) -> list[Replayed]:
        """Try records again, in order, and mark what became of each.

        Args:
            page: at most `REPLAY_RECORDS`, none twice, as they were read just now.
            in_a_row: counts the people for whom our own code fails, if that may stop the line.

        Raises:
            Fenced: somebody else tried one of them meanwhile; read them again. Of those that were
                tried before it, some may be done.
            LineStopped: our own code fails for too many people in a row; those stay as they were.
            StoreUnavailable: the database gives no answer.

        """
        done = {each.id: _over(each) for each in page if each.replayed_at or each.dropped_at}
        open_ = [each for each in page if each.id not in done]
        failed: list[_Try] = []

        def hand_in(some: Sequence[_Try]) -> None:
            became = self._hand_in(failed)
            failed.clear()
            became |= self._hand_in(some)
            done.update(became)
            if in_a_row is not None and any(each.commands for each in some):
                in_a_row.worked()

        for each, defect in isolated(self._read(open_), hand_in):
            failed.append(_Try(each.parked, (), Unhandled(reason=DEFECT, detail=told(defect))))
            if in_a_row is not None:
                in_a_row.failed(each.parked.record.account, defect)
        done.update(self._hand_in(failed))
        return [done[each.id] for each in page]

    def _read(self, page: Sequence[Parked]) -> list[_Try]:
        """Read what records ask, all that can be read together."""
        raw = {
            each.id: Raw(self._languages[each.record.topic], each.record.key, each.record.value)
            for each in page
            if each.record.topic in self._languages and not is_batch(each.record)
        }
        said = translate_all(list(raw.values()), max_bytes=self._max_bytes)
        read = dict(zip(raw, said, strict=True))
        return [self._tried(each, read.get(each.id)) for each in page]

    def _tried(self, parked: Parked, read: Sequence[Command] | Unhandled | None) -> _Try:
        record = parked.record
        language = self._languages.get(record.topic)
        if language is None:
            known = ", ".join(self._languages)
            detail = f"{record.topic} is not consumed; known: {known}"
            return _Try(parked, (), Unhandled(reason="unknown-topic", detail=detail))
        if read is None:
            return _Try(parked, (), self._take_in(record, language), forget=True)
        if isinstance(read, Unhandled):
            return _Try(parked, (), read)
        # What names a person by number is of no use any more, nor is what only came too early.
        return _Try(parked, read, forget=language.people is not None or record.held is not None)

    def _take_in(self, batch: ParkedRecord, language: Language) -> Unhandled | None:
        """Take in what a batch holds, before it is marked; say why it stays parked."""
        limits = {"max_bytes": self._max_bytes, "max_unpacked_bytes": self._max_unpacked_bytes}
        try:
            return take_in(batch, self._door, language, **limits)
        except StoreUnavailable:
            raise
        except Exception as defect:  # noqa: BLE001  whatever our code may do wrong
            return Unhandled(reason=batch.reason, detail=told(defect))

    def _hand_in(self, tries: Sequence[_Try]) -> dict[int, Replayed]:
        """Let the door decide about records, and mark them in the same transaction."""
        if not tries:
            return {}
        now = self._door.clock.now().recorded_at
        became: dict[int, Replayed] = {}

        def mark(outcomes: Sequence[Outcome]) -> Iterator[Mark]:
            left = iter(outcomes)
            for each in tries:
                refused = [_refused(next(left)) for _ in each.commands]
                verdict, became[each.parked.id] = _verdict(each, [r for r in refused if r], now)
                yield verdict

        commands = [command for each in tries for command in each.commands]
        self._door.handle(commands, delivery=Delivery(patience=timedelta(), mark=mark))
        return became


def _verdict(each: _Try, refused: Sequence[Rejected], now: datetime) -> tuple[Mark, Replayed]:
    """Say what becomes of a record by the refusals of its commands."""
    parked, held = each.parked, each.parked.record.held
    if each.unhandled is not None:
        return _stays(parked, each.unhandled.reason, each.unhandled.detail)
    for outcome in refused:
        reason, detail = outcome.rejection.reason.value, outcome.rejection.detail
        if outcome.waits is not None and held is not None:
            if now < held.until:
                waits = outcome.waits
                mark = StillHeld(parked=parked, at_version=waits.version, account=waits.account)
                return mark, Replayed(id=parked.id, handled=False, reason=reason, detail=detail)
            waited = timedelta(seconds=int((now - parked.record.parked_at).total_seconds()))
            detail = f"{detail}; it waited {waited} (h:mm:ss)"
        if outcome.waits is not None or outcome.rejection.reason in UNRECORDED:
            return _stays(parked, reason, detail)
    first = refused[0].rejection if refused else None
    return Handled(parked=parked, at=now, forget=each.forget), Replayed(
        id=parked.id,
        handled=True,
        reason=first.reason.value if first else "",
        detail=first.detail if first else "",
    )


def _refused(outcome: Outcome) -> Rejected | None:
    last = first_of(outcome)
    return last if isinstance(last, Rejected) else None


def _stays(parked: Parked, reason: str, detail: str) -> tuple[Mark, Replayed]:
    replayed = Replayed(id=parked.id, handled=False, reason=reason, detail=detail)
    return StillParked(parked=parked, reason=reason, detail=detail), replayed


def _over(parked: Parked) -> Replayed:
    """Say what became before of a record that needs no trying."""
    if parked.dropped_at is not None:
        detail = f"it was dropped at {parked.dropped_at:%Y-%m-%d %H:%M:%S}"
        return Replayed(id=parked.id, handled=False, reason="dropped", detail=detail)
    return Replayed(id=parked.id, handled=True, reason="", detail="it was replayed before")
