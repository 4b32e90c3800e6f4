"""What the API refuses, and how it says so."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from projections.api import bearer
from projections.api.development import ISSUER, KEY_FILE, DevelopmentIssuer
from projections.api.problems import Refused
from schemas.api_v1.problems import BadRequest, Problem
from tests.api.conftest import AUDIENCE, Headers
from tests.projections.logs import ListLog, person

NORA = f"/accounts/{person(0)}/balances"


def problem(answer: object) -> Problem:
    """Return the problem that an answer tells; it is one, and nothing internal is in it."""
    response = answer
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    told = Problem.model_validate_json(response.content)  # type: ignore[attr-defined]
    assert told.status == response.status_code  # type: ignore[attr-defined]
    assert told.instance.startswith("urn:uuid:")
    return told


def test_nobody_is_asked_for_a_token(api: TestClient, log: ListLog) -> None:
    answer = api.get(NORA, headers={"Rugzak-Purpose": "enrolment"})
    assert problem(answer).type == "urn:problem-type:belgif:noAccessToken"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="rugzak"'


@pytest.mark.parametrize(
    "header",
    ["Basic dTpw", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer " + "x" * 9_000, "bearer é"],
)
def test_what_is_no_token_is_refused(api: TestClient, log: ListLog, header: str) -> None:
    answer = api.get(NORA, headers={b"Authorization": header.encode(), b"Rugzak-Purpose": b"x"})
    assert problem(answer).status == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"iss": "https://other.example.be"}, "invalidAccessToken"),
        ({"aud": "other"}, "invalidAccessToken"),
        ({"aud": None}, "invalidAccessToken"),
        ({"sub": None}, "invalidAccessToken"),
        ({"exp": None}, "invalidAccessToken"),
        ({"exp": 1_700_000_000}, "expiredAccessToken"),
        ({"nbf": 4_000_000_000}, "invalidAccessToken"),
        ({"rugzak_account": "nora"}, "invalidAccessToken"),
    ],
)
def test_a_token_for_others_or_of_another_time_is_refused(
    api: TestClient, log: ListLog, tmp_path: Path, change: dict[str, object], kind: str
) -> None:
    key = OKPKey.import_key((tmp_path / "issuer" / KEY_FILE).read_bytes())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "portal",
        "exp": 4_000_000_000,
        "scope": "balances:read accounts:any",
    }
    changed = {name: value for name, value in (claims | change).items() if value is not None}
    for said, expected in ((claims, 200), (changed, 401)):
        token = jwt.encode(
            {"alg": "Ed25519", "kid": key.thumbprint()}, said, key, algorithms=["Ed25519"]
        )
        answer = api.get(NORA, headers={"Authorization": f"Bearer {token}", "Rugzak-Purpose": "x"})
        assert answer.status_code == expected, answer.text
    assert problem(answer).type == f"urn:problem-type:belgif:{kind}"


def test_a_token_that_somebody_else_signed_or_nobody_is_refused(
    api: TestClient, log: ListLog, tmp_path: Path
) -> None:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "x",
        "exp": 4_000_000_000,
        "scope": "balances:read accounts:any",
    }
    ours = OKPKey.import_key((tmp_path / "issuer" / KEY_FILE).read_bytes())
    theirs = OKPKey.generate_key("Ed25519")
    forged = [
        jwt.encode(
            {"alg": "Ed25519", "kid": ours.thumbprint()}, claims, theirs, algorithms=["Ed25519"]
        ),
        jwt.encode(
            {"alg": "RS256", "kid": "x"}, claims, RSAKey.generate_key(2048), algorithms=["RS256"]
        ),
        "eyJhbGciOiJub25lIn0."
        + jwt.encode({"alg": "Ed25519"}, claims, theirs, algorithms=["Ed25519"]).split(".")[1]
        + ".",
    ]
    for token in forged:
        answer = api.get(NORA, headers={"Authorization": f"Bearer {token}", "Rugzak-Purpose": "x"})
        assert problem(answer).type == "urn:problem-type:belgif:invalidAccessToken"


def test_a_scope_that_is_missing_is_named(api: TestClient, log: ListLog, as_who: Headers) -> None:
    answer = api.get(NORA, headers=as_who("other:read"))
    told = problem(answer)
    assert (told.status, told.type) == (403, "urn:problem-type:belgif:missingScope")
    assert answer.json()["requiredScopes"] == ["balances:read"]
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_all_that_is_wrong_is_told_at_once(api: TestClient, log: ListLog, as_who: Headers) -> None:
    headers = as_who() | {"Rugzak-After": "soon", "Rugzak-Purpose": "Because I can"}
    answer = api.get(
        "/accounts/nora/balances", params={"on": "2022-02-30", "off": "x"}, headers=headers
    )
    assert problem(answer).type == "urn:problem-type:belgif:badRequest"
    issues = {
        (each.within, each.name): each
        for each in BadRequest.model_validate_json(answer.content).issues
    }
    assert set(issues) == {
        ("path", "accountId"), ("query", "on"), ("query", "off"), ("header", "Rugzak-After"), ("header", "Rugzak-Purpose"),
    }  # fmt: skip
    assert issues["query", "off"].type == "urn:problem-type:belgif:input-validation:unknownInput"
    assert issues["query", "on"].value == "2022-02-30"


def test_a_purpose_is_asked_for(api: TestClient, log: ListLog, as_who: Headers) -> None:
    headers = {name: value for name, value in as_who().items() if name != "Rugzak-Purpose"}
    [issue] = BadRequest.model_validate_json(api.get(NORA, headers=headers).content).issues
    assert (issue.within, issue.name) == ("header", "Rugzak-Purpose")


@pytest.mark.parametrize(
    ("method", "path", "status", "type_"),
    [
        ("GET", "/nothing/here", 404, "urn:problem-type:belgif:resourceNotFound"),
        ("GET", f"{NORA}/", 404, "urn:problem-type:belgif:resourceNotFound"),
        ("POST", NORA, 405, "urn:problem-type:rugzak:methodNotAllowed"),
        ("DELETE", "/health", 405, "urn:problem-type:rugzak:methodNotAllowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(
    api: TestClient, method: str, path: str, status: int, type_: str
) -> None:
    answer = api.request(method, path)
    assert (answer.status_code, problem(answer).type) == (status, type_)


def test_a_body_over_the_limit_is_refused_whether_or_not_its_length_is_told(
    api: TestClient,
) -> None:
    def chunks() -> object:
        yield from [b"x" * 40_000] * 2

    told = api.post("/health", content=b"x" * 65_537)
    assert problem(told).type == "urn:problem-type:belgif:payloadTooLarge"
    assert told.json()["limit"] == 65_536
    untold = api.post("/health", content=chunks())  # type: ignore[arg-type]
    assert untold.status_code in (405, 413)


def test_every_answer_has_a_mark_of_ours_and_the_callers(api: TestClient) -> None:
    mine = str(uuid4())
    answer = api.get("/health", headers={"BelGov-Trace-Id": mine})
    assert answer.headers["BelGov-Related-Trace-Id"] == mine
    assert answer.headers["BelGov-Trace-Id"] not in ("", mine)
    odd = api.get("/nothing", headers={"BelGov-Trace-Id": "x" * 37})
    assert "BelGov-Related-Trace-Id" not in odd.headers
    assert odd.headers["BelGov-Trace-Id"]


def test_a_new_key_of_the_provider_is_found_and_not_asked_for_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (DevelopmentIssuer(tmp_path / name, AUDIENCE) for name in ("old", "new"))
    keys, asked = [old], []

    def fetch(url: str) -> dict[str, object]:
        asked.append(url)
        return dict(keys[-1].provider()._fetch(url))

    provider = bearer.Provider(ISSUER, AUDIENCE, fetch)
    assert provider.claims(f"Bearer {old.token('a', ['x'])}").client == "a"
    keys.append(new)
    monkeypatch.setattr(bearer, "LOOK_AGAIN_SECONDS", 0.0)
    assert provider.claims(f"Bearer {new.token('b', ['x'])}").scopes == {"x"}
    monkeypatch.setattr(bearer, "LOOK_AGAIN_SECONDS", 60.0)
    so_far = len(asked)
    other = DevelopmentIssuer(tmp_path / "other", AUDIENCE)
    for _ in range(3):
        with pytest.raises(Refused):
            provider.claims(f"Bearer {other.token('c', ['x'])}")
    assert len(asked) == so_far


def test_the_key_of_development_is_its_users_alone(tmp_path: Path) -> None:
    first = DevelopmentIssuer(tmp_path, AUDIENCE)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    again = DevelopmentIssuer(tmp_path, AUDIENCE)
    assert again.provider().claims(f"Bearer {first.token('a', [])}").client == "a"
    assert "scope" in json.dumps(
        jwt.decode(first.token("a", []), first._key, algorithms=["Ed25519"]).claims
    )
