"""The faults: what each does to the laboratory, until it is over."""

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError

from tests.chaos.population import CAREER, RIGHTS
from tests.chaos.products import Product
from tests.proxy import Proxy

if TYPE_CHECKING:
    from tests.chaos.laboratory import Laboratory

Inject: TypeAlias = Callable[["Laboratory", random.Random], None]
Possible: TypeAlias = Callable[["Laboratory"], bool]

SESSION_MS = 4_000
"""After this silence the group gives away what a consumer has."""

STOPPED_SECONDS = (5.0, 9.0)
"""Longer than a session lasts."""

DOWN_SECONDS = (0.5, 6.0)
"""So long a server stays down."""

STALL_SECONDS = (3.0, 12.0)
SLOW_SECONDS = (0.02, 0.15)
"""What each chunk between the product and the database waits."""

SLOWED_SECONDS = 6.0
BREAK_SECONDS = 15.0
STORM_MEMBERS = 8
STORM_SECONDS = 1.0
"""Each second one more member joins, and leaves after as long."""

MOST_PARTITIONS = 14
CLOCK_STEPS_SECONDS = (-39_600, -3_600, -300, -2, 2, 300, 3_600, 39_600)
"""Up to 11 hours, so that two clocks never differ by more than the day that receipts allow."""

BURST_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: in the table.
        inject: does it, and returns when it is over: what recovers then does so by itself.
        weight: how often it comes, compared with the others.
        possible: whether it can be done in a laboratory.

    """

    name: str
    inject: Inject
    weight: int = 2
    possible: Possible = lambda _: True


def kill_consumer(lab: "Laboratory", dice: random.Random) -> None:
    dice.choice(lab.consumers).kill()


def kill_every_consumer(lab: "Laboratory", dice: random.Random) -> None:
    del dice
    for each in lab.consumers:
        each.kill()


def stop_consumer(lab: "Laboratory", dice: random.Random) -> None:
    _stop(dice.choice(lab.consumers), dice)


def kill_relay(lab: "Laboratory", dice: random.Random) -> None:
    dice.choice(lab.relays).kill()


def stop_relay(lab: "Laboratory", dice: random.Random) -> None:
    _stop(dice.choice(lab.relays), dice)


def kill_projections(lab: "Laboratory", dice: random.Random) -> None:
    dice.choice(lab.projections).kill()


def stop_projections(lab: "Laboratory", dice: random.Random) -> None:
    _stop(dice.choice(lab.projections), dice)


def _stop(product: Product, dice: random.Random) -> None:
    product.send(signal.SIGSTOP)
    time.sleep(dice.uniform(*STOPPED_SECONDS))
    product.send(signal.SIGCONT)


def kill_broker(lab: "Laboratory", dice: random.Random) -> None:
    node = dice.choice(lab.brokers.nodes)
    node.kill()
    time.sleep(dice.uniform(*DOWN_SECONDS))
    node.start()
    node.wait()


def kill_two_brokers(lab: "Laboratory", dice: random.Random) -> None:
    """Without a majority nothing is taken any more, and what was taken stays."""
    killed = dice.sample(lab.brokers.nodes, 2)
    for node in killed:
        node.kill()
    time.sleep(dice.uniform(*DOWN_SECONDS))
    for node in killed:
        node.start()
    for node in killed:
        node.wait()


def kill_database(lab: "Laboratory", dice: random.Random) -> None:
    lab.database.kill()
    time.sleep(dice.uniform(*DOWN_SECONDS))
    lab.database.start()


def cut_database(lab: "Laboratory", dice: random.Random) -> None:
    del dice
    lab.database.proxy.cut()


def stall_database(lab: "Laboratory", dice: random.Random) -> None:
    with lab.database.proxy.stalled():
        time.sleep(dice.uniform(*STALL_SECONDS))


def slow_database(lab: "Laboratory", dice: random.Random) -> None:
    with lab.database.proxy.slow(dice.uniform(*SLOW_SECONDS)):
        time.sleep(SLOWED_SECONDS)


def break_before_commit(lab: "Laboratory", dice: random.Random) -> None:
    del dice
    lab.database.proxy.break_at_commit = "before"
    _wait_for_break(lab.database.proxy)


def break_after_commit(lab: "Laboratory", dice: random.Random) -> None:
    del dice
    lab.database.proxy.break_at_commit = "after"
    _wait_for_break(lab.database.proxy)


def _wait_for_break(proxy: Proxy) -> None:
    until = time.monotonic() + BREAK_SECONDS
    while proxy.break_at_commit and time.monotonic() < until:
        time.sleep(0.01)
    proxy.break_at_commit = None


def cut_brokers(lab: "Laboratory", dice: random.Random) -> None:
    for proxy in _some(lab.brokers.proxies, dice):
        proxy.cut()


def stall_brokers(lab: "Laboratory", dice: random.Random) -> None:
    with ExitStack() as stack:
        for proxy in _some(lab.brokers.proxies, dice):
            stack.enter_context(proxy.stalled())
        time.sleep(dice.uniform(*STALL_SECONDS))


def _some(proxies: Sequence[Proxy], dice: random.Random) -> list[Proxy]:
    return dice.sample(list(proxies), dice.randint(1, len(proxies)))


def storm(lab: "Laboratory", dice: random.Random) -> None:
    """Let members come and go, that take partitions and read nothing."""
    del dice
    threads = []
    for _ in range(STORM_MEMBERS):
        threads.append(threading.Thread(target=_visit, args=(lab.brokers.bootstrap, lab.group)))
        threads[-1].start()
        time.sleep(STORM_SECONDS)
    for thread in threads:
        thread.join()


def _visit(bootstrap: str, group: str) -> None:
    with suppress(KafkaError, OSError):
        member = KafkaConsumer(
            CAREER,
            RIGHTS,
            bootstrap_servers=bootstrap,
            group_id=group,
            partition_assignment_strategy=[CooperativeStickyAssignor],
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=SESSION_MS // 6,
            enable_auto_commit=False,
        )
        with closing(member):
            until = time.monotonic() + STORM_SECONDS
            while time.monotonic() < until:
                member.poll(100)


def add_partition(lab: "Laboratory", dice: random.Random) -> None:
    topic = dice.choice((CAREER, RIGHTS))
    with _admin(lab.brokers.direct) as admin:
        count = len(admin.describe_topics([topic])[0]["partitions"])
        if count < MOST_PARTITIONS:
            admin.create_partitions({topic: count + 1})


def step_clock(lab: "Laboratory", dice: random.Random) -> None:
    """Set a consumer's clock, forward or back; it stays so until it is set again."""
    stepped = dice.choice(lab.consumers)
    choices = [step for step in (0, *CLOCK_STEPS_SECONDS) if step != stepped.clock.seconds]
    stepped.clock.set(dice.choice(choices))


def publish_again(lab: "Laboratory", dice: random.Random) -> None:
    lab.generator.again(BURST_RECORDS, dice)


def publish_garbage(lab: "Laboratory", dice: random.Random) -> None:
    lab.generator.garbage(BURST_RECORDS, dice)


@contextmanager
def _admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        yield admin
    finally:
        admin.close()


def _has_nodes(lab: "Laboratory") -> bool:
    return bool(lab.brokers.nodes)


FAULTS: tuple[Fault, ...] = (
    Fault("SIGKILL of a consumer", kill_consumer, 4),
    Fault("SIGKILL of every consumer", kill_every_consumer),
    Fault("SIGSTOP of a consumer", stop_consumer, 4),
    Fault("SIGKILL of a relay", kill_relay),
    Fault("SIGSTOP of a relay", stop_relay),
    Fault("SIGKILL of the projections", kill_projections, 1),
    Fault("SIGSTOP of the projections", stop_projections, 1),
    Fault("a broker killed and restarted", kill_broker, 3, _has_nodes),
    Fault("two brokers killed", kill_two_brokers, 1, lambda lab: len(lab.brokers.nodes) > 2),
    Fault("PostgreSQL killed and restarted", kill_database, 3),
    Fault("connections to PostgreSQL cut", cut_database, 2),
    Fault("connections to PostgreSQL stalled", stall_database, 2),
    Fault("connections to PostgreSQL slow", slow_database, 2),
    Fault("a connection cut before its commit", break_before_commit, 2),
    Fault("a connection cut after its commit", break_after_commit, 2),
    Fault("connections to brokers cut", cut_brokers, 2),
    Fault("connections to brokers stalled", stall_brokers, 2),
    Fault("rebalance storm", storm, 2),
    Fault("a partition added", add_partition, 1, _has_nodes),
    Fault("a consumer's clock stepped", step_clock, 2, lambda lab: lab.clock_library is not None),
    Fault("records again, in another order", publish_again, 1),
    Fault("a burst of garbage", publish_garbage, 1),
)


def plan(
    faults: Sequence[Fault], count: int, seconds: float, seed: int
) -> list[tuple[Fault, int, float]]:
    """Return which faults come, each with its own seed and the pause before it.

    Every kind comes once before any comes again, as far as the count goes.
    """
    dice = random.Random(seed)  # noqa: S311  not a secret
    first = list(faults)
    dice.shuffle(first)
    chosen = first[:count]
    weights = [fault.weight for fault in faults]
    chosen += dice.choices(list(faults), weights, k=count - len(chosen))
    return [(fault, dice.getrandbits(32), dice.uniform(0, 2 * seconds)) for fault in chosen]
