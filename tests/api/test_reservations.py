"""What a person has reserved, asked over HTTP."""

from dataclasses import replace
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from ledger.domain.commands import Request
from ledger.domain.facts import Enterprise
from ledger.service.clock import SetClock
from ledger.service.outcomes import Accepted
from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.api.conftest import Headers
from tests.cli.lives import LOT, VOV
from tests.service.doors import command, open_door, standing
from tests.story import NORA, capture, day, employment, release, reserve, said

PATH = f"/accounts/{NORA}/reservations"
HOUR = 60


@pytest.fixture
def clock() -> SetClock:
    return standing("2021-10-20")


@pytest.fixture(autouse=True)
def reserved(store: PostgresStore, database: str, clock: SetClock) -> None:
    """Let Nora reserve for four courses: two are open, one was used in part, one was given up."""
    asked: list[Request] = [
        said("s1", employment(), "2021-09-01"),
        *(reserve(each, VOV, 10 * HOUR, "2021-10-05") for each in ("french", "dance", "welding", "urn:x/1-a")),
        capture("french", "2021-10-06", 4 * HOUR),
        release("dance", "2021-10-07"),
    ]  # fmt: skip
    door = open_door(store, clock)
    for number, each in enumerate(asked):
        (outcome,) = door.handle([command(f"c{number}", each)])
        assert isinstance(outcome, Accepted), outcome
    Runner(database, store).catch_up()


@pytest.fixture
def reads(as_who: Headers) -> dict[str, str]:
    return as_who("accounts:any", "reservations:read")


def listed(api: TestClient, headers: dict[str, str], **of: Any) -> Any:
    answer = api.get(PATH, params=of, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_open_reservations_are_told_newest_first(api: TestClient, reads: dict[str, str]) -> None:
    told = listed(api, reads)
    assert [each["id"] for each in told["items"]] == ["urn:x/1-a", "welding"]
    welding = told["items"][1]
    assert (welding["state"], welding["scheme"], welding["unit"]) == ("open", VOV, "minute")
    assert (welding["quantity"], welding["held"]) == (600, 600)
    assert welding["lots"] == [{"lot": LOT, "quantity": 600}]
    assert welding["effectiveOn"] == "2021-10-05"
    assert welding["schemeName"] == "Flemish training leave"
    assert welding["course"]["provider"]
    assert welding["course"]["startDate"]
    assert "person" not in welding


def test_those_that_hold_nothing_any_more_are_told_when_asked(
    api: TestClient, reads: dict[str, str]
) -> None:
    states = {each["id"]: each["state"] for each in listed(api, reads, state="all")["items"]}
    assert states == {"urn:x/1-a": "open", "welding": "open", "dance": "released", "french": "used"}
    assert api.get(PATH, params={"state": "old"}, headers=reads).status_code == 400


def test_pages_follow_one_another_to_the_last(api: TestClient, reads: dict[str, str]) -> None:
    url, seen = f"{PATH}?state=all&pageSize=3", list[str]()
    for _ in range(2):
        answer = api.get(url, headers=reads)
        seen += [each["id"] for each in answer.json()["items"]]
        url = urljoin(str(answer.url), answer.json().get("next", ""))
    assert seen == ["urn:x/1-a", "welding", "dance", "french"]
    assert "next" not in answer.json()


def test_each_can_be_read_where_the_list_says(api: TestClient, reads: dict[str, str]) -> None:
    for each in listed(api, reads, state="all")["items"]:
        answer = api.get(urljoin(str(api.base_url), each["href"]), headers=reads)
        assert answer.status_code == 200, answer.text
        one = answer.json()
        assert one.pop("person") == str(NORA)
        assert one.pop("position") == int(answer.headers["Rugzak-Position"])
        assert one == each


def test_what_is_not_there_or_not_ones_own_is_not_told(
    api: TestClient, as_who: Headers, reads: dict[str, str]
) -> None:
    assert api.get(f"{PATH}/nothing", headers=reads).status_code == 404
    stranger = as_who("reservations:read", account=uuid4())
    for path in (PATH, f"{PATH}/welding"):
        hidden = api.get(path, headers=stranger)
        unknown = api.get(path.replace(str(NORA), str(uuid4())), headers=reads)
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.json()["detail"] == unknown.json()["detail"]
        assert api.get(path, headers=as_who("reservations:write")).status_code == 403
        assert api.get(path, headers=as_who("reservations:read", account=NORA)).status_code == 200


def test_the_same_content_is_not_sent_again_and_an_old_one_not_at_all(
    api: TestClient, reads: dict[str, str]
) -> None:
    first = api.get(PATH, headers=reads)
    known = {"If-None-Match": first.headers["ETag"]}
    assert api.get(PATH, headers=reads | known).status_code == 304
    later = {"Rugzak-After": str(first.json()["position"] + 1)}
    assert api.get(PATH, headers=reads | later).status_code == 503


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (PATH, "GET, POST"),
        (f"{PATH}/welding", "GET"),
        (f"{PATH}/welding/captures", "POST"),
        (f"{PATH}/x%2F1/releases", "POST"),
    ],
)
def test_a_method_that_is_not_for_a_path_is_told_those_that_are(
    api: TestClient, reads: dict[str, str], path: str, allowed: str
) -> None:
    answer = api.delete(path, headers=reads)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert allowed in answer.json()["detail"]


def test_it_says_until_when_it_is_held_and_what_the_learner_pays(
    api: TestClient, store: PostgresStore, database: str, clock: SetClock, reads: dict[str, str]
) -> None:
    """A bakery's wallet: the own share is there within 30 days, or it lapses."""
    bakery, kmo = uuid4(), "be-vlg/kmo-portefeuille"
    opened = said("register", Enterprise(size="small", place="be-vlg"), "2020-01-01")
    door = open_door(store, clock)
    door.handle([replace(command("opened", opened), account=bakery)])
    held = reserve(
        "bread",
        kmo,
        200_00,
        "2021-10-11",
        unit="cent",
        starts="2021-10-15",
        provider="voka-leerhuis",
    )
    held = replace(held, course=replace(held.course, price=1_000_00))
    clock.set(day("2021-10-20"))
    (outcome,) = door.handle([replace(command("bread", held), account=bakery)])
    assert isinstance(outcome, Accepted), outcome
    Runner(database, store).catch_up()
    (told,) = api.get(PATH.replace(str(NORA), str(bakery)), headers=reads).json()["items"]
    assert (told["effectiveOn"], told["lapsesOn"]) == ("2021-10-11", "2021-11-11")
    assert (told["held"], told["unit"]) == (200_00, "cent")
    assert (told["pays"], told["paysUnit"]) == (800_00, "cent")
