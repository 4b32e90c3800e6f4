"""What was known then, by the rules of then, asked over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.service import published, rulebook
from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.api.conftest import EVERYBODY, Headers
from tests.cli.lives import LOT, VOV
from tests.service.doors import command, open_door, standing
from tests.service.test_anew import publish_what_none_can_read, with_hours
from tests.story import NORA, day, employment, said

TIMELINE, OVERVIEW = f"/accounts/{NORA}/timeline", f"/accounts/{NORA}/overview"
READS = (f"/accounts/{NORA}/balances", TIMELINE, OVERVIEW, f"/accounts/{NORA}/lots/{LOT}")
THEN = "2021-10-15T22:00:00Z"

pytestmark = pytest.mark.usefixtures("told")


@pytest.fixture
def clock() -> SetClock:
    clock = SetClock()
    clock.set(day("2024-02-01"))
    return clock


@pytest.fixture
def retold(api: TestClient, store: PostgresStore, database: str, tmp_path: Path) -> None:
    """Tell of a job late, and publish a text by which a full-timer has 130 hours.

    While the API answers: it goes on by the texts that it began with.
    """
    open_door(store, standing("2023-12-01")).handle(
        [command("late", said("s9", employment(), "2021-09-01"))]
    )
    rules = rulebook.load(folder := with_hours(tmp_path, 130))
    told = published.publication(VOV, published.contents(folder)[VOV], "An")
    open_door(store, standing("2024-01-10"), rules).handle([told])
    Runner(database, store).catch_up()


def answer(api: TestClient, path: str, headers: dict[str, str], **asked: Any) -> Any:
    """Ask; return the answer without the position, which moves with every event of anybody."""
    found = api.get(path, params=asked, headers=headers)
    assert found.status_code == 200, found.text
    return {name: value for name, value in found.json().items() if name != "position"}


@pytest.mark.parametrize("path", READS)
def test_an_answer_and_its_tag_stay_what_they_were(
    api: TestClient, as_who: Headers, path: str, request: pytest.FixtureRequest
) -> None:
    known, whole = {"knownAt": "2022-03-01T22:00:00Z"}, as_who(*EVERYBODY, "explanations:read")
    before = answer(api, path, whole, **known)
    tag = api.get(path, params=known, headers=whole).headers["ETag"]
    newest = answer(api, path, whole, on="2022-03-01")
    request.getfixturevalue("retold")
    assert answer(api, path, whole, **known) == before
    again = api.get(path, params=known, headers=whole | {"If-None-Match": tag})
    assert again.status_code == 304
    assert before["knownAt"] == "2022-03-01T22:00:00Z"
    assert newest != before


def test_a_timeline_as_known_is_the_pages_of_then(api: TestClient, as_who: Headers) -> None:
    whole = answer(api, TIMELINE, as_who(), order="oldestFirst")["items"]
    then = answer(api, TIMELINE, as_who(), order="oldestFirst", knownAt=THEN)["items"]
    assert then == [each for each in whole if each["recordedAt"] < "2021-10-16"]
    pages: list[Any] = []
    url: str | None = f"{TIMELINE}?knownAt={THEN}&pageSize=2&order=oldestFirst"
    while url is not None:
        page = api.get(url, headers=as_who()).json()
        pages += page["items"]
        url = None if "next" not in page else page["next"].removeprefix("/v1")
    assert pages == then


def test_a_timeline_on_a_day_leaves_out_what_counts_later_and_tells_no_day_of_a_fact(
    api: TestClient, as_who: Headers
) -> None:
    whole = answer(api, TIMELINE, as_who())["items"]
    told = answer(api, TIMELINE, as_who(), on="2021-09-30")["items"]
    assert told == [e for e in whole if e.get("effectiveOn", "2021-09-30") <= "2021-09-30"]
    assert len(told) < len(whole)
    facts = [each for each in told if each["kind"].startswith("status")]
    assert facts == [each for each in whole if each["kind"].startswith("status")]


@pytest.mark.usefixtures("retold")
@pytest.mark.parametrize(("known", "hours"), [("2024-01-09", 125), ("2024-01-11", 130)])
def test_an_overview_as_known_is_by_the_text_that_was_in_use(
    api: TestClient, as_who: Headers, known: str, hours: int
) -> None:
    asked = {"knownAt": f"{known}T12:00:00Z", "on": "2024-09-15"}
    told = answer(api, OVERVIEW, as_who(), **asked)["items"]
    (vov,) = (each for each in told if each["scheme"] == VOV)
    assert (f"{VOV}/2024-25", hours * 60) in {(e["lot"], e["available"]) for e in vov["lots"]}


def test_what_another_status_would_have_done_is_told_as_known(
    api: TestClient, as_who: Headers
) -> None:
    asked = {"knownAt": THEN, "if": "status=jobseeker"}
    told = answer(api, OVERVIEW, as_who(), **asked)["items"]
    (vov,) = (each for each in told if each["scheme"] == VOV)
    assert (vov["changes"], vov["state"], vov["supposed"]["state"]) == (True, "usable", "kept")


def test_of_an_account_that_was_not_there_yet_nothing_is_told(
    api: TestClient, as_who: Headers
) -> None:
    early = {"knownAt": "2020-01-01T00:00:00Z"}
    assert answer(api, TIMELINE, as_who(), **early)["items"] == []
    told = answer(api, OVERVIEW, as_who(), **early)
    assert told["on"] == "2020-01-01"
    assert {each["available"] for each in told["items"]} == {0}


@pytest.mark.parametrize(
    ("code", "day"), [("en", "2024-01-10"), ("nl", "10 januari 2024"), ("fr", "10 janvier 2024")]
)
def test_by_a_text_that_this_version_can_not_read_nothing_is_told_and_it_is_said_which(
    api: TestClient, as_who: Headers, store: PostgresStore, code: str, day: str
) -> None:
    digest = publish_what_none_can_read(store)
    whole = as_who(*EVERYBODY, "explanations:read") | {"Accept-Language": code}
    for path, status in zip(READS, (200, 200, 400, 400), strict=True):
        told = api.get(path, params={"knownAt": "2024-01-20T12:00:00Z"}, headers=whole)
        assert told.status_code == status, told.text
        if status == 200:
            continue
        [issue] = told.json()["issues"]
        assert (issue["in"], issue["name"]) == ("query", "knownAt")
        assert issue["value"] == "2024-01-20T12:00:00Z"
        for each in (VOV, digest, day):
            assert each in issue["detail"]
        assert api.get(path, params={"knownAt": THEN}, headers=whole).status_code == 200
        assert api.get(path, headers=whole).status_code == 200
