"""Nora's life of the design's example, told through the real door."""

from ledger.domain.commands import ReachDay, Request
from ledger.domain.facts import Birth, Qualification
from ledger.service.outcomes import Accepted
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import contents, open_door
from tests.service.doors import command, standing
from tests.story import capture, day, employment, jobseeker, reserve, said

VOV = "be-vlg/vov"
LOT = "be-vlg/vov/2021-22"

LIFE: list[tuple[str, list[Request]]] = [
    (
        "2021-08-30",
        [
            said("birth", Birth(on=day("1988-04-17"))),
            said("diploma", Qualification(level=4, since=day("2006-06-30"))),
            said("s1", employment(), "2021-09-01"),
        ],
    ),
    ("2021-09-01", [ReachDay()]),
    ("2021-10-05", [reserve("french", VOV, 20 * 60, "2021-10-05")]),
    ("2021-10-20", [capture("french", "2021-10-20")]),
    ("2021-10-31", [said("s1", employment("4/5"), "2021-09-01", version=2, settled=True)]),
    (
        "2022-03-01",
        [
            said("s1", employment("4/5"), "2021-09-01", "2022-03-01", version=3, settled=True),
            said("s2", jobseeker(), "2022-03-01"),
        ],
    ),
    ("2022-09-01", [ReachDay()]),
    ("2023-02-01", [said("s1", None, version=4)]),
]
"""What arrives, and on which day at noon."""

PUBLISHED = len(contents())
"""How many events of the log, its first ones, publish the regulations."""

REFUSED = reserve("spanish", VOV, 20 * 60, "2023-03-01")


def live(store: PostgresStore) -> None:
    """Tell it all, and a request that has to be refused at its end."""
    clock = standing()
    door = open_door(store, clock)
    end: list[tuple[str, list[Request]]] = [("2023-03-01", [REFUSED])]
    for today, requests in LIFE + end:
        clock.set(day(today))
        for number, request in enumerate(requests):
            (outcome,) = door.handle([command(f"{today} {number}", request)])
            assert isinstance(outcome, Accepted) or request is REFUSED, outcome
