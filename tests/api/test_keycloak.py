"""Tokens of a real Keycloak are taken as those of the tests' own issuer are (make test-keycloak)."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from ledger.domain.mandates import Helper
from projections.api import bearer
from projections.api.asking import Desk
from projections.api.bearer import Provider
from projections.api.caller import Caller
from projections.api.problems import Refused
from tests.api.conftest import client_of
from tests.keycloak import AUDIENCE, OFFICE_NUMBER, Realm, keycloak
from tests.projections.logs import ListLog, person

pytestmark = [pytest.mark.keycloak, pytest.mark.xdist_group("keycloak")]

NORA, HELPED = person(0), uuid4()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with keycloak(tmp_path_factory.mktemp("keycloak")) as running:
        yield running


@pytest.fixture(scope="module")
def realm(server: tuple[str, str]) -> Realm:
    return Realm(*server, NORA, [HELPED])


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Rugzak-Purpose": "enrolment"}


def test_clients_with_a_secret_and_with_a_key_are_known_with_their_scopes(realm: Realm) -> None:
    provider = Provider(realm.issuer, AUDIENCE)
    for client in ("portal", "office"):
        plain = provider.claims(f"Bearer {realm.token(client)}")
        assert (plain.client, plain.account, plain.mandates) == (client, None, frozenset())
        assert plain.scopes & {"balances:read", "accounts:any"} == {"balances:read"}
        assert not Caller(plain).sees(NORA)
        more = provider.claims(f"Bearer {realm.token(client, 'accounts:any')}")
        assert {"balances:read", "accounts:any"} <= more.scopes
        assert Caller(more).sees(NORA)


def test_a_person_who_logs_in_comes_with_account_and_mandates(realm: Realm) -> None:
    nora = Provider(realm.issuer, AUDIENCE).claims(f"Bearer {realm.token_of_nora()}")
    assert (nora.client, nora.account, nora.mandates) == ("portal", NORA, frozenset({HELPED}))
    assert Caller(nora).sees(HELPED)
    assert not Caller(nora).sees(uuid4())


def test_an_organisation_is_the_one_that_the_provider_says(realm: Realm) -> None:
    provider = Provider(realm.issuer, AUDIENCE)
    office = provider.claims(f"Bearer {realm.token('office')}")
    assert office.organization == OFFICE_NUMBER
    assert Caller(office).helper == Helper(organisation=OFFICE_NUMBER)
    assert provider.claims(f"Bearer {realm.token('portal')}").organization is None


def test_the_api_answers_by_these_tokens(realm: Realm, desk: Desk, log: ListLog) -> None:
    path = f"/accounts/{NORA}/balances"
    with client_of(replace(desk, provider=Provider(realm.issuer, AUDIENCE))) as api:
        assert api.get(path, headers=headers(realm.token_of_nora())).status_code == 200
        office = realm.token("office", "accounts:any")
        assert api.get(path, headers=headers(office)).status_code == 200
        assert api.get(path, headers=headers(realm.token("office"))).status_code == 404
        accesses = path.replace("balances", "accesses")
        assert api.get(accesses, headers=headers(office)).status_code == 403


def test_a_token_for_another_audience_or_of_another_realm_is_refused(
    realm: Realm, server: tuple[str, str]
) -> None:
    provider = Provider(realm.issuer, AUDIENCE)
    other = Realm(*server, NORA, [])
    for token in (realm.token("stranger"), other.token()):
        with pytest.raises(Refused, match="invalidAccessToken"):
            provider.claims(f"Bearer {token}")


def test_a_new_key_of_the_realm_is_followed_and_the_old_one_still_taken(
    realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearer, "LOOK_AGAIN_SECONDS", 0.0)
    provider = Provider(realm.issuer, AUDIENCE)
    old = realm.token()
    before = {key.kid for key in provider.keys().keys}
    realm.rotate()
    assert provider.claims(f"Bearer {realm.token()}").client == "portal"
    assert {key.kid for key in provider.keys().keys} > before
    assert provider.claims(f"Bearer {old}").client == "portal"
