"""A log of any length: the careers of some hundred people, taken in once and then copied.

Each copy has account ids and command ids of its own and is appended by the real recorder, a page
of the log at a time, with its state rows and receipts. Of each person the newest fact is held
back, so that there is something to tell that belongs to the life.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from random import Random
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from consumers.translate import CAREER_LANGUAGE, Unhandled, translate
from ledger.domain.commands import Command
from ledger.service.ports import AccountRow, Append, Receipt
from ledger.store import writes
from ledger.store.datastore import Rows
from ledger.store.postgres import PostgresStore
from ops.bench.lab import Lab
from ops.demo.messages import career_message
from ops.demo.population import as_published, population
from ops.ledger_wiring import open_door, open_store

SEED = 20210901
BATCH_COMMANDS = 1_000
PAGE_EVENTS = 4_000


class Copied(NamedTuple):
    """A person of the careers, and the account that a copy has."""

    person: UUID
    account: UUID


@dataclass(frozen=True, kw_only=True)
class Careers:
    """What some people's careers became.

    Attributes:
        url: of the database that holds the original.
        today: the day on which all was taken in.
        events: the log, in order.
        newest: by person, the command that tells the fact that was held back.

    """

    url: str
    today: date
    events: Sequence[StoredEvent]
    rows: Sequence[AccountRow]
    receipts: Sequence[Receipt]
    newest: dict[UUID, Command]

    def grow(self, store: PostgresStore, events: int, dice: Random) -> list[Copied]:
        """Append whole copies until the log has so many events; return their accounts."""
        made: list[Copied] = []
        head = store.head()
        while head < events:
            ids = {row.account: UUID(int=dice.getrandbits(128), version=4) for row in self.rows}
            alongside: Callable[[Rows, Sequence[int]], None] | None = None
            for at in range(0, len(self.events), PAGE_EVENTS):
                page = [
                    StoredEvent(ids[e.originator_id], e.originator_version, e.topic, e.state)
                    for e in self.events[at : at + PAGE_EVENTS]
                    if isinstance(e.originator_id, UUID)
                ]
                if at + PAGE_EVENTS >= len(self.events):
                    alongside = partial(self._beside, ids)
                store.recorder.insert_events(page, alongside=alongside)
            made += [Copied(*pair) for pair in ids.items()]
            head += len(self.events)
        return made

    def logs(self, lab: Lab, *events: int) -> list[str]:
        """Make a log of so many events for each number; return the URLs of their databases."""
        dice = Random(SEED)  # noqa: S311  not a secret
        urls = [lab.database() for _ in events]
        for url, count in zip(urls, events, strict=True):
            with open_store(url) as store:
                self.grow(store, count, dice)
        return urls

    def _beside(self, ids: dict[UUID, UUID], rows: Rows, _: Sequence[int]) -> None:
        states = [replace(row, account=ids[row.account]) for row in self.rows]
        writes.accounts(rows, states)
        receipts = [
            replace(r, account=ids[r.account], command=f"{r.command} {ids[r.account]}")
            for r in self.receipts
        ]
        writes.receipts(rows, Append(envelopes=(), accounts=(), receipts=receipts), ())


def commands(people: int, until: date) -> list[Command]:
    """Return what a population's careers ask of the ledger, in the order of arrival."""
    asked: list[Command] = []
    for arrival in as_published(population(people, SEED, until), SEED):
        message = career_message(arrival.told.person, arrival.told.fact, "career")
        read = translate(CAREER_LANGUAGE, message.key, message.value)
        assert not isinstance(read, Unhandled), read  # noqa: S101  we wrote it
        asked += read
    return asked


def careers(lab: Lab, people: int) -> Careers:
    """Take a population's careers in, all but each person's newest fact."""
    url = lab.database()
    with open_store(url) as store:
        door = open_door(store)
        today = door.clock.now().today
        asked = commands(people, today)
        newest = {command.account: command for command in asked}
        told = [command for command in asked if command is not newest[command.account]]
        for at in range(0, len(told), BATCH_COMMANDS):
            door.handle(told[at : at + BATCH_COMMANDS])
        ids = {command.id for command in told}
        rows, receipts = store.load({command.account for command in told}, ids)
        log = store.recorder.select_notifications(1, store.head())
        events = [each for each in log if each.originator_id in rows]
    return Careers(
        url=url,
        today=today,
        events=events,
        rows=list(rows.values()),
        receipts=list(receipts.values()),
        newest={account: newest[account] for account in rows},
    )
