"""What became of what was published: by message, and of files as soon as they are taken in."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from time import monotonic, sleep
from typing import Any, Final, Literal, TypeAlias, get_args
from uuid import UUID

import orjson
from kafka import KafkaAdminClient, TopicPartition

from consumers.publisher import BOOTSTRAP_SECONDS, Arrived
from consumers.topics import topic_ids
from consumers.translate import UNPRINTABLE
from ledger.service.outcomes import Rejected
from ledger.service.ports import Receipt
from ledger.store.messages import MAX_REQUESTS, Aside, Messages, command_of
from ledger.store.postgres import PostgresStore
from ops.publishing import Found, Place
from projections.outcomes.view import outcome_of
from projections.runner import connect
from projections.tables import ask
from schemas.cloudevents import NATIONAL_NUMBER
from schemas.identifiers import national_number

LOOK_SECONDS: Final = 0.2
"""So often we look how far the consumers are."""

PAGE_MESSAGES: Final = 1_000
MAX_HELD: Final = 10_000
"""So many held messages are looked at again until the time is over."""

Fate: TypeAlias = Literal["accepted", "refused", "parked", "held", "dropped", "waiting"]
FATES: Final[tuple[Fate, ...]] = get_args(Fate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What became of one published message.

    Attributes:
        place: in the file.
        fate: waiting when the consumers have not come to it.
        reason: of what is not accepted; `` when waiting.
        detail: the same for people.

    """

    place: Place
    fate: Fate
    reason: str
    detail: str


class Sent:
    """What was published, in a file beside it: as many messages as there are."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as this
        self.ends: dict[TopicPartition, int] = {}

    def close(self) -> None:
        """Forget it."""
        self._file.close()

    def add(self, found: Found, at: Arrived) -> None:
        """Note a message that arrived."""
        self.ends[TopicPartition(at.topic, at.partition)] = at.offset + 1
        place = found.place.file, found.place.line
        row = (*place, found.source, found.id, at.topic, at.partition, at.offset)
        self._file.write(orjson.dumps(row) + b"\n")

    def pages(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield it in pages, from the beginning."""
        self._file.seek(0)
        while page := [tuple(orjson.loads(row)) for row in islice(self._file, PAGE_MESSAGES)]:
            yield page


class Waiting:
    """Waits for the outcomes of what was sent."""

    def __init__(self, store: PostgresStore, kafka: Mapping[str, Any], sent: Sent) -> None:
        """Take where the outcomes will be, and the broker's settings."""
        self._store = store
        self._messages = Messages(store)
        self._sent = sent
        admin = KafkaAdminClient(**kafka, bootstrap_timeout_ms=int(BOOTSTRAP_SECONDS * 1000))
        try:
            self._ids = topic_ids(admin, {place.topic for place in sent.ends})
        finally:
            admin.close()

    def outcomes(self, seconds: float, say: Callable[[str], object]) -> Iterator[Became]:
        """Yield what became of each message once all are handled, or the time is over.

        A message that is held may still come to something until then, so it is told last.
        """
        until = monotonic() + seconds
        while (left := self._left()) and monotonic() < until:
            say(f"{left} messages to go")
            sleep(LOOK_SECONDS)
        held: list[tuple[Any, ...]] = []
        for page in self._sent.pages():
            for row, became in zip(page, self._became(page), strict=True):
                if became.fate == "held" and len(held) < MAX_HELD and monotonic() < until:
                    held.append(row)
                else:
                    yield became
        while held and monotonic() < until:
            say(f"{len(held)} messages are held")
            sleep(LOOK_SECONDS)
            looked = list(zip(held, self._became(held), strict=True))
            held = [row for row, became in looked if became.fate == "held"]
            yield from (became for _, became in looked if became.fate != "held")
        yield from self._became(held)

    def _left(self) -> int:
        """Return how many messages the consumers have not come to, at most."""
        kept = self._kept()
        return sum(max(end - kept.get(place, 0), 0) for place, end in self._sent.ends.items())

    def _kept(self) -> dict[TopicPartition, int]:
        return {
            TopicPartition(topic, partition): at
            for topic, id_ in self._ids.items()
            for partition, at in self._store.positions(id_).items()
        }

    def _became(self, page: Iterable[tuple[Any, ...]]) -> list[Became]:
        rows = list(page)
        kept = self._kept()
        asides: dict[tuple[UUID, int, int], Aside] = {
            (each.topic_id, each.partition, each.offset): each
            for each in self._messages.set_aside_at(
                [(self._ids[topic], at, offset) for *_, topic, at, offset in rows]
            )
        }
        receipts = self._messages.receipts_of(
            [(source, id_) for _, _, source, id_, *_ in rows if source and id_]
        )
        became = []
        for file, line, source, id_, topic, partition, offset in rows:
            aside = asides.get((self._ids[topic], partition, offset))
            asked = receipts.get((source, id_), [])
            fate = _fate(aside, asked, kept.get(TopicPartition(topic, partition), 0) > offset)
            became.append(Became(place=Place(file=file, line=line), **fate))
        return became


def _fate(aside: Aside | None, receipts: Iterable[Receipt], passed: bool) -> dict[str, Any]:  # noqa: FBT001
    """Tell what became of one message.

    Args:
        aside: how it was set aside; a message that was replayed since has receipts.
        receipts: of what it asked.
        passed: whether the consumers are past it; without a receipt it asked nothing.

    """
    if aside is not None and aside.state != "replayed":
        return {"fate": aside.state, "reason": aside.reason, "detail": aside.detail}
    refused = [r.outcome.rejection for r in receipts if isinstance(r.outcome, Rejected)]
    if refused:
        return {"fate": "refused", "reason": refused[0].reason.value, "detail": refused[0].detail}
    known = passed or any(True for _ in receipts)
    return {"fate": "accepted" if known else "waiting", "reason": "", "detail": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one request of a message, or of a record of it that was set aside.

    Attributes:
        message: its id.
        request: which of the message's; None of a record that was set aside.
        outcome: replayed is what was parked and handled later: its requests are told, too.
        position: of its last event in the log; None when it left none.
        events: how many it left.
        account: whom it is about.
        topic: where the record is, likewise its partition and offset.
        since: when it was decided, or set aside.
        until: when one that is held is parked for good.

    """

    message: str
    request: int | None = None
    outcome: str
    position: int | None = None
    events: int | None = None
    reason: str | None = None
    detail: str | None = None
    account: UUID | None = None
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    since: datetime
    until: datetime | None = None

    def shown(self) -> dict[str, object]:
        """Return what people see in a row."""
        number = f" ({self.request})" if self.request not in (None, 1) else ""
        where = f" at {self.topic}/{self.partition}/{self.offset}" if self.topic else ""
        return {
            "message": self.message + number,
            "outcome": self.outcome + where,
            "position": self.position,
            "events": self.events,
            "reason": self.reason,
            "detail": self.detail,
            "since": self.since,
            "until": self.until,
        }


def told(messages: Messages, url: str, source: str, ids: Sequence[str]) -> list[Told]:
    """Return what became of messages of a source, in order; nothing of those not seen.

    Receipts are kept for a while; of what is older the read models know, if they were made.
    """
    receipts = messages.receipts(source, ids)
    asides = messages.set_aside(source, ids)
    old = [id_ for id_ in ids if id_ not in receipts]
    rows: dict[str, list[Told]] = {id_: [] for id_ in ids}
    for id_, found in receipts.items():
        rows[id_] += [_of_receipt(id_, number, each) for number, each in enumerate(found, start=1)]
    for id_, found_old in _projected(url, source, old).items():
        rows[id_] += found_old
    for aside in asides:
        rows[aside.message or ""].append(_of_aside(aside))
    return [row for id_ in ids for row in rows[id_]]


def _of_receipt(id_: str, number: int, receipt: Receipt) -> Told:
    outcome = receipt.outcome
    refused = outcome.rejection if isinstance(outcome, Rejected) else None
    return Told(
        message=printable(id_),
        request=number,
        outcome="refused" if refused else "accepted",
        position=outcome.position,
        events=None if isinstance(outcome, Rejected) else outcome.events,
        reason=refused.reason.value if refused else None,
        detail=printable(refused.detail) if refused else None,
        account=receipt.account,
        since=receipt.recorded_at,
    )


def _of_aside(aside: Aside) -> Told:
    return Told(
        message=printable(aside.message or ""),
        outcome=aside.state,
        reason=aside.reason,
        detail=printable(aside.detail),
        topic=aside.topic,
        partition=aside.partition,
        offset=aside.offset,
        since=aside.since,
        until=aside.until,
    )


def _projected(url: str, source: str, ids: Sequence[str]) -> dict[str, list[Told]]:
    """Return what the read models know of messages whose receipts are gone, or never were."""
    found: dict[str, list[Told]] = {}
    with connect(url) as conn, suppress(LookupError):
        for id_ in ids:
            for number in range(1, MAX_REQUESTS + 1):
                rows = ask(conn, outcome_of(command_of(source, id_, number))).outcomes
                if not rows:
                    break
                (row,) = rows
                found.setdefault(id_, []).append(
                    Told(
                        message=printable(id_),
                        request=number,
                        outcome=row.outcome,
                        position=row.last_position,
                        events=row.events if row.outcome == "accepted" else None,
                        reason=row.reason,
                        detail=printable(row.detail) if row.detail else None,
                        account=row.account,
                        since=row.recorded_at,
                    )
                )
    return found


def printable(text: str) -> str:
    """Return a text as it may be shown: no control character, and no national number."""
    return NATIONAL_NUMBER.sub(_hidden, UNPRINTABLE.sub("?", text))


def _hidden(found: re.Match[str]) -> str:
    try:
        national_number(found[0])
    except ValueError:
        return found[0]
    return "(a national number)"
