"""How far behind what goes out is: for operators, and for the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from consumers.relay.streams import BALANCES, LEDGER, OUTCOMES, PARKED
from ledger.store.outbox import Outbox

STREAMS: Final = (LEDGER, BALANCES, OUTCOMES, PARKED)


class Lag(NamedTuple):
    """How far one stream is behind.

    Attributes:
        topic: where it goes.
        position: how far it went; None before it began, and of parked records.
        behind: how many positions, or parked records, wait.
        oldest: when the first of what waits was recorded; None when nothing does.

    """

    stream: str
    topic: str
    position: int | None
    behind: int
    oldest: datetime | None


def lags(outbox: Outbox, topics: Mapping[str, str]) -> Sequence[Lag]:
    """Return the lag of each stream.

    Args:
        outbox: has what goes out.
        topics: by stream, where it goes.

    """
    went = outbox.relayed()
    return [_lag(outbox, stream, topics[stream], went.get(stream)) for stream in STREAMS]


def _lag(outbox: Outbox, stream: str, topic: str, position: int | None) -> Lag:
    if stream == PARKED:
        count, oldest = outbox.count_unannounced()
        return Lag(stream, topic, None, count, oldest)
    at = position or 0
    if stream == OUTCOMES:
        head, first = outbox.last_receipt(), outbox.receipts_after(at, 1)
        oldest = first[0][1].recorded_at if first else None
    else:
        head, events = outbox.head(), outbox.events_after(at, 1)
        oldest = events[0].metadata.recorded_at if events else None
    return Lag(stream, topic, position, max(head - at, 0) if oldest else 0, oldest)
