"""The schemes and their regulations, asked over HTTP."""

from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from ops.ledger_wiring import rulebook
from tests.api.conftest import Headers

VOV = "/schemes/be-vlg/vov"


def test_every_scheme_is_told_in_each_language(api: TestClient, as_who: Headers) -> None:
    answer = api.get("/schemes", headers=as_who("schemes:read"))
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [each["id"] for each in items] == sorted(rulebook().schemes)
    vov = next(each for each in items if each["id"] == "be-vlg/vov")
    assert vov["name"]["nl"] == "Vlaams opleidingsverlof"
    assert (vov["unit"], vov["country"], vov["holder"]) == ("minute", "be", "person")
    for each in items:
        found = api.get(urljoin(str(answer.url), each["href"]), headers=as_who())
        assert (found.status_code, found.json()["id"]) == (200, each["id"])
        assert all(found.json()[name] == each[name] for name in each)


def test_a_regulation_is_told_as_of_a_day(api: TestClient, as_who: Headers) -> None:
    now, before, never = (
        api.get(VOV, params={"on": on}, headers=as_who()).json()
        for on in ("2021-10-01", "2024-10-01", "1950-01-01")
    )
    assert now["on"] == "2021-10-01"
    assert now["grants"]
    for grant in now["grants"]:
        assert grant["valid"]["from"] <= "2021-10-01" < grant["valid"].get("until", "9")
        assert grant["source"]
    assert [each["since"] <= "2021-10-01" for each in now["parameters"]]
    assert all(("amount" in each) == ("unit" in each) for each in now["parameters"])
    assert all(("number" in each) != ("amount" in each) for each in now["parameters"])
    assert now["grants"] != before["grants"]
    assert (never["grants"], never["parameters"]) == ([], [])
    assert now["digest"] == rulebook().schemes["be-vlg/vov"].digest


def test_the_same_content_is_not_sent_again(api: TestClient, as_who: Headers) -> None:
    first = api.get("/schemes", headers=as_who())
    again = api.get("/schemes", headers=as_who() | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_unknown_scheme_is_told_which_is_like_it(api: TestClient, as_who: Headers) -> None:
    answer = api.get("/schemes/be-vlg/vof", headers=as_who())
    assert answer.status_code == 404
    assert "be-vlg/vov" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/schemes?x=1", f"{VOV}?day=2021-01-01", f"{VOV}?on=x", "/schemes/BE/vov"]
)
def test_wrong_input_is_refused(api: TestClient, as_who: Headers, path: str) -> None:
    assert api.get(path, headers=as_who()).status_code == 400


def test_it_takes_its_own_scope(api: TestClient, as_who: Headers) -> None:
    assert api.get("/schemes", headers=as_who("balances:read")).status_code == 403
