"""What happened to a person's rights, asked over HTTP."""

from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from ledger.service.naming import reference
from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.api.conftest import Headers
from tests.cli.lives import LOT, VOV
from tests.projections.logs import ListLog, lives, moved, person
from tests.story import NORA

PATH = f"/accounts/{NORA}/timeline"


def pages(api: TestClient, url: str, headers: dict[str, str]) -> list[Any]:
    """Follow the links to the last page."""
    found = []
    while True:
        answer = api.get(url, headers=headers)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        if "next" not in found[-1]:
            return found
        url = urljoin(str(answer.url), found[-1]["next"])


@pytest.mark.usefixtures("told")
def test_it_tells_what_happened_newest_first(api: TestClient, as_who: Headers) -> None:
    (page,) = pages(api, PATH, as_who())
    newest, *_, oldest = page["items"]
    assert newest["kind"] == "request-refused"
    assert (newest["request"], newest["reason"], newest["scheme"]) == ("reserve", "restricted", VOV)
    assert oldest["kind"] == "profile-recorded"
    reserved = next(each for each in page["items"] if each["kind"] == "right-reserved")
    assert reserved == {
        "position": reserved["position"], "kind": "right-reserved",
        "recordedAt": "2021-10-05T10:00:00Z", "effectiveOn": "2021-10-05",
        "scheme": VOV, "unit": "minute", "quantity": 1200,
        "lots": [{"lot": LOT, "quantity": 1200}], "id": str(reference(NORA, "french")),
    }  # fmt: skip
    granted = next(each for each in page["items"] if each["kind"] == "right-granted")
    assert (granted["lot"], granted["quantity"], granted["unit"]) == (LOT, 7500, "minute")


@pytest.mark.usefixtures("told")
def test_nothing_of_a_persons_life_is_told(api: TestClient, as_who: Headers) -> None:
    (page,) = pages(api, PATH, as_who())
    facts = [each for each in page["items"] if each["kind"].startswith(("status", "profile"))]
    assert {frozenset(each) for each in facts} == {frozenset({"position", "kind", "recordedAt"})}
    assert "french" not in str(page)
    assert "spanish" not in str(page)


@pytest.mark.parametrize("order", ["newestFirst", "oldestFirst"])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_pages_have_each_entry_once(
    api: TestClient, log: ListLog, as_who: Headers, order: str, size: int
) -> None:
    url = f"/accounts/{person(0)}/timeline?order={order}&pageSize={size}"
    found = pages(api, url, as_who())
    assert all(len(page["items"]) == size for page in found[:-1])
    positions = [each["position"] for page in found for each in page["items"]]
    all_of_them = [e.position for e in log.envelopes if e.account == person(0)]
    assert positions == (all_of_them if order == "oldestFirst" else all_of_them[::-1])


def test_what_is_recorded_in_between_moves_no_page(
    api: TestClient, log: ListLog, database: str, as_who: Headers
) -> None:
    url = f"/accounts/{person(0)}/timeline?pageSize=20"
    first = api.get(url, headers=as_who())
    before = [e.position for e in log.envelopes if e.account == person(0)]
    more = [e for e in lives(7, 300) if e.account == person(1)][:5]
    log.envelopes += moved(more, log.head())
    Runner(database, log).catch_up()
    rest = pages(api, urljoin(str(first.url), first.json()["next"]), as_who())
    positions = [each["position"] for page in (first.json(), *rest) for each in page["items"]]
    assert positions == before[::-1]


def test_what_is_not_ones_own_is_as_if_it_were_not_there(
    api: TestClient, log: ListLog, as_who: Headers
) -> None:
    other = next(e.account for e in log.envelopes if e.account != person(0))
    own = as_who("timeline:read", account=person(0))
    assert api.get(f"/accounts/{person(0)}/timeline", headers=own).status_code == 200
    told = [
        api.get(f"/accounts/{account}/timeline", headers=headers).json() | {"instance": ""}
        for account, headers in ((other, own), (uuid4(), own), (uuid4(), as_who()))
    ]
    assert told[0]["status"] == 404
    assert told[0] == told[1] == told[2]


def test_the_account_of_the_regulations_is_nobodys(
    api: TestClient, told: PostgresStore, as_who: Headers
) -> None:
    from ledger.domain.events import REGULATIONS

    assert told.events_of(REGULATIONS)
    assert api.get(f"/accounts/{REGULATIONS}/timeline", headers=as_who()).status_code == 404


def test_it_takes_its_own_scope(api: TestClient, log: ListLog, as_who: Headers) -> None:
    answer = api.get(f"/accounts/{person(0)}/timeline", headers=as_who("balances:read"))
    assert (answer.status_code, answer.json()["requiredScopes"]) == (403, ["timeline:read"])


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("pageSize=0", "pageSize"),
        ("pageSize=1001", "pageSize"),
        ("page_size=3", "page_size"),
        ("order=newest", "order"),
        ("cursor=%27%20OR%201%3D1", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=LTE", "cursor"),
        ("cursor=4pGg", "cursor"),
        ("cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "cursor"),
        ("sort=up", "sort"),
    ],
)
def test_a_wrong_parameter_is_named(
    api: TestClient, as_who: Headers, query: str, name: str
) -> None:
    answer = api.get(f"{PATH}?{query}", headers=as_who())
    assert answer.status_code == 400
    (issue,) = answer.json()["issues"]
    assert (issue["in"], issue["name"]) == ("query", name)
