"""What a person can do, asked over HTTP: quotes, and the overview with what is supposed."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from tests.api.conftest import Headers
from tests.cli.lives import LOT, VOV
from tests.service.doors import command, open_door, standing
from tests.story import NORA, employment, said

pytestmark = pytest.mark.usefixtures("employed")

QUOTES, OVERVIEW = f"/accounts/{NORA}/quotes", f"/accounts/{NORA}/overview"
COURSE = {"id": "french-a2", "provider": "cvo-semper", "startDate": "2021-10-10", "contactMinutes": 2_400}  # fmt: skip


@pytest.fixture
def clock() -> SetClock:
    return standing("2021-10-01")


@pytest.fixture
def employed(store: PostgresStore) -> None:
    """Let the ledger know a job of Nora's, on 1 October 2021."""
    open_door(store).handle([command("job", said("s1", employment(), "2021-09-01"))])


def of(told: Any, scheme: str) -> Any:
    return next(each for each in told["items"] if each["scheme"] == scheme)


def test_a_quote_says_what_each_scheme_gives_or_why_not(api: TestClient, as_who: Headers) -> None:
    answer = api.post(QUOTES, json={"course": COURSE, "on": "2021-10-06"}, headers=as_who())
    assert answer.status_code == 200, answer.text
    vov = of(answer.json(), VOV)
    assert (vov["quantity"], vov["unit"], vov["holder"]) == (2_400, "minute", str(NORA))
    assert (vov["lots"], vov["hindrances"]) == ([{"lot": LOT, "quantity": 2_400}], [])
    others = [each for each in answer.json()["items"] if not each["quantity"]]
    assert others
    assert all(each["hindrances"] and each["hindrances"][0]["text"] for each in others)
    other = {**COURSE, "provider": "nobody"}
    refused = of(api.post(QUOTES, json={"course": other}, headers=as_who()).json(), VOV)
    assert [each["code"] for each in refused["hindrances"]] == ["provider"]


def test_what_stands_in_the_way_is_told_in_the_language_asked_for(
    api: TestClient, as_who: Headers
) -> None:
    asked = {"course": {**COURSE, "provider": "nobody"}}
    dutch = api.post(QUOTES, json=asked, headers=as_who() | {"Accept-Language": "nl"})
    assert dutch.headers["Content-Language"] == "nl"
    (hindrance,) = of(dutch.json(), VOV)["hindrances"]
    starts = "10 oktober 2021, wanneer de opleiding begint"
    assert hindrance["text"] == f"nobody is niet erkend voor {VOV} op {starts}"
    assert of(dutch.json(), VOV)["schemeName"] == "Vlaams opleidingsverlof"
    french = api.get(OVERVIEW, headers=as_who() | {"Accept-Language": "fr"})
    assert of(french.json(), VOV)["schemeName"] != of(dutch.json(), VOV)["schemeName"]
    english = api.get(OVERVIEW, headers=as_who())
    assert english.headers["ETag"] != french.headers["ETag"]
    unclear = [
        each["scheme"]
        for each in french.json()["items"]
        if each["scheme"].startswith("be") and "(en)" in str(each["hindrances"])
    ]
    assert unclear == []


def test_an_overview_says_how_every_scheme_stands(api: TestClient, as_who: Headers) -> None:
    answer = api.get(OVERVIEW, headers=as_who())
    assert answer.status_code == 200, answer.text
    vov = of(answer.json(), VOV)
    assert (vov["state"], vov["unit"]) == ("usable", "minute")
    year = {"from": "2021-09-01", "until": "2022-09-01"}
    assert {"lot": LOT, "available": 7_500, "period": year} in vov["lots"]
    assert vov["available"] == sum(lot["available"] for lot in vov["lots"])
    assert "supposed" not in vov


def test_it_says_what_another_status_would_do(api: TestClient, as_who: Headers) -> None:
    asked = {"if": "status=jobseeker,benefit=no", "on": "2022-01-01"}
    vov = of(api.get(OVERVIEW, params=asked, headers=as_who()).json(), VOV)
    assert vov["changes"]
    assert (vov["state"], vov["supposed"]["state"]) == ("usable", "kept")


def test_what_is_not_ones_own_is_as_if_it_were_not_there(api: TestClient, as_who: Headers) -> None:
    stranger = uuid4()
    own = as_who("overview:read", "quotes:read", account=stranger)
    for account in (NORA, stranger, uuid4()):
        answers = (
            api.get(f"/accounts/{account}/overview", headers=own),
            api.post(f"/accounts/{account}/quotes", json={"course": COURSE}, headers=own),
        )
        for answer in answers:
            assert answer.status_code == 404
            assert answer.json()["detail"] == "there is no such account, or it is not yours to see"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("if=status%3Dking", "if"),
        ("if=status%3Demployee,share%3D1e999999999", "if"),
        ("if=status%3Demployee,share%3D1/0", "if"),
        ("if=", "if"),
        ("supposing=status%3Dstudent", "supposing"),
        ("on=2100-01-01", "on"),
    ],
)
def test_a_wrong_parameter_is_named(
    api: TestClient, as_who: Headers, query: str, name: str
) -> None:
    answer = api.get(f"{OVERVIEW}?{query}", headers=as_who())
    assert answer.status_code == 400, answer.text
    assert [each["name"] for each in answer.json()["issues"]] == [name]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"provider": None}, "course.provider"),
        ({"price": 12.5}, "course.price"),
        ({"price": "12"}, "course.price"),
        ({"priceUnit": "dollar"}, "course.priceUnit"),
        ({"startDate": "soon"}, "course.startDate"),
        ({"hours": 3}, "course.hours"),
    ],
)
def test_what_is_wrong_in_a_course_is_named(
    api: TestClient, as_who: Headers, change: dict[str, Any], name: str
) -> None:
    answer = api.post(QUOTES, json={"course": COURSE | change}, headers=as_who())
    assert answer.status_code == 400, answer.text
    assert [each["name"] for each in answer.json()["issues"]] == [name]
