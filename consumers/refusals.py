"""Why a broker won't have us: as whom we came, and what was refused, in words for an operator.

kafka-python says of a wrong password, and of all that TLS can find, only that it could not
bootstrap, and of a missing right only its number. Here it is made known as whom we came.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from shlex import quote
from typing import Any, Final, Literal, TypeAlias

from cryptography import x509
from kafka.errors import KafkaError

from ledger.service.outage import Explained, Refused

Reason: TypeAlias = Literal[
    "authentication",
    "mechanism",
    "token",
    "topic",
    "group",
    "cluster",
    "transactional-id",
    "certificate-untrusted",
    "certificate-name",
    "certificate-expired",
    "client-certificate",
    "certificate-files",
    "expected-tls",
    "expected-plain",
    "expected-sasl",
    "unexpected-sasl",
]
"""What is refused: who we are, one of the broker's things, or how we speak."""

ANONYMOUS: Final = "User:ANONYMOUS"
"""As whom a broker knows who doesn't say."""


class BrokerRefused(Refused, KafkaError):  # type: ignore[misc]  # noqa: N818  no hints; an answer
    """The broker answers and refuses us; facts: `reason`, `principal`, and what was refused."""

    def __init__(self, text: str, *, reason: Reason, **facts: object) -> None:
        """Say it in one sentence."""
        super().__init__(text, reason=reason, **facts)
        self.reason = reason


class TokenUnavailable(Explained, KafkaError):  # type: ignore[misc]  # noqa: N818  no hints; a finding
    """Who issues tokens does not answer: without one the broker can't be asked anything."""


def principal_of(kafka: Mapping[str, Any]) -> str:
    """Return as whom a broker sees us, unless its own rules map names to others.

    Args:
        kafka: connection settings of kafka-python's clients.

    """
    if kafka.get("security_protocol", "PLAINTEXT").startswith("SASL_"):
        if kafka["sasl_mechanism"] == "OAUTHBEARER":
            return str(kafka["sasl_oauth_token_provider"].principal)
        return f"User:{kafka['sasl_plain_username']}"
    certificate = certificate_of(kafka)
    return f"User:{certificate.subject.rfc4514_string()}" if certificate else ANONYMOUS


def certificate_of(kafka: Mapping[str, Any]) -> x509.Certificate | None:
    """Return the certificate that we show, if any, and if it can be read."""
    if kafka.get("ssl_certfile") is None:
        return None
    try:
        return x509.load_pem_x509_certificates(Path(kafka["ssl_certfile"]).read_bytes())[0]
    except (OSError, ValueError):
        return None


def lacks(principal: str, operation: str, kind: str, names: Collection[str]) -> BrokerRefused:
    """Return the refusal of an operation on some of a broker's things."""
    right: dict[str, tuple[Reason, str]] = {
        "topic": ("topic", "--topic"),
        "group": ("group", "--group"),
        "transactional id": ("transactional-id", "--transactional-id"),
    }
    reason, option = right[kind]
    shown = ", ".join(sorted(names))
    some = f"{kind}s" if len(names) > 1 else kind
    command = _acl(principal, operation, [f"{option} {name}" for name in sorted(names)])
    text = f"{principal} may not {operation.upper()} {some} {shown}: an ACL is missing, {command}"
    facts = {kind.replace(" ", "_"): shown, "operation": operation.upper(), "principal": principal}
    return BrokerRefused(text, reason=reason, **facts)


def may_not_make(principal: str, topics: Collection[str]) -> BrokerRefused:
    """Return the refusal to make topics that aren't there."""
    shown = ", ".join(sorted(topics))
    command = _acl(principal, "Create", [f"--topic {topic}" for topic in sorted(topics)])
    text = f"topics that aren't there: {shown}; {principal} may not CREATE them: "
    text += f"make them, or allow it, {command}"
    facts = {"topic": shown, "operation": "CREATE", "principal": principal}
    return BrokerRefused(text, reason="topic", **facts)


def _acl(principal: str, operation: str, things: Collection[str]) -> str:
    """Return the command by which an operator gives a right."""
    who, what = quote(principal), " ".join(things)
    given = f"--add --allow-principal {who} --operation {operation} {what}"
    return f"`kafka-acls --bootstrap-server ... {given}`"
