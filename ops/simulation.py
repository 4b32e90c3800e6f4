"""`rugzak simulate`: whose lives are told again under changed rules, and the work on all cores."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from ledger.audit.requests import Asked, History, history_of
from ledger.audit.simulate import among, compare, reached
from ledger.audit.tally import Report
from ledger.domain.commands import RecordFact, Request
from ledger.domain.events import NOBODYS
from ledger.domain.settle import Now
from ledger.service import changed as changed_files
from ledger.service import rulebook
from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from ops.demo.learning import uses
from ops.demo.population import population
from ops.parallel import in_parallel

PART_PEOPLE: Final = 100
"""How many synthetic people one part of the work has; a second or two."""

PART_EVENTS: Final = 5_000
"""About how many events of the log one part of the work has."""

PAGE_EVENTS: Final = 1_000
"""About how many events of a part are in memory at a time."""

DAYS_KEPT: Final = 8_192
"""How many noons are kept worked out; people are told things on the days of some years."""

LAST_ACCOUNT: Final = 1 << 128


class Named(NamedTuple):
    """A person by a name that says nothing else, and all that was asked."""

    name: str
    history: History


class Source(Protocol):
    """Where lives come from: a synthetic population, or the log. Each is sent to processes."""

    @property
    def whose(self) -> str:
        """Say whose lives are told, and what is needed to tell them again."""
        ...

    def parts(self) -> list[range]:
        """Divide the work; each part is told by `lives`, in any process."""
        ...

    def lives(self, part: range, until: date) -> Iterator[Named]:
        """Tell the lives of a part until a day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Synthetic people: careers, and a course now and then; the same for the same seed."""

    people: int
    seed: int

    @property
    def whose(self) -> str:
        """Say whose lives are told, and what is needed to tell them again."""
        return f"{self.people} synthetic people of the seed {self.seed}"

    def parts(self) -> list[range]:
        """Divide people by their number."""
        firsts = range(0, self.people, PART_PEOPLE)
        return [range(first, min(first + PART_PEOPLE, self.people)) for first in firsts]

    def lives(self, part: range, until: date) -> Iterator[Named]:
        """Tell the lives of some people, by number from 1."""
        told = population(len(part), self.seed, until, part.start)
        for index, (_, each) in zip(part, groupby(told, attrgetter("person")), strict=True):
            facts = list(each)
            asked: list[tuple[date, Request]] = [
                (one.known_on, RecordFact(fact=one.fact)) for one in facts
            ]
            asked += [(one.on, one) for one in uses(facts, f"{self.seed}-{index}-courses", until)]
            asked.sort(key=lambda one: one[0])
            history = History(asked=tuple(Asked(noon(day), request) for day, request in asked))
            yield Named(str(index + 1), history)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealLog:
    """The accounts of a database, as its events tell them; only read.

    Attributes:
        url: of the database.
        events: about how many there are.

    """

    url: str
    events: int

    @property
    def whose(self) -> str:
        """Say whose lives are told, and what is needed to tell them again."""
        return f"the ledger's accounts, as {self.events} events tell them"

    def parts(self) -> list[range]:
        """Divide accounts by their id, which is random."""
        count = max(self.events // PART_EVENTS, 1)
        edges = [LAST_ACCOUNT * number // count for number in range(count + 1)]
        return [range(*pair) for pair in pairwise(edges)]

    def lives(self, part: range, until: date) -> Iterator[Named]:
        """Tell the lives of the accounts whose ids lie in a part, in order."""
        after = part.start - 1 if part.start else 0
        with PostgresStore(self.url, connections=1) as store:
            while page := store.histories(UUID(int=after), PAGE_EVENTS):
                for account, _, envelopes in page:
                    after = account.int
                    if after >= part.stop:
                        return
                    if account not in NOBODYS:
                        yield Named(str(account), history_of(envelopes, until))


class Simulation:
    """Today's rules and changed ones, ready to be compared.

    Attributes:
        changed: regulation files, by name, as they were read.
        before: today's rules, of the schemes that the change can reach.
        after: the changed ones, of the same.

    """

    def __init__(self, changed: Mapping[str, bytes], until: date, protected: frozenset[str]):
        """Read the rules.

        Args:
            changed: regulation files, by name.
            until: the day on which people are compared.
            protected: groups in which nobody may lose.

        Raises:
            WrongRegulation: a changed file is wrong.

        """
        before, after = rulebook.load(), changed_files.load_with(changed)
        self.changed = changed
        schemes = reached(before, after)
        self.before, self.after = among(before, schemes), among(after, schemes)
        self.until = until
        self.protected = protected

    def report(self, source: Source, part: range) -> Report:
        """Compare the people of one part."""
        report, end = Report(protected=self.protected), noon(self.until)
        for name, history in source.lives(part, self.until):
            compared = compare(history, self.before, self.after, end)
            report.count(name, compared, history.untold)
        return report


def simulate(
    simulation: Simulation, source: Source, say: Callable[[str], None], processes: int
) -> Report:
    """Compare everybody, on several cores when there is more than one part.

    Args:
        simulation: the rules.
        source: whose lives.
        say: is told how far it is.
        processes: at most so many.

    """
    parts = source.parts()
    processes = min(processes, len(parts))
    if processes == 1:
        done: Iterator[Report] = (simulation.report(source, part) for part in parts)
    else:
        given = (simulation.changed, simulation.until, simulation.protected, source)
        done = in_parallel(_part, parts, prepare=_prepare, given=given, processes=processes)
    whole = Report(protected=simulation.protected)
    for number, report in enumerate(done, start=1):
        whole.merge(report)
        say(f"{whole.people} people, {number} of {len(parts)} parts")
    return whole


class _Prepared(NamedTuple):
    """What a process of its own works with."""

    simulation: Simulation
    source: Source


_prepared: list[_Prepared] = []


def _prepare(
    changed: Mapping[str, bytes], until: date, protected: frozenset[str], source: Source
) -> None:
    _prepared[:] = [_Prepared(Simulation(changed, until, protected), source)]


def _part(part: range) -> Report:
    simulation, source = _prepared[0]
    return simulation.report(source, part)


@lru_cache(DAYS_KEPT)
def noon(day: date) -> Now:
    """Return the door's clock at noon of a day."""
    clock = SetClock()
    clock.set(day)
    return clock.now()
