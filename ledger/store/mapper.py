"""Envelopes to the library's stored events and back, in few bytes.

The payload is one canonical JSON object: the event, and who, why and when recorded.
"""

from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from ledger.domain.events import Envelope, Metadata
from ledger.store.catalogue import BY_CLASS, CODEC, revived
from ledger.store.codec import Undecodable, dumped, parsed
from ledger.store.compression import Zstandard

COMMANDS_KEPT = 16
"""How many commands' metadata are kept written: a command's events come one after another."""


MAX_PAYLOAD_BYTES = 1 << 20
"""Most bytes that a payload may have once decompressed."""


class EnvelopeMapper(Mapper[UUID]):
    """Writes envelopes with stable names, never import paths."""

    def __init__(self) -> None:
        """Use the catalogue's codec, and Zstandard."""
        self.zstandard = Zstandard(MAX_PAYLOAD_BYTES)
        self._before: tuple[dict[str, Any], Metadata] | None = None

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
                metadata=self._metadata(content),
                position=position,
            )
        except Undecodable as error:
            raise Undecodable(f"{account} version {version} ({topic}): {error}") from error

    def _metadata(self, content: dict[str, Any]) -> Metadata:
        """Read who, why and when, which the event before, of the same command, often shares."""
        before = self._before
        if before is not None and before[0] == content:
            return before[1]
        metadata = CODEC.from_json(Metadata, content)
        self._before = content, metadata
        return metadata


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
