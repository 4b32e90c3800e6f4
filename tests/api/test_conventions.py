"""What all operations do alike: deprecation, locations, traces, and a proxy's prefix."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.testclient import TestClient
from openapi_spec_validator import OpenAPIV30SpecValidator

from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from projections.api.app import application
from projections.api.asking import Desk, ReadsBalances
from projections.api.deprecation import deprecated
from projections.api.document import document
from projections.api.routing import PREFIX
from projections.runner import Runner
from tests.api.acting.world import NORA, TODAY, hire, taking
from tests.api.conftest import Headers, promised
from tests.story import day

SEE = "https://rugzak.example.be/changes/sums"
GOES_AWAY = deprecated(
    since=datetime(2026, 11, 1, tzinfo=UTC), ends=datetime(2027, 5, 1, 12, tzinfo=UTC), see=SEE
)

router = APIRouter(tags=["sums"])


@router.get("/sums", operation_id="getSums", summary="What will go away", **GOES_AWAY)
def sums(caller: ReadsBalances) -> Response:
    """Tell nothing."""
    return Response(status_code=204)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    """Return the application with a route more."""
    app = application(desk)
    app.include_router(router, prefix=PREFIX)
    return app


@pytest.fixture
def api(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://rugzak.example.be/v1") as client:
        yield client


@pytest.fixture
def clock() -> SetClock:
    clock = SetClock()
    clock.set(day(TODAY))
    return clock


@pytest.fixture
def door(desk: Desk, clock: SetClock) -> Door:
    door = open_door(desk.store, clock)
    hire(door, NORA)
    return door


def test_what_will_go_away_says_so_with_each_answer_refusals_too(
    api: TestClient, as_who: Headers
) -> None:
    for answer in (api.get("/sums", headers=as_who()), api.get("/sums")):
        assert answer.headers["Deprecation"] == "@1793491200"
        assert answer.headers["Sunset"] == "Sat, 01 May 2027 12:00:00 GMT"
        assert answer.headers["Link"] == f'<{SEE}>; rel="deprecation"; type="text/html"'
    assert "Deprecation" not in api.get("/health").headers


def test_what_will_go_away_is_deprecated_in_the_document(app: FastAPI) -> None:
    said = document(app)
    assert [str(error) for error in OpenAPIV30SpecValidator(said).iter_errors()] == []
    operation = said["paths"]["/sums"]["get"]
    assert operation["deprecated"] is True
    assert (
        f"Deprecated since 2026-11-01, and may be gone from 2027-05-01 on: see {SEE}"
        in operation["description"]
    )
    assert all(
        "deprecated" not in each for item in promised()["paths"].values() for each in item.values()
    )


COMMANDS = ("accounts:any", "reservations:write", "uses:write", "balances:read")


@pytest.mark.parametrize("name", ["r1", "desk/2025/118", "50%?"])
def test_what_was_made_is_where_the_answer_says(
    api: TestClient, as_who: Headers, door: Door, store: PostgresStore, database: str, name: str
) -> None:
    headers = as_who(*COMMANDS) | {"Idempotency-Key": "key-1"}
    answers = [
        api.post(f"/accounts/{NORA}/reservations", json=taking(name), headers=headers)
        for _ in range(2)
    ]
    Runner(database, store).catch_up()
    reads = as_who("accounts:any", "reservations:read")
    for answer in answers:
        assert answer.status_code == 201, answer.text
        where = answer.headers["Location"]
        assert where.startswith(f"/v1/accounts/{NORA}/reservations/")
        assert api.get(f"http://rugzak.example.be{where}", headers=reads).json()["id"] == name


def test_what_can_not_be_read_by_itself_has_no_location(
    api: TestClient, as_who: Headers, door: Door
) -> None:
    headers = as_who(*COMMANDS) | {"Idempotency-Key": "key-1"}
    answer = api.post(f"/accounts/{NORA}/uses", json=taking("u1"), headers=headers)
    assert answer.status_code == 201, answer.text
    assert "Location" not in answer.headers


def test_the_document_says_where_a_location_is_told(app: FastAPI) -> None:
    posts = {
        path: operation["responses"]["201"].get("headers", {})
        for path, item in document(app)["paths"].items()
        for operation in item.values()
        if "201" in operation["responses"]
    }
    assert "Location" in posts["/accounts/{accountId}/reservations"]
    assert "Location" not in posts["/accounts/{accountId}/uses"]


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ([TRACE], True),
        ([TRACE, TRACE], False),
        (["00-00000000000000000000000000000000-00f067aa0ba902b7-01"], False),
        (["ff" + TRACE[2:]], False),
        (["nonsense"], False),
    ],
)
def test_a_trace_of_who_asks_is_in_all_that_is_logged_of_the_request(
    api: TestClient, capsys: pytest.CaptureFixture[str], said: list[str], logged: bool
) -> None:
    api.get("/health/liveness", headers=[("traceparent", each) for each in said])
    told = capsys.readouterr()
    [line] = [x for x in (told.out + told.err).splitlines() if "request_answered" in x]
    plain = re.sub("\x1b\\[[0-9;]*m", "", line)
    assert (f"traceparent={TRACE}" in plain) is logged
    assert "traceparent" not in plain or logged


def test_behind_a_proxys_prefix_links_and_locations_have_it(
    app: FastAPI, as_who: Headers, door: Door, desk: Desk, database: str
) -> None:
    Runner(database, desk.store).catch_up()
    # As uvicorn hands on what a proxy passes on without its prefix.
    with TestClient(app, base_url="http://rugzak.example.be/rights/v1", root_path="/rights") as api:
        headers = as_who(*COMMANDS, "accesses:read") | {"Idempotency-Key": "key-1"}
        answer = api.post(f"/accounts/{NORA}/reservations", json=taking(), headers=headers)
        assert answer.headers["Location"] == f"/rights/v1/accounts/{NORA}/reservations/r1"
        pages = [
            api.get(f"/accounts/{NORA}/accesses?pageSize=1", headers=headers) for _ in range(3)
        ]
        follow = pages[-1].json()["next"]
        assert follow.startswith(f"/rights/v1/accounts/{NORA}/accesses?")
        assert api.get(f"http://rugzak.example.be{follow}", headers=headers).json()["items"]
