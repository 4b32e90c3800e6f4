"""Envelopes to the library's stored events and back, in few bytes.

The payload is one canonical JSON object: the event, and who, why and when recorded. On disk
it is a Zstandard frame (RFC 8878) that names its dictionary; the first byte tells the form, so
that every form ever written stays readable.
"""

from functools import cache, lru_cache
from importlib.resources import files
from threading import local
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import Compressor, Mapper, StoredEvent
from zstandard import (
    FRAME_HEADER,
    ZstdCompressionDict,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
    get_frame_parameters,
)

from ledger.domain.events import Envelope, Metadata
from ledger.store.catalogue import BY_CLASS, CODEC, revived
from ledger.store.codec import Undecodable, dumped, parsed

PLAIN = b"{"
"""First byte of plain JSON."""

LEVEL = 3
MAX_PAYLOAD_BYTES = 1 << 20
"""Most bytes that a payload may have once decompressed."""


COMMANDS_KEPT = 16
"""How many commands' metadata are kept written: a command's events come one after another."""


@cache
def dictionary() -> ZstdCompressionDict:
    """Return dictionary 1: frozen, since stored events can't be read without it."""
    return ZstdCompressionDict(files(__package__).joinpath("zstd-1.dict").read_bytes())


class _Contexts(local):
    """A compressor and a decompressor for each thread: they can't be shared."""

    def __init__(self) -> None:
        self.compressor = ZstdCompressor(level=LEVEL, dict_data=dictionary())
        self.decompressor = ZstdDecompressor(dict_data=dictionary())


class Zstandard(Compressor):
    """The library's compressor seam: few bytes on disk, canonical JSON above it."""

    def __init__(self) -> None:
        """Prepare contexts with the dictionary."""
        self._contexts = _Contexts()

    def compress(self, data: bytes) -> bytes:
        """Return the shorter of the two forms."""
        assert data.startswith(PLAIN), data[:1]  # noqa: S101
        assert len(data) <= MAX_PAYLOAD_BYTES, len(data)  # noqa: S101  texts are bounded at the border
        short = self._contexts.compressor.compress(data)
        return short if len(short) < len(data) else data

    def decompress(self, data: bytes) -> bytes:
        """Return the canonical JSON of any form.

        Raises:
            Undecodable: no form starts so, or the bytes are damaged.

        """
        if data.startswith(PLAIN):
            return data
        if not data.startswith(FRAME_HEADER):
            raise Undecodable(f"no stored form starts with {data[:1]!r}")
        try:
            if get_frame_parameters(data).content_size > MAX_PAYLOAD_BYTES:
                raise Undecodable("damaged: too long once decompressed, or of unknown length")
            return self._contexts.decompressor.decompress(data, allow_extra_data=False)
        except ZstdError as error:
            raise Undecodable(f"damaged: {error}") from error


class EnvelopeMapper(Mapper[UUID]):
    """Writes envelopes with stable names, never import paths."""

    def __init__(self) -> None:
        """Use the catalogue's codec, and Zstandard."""
        self.zstandard = Zstandard()

    def to_stored_event(self, domain_event: Any) -> StoredEvent:  # noqa: ANN401  the seam's type
        """Return what the log keeps of an envelope."""
        envelope: Envelope = domain_event
        return StoredEvent(
            originator_id=envelope.account,
            originator_version=envelope.version,
            topic=BY_CLASS[type(envelope.event)].stored_name,
            state=self.zstandard.compress(payload(envelope)),
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
            content = _content(self.zstandard.decompress(state))
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
    return dumped({**_told(envelope.metadata), "event": event})


@lru_cache(COMMANDS_KEPT)
def _told(metadata: Metadata) -> dict[str, Any]:
    """Return what all events of one command say of it; the next ask again."""
    content: dict[str, Any] = CODEC.to_json(metadata)
    return content
