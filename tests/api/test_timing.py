"""Unknown and forbidden accounts are answered alike, and cost the same: nobody learns who is there."""

import re
import statistics
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ledger.store.postgres import PostgresStore
from projections.api.document import METHODS
from tests.api.conftest import Headers, promised
from tests.story import NORA

PAIRS = 60
MARGIN = 1.5
"""How far apart medians may be. A look-up that is left out is more; noise, of pairs in turn, less."""

VARIES = frozenset({"date", "belgov-trace-id", "ratelimit", "rugzak-position"})


def operations() -> list[Any]:
    """Return each operation about an account: its name, method, path, headers and body."""
    found = []
    for path, item in promised()["paths"].items():
        for method, said in item.items():
            if method not in METHODS or "{accountId}" not in path:
                continue
            [body] = said.get("requestBody", {"content": {"": {}}})["content"].values()
            needed = [each for each in said.get("parameters", ()) if each["required"]]
            headers = {x["name"]: str(x["example"]) for x in needed if x["in"] == "header"}
            scopes = said["security"][0]["openIdConnect"]
            found.append(
                pytest.param(
                    method, path, headers, body.get("example"), scopes, id=said["operationId"]
                )
            )
    return found


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what is asked of the database, in order, from when the list is emptied on."""
    asked: list[str] = []
    for kind in (psycopg.Cursor, psycopg.AsyncCursor):
        ask: Callable[..., Any] = kind.execute

        def noted(
            cursor: Any, query: Any, *more: Any, ask: Callable[..., Any] = ask, **options: Any
        ) -> Any:
            asked.append(str(query))
            return ask(cursor, query, *more, **options)

        monkeypatch.setattr(kind, "execute", noted)
    yield asked
    monkeypatch.undo()


@pytest.mark.parametrize(("method", "path", "headers", "body", "scopes"), operations())
def test_each_operation_asks_the_database_the_same_and_answers_the_same(
    api: TestClient, told: PostgresStore, as_who: Headers, statements: list[str],
    method: str, path: str, headers: dict[str, str], body: object, scopes: list[str],
) -> None:  # fmt: skip
    mine = as_who(*scopes, account=uuid4(), provider="cvo-semper")

    def ask(account: UUID) -> tuple[Response, list[str]]:
        names = re.findall(r"\{(\w+)\}", path)
        where = path.format(**dict.fromkeys(names, "x1") | {"accountId": account})
        new = (
            headers | {"Idempotency-Key": str(uuid4())} if "Idempotency-Key" in headers else headers
        )
        statements.clear()
        answer = api.request(method, where, json=body, headers=new | mine)
        return answer, sorted(statements)

    ask(uuid4())  # the first one opens connections
    forbidden, its = ask(NORA)
    unknown, others = ask(uuid4())
    assert forbidden.status_code == unknown.status_code == 404, forbidden.text
    assert its
    assert its == others

    def said(answer: Response) -> Any:
        body = answer.json() | {"instance": ""}
        return body, {k: v for k, v in answer.headers.items() if k not in VARIES}

    assert said(forbidden) == said(unknown)


def test_asked_in_turn_they_take_as_long(
    api: TestClient, told: PostgresStore, as_who: Headers
) -> None:
    mine = as_who("balances:read", account=uuid4())

    def seconds(account: UUID) -> float:
        began = perf_counter()
        assert api.get(f"/accounts/{account}/balances", headers=mine).status_code == 404
        return perf_counter() - began

    seconds(uuid4())
    pairs = [(seconds(NORA), seconds(uuid4())) for _ in range(PAIRS)]
    forbidden, unknown = (statistics.median(each) for each in zip(*pairs, strict=True))
    assert 1 / MARGIN < forbidden / unknown < MARGIN
