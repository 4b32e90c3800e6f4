"""Decides again what was decided: each command of the log, on the state that it met.

The log keeps a command as what came of it, whose first event tells the request whole; so each
decision is made again on its own, with the clock of then and the texts of then, and a difference
in one leads to none in the next. What the log does not keep is counted and not decided again:
what was refused (the log keeps why, not all that was asked), what was told of an account that was
merged (the other account decided, too), and merges. What all take together of a shared limit is
not looked at: an accepted request met it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from ledger.audit.requests import request_of
from ledger.domain.account import Account
from ledger.domain.commands import NAMES, Reserve, Use
from ledger.domain.decide import decide, reach
from ledger.domain.events import (
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Envelope,
    Event,
    Metadata,
    RequestRefused,
)
from ledger.domain.evolve import fold
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, next_due
from ledger.domain.shared import together
from ledger.service import clock
from ledger.service.door import CLOCK
from ledger.service.reach import is_anew

MERGES: Final = (AccountMerged, AccountUnmerged, AccountJoined, AccountParted)

Untold: TypeAlias = Literal["refused", "of a merged account", "merge", "nothing to tell by"]
"""Why a command is not decided again."""

How: TypeAlias = Literal["refused", "other events", "other reasons"]
"""What of a decision would be otherwise: all of it, what it does, or only how it says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A decision that would be taken otherwise.

    Attributes:
        version: of its first event.
        request: what was asked, as commands are called; `clock` for what fell due by itself.
        was: what the log has of it.
        would_be: what would be there; a refusal.

    """

    account: UUID
    version: int
    metadata: Metadata
    request: str
    how: How
    was: tuple[Event, ...]
    would_be: tuple[Event, ...] | Rejection


@dataclass(slots=True, kw_only=True)
class Redecided:
    """What became of the commands of one account.

    Attributes:
        decided: how many were decided again, by what was asked.
        untold: how many could not be, by why.

    """

    decided: Counter[str] = field(default_factory=Counter)
    untold: Counter[str] = field(default_factory=Counter)
    otherwise: list[Otherwise] = field(default_factory=list)


def redecide(
    account: UUID, envelopes: Sequence[Envelope], rules_at: Callable[[datetime], Rulebook]
) -> Redecided:
    """Decide every command of an account again, in the order of the log.

    Args:
        account: whose.
        envelopes: all of its events.
        rules_at: the rules by which to decide what was recorded at an instant.

    Raises:
        Unreadable: this code can't read a text of then.

    """
    told, state = Redecided(), Account()
    due_on: date | None = None
    for (command, recorded_at), some in groupby(envelopes, _command):
        group = list(some)
        now, rules = clock.at(recorded_at), rules_at(recorded_at)
        days = [each for each in group if each.metadata.actor == CLOCK]
        asked = group[len(days) :]
        why = _untold(asked or days)
        if why == "merge":
            told.untold[why] += 1
            state = fold(group, state)
        else:
            reached = _reached(account, command, state, now, rules, due_on)
            if days or reached:
                _compare(told, CLOCK, days, reached, group)
            state = fold(days, state)
            if asked:
                _again(told, asked, state, now, rules, why)
                state = fold(asked, state)
        due_on = next_due(state, now.today, rules)
    return told


def _reached(
    account: UUID, command: str, state: Account, now: Now, rules: Rulebook, due_on: date | None
) -> list[Event]:
    """Return what falls due until the day of a command, before anything that it asks."""
    draft = Draft(state)
    if due_on is not None and due_on <= now.today:
        draft = reach(state, now, rules, due_on)
    if is_anew(command, now.today, account):
        return [*draft.events, *reach(draft.account, now, rules).events]
    return draft.events


def _command(envelope: Envelope) -> tuple[str, datetime]:
    return envelope.metadata.command, envelope.metadata.recorded_at


def _untold(group: Sequence[Envelope]) -> Untold | None:
    """Say why a command can't be decided again from its events, if it can't."""
    if any(isinstance(each.event, MERGES) for each in group):
        return "merge"
    if any(each.metadata.named is not None for each in group):
        return "of a merged account"
    if any(isinstance(each.event, RequestRefused) for each in group):
        return "refused"
    return None


def _again(
    told: Redecided,
    asked: Sequence[Envelope],
    state: Account,
    now: Now,
    rules: Rulebook,
    why: Untold | None,
) -> None:
    """Decide one request again on the state that it met."""
    request = request_of(asked, state) if why is None else None
    if request is None:
        told.untold[why or "nothing to tell by"] += 1
        return
    taken = together(state, {}) if isinstance(request, Reserve | Use) else None
    decision = decide(state, request, now, rules, taken)
    found = decision if isinstance(decision, Rejection) else decision.events
    _compare(told, NAMES[type(request)], asked, found, asked)


def _compare(
    told: Redecided,
    request: str,
    was: Sequence[Envelope],
    would_be: Sequence[Event] | Rejection,
    group: Sequence[Envelope],
) -> None:
    told.decided[request] += 1
    events = tuple(each.event for each in was)
    how = _how(events, would_be)
    if how is not None:
        first = (was or group)[0]
        told.otherwise.append(
            Otherwise(
                account=first.account,
                version=first.version,
                metadata=first.metadata,
                request=request,
                how=how,
                was=events,
                would_be=would_be if isinstance(would_be, Rejection) else tuple(would_be),
            )
        )


def _how(was: Sequence[Event], would_be: Sequence[Event] | Rejection) -> How | None:
    if isinstance(would_be, Rejection):
        return "refused"
    if list(was) == list(would_be):
        return None
    if list(map(_without_reasons, was)) == list(map(_without_reasons, would_be)):
        return "other reasons"
    return "other events"


def _without_reasons(event: Event) -> tuple[Any, ...]:
    """Return what an event does, without how it says why."""
    told = {each.name: getattr(event, each.name) for each in fields(event)}
    return (type(event), *(v for name, v in told.items() if name not in REASONS))


REASONS: Final = ("basis", "because", "reason", "rule")
"""The fields that say why."""
