"""Tokens for OAUTHBEARER: asked for with the client-credentials grant, kept while they are valid.

One question over HTTP of RFC 6749, section 4.4, so it is asked with the standard library.
"""

import base64
import binascii
import json
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import structlog
from kafka.net.sasl.oauth import AbstractTokenProvider

from consumers.refusals import BrokerRefused, TokenUnavailable

ANSWER_SECONDS: Final = 3.0
"""How long the endpoint may take: kafka-python waits for it between two heartbeats."""

MAX_ANSWER_BYTES: Final = 256 * 1024
MAX_TEXT_CHARACTERS: Final = 200

TRY_AGAIN: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
"""Answers that are no refusal, though their number says so."""

RENEWED_AT: Final = 0.8
"""After this part of its life a token is renewed, so that it never ends on its way."""

UNSAID_SECONDS: Final = 60.0
"""How long a token is kept when the endpoint does not say how long it lives."""

LONGEST_SECONDS: Final = 86_400.0
"""A token is renewed after a day, whatever the endpoint says."""

RETRY_SECONDS: Final = 5.0
"""When a renewal failed, the old token is used for so long before the next try."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom the endpoint knows us as.

    Attributes:
        url: the token endpoint.
        id: of the client.
        secret: its secret.
        scope: what is asked for; the endpoint's own choice when None.
        cafile: who vouches for the endpoint; the system's authorities when None.

    """

    url: str
    id: str
    secret: str
    scope: str | None = None
    cafile: Path | None = None

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Client({self.id!r} at {self.url!r})"


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    ends: float
    renewed: float


@cache
def tokens(client: Client) -> "Tokens":
    """Return the tokens of a client, which all connections of the process share."""
    return Tokens(client)


class Tokens(AbstractTokenProvider):  # type: ignore[misc]  # it has no hints
    """Gives every client of the process the token that is valid now; for many threads."""

    def __init__(self, client: Client) -> None:
        """Begin without one."""
        super().__init__()
        self._client = client
        self._lock = threading.Lock()
        self._token: _Token | None = None

    @property
    def principal(self) -> str:
        """As whom a broker sees us: the subject, unless it is set to read another claim."""
        if self._token is not None and (subject := _claims(self._token.text).get("sub")):
            return f"User:{subject}"
        return f"User:{self._client.id}"

    def token(self) -> str:
        """Return a token that is still valid.

        Raises:
            TokenUnavailable: the endpoint can't be reached, or is not well.
            BrokerRefused: it refuses us.

        """
        with self._lock:
            now, held = monotonic(), self._token
            if held is not None and now < held.renewed:
                return held.text
            try:
                self._token = fresh = self._ask(now)
            except (TokenUnavailable, BrokerRefused) as error:
                if held is None or now >= held.ends:
                    raise
                log.warning(
                    "token_not_renewed", detail=error.text, seconds_left=int(held.ends - now)
                )
                self._token = _Token(held.text, held.ends, now + RETRY_SECONDS)
                return held.text
            return fresh.text

    def forget(self) -> None:
        """Ask for another one next time: the broker did not take this one."""
        with self._lock:
            self._token = None

    def _ask(self, now: float) -> _Token:
        client = self._client
        form = {"grant_type": "client_credentials"} | (
            {"scope": client.scope} if client.scope else {}
        )
        # Encoded before they are joined (RFC 6749, section 2.3.1).
        known = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(known.encode()).decode()}",
            "Accept": "application/json",
        }
        question = urllib.request.Request(  # noqa: S310  the settings take http and https only
            client.url, urlencode(form).encode(), headers
        )
        try:
            with _opener(client).open(question, timeout=ANSWER_SECONDS) as answer:
                said = _read(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error.code, _read(error)) from None
        except (OSError, ValueError, HTTPException) as error:
            why = getattr(error, "reason", None) or error
            raise self._unavailable(f"can't be reached: {why}") from None
        text = said.get("access_token")
        if not isinstance(text, str) or not text:
            raise self._unavailable("answers without an access_token")
        life = _life_seconds(said.get("expires_in"))
        return _Token(text, now + life, now + life * RENEWED_AT)

    def _refused(self, status: int, said: dict[str, Any]) -> Exception:
        """Explain an answer that is no token: we are refused, or the endpoint is not well."""
        if status // 100 != 4 or status in TRY_AGAIN:  # noqa: PLR2004  4xx is our mistake
            return self._unavailable(f"answers {status}")
        told = (said.get("error"), said.get("error_description"))
        why = ": ".join(each for each in told if isinstance(each, str)) or f"it answers {status}"
        text = f"{self._client.url} gives no token to client {self._client.id}: "
        return BrokerRefused(
            text + why[:MAX_TEXT_CHARACTERS],
            reason="token",
            principal=f"User:{self._client.id}",
            endpoint=self._client.url,
        )

    def _unavailable(self, why: str) -> TokenUnavailable:
        text = f"the token endpoint {self._client.url} {why}"
        return TokenUnavailable(text[:MAX_TEXT_CHARACTERS], endpoint=self._client.url)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry our secret to who knows where."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


def _opener(client: Client) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=str(client.cafile) if client.cafile else None)
    return urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=context))


def _read(answer: Any) -> dict[str, Any]:  # noqa: ANN401  a response, or the error that holds one
    """Read an answer's JSON object; an empty one when it is none."""
    try:
        said = json.loads(answer.read(MAX_ANSWER_BYTES))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _life_seconds(told: object) -> float:
    """Return how long a token lives; some endpoints tell it as text."""
    try:
        life = float(told) if isinstance(told, int | float | str) else 0.0
    except ValueError:
        life = 0.0
    return min(life, LONGEST_SECONDS) if life > 0 else UNSAID_SECONDS


def _claims(token: str) -> dict[str, Any]:
    """Return what a JWT claims, unverified: only to say as whom we come."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  header, claims, signature
        return {}
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return said if isinstance(said, dict) else {}
