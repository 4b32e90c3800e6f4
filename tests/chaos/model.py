"""What an account must hold, computed from the messages alone, in a few lines of its own.

Nothing of the product is used: a message is read as JSON, the rules are those that the population
of the laboratory keeps to. Facts: each version of each fact once, and the highest counts. Requests:
each once, in their order; what asks too much is refused, and what comes too early waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeAlias

LOT = "be-vlg/vov/2024-25"
FULL_TIME_MINUTES = 7_500
"""125 hours for the school year, times the part of full time that was worked in March."""

Message: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["reservation", "use"]

TOO_MUCH = "not-enough"
"""Why what asks for more than anybody has is refused."""


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
        waiting: what names a reservation or use that has not come, by what it names.

    """

    facts: set[tuple[str, str, int]] = field(default_factory=set)
    granted: int = 0
    reserved: int = 0
    used: int = 0
    events: list[tuple[str, str, int]] = field(default_factory=list)
    refusals: dict[tuple[str, str], str] = field(default_factory=dict)
    waiting: dict[tuple[Kind, str], list[Message]] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)
    _uses: dict[str, int] = field(default_factory=dict)


def expected(messages: Iterable[Message]) -> Expected:
    """Return what one person's messages, each once and in the order of the log, must lead to.

    What names a reservation or use that has not come waits for it, and the same of it behind.
    """
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
    name = data.get("reservationId") or data.get("useId") or data["id"]
    if method == "create":
        _take(account, message, name)
        return
    kind: Kind = "use" if method == "reverse" else "reservation"
    of = account._uses if kind == "use" else account._held
    if (kind, name) in account.waiting or not of.get(name):
        account.waiting.setdefault((kind, name), []).append(message)
        return
    whole = of.pop(name)
    part = data.get("quantity", whole)
    if method == "reverse":
        account.events.append(("use-reversed", name, whole))
    elif method == "release":
        account.events.append(("reservation-released", name, whole))
    else:
        account._uses[name] = part
        account.events.append(("right-used", name, part))
        if whole > part:
            account.events.append(("reservation-released", name, whole - part))
        _came(account, "use", name)


def _take(account: Expected, message: Message, name: str) -> None:
    quantity = message["data"]["quantity"]
    if quantity > FULL_TIME_MINUTES:
        account.refusals[message["source"], message["id"]] = TOO_MUCH
    elif ".reservations." in message["type"]:
        account._held[name] = quantity
        account.events.append(("right-reserved", name, quantity))
        _came(account, "reservation", name)
    else:
        account._uses[name] = quantity
        account.events.append(("right-used", name, quantity))
        _came(account, "use", name)


def _came(account: Expected, kind: Kind, name: str) -> None:
    """Do what waited for something that has come."""
    for message in account.waiting.pop((kind, name), ()):
        _ask(account, message)
