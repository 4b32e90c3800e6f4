"""How much a client may ask, and how it hears of it."""

import re
from dataclasses import replace

import pytest

from projections.api.asking import Desk
from projections.api.limits import MAX_CLIENTS, Limits
from projections.api.problems import Refused
from tests.api.conftest import Headers, client_of
from tests.api.test_access_log import recorded
from tests.projections.logs import ListLog, person

NORA = f"/accounts/{person(0)}/balances"


def test_who_asked_too_much_is_told_how_long_to_wait_and_others_are_answered(
    desk: Desk, log: ListLog, database: str, as_who: Headers
) -> None:
    with client_of(replace(desk, limits=Limits(3))) as api:
        answers = [api.get(NORA, headers=as_who()) for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert {each.headers["RateLimit-Policy"] for each in answers} == {'"client";q=3;w=60'}
        left = [
            re.fullmatch(r'"client";r=(\d+);t=(\d+)', each.headers["RateLimit"]) for each in answers
        ]
        assert [each and each[1] for each in left] == ["2", "1", "0", "0"]
        assert [each and each[2] for each in left] == ["20", "40", "60", "60"]
        last = answers[-1]
        assert last.json()["type"] == "urn:problem-type:belgif:tooManyRequests"
        assert last.json()["retryAfterSec"] == int(last.headers["Retry-After"]) == 20
        assert api.get("/health").status_code == 200
        token = as_who()["Authorization"]
        assert token
        assert len(recorded(database)) == 3, "what is not even begun costs no record"
        refused = api.get(NORA, headers={"Rugzak-Purpose": "x"})
        assert "RateLimit" not in refused.headers, "nobody whom we know"


def test_the_quota_comes_back_evenly_and_no_faster() -> None:
    now = [1_000.0]
    limits = Limits(60, lambda: now[0])
    assert [limits.take("a").remaining for _ in range(60)] == [*range(59, -1, -1)]
    with pytest.raises(Refused):
        limits.take("a")
    assert limits.take("b").remaining == 59
    for _ in range(200):  # one a second, for minutes
        now[0] += 1.0
        assert limits.take("a").remaining == 0
        with pytest.raises(Refused):
            limits.take("a")
    now[0] += 3_600
    assert limits.take("a").remaining == 59


def test_the_memory_of_clients_is_bounded() -> None:
    limits = Limits(10)
    for number in range(MAX_CLIENTS + 50):
        limits.take(str(number))
    assert len(limits._full_at) == MAX_CLIENTS
