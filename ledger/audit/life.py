"""A life in memory: one account told day by day, through the same decisions as at the door.

For scenarios, simulations and tests: no server, and nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.commands import NAMES, ReachDay, Request, Reserve, Use
from ledger.domain.decide import decide, reach
from ledger.domain.events import Envelope, Event, Key, Metadata
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, next_due
from ledger.domain.shared import Taken, together

NOBODY = UUID(int=0)
"""The account of a life that is nobody's."""


@dataclass(slots=True)
class Life:
    """One account, its events and its state.

    As at the door, it is settled anew only on a day on which something is due.

    Attributes:
        settled_on: the last day that came; what fell due until then is there.
        others: what other accounts take of shared limits; None: these are not looked at.

    """

    rules: Rulebook
    id: UUID = NOBODY
    account: Account = field(default_factory=Account)
    settled_on: date = date.min
    others: dict[Key, int] | None = field(default_factory=dict)
    _envelopes: list[Envelope] = field(default_factory=list, init=False)
    _bare: list[tuple[Metadata, Sequence[Event]]] = field(default_factory=list, init=False)

    def copy(self) -> "Life":
        """Return a life that can go on otherwise than this one."""
        copied = replace(self)
        copied._envelopes, copied._bare = [*self._envelopes], [*self._bare]  # noqa: SLF001  its own
        return copied

    @property
    def envelopes(self) -> list[Envelope]:
        """All events with their places; put in envelopes when asked for, as a simulation isn't."""
        for metadata, events in self._bare:
            self._envelopes += [
                Envelope(account=self.id, version=version, event=event, metadata=metadata)
                for version, event in enumerate(events, start=len(self._envelopes) + 1)
            ]
        self._bare.clear()
        return self._envelopes

    @property
    def due_on(self) -> date | None:
        """The next day after `settled_on` on which something falls due, lapses or changes."""
        return next_due(self.account, self.settled_on, self.rules) if self.account.version else None

    def ask(self, now: Now, request: Request) -> list[Event] | Rejection:
        """Let a request arrive: return the new events, those of the day first, or a refusal.

        A refusal changes nothing, but what fell due until then is there.
        """
        events: list[Event] = []
        if now.today > self.settled_on:
            due_on = self.due_on
            if due_on is not None and due_on <= now.today:
                events += self._follow(reach(self.account, now, self.rules, due_on), request, now)
            self.settled_on = now.today
        taken: Taken | None = None
        if isinstance(request, Reserve | Use) and self.others is not None:
            taken = together(self.account, self.others)
        decision = decide(self.account, request, now, self.rules, taken)
        if isinstance(decision, Rejection):
            return decision
        return [*events, *self._follow(decision, request, now)]

    def given(self, now: Now, *events: Event) -> None:
        """Let events be there that the life does not tell the way to: what others granted."""
        draft = Draft(self.account)
        for event in events:
            draft.add(event)
        self._follow(draft, ReachDay(), now)

    def _follow(self, draft: Draft, request: Request, now: Now) -> Sequence[Event]:
        self.account = draft.account
        if draft.events:
            command, known = NAMES[type(request)], now.recorded_at
            metadata = Metadata(command=command, actor="life", recorded_at=known)
            self._bare.append((metadata, draft.events))
            self.account.recorded_at = known
        return draft.events
