"""A file of messages becomes Kafka messages: each to its service's topic, under its person."""

from typing import Any

import orjson

from consumers.publisher import Message
from ops.settings import Settings
from schemas import rights_v1
from schemas.check import Problem, check_bytes


def messages_of(
    data: bytes, settings: Settings, *, check: bool
) -> tuple[list[Message], list[Problem]]:
    """Return the messages of one JSON document or of JSON lines, and what is wrong with them.

    Without `check`, what has no `type` that is known goes to the career topic as it is: so can
    be tried what the ledger does with bad input.
    """
    problems = check_bytes(data) if check else []
    if problems:
        return [], problems
    try:
        orjson.loads(data)
        values = [data]
    except ValueError:
        values = [line for line in data.split(b"\n") if line.strip()]
    return [_message(value, settings) for value in values], []


def _message(value: bytes, settings: Settings) -> Message:
    try:
        content: Any = orjson.loads(value)
    except ValueError:
        content = None
    fields = content if isinstance(content, dict) else {}
    body = fields.get("data")
    person = body.get("person") if isinstance(body, dict) else None
    rights = str(fields.get("type", "")).startswith(f"{rights_v1.SERVICE}.")
    return Message(
        topic=settings.rights_topic if rights else settings.career_topic,
        key=str(person or "").encode(),
        value=value,
    )
