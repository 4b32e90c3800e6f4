"""One lot with its explanation, asked over HTTP."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from ledger.domain.facts import Birth
from ledger.service import published
from ledger.service import rulebook as rulebook_files
from ledger.service.clock import SetClock
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from projections.api.development import DevelopmentIssuer
from schemas.api_v1.lots import LotExplained
from tests.api import conftest
from tests.api.conftest import Headers, client_of, desk_on
from tests.cli.lives import LOT, VOV
from tests.domain.test_top_ups import topped_up
from tests.service.doors import command
from tests.service.test_anew import with_hours
from tests.story import NORA, day, said

PATH = f"/accounts/{NORA}/lots/{LOT}"
NOVEMBER = {"knownAt": "2021-11-15T12:00:00Z"}


@pytest.fixture
def reads(as_who: Headers) -> dict[str, str]:
    return as_who("accounts:any", "explanations:read")


def asked(api: TestClient, headers: dict[str, str], language: str = "en", **of: str) -> Any:
    answer = api.get(PATH, params=of or NOVEMBER, headers=headers | {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    LotExplained.model_validate_json(answer.content)
    assert answer.headers["Content-Language"] == language
    return answer.json()


@pytest.mark.usefixtures("told")
def test_a_lot_is_told_with_what_gave_it_and_what_became_of_it(
    api: TestClient, reads: dict[str, str]
) -> None:
    told = asked(api, reads)
    assert (told["lot"]["lot"], told["lot"]["scheme"]) == (LOT, VOV)
    assert told["schemeName"] == "Flemish training leave"
    assert told["summary"] == "80 h available, 20 h used"
    kinds = [each["kind"] for each in told["movements"]]
    assert kinds == ["right-granted", "right-reserved", "right-used", "right-withdrawn"]
    granted, reserved, _, withdrawn = told["movements"]
    assert (granted["quantity"], reserved["quantity"], withdrawn["quantity"]) == (7500, 1200, 1500)
    assert granted["text"].startswith(f"125 h of {LOT} granted, usable from 2021-09-01")
    assert any("employee at" in each["text"] for each in granted["facts"])
    assert {"name": "amount", "value": "125 h"} in granted["steps"]
    assert "rule" not in reserved
    (rule,) = [each for each in told["rules"] if each["rule"] == granted["rule"]]
    assert rule["text"][0].startswith("The rule ")
    assert rule["valid"]["from"]
    assert rule["source"]
    assert rule["numbers"]
    assert told["standing"]["mode"] == "open"


@pytest.mark.usefixtures("told")
def test_it_is_told_in_dutch_and_in_french_and_nothing_of_it_stays_english(
    api: TestClient, reads: dict[str, str]
) -> None:
    dutch, french = asked(api, reads, "nl"), asked(api, reads, "fr")
    assert dutch["schemeName"] == "Vlaams opleidingsverlof"
    assert dutch["summary"] == "80 u beschikbaar, 20 u gebruikt"
    assert french["summary"] == "disponible : 80 h, utilisé : 20 h"
    assert dutch["movements"][0]["text"].startswith(f"125 u van {LOT} toegekend, bruikbaar van")
    for told in (dutch, french):
        assert "(en)" not in str(told)
    assert _without_text(dutch) == _without_text(french) == _without_text(asked(api, reads))


def _without_text(told: Any) -> Any:
    """Leave out what is for people: what is for programs is the same in each language."""
    if isinstance(told, list):
        return [_without_text(each) for each in told]
    if isinstance(told, dict):
        texts = {"text", "summary", "schemeName", "name", "value", "because", "assumptions",
                 "assumed", "source"}  # fmt: skip
        return {name: _without_text(each) for name, each in told.items() if name not in texts}
    return told


@pytest.mark.usefixtures("told")
def test_it_is_told_as_it_was_on_a_day_and_as_it_was_known_then(
    api: TestClient, reads: dict[str, str]
) -> None:
    before = asked(api, reads, on="2021-10-01", knownAt="2021-11-15T12:00:00Z")
    assert [each["kind"] for each in before["movements"]] == ["right-granted", "right-withdrawn"]
    known = asked(api, reads, knownAt="2021-10-15T09:00:00Z")
    assert [each["kind"] for each in known["movements"]] == ["right-granted", "right-reserved"]
    assert known["on"] == "2021-10-15"
    over = asked(api, reads, on="2022-12-01", knownAt="2022-12-15T12:00:00Z")
    assert over["lapse"]["on"] == "2022-09-01"
    assert "lapsed on 2022-09-01" in over["lapse"]["text"]
    too_early = api.get(PATH, params={"on": "2021-08-01"}, headers=reads)
    assert too_early.status_code == 404


@pytest.mark.usefixtures("told")
def test_each_language_has_a_tag_of_its_own(api: TestClient, reads: dict[str, str]) -> None:
    def tag(language: str) -> str:
        answer = api.get(PATH, headers=reads | {"Accept-Language": language})
        assert answer.headers["Vary"] == "Accept-Language"
        return str(answer.headers["ETag"])

    tags = [tag(each) for each in ("nl", "fr", "en")]
    assert len(set(tags)) == 3
    assert tag("nl-BE, en;q=0.1") == tags[0]
    asked_again = {"Accept-Language": "nl", "If-None-Match": tags[0]}
    assert api.get(PATH, headers=reads | asked_again).status_code == 304
    asked_again["Accept-Language"] = "fr"
    assert api.get(PATH, headers=reads | asked_again).status_code == 200


@pytest.mark.usefixtures("told")
def test_what_is_not_there_or_not_ones_own_is_not_told(
    api: TestClient, as_who: Headers, reads: dict[str, str]
) -> None:
    wrong = api.get(f"/accounts/{NORA}/lots/be-vlg/vov/1999-00", headers=reads)
    assert wrong.status_code == 404
    other = as_who("explanations:read", account=uuid4())
    unknown = api.get(PATH.replace(str(NORA), str(uuid4())), headers=reads)
    hidden = api.get(PATH, headers=other)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json()["detail"] == unknown.json()["detail"]
    assert api.get(PATH, headers=as_who("accounts:any", "balances:read")).status_code == 403
    own = as_who("explanations:read", account=NORA)
    assert api.get(PATH, headers=own).status_code == 200
    assert api.get(PATH, params={"at": "x"}, headers=own).status_code == 400


def test_a_lot_that_a_funder_added_is_called_by_no_name_of_the_funders(
    api: TestClient, store: PostgresStore, clock: SetClock, as_who: Headers, reads: dict[str, str]
) -> None:
    clock.set(day("2026-02-01"))
    door = open_door(store, clock)
    door.handle([command("born", said("birth", Birth(on=day("1980-01-01"))))])
    door.handle([command("added", topped_up("of-mr-janssens"))])
    answer = api.get(f"/accounts/{NORA}/balances", params={"on": "2026-01-31"}, headers=as_who())
    (name,) = [each["lot"] for each in answer.json()["items"] if "top-up" in each["lot"]]
    told = api.get(f"/accounts/{NORA}/lots/{name}", headers=reads)
    assert told.status_code == 200, told.text
    assert name in told.json()["movements"][0]["text"]
    assert "janssens" not in told.text
    private = name.rpartition("top-up-")[0] + "top-up-of-mr-janssens"
    assert api.get(f"/accounts/{NORA}/lots/{private}", headers=reads).status_code == 404


@pytest.mark.usefixtures("told")
def test_why_a_lot_is_stopped_is_told_in_the_language_of_who_asks(
    api: TestClient, as_who: Headers
) -> None:
    reasons = set()
    for code in ("nl", "fr", "en"):
        headers = as_who() | {"Accept-Language": code}
        answer = api.get(f"/accounts/{NORA}/balances", params={"on": "2022-04-01"}, headers=headers)
        known = api.get(
            f"/accounts/{NORA}/balances",
            params={"on": "2022-04-01", "knownAt": "2022-04-01T00:00:00Z"},
            headers=headers,
        )
        (stop,) = known.json()["items"][0]["stops"]
        assert known.headers["Content-Language"] == answer.headers["Content-Language"] == code
        reasons.add(stop["reason"])
    assert len(reasons) == 3
    assert "(en)" not in str(reasons)


@pytest.mark.usefixtures("told")
def test_a_rule_of_a_text_that_is_not_loaded_any_more_is_told_as_it_was(
    database: str,
    issuer: DevelopmentIssuer,
    clock: SetClock,
    reads: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = rulebook_files.load(folder := with_hours(tmp_path, 130))
    told = published.publication(VOV, published.contents(folder)[VOV], "An")
    monkeypatch.setattr(conftest, "rulebook", lambda: rules)
    with desk_on(database, issuer, clock) as desk, client_of(desk) as api:
        open_door(desk.store).handle([told])
        for language, now in (
            ("en", "another one is in use here"),
            ("nl", "hier is een andere in gebruik"),
            ("fr", "un autre est ici en usage"),
        ):
            answer = asked(api, reads, language, on="2022-02-01")
            rule = answer["rules"][0]
            decided = rule["rule"].rpartition("@")[2]
            assert decided != rules.schemes[VOV].digest
            assert decided in rule["text"][-1]
            assert f"{now} ({rules.schemes[VOV].digest})" in rule["text"][-1]
            assert "125" in {each["value"].split()[0] for each in rule["numbers"]}
            assert "(en)" not in str(rule)
