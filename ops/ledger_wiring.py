"""The composition root of the ledger alone: a store, a door and a replay on a database.

Apart from the rest, so that who only needs these, as a worker of the API does, loads no client of
Kafka, no embedded server and no vault: it is there in a second.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache

from ledger.audit.replay import Log, Replay
from ledger.domain.rulebook import Rulebook
from ledger.service import published
from ledger.service import rulebook as rulebook_files
from ledger.service.clock import Clock, SystemClock
from ledger.service.door import Door
from ledger.store.catalogue import CODEC
from ledger.store.postgres import PostgresStore
from ledger.store.states import States
from ops.collector import look_rarely


@cache
def rulebook() -> Rulebook:
    """Return the regulations that the product ships, loaded once."""
    return rulebook_files.load()


@contextmanager
def open_store(database_url: str, *, migrated: bool = False) -> Iterator[PostgresStore]:
    """Yield the store on an up-to-date database; `migrated` says that somebody saw to that."""
    look_rarely()
    if not migrated:
        from ledger.store.migrations import migrate  # noqa: PLC0415  slow; a worker has no use

        migrate(database_url)
    with PostgresStore(database_url) as store:
        yield store


@cache
def contents() -> Mapping[str, str]:
    """Return what would be published of the shipped regulations, by scheme."""
    return published.contents()


def open_door(store: PostgresStore, clock: Clock | None = None) -> Door:
    """Return the write door on a store, on which the shipped regulations are those in use.

    In a log that has none yet they are published first.

    Raises:
        Unpublished: others are in use; nothing is decided by these.

    """
    door = publishing_door(store, clock)
    published.admit(door, contents)
    return door


def publishing_door(store: PostgresStore, clock: Clock | None = None) -> Door:
    """Return the write door on a store, whatever is published there: to publish more."""
    states = States()
    return Door(
        store, rulebook(), clock or SystemClock(), encode=states.encode, decode=states.decode
    )


def open_replay(log: Log, today: date) -> Replay:
    """Return what folds a log anew."""
    states = States()
    return Replay(
        log,
        rulebook(),
        today,
        encode=states.encode,
        decode=states.decode,
        spell=CODEC.encode,
        plain=states.plain,
    )
