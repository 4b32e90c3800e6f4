"""Envelopes to the library's stored events and back, in few bytes.

The payload is one canonical JSON object: the event, and who, why and when recorded. On disk
it is deflated with a preset dictionary; the first byte tells the form, so that every form
ever written stays readable.
"""

import zlib
from functools import cache
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import Compressor, Mapper, StoredEvent

from ledger.domain.events import Envelope, Metadata
from ledger.store.catalogue import BY_CLASS, CODEC, revived
from ledger.store.codec import Undecodable, dumped, parsed

PLAIN = b"{"
"""First byte of plain JSON."""

DEFLATED = b"\x01"
"""First byte of raw deflate with dictionary 1."""

WINDOW_BITS = -12
"""Raw deflate with a window of 4 KiB: the dictionary and a payload fit in it."""

MEMORY_LEVEL = 4
LEVEL = 2

MAX_PAYLOAD_BYTES = 1 << 20
"""Most bytes that a payload may have once inflated."""


@cache
def dictionary() -> bytes:
    """Return preset dictionary 1: frozen, since stored events can't be read without it."""
    return files(__package__).joinpath("deflate-1.dict").read_bytes()


class Deflate(Compressor):
    """The library's compressor seam: few bytes on disk, canonical JSON above it."""

    def __init__(self) -> None:
        """Prime a compressor with the dictionary; each payload takes a copy."""
        self._primed = zlib.compressobj(
            LEVEL, zlib.DEFLATED, WINDOW_BITS, MEMORY_LEVEL, zlib.Z_DEFAULT_STRATEGY, dictionary()
        )

    def compress(self, data: bytes) -> bytes:
        """Return the shorter of the two forms."""
        assert data.startswith(PLAIN), data[:1]  # noqa: S101
        assert len(data) <= MAX_PAYLOAD_BYTES, len(data)  # noqa: S101  texts are bounded at the border
        deflate = self._primed.copy()
        short = DEFLATED + deflate.compress(data) + deflate.flush()
        return short if len(short) < len(data) else data

    def decompress(self, data: bytes) -> bytes:
        """Return the canonical JSON of any form.

        Raises:
            Undecodable: no form starts so, or the bytes are damaged.

        """
        if data.startswith(PLAIN):
            return data
        if not data.startswith(DEFLATED):
            raise Undecodable(f"no stored form starts with {data[:1]!r}")
        inflate = zlib.decompressobj(WINDOW_BITS, dictionary())
        try:
            plain = inflate.decompress(memoryview(data)[1:], MAX_PAYLOAD_BYTES)
        except zlib.error as error:
            raise Undecodable(f"damaged: {error}") from error
        if not inflate.eof or inflate.unused_data:
            raise Undecodable("damaged: cut off, longer than it should be, or too long")
        return plain


class EnvelopeMapper(Mapper[UUID]):
    """Writes envelopes with stable names, never import paths."""

    def __init__(self) -> None:
        """Use the catalogue's codec, and deflate."""
        self.deflate = Deflate()

    def to_stored_event(self, domain_event: Any) -> StoredEvent:  # noqa: ANN401  the seam's type
        """Return what the log keeps of an envelope."""
        envelope: Envelope = domain_event
        return StoredEvent(
            originator_id=envelope.account,
            originator_version=envelope.version,
            topic=BY_CLASS[type(envelope.event)].stored_name,
            state=self.deflate.compress(payload(envelope)),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:  # noqa: ANN401
        """Return the envelope of a stored event, upcast to today's form.

        Raises:
            Undecodable: the log holds what no version of this code wrote.

        """
        return self.envelope(
            cast("UUID", stored_event.originator_id),
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
            getattr(stored_event, "id", None),
        )

    def envelope(
        self,
        account: UUID,
        version: int,
        topic: str,
        state: bytes,
        position: int | None,
    ) -> Envelope:
        """Return the envelope of one row of the log."""
        try:
            content = _content(self.deflate.decompress(state))
            event = revived(topic, content.pop("event"))
            return Envelope(
                account=account,
                version=version,
                event=event,
                metadata=CODEC.from_json(Metadata, content),
                position=position,
            )
        except Undecodable as error:
            raise Undecodable(f"{account} version {version} ({topic}): {error}") from error


def _content(plain: bytes) -> dict[str, Any]:
    content = parsed(plain)
    if type(content) is not dict or "event" not in content:
        raise Undecodable("a payload is an object with an event")
    return content


def payload(envelope: Envelope) -> bytes:
    """Return the canonical JSON of an envelope's content: what hashes are computed over."""
    event = CODEC.to_json(envelope.event)
    return dumped({**CODEC.to_json(envelope.metadata), "event": event})
