"""A line of test: topics of its own, an intake on them, and what the ledger holds afterwards."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient

from consumers.batches import Limits
from consumers.bounds import MAX_UNPACKED_BYTES
from consumers.clients import Group
from consumers.intake import Intake
from consumers.parking import Replay, Replayed
from consumers.publisher import Message, publisher
from consumers.relay.runner import Relay
from consumers.topics import make_missing
from consumers.translate import CAREER_LANGUAGE, RIGHTS_LANGUAGE, Language
from ledger.domain.events import StatusRecorded
from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.service.ports import Parked
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from tests.consumers.stories import CAREER, RIGHTS
from tests.story import day

TODAY = day("2025-10-05")

SESSION_MS = 1_000
"""A short session: the embedded broker's first join takes half of its timeout."""

LIMITS = {"max_records": 500, "max_wait_ms": 100, "max_bytes": 1 << 20}
APACHE = pytest.mark.parametrize(
    "any_broker", [pytest.param("apache", marks=pytest.mark.apache_kafka)], indirect=True
)
"""For what Tansu can't do; say what."""

PATIENCE_SECONDS = 60.0


def at_steps(
    tansu: Iterable[str], apache: Iterable[str]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test after some steps on Tansu, and after others on Apache Kafka.

    A step of our own is the same on both; one in which the broker has a part is tried where it counts.
    """
    brokers = [("tansu", step) for step in tansu] + [
        pytest.param("apache", step, marks=pytest.mark.apache_kafka) for step in apache
    ]
    return pytest.mark.parametrize(("any_broker", "step"), brokers, indirect=["any_broker"])


@dataclass
class Line:
    """Topics of one test's own, and an intake on them."""

    bootstrap: str
    names: dict[str, str]
    door: Door
    store: PostgresStore
    others: dict[str, Language] = field(default_factory=dict)

    @property
    def languages(self) -> dict[str, Language]:
        own = {self.names[CAREER]: CAREER_LANGUAGE, self.names[RIGHTS]: RIGHTS_LANGUAGE}
        return own | {self.names[name]: spoken for name, spoken in self.others.items()}

    def speak(self, name: str, language: Language) -> None:
        """Consume one more topic."""
        self.names[name] = f"{name}-{uuid4().hex[:8]}"
        self.others[name] = language
        with admin_of(self.bootstrap) as admin:
            make_missing(admin, [self.names[name]])

    def publish(self, *messages: Message) -> None:
        with publisher({"bootstrap_servers": self.bootstrap}) as out:
            out.publish(
                Message(topic=self.names[m.topic], key=m.key, value=m.value) for m in messages
            )

    @property
    def group(self) -> Group:
        return Group(id=f"{self.names[CAREER]}-readers", session_timeout_ms=SESSION_MS)

    def intake(self, *, group: Group | None = None, forgets: bool = True, **limits: int) -> Intake:
        return Intake(
            self.door,
            self.store,
            {"bootstrap_servers": self.bootstrap},
            self.languages,
            group=group or self.group,
            limits=Limits(**{**LIMITS, **limits}),
            forgets=forgets,
        )

    def drain(self, consumer: Intake | None = None) -> None:
        """Take in all that the broker holds now."""
        stop = threading.Event()
        stop.set()
        (consumer or self.intake()).run(stop, drain=True)

    def replay(
        self,
        parked: Parked,
        *,
        max_bytes: int = 1 << 20,
        max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
    ) -> Replayed:
        """Try a parked record again, as it is now."""
        page = self.store.parked_records([parked.id])
        limits = {"max_bytes": max_bytes, "max_unpacked_bytes": max_unpacked_bytes}
        [became] = Replay(self.door, self.languages, **limits).again(page)
        return became

    def statuses(self) -> list[str]:
        """Return whom each status event is about, in the order of the log."""
        return [
            str(e.account) for e in self.store.each_event() if isinstance(e.event, StatusRecorded)
        ]

    def events(self, kind: type) -> list[object]:
        return [e.event for e in self.store.each_event() if isinstance(e.event, kind)]


def make_line(kafka: str, store: PostgresStore) -> Line:
    """Make topics, and a ledger on whose clock it is `TODAY`."""
    clock = SetClock()
    clock.set(TODAY)
    unique = uuid4().hex[:8]
    names = {CAREER: f"career-{unique}", RIGHTS: f"rights-{unique}"}
    with admin_of(kafka) as admin:
        make_missing(admin, names.values())
    return Line(kafka, names, open_door(store, clock), store)


@contextmanager
def admin_of(bootstrap: str) -> Iterator[KafkaAdminClient]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        yield admin
    finally:
        admin.close()


@contextmanager
def running(worker: Intake | Relay) -> Iterator[threading.Event]:
    """Run an intake or a relay in a thread, and stop it."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def wait_until(done: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.05)):
        if done():
            return
        waiting.wait(0.05)
    raise AssertionError("it did not happen in time")
