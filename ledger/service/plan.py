"""What a batch will write and answer, while the door decides it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.commands import Command, Erase, Merge, ReachDay, Request, Unmerge
from ledger.domain.events import Envelope, Key, Metadata
from ledger.domain.reasons import Rejection
from ledger.domain.settle import Draft
from ledger.domain.shared import DRAWING, Taken, changes
from ledger.domain.waiting import awaited
from ledger.service.outcomes import Accepted, Duplicate, Outcome, Rejected, Waits
from ledger.service.ports import Draw, Receipt

STAYS = (Merge, Unmerge, Erase, ReachDay)
"""Requests that are about the account that they name itself, also when it was merged."""


@dataclass(slots=True)
class Working:
    """An account while a batch is decided."""

    state: Account = field(default_factory=Account)
    due_on: date | None = None
    changed: bool = False


@dataclass(slots=True)
class Plan:
    """What a batch will write, and what it will answer.

    Attributes:
        asked: what was taken of the keys that its requests can draw from.
        taken: the same and, counted up from 0, of keys that only get something back.
        waiting: the things for which commands wait; None when none may.
        again: whether its commands are those of parked records, tried again.

    """

    accounts: dict[UUID, Working]
    receipts: dict[str, Receipt]
    asked: Taken
    taken: dict[Key, int]
    waiting: set[tuple[UUID, str]] | None
    again: bool
    envelopes: list[Envelope] = field(default_factory=list)
    new_receipts: dict[str, Receipt] = field(default_factory=dict)
    last_events: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[str, bool] | Rejected] = field(default_factory=list)
    """Per command: its id and whether it is a duplicate; or a refusal without a receipt."""

    def take_in(self, command: str, id_: UUID, draft: Draft, metadata: Metadata) -> None:
        """Let a draft's events be written, and its state be the account's."""
        if not draft.events:
            return
        working = self.accounts[id_]
        versions = range(working.state.version + 1, draft.account.version + 1)
        self.envelopes += [
            Envelope(account=id_, version=version, event=event, metadata=metadata)
            for version, event in zip(versions, draft.events, strict=True)
        ]
        self.last_events[command] = len(self.envelopes) - 1
        if any(isinstance(event, DRAWING) for event in draft.events):
            for key, change in changes(working.state, draft.account).items():
                self.taken[key] = self.taken.get(key, 0) + change
        draft.account.recorded_at = metadata.recorded_at
        working.state, working.changed = draft.account, True

    def keep(self, command: Command, outcome: Accepted | Rejected, at: datetime) -> None:
        """Keep what became of a command; what only let a day come is known for this batch."""
        receipt = Receipt(
            command=command.id,
            account=command.account,
            digest=command.digest,
            outcome=outcome,
            recorded_at=at,
        )
        day_only = isinstance(command.request, ReachDay)
        (self.receipts if day_only else self.new_receipts)[command.id] = receipt
        self.answers.append((command.id, False))

    def wait(
        self, command: Command, place: UUID, request: Request, rejection: Rejection, version: int
    ) -> None:
        """Let a command wait for what it names, and others that need it behind it."""
        waits = Waits(thing=awaited(request), version=version, account=place)
        assert self.waiting is not None  # noqa: S101  none waits where none may
        self.waiting.add((place, waits.thing))
        self.answers.append(
            Rejected(command=command.id, rejection=rejection, position=None, waits=waits)
        )


def leads_to(accounts: Mapping[UUID, Working], command: Command) -> UUID | None:
    """Return the other account that a command is about, None when it is about its own only."""
    if isinstance(command.request, Merge):
        return command.request.into
    working = accounts.get(command.account)
    merged = None if working is None else working.state.merged
    if merged is None or (
        isinstance(command.request, STAYS) and not isinstance(command.request, Unmerge)
    ):
        return None
    return merged.into


def stands_in(accounts: Mapping[UUID, Working], command: Command) -> UUID:
    """Return the account in which a command is decided: that into which its own was merged."""
    leads = None if isinstance(command.request, STAYS) else leads_to(accounts, command)
    return command.account if leads is None else leads


def draws_of(plan: Plan) -> list[Draw]:
    """Return how much more or less the batch takes of each key."""
    return [
        Draw(key=key, change=now - plan.asked.get(key, 0), expected=plan.asked.get(key))
        for key, now in sorted(plan.taken.items())
        if now != plan.asked.get(key, 0)
    ]


def outcomes_of(plan: Plan, positions: Sequence[int] | None) -> list[Outcome]:
    """Return the answers; None: before the events have positions."""
    outcomes: list[Outcome] = []
    for answer in plan.answers:
        if isinstance(answer, Rejected):
            outcomes.append(answer)
            continue
        id_, duplicate = answer
        receipt = plan.new_receipts.get(id_) or plan.receipts[id_]
        outcome = receipt.outcome
        if positions is not None and id_ in plan.last_events:
            outcome = replace(outcome, position=positions[plan.last_events[id_]])
        outcomes.append(Duplicate(first=outcome) if duplicate else outcome)
    return outcomes
