"""`bench asof`: what was known of one person with a thousand events, asked at random in both times.

Each answer is told from the log: the events are read, what was recorded by the instant is folded,
and the rules of then are looked up. The first question about an account reads all of its events;
the next ones, where it is kept, what follows. The baseline reads the same rows, and does nothing
with them.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from hashlib import sha256
from random import Random
from statistics import median, quantiles
from time import perf_counter, thread_time
from typing import Any, Final
from uuid import UUID

import psycopg

from ledger.audit.histories import Histories
from ledger.audit.seen import Seen, Texts
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import Command, Course, RecordFact, Release, Request, Reserve
from ledger.domain.facts import Birth, Employment, Fact, FactId, Residence, Spell
from ledger.service.clock import OFFICE_ZONE, SetClock, SystemClock
from ledger.service.outcomes import Rejected
from ledger.store.postgres import PostgresStore
from ops.bench.lab import Lab, Measured
from ops.ledger_wiring import open_door, open_store, rulebook
from projections.timeline.known import timeline_from

SEED: Final = 20260101
EVENTS: Final = 1_000
ASKED: Final = 300
ALLOWED_P99_MS: Final = 50
GOALS: Final = {"p99_allowed_vs_measured": 1.0, "p99_allowed_vs_first": 1.0}

PERSON: Final = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
FIRST, LAST = date(2019, 9, 2), date(2026, 6, 30)
SCHEME: Final = "be-vlg/vov"
SOURCE: Final = "https://bench.example.be"
PAGE: Final = 100
"""Entries of a history, as the API tells a page."""

Way = Callable[[date, datetime], Any]
"""Answers a question about a day, as known at an instant."""

_RAW = "SELECT topic, state FROM ledger.events WHERE originator_id = %s ORDER BY originator_version"


def measure(lab: Lab, size: float) -> Measured:
    """Tell the life, then ask in turns: each question once at each pair of times."""
    url = lab.database()
    with open_store(url) as store, psycopg.connect(url) as conn:
        events = _live(store, max(int(EVENTS * size), 50))
        texts, dice = Texts(store, rulebook()), Random(SEED)  # noqa: S311  not a secret
        now = SystemClock().now()

        def ask(tell: Callable[[Seen, date], Any], kept: Histories | None) -> Way:
            def way(on: date, known: datetime) -> Any:  # noqa: ANN401  any answer
                log = kept or Histories(store)
                events = log.events_of(PERSON)
                seen = Seen(events, log=log, texts=texts, now=now, known=known, state=log.state)
                return tell(seen, on)

            return way

        kept = Histories(store)
        answers: dict[str, Callable[[Seen, date], Any]] = {
            "balance": lambda seen, on: seen.held(on),
            "history": lambda seen, on: timeline_from(seen, on, 0, limit=PAGE),
            "overview": lambda seen, on: seen.overview(on),
            "explain": lambda seen, on: seen.explained(SCHEME, on),
        }
        ways: dict[str, Way] = {
            "raw": lambda *_: conn.execute(_RAW, (PERSON,)).fetchall(),
            "read": lambda *_: store.events_of(PERSON),
        }
        for name, tell in answers.items():
            ways[f"first_{name}"] = ask(tell, None)
            ways[name] = ask(tell, kept)
        took: dict[str, list[float]] = {name: [] for name in ways}
        worked: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(max(int(ASKED * size), 20)):
            on, known = _day(dice), datetime.combine(_day(dice), time(20), OFFICE_ZONE)
            for name, way in ways.items():
                began, work = perf_counter(), thread_time()
                way(on, known)
                worked[name].append((thread_time() - work) * 1_000)
                took[name].append((perf_counter() - began) * 1_000)
    p99 = {name: quantiles(each, n=100)[98] for name, each in took.items()}
    raw = median(took["raw"])
    return Measured(
        figures={"events": events}
        | {f"{name}_p50_ms": median(each) for name, each in took.items()}
        | {f"{name}_p99_ms": each for name, each in p99.items()}
        | {f"{name}_cpu_p50_ms": median(each) for name, each in worked.items()},
        ratios={
            "p99_allowed_vs_measured": ALLOWED_P99_MS / max(p99[name] for name in answers),
            "p99_allowed_vs_first": ALLOWED_P99_MS / max(p99[f"first_{name}"] for name in answers),
        }
        | {f"raw_vs_{name}": raw / median(took[name]) for name in answers},
    )


def _day(dice: Random) -> date:
    return FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))


def _live(store: PostgresStore, events: int) -> int:
    """Tell of a job, and ask for courses and give them back, until there are so many events."""
    clock = SetClock()
    clock.set(FIRST)
    door = open_door(store, clock)
    numbers = iter(range(events * 10))

    def ask(*requests: Request) -> None:
        commands = []
        for request in requests:
            id_ = f"asof {next(numbers)}"
            digest = sha256(repr(request).encode()).digest()
            commands.append(
                Command(id=id_, account=PERSON, actor="bench", request=request, digest=digest)
            )
        for outcome in door.handle(commands):
            assert not isinstance(outcome, Rejected), outcome  # noqa: S101  the life is possible

    ask(*_facts(version=1))
    days = (LAST - FIRST).days
    for number in range(events):
        done = store.events_of(PERSON)[-1].version
        if done >= events:
            return done
        today = FIRST + timedelta(days=1 + number * days // max(events // 3, 1) % days)
        clock.set(max(today, clock.now().today))
        on = clock.now().today
        id_ = f"course-{number}"
        course = Course(id=id_, provider="cvo-semper", starts_on=on)
        ask(
            Reserve(
                reservation=id_,
                scheme=SCHEME,
                quantity=60,
                unit="minute",
                course=course,
                on=on,
            ),
            Release(reservation=id_, on=on, reason="the course was cancelled"),
        )
        if number % 10 == 0:
            ask(*_facts(version=number // 10 + 2)[-1:])
    return store.events_of(PERSON)[-1].version


def _facts(version: int) -> list[RecordFact]:
    """Tell who it is, and a job whose hours change a little with each version."""
    job = Employment(
        employer="0566988259",
        sector="private",
        place="be-vlg",
        share=Fraction(1),
        weekly=38 * 60 - version % 5,
    )
    contents: tuple[Birth | Residence | Spell, ...] = (
        Birth(on=date(1988, 4, 17)),
        Residence(region="be-vlg", term=Term(date(1988, 4, 17))),
        Spell(term=Term(date(2015, 1, 1), OPEN), status=job, evidence="settled"),
    )
    return [
        RecordFact(
            fact=Fact(
                id=FactId(SOURCE, f"f{number}"),
                version=version,
                about="status" if isinstance(content, Spell) else "profile",
                content=content,
            )
        )
        for number, content in enumerate(contents)
    ]
