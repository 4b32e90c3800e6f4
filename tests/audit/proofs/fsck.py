"""Programs of others that check a published tree: Tessera's fsck, and Go's own library."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from ops.embedded.apache import ProgramMissing
from tests.architecture.checkout import ROOT

TESSERA = "v1.0.4"
CACHE = ROOT / ".cache" / "go"
HERE = Path(__file__).parent / "go"
NEEDED = "whether others accept the tree is told by programs in Go"
INSTALL_SECONDS = 500
CHECK_SECONDS = 60


def fsck(tree: Path, key: str, seconds: int = CHECK_SECONDS) -> str:
    """Return what Tessera's fsck says of a tree; it may hang on a bad one, and is ended then."""
    program = built(
        f"fsck-{TESSERA}",
        ["install", f"github.com/transparency-dev/tessera/cmd/fsck@{TESSERA}"],
        "fsck",
    )
    file = tree.with_name(f"{tree.name}.key")
    file.write_text(key)
    asked = [program, f"--storage_url=file://{tree}", f"--public_key={file}", "--ui=false", "-v=1"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as hung:
        return f"hung: {hung.stderr!r}"
    return done.stderr


def tlog(tree: Path, key: str) -> str:
    """Return what a program on Go's sumdb/tlog and sumdb/note says: `ok`, or what is wrong."""
    program = built("tlog-1", ["build", "-o", str(CACHE / "tlog-1" / "check"), "."], "check")
    done = subprocess.run(
        [program, str(tree), key],
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


def built(name: str, command: list[str], program: str) -> str:
    """Build a program once, in a folder of this checkout that nobody commits."""
    go = shutil.which("go")
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / program).is_file():
            if go is None:
                raise ProgramMissing("go", NEEDED)
            environ = {**os.environ, "GOBIN": str(folder)}
            done = subprocess.run(
                [go, *command],
                cwd=HERE,
                env=environ,
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    return str(folder / program)
