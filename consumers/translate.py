"""A Kafka record becomes a command, or the reason why it can't be one.

Nothing here raises for what a record holds: a reason is an answer, and the record is parked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from consumers import career, rights
from ledger.domain.commands import Command, Request
from schemas.check import MAX_EVENT_BYTES, Problem
from schemas.contract import CAREER, RIGHTS, Contract
from schemas.reading import read

MAX_DETAIL_CHARACTERS = 500
UNPRINTABLE = re.compile("[^ -~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhandled:
    """Why a record is parked.

    Attributes:
        reason: stable code.
        detail: one sentence for people, without values from the data.

    """

    reason: str
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What is spoken on a topic: which messages, and what each asks of the ledger."""

    contract: Contract
    request_of: Callable[[Any], Request]


CAREER_LANGUAGE = Language(CAREER, career.request_of)
RIGHTS_LANGUAGE = Language(RIGHTS, rights.request_of)


def translate(
    language: Language,
    key: bytes | None,
    value: bytes | None,
    *,
    max_bytes: int = MAX_EVENT_BYTES,
) -> Command | Unhandled:
    """Read one record; the command's id is the message's source and id.

    Nothing that is needed is only in a header (Belgian REST guide, async-cespec).
    """
    if value is None:
        return Unhandled(reason="no-value", detail="the record has no value; facts are annulled")
    outcome = read(value, language.contract, max_bytes)
    if isinstance(outcome, Problem):
        return _unhandled(outcome)
    if not outcome.is_about(key):
        detail = "/data/person: the record's key is not this reference, in lower case"
        return Unhandled(reason="key-mismatch", detail=detail)
    message = outcome.message
    return Command(
        id=f"{message.source} {message.id}",
        account=message.data.person,
        actor=message.source,
        request=language.request_of(message),
        digest=outcome.digest,
    )


def _unhandled(problem: Problem) -> Unhandled:
    where = f"{problem.path}: " if problem.path else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    detail = UNPRINTABLE.sub("?", f"{where}{problem.message}{hint}")
    return Unhandled(reason=problem.code, detail=detail[:MAX_DETAIL_CHARACTERS])
