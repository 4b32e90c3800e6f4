"""Sixty-four clients spend one balance over HTTP, with repeats and lost answers: it adds up."""

import json
import random
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from ledger.domain import events as e
from ledger.store.postgres import PostgresStore
from ops.running.api import development_issuer
from ops.settings import Settings
from tests.api.acting.world import NORA
from tests.api.served import served
from tests.api.teams import today

CLIENTS = 64
WORKERS = 3
TRIES = 5
"""So often each client sends its request, whatever it was answered."""

HELD_MINUTES = 7_500
EACH_MINUTES = 250
FIT = HELD_MINUTES // EACH_MINUTES
"""So many of the clients' requests fit: fewer than half."""

ANSWER_SECONDS = 30.0


@pytest.fixture
def address(database: str, tmp_path: Path) -> Iterator[str]:
    """Yield a real server with several workers, on a ledger in which Nora has 7500 minutes."""
    with served(database, tmp_path, workers=WORKERS, api_requests_per_minute=1_000_000) as found:
        yield found


class Client:
    """One of the crowd: it sends one request again and again, as after a lost answer."""

    def __init__(self, number: int, address: str, token: str) -> None:
        self.number = number
        self._url = f"{address}/accounts/{NORA}/uses"
        self._dice = random.Random(number)  # noqa: S311  not a secret
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Rugzak-Purpose": "enrolment",
            "Idempotency-Key": f"key-{number}",
            "Content-Type": "application/json",
        }
        course = {"id": "french-a2", "provider": "cvo-semper", "startDate": today()}
        self._body = json.dumps(
            {
                "effectiveOn": today(),
                "id": f"use-{number}",
                "scheme": "be-vlg/vov",
                "quantity": EACH_MINUTES,
                "unit": "minute",
                "course": course,
            }
        ).encode()
        self.answers: list[tuple[int, bytes]] = []

    def spend(self, start: threading.Barrier) -> None:
        """Send it some times, now and then without waiting for the answer, and once to the end."""
        start.wait()
        with httpx2.Client(timeout=ANSWER_SECONDS) as http:
            for _ in range(TRIES):
                if self._dice.random() < 0.4:
                    self._drop()
                else:
                    self._ask(http)
            while not self.answers:
                self._ask(http)

    def _ask(self, http: httpx2.Client) -> None:
        answer = http.post(self._url, content=self._body, headers=self._headers)
        if ":requestUnderWay" in answer.text or answer.status_code == 503:
            return  # that is no answer yet
        self.answers.append((answer.status_code, answer.content))

    def _drop(self) -> None:
        """Send it, and hang up before the answer, or in the middle of it."""
        where = urlsplit(self._url)
        head = [f"POST {where.path} HTTP/1.1", f"Host: {where.netloc}"]
        head += [f"{name}: {value}" for name, value in self._headers.items()]
        head += [f"Content-Length: {len(self._body)}", "", ""]
        with socket.create_connection((where.hostname, where.port), ANSWER_SECONDS) as connection:
            connection.sendall("\r\n".join(head).encode() + self._body)
            if self._dice.random() < 0.5:
                connection.recv(self._dice.randrange(1, 200))


def test_what_fits_is_used_each_key_once_and_repeats_are_the_same_to_the_byte(
    address: str, database: str, store: PostgresStore, tmp_path: Path
) -> None:
    issuer = development_issuer(Settings(data_dir=tmp_path))
    token = issuer.token("crowd", ("accounts:any", "uses:write"))
    crowd = [Client(number, address, token) for number in range(CLIENTS)]
    start = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda client: client.spend(start), crowd))

    got: dict[int, set[int]] = defaultdict(set)
    for client in crowd:
        assert len(set(client.answers)) == 1, "each repeat is answered the same, to the byte"
        got[client.answers[0][0]].add(client.number)
    assert sum(len(client.answers) for client in crowd) > 2 * CLIENTS, "repeats were answered, too"
    assert Counter({status: len(clients) for status, clients in got.items()}) == {
        201: FIT,
        409: CLIENTS - FIT,
    }

    envelopes = store.events_of(NORA)
    used = [each.event for each in envelopes if isinstance(each.event, e.RightUsed)]
    assert sorted(event.use for event in used) == sorted(f"use-{n}" for n in got[201])
    assert sum(q for event in used for _, q in event.allocation) == HELD_MINUTES
    refused = [each.event for each in envelopes if isinstance(each.event, e.RequestRefused)]
    assert len(refused) == CLIENTS - FIT, "each refusal is on record once"
    reader = {
        "Authorization": f"Bearer {issuer.token('crowd', ('accounts:any', 'balances:read'))}",
        "Rugzak-Purpose": "enrolment",
        "Rugzak-After": str(envelopes[-1].position),
    }
    read = httpx2.get(f"{address}/accounts/{NORA}/balances", headers=reader, timeout=ANSWER_SECONDS)
    lots = [lot for lot in read.json()["items"] if lot["scheme"] == "be-vlg/vov"]
    assert sum(lot["used"] for lot in lots) == HELD_MINUTES
    assert sum(lot["usable"] for lot in lots) == 0
