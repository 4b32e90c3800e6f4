"""Long histories, kept between one question and the next, with snapshots of their states.

Whoever asks of a person asks more than once: a balance, why, and the same as it was a month before.
An event never changes, so what was read of an account is kept; what follows is read each time.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import Final, Protocol
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.events import AccountErased, Envelope
from ledger.domain.evolve import fold

LONG_EVENTS: Final = 200
"""From how many events on a history is kept: others are read in a few milliseconds."""

MOST_EVENTS: Final = 20_000
"""How many events of all histories are kept together, with their snapshots some 25 MiB."""

SNAPSHOT_EVENTS: Final = 128
"""After how many events there is a snapshot."""


class Log(Protocol):
    """What is read of the ledger."""

    def events_of(self, account: UUID, after_version: int = 0) -> Sequence[Envelope]:
        """Read an account's envelopes after a version."""
        ...


@dataclass(slots=True)
class History:
    """An account's events from its first, and its state after every so many of them."""

    envelopes: tuple[Envelope, ...]
    every: int
    snapshots: list[Account] = field(default_factory=list)

    def state(self, version: int) -> Account:
        """Fold the first so many events, on from the newest snapshot among them."""
        number = version // self.every
        while len(self.snapshots) < number:
            done = len(self.snapshots)
            more = islice(self.envelopes, done * self.every, (done + 1) * self.every)
            self.snapshots.append(fold(more, self.snapshots[-1] if done else None))
        rest = islice(self.envelopes, number * self.every, version)
        return fold(rest, self.snapshots[number - 1] if number else None)


class Histories:
    """Reads a log, and keeps the long histories that were asked for last.

    Nobody's answer is older than the log: each question reads what follows the last event that is
    kept, and that one, too. If it is another than before, as after a restored backup, all is read
    anew. What was erased is not kept. Threads may share it.
    """

    def __init__(
        self,
        log: Log,
        *,
        most: int = MOST_EVENTS,
        long: int = LONG_EVENTS,
        every: int = SNAPSHOT_EVENTS,
    ) -> None:
        """Take the log.

        Args:
            log: what is read.
            most: so many events are kept, of all histories together.
            long: from so many events on a history is kept.
            every: after so many events there is a snapshot.

        """
        self._log = log
        self._every = every
        self._most = most
        self._long = long
        self._lock = Lock()
        self._kept: OrderedDict[UUID, History] = OrderedDict()

    def events_of(self, account: UUID, after_version: int = 0) -> Sequence[Envelope]:
        """Return an account's envelopes after a version."""
        with self._lock:
            kept = self._kept.get(account)
            if kept is not None:
                self._kept.move_to_end(account)
        if kept is None or after_version:
            found = tuple(self._log.events_of(account, after_version))
            if not after_version:
                self._keep(account, History(found, self._every))
            return found
        last = kept.envelopes[-1]
        found = tuple(self._log.events_of(account, last.version - 1))
        if found == (last,):
            return kept.envelopes
        if found[:1] == (last,):
            kept = History((*kept.envelopes, *found[1:]), self._every, kept.snapshots[:])
        else:
            kept = History(tuple(self._log.events_of(account)), self._every)
        self._keep(account, kept)
        return kept.envelopes

    def state(self, envelopes: Sequence[Envelope]) -> Account:
        """Return the state after an account's first events, as `fold` does."""
        if envelopes:
            with self._lock:
                kept = self._kept.get(envelopes[0].account)
                version = envelopes[-1].version
                if (
                    kept is not None
                    and len(envelopes) == version <= len(kept.envelopes)
                    and kept.envelopes[version - 1] is envelopes[-1]
                ):
                    return kept.state(version)
        return fold(envelopes)

    def _keep(self, account: UUID, history: History) -> None:
        """Keep a history as the one that was asked for last; let go of the first, when need be."""
        long = len(history.envelopes) >= self._long
        with self._lock:
            self._kept.pop(account, None)
            if long and not any(isinstance(x.event, AccountErased) for x in history.envelopes):
                self._kept[account] = history
            kept = sum(len(each.envelopes) for each in self._kept.values())
            while kept > self._most:
                _, gone = self._kept.popitem(last=False)
                kept -= len(gone.envelopes)
