"""A team that writes TypeScript has only the published document: its program compiles and works."""

import json
import shutil
from pathlib import Path

import pytest

from ops.running.api import development_issuer
from ops.settings import Settings
from projections.api.document import PATH, files
from tests.api.acting.world import NORA
from tests.api.served import served
from tests.api.teams import CLIENTS, fetched, program, run, today

TEAM = CLIENTS / "typescript"
LOCK = TEAM / "package-lock.json"
NEEDED = "the client in TypeScript needs Node 20 with npm"

OPENAPI_TYPESCRIPT = "node_modules/openapi-typescript/bin/cli.js"
TSC = "node_modules/typescript/bin/tsc"


def _install(folder: Path) -> list[str]:
    for name in ("package.json", LOCK.name):
        shutil.copy(TEAM / name, folder)
    npm = program("npm", NEEDED)
    return [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]


@pytest.fixture(scope="module")
def node() -> str:
    return program("node", NEEDED)


@pytest.fixture(scope="module")
def team(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the team's folder, with types made of the published document, and compiled."""
    folder = tmp_path_factory.mktemp("typescript")
    installed = fetched("typescript", LOCK, _install)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    for name in ("package.json", "tsconfig.json", "program.ts"):
        shutil.copy(TEAM / name, folder)
    (folder / "rugzak.yaml").write_text(files()[PATH], "utf-8")
    run(folder, node, OPENAPI_TYPESCRIPT, "rugzak.yaml", "--output", "rugzak.ts")
    run(folder, node, TSC, "--project", ".")
    return folder


def test_a_program_that_the_compiler_checked_against_the_document_reserves_and_reads_it_back(
    node: str, team: Path, database: str, tmp_path: Path
) -> None:
    scopes = ("balances:read", "reservations:write", "accounts:any")
    with served(database, tmp_path) as address:
        token = development_issuer(Settings(data_dir=tmp_path)).token("enrolment-desk", scopes)
        told = json.loads(run(team, node, "out/program.js", address, token, str(NORA), today()))
    assert told["units"] == ["minute"]
    assert told["reserved"] == 600
    assert told["after"] == told["before"] - 600, "the read counts in what was written"
    assert told["again"] == told["first"], "the same key again is the same answer, and no more"
    assert told["other"] == [422, "urn:problem-type:rugzak:idempotencyKeyReused"]
    assert told["nobody"] == [404, "urn:problem-type:belgif:resourceNotFound"]
    assert told["wrong"] == [["query", "on"]]


def test_what_the_team_installs_is_pinned_by_its_content_and_comes_from_any_registry() -> None:
    packages = {
        name: each for name, each in json.loads(LOCK.read_text())["packages"].items() if name
    }
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())
