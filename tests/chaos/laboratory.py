"""The laboratory: servers, the product on them, a generator, faults, and in the end the checker."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.chaos import faults
from tests.chaos.checker import Evidence, Finding, check
from tests.chaos.clock import SteppingClock, library
from tests.chaos.cluster import MAX_RECORD_BYTES, Brokers, Database, brokers
from tests.chaos.generator import Generator
from tests.chaos.population import CAREER, RIGHTS
from tests.chaos.products import RUGZAK, Product, Supervisor, supervised
from tests.chaos.reading import read_log, read_tables
from tests.chaos.sampler import Sampler

TOPICS = (CAREER, RIGHTS)

START_SECONDS = 90.0
RECOVER_SECONDS = 90.0
"""Longest wait for the ledger to take in again after a fault; longer is a finding."""

SETTLE_SECONDS = 180.0
"""Longest wait, when all faults are over, for the ledger to be where the topics end."""

LOOK_SECONDS = 0.1

BATCH_RECORDS = 40
"""Small batches: more of them, so more moments at which a fault can come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a laboratory is run.

    Attributes:
        seed: of the faults and of the people.
        faults: how many.
        people: of how many lives something is told at a time.
        seconds: pause between a fault's end and the next one, on average.
        per_second: records that are published.
        brokers: Apache Kafka's; 0: the embedded one.
        consumers: processes that consume.
        consume: what each is, for Python; a mutant in place of the product.

    """

    seed: int = 1
    faults: int = 200
    people: int = 60
    seconds: float = 2.0
    per_second: float = 100.0
    brokers: int = 3
    consumers: int = 3
    consume: tuple[str, ...] = (*RUGZAK, "consume", "--no-projections")
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault that was injected.

    Attributes:
        at: when it began, on the monotonic clock.
        recovered: seconds from then until the ledger had taken in, of every partition, a record
            that was published after it began; None: it did not.

    """

    name: str
    at: float
    recovered: float | None


@dataclass(slots=True)
class Laboratory:
    """What is running."""

    options: Options
    folder: Path
    brokers: Brokers
    database: Database
    supervisor: Supervisor
    sampler: Sampler
    clock_library: Path | None
    consumers: list[Product] = field(default_factory=list)
    injected: list[Injected] = field(default_factory=list)

    def settings(self) -> dict[str, str]:
        """Return the product's settings."""
        return {
            "RUGZAK_DATABASE_URL": self.database.proxied_url,
            "RUGZAK_KAFKA_BOOTSTRAP_SERVERS": self.brokers.bootstrap,
            "RUGZAK_BATCH_MAX_RECORDS": str(BATCH_RECORDS),
            "RUGZAK_BATCH_MAX_WAIT_MS": "100",
            "RUGZAK_MAX_RECORD_BYTES": str(MAX_RECORD_BYTES),
            "RUGZAK_LOG_FORMAT": "json",
            "RUGZAK_DATA_DIR": str(self.folder / "unused"),
        }

    def run_product(self, name: str, *arguments: str) -> Product:
        """Let one more process of the product run."""
        clock = SteppingClock(self.folder / f"{name}.clock", self.clock_library)
        return self.supervisor.add(name, arguments, self.settings(), clock)

    def recovered(self, generator: Generator, since: float) -> bool:
        """Tell whether, of every partition, something published since a moment was taken in."""
        first = generator.first_since(since)
        known = generator.sent.keys()
        return bool(first) and all(
            place in first and self.sampler.passed(place, first[place].offset) for place in known
        )


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
        supervisor = stack.enter_context(supervised(folder))
        made = Laboratory(options, folder, running, database, supervisor, sampler, library(folder))
        for number in range(1, options.consumers + 1):
            made.consumers.append(made.run_product(f"consumer-{number}", *options.consume))
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
        generator = Generator(
            lab.brokers.direct,
            options.seed,
            people=options.people,
            per_second=options.per_second,
            passed=lab.sampler.passed,
        )
        generator.start()
        began = time.monotonic()
        until(lambda: lab.recovered(generator, began), START_SECONDS, "nothing is taken in")
        trouble = _inject(lab, generator, chosen, say)
        say("faults are over; the lives are told to their end")
        generator.finish(SETTLE_SECONDS)
        trouble += _settle(lab, generator)
        say("checking")
        evidence = Evidence(
            log=read_log(lab.brokers.direct, TOPICS),
            tables=read_tables(lab.database.url),
            samples=list(lab.sampler.samples),
        )
        findings = {"the line goes on after each fault": trouble, **check(evidence)}
        ended = {p.name: p.ended_itself for p in lab.supervisor.products if p.ended_itself}
    return Outcome(
        options=options,
        injected=lab.injected,
        findings=findings,
        records=sum(map(len, evidence.log.records.values())),
        lives=generator.lives,
        events=len(evidence.tables.events),
        ended=ended,
        log_folder=folder,
    )


def _inject(
    lab: Laboratory,
    generator: Generator,
    chosen: Sequence[faults.Fault],
    say: Callable[[str], None],
) -> list[Finding]:
    """Inject the faults of the plan, one after another; return where the line did not go on."""
    options, trouble = lab.options, []
    planned = faults.plan(chosen, options.faults, options.seconds, options.seed)
    for number, (fault, seed, pause) in enumerate(planned, start=1):
        time.sleep(pause)
        at = time.monotonic()
        fault.inject(lab, random.Random(seed))  # noqa: S311  not a secret
        try:
            until(lambda at=at: lab.recovered(generator, at), RECOVER_SECONDS, fault.name)  # type: ignore[misc]
        except TimeoutError as error:
            trouble.append(Finding("wrong", f"nothing taken in after {error}", at))
            lab.injected.append(Injected(fault.name, at, None))
        else:
            lab.injected.append(Injected(fault.name, at, time.monotonic() - at))
        took = lab.injected[-1].recovered
        say(f"{number}/{options.faults} {fault.name}: {'not ' if took is None else ''}recovered"
            + ("" if took is None else f" in {took:.1f} s"))  # fmt: skip
    return trouble


def _settle(lab: Laboratory, generator: Generator) -> list[Finding]:
    """Wait until the ledger is where the topics end, and sampled once more."""
    ends = {place: sent[-1].offset for place, sent in generator.sent.items()}
    try:
        until(
            lambda: all(lab.sampler.passed(place, last) for place, last in ends.items()),
            SETTLE_SECONDS,
            "the ledger is not where the topics end",
        )
    except TimeoutError as error:
        return [Finding("wrong", str(error))]
    return []
