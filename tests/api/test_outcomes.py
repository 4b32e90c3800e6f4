"""What became of messages, asked over HTTP by who published them."""

from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.api.conftest import Headers
from tests.service.doors import command, open_door
from tests.story import employment, reserve, said

HR, OTHER = "https://hr.example.be", "https://payroll.example.be"


@pytest.fixture(autouse=True)
def _messages(database: str, store: PostgresStore) -> None:
    """Let two sources say things: one makes two requests with a message, and one is refused."""
    door = open_door(store)
    for number in range(5):
        door.handle([command(f"{HR} m{number}", said(f"s{number}", employment(), "2021-09-01"))])
    door.handle([command(f"2:{HR} m1", said("t1", employment(), "2020-09-01", "2020-10-01"))])
    door.handle([command(f"{HR} no", reserve("r", "be-vlg/none", 60, "2021-10-05"))])
    door.handle([command(f"{OTHER} m0", said("u1", employment(), "2021-09-01"))])
    Runner(database, store).catch_up()


def hr(as_who: Headers) -> dict[str, str]:
    return as_who("outcomes:read", sources=[HR])


def test_a_message_has_an_outcome_for_each_request(api: TestClient, as_who: Headers) -> None:
    answer = api.get("/outcomes", params={"source": HR, "id": "m1"}, headers=hr(as_who))
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [(x["id"], x["request"], x["outcome"]) for x in items] == [
        ("m1", 1, "accepted"),
        ("m1", 2, "accepted"),
    ]
    refused = api.get("/outcomes", params={"source": HR, "id": "no"}, headers=hr(as_who)).json()
    (item,) = refused["items"]
    assert (item["outcome"], item["reason"]) == ("refused", "in-the-future")
    assert item["detail"]
    assert "6f1d3a52" not in answer.text


def test_the_pages_have_each_message_once(api: TestClient, as_who: Headers) -> None:
    url, found = f"/outcomes?source={HR}&pageSize=2", []
    while url:
        answer = api.get(url, headers=hr(as_who))
        assert answer.status_code == 200, answer.text
        found += [each["id"] for each in answer.json()["items"]]
        following = answer.json().get("next")
        url = following and urljoin(str(answer.url), following)
    assert found == ["m0", "m1", "m2", "m3", "m4", "no"]


def test_anothers_messages_are_as_if_they_were_not_there(api: TestClient, as_who: Headers) -> None:
    for source in (OTHER, "https://nobody.example.be"):
        for asked in ({"source": source}, {"source": source, "id": "m0"}):
            answer = api.get("/outcomes", params=asked, headers=hr(as_who))
            assert (answer.status_code, answer.json()["items"]) == (200, [])
            assert "next" not in answer.json()


@pytest.mark.parametrize(
    ("query", "name"),
    [("", "source"), (f"source={HR}&x=1", "x"), (f"source={HR}&id=m1&cursor=bTE", "cursor")],
)
def test_a_wrong_parameter_is_named(
    api: TestClient, as_who: Headers, query: str, name: str
) -> None:
    answer = api.get(f"/outcomes?{query}", headers=hr(as_who))
    assert answer.status_code == 400, answer.text
    assert [each["name"] for each in answer.json()["issues"]] == [name]
