"""A token issuer for development: no provider is needed to try the API on one's own machine.

Whoever can read its key can be anybody, so it is only used on loopback, by who says so, and loudly.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from time import time
from typing import Any, Final
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from projections.api.bearer import ACCOUNT, MANDATES, ORGANIZATION, PROVIDER, SOURCES, Provider

ISSUER: Final = "urn:rugzak:development"
KEY_FILE: Final = "api-development.key"
ALGORITHM: Final = "Ed25519"
_JWKS: Final = "urn:rugzak:development:keys"


class DevelopmentIssuer:
    """Signs tokens with a key that lies in the data folder."""

    def __init__(self, folder: Path, audience: str) -> None:
        """Take the folder's key, or make one that only this user can read."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / KEY_FILE
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as file:
                file.write(OKPKey.generate_key("Ed25519").as_pem(private=True))
        key = OKPKey.import_key(path.read_bytes())
        self._key = OKPKey.import_key(key.as_pem(private=True), {"kid": key.thumbprint()})
        self._audience = audience

    def token(
        self,
        client: str,
        scopes: Collection[str],
        *,
        account: UUID | None = None,
        mandates: Collection[UUID] = (),
        provider: str | None = None,
        organization: str | None = None,
        sources: Collection[str] = (),
        seconds: int = 3_600,
    ) -> str:
        """Return a token: of a system, perhaps a provider's, or of a person who is logged in."""
        now = int(time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": client if account is None else str(account),
            "client_id": client,
            "scope": " ".join(sorted(scopes)),
            "iat": now,
            "exp": now + seconds,
            "jti": str(uuid4()),
        }
        if account is not None:
            claims[ACCOUNT] = str(account)
            claims[MANDATES] = sorted(map(str, mandates))
        if provider is not None:
            claims[PROVIDER] = provider
        if organization is not None:
            claims[ORGANIZATION] = organization
        if sources:
            claims[SOURCES] = sorted(sources)
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "at+jwt"}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    def provider(self) -> Provider:
        """Return what takes its tokens."""
        return Provider(ISSUER, self._audience, self._answer)

    def _answer(self, url: str) -> Mapping[str, Any]:
        if url.endswith("openid-configuration"):
            return {"issuer": ISSUER, "jwks_uri": _JWKS}
        return dict(KeySet([self._key]).as_dict(private=False))
