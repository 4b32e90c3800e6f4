"""Batches such as the door writes, put together by hand."""

from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID, uuid4

from ledger.domain import events as e
from ledger.domain.evolve import fold
from ledger.domain.reasons import Reason, Rejection
from ledger.service.outcomes import Accepted, Rejected
from ledger.service.ports import AccountRow, Append, Delivery, Move, ParkedRecord, Receipt
from ledger.store.states import States

NOON = datetime(2025, 10, 6, 12, 0, 0, 7, tzinfo=UTC)
TOPIC = UUID("0f9c1d57-8a44-4f0e-9d0e-3c2f1a7b6e55")

_numbers = count(1)


def command_id() -> str:
    """Return an id that no other command has."""
    return f"https://dimona.example.be {next(_numbers)}"


def frozen(scheme: str = "fr/cpf") -> e.RightsFrozen:
    """Return a small event."""
    return e.RightsFrozen(scheme=scheme, effective_on=date(2025, 10, 6), reason="An inquiry é.")


def settled(account: UUID, version: int, at: datetime = NOON) -> bytes:
    """Return the state of an account all of whose events are small ones."""
    metadata = e.Metadata(command="any", actor="https://dimona.example.be", recorded_at=at)
    return States().encode(
        fold(
            e.Envelope(account=account, version=number, event=frozen(), metadata=metadata)
            for number in range(1, version + 1)
        )
    )


def batch(
    account: UUID | None = None,
    *,
    after: int = 0,
    events: int = 1,
    command: str | None = None,
    at: datetime = NOON,
    rejected: bool = False,
    delivery: Delivery | None = None,
) -> Append:
    """Return what one command of one account writes, its events after a version."""
    account, command = account or uuid4(), command or command_id()
    metadata = e.Metadata(command=command, actor="https://dimona.example.be", recorded_at=at)
    envelopes = [
        e.Envelope(account=account, version=after + n, event=frozen(), metadata=metadata)
        for n in range(1, events + 1)
    ]
    version = after + events
    outcome: Accepted | Rejected = Accepted(
        command=command, version=version, events=events, position=None
    )
    if rejected:
        refusal = Rejection(reason=Reason.NOT_ENOUGH, detail="40 h is available, not 50 h.")
        outcome = Rejected(command=command, rejection=refusal, position=None)
    return Append(
        envelopes=envelopes,
        accounts=[
            AccountRow(
                account=account, version=version, state=settled(account, version, at), due_on=None
            )
        ],
        receipts=[
            Receipt(
                command=command,
                account=account,
                digest=b"\x01" * 32,
                outcome=outcome,
                recorded_at=at,
            )
        ],
        last_events={command: events - 1} if events else {},
        delivery=delivery or Delivery(),
    )


def joined(*batches: Append) -> Append:
    """Return one batch of several."""
    last_events: dict[str, int] = {}
    before = 0
    for one in batches:
        last_events |= {command: before + index for command, index in one.last_events.items()}
        before += len(one.envelopes)
    return Append(
        envelopes=[envelope for one in batches for envelope in one.envelopes],
        accounts=[row for one in batches for row in one.accounts],
        receipts=[receipt for one in batches for receipt in one.receipts],
        last_events=last_events,
    )


def move(
    expected: int | None, position: int, *, partition: int = 0, topic_id: UUID = TOPIC
) -> Move:
    """Return a Kafka position's move."""
    return Move(
        topic_id=topic_id,
        topic="rugzak.career.v1",
        partition=partition,
        expected=expected,
        position=position,
    )


def parked(offset: int = 3, detail: str = "no JSON") -> ParkedRecord:
    """Return a record that can't be handled, with all that is awkward about it."""
    return ParkedRecord(
        topic_id=TOPIC,
        topic="rugzak.career.v1",
        partition=0,
        offset=offset,
        key=None,
        value=b"\xff\x00{",
        headers=(("traceparent", b"\x00"), ("n\u00e9", b""), ("none", None)),
        reason="not-json",
        detail=detail,
        parked_at=NOON,
    )
