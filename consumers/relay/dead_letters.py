"""A parked record becomes one for the operators' dead-letter topic.

The headers that say why are those of Kafka Connect, which tools for dead letters know; they hold
text, where Spring's hold binary numbers. They come after the record's own: the last one counts.
"""

from collections.abc import Collection, Iterator
from typing import Final

from consumers.relay.records import Record
from consumers.relay.replies import NUMBER_MISPLACED, masked
from ledger.store.outbox import Announcement

CONNECT: Final = "__connect.errors."
OWN: Final = "rugzak.parked."

MOST_BYTES: Final = 900_000
"""A longer record goes out without its content: a broker takes 1,048,588 bytes by default."""


def dead_letter(parked: Announcement, topic: str, plain: Collection[str]) -> Record:
    """Return a parked record as it came, with the headers that say where and why.

    Args:
        parked: the record.
        topic: the dead-letter topic.
        plain: topics whose records name people by reference. Those of all others may hold a
            national number: only their headers of ours go out, and `rugzak parked show` has the
            rest.

    """
    record = parked.record
    withheld = _withheld(parked, plain)
    why = tuple((name, value.encode()) for name, value in _why(parked, withheld))
    if withheld:
        return Record(topic=topic, key=None, value=b"", headers=why)
    kept = tuple((_sendable(name), value or b"") for name, value in record.headers)
    nothing = record.key is None and record.value is None  # the client sends no such record
    value = b"" if nothing else record.value
    return Record(topic=topic, key=record.key, value=value, headers=(*kept, *why))


def _withheld(parked: Announcement, plain: Collection[str]) -> str:
    """Say why a record's content stays here, `` when it doesn't."""
    record = parked.record
    if record.topic not in plain or record.reason in NUMBER_MISPLACED:
        return "it may hold a national number"
    own = sum(len(_sendable(name).encode()) + len(value or b"") for name, value in record.headers)
    if own + len(record.key or b"") + len(record.value or b"") > MOST_BYTES:
        return "it is too long"
    return ""


def _sendable(name: str) -> str:
    """Return a header's name as text that can be written."""
    return name.encode(errors="replace").decode()


def _why(parked: Announcement, withheld: str) -> Iterator[tuple[str, str]]:
    record = parked.record
    yield f"{CONNECT}topic", record.topic
    yield f"{CONNECT}partition", str(record.partition)
    yield f"{CONNECT}offset", str(record.offset)
    yield f"{CONNECT}exception.class.name", record.reason
    yield f"{CONNECT}exception.message", masked(record.detail)
    yield f"{OWN}id", str(parked.id)
    if withheld:
        yield f"{OWN}withheld", withheld
