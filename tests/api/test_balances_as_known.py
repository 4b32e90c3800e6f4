"""What a person had on a day, and as it was known then, asked over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from tests.api.conftest import Headers
from tests.cli.lives import LOT
from tests.story import NORA, day

pytestmark = pytest.mark.usefixtures("told")

PATH = f"/accounts/{NORA}/balances"


@pytest.fixture
def clock() -> SetClock:
    clock = SetClock()
    clock.set(day("2023-03-01"))
    return clock


def hours(told: Any) -> tuple[int, ...]:
    """Return the lot's available, reserved, used, expired and shortfall hours."""
    (lot,) = (each for each in told["items"] if each["lot"] == LOT)
    names = ("available", "reserved", "used", "expired", "shortfall")
    return tuple(lot[name] // 60 for name in names)


@pytest.mark.parametrize(
    ("on", "known_at", "expected"),
    [
        ("2021-10-15", "2021-10-15T23:59:59+02:00", (105, 20, 0, 0, 0)),
        ("2021-10-15", "2021-11-15T12:00:00Z", (80, 20, 0, 0, 0)),
        ("2021-10-15", "2023-02-02T12:00:00Z", (0, 20, 0, 0, 20)),
        ("2022-03-01", "2022-03-01T22:00:00Z", (80, 0, 20, 0, 0)),
        ("2022-09-01", "2022-09-01T20:00:00Z", (0, 0, 20, 80, 0)),
        ("2021-10-15", None, (0, 20, 0, 0, 20)),
        ("2023-03-01", None, (0, 0, 20, 0, 20)),
        (None, "2021-10-15T12:00:00Z", (105, 20, 0, 0, 0)),
    ],
)
def test_the_questions_of_the_example_life_have_its_answers(
    api: TestClient, as_who: Headers, on: str | None, known_at: str | None, expected: Any
) -> None:
    asked = {"on": on, "knownAt": known_at}
    params = {name: value for name, value in asked.items() if value}
    answer = api.get(PATH, params=params, headers=as_who())
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert hours(told) == expected
    assert told["on"] == (on or "2021-10-15")
    assert ("knownAt" in told) == (known_at is not None)
    for lot in told["items"]:
        assert lot["granted"] + lot["transferredIn"] == sum(
            lot[name]
            for name in (
                "available",
                "pending",
                "reserved",
                "used",
                "expired",
                "transferredOut",
                "withdrawn",
            )
        )


def test_what_was_known_before_the_first_event_is_nothing(api: TestClient, as_who: Headers) -> None:
    answer = api.get(PATH, params={"knownAt": "2020-01-01T00:00:00Z"}, headers=as_who())
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_an_old_answer_is_one_of_the_log_as_it_is_now(
    api: TestClient, told: PostgresStore, as_who: Headers
) -> None:
    asked = {"on": "2021-10-15"}
    answer = api.get(PATH, params=asked, headers=as_who() | {"Rugzak-After": str(told.head())})
    assert answer.headers["Rugzak-Position"] == str(told.head())
    later = as_who() | {"Rugzak-After": str(told.head() + 1)}
    assert api.get(PATH, params=asked, headers=later).status_code == 503
    same = as_who() | {"If-None-Match": answer.headers["ETag"]}
    assert api.get(PATH, params=asked, headers=same).status_code == 304


def test_what_is_not_ones_own_is_as_if_it_were_not_there(api: TestClient, as_who: Headers) -> None:
    stranger = uuid4()
    own = as_who("balances:read", account=stranger)
    told = [
        api.get(f"/accounts/{account}/balances?on=2021-10-15", headers=own).json()
        | {"instance": ""}
        for account in (NORA, stranger, uuid4())
    ]
    assert told[0]["status"] == 404
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    "known_at",
    ["2021-10-15", "2021-10-15T12:00:00", "1634299200", "9999-01-01T00:00:00Z", "then", ""],
)
def test_an_instant_has_its_offset(api: TestClient, as_who: Headers, known_at: str) -> None:
    answer = api.get(PATH, params={"knownAt": known_at}, headers=as_who())
    assert answer.status_code == 400
    assert [each["name"] for each in answer.json()["issues"]] == ["knownAt"]


@pytest.mark.parametrize("on", ["1634299200", "2021-02-30", "2500-01-01", "20211015"])
def test_a_day_is_a_date(api: TestClient, as_who: Headers, on: str) -> None:
    answer = api.get(PATH, params={"on": on}, headers=as_who())
    assert answer.status_code == 400
    assert [each["name"] for each in answer.json()["issues"]] == ["on"]


def test_the_ledgers_clock_says_which_day_is_past(
    api: TestClient, as_who: Headers, clock: SetClock
) -> None:
    clock.instant = datetime(2021, 10, 15, 10, tzinfo=UTC)
    newest = api.get(PATH, params={"on": "2021-10-15"}, headers=as_who()).json()
    assert hours(newest) == (0, 0, 20, 0, 20)
