"""A receipt, or a parked record, becomes the reply to who published the message."""

import re
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from consumers.relay.telling import instant, written
from ledger.service.outcomes import Accepted
from ledger.service.ports import Receipt
from ledger.store.outbox import Announcement
from schemas import outcomes_v1 as wire
from schemas.cloudevents import NATIONAL_NUMBER
from schemas.origin import holds_national_number

COMMAND: Final = re.compile(
    r"(?:(?P<number>[1-9][0-9]*):)?(?P<source>[a-z][^ :]*:[^ ]+) (?P<id>.+)"
)
"""The id of a command that a message made; others begin with no URI."""

MASKED: Final = "(a national number)"
NUMBER_MISPLACED: Final = frozenset({"national-number", "national_number"})
"""Reasons of what is parked because a national number stands where none may."""


def key_of(source: str, message: str) -> bytes:
    """Return the key of all replies to one message, so that they stay in order."""
    return str(uuid5(NAMESPACE_URL, f"{source} {message}")).encode()


def reply(number: int, receipt: Receipt, source: str) -> tuple[bytes, bytes] | None:
    """Return key and value of the reply that a receipt makes; None when no message asked.

    Args:
        number: the receipt's.
        receipt: what came of the command.
        source: the installation's URI.

    """
    asked = COMMAND.fullmatch(receipt.command)
    if asked is None:
        return None
    context = {
        "id": f"outcome-{number}",
        "source": source,
        "time": instant(receipt.recorded_at),
        "relatedto": asked["id"],
        "relatedtosource": asked["source"],
    }
    request, outcome = int(asked["number"] or 1), receipt.outcome
    more: dict[str, Any] = {} if outcome.position is None else {"position": outcome.position}
    if outcome.decided_in is not None:
        more["merged"] = True  # where, is for the ledger's topic: replies tell no account
    message: wire.OutcomeMessage
    if isinstance(outcome, Accepted):
        done = wire.Accepted(
            request=request, events=outcome.events, version=outcome.version, **more
        )
        message = wire.OutcomeReply(**context, data=done)
    else:
        refused = wire.Refused(
            request=request,
            reason=outcome.rejection.reason.value,
            detail=masked(outcome.rejection.detail),
            **more,
        )
        message = wire.OutcomeProblemReply(**context, data=refused)
    return key_of(asked["source"], asked["id"]), written(message)


def parked_reply(parked: Announcement, source: str) -> tuple[bytes, bytes] | None:
    """Return key and value of the reply to a message that was parked.

    None when nobody knows whose it is, when a receipt answers the same already, or when its very
    id names a person.
    """
    record = parked.record
    if record.source is None or record.message is None or parked.answered:
        return None
    of_whom = f"{record.source} {record.message}"
    if record.reason in NUMBER_MISPLACED or holds_national_number(of_whom):
        return None
    message = wire.OutcomeProblemReply(
        id=f"parked-{parked.id}-{parked.tries}",
        source=source,
        time=instant(record.parked_at),
        relatedto=record.message,
        relatedtosource=record.source,
        data=wire.Parked(reason=record.reason, detail=masked(record.detail)),
    )
    return key_of(record.source, record.message), written(message)


def masked(text: str) -> str:
    """Return a text without what may be a national number."""
    return NATIONAL_NUMBER.sub(MASKED, text)
