"""The embedded PostgreSQL keeps its promises, also when the process that owns it is killed."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ops.embedded.child import LOOPBACK
from ops.embedded.errors import EmbeddedMissing, ServerFailed
from ops.embedded.folder import locked
from ops.embedded.postgres import PostgresServer, embedded_postgres
from tests.ops.owners import eventually, is_gone, owner, starting


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with embedded_postgres(tmp_path_factory.mktemp("data")) as running:
        yield running


def test_a_second_start_finds_the_same_data(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as first:
        remember(first.url, "a right")
    assert is_gone(first.pid)
    with embedded_postgres(tmp_path) as second:
        assert remembered(second.url) == "a right"


@pytest.mark.parametrize("death_signal", [True, False])
def test_after_kill_9_of_the_owner_a_start_heals_and_finds_what_was_committed(
    tmp_path: Path, death_signal: bool
) -> None:
    with owner(tmp_path, death_signal=death_signal) as killed:
        remember(killed.url, "a right")
        killed.kill()
    with locked(tmp_path), embedded_postgres(tmp_path / "postgres") as again:
        assert is_gone(killed.server_pid)
        assert remembered(again.url) == "a right"


def test_on_linux_the_server_ends_with_its_owner_by_itself(tmp_path: Path) -> None:
    with owner(tmp_path) as killed:
        killed.kill()
    assert eventually(lambda: is_gone(killed.server_pid))


def test_after_kill_9_of_the_server_itself_a_start_finds_what_was_committed(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as killed:
        remember(killed.url, "a right")
        os.kill(killed.pid, signal.SIGKILL)
    with embedded_postgres(tmp_path) as again:
        assert remembered(again.url) == "a right"


@pytest.mark.parametrize("left", ["", "{pid}\n{data}\n"])
def test_a_pid_file_that_speaks_of_no_postmaster_stops_nobody(tmp_path: Path, left: str) -> None:
    with embedded_postgres(tmp_path):
        pass
    pid_file = tmp_path / "data" / "postmaster.pid"
    with starting(tmp_path / "other") as bystander:
        pid_file.write_text(left.format(pid=bystander.pid, data=tmp_path / "data"))
        with embedded_postgres(tmp_path) as again:
            assert again.is_alive()
        assert bystander.poll() is None


def test_data_that_was_made_by_half_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new" / "PG_VERSION"
    with starting(tmp_path) as process:
        assert eventually(half.exists)
        process.kill()
    with embedded_postgres(tmp_path / "postgres") as server:
        remember(server.url, "a right")


def test_data_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(ServerFailed, match=r"made by PostgreSQL 17.*pg_dump"),
        embedded_postgres(tmp_path),
    ):
        pass


def test_a_port_that_is_taken_is_refused_with_the_end_of_the_log(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ServerFailed, match=r"postgres\.log ends with:[^$]*in use"),
            embedded_postgres(tmp_path, port=port),
        ):
            pass


def test_without_the_extra_it_says_what_to_install_or_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    with (
        pytest.raises(EmbeddedMissing, match=r"rugzak\[embedded\].*RUGZAK_DATABASE_URL"),
        embedded_postgres(tmp_path),
    ):
        pass


def test_it_listens_on_the_loopback_interface_only(server: PostgresServer) -> None:
    process = psutil.Process(server.pid)
    listening = [c.laddr for c in process.net_connections("all") if c.status == "LISTEN"]
    assert [(address.ip, address.port) for address in listening] == [(LOOPBACK, server.port)]
    assert not process.net_connections("unix")


def test_it_wants_the_password(server: PostgresServer) -> None:
    for wrong in ("", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(make_conninfo(server.url, password=wrong))


def test_its_password_shows_in_no_process_list_and_no_repr(server: PostgresServer) -> None:
    password = password_of(server.url)
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert password not in str([process.cmdline() for process in family])
    assert password not in repr(server)


def test_only_its_owner_reads_the_password(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path):
        assert (tmp_path / "password").stat().st_mode & 0o077 == 0


def password_of(url: str) -> str:
    return url.split(":")[2].split("@", maxsplit=1)[0]


def remember(url: str, text: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE remembered AS SELECT %s::text", (text,))


def remembered(url: str) -> str:
    with psycopg.connect(url) as conn:
        [row] = conn.execute("TABLE remembered").fetchall()
        return str(row[0])
