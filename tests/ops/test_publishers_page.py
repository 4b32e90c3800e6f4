"""The page for publishers is true: its programs run as they stand there, and reach the ledger."""

import ast
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from ledger.domain.events import RightGranted, StatusRecorded
from ledger.store.postgres import PostgresStore
from ops.embedded.broker import embedded_broker
from ops.ledger_wiring import open_door
from ops.running.relaying import relay
from ops.running.serve import make_topics
from ops.settings import Settings, read_settings, variable
from ops.wiring import Servers, open_intake, topics, topics_out
from schemas.contract import SERVICES as INCOMING
from schemas.documents.services import SERVICES
from schemas.examples import NORA
from tests.architecture.checkout import ROOT
from tests.lines import SESSION_MS

PAGE = (ROOT / "ops" / "docs" / "publishing.md").read_text("utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
PATIENCE_SECONDS = 60.0


def run(program: str, broker: str, *, lines: int) -> list[str]:
    """Run a program of the page in a Python of its own; return the first lines that it prints.

    It has to end by itself when it prints none; one that listens goes on, and is stopped.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-u", "-W", "ignore", "-c", program],
        env=os.environ | {"KAFKA": broker},
        stdout=subprocess.PIPE,
        text=True,
    )
    patience = threading.Timer(PATIENCE_SECONDS, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        found = [process.stdout.readline() for _ in range(lines)]
        assert lines or process.wait() == 0
    finally:
        patience.cancel()
        process.kill()
        process.communicate()
    return found


def test_what_the_page_sends_is_in_the_ledger_and_what_it_reads_is_the_answer(
    database: str, store: PostgresStore, tmp_path: Path
) -> None:
    producer, consumer = PROGRAMS
    with embedded_broker(tmp_path) as broker:
        bootstrap = broker.bootstrap_servers
        settings = Settings(
            data_dir=tmp_path,
            database_url=database,
            kafka_bootstrap_servers=bootstrap,
            kafka_session_timeout_ms=SESSION_MS,
        )
        where = Servers(database_url=database, bootstrap_servers=bootstrap, embedded=())
        make_topics(settings, where)
        relay(threading.Event(), settings, where, once=True)  # from now on it answers
        run(producer, bootstrap, lines=0)
        stop = threading.Event()
        stop.set()
        open_intake(settings, where, store, open_door(store)).run(stop, drain=True)
        [told] = [e for e in store.each_event() if isinstance(e.event, StatusRecorded)]
        assert str(told.account) == NORA
        assert told.metadata.actor == "https://payroll.example.be"
        assert any(isinstance(e.event, RightGranted) for e in store.each_event())
        relay(threading.Event(), settings, where, once=True)
        [answer] = run(consumer, bootstrap, lines=1)
        assert answer.split() == ["payroll-2025-118", "accepted"]


def test_its_programs_are_short_and_use_nothing_of_ours() -> None:
    for program in PROGRAMS:
        assert len(program.splitlines()) <= 20
        used = {
            (name.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
            for node in ast.walk(ast.parse(program))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
        }
        assert used <= {"json", "os", "kafka"}


def test_it_names_each_service_that_is_taken_in_and_its_topic() -> None:
    for service in SERVICES:
        if service.way == "in":
            assert f"`{service.name}`" in PAGE
            assert f"`{service.topic}`" in PAGE


def test_the_documents_name_the_topics_and_variables_of_the_settings() -> None:
    settings = read_settings({"RUGZAK_IDENTITY_KEY": "0123456789abcdef" * 4})
    named = topics(settings) | {f"be.rugzak.{k}.v1": t for k, t in topics_out(settings).items()}
    assert {service.name: service.topic for service in SERVICES} == named
    assert {service.name for service in SERVICES if service.way == "in"} == set(INCOMING)
    variables = {variable(name) for name in Settings.model_fields}
    for service in SERVICES:
        assert service.variable in variables
        setting = service.variable.removeprefix("RUGZAK_").lower()
        assert Settings.model_fields[setting].default == service.topic
