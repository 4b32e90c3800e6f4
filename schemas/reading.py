"""The fast way to read one message."""

import hashlib
from typing import Any, NamedTuple

from pydantic import ValidationError

from schemas.check import problems_of, too_much
from schemas.cloudevents import Message
from schemas.contract import Contract
from schemas.parsing import MAX_EVENT_BYTES, Problem, Refused, parsed

REFERENCE_BYTES = 36
"""Length of a UUID as text."""


class Read(NamedTuple):
    """A message that keeps the contract.

    Attributes:
        content: canonical bytes of its data; the person comes first.
        digest: SHA-256 of its type and content.

    """

    message: Any
    content: bytes
    digest: bytes

    def is_about(self, key: bytes | None) -> bool:
        """Whether the Kafka key is the person's reference, in its canonical form."""
        return (
            key is not None
            and len(key) == REFERENCE_BYTES
            and self.content.startswith(b'{"person":"%b"' % key)
        )


def read(raw: bytes, contract: Contract, max_bytes: int = MAX_EVENT_BYTES) -> Read | Problem:
    """Read one message; never raises, whatever the bytes.

    The digest is taken over the data as the model writes it (its own order of fields, absent
    fields absent), so white space, key order and context attributes do not change it.
    """
    if over := too_much(raw, max_bytes):
        return over
    try:
        message = contract.validate(raw)
    except ValidationError:
        return problems_of(raw, contract, max_bytes, most=1)[0]
    data = message.data
    content = data.__pydantic_serializer__.to_json(data, by_alias=True, exclude_unset=True)
    if b"\\" in raw or raw.count(b":") != _colons(message) + content.count(b":"):
        try:
            parsed(raw)
        except Refused as refused:
            return refused.problem
    return Read(
        message, content, hashlib.sha256(b"%b %b" % (message.type.encode(), content)).digest()
    )


def _colons(message: Message) -> int:
    """Count the colons that the context attributes need, to see whether a key came twice.

    JSON has a colon after each key and inside strings only. If none of the strings has an
    escape, the bytes hold as many colons as the model's keys and strings do, unless a
    repeated key was dropped: then there are more. A doubt costs time, never a wrong answer.
    """
    texts = message.id + message.source
    if message.time is not None:
        texts += message.time
    for more in (message.dataschema, message.subject, message.datacontenttype):
        if more is not None:
            texts += more
    if message.__pydantic_extra__:
        texts += "".join(v for v in message.__pydantic_extra__.values() if isinstance(v, str))
    return len(message.__pydantic_fields_set__) + texts.count(":")
