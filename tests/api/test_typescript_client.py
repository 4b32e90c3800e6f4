"""A team that writes TypeScript has only the published document: its program compiles and works."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest

from ledger.service.clock import at
from ops.api import development_issuer
from ops.embedded.apache import ProgramMissing
from ops.settings import Settings
from projections.api.document import PATH, files
from tests.api.acting.world import NORA
from tests.api.served import served
from tests.architecture.checkout import ROOT

TEAM = Path(__file__).parent / "clients" / "typescript"
CACHE = ROOT / ".cache" / "api-clients"
INSTALL_SECONDS = 300
RUN_SECONDS = 60

OPENAPI_TYPESCRIPT = "node_modules/openapi-typescript/bin/cli.js"
TSC = "node_modules/typescript/bin/tsc"


def node(folder: Path, *words: str) -> str:
    """Run a program of Node's in a folder; return what it printed."""
    done = subprocess.run(
        [_program("node"), *words], cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
        timeout=RUN_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(name, "the client in TypeScript needs Node 20 with npm")
    return found


def _installed() -> Path:
    """Return the folder with the packages of the lock, fetched once for each version of it."""
    npm, lock = _program("npm"), (TEAM / "package-lock.json").read_bytes()
    there = CACHE / f"typescript-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not there.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(dir=CACHE))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(TEAM / name, beside)
        subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=beside, check=True,
            stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS,
        )  # fmt: skip
        try:
            beside.rename(there)
        except OSError:  # another test process was first
            shutil.rmtree(beside)
    return there / "node_modules"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the team's folder, with types made of the published document, and compiled."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(_installed())
    for name in ("package.json", "tsconfig.json", "program.ts"):
        shutil.copy(TEAM / name, folder)
    (folder / "rugzak.yaml").write_text(files()[PATH], "utf-8")
    node(folder, OPENAPI_TYPESCRIPT, "rugzak.yaml", "--output", "rugzak.ts")
    node(folder, TSC, "--project", ".")
    return folder


def test_a_program_that_the_compiler_checked_against_the_document_reserves_and_reads_it_back(
    team: Path, database: str, tmp_path: Path
) -> None:
    scopes: Sequence[str] = ("balances:read", "reservations:write", "accounts:any")
    with served(database, tmp_path) as address:
        token = development_issuer(Settings(data_dir=tmp_path)).token("enrolment-desk", scopes)
        today = at(datetime.now(UTC)).today
        told = json.loads(node(team, "out/program.js", address, token, str(NORA), str(today)))
    assert told["units"] == ["minute"]
    assert told["reserved"] == 600
    assert told["after"] == told["before"] - 600, "the read counts in what was written"
    assert told["again"] == told["first"], "the same key again is the same answer, and no more"
    assert told["other"] == [422, "urn:problem-type:rugzak:idempotencyKeyReused"]
    assert told["nobody"] == [404, "urn:problem-type:belgif:resourceNotFound"]
    assert told["wrong"] == [["query", "on"]]


def test_what_the_team_installs_is_pinned_by_its_content_and_comes_from_any_registry() -> None:
    lock = json.loads((TEAM / "package-lock.json").read_text("utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())
