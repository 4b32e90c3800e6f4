"""A file of messages becomes Kafka messages: each to its service's topic, under its person."""

from typing import Any

import orjson

from consumers.publisher import Message
from ops.settings import Settings, variable
from ops.wiring import topics
from schemas.check import Problem, check_bytes
from schemas.contract import SERVICES


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
        values = [(1, data)]
    except ValueError:
        lines = enumerate(data.split(b"\n"), start=1)
        values = [(number, line) for number, line in lines if line.strip()]
    named = topics(settings)
    messages = []
    for line, value in values:
        fields = _fields(value)
        service = ".".join(str(fields.get("type", "")).split(".")[:4])
        if service in SERVICES and service not in named:
            message = f"{service} is not taken in: {variable('identity_key')} is not set"
            problems.append(Problem(code="not-taken-in", path="/type", line=line, message=message))
        topic = named.get(service, settings.career_topic)
        messages.append(Message(topic=topic, key=_key(fields), value=value))
    return ([], problems) if problems else (messages, [])


def _fields(value: bytes) -> dict[str, Any]:
    try:
        content: Any = orjson.loads(value)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _key(fields: dict[str, Any]) -> bytes:
    """Return the person's reference; a notification, which has none, is spread by its id."""
    body = fields.get("data")
    known = body if isinstance(body, dict) else {}
    return str(known.get("person") or fields.get("id") or "").encode()
