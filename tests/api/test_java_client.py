"""A team that writes Java has only the published document: its program compiles and works."""

import json
import os
import shutil
from pathlib import Path

import pytest

from ops.running.api import development_issuer
from ops.settings import Settings
from projections.api.document import PATH, files
from tests.api.acting.world import NORA
from tests.api.served import served
from tests.api.teams import CLIENTS, fetched, program, run, today

TEAM = CLIENTS / "java"
POM = TEAM / "pom.xml"
NEEDED = "the client in Java needs Java 17 and Maven"

PACKAGES = "invokerPackage=rugzak,apiPackage=rugzak.api,modelPackage=rugzak.model"
NO_MORE = "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
QUICK = "-XX:TieredStopAtLevel=1"
COMPILER = "jdk.compiler/com.sun.tools.javac.Main"
"""Also there where only what runs Java is installed."""


def _fetch(folder: Path) -> list[str]:
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    return [program("mvn", NEEDED), "-q", "-B", "-f", str(POM), *goal]


@pytest.fixture(scope="module")
def java() -> str:
    return program("java", NEEDED)


@pytest.fixture(scope="module")
def team(java: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the team's folder, with a client made of the published document, and its classpath."""
    folder = tmp_path_factory.mktemp("java")
    jars = sorted(fetched("java", POM, _fetch).glob("*.jar"))
    [generator] = [jar for jar in jars if jar.name.startswith("openapi-generator-cli")]
    libraries = os.pathsep.join(str(jar) for jar in jars if jar != generator)
    (folder / "rugzak.yaml").write_text(files()[PATH], "utf-8")
    shutil.copy(TEAM / "Team.java", folder)
    said = ("-i", "rugzak.yaml", "-g", "java", "--library", "native", "-o", "client")
    more = (f"--additional-properties={PACKAGES}", "--global-property", NO_MORE)
    run(folder, java, QUICK, "-jar", str(generator), "generate", *said, *more)
    sources = map(str, (folder / "client" / "src" / "main").rglob("*.java"))
    compiler = (java, QUICK, "-m", COMPILER, "-nowarn", "-proc:none", "-d", "classes")
    run(folder, *compiler, "-cp", libraries, *sources, "Team.java")
    return folder, os.pathsep.join(["classes", libraries])


def test_a_program_in_java_that_was_compiled_with_the_document_reserves_and_reads_it_back(
    java: str, team: tuple[Path, str], database: str, tmp_path: Path
) -> None:
    folder, classes = team
    scopes = ("balances:read", "reservations:write", "accounts:any")
    with served(database, tmp_path) as address:
        token = development_issuer(Settings(data_dir=tmp_path)).token("enrolment-desk", scopes)
        words = (address, token, str(NORA), today())
        told = json.loads(run(folder, java, QUICK, "-cp", classes, "Team", *words))
    assert told["reserved"] == 600
    assert told["after"] == told["before"] - 600, "the read counts in what was written"
    assert told["same"], "the same key again is the same answer, and no more"
    assert told["nobody"] == [404, "urn:problem-type:belgif:resourceNotFound"]
    assert told["wrong"] == ["header", "Rugzak-Purpose"]
