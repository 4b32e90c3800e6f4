"""The life of Nora Peeters, which `story.yaml` tells, as messages."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Final
from uuid import UUID

import yaml

from consumers.publisher import Message
from ops.demo.messages import Json, fact_message, message
from ops.settings import Settings
from schemas.rights_v1 import SERVICE as RIGHTS

NORA: Final = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
DESK: Final = "https://training-desk.example.be"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One day.

    Attributes:
        said: what arrives, in plain words.
        messages: what is published on that day.

    """

    on: date
    said: str
    messages: tuple[Message, ...]


def chapters(settings: Settings) -> list[Chapter]:
    """Return the story, in order, on the topics of the settings."""
    told = yaml.safe_load((files("ops.demo") / "story.yaml").read_text("utf-8"))
    return [
        Chapter(
            on=chapter["day"],
            said=chapter["said"],
            messages=(
                *(_fact(fact, settings.career_topic) for fact in chapter.get("facts", ())),
                *(
                    _ask(asked, chapter["day"], settings.rights_topic)
                    for asked in chapter.get("asks", ())
                ),
            ),
        )
        for chapter in told
    ]


def _fact(fact: Json, topic: str) -> Message:
    source = f"https://{fact.pop('source')}.example.be"
    about = "profile" if "profile" in fact else "status"
    return fact_message(topic, source, about, fact | {"person": NORA, "id": f"nora-{fact['id']}"})


def _ask(asked: Json, on: date, topic: str) -> Message:
    type_ = f"{RIGHTS}.{asked.pop('do')}"
    id_ = f"nora-{on}-{type_}"
    return message(topic, DESK, id_, type_, {"person": NORA, "effectiveOn": on} | asked)
