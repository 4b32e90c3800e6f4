"""The faults: what each does to the laboratory, until it is over."""

import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tests.chaos.laboratory import Laboratory

Inject: TypeAlias = Callable[["Laboratory", random.Random], None]

STOPPED_SECONDS = (8.0, 12.0)
"""Longer than a session lasts: the group gives away what the stopped process had."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: in the table.
        inject: does it, and returns when it is over: what recovers then does so by itself.
        weight: how often it comes, compared with the others.

    """

    name: str
    inject: Inject
    weight: int = 1


def kill_consumer(lab: "Laboratory", dice: random.Random) -> None:
    dice.choice(lab.consumers).kill()


def stop_consumer(lab: "Laboratory", dice: random.Random) -> None:
    stopped = dice.choice(lab.consumers)
    stopped.send(signal.SIGSTOP)
    time.sleep(dice.uniform(*STOPPED_SECONDS))
    stopped.send(signal.SIGCONT)


FAULTS: tuple[Fault, ...] = (
    Fault("SIGKILL of a consumer", kill_consumer, weight=3),
    Fault("SIGSTOP of a consumer", stop_consumer, weight=2),
)


def plan(
    faults: Sequence[Fault], count: int, seconds: float, seed: int
) -> list[tuple[Fault, int, float]]:
    """Return which faults come, each with its own seed and the pause before it.

    Every kind comes once before any comes again, as far as the count goes.
    """
    dice = random.Random(seed)  # noqa: S311  not a secret
    first = list(faults)
    dice.shuffle(first)
    chosen = first[:count]
    weights = [fault.weight for fault in faults]
    chosen += dice.choices(list(faults), weights, k=count - len(chosen))
    return [(fault, dice.getrandbits(32), dice.uniform(0, 2 * seconds)) for fault in chosen]
