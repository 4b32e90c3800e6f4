"""What an account must hold, computed from the messages alone, in a few lines of its own.

Nothing of the product is used: a message is read as JSON, the rules are those that the population
of the laboratory keeps to. Facts: each version of each fact once, and the highest counts. Requests:
each once, in their order; what asks too much is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

LOT = "be-vlg/vov/2024-25"
FULL_TIME_MINUTES = 7_500
"""125 hours for the school year, times the part of full time that was worked in March."""

Message = dict[str, Any]

REFUSED_TOO_MUCH = "not-enough"
UNKNOWN = {
    "capture": "unknown-reservation",
    "release": "unknown-reservation",
    "reverse": "unknown-use",
}


@dataclass(slots=True)
class Expected:
    """What an account must hold.

    Attributes:
        facts: source, fact and version of each that was told.
        granted: minutes of the lot, net.
        reserved: minutes held of it.
        used: minutes used of it.
        events: kind, name and minutes of what requests became.
        refusals: why each request was refused that was, by source and id.

    """

    facts: set[tuple[str, str, int]] = field(default_factory=set)
    granted: int = 0
    reserved: int = 0
    used: int = 0
    events: list[tuple[str, str, int]] = field(default_factory=list)
    refusals: dict[tuple[str, str], str] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)
    _uses: dict[str, int] = field(default_factory=dict)


def expected(messages: Iterable[Message]) -> Expected:
    """Return what one person's messages, each once and in the order of the log, must lead to."""
    account = Expected()
    newest: tuple[int, Message] | None = None
    for message in messages:
        data = message["data"]
        if "version" in data:
            account.facts.add((message["source"], data["id"], data["version"]))
            if data["id"] == "job" and (newest is None or data["version"] > newest[0]):
                newest = (data["version"], data)
        else:
            _ask(account, message)
    if newest is not None and "status" in newest[1]:
        share = Fraction(newest[1]["status"]["fraction"])
        account.granted = round(FULL_TIME_MINUTES * share)
    account.reserved = sum(account._held.values())
    account.used = sum(account._uses.values())
    return account


def _ask(account: Expected, message: Message) -> None:
    data, method = message["data"], message["type"].rsplit(".", 1)[-1]
    held, uses = account._held, account._uses
    name = data.get("reservationId") or data.get("useId") or data["id"]
    if method == "create":
        if data["quantity"] > FULL_TIME_MINUTES:
            _refuse(account, message, REFUSED_TOO_MUCH)
        elif ".reservations." in message["type"]:
            held[name] = data["quantity"]
            account.events.append(("right-reserved", name, data["quantity"]))
        else:
            uses[name] = data["quantity"]
            account.events.append(("right-used", name, data["quantity"]))
        return
    of = uses if method == "reverse" else held
    if not of.get(name):
        _refuse(account, message, UNKNOWN[method])
        return
    whole = of.pop(name)
    part = data.get("quantity", whole)
    if method == "reverse":
        account.events.append(("use-reversed", name, whole))
    elif method == "release":
        account.events.append(("reservation-released", name, whole))
    else:
        uses[name] = part
        account.events.append(("right-used", name, part))
        if whole > part:
            account.events.append(("reservation-released", name, whole - part))


def _refuse(account: Expected, message: Message, reason: str) -> None:
    account.refusals[message["source"], message["id"]] = reason
