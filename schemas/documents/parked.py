"""Parked records on Kafka, as AsyncAPI tells them: bytes as they came, and headers that say why.

The headers are text, with the names that tools for Kafka Connect's dead letters know. They come
after those of the record itself: of two with one name, the last one counts.
"""

from typing import Final

from schemas.cloudevents import Json

_WHY: Final = {
    "__connect.errors.topic": ("The topic from which the record was read.", "rugzak.career.v1"),
    "__connect.errors.partition": ("Its partition there.", "3"),
    "__connect.errors.offset": ("Its offset there.", "4711"),
    "__connect.errors.exception.class.name": ("Why, as a stable code.", "invalid-data"),
    "__connect.errors.exception.message": (
        "Why, in a sentence: where it is wrong, and what would be right.",
        "/data/version: version is missing",
    ),
    "rugzak.parked.id": ("Its number for `rugzak parked show`.", "12"),
}
WITHHELD: Final = "rugzak.parked.withheld"

PARKED_RECORD: Final[Json] = {
    "name": "parkedRecord",
    "title": "Parked record",
    "summary": "A record that could not be handled, as it came.",
    "contentType": "application/octet-stream",
    "headers": {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": told, "examples": [such_as]}
            for name, (told, such_as) in _WHY.items()
        }
        | {
            WITHHELD: {
                "type": "string",
                "description": "Why key, value and the record's own headers are left out here: "
                "`rugzak parked show` has them. Not there when nothing was left out.",
                "examples": ["it may hold a national number"],
            }
        },
        "required": list(_WHY),
    },
    "payload": {
        "type": "string",
        "format": "binary",
        "description": "The bytes of the record's value, whatever they are; empty when withheld.",
    },
    "examples": [
        {
            "name": "missingVersion",
            "headers": {name: such_as for name, (_, such_as) in _WHY.items()},
            "payload": '{"specversion": "1.0", "id": "1"}',
        }
    ],
}
