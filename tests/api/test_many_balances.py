"""What many people have, asked over HTTP at once."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.runner import Runner
from tests.api.conftest import Headers
from tests.projections.logs import ListLog, person

PATH = "/accountBalances"


def test_each_is_told_as_it_is_alone(api: TestClient, log: ListLog, as_who: Headers) -> None:
    accounts = [str(person(number)) for number in (3, 0, 1, 3)]
    told = api.post(PATH, json={"accounts": accounts, "on": "2022-03-01"}, headers=as_who())
    assert told.status_code == 200, told.text
    assert [each["person"] for each in told.json()["items"]] == accounts[:3]
    for each in told.json()["items"]:
        alone = api.get(f"/accounts/{each['person']}/balances", headers=as_who()).json()
        assert each["lots"] == alone["items"]
    assert told.json()["position"] == log.head()


def test_who_is_unknown_or_not_ones_own_is_left_out(
    api: TestClient, log: ListLog, as_who: Headers
) -> None:
    own = as_who("balances:read", account=person(0), mandates=[person(2)])
    accounts = [str(each) for each in (person(0), person(1), person(2), uuid4())]
    told = api.post(PATH, json={"accounts": accounts}, headers=own).json()
    assert [each["person"] for each in told["items"]] == [accounts[0], accounts[2]]
    assert api.post(PATH, json={"accounts": [accounts[3]]}, headers=as_who()).json()["items"] == []


def test_a_thousand_can_be_asked_about(api: TestClient, log: ListLog, as_who: Headers) -> None:
    accounts = [str(uuid4()) for _ in range(999)] + [str(person(0))]
    told = api.post(PATH, json={"accounts": accounts}, headers=as_who())
    assert [each["person"] for each in told.json()["items"]] == [str(person(0))]


def test_an_empty_ledger_knows_nobody(api: TestClient, database: str, as_who: Headers) -> None:
    Runner(database, ListLog()).catch_up()
    told = api.post(PATH, json={"accounts": [str(person(0))]}, headers=as_who())
    assert (told.status_code, told.json()["items"]) == (200, [])
    assert told.json()["position"] == 0
    outcomes = api.get(
        "/outcomes",
        params={"source": "https://hr.example.be"},
        headers=as_who(sources=["https://hr.example.be"]),
    )
    assert (outcomes.status_code, outcomes.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "accounts"),
        ({"accounts": []}, "accounts"),
        ({"accounts": [str(uuid4())] * 1001}, "accounts"),
        ({"accounts": [str(uuid4()), "88041712345"]}, "accounts[1]"),
        ({"accounts": [str(uuid4())], "on": "2022-02-28"}, "on"),
        ({"accounts": [str(uuid4())], "on": 1_700_000_000}, "on"),
        ({"accounts": [str(uuid4())], "of": "be"}, "of"),
    ],
)
def test_what_is_wrong_is_named(
    api: TestClient, log: ListLog, as_who: Headers, body: Any, name: str
) -> None:
    answer = api.post(PATH, json=body, headers=as_who())
    assert answer.status_code == 400, answer.text
    (issue,) = answer.json()["issues"]
    assert (issue["in"], issue["name"]) == ("body", name)
