"""Whether a worker lives, is ready, and how all of it is: for who runs it."""

import asyncio

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.api import health
from projections.api.asking import Desk
from projections.catalogue import BY_NAME
from tests.projections.logs import ListLog


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each question be looked at anew."""
    monkeypatch.setattr(health, "LOOK_SECONDS", 0.0)


def answers(api: TestClient) -> dict[str, tuple[int, str]]:
    """Return what is said at each of the three paths."""
    said = {name: api.get(f"/health{name}") for name in ("", "/liveness", "/readiness")}
    return {name: (each.status_code, each.json()["status"]) for name, each in said.items()}


WELL = (200, "UP")


def test_a_worker_that_can_read_new_rows_is_up_and_ready(
    api: TestClient, log: ListLog, at_once: None
) -> None:
    assert answers(api) == {"": WELL, "/liveness": WELL, "/readiness": WELL}


def test_it_is_degraded_and_not_ready_while_read_models_are_missing_or_far_behind(
    api: TestClient, desk: Desk, database: str, log: ListLog, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    behind = {"": (200, "DEGRADED"), "/liveness": WELL, "/readiness": (503, "DOWN")}
    monkeypatch.setattr(type(desk.store), "head", lambda _: log.head() + health.MAX_LAG_EVENTS)
    assert answers(api)["/readiness"] == WELL, "as far behind as it may be"
    monkeypatch.setattr(type(desk.store), "head", lambda _: log.head() + health.MAX_LAG_EVENTS + 1)
    assert answers(api) == behind
    monkeypatch.undo()
    monkeypatch.setattr(health, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(health, "BY_NAME", {**BY_NAME, "new": BY_NAME["balances"]})
    assert answers(api) == behind


def test_without_the_database_it_lives_and_is_down(
    api: TestClient, database: str, log: ListLog, at_once: None
) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("ALTER TABLE projections.registry RENAME TO away")
        assert answers(api) == {"": (503, "DOWN"), "/liveness": WELL, "/readiness": (503, "DOWN")}
        conn.execute("ALTER TABLE projections.away RENAME TO registry")
    assert answers(api)["/readiness"] == WELL, "once it is back"


def test_who_asks_all_the_time_is_told_what_was_found_a_moment_ago(
    desk: Desk, log: ListLog
) -> None:
    async def looks() -> list[str]:
        now, watch = [0.0], health.Watch(lambda: now[0])
        async with desk.rows:
            found = [await watch.status(desk)]
        found.append(await watch.status(desk))
        now[0] += health.LOOK_SECONDS
        return [*found, await watch.status(desk)]

    assert asyncio.run(looks()) == ["UP", "UP", "DOWN"]
