"""`bench rules`: all regulations in memory, without a server: dues, decisions, loading.

Careers of 45 years with a change about every three; `vs_three` is the same facts decided under
the three schemes that concern them: it says what all the others cost who has nothing of them.
"""

import statistics
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from time import perf_counter

from ledger.audit.life import Life
from ledger.audit.scenario import Beginning, run
from ledger.audit.scenario_file import read
from ledger.domain import facts as f
from ledger.domain.account import Account, KnownFact
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import RecordFact
from ledger.domain.dues import assess
from ledger.domain.rulebook import Rulebook
from ledger.service import rulebook as files
from ledger.service.clock import SetClock
from ops.bench.lab import Lab, Measured, in_turns, ratio
from ops.ledger_wiring import rulebook

PEOPLE = 400
TOLD = 60
ROUNDS = 5
LOADS = 5
SEED = 20260101
FIRST_YEAR = 1981
YEARS = 45
TODAY = date(2026, 1, 5)
THREE = ("be-vlg/vov", "be-vlg/opleidingscheques", "fr/cpf")
GOALS = {"vs_three": 0.7, "load_allowed_vs_measured": 1.0}
MAX_LOAD_MS = 300
SCENARIOS = Path(__file__).parents[2] / "tests" / "scenarios"
SOURCE = "https://bench.example.be"


def measure(_: Lab, size: float) -> Measured:
    """Load all regulations, assess whole careers, and decide fact by fact."""
    loads = [_seconds(files.load) * 1_000 for _ in range(LOADS)]
    book = rulebook()
    dice = Random(SEED)  # noqa: S311  not a secret
    people = [_career(dice) for _ in range(max(int(PEOPLE * size), 5))]
    micros = sorted(_dues_us(_known(facts), book) for facts in people)
    told = people[: max(int(TOLD * size), 3)]
    some = {id_: scheme for id_, scheme in book.schemes.items() if id_ in THREE}
    three = Rulebook(schemes=some, providers=book.providers)
    under_all, under_three = in_turns(ROUNDS, lambda: _rate(told, book), lambda: _rate(told, three))
    return Measured(
        figures={
            **_scenarios(book, size),
            "schemes": len(book.schemes),
            "load_ms": statistics.median(loads),
            "dues_of_45_years_p50_us": statistics.median(micros),
            "dues_of_45_years_p99_us": micros[int(len(micros) * 0.99)],
            "facts_per_s": statistics.median(under_all),
            "facts_per_s_three_schemes": statistics.median(under_three),
        },
        ratios={
            "vs_three": ratio(under_all, under_three),
            "load_allowed_vs_measured": MAX_LOAD_MS / statistics.median(loads),
        },
    )


def _scenarios(book: Rulebook, size: float) -> dict[str, float]:
    """Run the scenarios of the checkout on one core; without a checkout there are none."""
    files_ = sorted(SCENARIOS.rglob("*.yaml"))
    files_ = files_[: max(round(len(files_) * size), 1)]
    reading = running = count = 0.0
    for file in files_:
        began = perf_counter()
        found, _ = read(file, file.name, book)
        read_at = perf_counter()
        empty = Beginning(Life(book))
        for each in found:
            assert not run(each, book, empty).differences  # noqa: S101  nothing wrong is timed
        reading += read_at - began
        running += perf_counter() - read_at
        count += len(found)
    if not count:
        return {}
    return {
        "scenarios_per_s": count / running,
        "scenarios_per_s_reading_included": count / (reading + running),
    }


def _career(dice: Random) -> list[f.Fact]:
    """Make what is told of one person: profile facts, and a status for every day of 45 years."""
    born = date(FIRST_YEAR - 20, dice.randint(1, 12), dice.randint(1, 28))
    contents: list[f.Spell | f.Profile] = [
        f.Birth(on=born),
        f.Qualification(level=dice.choice((2, 4, 4, 6)), since=date(FIRST_YEAR - 1, 7, 1)),
        f.Residence(region="be-vlg", term=Term(born)),
    ]
    since, end = date(FIRST_YEAR, 1, 1), date(FIRST_YEAR + YEARS, 1, 1)
    while since < end:
        until = since + timedelta(days=dice.randint(180, 2_000))
        term = Term(since, until if until < end else OPEN)
        contents.append(f.Spell(term=term, status=_status(dice), evidence="settled"))
        since = until
    return [
        f.Fact(
            id=f.FactId(SOURCE, f"f{number}"),
            version=1,
            about="status" if isinstance(content, f.Spell) else "profile",
            content=content,
        )
        for number, content in enumerate(contents)
    ]


def _status(dice: Random) -> f.Status:
    share = dice.choice((Fraction(1), Fraction(1), Fraction(4, 5), Fraction(1, 2)))
    kind = dice.random()
    if kind < 0.1:  # noqa: PLR2004  one spell in ten
        return f.Jobseeking(benefit=True)
    if kind < 0.2:  # noqa: PLR2004
        return f.SelfEmployment(activity="main", place="be-vlg")
    return f.Employment(
        employer=f"{dice.randint(1, 999):010d}",
        sector="private" if dice.random() < 0.8 else "public",  # noqa: PLR2004
        place="be-vlg" if dice.random() < 0.9 else "fr",  # noqa: PLR2004
        share=share,
        weekly=int(38 * 60 * share),
    )


def _known(facts: Sequence[f.Fact]) -> Account:
    account = Account()
    for number, fact in enumerate(facts, start=1):
        known = KnownFact(version=1, content=fact.content, event=number, seen=((1, ""),))
        account.learn(fact.id, known)
    return account


def _dues_us(account: Account, book: Rulebook) -> float:
    """Assess every period of every scheme of one person; return the microseconds."""

    def all_of_it() -> None:
        person = account.person()
        for scheme in book.schemes.values():
            assess(scheme, person, TODAY)

    return _seconds(all_of_it) * 1e6


def _rate(people: Sequence[Sequence[f.Fact]], book: Rulebook) -> float:
    """Tell each life fact by fact, on one day; return facts a second."""
    clock = SetClock()
    clock.set(TODAY)
    now = clock.now()
    lives = [(Life(book), [RecordFact(fact=fact) for fact in facts]) for facts in people]

    def tell() -> None:
        for life, requests in lives:
            for request in requests:
                life.ask(now, request)

    return sum(map(len, people)) / _seconds(tell)


def _seconds(what: Callable[[], object]) -> float:
    began = perf_counter()
    what()
    return perf_counter() - began
