"""What teams install to make a client of the published document: fetched once, and kept."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from ledger.service.clock import at
from ops.embedded.apache import ProgramMissing
from tests.architecture.checkout import ROOT

CLIENTS = Path(__file__).parent / "clients"
CACHE = ROOT / ".cache" / "api-clients"
FETCH_SECONDS = 300
RUN_SECONDS = 60


def program(name: str, needed: str) -> str:
    """Return where a program is; the test is skipped, with what is needed, where it isn't."""
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(name, needed)
    return found


def fetched(kind: str, pinned: Path, fetch: Callable[[Path], list[str]]) -> Path:
    """Return a folder with what a file pins, fetched by a command once for each version of it."""
    there = CACHE / f"{kind}-{hashlib.sha256(pinned.read_bytes()).hexdigest()[:12]}"
    if not there.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(dir=CACHE))
        subprocess.run(
            fetch(beside), cwd=beside, check=True, stdin=subprocess.DEVNULL, timeout=FETCH_SECONDS
        )
        try:
            beside.rename(there)
        except OSError:  # another test process was first
            shutil.rmtree(beside)
    return there


def run(folder: Path, *words: str) -> str:
    """Run a program in a folder, with nothing of ours around it; return what it printed."""
    done = subprocess.run(
        words, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
        timeout=RUN_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def today() -> str:
    """Return the day on which a team acts."""
    return at(datetime.now(UTC)).today.isoformat()
