"""Tokens are asked for once, kept, and renewed in time; what goes wrong is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from consumers import tokens as module
from consumers.refusals import BrokerRefused, TokenUnavailable
from consumers.tokens import Client, Tokens
from ops.embedded.child import LOOPBACK, free_port
from tests.secured import SECRET, USER, Issuer, issuing


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing(Issuer()) as running:
        yield running


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the clock of tokens, which stands until it is set."""
    hand = [1_000.0]
    monkeypatch.setattr(module, "monotonic", lambda: hand[0])
    return hand


def client(url: str, secret: str = SECRET) -> Client:
    return Client(url=url, id=USER, secret=secret, scope="kafka")


def test_a_token_is_asked_for_once_and_used_until_four_fifths_of_its_life(
    issuer: Issuer, now: list[float]
) -> None:
    tokens = Tokens(client(issuer.url))
    first = tokens.token()
    assert issuer.bodies == [{"grant_type": ["client_credentials"], "scope": ["kafka"]}]
    now[0] += 239
    assert tokens.token() == first
    now[0] += 2
    tokens.token()
    assert issuer.asked == 2


def test_its_subject_is_our_name(issuer: Issuer) -> None:
    tokens = Tokens(client(issuer.url))
    assert tokens.principal == "User:rugzak"
    issuer.subject = "service-account-rugzak"
    tokens.token()
    assert tokens.principal == "User:service-account-rugzak"


def test_a_secret_of_any_characters_arrives_whole(issuer: Issuer) -> None:
    issuer.secret = "a:b c+%&ë"  # noqa: S105  the test's
    assert Tokens(client(issuer.url, issuer.secret)).token()


def test_a_wrong_secret_is_a_refusal_that_names_the_client_and_not_the_secret(
    issuer: Issuer,
) -> None:
    with pytest.raises(BrokerRefused, match="no token to client rugzak: invalid_client") as raised:
        Tokens(client(issuer.url, "of-someone-else")).token()
    assert raised.value.reason == "token"
    assert "of-someone-else" not in str(raised.value)
    assert "of-someone-else" not in repr(client(issuer.url, "of-someone-else"))


def test_an_endpoint_that_is_away_is_no_refusal() -> None:
    url = f"http://{LOOPBACK}:{free_port()}/token"
    with pytest.raises(TokenUnavailable, match=f"the token endpoint {url} can't be reached"):
        Tokens(client(url)).token()


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (503, {}, TokenUnavailable),
        (429, {"error": "slow_down"}, TokenUnavailable),
        (302, {}, TokenUnavailable),
        (404, {}, BrokerRefused),
        (200, {"token_type": "Bearer"}, TokenUnavailable),
        (200, ["no", "object"], TokenUnavailable),
    ],
)
def test_what_is_no_token_is_told_by_what_can_be_done_about_it(
    issuer: Issuer, status: int, said: object, kind: type[Exception]
) -> None:
    issuer.instead = (status, said)
    with pytest.raises(kind):
        Tokens(client(issuer.url)).token()


def test_an_endpoint_that_says_nothing_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.2)
    with silence() as url, pytest.raises(TokenUnavailable, match="timed out"):
        Tokens(client(url)).token()


def test_a_renewal_that_fails_leaves_the_old_token_while_it_is_valid(
    issuer: Issuer, now: list[float]
) -> None:
    tokens = Tokens(client(issuer.url))
    first = tokens.token()
    issuer.instead = (503, {})
    now[0] += 250
    with capture_logs() as said:
        assert tokens.token() == first
        assert tokens.token() == first
    assert [line["event"] for line in said] == ["token_not_renewed"]
    assert issuer.asked == 2
    now[0] += 60
    with pytest.raises(TokenUnavailable):
        tokens.token()


def test_a_token_that_the_broker_did_not_take_is_not_offered_again(issuer: Issuer) -> None:
    tokens = Tokens(client(issuer.url))
    tokens.token()
    tokens.forget()
    tokens.token()
    assert issuer.asked == 2


def test_many_threads_share_one_token(issuer: Issuer) -> None:
    tokens = Tokens(client(issuer.url))
    threads = [threading.Thread(target=tokens.token) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert issuer.asked == 1


@contextmanager
def silence() -> Iterator[str]:
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}/token"
