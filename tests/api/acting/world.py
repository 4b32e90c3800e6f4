"""A ledger in which Nora works and Emma does, for what is asked of it over HTTP."""

from typing import Any
from uuid import UUID

from consumers.translate import CAREER_LANGUAGE, Unhandled, translate
from ledger.service.door import Door
from tests.consumers.stories import employed

TODAY = "2025-10-05"
NORA = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
EMMA = UUID("0b54f3c1-2f0d-4a55-8d1e-7c3a90f1d2e4")
COURSE = {"id": "french-a2", "provider": "cvo-semper", "startDate": "2025-10-06"}
"""Recognised for the scheme of Flemish training leave."""


def hire(door: Door, *people: UUID) -> None:
    """Let people be employed, so that they have training leave: 125 hours, 7500 minutes."""
    for person in people:
        message = employed(str(person))
        commands = translate(CAREER_LANGUAGE, message.key, message.value)
        assert not isinstance(commands, Unhandled)
        door.handle(commands)


def taking(id_: str = "r1", minutes: int = 600, **more: object) -> dict[str, Any]:
    """Return the body that asks for some minutes of training leave."""
    return {
        "effectiveOn": TODAY,
        "id": id_,
        "scheme": "be-vlg/vov",
        "quantity": minutes,
        "unit": "minute",
        "course": COURSE,
        **more,
    }


def on(**more: object) -> dict[str, Any]:
    """Return the body that says no more than the day and this."""
    return {"effectiveOn": TODAY, **more}
