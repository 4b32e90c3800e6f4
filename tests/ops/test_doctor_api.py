"""What `rugzak doctor` says of the HTTP API and of the provider of its tokens."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet, OKPKey

from ops.doctor.api import answering, tokens_of
from ops.doctor.findings import Finding
from ops.settings import Settings
from projections.api.routing import VERSION

KEYS = KeySet([OKPKey.generate_key("Ed25519")]).as_dict(private=False)


class Answers:
    """A server on loopback that answers what a test says."""

    def __init__(self) -> None:
        self.bodies: dict[str, Any] = {}
        self.status = 200
        self.ahead = timedelta()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(outer.bodies.get(self.path, "nothing")).encode()
                self.send_response_only(outer.status if self.path in outer.bodies else 404)
                self.send_header(
                    "Date", format_datetime(datetime.now(UTC) + outer.ahead, usegmt=True)
                )
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"


@pytest.fixture
def answers() -> Iterator[Answers]:
    found = Answers()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.05,))
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


Look = Callable[..., list[Finding]]


@pytest.fixture
def look(answers: Answers, tmp_path: Path) -> Look:
    """Return what finds: whether the API answers at the server, or whether it is a provider."""

    def looked(at: str, **settings: Any) -> list[Finding]:
        where = {"api_port": answers.port} if at == "API" else {"oidc_issuer": answers.url}
        said = Settings(data_dir=tmp_path, **(where | settings))
        return list((answering if at == "API" else tokens_of)(said))

    return looked


@pytest.mark.parametrize(
    ("status", "code", "level"),
    [("UP", 200, "well"), ("DEGRADED", 200, "note"), ("DOWN", 503, "wrong")],
)
def test_it_says_how_the_api_is(
    answers: Answers, look: Look, status: str, code: int, level: str
) -> None:
    answers.bodies["/v1/health"] = {"status": status, "version": VERSION}
    answers.status = code
    for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104  nothing listens there
        [found] = look("API", api_host=host)
        assert found.level == level
        assert f"127.0.0.1:{answers.port}" in found.text


@pytest.mark.parametrize("told", [{"version": "1.99.0"}, {}], ids=["another", "none"])
def test_it_says_when_what_answers_is_of_another_version_than_this_program(
    answers: Answers, look: Look, told: dict[str, str]
) -> None:
    answers.bodies["/v1/health"] = {"status": "UP"} | told
    [well, other] = look("API")
    assert (well.level, other.level) == ("well", "note")
    assert other.text.endswith(f"is version {told.get('version', '1.0')}; this is {VERSION}")


def test_it_says_when_another_or_nobody_answers(answers: Answers, look: Look) -> None:
    assert [each.level for each in look("API")] == ["wrong"], "another"
    [nobody] = look("API", api_port=1)
    assert (nobody.level, nobody.advice) == ("note", "`rugzak serve` or `rugzak up` starts it")


def test_a_provider_with_keys_and_our_time_is_well(answers: Answers, look: Look) -> None:
    provide(answers)
    assert [each.level for each in look("tokens")] == ["well", "well"]
    assert "its tokens: 1" in look("tokens")[0].text


def provide(answers: Answers) -> None:
    told = {"issuer": answers.url, "jwks_uri": f"{answers.url}/keys"}
    answers.bodies = {"/.well-known/openid-configuration": told, "/keys": KEYS}


@pytest.mark.parametrize(
    ("seconds", "level", "said"),
    [(15, "note", " s ahead"), (-15, "note", " s behind"), (300, "wrong", "30 s are allowed for")],
)
def test_a_clock_that_is_off_is_told(
    answers: Answers, look: Look, seconds: int, level: str, said: str
) -> None:
    provide(answers)
    answers.ahead = timedelta(seconds=seconds)
    found = look("tokens")[-1]
    assert found.level == level
    assert said in found.text


def test_what_is_no_provider_is_told_and_why(answers: Answers, look: Look) -> None:
    [missing] = look("tokens")
    assert (missing.level, "does not answer" in missing.text) == ("wrong", True)
    provide(answers)
    answers.bodies["/.well-known/openid-configuration"]["issuer"] = "https://login.example.be"
    [other] = look("tokens")
    assert (other.level, "calls itself https://login.example.be" in other.text) == ("wrong", True)
    answers.bodies["/.well-known/openid-configuration"] = ["no", "object"]
    [nonsense] = look("tokens")
    assert "is no OpenID Connect provider" in nonsense.text
    [nobody] = look("tokens", oidc_issuer="http://127.0.0.1:1")
    assert "does not answer" in nobody.text


def test_a_provider_without_tls_elsewhere_is_wrong(look: Look) -> None:
    found = look("tokens", oidc_issuer="http://login.invalid")
    assert "without TLS" in found[0].text


def test_without_a_provider_only_this_machine_is_fine(look: Look) -> None:
    [here] = look("tokens", oidc_issuer=None)
    assert here.level == "note"
    [elsewhere] = look("tokens", oidc_issuer=None, api_host="0.0.0.0")  # noqa: S104  it is wrong
    assert (elsewhere.level, "it won't start" in elsewhere.text) == ("wrong", True)
