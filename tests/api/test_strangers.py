"""Who comes without a good token is held back by address; who has one goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ops.running.api import configured
from ops.settings import Settings
from projections.api.app import application
from projections.api.asking import Desk
from projections.api.limits import MAX_CLIENTS
from projections.api.problems import Refused
from projections.api.strangers import Strangers, network_of
from tests.api.conftest import Headers, beside
from tests.projections.logs import ListLog, person

NORA = f"/accounts/{person(0)}/balances"
FORGED = {"Authorization": "Bearer a.b.c", "Rugzak-Purpose": "x"}
HERE = "203.0.113.9"
THERE = "203.0.113.10"


@contextmanager
def seen_from(desk: Desk, folder: Path, host: str, **settings: str) -> Iterator[TestClient]:
    """Yield the API as `rugzak serve` configures it, as a client at an address has it."""
    app = application(desk)
    config = configured(app, Settings(data_dir=folder, **settings))
    config.load()
    base = "http://rugzak.example.be/v1"
    with TestClient(config.loaded_app, base_url=base, client=(host, 5_000)) as api:
        yield api


@pytest.fixture
def strict(desk: Desk) -> Desk:
    """Return the desk, where three failures a minute are allowed."""
    return replace(desk, strangers=Strangers(3))


def test_after_some_failures_an_address_waits_and_good_tokens_from_it_go_on(
    strict: Desk, log: ListLog, tmp_path: Path, as_who: Headers
) -> None:
    known, new = as_who(), as_who("balances:read", "accounts:any", "other:read")
    with (
        seen_from(strict, tmp_path, HERE) as here,
        seen_from(beside(strict), tmp_path, THERE) as there,
    ):
        assert here.get(NORA, headers=known).status_code == 200
        assert [here.get(NORA, headers=FORGED).status_code for _ in range(4)] == [401] * 3 + [429]
        last = here.get(NORA)
        assert last.json()["type"] == "urn:problem-type:belgif:tooManyFailedRequests"
        assert last.headers["Retry-After"] == "20"
        assert last.headers["RateLimit-Policy"] == '"address";q=3;w=60'
        assert here.get(NORA, headers=known).status_code == 200, "found good before"
        assert here.get(NORA, headers=new).status_code == 429, "not even looked at"
        assert there.get(NORA, headers=new).status_code == 200, "another address"
        assert here.get(NORA, headers=new).status_code == 200, "found good there"
        assert here.get("/health").status_code == 200


def test_good_tokens_never_count(
    strict: Desk, log: ListLog, tmp_path: Path, as_who: Headers
) -> None:
    with seen_from(strict, tmp_path, HERE) as api:
        tokens = [as_who("balances:read", "accounts:any", f"x{n}:read") for n in range(10)]
        assert {api.get(NORA, headers=each).status_code for each in tokens} == {200}
        assert {api.get(NORA, headers=as_who("x:read")).status_code for _ in range(5)} == {403}


@pytest.mark.parametrize(
    ("trusted", "counted"),
    [({}, [401] * 3 + [429]), ({"api_trusted_proxies": f"10.0.0.0/8, {HERE}"}, [401] * 4)],
    ids=["nobody is trusted", "the proxy is"],
)
def test_another_address_is_believed_only_of_a_proxy_that_is_trusted(
    strict: Desk, log: ListLog, tmp_path: Path, trusted: dict[str, str], counted: list[int]
) -> None:
    with seen_from(strict, tmp_path, HERE, **trusted) as api:
        from_afar = [FORGED | {"X-Forwarded-For": f"198.51.100.{number}"} for number in range(4)]
        assert [api.get(NORA, headers=each).status_code for each in from_afar] == counted


def test_an_ipv6_address_is_counted_with_its_network() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert network_of("::ffff:203.0.113.9") == network_of("203.0.113.9") == "203.0.113.9"


def test_the_memory_of_addresses_is_bounded() -> None:
    strangers = Strangers(1)
    for number in range(MAX_CLIENTS + 50):
        strangers._limits.take(str(number))
    assert len(strangers._limits._full_at) == MAX_CLIENTS
    strangers._limits.check("0")
    with pytest.raises(Refused):
        strangers._limits.check(str(MAX_CLIENTS))
