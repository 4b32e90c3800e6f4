"""`bench commands`: reservations, many in one transaction beside one in each.

Sixty-four ask at once, and again when they were answered: at the door's queue in an event loop, and
over HTTP at two workers (`ops.bench.load`), which differ in how many commands they let the door
decide on together, and in nothing else. Latency: at a fixed rate. Aimed at besides: p99 below
50 ms.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final
from uuid import UUID, uuid4

import uvloop

from consumers.career import status_fact
from ledger.domain import commands as c
from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term
from ops.bench.careers import BATCH_COMMANDS, SEED
from ops.bench.lab import Lab, Measured, in_turns, ratio, rounds
from ops.bench.load import NEW_ID, Worker, settings_in, worker
from ops.ledger_wiring import open_door, open_store
from ops.running.api import open_desk
from ops.settings import Settings
from projections.api import ordering
from projections.api.asking import Desk
from projections.api.development import DevelopmentIssuer
from projections.api.ordering import MAX_GROUP_COMMANDS, Carried
from projections.api.routing import PREFIX

GOALS: Final[dict[str, float]] = {"group_vs_single": 5.0}
PEOPLE: Final = 2_000
CLIENTS: Final = 64
ROUNDS: Final = 5
ROUND_SECONDS: Final = 4.0
WARM_SECONDS: Final = 0.5
"""So long it is asked before that counts: its first answer checks a token, and opens pools."""

RATE: Final = 100
"""Commands a second at which latency is measured: below what one worker on a shared core bears."""

RATE_SECONDS: Final = 20.0
SCHEME: Final = "be-vlg/vov"
COURSE, PROVIDER = "french-a2", "cvo-semper"
"""A course, and a provider that is recognised for the scheme."""


def measure(lab: Lab, size: float) -> Measured:
    """Reserve a minute for random people again and again."""
    url = lab.database()
    accounts, today = _hired(url, max(int(PEOPLE * size), CLIENTS))
    seconds, turns = ROUND_SECONDS * min(size * 4, 1), rounds(ROUNDS, size)
    with TemporaryDirectory(prefix="rugzak-bench-api-") as name:
        folder = Path(name)
        settings = settings_in(folder)
        with open_desk(settings, url) as desk:
            single, group = in_turns(
                turns,
                lambda: uvloop.run(_at_the_door(desk, 1, accounts, today, seconds)),
                lambda: uvloop.run(
                    _at_the_door(desk, MAX_GROUP_COMMANDS, accounts, today, seconds)
                ),
            )
        with worker(settings, url) as many, worker(settings_in(folder), url, 1) as one:
            asked = {each: _requests(each, accounts, today) for each in (one, many)}
            for each, requests in asked.items():
                each.per_second(requests, CLIENTS, WARM_SECONDS)
            single_http, group_http = in_turns(
                turns,
                lambda: one.per_second(asked[one], CLIENTS, seconds),
                lambda: many.per_second(asked[many], CLIENTS, seconds),
            )
            lab.settle()
            at_rate = max(RATE_SECONDS * size, 1.0)
            p50, p99 = many.percentiles_ms(asked[many], CLIENTS, at_rate, RATE)
    return Measured(
        figures={
            "accounts": len(accounts),
            "clients": CLIENTS,
            "group_per_s": median(group),
            "single_per_s": median(single),
            "group_http_per_s": median(group_http),
            "single_http_per_s": median(single_http),
            f"p50_ms_at_{RATE}_per_s": p50,
            f"p99_ms_at_{RATE}_per_s": p99,
        },
        ratios={
            "group_vs_single": ratio(group, single),
            "group_vs_single_http": ratio(group_http, single_http),
        },
    )


def _hired(url: str, people: int) -> tuple[list[UUID], date]:
    """Let people work, so that they have training leave; return them, and the day."""
    dice = Random(SEED)  # noqa: S311  not a secret
    accounts = [UUID(int=dice.getrandbits(128), version=4) for _ in range(people)]
    with open_store(url) as store:
        door = open_door(store)
        today = door.clock.now().today
        spell = f.Spell(
            term=Term(date(today.year - 2, 1, 1), OPEN),
            status=f.Employment(
                employer="bench", sector="private", place="be-vlg", share=Fraction(1), weekly=2280
            ),
            evidence="declared",
        )
        told = status_fact("bench", "job", 1, spell)
        commands = [
            c.Command(id=f"hired {each}", account=each, actor="bench", request=told, digest=b"")
            for each in accounts
        ]
        for at in range(0, people, BATCH_COMMANDS):
            door.handle(commands[at : at + BATCH_COMMANDS])
    return accounts, today


async def _at_the_door(
    desk: Desk, most: int, accounts: Sequence[UUID], today: date, seconds: float
) -> float:
    """Return how many commands a second are carried out, `most` in one transaction."""
    queue, whose, done = ordering.together(desk, most), cycle(accounts), 0
    course = c.Course(id=COURSE, provider=PROVIDER, starts_on=today)
    began = perf_counter()

    async def client() -> None:
        nonlocal done
        while perf_counter() < began + seconds:
            id_, account = str(uuid4()), next(whose)
            request = c.Reserve(
                reservation=id_, scheme=SCHEME, quantity=1, unit="minute", course=course, on=today
            )
            digest = sha256(id_.encode()).digest()
            command = c.Command(
                id=id_, account=account, actor="bench", request=request, digest=digest
            )
            found = await queue.ask(command)
            if not isinstance(found, Carried) or not found.found:
                raise RuntimeError(f"a reservation was not made: {found}")
            done += 1

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return done / (perf_counter() - began)


def _requests(asked: Worker, accounts: Sequence[UUID], today: date) -> list[bytes]:
    """Return a reservation for each account, whose key and id are new each time."""
    settings: Settings = asked.settings
    issuer = DevelopmentIssuer(settings.data_dir, settings.oidc_audience)
    token = issuer.token("bench", ["reservations:write", "accounts:any"])
    headers = [
        f"Authorization: Bearer {token}",
        "Rugzak-Purpose: bench",
        f"Idempotency-Key: {NEW_ID.decode()}",
    ]
    course = {"id": COURSE, "provider": PROVIDER, "startDate": today.isoformat()}
    body = json.dumps(
        {
            "effectiveOn": today.isoformat(),
            "id": NEW_ID.decode(),
            "scheme": SCHEME,
            "quantity": 1,
            "unit": "minute",
            "course": course,
        }
    )
    return [
        asked.request("POST", f"{PREFIX}/accounts/{account}/reservations", headers, body)
        for account in accounts
    ]
