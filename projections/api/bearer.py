"""Who asks: bearer tokens of an OpenID Connect provider.

The provider is found by discovery; its keys are fetched when first needed, and again when a token
names one that is not known. A token that was found good is remembered until it ends.
Sources: RFC 6750, RFC 9068; OpenID Connect Discovery 1.0.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic, time
from typing import Any, Final
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from ledger.words.texts import Text
from projections.api.problems import (
    EXPIRED_TOKEN,
    INVALID_TOKEN,
    NO_TOKEN,
    UNAVAILABLE,
    Kind,
    Refused,
)

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "Ed25519"]
"""Signatures that are taken; never `none`, and no shared secret."""

LEEWAY_SECONDS: Final = 30
"""How far the provider's clock may be from ours."""

ANSWER_SECONDS: Final = 5.0
"""How long the provider may take."""

LOOK_AGAIN_SECONDS: Final = 10.0
"""So long after its keys were fetched they are not fetched again, whatever a token names."""

REMEMBERED: Final = 10_000
"""Most tokens that are remembered as good."""

MAX_TOKEN_CHARACTERS: Final = 8_192

ACCOUNT: Final = "rugzak_account"
MANDATES: Final = "rugzak_mandates"
"""Claims: the account of the person who is logged in, and those of who gave a mandate."""

PROVIDER: Final = "rugzak_provider"
"""Claim: the provider of courses, as registers call it, whose application the client is."""
ORGANIZATION: Final = "rugzak_organization"
"""Claim: the enterprise number of the organisation that asks, for whom holders gave a mandate."""
SOURCES: Final = "rugzak_sources"
"""Claim: the `source`s of messages that the client publishes."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a good token says of who asks.

    Attributes:
        client: the application.
        subject: the person or system for which it asks.
        scopes: what it may do.
        account: the account of the person who is logged in; None when nobody is.
        mandates: accounts of others for whom that person may act, as the token says.
        provider: the provider of courses whose application it is; None when it is none's.
        sources: of the messages that the client publishes.
        organization: the enterprise number of whose application it is; None when it is none's.
        until: when the token ends, in seconds since 1970.

    """

    client: str
    subject: str
    scopes: frozenset[str]
    account: UUID | None
    mandates: frozenset[UUID]
    provider: str | None
    sources: frozenset[str]
    organization: str | None = None
    until: float


class Provider:
    """The OpenID Connect provider whose tokens are taken; for many threads."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        fetch: Callable[[str], Mapping[str, Any]] | None = None,
    ) -> None:
        """Trust a provider.

        Args:
            issuer: its URL, as its tokens name it.
            audience: as what they name this API.
            fetch: asks a URL for JSON; over HTTP when None.

        """
        self.issuer = issuer
        self._audience = audience
        self._fetch = fetch or _json
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._good: OrderedDict[bytes, Claims] = OrderedDict()

    def remembered(self, authorization: str | None) -> Claims | None:
        """Return who comes with a token that was found good, and has not ended; else None."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or len(token) > MAX_TOKEN_CHARACTERS:
            return None
        known = self._good.get(_name(token))
        return None if known is None or known.until + LEEWAY_SECONDS < time() else known

    def claims(self, authorization: str | None) -> Claims:
        """Return who comes with a header `Authorization`; may ask the provider for its keys.

        Raises:
            Refused: there is no token, or it is not good, or the provider can't be asked.

        """
        known = self.remembered(authorization)
        if known is None:
            token = _token(authorization)
            known = self._read(token)
            with self._lock:
                self._good[_name(token)] = known
                while len(self._good) > REMEMBERED:
                    self._good.popitem(last=False)
        return known

    def _read(self, token: str) -> Claims:
        try:
            claims = self._decoded(token).claims
            self._demand().validate(claims)
            return _claims(claims)
        except ExpiredTokenError:
            raise _unauthorised(EXPIRED_TOKEN, Text("api-token-expired")) from None
        except (JoseError, ValueError, KeyError, TypeError, UnicodeError) as error:
            detail = Text("api-token-wrong", error=type(error).__name__)
            raise _unauthorised(INVALID_TOKEN, detail) from None

    def _demand(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def _decoded(self, token: str) -> jwt.Token:
        keys = self.keys()
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            again = self.keys(after_unknown=True)
            if again is keys:
                raise
            return jwt.decode(token, again, algorithms=ALGORITHMS)

    def keys(self, *, after_unknown: bool = False) -> KeySet:
        """Return the provider's keys; after a token that names an unknown one, fresh ones."""
        with self._lock:
            old = self._keys
            if old is not None and (
                not after_unknown or monotonic() - self._fetched_at < LOOK_AGAIN_SECONDS
            ):
                return old
            try:
                where = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                self._keys = self._fetched(where)
            except (OSError, JoseError, KeyError, TypeError, ValueError) as error:
                log.warning("provider_not_asked", issuer=self.issuer, error=str(error))
                if old is not None:
                    return old
                raise Refused(
                    UNAVAILABLE,
                    Text("api-no-issuer"),
                    headers={"Retry-After": "5"},
                ) from None
            self._fetched_at = monotonic()
            log.info("provider_keys_fetched", issuer=self.issuer, keys=len(self._keys.keys))
            return self._keys

    def _fetched(self, where: str) -> KeySet:
        found = self._fetch(where)
        if found["issuer"] != self.issuer:
            raise ValueError(f"it calls itself {found['issuer']!r}")
        return KeySet.import_key_set(dict(self._fetch(found["jwks_uri"])))  # type: ignore[arg-type]


def _json(url: str) -> Mapping[str, Any]:
    """Ask a URL.

    Raises:
        OSError, TypeError, ValueError: no answer, or none of JSON that is an object.

    """
    import httpx2  # noqa: PLC0415  slow; only a worker that trusts a provider needs it

    try:
        answer = httpx2.get(url, timeout=ANSWER_SECONDS, follow_redirects=False)
        answer.raise_for_status()
    except httpx2.HTTPError as error:
        raise OSError(str(error)) from error
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError(f"{url} does not answer with a JSON object")
    return found


def _token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if not authorization:
        raise _unauthorised(NO_TOKEN, Text("api-no-token"))
    if scheme.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN_CHARACTERS:
        raise _unauthorised(INVALID_TOKEN, Text("api-no-bearer"))
    return token


def _name(token: str) -> bytes:
    """Return under what a token is remembered: not itself, which would open doors."""
    return hashlib.sha256(token.encode()).digest()


def _claims(claims: Mapping[str, Any]) -> Claims:
    account = claims.get(ACCOUNT)
    return Claims(
        client=str(claims.get("azp") or claims.get("client_id") or claims["sub"]),
        subject=str(claims["sub"]),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        account=None if account is None else UUID(account),
        mandates=frozenset(map(UUID, claims.get(MANDATES, ()))),
        provider=_text(claims.get(PROVIDER)),
        organization=_text(claims.get(ORGANIZATION)),
        sources=frozenset(map(str, claims.get(SOURCES, ()))),
        until=float(claims["exp"]),
    )


def _text(claim: object) -> str | None:
    if claim is not None and not isinstance(claim, str):
        raise TypeError("this claim is a text")
    return claim


def _unauthorised(kind: Kind, detail: Text) -> Refused:
    error = "" if kind is NO_TOKEN else ', error="invalid_token"'
    return Refused(kind, detail, headers={"WWW-Authenticate": f'Bearer realm="rugzak"{error}'})
