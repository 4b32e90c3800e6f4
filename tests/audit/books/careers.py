"""Random careers with random courses, the same for the same seed, and the log that they make."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

from ledger.audit.life import Life
from ledger.domain.commands import RecordFact, Request
from ledger.domain.events import Envelope
from ledger.domain.facts import Fact
from ledger.store.catalogue import BY_CLASS
from ledger.store.mapper import payload
from ops.books.booking import Stored
from ops.demo.population import as_published, population
from tests.laws.test_laws import SCHEMES, rules
from tests.story import capture, end, give_up, now, release, reserve, reverse, use

CAREERS = int(os.environ.get("RUGZAK_TEST_EXAMPLES", "300"))

MOVING = {
    "right-granted", "right-withdrawn", "right-reserved", "reservation-released", "right-used",
    "use-reversed", "right-expired", "right-restored", "right-transferred", "transfer-reversed",
    "shortfall-recorded", "shortfall-settled",
}  # fmt: skip
"""Every event that moves a quantity of a lot."""

UNTIL = date(2026, 6, 1)
FOLLOW_UPS = (capture, release, reverse, give_up, end)
MOST_ASKED_AFTER_A_FACT = 4
CORRECTED = 0.1
CORRECTED_AGAIN = 0.7


def career(seed: int) -> list[Envelope]:
    """Live one career: what its sources tell as they would, and courses whenever there is a right."""
    dice = Random(seed)  # noqa: S311  not a secret
    life = Life(rules(), id=UUID(int=dice.getrandbits(128), version=4))
    held: list[str] = []
    for day, told in as_published(population(1, seed, UNTIL), seed):
        life.ask(now(day.isoformat()), RecordFact(fact=told.fact))
        for _ in range(dice.randrange(MOST_ASKED_AFTER_A_FACT)):
            request = _asked(life, dice, day, held)
            if request is not None:
                life.ask(now(day.isoformat()), request)
        for request in _corrections(dice, told.fact):
            life.ask(now(day.isoformat()), request)
    return life.envelopes


def _corrections(dice: Random, fact: Fact) -> Iterator[RecordFact]:
    """Yield, now and then, that a status never was, and perhaps that it was after all."""
    if fact.about == "status" and dice.random() < CORRECTED:
        yield RecordFact(fact=replace(fact, version=fact.version + 100, content=None))
        if dice.random() < CORRECTED_AGAIN:
            yield RecordFact(fact=replace(fact, version=fact.version + 200))


def _asked(life: Life, dice: Random, day: date, held: list[str]) -> Request | None:
    if held and dice.random() < 0.5:
        how = dice.choice(FOLLOW_UPS)
        return how(dice.choice(held), day.isoformat())
    lots = [lot for lot in life.account.lots.values() if lot.available and lot.scheme in SCHEMES]
    if not lots:
        return None
    lot = dice.choice(lots)
    unit, provider = SCHEMES[lot.scheme]
    ask = dice.choice((use, reserve))
    id_ = f"r{len(held)}"
    held.append(id_)
    quantity = dice.randint(1, lot.available + 1)
    return ask(id_, lot.scheme, quantity, day.isoformat(), unit=unit, provider=provider)


def log_of(careers: int, first: int = 0) -> Iterator[Stored]:
    """Yield the log of some careers, as it would be stored: one after the other."""
    position = 0
    for seed in range(first, first + careers):
        for envelope in career(seed):
            position += 1
            placed = replace(envelope, position=position)
            yield Stored(placed, BY_CLASS[type(placed.event)].stored_name, payload(placed))


def names(log: Iterable[Stored]) -> set[str]:
    """Return what happens in a log."""
    return {each.name.partition("@")[0] for each in log}
