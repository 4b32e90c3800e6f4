"""A real Keycloak, and a realm in it: its zip from Maven, no Docker. It needs Java 17 and Maven."""

import os
import secrets
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import mkdtemp
from time import time
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from ops.embedded import child
from ops.embedded.apache import CACHE, ProgramMissing
from projections.api.bearer import ACCOUNT, MANDATES, ORGANIZATION

VERSION: Final = "26.3.5"
HOME: Final = CACHE.parent / "keycloak" / VERSION

MAVEN_SECONDS: Final = 600
START_SECONDS: Final = 180.0
ANSWER_SECONDS: Final = 30.0
STOP: Final = ((signal.SIGTERM, 30.0),)

ADMIN: Final = "admin"
SECRET: Final = secrets.token_hex(16)

AUDIENCE: Final = "rugzak"
OFFICE_NUMBER: Final = "0206731645"
"""The enterprise number that every token of `office` says."""

OUR_SCOPES: Final = ("accounts:any", "accesses:read", "balances:read")


class Realm:
    """A realm of a running Keycloak, made through its admin API.

    It has three clients and one person. `portal` has a secret, `office` signs with a key of its own
    (private_key_jwt), and the tokens of `stranger` are for another audience.
    """

    def __init__(self, base: str, password: str, account: UUID, mandates: list[UUID]) -> None:
        """Make a realm whose person, nora, has an account and mandates."""
        self._base, self._password = base, password
        self.name = f"rugzak-{uuid4()}"
        self.issuer = f"{base}/realms/{self.name}"
        self._office = RSAKey.generate_key(2048, {"kid": "office", "use": "sig", "alg": "RS256"})
        self._login = "Bearer none"
        self._client = httpx2.Client(timeout=ANSWER_SECONDS)
        self._admin("POST", "", {"realm": self.name, "enabled": True})
        profile = self._admin("GET", f"/{self.name}/users/profile").json()
        self._admin(
            "PUT", f"/{self.name}/users/profile", profile | {"unmanagedAttributePolicy": "ENABLED"}
        )
        for scope in OUR_SCOPES:
            self._scope(scope, {"include.in.token.scope": "true"}, [])
        self._scope("rugzak", {"include.in.token.scope": "false"}, _mappers())
        for each in self._clients():
            self._admin("POST", f"/{self.name}/clients", each)
        attributes = {ACCOUNT: [str(account)], MANDATES: [str(each) for each in mandates]}
        self._admin("POST", f"/{self.name}/users", _person("nora", attributes))

    def token(self, client: str = "portal", scope: str = "openid", **more: str) -> str:
        """Return an access token of a client, with optional scopes besides its own."""
        if client == "office":
            more |= {
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(),
            }
        else:
            more |= {"client_secret": SECRET}
        asked = {"grant_type": "client_credentials", "client_id": client, "scope": scope} | more
        return self._asked(f"{self.issuer}/protocol/openid-connect/token", asked)

    def token_of_nora(self) -> str:
        """Return an access token of the portal, in which Nora has logged in."""
        return self.token(grant_type="password", username="nora", password=SECRET)

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        realm = self._admin("GET", f"/{self.name}").json()["id"]
        config = {"priority": ["200"], "active": ["true"], "enabled": ["true"]}
        key = {
            "name": "new",
            "parentId": realm,
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": config | {"algorithm": ["RS256"], "keySize": ["2048"]},
        }
        self._admin("POST", f"/{self.name}/components", key)

    def _assertion(self) -> str:
        now = int(time())
        claims = {"iss": "office", "sub": "office", "aud": self.issuer, "jti": str(uuid4())}
        header = {"alg": "RS256", "kid": "office"}
        return jwt.encode(header, claims | {"iat": now, "exp": now + 60}, self._office)

    def _clients(self) -> Iterator[dict[str, Any]]:
        optional = ["accounts:any", "accesses:read"]
        of = {
            "enabled": True,
            "publicClient": False,
            "standardFlowEnabled": False,
            "serviceAccountsEnabled": True,
            "directAccessGrantsEnabled": True,
            "defaultClientScopes": ["basic", "rugzak", "balances:read"],
            "optionalClientScopes": optional,
            "secret": SECRET,
        }
        yield of | {"clientId": "portal"}
        yield of | {"clientId": "stranger", "defaultClientScopes": ["basic", "balances:read"]}
        keys = KeySet([self._office]).as_dict(private=False)
        signs = {
            "use.jwks.string": "true",
            "jwks.string": httpx2.Request("POST", "http://x", json=keys).content.decode(),
            "token.endpoint.auth.signing.alg": "RS256",
        }
        yield of | {
            "clientId": "office",
            "clientAuthenticatorType": "client-jwt",
            "attributes": signs,
            "protocolMappers": [_organization(OFFICE_NUMBER)],
        }

    def _scope(self, name: str, attributes: dict[str, str], mappers: list[dict[str, Any]]) -> None:
        said = {"name": name, "protocol": "openid-connect", "attributes": attributes}
        self._admin("POST", f"/{self.name}/client-scopes", said | {"protocolMappers": mappers})

    def _admin(self, method: str, path: str, body: object = None) -> httpx2.Response:
        url, headers = f"{self._base}/admin/realms{path}", {"Authorization": self._login}
        answer = self._client.request(method, url, headers=headers, json=body)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:  # none yet, or it ended
            login = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN}
            where = f"{self._base}/realms/master/protocol/openid-connect/token"
            self._login = f"Bearer {self._asked(where, login | {'password': self._password})}"
            headers = {"Authorization": self._login}
            answer = self._client.request(method, url, headers=headers, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def _asked(self, url: str, form: Mapping[str, str]) -> str:
        answer = self._client.post(url, data=dict(form))
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return str(answer.json()["access_token"])


def _mapper(name: str, kind: str, config: dict[str, str]) -> dict[str, Any]:
    config = config | {"access.token.claim": "true"}
    return {
        "name": name,
        "protocol": "openid-connect",
        "protocolMapper": kind,
        "config": config,
    }


def _organization(number: str) -> dict[str, Any]:
    """Return what says an enterprise number in all tokens of a client: the provider, not the client."""
    said = {"claim.name": ORGANIZATION, "claim.value": number, "jsonType.label": "String"}
    return _mapper("organization", "oidc-hardcoded-claim-mapper", said)


def _mappers() -> list[dict[str, Any]]:
    return [
        _mapper("audience", "oidc-audience-mapper", {"included.custom.audience": AUDIENCE}),
        *(
            _mapper(
                claim,
                "oidc-usermodel-attribute-mapper",
                {
                    "user.attribute": claim,
                    "claim.name": claim,
                    "jsonType.label": "String",
                    "multivalued": "true" if claim == MANDATES else "false",
                },
            )
            for claim in (ACCOUNT, MANDATES)
        ),
    ]


def _person(name: str, attributes: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "username": name,
        "enabled": True,
        "firstName": "Nora",
        "lastName": "Peeters",
        "email": "nora@example.be",
        "emailVerified": True,
        "attributes": attributes,
        "credentials": [{"type": "password", "value": SECRET, "temporary": False}],
    }


@contextmanager
def keycloak(folder: Path) -> Iterator[tuple[str, str]]:
    """Run Keycloak, which keeps everything in memory; yield its address and admin's password.

    Raises:
        ProgramMissing: Java or Maven is not there.
        ServerFailed: it doesn't start.

    """
    home, password = _home(), secrets.token_hex(16)
    if shutil.which("java") is None:
        raise ProgramMissing("java")

    def command(port: int) -> list[str | Path]:
        variables = {
            "PATH": os.environ["PATH"],
            "JAVA_OPTS_APPEND": "-Xmx512m",
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
        }
        where = [f"--http-host={child.LOOPBACK}", f"--http-port={port}", "--db=dev-mem"]
        cache = ["--cache=local", "--http-management-port=0"]
        said = [f"{name}={value}" for name, value in variables.items()]
        start = ["/bin/bash", str(home / "bin" / "kc.sh"), "start-dev"]
        return ["/usr/bin/env", *said, *start, *where, *cache]

    def is_ready(server: child.Server) -> bool:
        try:
            url = f"http://{child.LOOPBACK}:{server.port}/realms/master"
            return httpx2.get(url, timeout=ANSWER_SECONDS).is_success
        except httpx2.HTTPError:
            return False

    with child.serving(
        "Keycloak",
        command,
        is_ready,
        log=folder / "keycloak.log",
        port=None,
        seconds=START_SECONDS,
        death_signal=signal.SIGKILL,
        steps=STOP,
    ) as server:
        yield f"http://{child.LOOPBACK}:{server.port}", password


def _home() -> Path:
    """Return the folder of the program, fetched once for each version."""
    if not HOME.exists():
        maven = shutil.which("mvn")
        if maven is None:
            raise ProgramMissing("mvn")
        HOME.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(dir=HOME.parent))
        artifact = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
        fetch = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={artifact}"]
        subprocess.run(
            [*fetch, f"-DoutputDirectory={beside}"],
            check=True,
            stdin=subprocess.DEVNULL,
            timeout=MAVEN_SECONDS,
        )
        [archive] = beside.glob("*.zip")
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(beside)
        (beside / f"keycloak-{VERSION}").rename(HOME)
        shutil.rmtree(beside)
    return HOME
