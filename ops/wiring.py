"""The composition root: settings become servers, a vault and an intake."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import psycopg

from consumers.access import Access
from consumers.batches import Limits
from consumers.clients import Group
from consumers.identity import Pseudonyms
from consumers.intake import Intake
from consumers.relay.streams import BALANCES, LEDGER, OUTCOMES, PARKED
from consumers.sources import Sources, WrongSources
from consumers.sources import read as read_sources
from consumers.translate import (
    CAREER_LANGUAGE,
    RIGHTS_LANGUAGE,
    TOP_UPS_LANGUAGE,
    Language,
    notification_language,
)
from ledger.service.door import Door
from ledger.store.datastore import answers
from ledger.store.postgres import PostgresStore
from ledger.vault.vault import VAULT_ROLE, Vault
from ops.embedded.broker import embedded_broker
from ops.embedded.folder import locked, read_running
from ops.embedded.postgres import embedded_postgres
from ops.settings import Settings, SettingsError, variable
from schemas import (
    career_v1,
    dimona_v1,
    dmfa_v1,
    enterprise_v1,
    jobseeker_v1,
    rights_v1,
    self_employed_v1,
    top_ups_v1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where the servers are.

    Attributes:
        database_url: of the ledger's database.
        bootstrap_servers: of the broker; None when only the database was asked for.
        embedded: which of them this process started.
        forgets: whether the broker is an embedded one, which keeps all in memory.

    """

    database_url: str
    bootstrap_servers: str | None
    embedded: tuple[str, ...]
    forgets: bool = False


@contextmanager
def servers(settings: Settings, *, broker: bool, own: bool = False) -> Iterator[Servers]:
    """Yield the servers of the settings; those not named are embedded.

    The embedded ones are those of a running `rugzak up` on the same folder; without one they
    are started here, and stopped at the end.

    Args:
        settings: which servers, and the embedded ones' folder.
        broker: whether the broker is needed, too.
        own: refuse to share a running one's.

    Raises:
        FolderInUse: the folder's owner is starting or stopping just now.
        EmbeddedMissing: nothing is set and the embedded pair isn't installed.

    """
    running = None if own else read_running(settings.data_dir)
    database_url = settings.database_url or (running.database_url if running else None)
    bootstrap = settings.kafka_bootstrap_servers or (running.bootstrap_servers if running else None)
    started: list[str] = []
    with ExitStack() as stack:
        if database_url is None or (broker and bootstrap is None):
            lock = stack.enter_context(locked(settings.data_dir))
            if database_url is None:
                folder = settings.data_dir / "postgres"
                database_url = stack.enter_context(embedded_postgres(folder)).url
                started.append("PostgreSQL")
            if broker and bootstrap is None:
                folder = settings.data_dir / "broker"
                bootstrap = stack.enter_context(embedded_broker(folder)).bootstrap_servers
                started.append("broker")
            lock.announce(database_url, bootstrap)
        yield Servers(
            database_url=database_url,
            bootstrap_servers=bootstrap,
            embedded=tuple(started),
            forgets=settings.kafka_bootstrap_servers is None,
        )


def topics(settings: Settings) -> dict[str, str]:
    """Return the topic of each service whose messages are taken in."""
    named = {
        career_v1.SERVICE: settings.career_topic,
        rights_v1.SERVICE: settings.rights_topic,
        top_ups_v1.SERVICE: settings.top_ups_topic,
    }
    if settings.identity_key is not None:
        named |= {
            dimona_v1.SERVICE: settings.dimona_topic,
            dmfa_v1.SERVICE: settings.dmfa_topic,
            jobseeker_v1.SERVICE: settings.jobseeker_topic,
            self_employed_v1.SERVICE: settings.self_employed_topic,
            enterprise_v1.SERVICE: settings.enterprise_topic,
        }
    return named


PLAIN = frozenset({career_v1.SERVICE, rights_v1.SERVICE, top_ups_v1.SERVICE})
"""The services whose messages name people by reference; those of others hold national numbers."""


def topics_out(settings: Settings) -> dict[str, str]:
    """Return the topic of each stream that goes out."""
    return {
        LEDGER: settings.ledger_topic,
        BALANCES: settings.balances_topic,
        OUTCOMES: settings.outcomes_topic,
        PARKED: settings.parked_topic,
    }


def people(settings: Settings, vault: Vault | None = None) -> Pseudonyms:
    """Return what finds people by their national numbers, with the vault if one is given.

    Raises:
        SettingsError: there is no key.

    """
    if settings.identity_key is None:
        name = variable("identity_key")
        raise SettingsError([f"{name} is not set: without it nobody is found by a national number"])
    return Pseudonyms(settings.identity_key.get_secret_value(), vault)


@contextmanager
def open_vault(
    settings: Settings, database_url: str, *, learn: bool = True
) -> Iterator[Vault | None]:
    """Yield the identity vault, its keys checked; None when no key is set.

    Args:
        settings: with the keys, and perhaps with another login for the same database.
        database_url: of the ledger's database, migrated.
        learn: keys that the vault does not know become its own.

    Raises:
        WrongKey: a key is missing, or is another than the one with which the vault was made.
        StoreUnavailable: the database gives no answer.
        SettingsError: who logs in may not become the vault's role.

    """
    keys = settings.master_keys()
    if keys is None:
        yield None
        return
    url = settings.vault_database_url or database_url
    with answers(), psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute("SELECT pg_has_role(%s, 'SET')", (VAULT_ROLE,)).fetchone()
        user = conn.info.user
    if row != (True,):
        right = f"GRANT {VAULT_ROLE} TO a login of its own and name that by"
        name = variable("vault_database_url")
        raise SettingsError([f"{user} can't become {VAULT_ROLE}: {right} {name}"])
    with Vault(url, keys, people(settings).proof()) as vault:
        vault.check(learn=learn)
        yield vault


def languages(settings: Settings, vault: Vault | None = None) -> dict[str, Language]:
    """Return what is spoken on each topic; the vault says whose the numbers are, if there is one.

    Without it each number leads to its own reference.
    """
    own = {
        career_v1.SERVICE: CAREER_LANGUAGE,
        rights_v1.SERVICE: RIGHTS_LANGUAGE,
        top_ups_v1.SERVICE: TOP_UPS_LANGUAGE,
    }
    bound = sources(settings)
    if settings.identity_key is not None:
        found = people(settings, vault)  # one for all, so that a batch asks the vault once
        own |= {each: notification_language(each, found) for each in topics(settings).keys() - own}
    spoken = {topic: own[service] for service, topic in topics(settings).items()}
    return {topic: replace(each, sources=bound, topic=topic) for topic, each in spoken.items()}


def sources(settings: Settings) -> Sources | None:
    """Return who may say what; None when nothing says so, and everybody may say everything.

    Raises:
        SettingsError: the file that says so is wrong.

    """
    if settings.sources_file is None:
        return None
    try:
        return read_sources(settings.sources_file, topics(settings).values())
    except WrongSources as error:
        wrong = [f"{variable('sources_file')}: {text}" for text in error.findings]
    raise SettingsError(wrong)


def access(settings: Settings, bootstrap_servers: str | None, *, relay: bool = True) -> Access:
    """Return what consumers, and the relay, mean to do on the broker; the settings name another."""
    return Access(
        kafka=settings.kafka_client_config(bootstrap_servers),
        reads=tuple(topics(settings).values()),
        writes=tuple(topics_out(settings).values()) if relay else (),
        group=settings.consumer_group,
        transactional_id=transactional_id(settings) if relay else None,
    )


def transactional_id(settings: Settings) -> str:
    """Return by what Kafka keeps others from relaying beside us.

    Of the consumers' group: who shares a cluster has groups of different names.
    """
    return f"{settings.consumer_group}-relay"


def limits(settings: Settings) -> Limits:
    """Return what one batch may be."""
    return Limits(
        max_records=settings.batch_max_records,
        max_wait_ms=settings.batch_max_wait_ms,
        max_bytes=settings.max_record_bytes,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        max_batch_bytes=settings.batch_max_bytes,
        held_seconds=settings.held_max_seconds,
    )


def open_intake(
    settings: Settings,
    where: Servers,
    store: PostgresStore,
    door: Door,
    vault: Vault | None = None,
) -> Intake:
    """Return the intake of all topics."""
    return Intake(
        door,
        store,
        settings.kafka_client_config(where.bootstrap_servers),
        languages(settings, vault),
        group=Group(
            id=settings.consumer_group,
            member=settings.consumer_member,
            session_timeout_ms=settings.kafka_session_timeout_ms,
        ),
        limits=limits(settings),
        forgets=where.forgets,
    )
