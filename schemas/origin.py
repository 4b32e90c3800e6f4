"""From whom a message is, and its id there: read even of a message that is wrong otherwise."""

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from schemas.cloudevents import NATIONAL_NUMBER, Message
from schemas.identifiers import national_number
from schemas.parsing import MAX_EVENT_BYTES


class Origin(NamedTuple):
    """The source of a message and its id there, as the contract has them; each may be told on."""

    source: str
    id: str


_FIELDS: dict[str, Any] = {
    name: (Message.model_fields[name].annotation, Message.model_fields[name])
    for name in Origin._fields
}
_Named: type[BaseModel] = create_model(
    "_Named", __config__=ConfigDict(strict=True, extra="ignore"), **_FIELDS
)


def origin_of(raw: bytes | None) -> Origin | None:
    """Return the origin of a message; None when it can't be read, or holds a national number.

    Never raises, whatever the bytes; more than a message may have are not read.
    """
    if raw is None or len(raw) > MAX_EVENT_BYTES:
        return None
    try:
        read = _Named.model_validate_json(raw)
    except ValidationError:
        return None
    origin = Origin(**dict(read))
    return None if any(map(holds_national_number, origin)) else origin


def holds_national_number(text: str) -> bool:
    """Whether a national number is in a text; other long numbers are ids."""
    for found in NATIONAL_NUMBER.findall(text):
        try:
            national_number(found)
        except ValueError:
            continue
        return True
    return False
