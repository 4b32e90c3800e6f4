"""A real Apache Kafka that lets nobody in unasked: TLS, SCRAM, OAUTHBEARER, and ACLs.

Its listeners: PLAINTEXT for the operator of the test, who may do all; SSL, which asks clients for a
certificate; SASL_SSL for SCRAM-SHA-512 and OAUTHBEARER. Whoever comes over these two has to be given
what it may do. One more listener names itself wrongly.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)

from ops.embedded.apache import apache_kafka
from ops.embedded.child import LOOPBACK, free_port

OPERATOR: Final = "User:ANONYMOUS"
USER: Final = "rugzak"
PASSWORD: Final = "a-good-password"  # noqa: S105  the test's
SECRET: Final = "a-good-secret"  # noqa: S105  the test's
AUDIENCE: Final = "kafka"
ISSUER: Final = "https://login.example.be"
TOKEN_SECONDS: Final = 300
REAUTHENTICATED_MS: Final = 3_000
"""So long a connection lasts until its client has to say anew who it is."""

LOGIN: Final = "org.apache.kafka.common.security"
WAIT_SECONDS: Final = 10.0

PROPERTIES: Final = {
    "listeners": "PLAINTEXT://{host}:{port},SSL://{host}:%(ssl)d,SASL_SSL://{host}:%(sasl)d,"
    "MISNAMED://{host}:%(misnamed)d,CONTROLLER://{host}:{controller_port}",
    "advertised.listeners": "PLAINTEXT://{host}:{port},SSL://{host}:%(ssl)d,"
    "SASL_SSL://{host}:%(sasl)d,MISNAMED://localhost:%(misnamed)d",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,"
    "SASL_SSL:SASL_SSL,MISNAMED:SSL",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": OPERATOR,
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": "%(folder)s/broker.pem",
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": "%(folder)s/ca.pem",
    "listener.name.ssl.ssl.client.auth": "required",
    "listener.name.sasl_ssl.connections.max.reauth.ms": str(REAUTHENTICATED_MS),
    "sasl.enabled.mechanisms": "SCRAM-SHA-512,OAUTHBEARER",
    "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
    "listener.name.sasl_ssl.oauthbearer.sasl.jaas.config": f"{LOGIN}.oauthbearer.OAuthBearerLoginModule required;",
    "listener.name.sasl_ssl.oauthbearer.sasl.server.callback.handler.class": f"{LOGIN}.oauthbearer.OAuthBearerValidatorCallbackHandler",
    "sasl.oauthbearer.jwks.endpoint.url": "file://%(folder)s/jwks.json",
    "sasl.oauthbearer.expected.audience": AUDIENCE,
    "sasl.oauthbearer.expected.issuer": ISSUER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """A broker with its certificates, and the one who issues tokens for it.

    Attributes:
        folder: `ca.pem`, `broker.pem`, and `client.pem` with `client.key`.
        plain: where the operator comes in; likewise the other listeners.
        misnamed: a TLS listener that sends its clients to a name which its certificate lacks.
        issuer: signs tokens.

    """

    folder: Path
    plain: str
    ssl: str
    sasl: str
    misnamed: str
    ca: trustme.CA
    issuer: "Issuer"

    def allow(self, principal: str, *rights: tuple[ResourceType, str, ACLOperation]) -> None:
        """Give a principal what it may do, and nothing else."""
        self.forbid(principal)
        with self.operator() as admin:
            admin.create_acls(
                [
                    ACL(
                        principal,
                        "*",
                        operation,
                        ACLPermissionType.ALLOW,
                        ResourcePattern(kind, name),
                    )
                    for kind, name, operation in rights
                ]
            )
        _until_known()

    def forbid(
        self, principal: str, name: str | None = None, operation: ACLOperation = ACLOperation.ANY
    ) -> None:
        """Take from a principal all that it may do, or an operation on one thing."""
        every = ResourcePatternFilter(ResourceType.ANY, name, ACLResourcePatternType.ANY)
        with self.operator() as admin:
            admin.delete_acls([ACLFilter(principal, None, operation, ACLPermissionType.ANY, every)])
        _until_known()

    def set_password(self, password: str, user: str = USER) -> None:
        with self.operator() as admin:
            upsertion = UserScramCredentialUpsertion(user, "SCRAM-SHA-512", password)
            failed = admin.alter_user_scram_credentials([upsertion])
        assert failed == {user: None}

    @contextmanager
    def operator(self) -> Iterator[Any]:
        admin = KafkaAdminClient(bootstrap_servers=self.plain)
        try:
            yield admin
        finally:
            admin.close()


def _until_known() -> None:
    """Give the broker the moment in which it reads its own metadata log."""
    time.sleep(0.3)


class Issuer:
    """Signs tokens, and hands them out over HTTP for a client id and a secret."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig", "alg": "RS256"})
        self.lifetime_seconds = TOKEN_SECONDS
        self.asked = 0
        self.bodies: list[dict[str, list[str]]] = []
        self.url = ""
        self.secret = SECRET
        self.subject: str | None = None
        self.instead: tuple[int, object] | None = None

    def keys(self) -> bytes:
        """Return the keys by which a broker verifies, a JWKS."""
        return json.dumps(KeySet([self.key]).as_dict(private=False)).encode()

    def token(self, subject: str, *, valid_seconds: float | None = None) -> str:
        now = time.time()
        valid = self.lifetime_seconds if valid_seconds is None else valid_seconds
        claims = {
            "sub": subject,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": int(min(now, now + valid) - 60),
            "exp": int(now + valid),
            "scope": "kafka",
        }
        return jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, self.key)

    def answer(self, client: str, secret: str, body: dict[str, list[str]]) -> tuple[int, object]:
        self.asked += 1
        self.bodies.append(body)
        if self.instead is not None:
            return self.instead
        if secret != self.secret:
            return 401, {
                "error": "invalid_client",
                "error_description": "Invalid client credentials",
            }
        token = self.token(self.subject or client)
        return 200, {
            "access_token": token,
            "expires_in": self.lifetime_seconds,
            "token_type": "Bearer",
        }


@contextmanager
def issuing(issuer: Issuer) -> Iterator[Issuer]:
    """Serve the token endpoint."""
    import base64
    from urllib.parse import unquote_plus

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = self.headers["Authorization"].removeprefix("Basic ")
            client, _, secret = base64.b64decode(given).decode().partition(":")
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, said = issuer.answer(unquote_plus(client), unquote_plus(secret), body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    issuer.url = f"http://{LOOPBACK}:{server.server_port}/token"
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_certificate(folder: Path, name: str, issued: trustme.LeafCert) -> None:
    """Write a certificate with its key: to one file and, as clients like it, to two."""
    key = load_pem_private_key(issued.private_key_pem.bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    (folder / f"{name}.key").write_bytes(key)
    (folder / f"{name}.crt").write_bytes(chain)
    (folder / f"{name}.pem").write_bytes(key + chain)


@contextmanager
def secured_kafka(folder: Path, names: Iterable[str] = (LOOPBACK,)) -> Iterator[Secured]:
    """Run the broker; its certificate is for `names`."""
    ca, issuer = trustme.CA(), Issuer()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    (folder / "jwks.json").write_bytes(issuer.keys())
    write_certificate(folder, "broker", ca.issue_cert(*names, common_name="broker"))
    mine: dict[str, Any] = {
        "common_name": USER,
        "organization_name": "Rugzak",
        "organization_unit_name": "Ledger",
    }
    write_certificate(folder, "client", ca.issue_cert("rugzak.example.be", **mine))
    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    write_certificate(folder, "expired", ca.issue_cert("rugzak.example.be", **mine, not_after=past))
    ports = {"ssl": free_port(), "sasl": free_port(), "misnamed": free_port()}
    properties = {name: value % {**ports, "folder": folder} for name, value in PROPERTIES.items()}
    url = f"file://{folder}/jwks.json"
    options = [
        f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={url}",
        f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.files={folder}/jwks.json",
    ]
    with (
        apache_kafka(folder / "kafka", properties=properties, options=options) as broker,
        issuing(issuer),
    ):
        yield Secured(
            folder=folder,
            plain=broker.bootstrap_servers,
            ssl=f"{LOOPBACK}:{ports['ssl']}",
            sasl=f"{LOOPBACK}:{ports['sasl']}",
            misnamed=f"{LOOPBACK}:{ports['misnamed']}",
            ca=ca,
            issuer=issuer,
        )
