"""`rugzak serve` as an operator runs it: workers on one port, a clean stop, and what it won't do."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest

from ledger.domain.acts import SettingsChanged
from ledger.domain.events import OPERATIONS
from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.projections.logs import ListLog, lives, person
from tests.system.test_up import PATIENCE_SECONDS, RUGZAK, gone

NORA = person(0)


@pytest.fixture
def environment(database: str, store: PostgresStore, tmp_path: Path) -> dict[str, str]:
    """Return that of an API on a database whose read models know some people."""
    Runner(database, ListLog(lives(7, 100))).catch_up()
    return os.environ | {
        "RUGZAK_DATABASE_URL": database,
        "RUGZAK_DATA_DIR": str(tmp_path),
        "RUGZAK_API_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def serving(
    environment: dict[str, str], *words: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `rugzak serve` until the block ends; yield it with its address."""
    process = subprocess.Popen(
        [RUGZAK, "serve", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if line.startswith("HTTP API"):
                break
        else:
            raise AssertionError(f"it ended: {said}")
        yield process, said[-1].split()[-1]
    finally:
        process.kill()
        process.wait()


def token(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [RUGZAK, "token", "portal", "--scope", "balances:read", *words], env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_workers_share_a_port_and_a_token_of_development_is_taken(
    environment: dict[str, str],
) -> None:
    with serving(environment, "--workers", "2") as (process, address):
        own = {
            "Authorization": f"Bearer {token(environment, '--account', str(NORA))}",
            "Rugzak-Purpose": "trying",
        }
        for _ in range(10):  # each on a connection of its own
            answer = httpx2.get(f"{address}/accounts/{NORA}/balances", headers=own)
            assert answer.status_code == 200, answer.text
        assert answer.json()["items"]
        children = [each.pid for each in psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, said
        assert said.endswith("stopped\n")
        gone(children)


def test_its_settings_are_on_record_once_however_many_workers_and_starts_there_are(
    environment: dict[str, str], store: PostgresStore
) -> None:
    for _ in range(2):
        with serving(environment, "--workers", "2"):
            pass
    (kept,) = store.events_of(OPERATIONS)
    assert isinstance(kept.event, SettingsChanged)
    assert (kept.event.command, dict(kept.event.settings)["api_port"]) == ("serve", "0")


def test_a_request_under_way_is_answered_before_it_stops(environment: dict[str, str]) -> None:
    slowly = environment | {"RUGZAK_API_WAIT_MS": "1500"}
    with serving(slowly) as (process, address):
        headers = {
            "Authorization": f"Bearer {token(environment, '--scope', 'accounts:any')}",
            "Rugzak-Purpose": "trying",
            "Rugzak-After": "1000000",
        }
        answers: list[int] = []

        def ask() -> None:
            url = f"{address}/accounts/{NORA}/balances"
            answers.append(httpx2.get(url, headers=headers).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.4)
        assert asking.is_alive()
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{address}/health")
        asking.join()
        process.communicate(timeout=PATIENCE_SECONDS)
        assert (answers, process.returncode) == ([503], 0)


def test_behind_a_proxy_that_takes_away_its_prefix_links_have_it(
    environment: dict[str, str],
) -> None:
    with serving(environment | {"RUGZAK_API_ROOT_PATH": "/rights"}) as (_, address):
        own = {
            "Authorization": f"Bearer {token(environment, '--account', str(NORA), '--scope', 'accesses:read')}",
            "Rugzak-Purpose": "trying",
        }
        pages = [
            httpx2.get(f"{address}/accounts/{NORA}/accesses?pageSize=1", headers=own)
            for _ in range(3)
        ]
    assert pages[-1].json()["next"].startswith(f"/rights/v1/accounts/{NORA}/accesses?")


def test_a_worker_that_dies_ends_it_and_is_named(environment: dict[str, str]) -> None:
    with serving(environment) as (process, _):
        ours = psutil.Process(process.pid)
        (worker,) = {*ours.children(recursive=True)} - {
            *ours.children()
        }  # what they are forked from
        worker.kill()
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert "the process of api-1 ended with -9" in said


def test_what_workers_are_forked_from_is_named_when_it_is_killed(
    environment: dict[str, str],
) -> None:
    with serving(environment, "--workers", "2") as (process, _):
        ours = psutil.Process(process.pid)
        all_of_them = ours.children(recursive=True)
        (forks,) = {worker.parent() for worker in all_of_them} - {ours}
        assert forks is not None
        forks.kill()
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert "the process from which all beside this one are forked ended" in said
        assert "255" not in said
        gone([each.pid for each in all_of_them])


def test_so_it_is_when_it_is_killed_before_it_has_forked_one(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [RUGZAK, "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        ours, until = psutil.Process(process.pid), time.monotonic() + PATIENCE_SECONDS
        forks: list[psutil.Process] = []
        while not forks:
            assert time.monotonic() < until
            time.sleep(0.01)
            forks = [each for each in ours.children() if "forkserver" in " ".join(each.cmdline())]
        forks[0].kill()
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "the process from which all beside this one are forked ended" in said


def refused(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [RUGZAK, *words], env=environment, capture_output=True, text=True, check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_told(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(environment | {"RUGZAK_API_PORT": str(port)}, "serve")
    assert f"127.0.0.1:{port} can't be listened on: Address already in use" in said


def test_without_a_provider_of_tokens_only_this_machine_is_answered(
    environment: dict[str, str],
) -> None:
    everywhere = {"RUGZAK_API_HOST": "0.0.0.0"}  # noqa: S104  it is refused
    said = refused(environment | everywhere, "serve")
    assert "RUGZAK_OIDC_ISSUER is not set" in said
    assert "RUGZAK_API_HOST must be 127.0.0.1" in said


def test_where_a_provider_is_set_no_token_of_development_is_made(
    environment: dict[str, str],
) -> None:
    said = refused(
        environment | {"RUGZAK_OIDC_ISSUER": "https://login.example.be"}, "token", "portal"
    )
    assert "ask https://login.example.be for tokens" in said
