"""With which settings a command began: on record, when they are not those of the last time."""

import getpass
import os
from importlib import metadata
from typing import Final
from urllib.parse import urlsplit

import structlog
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from ledger.domain.acts import SettingsChanged
from ledger.service.operated import put_on_record
from ledger.service.ports import StoreUnavailable
from ledger.service.published import Unpublished
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from ops.settings import SECRETS, Settings

MAX_VALUE_CHARACTERS: Final = 500
"""How much of a value is kept."""

SET: Final = "set"
"""All that is told of a secret."""

NOT_TOLD: Final = frozenset({"consumer_member", "log_format", "lang"})
"""What decides nothing: a process's own name, which others of its command have not, and words."""

PLACES: Final = frozenset({"database_url", "vault_database_url"})
_OF_PLACES: Final = ("user", "host", "hostaddr", "port", "dbname", "sslmode")
"""What is told of where a database is: never what opens it."""

log = structlog.get_logger(__name__)


def began(store: PostgresStore, settings: Settings, command: str) -> None:
    """Put on record with which settings a command begins, unless it did so with the same last time.

    No start fails because of this: when the database is away, or has other regulations, the start
    says so itself.
    """
    try:
        door = open_door(store)
        act = SettingsChanged(
            command=command,
            version=version(),
            settings=told(settings),
            effective_on=door.clock.now().today,
        )
        refused = put_on_record(door, act, who())
    except (StoreUnavailable, Unpublished) as error:
        log.warning("settings_not_on_record", error=type(error).__name__)
        return
    if refused is not None:
        log.warning("settings_not_on_record", error=refused.rejection.detail)


def told(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return what is set, by name, without secrets: of keys of the vault the names."""
    found = list[tuple[str, str]]()
    for name in sorted(Settings.model_fields.keys() - NOT_TOLD):
        value = getattr(settings, name)
        if value is not None:
            found.append((name, _shown(settings, name, value)[:MAX_VALUE_CHARACTERS]))
    return tuple(found)


def _shown(settings: Settings, name: str, value: object) -> str:
    keys = settings.master_keys()
    if name == "vault_key" and keys is not None:
        return " ".join(keys.names)
    if name in PLACES:
        return _place(str(value))
    if isinstance(value, SecretStr) or name in SECRETS:
        return SET
    return _without_login(str(value))


def _place(url: str) -> str:
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        return SET
    return " ".join(f"{part}={parts[part]}" for part in _OF_PLACES if part in parts)


def _without_login(text: str) -> str:
    """Leave out of a URL what may be a secret: who logs in, and the query."""
    if "://" not in text:
        return text
    url = urlsplit(text)
    host = url.netloc.rpartition("@")[2]
    return url._replace(netloc=host, query="", fragment="").geturl()


def who() -> str:
    """Return the login name under which this runs; in a container it may be a number."""
    try:
        return getpass.getuser().strip() or f"uid {os.getuid()}"
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def version() -> str:
    """Return the version of the program; of a checkout that is not installed, nobody knows it."""
    try:
        return metadata.version("rugzak")
    except metadata.PackageNotFoundError:
        return "not installed"
