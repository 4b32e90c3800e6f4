"""The laboratory: servers, the product on them, a generator, faults, and in the end the checker."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from ops.settings import variable
from tests.chaos import faults
from tests.chaos.checker import check
from tests.chaos.clock import SteppingClock, library
from tests.chaos.cluster import MAX_RECORD_BYTES, Brokers, Database, brokers
from tests.chaos.evidence import Evidence, Finding
from tests.chaos.generator import Generator
from tests.chaos.population import CAREER, RIGHTS
from tests.chaos.products import MUTANT, RUGZAK, Product, Supervisor, supervised
from tests.chaos.reading import read_log, read_out, read_tables
from tests.chaos.reference import reference
from tests.chaos.sampler import Sample, Sampler

TOPICS = (CAREER, RIGHTS)
TOPICS_OUT = ("rugzak.ledger.v1", "rugzak.balances.v1", "rugzak.outcomes.v1", "rugzak.parked.v1")

START_SECONDS = 90.0
RECOVER_SECONDS = 90.0
"""Longest wait for the ledger to take in again after a fault; longer is a finding."""

SETTLE_SECONDS = 180.0
"""Longest wait, when all faults are over, for the ledger to be where the topics end."""

LOOK_SECONDS = 0.1

BATCH_RECORDS = 40
"""Small batches: more of them, so more moments at which a fault can come."""

GROUP = "rugzak"
RELAYS = 2
PROJECTIONS = 1

LEDGER_STREAM = "ledger"
"""What the relay calls the stream of events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a laboratory is run.

    Attributes:
        seed: of the faults and of the people.
        faults: how many.
        people: of how many lives something is told at a time.
        seconds: pause between a fault's end and the next one, on average.
        per_second: records that are published, at most.
        brokers: Apache Kafka's; 0: the embedded one.
        consumers: processes that consume.
        mutant: what runs in place of the product, to see that the checker notices.

    """

    seed: int = 1
    faults: int = 200
    people: int = 60
    seconds: float = 1.0
    per_second: float = 60.0
    brokers: int = 3
    consumers: int = 3
    mutant: str = ""


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault that was injected.

    Attributes:
        at: when it began, on the monotonic clock.
        recovered: seconds from then until the ledger had taken in, of every partition, a record
            that was published after it began, and read models and relay had told of an event that
            was written after it began; None: that did not happen.
        published: seconds of those until the brokers had those records: the product could not
            have had them before.

    """

    name: str
    at: float
    recovered: float | None
    published: float = 0.0


@dataclass(slots=True)
class Laboratory:
    """What is running."""

    options: Options
    folder: Path
    brokers: Brokers
    database: Database
    supervisor: Supervisor
    sampler: Sampler
    generator: Generator
    clock_library: Path | None
    group: str = GROUP
    consumers: list[Product] = field(default_factory=list)
    relays: list[Product] = field(default_factory=list)
    projections: list[Product] = field(default_factory=list)
    injected: list[Injected] = field(default_factory=list)

    def settings(self) -> dict[str, str]:
        """Return the product's settings."""
        named = {
            "database_url": self.database.proxied_url,
            "kafka_bootstrap_servers": self.brokers.bootstrap,
            "kafka_session_timeout_ms": str(faults.SESSION_MS),
            "consumer_group": self.group,
            "batch_max_records": str(BATCH_RECORDS),
            "batch_max_wait_ms": "100",
            "max_record_bytes": str(MAX_RECORD_BYTES),
            "log_format": "json",
            "data_dir": str(self.folder / "unused"),
        }
        return {variable(name): value for name, value in named.items()}

    def start_product(self) -> None:
        """Start every process of the product."""
        for number in range(1, self.options.consumers + 1):
            # The first keeps its name in the group over its restarts, the others don't. The embedded
            # broker does not know such members: when one is gone for a while, nobody joins any more.
            static = number == 1 and self.options.brokers
            named = {variable("consumer_member"): f"consumer-{number}"} if static else {}
            consume = ("consume", "--no-projections", "--no-relay")
            self.consumers.append(self._run(f"consumer-{number}", consume, named))
        for number in range(1, PROJECTIONS + 1):
            name = f"projections-{number}"
            self.projections.append(self._run(name, ("projections", "run")))
        for number in range(1, RELAYS + 1):
            self.relays.append(self._run(f"relay-{number}", ("relay", "run")))

    def _run(
        self, name: str, arguments: Sequence[str], more: Mapping[str, str] | None = None
    ) -> Product:
        clock = SteppingClock(self.folder / f"{name}.clock", self.clock_library)
        program = MUTANT if self.options.mutant else RUGZAK
        command = (*program, *filter(None, [self.options.mutant]), *arguments)
        return self.supervisor.add(name, command, {**self.settings(), **(more or {})}, clock)

    def recovered_at(self, since: float) -> float | None:
        """Return when the line went on, in and out, with what came after a moment; None: not yet.

        Each sample since is looked at, so what was long before now is told as it was.
        """
        first, head = self.generator.first_since(since), self.sampler.head_at(since)
        if not first or first.keys() != self.generator.sent.keys() or head is None:
            return None
        for sample in self.sampler.since(since):
            taken_in = all(
                sample.positions.get(place, 0) > one.offset for place, one in first.items()
            )
            if taken_in and self.told_of(sample, head):
                return sample.at
        return None

    def told_of(self, sample: Sample, head: int) -> bool:
        """Tell whether read models and relay are past a position."""
        relayed = sample.out.get(LEDGER_STREAM, 0) > head
        return relayed and min(sample.projected.values(), default=0) > head


@contextmanager
def laboratory(options: Options, folder: Path) -> Iterator[Laboratory]:
    """Set up the servers, and the product on them."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = Database(folder / "database")
        stack.callback(database.close)
        database.start()
        running = stack.enter_context(brokers(folder / "brokers", options.brokers))
        sampler = Sampler(database.url)
        sampler.start()
        stack.callback(sampler.close)
        generator = Generator(
            running.direct,
            options.seed,
            people=options.people,
            per_second=options.per_second,
            position=lambda place: sampler.reached.get(place, 0),
            early=True,
        )
        stack.callback(generator.abandon)
        supervisor = stack.enter_context(supervised(folder))
        made = Laboratory(
            options=options,
            folder=folder,
            brokers=running,
            database=database,
            supervisor=supervisor,
            sampler=sampler,
            generator=generator,
            clock_library=library(folder),
        )
        made.start_product()
        until(lambda: _topics_are_there(running.direct), START_SECONDS, "no topics")
        yield made


def until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it was not in time.

    """
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"{otherwise} after {seconds:.0f} s")
        time.sleep(LOOK_SECONDS)


def _topics_are_there(bootstrap: str) -> bool:
    with suppress(KafkaError):
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            return set(TOPICS) <= set(admin.list_topics())
        finally:
            admin.close()
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run of the laboratory showed."""

    options: Options
    injected: list[Injected]
    findings: dict[str, list[Finding]]
    records: int
    lives: int
    events: int
    ended: dict[str, list[int]]
    log_folder: Path

    @property
    def holds(self) -> bool:
        """Tell whether nothing was found."""
        return not any(self.findings.values())


def run(
    options: Options,
    folder: Path,
    say: Callable[[str], None],
    chosen: Sequence[faults.Fault] = faults.FAULTS,
) -> Outcome:
    """Run a laboratory from its beginning to the checker's findings."""
    with laboratory(options, folder) as lab:
        lab.generator.start()
        began = time.monotonic()
        until(lambda: lab.recovered_at(began) is not None, START_SECONDS, "nothing is taken in")
        trouble = _inject(lab, chosen, say)
        say("faults are over; the lives are told to their end")
        lab.generator.finish(SETTLE_SECONDS)
        trouble += _settle(lab)
        say("reading topics and tables, and taking all in once more, without faults")
        evidence = Evidence(
            log=read_log(lab.brokers.direct, TOPICS),
            tables=read_tables(lab.database.url),
            samples=list(lab.sampler.samples),
            out=read_out(lab.brokers.direct, *TOPICS_OUT),
            reference=reference(lab),
        )
        say("checking")
        findings = {"the line goes on after each fault": trouble, **check(evidence)}
        ended = {p.name: p.ended_itself for p in lab.supervisor.products if p.ended_itself}
    return Outcome(
        options=options,
        injected=lab.injected,
        findings=findings,
        records=sum(map(len, evidence.log.records.values())),
        lives=lab.generator.lives,
        events=len(evidence.tables.events),
        ended=ended,
        log_folder=folder,
    )


def _inject(
    lab: Laboratory, chosen: Sequence[faults.Fault], say: Callable[[str], None]
) -> list[Finding]:
    """Inject the faults of the plan, one after another; return where the line did not go on."""
    options, trouble = lab.options, []
    possible = [fault for fault in chosen if fault.possible(lab)]
    if left := [fault.name for fault in chosen if fault not in possible]:
        say(f"not possible here: {', '.join(left)}")
    planned = faults.plan(possible, options.faults, options.seconds, options.seed)
    for number, (fault, seed, pause) in enumerate(planned, start=1):
        time.sleep(pause)
        at = time.monotonic()
        fault.inject(lab, random.Random(seed))  # noqa: S311  not a secret
        took: float | None = None
        try:
            took = _recovery(lab, at) - at
        except TimeoutError as error:
            trouble.append(Finding("wrong", f"the line does not go on: {error}", at))
        first = lab.generator.first_since(at).values()
        published = max((one.confirmed_at - at for one in first), default=0.0)
        lab.injected.append(Injected(fault.name, at, took, published))
        told = "did not recover" if took is None else f"recovered in {took:.1f} s"
        told += f" (published in {published:.1f} s)"
        say(f"{number}/{options.faults} {fault.name}: {told}")
    return trouble


def _recovery(lab: Laboratory, at: float) -> float:
    """Wait until the line goes on with what came after a moment; return when it did.

    Raises:
        TimeoutError: it does not.

    """
    end = time.monotonic() + RECOVER_SECONDS
    while (found := lab.recovered_at(at)) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"nothing new after {RECOVER_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    return found


def _settle(lab: Laboratory) -> list[Finding]:
    """Wait until the ledger is where the topics end, and all is told of."""
    ends = {place: sent[-1].offset for place, sent in lab.generator.sent.items()}

    def settled() -> bool:
        return all(lab.sampler.position(place) > last for place, last in ends.items())

    def told_of() -> bool:
        last = lab.sampler.samples[-1]
        return lab.told_of(last, last.head - 1)

    trouble = []
    for done, otherwise in (
        (settled, "the ledger is not where the topics end"),
        (told_of, "read models and relay are not where the ledger ends"),
    ):
        try:
            until(done, SETTLE_SECONDS, otherwise)
        except TimeoutError as error:
            trouble.append(Finding("wrong", str(error)))
    return trouble
