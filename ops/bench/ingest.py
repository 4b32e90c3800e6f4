"""`bench ingest`: from Kafka to the balances, against a plain application of the library's.

Ours: records of a realistic population, published beforehand, through contract, door with all
regulations, store and the balances, in two processes. Counted from the first poll that has
records until the balances reflect the last event. Then the same with every read model, as
`rugzak consume --no-projections` and `rugzak projections run` have them.

Plain (`ops.bench.plain`): such records one at a time, one aggregate loaded and saved for each,
its one projection in a process of its own, too; until its counters reflect the last event.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from multiprocessing.synchronize import Event as Ready
from statistics import median
from threading import Event
from time import perf_counter
from typing import LiteralString

import psycopg
from kafka import KafkaConsumer, TopicPartition

from consumers import batches
from consumers.bounded import FETCH_BYTES
from consumers.intake import Intake
from consumers.publisher import publisher
from ledger.store.postgres import CHANNEL, PostgresStore
from ops.bench.lab import Lab, Measured, beside, in_turns, ratio, rounds, until
from ops.bench.plain import Careers, counters, counting, environment
from ops.bench.stopwatch import Stopwatch
from ops.demo.messages import career_message
from ops.demo.population import as_published, population
from ops.ledger_wiring import open_door, open_store
from ops.running.serve import Workers, make_topics
from ops.settings import Settings
from ops.wiring import Servers, open_intake
from projections import runner as runner_module
from projections.balances.project import BALANCES
from projections.catalogue import BY_NAME
from projections.runner import Runner

PEOPLE = 1_500
PLAIN_PEOPLE = 100
GOALS = {"vs_plain": 5.0}
ROUNDS = 5
SEED = 20210901
TAKEN = "SELECT coalesce(sum(position), 0) FROM ledger.kafka_positions"
BEHIND = (
    "SELECT (SELECT coalesce(max(notification_id), 0) FROM ledger.events) - min(position)"
    " FROM projections.registry"
)


def measure(lab: Lab, size: float) -> Measured:
    """Run both in turns, then ours once more with a watch on each stage."""
    topic, records = _publish(lab, max(int(PEOPLE * size), 3))
    plain_topic, plain_records = _publish(lab, max(int(PLAIN_PEOPLE * size), 2))
    intake_seconds: list[float] = []

    def ours(*projections: str) -> float:
        taken, projected = _ours(lab, topic, records, projections)
        intake_seconds.append(taken)
        return records / projected

    rates, plain_rates, all_rates = in_turns(
        rounds(ROUNDS, size),
        partial(ours, BALANCES.name),
        lambda: plain_records / _plain(lab, plain_topic, plain_records),
        partial(ours, *BY_NAME),
    )
    events, event_bytes, profile = _profile(lab, topic, records)
    return Measured(
        figures={
            "status_changes": records,
            "status_changes_per_s": median(rates),
            "intake_alone_per_s": records / median(intake_seconds),
            "events_per_s": median(rates) * events / records,
            "events_per_status_change": events / records,
            "bytes_per_event": event_bytes,
            "with_all_read_models_per_s": median(all_rates),
            "plain_per_s": median(plain_rates),
        },
        ratios={
            "vs_plain": ratio(rates, plain_rates),
            "vs_plain_with_all_read_models": ratio(all_rates, plain_rates),
        },
        profile=profile,
    )


def _settings(topic: str) -> Settings:
    return Settings(
        career_topic=topic,
        rights_topic=f"{topic}-rights",
        top_ups_topic=f"{topic}-top-ups",
        consumer_group=topic,
    )


def _servers(lab: Lab, url: str) -> Servers:
    return Servers(database_url=url, bootstrap_servers=lab.bootstrap_servers, embedded=())


def _publish(lab: Lab, people: int) -> tuple[str, int]:
    """Publish a population's careers on a topic of its own: late, out of order, some twice."""
    settings = _settings(f"career-{next(lab.numbers)}")
    make_topics(settings, _servers(lab, lab.postgres.url), relay=False)
    arrivals = as_published(population(people, SEED, date.today()), SEED)  # noqa: DTZ011  any day
    with publisher(settings.kafka_client_config(lab.bootstrap_servers)) as out:
        published = out.publish(
            career_message(a.told.person, a.told.fact, settings.career_topic) for a in arrivals
        )
    return settings.career_topic, published.count


def _ours(lab: Lab, topic: str, records: int, projections: Sequence[str]) -> tuple[float, float]:
    """Return after how many seconds all was taken in, and after how many all was projected."""
    url, stop = lab.database(), Event()
    with open_store(url) as store, psycopg.connect(url, autocommit=True) as conn:
        _runner(url, store, projections).catch_up()  # makes the tables
        with beside(partial(project, projections), url), Stopwatch() as watch:
            watch.begin_with(batches, "translate_all")
            intake, workers = _intake(lab, topic, url, store), Workers(stop)
            workers.start("intake", lambda: intake.run(stop))
            until(lambda: stop.is_set() or number(conn, TAKEN) >= records)
            taken = perf_counter()
            until(lambda: stop.is_set() or number(conn, BEHIND) == 0)
            projected = perf_counter()
            stop.set()
            workers.join()
    began = watch.began or 0.0
    return taken - began, projected - began


def project(projections: Sequence[str], url: str, ready: Ready) -> None:
    """Keep projections at the head of a log, for ever."""
    with open_store(url) as store:
        ready.set()
        _runner(url, store, projections).run(Event())


def _runner(url: str, store: PostgresStore, projections: Iterable[str]) -> Runner:
    return Runner(url, store, [BY_NAME[name] for name in projections], channel=CHANNEL)


def _intake(lab: Lab, topic: str, url: str, store: PostgresStore) -> Intake:
    return open_intake(_settings(topic), _servers(lab, url), store, open_door(store))


def number(conn: psycopg.Connection[tuple[int]], query: LiteralString) -> int:
    """Ask for one number."""
    row = conn.execute(query).fetchone()
    return row[0] if row else 0


def _plain(lab: Lab, topic: str, left: int) -> float:
    """Return after how many seconds the baseline had taken in and counted everything."""
    url = lab.database("template1")
    kafka = _settings(topic).kafka_client_config(lab.bootstrap_servers)
    consumer = KafkaConsumer(**kafka, max_partition_fetch_bytes=FETCH_BYTES)
    try:
        partitions = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        began, last = None, 0
        counted = counters(url)
        with Careers(environment(url)) as app, beside(_count, url):
            while left > 0:
                polled = consumer.poll(_settings(topic).batch_max_wait_ms)
                began = began or perf_counter()
                for records in polled.values():
                    for record in records:
                        last = app.take(record.value)
                    left -= len(records)
            until(lambda: (counted.max_tracking_id(app.name) or 0) >= last)
            return perf_counter() - (began or 0.0)
    finally:
        consumer.close(autocommit=False)


def _count(url: str, ready: Ready) -> None:
    with counting(url) as runner:
        ready.set()
        runner.run_forever()


def _profile(lab: Lab, topic: str, records: int) -> tuple[int, float, dict[str, float]]:
    """Take all in, then project it: events, bytes of each, microseconds per record by stage."""
    url, stop = lab.database(), Event()
    with (
        open_store(url) as store,
        psycopg.connect(url, autocommit=True) as conn,
        Stopwatch() as watch,
    ):
        door = open_door(store)
        watch.watch("translate", batches, "translate_all")
        watch.watch_door(door, store)
        workers = Workers(stop)
        intake = open_intake(_settings(topic), _servers(lab, url), store, door)
        workers.start("intake", lambda: intake.run(stop))
        until(lambda: stop.is_set() or number(conn, TAKEN) >= records)
        rest = perf_counter() - (watch.began or 0.0) - sum(watch.seconds.values())
        stop.set()
        workers.join()
        watch.watch("project_read", store, "events_after")
        watch.watch("project_write", runner_module, "apply_page")
        _runner(url, store, [BALANCES.name]).catch_up()
        watch.seconds["poll_and_rest"] = rest
        profile = watch.per_change(records)
        began = perf_counter()
        _runner(url, store, BY_NAME.keys() - {BALANCES.name}).catch_up()
        profile["other_read_models_us_per_change"] = (perf_counter() - began) / records * 1e6
        size = number(conn, "SELECT pg_total_relation_size('ledger.events')")
        events = store.head()
    return events, size / events, profile
