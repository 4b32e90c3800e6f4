"""What a person has, asked over HTTP."""

import threading
import time
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import psycopg
from fastapi.testclient import TestClient

from ledger.domain.calendar import OPEN, Term
from projections.api.asking import Desk
from projections.balances.view import balances_of
from projections.runner import Runner
from projections.tables import ask
from schemas.api_v1.rights import Balances
from tests.api.conftest import Headers, client_of
from tests.projections.logs import ListLog, enveloped, granted, lives, moved, person

NORA = person(0)


def path(account: UUID = NORA) -> str:
    return f"/accounts/{account}/balances"


def test_the_lots_of_a_person_are_told_as_the_read_model_has_them(
    api: TestClient, database: str, log: ListLog, as_who: Headers
) -> None:
    answer = api.get(path(), params={"on": "2022-03-01"}, headers=as_who())
    assert answer.status_code == 200, answer.text
    told = Balances.model_validate_json(answer.content)
    with psycopg.connect(database) as conn:
        known = ask(conn, balances_of(NORA, told.on))
    assert [(each.lot, each.available, each.usable, each.pending) for each in told.items] == [
        (each.lot.lot, each.available, each.usable, each.pending) for each in known.lots
    ]
    for lot in told.items:
        inward = lot.granted + lot.transferred_in
        assert inward == lot.available + lot.pending + lot.reserved + lot.used + lot.expired + (
            lot.transferred_out + lot.withdrawn
        )
    assert told.position == log.head() == int(answer.headers["Rugzak-Position"])


def test_the_same_content_is_not_sent_again_though_the_ledger_went_on(
    api: TestClient, log: ListLog, database: str, as_who: Headers
) -> None:
    first = api.get(path(), params={"on": "2022-03-01"}, headers=as_who())
    log.envelopes += moved([e for e in lives(8, 20) if e.account != NORA], log.head())
    Runner(database, log).catch_up()
    known = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = api.get(path(), params={"on": "2022-03-01"}, headers=as_who() | known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other_day = api.get(path(), params={"on": "2023-03-01"}, headers=as_who() | known)
    assert other_day.status_code == 200


def test_an_answer_waits_for_what_the_client_has_just_written(
    desk: Desk, log: ListLog, database: str, as_who: Headers
) -> None:
    after = log.head() + 5

    def write() -> None:
        time.sleep(0.1)
        log.envelopes += moved([e for e in lives(8, 20) if e.account != NORA], log.head())
        Runner(database, log).catch_up()

    writer = threading.Thread(target=write)
    writer.start()
    with client_of(replace(desk, wait_seconds=30.0)) as api:
        answer = api.get(path(), headers=as_who() | {"Rugzak-After": str(after)})
    writer.join()
    assert answer.status_code == 200
    assert int(answer.headers["Rugzak-Position"]) >= after


def test_an_answer_that_would_be_too_old_is_not_given(
    api: TestClient, log: ListLog, as_who: Headers
) -> None:
    answer = api.get(path(), headers=as_who() | {"Rugzak-After": str(log.head() + 1)})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["type"] == "urn:problem-type:rugzak:notYet"
    assert answer.json()["position"] == log.head()


def test_what_is_not_ones_own_is_as_if_it_were_not_there(
    api: TestClient, log: ListLog, as_who: Headers
) -> None:
    other = next(e.account for e in log.envelopes if e.account != NORA)
    nora = as_who("balances:read", account=NORA)
    assert api.get(path(), headers=nora).status_code == 200
    forbidden, unknown = api.get(path(other), headers=nora), api.get(path(uuid4()), headers=nora)
    system = api.get(path(uuid4()), headers=as_who())
    same = ("type", "href", "title", "status", "detail")
    for answer in (forbidden, unknown, system):
        assert answer.status_code == 404
        assert [answer.json()[each] for each in same] == [unknown.json()[each] for each in same]
    mandated = as_who("balances:read", account=NORA, mandates=[other])
    assert api.get(path(other), headers=mandated).status_code == 200
    nobody = as_who("balances:read")
    assert api.get(path(), headers=nobody).status_code == 404


def test_a_person_without_rights_has_none(
    api: TestClient, log: ListLog, database: str, as_who: Headers
) -> None:
    lots = {e.account for e in log.envelopes if hasattr(e.event, "lot")}
    rightless = next((e.account for e in log.envelopes if e.account not in lots), None)
    if rightless is None:
        return
    answer = api.get(path(rightless), headers=as_who())
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_a_right_without_an_end_is_told_without_one(
    api: TestClient, database: str, as_who: Headers
) -> None:
    endless = replace(granted(), term=Term(date(2021, 9, 1), OPEN))
    Runner(database, ListLog(enveloped([endless], NORA))).catch_up()
    answer = api.get(path(), params={"on": "2022-03-01"}, headers=as_who())
    assert answer.json()["items"][0]["period"] == {"from": "2021-09-01"}
