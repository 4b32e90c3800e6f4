"""Real servers for the tests: one embedded PostgreSQL and one broker for each test process.

Every test gets a database of its own, made from a migrated template, and topics of its own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count, zip_longest
from pathlib import Path

import psutil
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier

from ledger.store.migrations import migrate
from ledger.store.postgres import PostgresStore
from ops.embedded.apache import ProgramMissing, apache_kafka
from ops.embedded.broker import Broker, embedded_broker
from ops.embedded.postgres import PostgresServer, embedded_postgres
from projections.runner import Runner
from tests.cli.lives import live
from tests.lines import Line, make_line
from tests.memory_store import MemoryStore

TEMPLATE = "migrated"

MEMORY = Path("/dev/shm")  # noqa: S108 - what we make in it has a name of its own
MEMORY_BYTES = 10 << 30
"""What must be free: the files of a run take some gigabytes, its programs as much again."""

LONG = (("tests/chaos/", "tests/system/"), ("tests/laws/", "tests/ops/test_bench.py"))
"""Tests of many seconds each: those that mostly wait, and those that compute."""

_numbers = count(1)


def _try_examples() -> None:
    """Let hypothesis try the same examples each time, or as many new ones as asked for.

    `RUGZAK_TEST_EXAMPLES` says how many: `make laws` searches, `make test` does not depend on luck.
    """
    examples = os.environ.get("RUGZAK_TEST_EXAMPLES")
    settings.register_profile(
        "rugzak",
        max_examples=int(examples or 100),
        derandomize=not examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("rugzak")


# At once, not when pytest is configured: a test has the profile of when its module is imported, and
# of a folder that is named on the command line the conftest, with all that it imports, comes before.
_try_examples()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep files in memory where there is room.

    A database of a test's own is some 400 of them, and to make them on a disk takes ten times as
    long. Root gets a folder for this run only in any case. All
    runs share pytest's own one, and each closes it to other users as it starts: to PostgreSQL, too,
    which does not run as root and stops.
    """
    memory = in_memory()
    if config.option.basetemp is None and (memory or os.geteuid() == 0):
        folder = tempfile.mkdtemp(prefix="rugzak-test-", dir=memory)
        config.option.basetemp = folder
        config.add_cleanup(lambda: shutil.rmtree(folder))


def in_memory() -> Path | None:
    """Return a folder whose files are in memory, if programs in it run and there is room for a run."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return None
    room = min(found.f_bavail * found.f_frsize, psutil.virtual_memory().available)
    return MEMORY if room >= MEMORY_BYTES and not found.f_flag & os.ST_NOEXEC else None


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return two workers for each core: half of the tests wait for servers most of the time.

    One for each core with `-n logical`, for tests that keep them busy with servers of their own.
    """
    cores = os.cpu_count() or 1
    return cores if config.option.numprocesses == "logical" else 2 * cores


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker ends alone with it.

    Those that wait for servers take turns with those that compute: together they would wait at once.
    """
    long: list[list[pytest.Item]] = [[] for _ in LONG]
    others = []
    for item in items:
        for its, begins in zip(long, LONG, strict=True):
            if item.nodeid.startswith(begins):
                its.append(item)
                break
        else:
            others.append(item)
    turns = [item for turn in zip_longest(*long) for item in turn if item is not None]
    items[:] = turns + others


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Yield a PostgreSQL server with a migrated template database."""
    with embedded_postgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute(SQL("CREATE DATABASE {}").format(Identifier(TEMPLATE)))
        migrate(url_of(server, TEMPLATE))
        yield server


def url_of(server: PostgresServer, database: str) -> str:
    """Return the URL of a database on a server."""
    return f"{server.url.rpartition('/')[0]}/{database}"


@pytest.fixture(scope="session")
def noras(postgres: PostgresServer) -> Iterator[str]:
    """Yield the name of a database that was told Nora's life, as were its read models."""
    for url in own_database(postgres, TEMPLATE):
        with PostgresStore(url) as store:
            live(store)
            Runner(url, store).catch_up()
        yield url.rpartition("/")[2]


def template_of(request: pytest.FixtureRequest) -> str:
    """Return of which database a test has a copy: of one with Nora's life if it asks for that."""
    if "noras" in request.fixturenames:
        return str(request.getfixturevalue("noras"))
    return TEMPLATE


@pytest.fixture
def database(postgres: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of a migrated database that only this test uses."""
    yield from own_database(postgres, template_of(request))


@pytest.fixture
def empty_database(postgres: PostgresServer) -> Iterator[str]:
    """Yield the URL of a database with nothing in it."""
    yield from own_database(postgres, "template1")


def own_database(server: PostgresServer, template: str) -> Iterator[str]:
    """Yield the URL of a new database, which is gone afterwards."""
    name = f"test_{next(_numbers)}"
    # Copied page by page through the log, it would take more than twice as long.
    make = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
        Identifier(name), Identifier(template)
    )
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(make)
    yield url_of(server, name)
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    """Yield the store on a database of its own."""
    with PostgresStore(database) as opened:
        yield opened


@pytest.fixture
def told(noras: str, store: PostgresStore) -> PostgresStore:
    """Return a ledger that was told Nora's life, which the read models have."""
    return store


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Yield an in-memory broker."""
    with embedded_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture(
    scope="session",
    params=["tansu", pytest.param("apache", marks=pytest.mark.apache_kafka)],
)
def any_broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """Yield each kind of broker in turn: `make test` takes Tansu, `make test-kafka` Apache Kafka."""
    if request.param == "tansu":
        yield request.getfixturevalue("broker")
    else:
        with apache_kafka(tmp_path_factory.mktemp("kafka")) as running:
            yield running


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Iterator[None]:
    """Skip, and say so, what needs a program such as Java, Maven or Node where that is missing."""
    try:
        return (yield)
    except ProgramMissing as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip it also where a test starts the program itself."""
    try:
        return (yield)
    except ProgramMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def kafka(any_broker: Broker) -> str:
    """Return the bootstrap servers of each kind of broker in turn."""
    return any_broker.bootstrap_servers


@pytest.fixture
def line(kafka: str, store: PostgresStore) -> Line:
    """Return topics of the test's own, and an intake on them."""
    return make_line(kafka, store)


@pytest.fixture(params=["memory", "postgres"])
def any_store(request: pytest.FixtureRequest) -> MemoryStore | PostgresStore:
    """Return each kind of store in turn: those of one contract."""
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("store")
