"""A holder authorizes with a one-time code, and a provider redeems it without seeing an account."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from ledger.domain import events as e
from ledger.domain.commands import Erase
from ledger.service.clock import SetClock
from ledger.service.operated import operated
from ledger.service.ports import Append, StoreUnavailable
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from projections.api.asking import Desk
from projections.api.caller import ANY_ACCOUNT
from projections.api.codes import ALPHABET, hash_of, new_code
from projections.api.ordering import together
from projections.api.redemptions import MAX_FAILED_A_MINUTE
from schemas.api_v1.codes import Authorization, Redemption
from tests.api.acting.conftest import Post, done, happened, problem
from tests.api.acting.world import COURSE, EMMA, NORA, on, taking
from tests.api.conftest import Headers, beside, client_of

DOES_NOT_WORK = "urn:problem-type:rugzak:codeNotAccepted"
CVO = "cvo-semper"


class Redeem(Protocol):
    """Hands in a code."""

    def __call__(
        self, code: str, *, client: str = ..., provider: str = ..., **of: Any
    ) -> Response: ...


@pytest.fixture
def app(api: TestClient) -> FastAPI:
    assert isinstance(api.app, FastAPI)
    return api.app


@pytest.fixture
def redeem(api: TestClient, as_client: Any) -> Redeem:
    def send(code: str, *, client: str = "cvo", provider: str = CVO, **of: Any) -> Response:
        headers = as_client(client, "authorizations:redeem", provider=provider)
        return api.post("/redemptions", json=redeeming(code, **of), headers=headers)

    return send


@pytest.fixture
def as_client(issuer: Any) -> Any:
    def headers(client: str, *scopes: str, **of: Any) -> dict[str, str]:
        token = issuer.token(client, scopes, **of)
        return {"Authorization": f"Bearer {token}", "Rugzak-Purpose": "enrolment"}

    return headers


@pytest.fixture
def further(api: TestClient, as_client: Any) -> Any:
    """Go on with a redemption as its provider, unless another is said."""

    def send(
        redemption: UUID, path: str, body: object, key: str, provider: str | None = CVO
    ) -> Response:
        headers = as_client("cvo", "authorizations:redeem", provider=provider)
        headers["Idempotency-Key"] = key
        return api.post(f"/redemptions/{redemption}/{path}", json=body, headers=headers)

    return send


def authorizing(**of: Any) -> dict[str, Any]:
    return {
        "provider": CVO,
        "courseId": COURSE["id"],
        "scheme": "be-vlg/vov",
        "quantity": 1200,
        "unit": "minute",
        **of,
    }


def redeeming(code: str, **of: Any) -> dict[str, Any]:
    return on(code=code, makes="use", quantity=1200, unit="minute", course=COURSE) | of


@pytest.fixture
def code(api: TestClient, as_who: Headers) -> str:
    """Return the code with which Nora lets her school take 20 hours."""
    headers = as_who("authorizations:write", account=NORA)
    answer = api.post(f"/accounts/{NORA}/authorizations", json=authorizing(), headers=headers)
    assert answer.status_code == 201, answer.text
    return Authorization.model_validate_json(answer.content).code


def test_a_code_lets_the_provider_use_at_most_what_was_authorized_once(
    redeem: Redeem, code: str, store: PostgresStore
) -> None:
    answer = redeem(code.lower().replace("-", " "), quantity=600)
    assert answer.status_code == 201, answer.text
    told = Redemption.model_validate_json(answer.content)
    assert (told.used.quantity, told.used.unit) == (600, "minute")
    assert answer.headers["Rugzak-Position"] == str(told.position)
    assert str(NORA) not in answer.text
    [use] = happened(store, e.RightUsed)
    assert isinstance(use, e.RightUsed)
    assert use.use == told.used.id
    assert store.events_of(NORA)[-1].metadata.actor == "cvo"
    again = redeem(code, quantity=601)
    assert problem(again).type == DOES_NOT_WORK


def test_the_same_request_gets_the_same_answer_and_is_done_once(
    redeem: Redeem, code: str, store: PostgresStore, clock: SetClock
) -> None:
    first = redeem(code)
    clock.instant += timedelta(hours=3)  # it has expired, but what was done stays done
    again = redeem(code.lower())
    assert (again.status_code, again.content) == (201, first.content)
    assert len(happened(store, e.RightUsed)) == 1


def test_what_is_held_with_a_code_is_captured_by_its_provider_and_the_rest_released(
    redeem: Redeem, code: str, further: Any, store: PostgresStore
) -> None:
    told = Redemption.model_validate_json(redeem(code, makes="reservation").content)
    assert (told.reserved.id, told.reserved.quantity) == (str(told.id), 1200)
    first = further(told.id, "captures", on(quantity=900), "k1")
    again = further(told.id, "captures", on(quantity=900), "k1")
    assert (first.status_code, first.content) == (201, again.content)
    taken = Redemption.model_validate_json(first.content)
    assert (taken.used.quantity, taken.given_back.quantity) == (900, 300)
    assert str(NORA) not in first.text
    assert len(happened(store, e.RightUsed)) == 1
    late = further(told.id, "releases", on(reason="full"), "k2")
    assert problem(late).type == "urn:problem-type:rugzak:unknownReservation"
    other = further(told.id, "releases", on(reason="full"), "k1")
    assert problem(other).type == "urn:problem-type:rugzak:idempotencyKeyReused"


def test_what_is_held_with_a_code_is_released_by_its_provider(
    redeem: Redeem, code: str, further: Any
) -> None:
    told = Redemption.model_validate_json(redeem(code, makes="reservation").content)
    answer = further(told.id, "releases", on(reason="the course is full"), "k1")
    assert Redemption.model_validate_json(answer.content).given_back.quantity == 1200


def test_another_providers_redemption_is_as_if_it_were_not_there(
    redeem: Redeem, code: str, further: Any, post: Post, store: PostgresStore
) -> None:
    told = Redemption.model_validate_json(redeem(code, makes="reservation").content)
    done(post("reservations", taking("r1", 60)))
    head = store.head()
    answers = [
        further(told.id, "captures", on(), "k1", provider="cvo-other"),
        further(told.id, "captures", on(), "k2", provider=None),
        further(uuid4(), "captures", on(), "k3"),
    ]
    said = [problem(each).model_dump(exclude={"instance"}) for each in answers]
    assert said[0] == said[1] == said[2]
    assert said[0]["status"] == 404
    assert store.head() == head


@pytest.mark.parametrize(
    "of",
    [
        {"quantity": 1201},
        {"unit": "cent"},
        {"course": COURSE | {"id": "french-b1"}},
        {"code": new_code()},
        {"provider": "cvo-other", "course": COURSE | {"provider": "cvo-other"}},
    ],
    ids=["more", "another unit", "another course", "another code", "another provider"],
)
def test_a_code_that_does_not_work_is_one_that_there_is_not_whatever_is_wrong(
    redeem: Redeem, code: str, store: PostgresStore, of: dict[str, Any], clock: SetClock
) -> None:
    head = store.head()
    wrong = redeem(**{"code": code} | of)
    none = redeem(new_code())
    assert problem(wrong).model_dump(exclude={"instance"}) == problem(none).model_dump(
        exclude={"instance"}
    )
    assert (wrong.status_code, problem(wrong).type) == (422, DOES_NOT_WORK)
    assert store.head() == head
    assert redeem(code).status_code == 201  # a wrong request does not use it up


def test_a_code_expires(redeem: Redeem, code: str, clock: SetClock, store: PostgresStore) -> None:
    clock.instant += timedelta(minutes=15)
    assert problem(redeem(code)).type == DOES_NOT_WORK
    assert happened(store, e.RightUsed) == []


def test_a_client_redeems_for_its_own_provider_only(
    api: TestClient, as_client: Any, code: str
) -> None:
    for of in ({}, {"provider": "cvo-other"}):
        headers = as_client("cvo", "authorizations:redeem", **of)
        answer = api.post("/redemptions", json=redeeming(code), headers=headers)
        assert problem(answer).type == "urn:problem-type:belgif:missingPermission"


def test_what_the_rules_refuse_tells_nothing_of_the_holder(
    api: TestClient, as_who: Headers, redeem: Redeem, store: PostgresStore
) -> None:
    headers = as_who("authorizations:write", account=NORA)
    body = authorizing(quantity=60_000)
    made = api.post(f"/accounts/{NORA}/authorizations", json=body, headers=headers)
    code = Authorization.model_validate_json(made.content).code
    first, again = redeem(code, quantity=60_000), redeem(code, quantity=60_000)
    assert (first.status_code, problem(first).type) == (409, "urn:problem-type:rugzak:notEnough")
    assert problem(first).detail == "the rules don't allow this; the holder sees why"
    assert again.content == first.content
    [refused] = happened(store, e.RequestRefused)
    assert isinstance(refused, e.RequestRefused)
    assert "125 h" in refused.detail


def test_guesses_are_throttled_for_each_client_over_all_workers_until_the_next_minute(
    redeem: Redeem, code: str, desk: Desk, clock: SetClock, as_client: Any
) -> None:
    for _ in range(MAX_FAILED_A_MINUTE):
        assert redeem(new_code()).status_code == 422
    late = redeem(code)
    assert problem(late).type == "urn:problem-type:belgif:tooManyFailedRequests"
    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
    with client_of(beside(desk)) as other:
        headers = as_client("cvo", "authorizations:redeem", provider=CVO)
        answer = other.post("/redemptions", json=redeeming(code), headers=headers)
    assert answer.status_code == 429
    assert redeem(new_code(), client="another").status_code == 422
    clock.instant += timedelta(minutes=1)
    assert redeem(code).status_code == 201


def test_codes_that_work_are_not_counted(redeem: Redeem, api: TestClient, as_who: Headers) -> None:
    headers = as_who("authorizations:write", account=NORA)
    for _ in range(MAX_FAILED_A_MINUTE + 1):
        body = authorizing(quantity=60)
        made = api.post(f"/accounts/{NORA}/authorizations", json=body, headers=headers)
        code = Authorization.model_validate_json(made.content).code
        assert redeem(code, quantity=60).status_code == 201


def test_one_code_that_many_hand_in_at_once_is_used_once(
    redeem: Redeem, code: str, store: PostgresStore
) -> None:
    def hand_in(number: int) -> int:
        return redeem(code, client=f"cvo-{number}", quantity=600 + number).status_code

    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(hand_in, range(8)))
    assert said == [201] + [422] * 7
    assert len(happened(store, e.RightUsed)) == 1


class BreaksOff(PostgresStore):
    """A store whose connection is lost at each commit, before or after it."""

    def __init__(self, url: str, *, after: bool) -> None:
        super().__init__(url)
        self._after_it = after

    def append(self, batch: Append) -> Sequence[int]:
        if self._after_it:
            super().append(batch)
        raise StoreUnavailable("the connection is gone")


@pytest.mark.parametrize("after", [False, True], ids=["not written", "written, answer lost"])
def test_a_redemption_that_broke_off_is_finished_by_the_same_request_and_none_is_doubled(
    redeem: Redeem,
    code: str,
    desk: Desk,
    app: FastAPI,
    database: str,
    store: PostgresStore,
    clock: SetClock,
    after: bool,
) -> None:
    with BreaksOff(database, after=after) as breaking:
        app.state.commands = together(replace(desk, door=open_door(breaking, clock)))
        away = redeem(code)
    assert (away.status_code, away.headers["Retry-After"]) == (503, "1")
    app.state.commands = together(desk)
    assert problem(redeem(code, quantity=60)).type == DOES_NOT_WORK
    assert redeem(code).status_code == 201
    assert len(happened(store, e.RightUsed)) == 1


def test_only_the_holder_and_a_mandated_helper_authorize(
    api: TestClient, as_who: Headers, store: PostgresStore
) -> None:
    path, scope = f"/accounts/{NORA}/authorizations", "authorizations:write"
    helper = as_who(scope, account=EMMA, mandates=[NORA])
    assert api.post(path, json=authorizing(), headers=helper).status_code == 201
    stranger = api.post(path, json=authorizing(), headers=as_who(scope, account=EMMA))
    system = api.post(path, json=authorizing(), headers=as_who(scope, ANY_ACCOUNT))
    nobody = uuid4()
    own = as_who(scope, account=nobody)
    unknown = api.post(f"/accounts/{nobody}/authorizations", json=authorizing(), headers=own)
    told = [problem(each).model_dump(exclude={"instance"}) for each in (stranger, system, unknown)]
    assert told[0] == told[1] == told[2]
    assert told[0]["status"] == 404


@pytest.mark.parametrize(
    ("of", "type_"),
    [({"scheme": "be-vlg/none"}, "unknownScheme"), ({"unit": "cent"}, "wrongUnit")],
)
def test_what_can_never_be_redeemed_is_not_authorized(
    api: TestClient, as_who: Headers, desk: Desk, of: dict[str, str], type_: str
) -> None:
    headers = as_who("authorizations:write", account=NORA)
    answer = api.post(f"/accounts/{NORA}/authorizations", json=authorizing(**of), headers=headers)
    assert (answer.status_code, problem(answer).type) == (422, f"urn:problem-type:rugzak:{type_}")


def test_a_code_is_kept_as_a_hash_and_goes_with_its_account(
    database: str, code: str, desk: Desk, redeem: Redeem
) -> None:
    def kept() -> list[Any]:
        with psycopg.connect(database) as conn:
            return conn.execute("SELECT code_hash, a::text FROM ledger.authorizations a").fetchall()

    [(hashed, row)] = kept()
    assert hashed == hash_of(code)
    assert code.replace("-", "") not in row
    erase = operated("erase-1", NORA, Erase(because="she asked"), "operator")
    desk.door.handle([erase])
    assert problem(redeem(code)).type == DOES_NOT_WORK


def test_codes_are_long_random_and_readable() -> None:
    codes = {new_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(len(code.replace("-", "")) == 26 for code in codes)
    assert {letter for code in codes for letter in code} == {*ALPHABET, "-"}
    assert hash_of("o1-IL") == hash_of("0111")
