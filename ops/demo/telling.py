"""`rugzak demo`: years pass for some thousand people and for Nora, on servers of its own."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final
from uuid import UUID

from kafka import KafkaAdminClient
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from consumers.publisher import Message, Published, Publisher, publisher
from consumers.topics import topic_ids
from ledger.audit.asof import as_of
from ledger.domain.evolve import fold
from ledger.domain.lots import bucket_of
from ledger.service import rulebook as rulebook_files
from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.service.reach import reach_due
from ledger.store.postgres import PostgresStore
from ledger.words.explanation import figures
from ledger.words.sentences import sentence
from ops.demo.calling import over_http
from ops.demo.messages import career_message
from ops.demo.population import as_published, population
from ops.demo.story import NORA, Chapter, chapters
from ops.ledger_wiring import open_door, open_store, rulebook
from ops.running.projecting import projecting
from ops.running.serve import Workers, make_topics, stopping
from ops.settings import PREFIX, Settings
from ops.wiring import Servers, open_intake, servers

SEED: Final = 20210901
VOV: Final = "be-vlg/vov"
INDENT: Final = (0, 0, 0, 12)
"""Of what is told of a day: as wide as the day itself."""

BATCH_WAIT_MS: Final = 50
TAKEN_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.02


class DemoFailed(Exception):  # noqa: N818  it is an answer
    """The demo could not go on, or found that something does not agree."""


@dataclass
class _Years:
    """The ledger of the demo, in which days come when the story says so."""

    store: PostgresStore
    door: Door
    clock: SetClock
    out: Publisher
    topics: Mapping[str, UUID]
    messages: int = 0
    busy_seconds: float = 0.0

    def come_to(self, day: date, messages: Sequence[Message], stop: Event) -> None:
        """Let a day come: publish, wait until all is in, let fall due and lapse."""
        self.clock.set(day)
        began = monotonic()
        if messages:
            self._wait_for(self.out.publish(messages), stop)
        for _ in reach_due(self.door, self.store.due_accounts, day):
            pass
        self.messages += len(messages)
        self.busy_seconds += monotonic() - began

    def _wait_for(self, published: Published, stop: Event) -> None:
        until = monotonic() + TAKEN_SECONDS
        while not all(
            self.store.positions(self.topics[place.topic]).get(place.partition, 0) >= end
            for place, end in published.ends.items()
        ):
            if stop.wait(POLL_SECONDS) or monotonic() > until:
                msg = "the intake stopped, or did not take in what was published in time"
                raise DemoFailed(msg)


def tell(people: int, folder: Path, say: Console, *, stay: bool = False) -> None:
    """Tell the whole demo, and leave its data in the folder.

    Args:
        people: how many beside Nora.
        folder: for the servers' data.
        say: where it is told.
        stay: whether the API answers on until Ctrl-C; else all ends by itself.

    Raises:
        DemoFailed: something did not agree.

    """
    began = monotonic()
    settings = Settings(data_dir=folder, batch_max_wait_ms=BATCH_WAIT_MS)
    with servers(settings, broker=True, own=True) as where:
        say.rule("Servers", align="left")
        say.print(f"PostgreSQL and a Kafka-compatible broker run below {folder}")
        _pass_years(people, settings, where, say)
        say.rule("What Nora has, in the words of the command line", align="left")
        for name in [each for each in os.environ if each.startswith(PREFIX)]:
            del os.environ[name]
        os.environ[f"{PREFIX}DATA_DIR"] = str(folder)
        for command in _COMMANDS:
            _rugzak(command, say)
        say.rule("What if the leave were cut to 100 hours from 2024 on?", align="left")
        _rugzak(("simulate", "--with", str(_cut(folder)), *_SIMULATED), say, expected=1)
        say.rule("The same over HTTP, for another app", align="left")
        with stopping() as stop, over_http(folder, where.database_url, stop, say):
            say.print(f"\nThe demo took {monotonic() - began:.0f} s.")
            if stay:
                say.print("The API answers on: try that command. Ctrl-C ends it.")
                stop.wait()


_COMMANDS: Final = (
    ("balance", str(NORA), "--on", "2025-09-01"),
    ("history", str(NORA), "--oldest"),
    ("explain", str(NORA), VOV, "--on", "2024-02-01"),
    ("quote", str(NORA), "--course", "italian", "--provider", "cvo-semper", "--starts",
     "2024-10-07", "--hours", "40", "--price", "180", "--on", "2024-09-02"),
    ("overview", str(NORA), "--on", "2024-09-02", "--if", "status=self-employed"),
    ("audit", "replay"),
)  # fmt: skip

_SIMULATED: Final = ("--population", "120", "--until", "2025-06-30", "--no-regression")
"""Whose lives are told again: so few that it takes seconds."""


def _cut(folder: Path) -> Path:
    """Write the leave's rules with fewer hours; who is protected loses, so it is refused."""
    shipped = (rulebook_files.FOLDER / f"{VOV}.yaml").read_text("utf-8")
    hours = "values: {2019-09-01: 125}"
    assert hours in shipped  # noqa: S101  a test runs the demo
    changed = folder / "vov-with-100-hours.yaml"
    changed.write_text(
        shipped.replace(hours, "values: {2019-09-01: 125, 2024-09-01: 100}"), "utf-8"
    )
    return changed


def _pass_years(people: int, settings: Settings, where: Servers, say: Console) -> None:
    story = chapters(settings)
    last = story[-1].on
    arrivals = as_published(population(people, SEED, last), SEED)
    arrivals = [a._replace(on=min(a.on, last)) for a in arrivals]
    say.rule(f"Years pass: {people} people, and Nora", align="left")
    say.print(
        f"{len(arrivals)} career events of {people} synthetic people (seed {SEED}; shares and "
        "sources in ops/demo/shares.yaml) come in late, out of order, and one in twenty twice."
    )
    with _years(settings, where) as (years, stop):
        for index, chapter in enumerate(story):
            before = story[index - 1].on if index else date.min
            told = [
                career_message(a.told.person, a.told.fact, settings.career_topic)
                for a in arrivals
                if before < a.on <= chapter.on
            ]
            known = len(years.store.events_of(NORA))
            years.come_to(chapter.on, [*told, *chapter.messages], stop)
            _show(chapter, years.store, known, say)
        events, rate = years.store.head(), years.messages / years.busy_seconds
    say.print(
        f"\n{years.messages} messages became {events} events in {years.busy_seconds:.0f} s "
        f"({rate:.0f} messages a second, days and projections included)."
    )


@contextmanager
def _years(settings: Settings, where: Servers) -> Iterator[tuple[_Years, Event]]:
    """Open the ledger with a clock that stands where the story sets it."""
    clock, stop = SetClock(), Event()
    names = make_topics(settings, where)
    kafka = settings.kafka_client_config(where.bootstrap_servers)
    admin = KafkaAdminClient(**kafka)
    ids = topic_ids(admin, names)
    admin.close()
    with (
        open_store(where.database_url) as store,
        publisher(kafka) as out,
        projecting(where.database_url, settings.log_format, stop),
    ):
        door = open_door(store, clock)
        workers = Workers(stop)
        intake = open_intake(settings, where, store, door)
        workers.start("intake", lambda: intake.run(stop))
        try:
            yield _Years(store, door, clock, out, ids), stop
        finally:
            stop.set()
            workers.join()


def _show(chapter: Chapter, store: PostgresStore, known: int, say: Console) -> None:
    """Print one day of Nora's: what arrived, what the ledger wrote, and her leave on that day."""
    envelopes = store.events_of(NORA)
    units = {id_: lot.unit for id_, lot in fold(envelopes).lots.items()}
    names = {provider.id: provider.name for provider in rulebook().providers.values()}
    say.print(f"\n[bold]{chapter.on}[/bold]  {chapter.said}")
    for envelope in envelopes[known:]:
        say.print(Padding(Text(sentence(envelope.event, units, names)), INDENT))
    parts = [
        f"{id_.removeprefix(VOV)[1:]}: {figures(stood.lot, stood.available)}"
        for id_, stood in as_of(envelopes, chapter.on).items()
        if stood.lot.scheme == VOV and not bucket_of(id_, VOV)
    ]
    if parts:
        say.print(Padding(Text(f"leave on that day: {'; '.join(parts)}", "dim"), INDENT))


def _rugzak(command: Sequence[str], say: Console, expected: int = 0) -> None:
    """Run a command as a person would."""
    from ops.cli import app  # noqa: PLC0415  which runs this

    say.print(f"\n[bold]$ rugzak {' '.join(command)}[/bold]")
    code = app(command, standalone_mode=False) or 0
    if code != expected:
        msg = f"`rugzak {' '.join(command)}` ended with {code}"
        raise DemoFailed(msg)
