"""A desk on a day of autumn 2025 at which people work, and ways to act there."""

from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ledger.domain import events as e
from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from projections.api.asking import Desk
from projections.api.caller import ANY_ACCOUNT
from schemas.api_v1.commands import Done
from schemas.api_v1.problems import Problem
from tests.api.acting.world import EMMA, NORA, TODAY, hire
from tests.api.conftest import Headers
from tests.story import day

SCOPES = tuple(f"{of}:write" for of in ("reservations", "uses", "endings", "transfers", "freezes"))
SYSTEM = (ANY_ACCOUNT, *SCOPES)


class Post(Protocol):
    """Sends a command."""

    def __call__(
        self, path: str, body: object, key: str = ..., account: UUID = ..., **of: Any
    ) -> Response: ...


@pytest.fixture
def clock() -> SetClock:
    clock = SetClock()
    clock.set(day(TODAY))
    return clock


@pytest.fixture
def desk(desk: Desk, store: PostgresStore, clock: SetClock) -> Desk:
    """Return a desk at which Nora and Emma work, so that they have 125 hours of training leave."""
    door = open_door(store, clock)
    hire(door, NORA, EMMA)
    return replace(desk, door=door, clock=clock)


@pytest.fixture
def post(api: TestClient, as_who: Headers) -> Post:
    def send(path: str, body: object, key: str = "", account: UUID = NORA, **of: Any) -> Response:
        headers = of.pop("headers", None) or as_who(*of.pop("scopes", SYSTEM), **of)
        headers |= {"Idempotency-Key": key or str(uuid4())}
        return api.post(f"/accounts/{account}/{path}", json=body, headers=headers)

    return send


def done(answer: Response) -> Done:
    assert answer.status_code == 201, answer.text
    made = Done.model_validate_json(answer.content)
    assert answer.headers["Rugzak-Position"] == str(made.position)
    return made


def problem(answer: Response) -> Problem:
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = Problem.model_validate_json(answer.content)
    assert told.status == answer.status_code
    return told


def happened(store: PostgresStore, *kinds: type[e.Event], account: UUID = NORA) -> list[e.Event]:
    return [each.event for each in store.events_of(account) if isinstance(each.event, kinds)]
