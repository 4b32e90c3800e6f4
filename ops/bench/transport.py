"""`bench kafka`: what the way through a real Apache Kafka costs, in and out.

- In: the same status changes handed to the door alone, taken in by one process, and by two of a
  group; and a plain loop of kafka-python, which inserts each record as it is and commits it.
- From a producer to the balance: 500 new jobs a second, each timed until its balance can be read.
- Out: the relay, for a log that is there.
- Catching up: a million records, of which one in twenty is new, by a process whose memory is read
  all along.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from multiprocessing.synchronize import Event as Ready
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Final

import orjson
import psutil
import psycopg
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from consumers.clients import administrator
from consumers.publisher import CLIENT, Message, publisher
from consumers.translate import CAREER_LANGUAGE, Unhandled, translate
from ledger.domain.commands import Command
from ledger.service.door import Door
from ops.bench.ingest import TAKEN, number, project
from ops.bench.lab import LOOK_SECONDS, Lab, Measured, beside, in_turns, ratio, rounds, until
from ops.demo.messages import career_message
from ops.demo.population import as_published, population
from ops.embedded.apache import apache_kafka
from ops.ledger_wiring import open_door, open_store
from ops.running.relaying import relay
from ops.running.serve import make_topics
from ops.settings import Settings
from ops.wiring import Servers, open_intake
from projections.balances.project import BALANCES
from projections.runner import Runner

PEOPLE: Final = 1_000
ROUNDS: Final = 3
PLAIN_RECORDS: Final = 2_000
PACED_SECONDS: Final = 20
PACE_PER_SECOND: Final = 500
CATCH_UP_RECORDS: Final = 1_000_000
REPEATS: Final = 20
CHUNK: Final = 1_000
"""So many records come, and come again, before others do."""

TICKS_PER_SECOND: Final = 100
WATCH_SECONDS: Final = 0.005
"""How often the read model's position is looked at: times to the balance are as exact as this."""

GOALS: Final = {"one_process_vs_door": 0.85, "memory_early_vs_late": 0.8}
"""Of memory: a leak of 50 bytes a record would miss it. What Python's allocator keeps for a while
moves it by an eighth to either side."""

SEED: Final = 20261128
MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Topics of one measurement, and where their broker is."""

    bootstrap_servers: str
    settings: Settings

    def servers(self, url: str) -> Servers:
        """Return where the servers are, with a database."""
        return Servers(database_url=url, bootstrap_servers=self.bootstrap_servers, embedded=())

    def publish(self, records: Iterable[Message]) -> int:
        """Publish on the career topic."""
        topic = self.settings.career_topic
        with publisher(self.settings.kafka_client_config(self.bootstrap_servers)) as out:
            return out.publish(replace(each, topic=topic) for each in records).count


def measure(lab: Lab, size: float) -> Measured:
    """Run all of it on an Apache Kafka of its own.

    Raises:
        ProgramMissing: Java or Maven is not there.

    """
    records = list(_careers(max(int(PEOPLE * size), 5)))
    with (
        TemporaryDirectory(prefix="rugzak-bench-") as folder,
        apache_kafka(Path(folder)) as broker,
    ):
        bench = _Bench(lab, broker.bootstrap_servers)
        found = bench.taken_in(records, max(int(PLAIN_RECORDS * size), 50), rounds(ROUNDS, size))
        visible = bench.visible(records, max(PACED_SECONDS * min(size, 1), 1))
        out = bench.relayed(records)
        late = bench.caught_up(max(int(CATCH_UP_RECORDS * size), 4_000))
    return Measured(
        figures={**found.figures, **visible, **out, **late.figures},
        ratios={**found.ratios, **late.ratios},
    )


def _careers(people: int) -> Iterator[Message]:
    """Return what a population's sources tell: late, out of order, some of it twice."""
    told = as_published(population(people, SEED, date.today()), SEED)  # noqa: DTZ011  any day
    return (career_message(each.told.person, each.told.fact, "") for each in told)


class _Bench:
    """What is measured, on one broker."""

    def __init__(self, lab: Lab, bootstrap_servers: str) -> None:
        self._lab = lab
        self._bootstrap = bootstrap_servers

    def _site(self) -> Site:
        name = f"bench-{next(self._lab.numbers)}"
        settings = Settings(
            career_topic=name,
            rights_topic=f"{name}-rights",
            top_ups_topic=f"{name}-top-ups",
            ledger_topic=f"{name}-ledger",
            balances_topic=f"{name}-balances",
            outcomes_topic=f"{name}-outcomes",
            parked_topic=f"{name}-parked",
            consumer_group=name,
        )
        site = Site(bootstrap_servers=self._bootstrap, settings=settings)
        make_topics(settings, site.servers(self._lab.postgres.url))
        return site

    def taken_in(self, records: Sequence[Message], few: int, turns: int) -> Measured:
        """Take the same records in by the door alone, by one process, by two, and plainly."""
        count, plain_records = len(records), records[:few]
        door, one, two, plain = in_turns(
            turns,
            lambda: count / self._by_the_door(records),
            lambda: count / self._by_processes(records, 1),
            lambda: count / self._by_processes(records, 2),
            lambda: len(plain_records) / self._plainly(plain_records),
        )
        return Measured(
            figures={
                "status_changes": count,
                "door_alone_per_s": median(door),
                "one_process_per_s": median(one),
                "two_processes_per_s": median(two),
                "plain_loop_records_per_s": median(plain),
            },
            ratios={
                "one_process_vs_door": ratio(one, door),
                "two_processes_vs_one": ratio(two, one),
                "one_process_vs_plain_loop": ratio(one, plain),
            },
        )

    def _by_the_door(self, records: Sequence[Message]) -> float:
        """Translate and hand in, as many at once as a poll brings; return the seconds."""
        with open_store(self._lab.database()) as store:
            door, each = open_door(store), self._site().settings.batch_max_records
            began = perf_counter()
            _hand_in(door, records, each)
            return perf_counter() - began

    def _by_processes(self, records: Sequence[Message], processes: int) -> float:
        """Return the seconds from the first record that is published until all are taken in."""
        site, url = self._site(), self._lab.database()
        with ExitStack() as stack, psycopg.connect(url, autocommit=True) as conn:
            for _ in range(processes):
                stack.enter_context(beside(partial(_consume, site), url))
            self._joined(site, processes)
            began = perf_counter()
            count = site.publish(records)
            until(lambda: number(conn, TAKEN) >= count)
            return perf_counter() - began

    @staticmethod
    def _joined(site: Site, members: int) -> None:
        """Wait until each member of the group has partitions."""
        group = site.settings.consumer_group
        with administrator(site.settings.kafka_client_config(site.bootstrap_servers)) as admin:

            def busy() -> int:
                try:
                    found = admin.describe_groups([group])[group]["members"]
                except KafkaError:  # its coordinator is being chosen
                    return 0
                given = [each["member_assignment"] or {} for each in found]
                return sum(bool(each.get("assigned_partitions")) for each in given)

            until(lambda: busy() == members)

    def _plainly(self, records: Sequence[Message]) -> float:
        """Insert record by record, each with commits of its own; return the seconds."""
        site, url = self._site(), self._lab.database("template1")
        count = site.publish(records)
        kafka = site.settings.kafka_client_config(site.bootstrap_servers)
        consumer = KafkaConsumer(
            site.settings.career_topic,
            **kafka,
            group_id="plain",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        with closing(consumer), psycopg.connect(url) as conn:
            conn.execute("CREATE TABLE changes (person text, change jsonb)")
            conn.commit()
            began = 0.0
            for left, record in zip(range(count, 0, -1), consumer, strict=False):
                began = began or perf_counter()
                row = (record.key.decode(), record.value.decode())
                conn.execute("INSERT INTO changes VALUES (%s, %s)", row)
                conn.commit()
                consumer.commit()
                if left == 1:
                    break
            return perf_counter() - began

    def visible(self, records: Sequence[Message], seconds: float) -> dict[str, float]:
        """Publish at a steady pace; time each record until the balances reflect it."""
        site, url = self._site(), self._lab.database()
        sent: dict[str, float] = {}
        seen: list[tuple[float, int]] = []
        done = Event()
        with (
            open_store(url) as store,
            beside(partial(_consume, site), url),
            beside(partial(project, (BALANCES.name,)), url),
            psycopg.connect(url, autocommit=True) as conn,
        ):
            Runner(url, store, [BALANCES]).catch_up()
            self._joined(site, 1)
            watching = Thread(target=_watch, args=(url, seen, done))
            watching.start()
            kafka = site.settings.kafka_client_config(self._bootstrap)
            with closing(KafkaProducer(**kafka, **CLIENT)) as out:
                count = _paced(out, site.settings.career_topic, records, seconds, sent)
            until(lambda: number(conn, TAKEN) >= count)
            until(lambda: bool(seen) and seen[-1][1] >= store.head())
            done.set()
            watching.join()
            receipts = conn.execute(
                "SELECT command, position FROM ledger.receipts WHERE position IS NOT NULL"
            ).fetchall()
        took = sorted(_times(sent, seen, receipts))
        cuts = quantiles(took, n=100)
        return {
            "paced_per_s": count / seconds,
            "produce_to_balance_p50_ms": cuts[49] * 1000,
            "produce_to_balance_p99_ms": cuts[98] * 1000,
        }

    def relayed(self, records: Sequence[Message]) -> dict[str, float]:
        """Send out all streams of a log that is there."""
        site, url = self._site(), self._lab.database()
        with open_store(url) as store:
            _hand_in(open_door(store), records, CHUNK)
            events = store.head()
        began = perf_counter()
        relay(Event(), site.settings, site.servers(url), once=True)
        return {"relay_events_per_s": events / (perf_counter() - began)}

    def caught_up(self, count: int) -> Measured:
        """Let a process take in what piled up, one in `REPEATS` of it new; read its memory."""
        site, url = self._site(), self._lab.database()
        new = max(count // REPEATS, 1)
        population_size = max(new // 10, 5)
        records = [each for each, _ in zip(_careers(population_size), range(new), strict=False)]
        count = site.publish(_again_and_again(records))
        rss: list[int] = []
        with (
            psycopg.connect(url, autocommit=True) as conn,
            beside(partial(_consume, site), url) as process,
        ):
            reader = psutil.Process(process.pid)
            began = perf_counter()
            while number(conn, TAKEN) < count:
                rss.append(reader.memory_info().rss)
                sleep(LOOK_SECONDS)
            took = perf_counter() - began
        quarter = max(len(rss) // 4, 1)
        early, late = median(rss[quarter : 2 * quarter] or rss), median(rss[-quarter:])
        return Measured(
            figures={
                "catch_up_records": count,
                "catch_up_records_per_s": count / took,
                "catch_up_early_mib": early / MIB,
                "catch_up_late_mib": late / MIB,
            },
            ratios={"memory_early_vs_late": early / late},
        )


def _hand_in(door: Door, records: Sequence[Message], each: int) -> None:
    """Translate records and hand them to the door, so many at once."""
    for first in range(0, len(records), each):
        commands: list[Command] = []
        for record in records[first : first + each]:
            read = translate(CAREER_LANGUAGE, record.key, record.value)
            assert not isinstance(read, Unhandled), read  # noqa: S101  our own messages
            commands += read
        door.handle(commands)


def _again_and_again(records: Sequence[Message]) -> Iterator[Message]:
    for first in range(0, len(records), CHUNK):
        for _ in range(REPEATS):
            yield from records[first : first + CHUNK]


def _consume(site: Site, url: str, ready: Ready) -> None:
    with open_store(url) as store:
        intake = open_intake(site.settings, site.servers(url), store, open_door(store))
        ready.set()
        intake.run(Event())


def _paced(
    out: KafkaProducer,
    topic: str,
    records: Sequence[Message],
    seconds: float,
    sent: dict[str, float],
) -> int:
    """Publish some records each hundredth of a second; note when, by command id."""
    each, count = PACE_PER_SECOND // TICKS_PER_SECOND, 0
    known = [orjson.loads(record.value) for record in records[: int(seconds * PACE_PER_SECOND)]]
    ids = [f"{message['source']} {message['id']}" for message in known]
    began = perf_counter()
    for first in range(0, len(ids), each):
        sleep(max(began + first / PACE_PER_SECOND - perf_counter(), 0))
        now = perf_counter()
        for record, id_ in zip(
            records[first : first + each], ids[first : first + each], strict=True
        ):
            out.send(topic, key=record.key, value=record.value)
            sent.setdefault(id_, now)
            count += 1
    out.flush()
    return count


def _watch(url: str, seen: list[tuple[float, int]], done: Event) -> None:
    """Note how far the balances are, and when."""
    query = "SELECT min(position) FROM projections.registry"
    with psycopg.connect(url, autocommit=True) as conn:
        while not done.wait(WATCH_SECONDS):
            seen.append((perf_counter(), number(conn, query)))


def _times(
    sent: dict[str, float], seen: Sequence[tuple[float, int]], receipts: Iterable[tuple[str, int]]
) -> Iterator[float]:
    """Yield for each record the seconds until the balances were at its last event."""
    at = 0
    for command, position in sorted(receipts, key=lambda each: each[1]):
        while at < len(seen) and seen[at][1] < position:
            at += 1
        if command in sent and at < len(seen):
            yield seen[at][0] - sent[command]
