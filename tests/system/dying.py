"""A consumer that kills itself at a step of the write path.

The product knows nothing of this: the step's function is wrapped here, in the child process.
"""

import os
import signal
from collections.abc import Callable
from importlib import import_module
from threading import Event
from typing import Any

from consumers.batches import Limits
from consumers.clients import Group
from consumers.intake import Intake
from consumers.translate import CAREER_LANGUAGE, RIGHTS_LANGUAGE
from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from tests.lines import SESSION_MS, TODAY

STEPS = {
    "a poll": "kafka:KafkaConsumer.poll",
    "translating": "consumers.batches:translate_all",
    "loading": "ledger.store.postgres:PostgresStore.load",
    "deciding": "ledger.service.door:decide",
    "encoding": "ledger.store.mapper:EnvelopeMapper.to_stored_event",
    "locking": "ledger.store.recorder:LedgerRecorder._lock_table",
    "writing the events": "ledger.store.recorder:LedgerRecorder._inserted",
    "writing the states": "ledger.store.writes:accounts",
    "counting what is shared": "ledger.store.writes:draws",
    "writing the receipts": "ledger.store.writes:receipts",
    "moving the positions": "ledger.store.writes:moves",
    "parking": "ledger.store.parked:park",
    "marking": "ledger.store.parked:mark",
    "the commit": "ledger.store.recorder:LedgerRecorder.insert_events",
    "the answer to the door": "ledger.store.postgres:PostgresStore.append",
    "the door's outcomes": "ledger.service.door:Door.handle",
    "telling Kafka": "kafka:KafkaConsumer.commit_async",
}
"""After which step it dies: the function of each."""

BATCH_RECORDS = 10


def main(database: str, bootstrap: str, career: str, rights: str, step: str, calls: str) -> None:
    """Consume until the step has happened so many times; then die without a word."""
    clock = SetClock()
    clock.set(TODAY)
    with PostgresStore(database) as store:
        door = open_door(store, clock)
        wrap(STEPS[step], int(calls))
        Intake(
            door,
            store,
            {"bootstrap_servers": bootstrap},
            {career: CAREER_LANGUAGE, rights: RIGHTS_LANGUAGE},
            group=Group(id=f"{career}-readers", session_timeout_ms=SESSION_MS),
            limits=Limits(max_records=BATCH_RECORDS, max_wait_ms=100, max_bytes=1 << 20),
        ).run(Event())


def wrap(path: str, calls: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Let this process end, or stop, after so many calls of a function; an empty poll is none."""
    module, _, names = path.partition(":")
    *owners, name = names.split(".")
    owner: Any = import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    step: Callable[..., Any] = getattr(owner, name)
    left = calls

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        answer = step(*args, **kwargs)
        if name == "poll" and not answer:
            return answer
        left -= 1
        if left == 0:
            os.kill(os.getpid(), how)
        return answer

    setattr(owner, name, dying)
