"""A ledger with a published tree and a witness, and a hand that can change anything of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from ledger.audit.proofs.notes import Note, Signer, new_signer
from ledger.audit.proofs.tiles import Folder
from ledger.audit.proofs.verifying import Verified
from ledger.store.postgres import PostgresStore
from ops.audit import verifying
from ops.audit.verifying import Whole
from ops.embedded.postgres import PostgresServer
from ops.proofs import proving
from ops.settings import Settings
from ops.wiring import Servers
from projections.runner import Runner
from tests.audit.proofs.everything import people
from tests.cli.lives import live
from tests.conftest import TEMPLATE as MIGRATED
from tests.conftest import own_database, url_of
from tests.store.batches import batch

TEMPLATE = "proven"
FULL = "everything"

MILA = UUID("0a52d9d4-70a1-4c2f-9c6b-2f5f4f3f9d10")
OMAR = UUID("c0ffee00-0c7b-4d9b-8d0e-5d7f5f0f9e11")
PIA = UUID("d1d1d1d1-0c7b-4d9b-8d0e-5d7f5f0f9e12")


@dataclass
class Proven:
    """A ledger, its tree, and its witness's folder."""

    url: str
    store: PostgresStore
    settings: Settings
    signer: Signer

    @property
    def where(self) -> Servers:
        return Servers(database_url=self.url, bootstrap_servers=None, embedded=())

    @property
    def tree(self) -> Folder:
        return proving.tree_folder(self.settings)

    @property
    def witness(self) -> Path:
        assert self.settings.audit_witness_folder is not None
        return self.settings.audit_witness_folder

    def checkpoint(self) -> Note:
        note, _, failed = proving.checkpoint(self.where, self.settings)
        assert failed == []
        return note

    def verify(self, since: int = 0) -> Verified:
        return proving.verify(
            self.where, self.settings, trusted=None, since=since, say=lambda _: None
        )

    def whole(self, since: int = 0) -> Whole:
        """Verify as the command does."""
        return verifying.verify(
            self.where, self.settings, trusted=None, since=since, every=True, say=lambda _: None
        )

    def kinds(self, since: int = 0) -> list[str]:
        return [finding.kind for finding in self.verify(since).findings]

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """Do as a superuser; return the rows of the last statement."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            for statement in statements:
                found = conn.execute(statement.encode())
            return found.fetchall() if found.description else []

    def add(self, account: UUID, after: int, events: int = 1) -> int:
        return self.store.append(batch(account, after=after, events=events))[-1]

    def gap(self) -> int:
        """Let a position go by, as a transaction that is rolled back does."""
        return int(self.sql("SELECT nextval('ledger.events_notification_id_seq')")[0][0])


def opened(url: str, store: PostgresStore, folder: Path) -> Proven:
    settings = Settings(
        database_url=url,
        data_dir=folder,
        audit_key_file=folder / "log.key",
        audit_witness_folder=folder / "witness",
    )
    return Proven(url, store, settings, proving.signer(settings))


@contextmanager
def new(postgres: PostgresServer, name: str, folder: Path) -> Iterator[Proven]:
    """Yield a ledger without people, and with a key, in a folder."""
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}".encode())
    key = folder / "log.key"
    key.touch(0o600)
    key.write_text(new_signer("rights.example.be/log").written())
    url = url_of(postgres, name)
    with PostgresStore(url) as store:
        yield opened(url, store, folder)


def copy_of(postgres: PostgresServer, name: str, template: Path, folder: Path) -> Iterator[Proven]:
    """Yield a copy of a ledger, with a tree and a witness of its own."""
    shutil.copytree(template, folder)
    for url in own_database(postgres, name):
        with PostgresStore(url) as store:
            yield opened(url, store, folder)


@pytest.fixture(scope="session")
def template(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make, once, a ledger with some lives, three checkpoints and a gap; return its folder."""
    folder = tmp_path_factory.mktemp("proven")
    with new(postgres, TEMPLATE, folder) as made:
        made.add(MILA, 0, 3)
        made.checkpoint()
        live(made.store)
        made.checkpoint()
        made.add(OMAR, 0, 2)
        made.gap()
        made.add(PIA, 0)
        made.add(MILA, 3, 2)
        made.add(OMAR, 2, 2)
        made.checkpoint()
    return folder


@pytest.fixture(scope="session")
def full_template(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make, once, a ledger with a bit of everything, and two checkpoints; return its folder."""
    folder = tmp_path_factory.mktemp("full")
    with new(postgres, FULL, folder) as made:
        live(made.store)
        made.checkpoint()
        people(made.store)
        made.checkpoint()
        Runner(made.url, made.store).catch_up()
    return folder


TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname IN ('ledger', 'proofs', 'projections') AND relkind IN ('r', 'p')
    AND NOT relispartition AND relname <> 'migrations'
"""
SEQUENCES = ("ledger.events_notification_id_seq", "ledger.receipts_number_seq")


class Restored:
    """One copy of a ledger for many tests: its rows and files are put back after each.

    That is cheaper than a copy of the database for each test.
    """

    def __init__(self, proven: Proven, template: Path) -> None:
        self.proven, self._template = proven, template
        self._tables = {name: f"kept.{name.replace('.', '_')}" for (name,) in proven.sql(TABLES)}
        copies = [f"CREATE TABLE {kept} AS TABLE {name}" for name, kept in self._tables.items()]
        proven.sql("CREATE SCHEMA kept", *copies)
        self._last = {
            name: proven.sql(f"SELECT last_value FROM {name}")[0][0] for name in SEQUENCES
        }

    def put_back(self) -> None:
        rows = [
            f"TRUNCATE {name}; INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM {kept}"
            for name, kept in self._tables.items()
        ]
        last = [f"SELECT setval('{name}', {value})" for name, value in self._last.items()]
        self.proven.sql("DROP TABLE IF EXISTS t", "; ".join(["BEGIN", *rows, *last, "COMMIT"]))
        folder = self.proven.settings.data_dir
        shutil.rmtree(folder)
        shutil.copytree(self._template, folder)


def restored(
    postgres: PostgresServer, name: str, template: Path, folder: Path
) -> Iterator[Restored]:
    for copy in copy_of(postgres, name, template, folder):
        yield Restored(copy, template)


def lent(one: Restored) -> Iterator[Proven]:
    yield one.proven
    one.put_back()


@pytest.fixture(scope="session")
def _full_rows(
    postgres: PostgresServer, full_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restored]:
    yield from restored(postgres, FULL, full_template, tmp_path_factory.mktemp("one") / "copy")


@pytest.fixture(scope="session")
def _proven_rows(
    postgres: PostgresServer, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restored]:
    yield from restored(postgres, TEMPLATE, template, tmp_path_factory.mktemp("one") / "copy")


@pytest.fixture
def rows(_full_rows: Restored) -> Iterator[Proven]:
    """Yield the ledger that has a bit of everything, of which only rows and files are changed."""
    yield from lent(_full_rows)


@pytest.fixture
def proven_rows(_proven_rows: Restored) -> Iterator[Proven]:
    """Yield a ledger likewise, with the log and tree of `proven`."""
    yield from lent(_proven_rows)


@pytest.fixture
def full(postgres: PostgresServer, full_template: Path, tmp_path: Path) -> Iterator[Proven]:
    """Yield a copy of the ledger that has a bit of everything."""
    yield from copy_of(postgres, FULL, full_template, tmp_path / "full")


@pytest.fixture
def proven(postgres: PostgresServer, template: Path, tmp_path: Path) -> Iterator[Proven]:
    """Yield a copy of the ledger that has some lives, three checkpoints and a gap."""
    yield from copy_of(postgres, TEMPLATE, template, tmp_path / "proven")
