"""The production set-up of compose.yaml: its settings are real and its roles suffice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InsufficientPrivilege

from ledger.store.migrations import pending
from ledger.store.postgres import CHANNEL, PostgresStore
from ops.embedded.postgres import _programs, embedded_postgres
from ops.settings import SettingsError, read_settings
from ops.wiring import open_vault, people
from projections.runner import Runner

ROOT = Path(__file__).parents[2]
PASSWORDS = {
    "OWNER_PASSWORD": "owner1",
    "SERVICE_PASSWORD": "service1",
    "VAULT_PASSWORD": "vault1",
    "IDENTITY_KEY": "a key of at least thirty-two characters",
    "VAULT_KEY": f"2026:{'ab' * 32}",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("service", ["migrate", "rugzak"])
def test_every_variable_is_a_setting_that_is_right(compose: dict[str, Any], service: str) -> None:
    settings = read_settings(environment(compose, service))
    assert settings.database_url is not None
    assert service == "migrate" or settings.kafka_bootstrap_servers == "kafka:9092"


def test_the_image_is_built_from_files_that_are_there_by_hash_and_runs_as_no_root() -> None:
    lines = (ROOT / "ops" / "Dockerfile").read_text("utf-8").splitlines()
    copied = [
        name
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    installs = [line for line in lines if "pip install" in line]
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert "USER rugzak" in lines


@pytest.fixture
def database(compose: dict[str, Any], tmp_path: Path) -> Iterator[str]:
    """Yield the owner's URL of a database that is made as the container makes it."""
    with embedded_postgres(tmp_path, durable=False) as server:
        owner, database = (
            compose["services"]["postgres"]["environment"][f"POSTGRES_{name}"]
            for name in ("USER", "DB")
        )
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute(f"CREATE ROLE {owner} SUPERUSER LOGIN PASSWORD 'owner1'".encode())
            conn.execute(f"CREATE DATABASE {database} OWNER {owner}".encode())
        url = make_conninfo(server.url, user=owner, password="owner1", dbname=database)  # noqa: S106
        subprocess.run(
            [_programs() / "psql", "-v", "ON_ERROR_STOP=1", "--no-password", "-f", "-", url],
            input=compose["configs"]["roles"]["content"],
            env={name: PASSWORDS[name] for name in ("SERVICE_PASSWORD", "VAULT_PASSWORD")},
            text=True,
            check=True,
        )
        yield url


def test_the_owner_migrates_and_the_service_works_and_can_not_change_an_event(
    compose: dict[str, Any], database: str
) -> None:
    own = environment(compose, "migrate")["RUGZAK_DATABASE_URL"]
    command = compose["services"]["migrate"]["command"]
    subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        env={"PATH": os.defpath, "RUGZAK_DATABASE_URL": there(own, database)},
        cwd=ROOT,
        check=True,
    )
    service = there(environment(compose, "rugzak")["RUGZAK_DATABASE_URL"], database)
    assert pending(service) == []
    with PostgresStore(service) as store:
        Runner(service, store, channel=CHANNEL).catch_up()
    with psycopg.connect(service) as conn, pytest.raises(InsufficientPrivilege):
        conn.execute("DELETE FROM ledger.events")
    with psycopg.connect(service) as conn, pytest.raises(InsufficientPrivilege):
        conn.execute("SELECT * FROM vault.numbers")
    with psycopg.connect(service) as conn, pytest.raises(InsufficientPrivilege):
        conn.execute("SET ROLE rugzak_vault")
    opens_the_vault(compose, service, database)


def opens_the_vault(compose: dict[str, Any], service: str, database: str) -> None:
    """Make sure that the vault opens for its own login, and for that of the service not."""
    variables = environment(compose, "rugzak")
    name = "RUGZAK_VAULT_DATABASE_URL"
    settings = read_settings(variables | {name: there(variables[name], database)})
    asked = people(settings).asked("93051822361")
    with open_vault(settings, service) as vault:
        assert vault is not None
        assert vault.accounts([asked]) == {"93051822361": asked.account}
    url = str(settings.vault_database_url)
    with psycopg.connect(url) as conn, pytest.raises(InsufficientPrivilege):
        conn.execute("SELECT * FROM ledger.events")
    del variables[name]
    with (
        pytest.raises(SettingsError, match="rugzak_login can't become rugzak_vault"),
        open_vault(read_settings(variables), service),
    ):
        pass


def environment(compose: dict[str, Any], service: str) -> dict[str, str]:
    """Return what a service sees, with the passwords filled in."""
    given = compose["services"][service]["environment"]
    return {name: Template(value).substitute(PASSWORDS) for name, value in given.items()}


def there(url: str, database: str) -> str:
    """Return a URL of the compose network as one of the server that stands in for it."""
    server = conninfo_to_dict(database)
    return url.replace("@postgres:5432", f"@{server['host']}:{server['port']}")
