"""Greets a broker once, step by step as its clients do, and tells at which step it won't have us.

kafka-python tries in silence until its time is over, and forgets what it read right before a
connection was closed, such as the reason. So the same is done here with a plain socket, with its
own codec and mechanisms: connect, TLS, the versions, SASL; then the same with every broker that the
first one names, since that is where its clients go.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any, Final

from kafka.cluster import collect_hosts
from kafka.errors import KafkaConnectionError, KafkaError, for_code
from kafka.net.sasl import get_sasl_mechanism
from kafka.protocol.broker_version_data import BrokerVersionData
from kafka.protocol.metadata import ApiVersionsRequest, MetadataRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

from consumers.refusals import BrokerRefused, Reason, certificate_of, principal_of

SECONDS: Final = 5.0
"""How long all greetings of one call may take together."""

CONNECT_SECONDS: Final = 2.0
"""Of that, what one address that doesn't answer may take."""

HANG_UPS: Final = 3
HANG_UP_PAUSE_SECONDS: Final = 0.5
"""A broker that only hangs up is believed to refuse us after so many times."""

MAX_BROKERS: Final = 32
"""Of those that the first one names, at most so many are greeted."""

READ_BYTES: Final = 64 * 1024
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024

TLS_ALERT: Final = b"\x15\x03"
"""How a TLS server answers one who doesn't speak it."""

UNSUPPORTED_MECHANISM: Final = 33
ILLEGAL_SASL_STATE: Final = 34


def greet(kafka: Mapping[str, Any], seconds: float = SECONDS) -> None:
    """Return when a broker lets us in, and so do all that it names and that can be reached.

    Args:
        kafka: connection settings of kafka-python's clients.
        seconds: how long it may take.

    Raises:
        BrokerRefused: none lets us in, or one that clients are sent to doesn't.
        KafkaError: none can be reached.

    """
    deadline = monotonic() + seconds
    refused: BrokerRefused | None = None
    away: Exception = KafkaConnectionError("no bootstrap server")
    for host, port, _ in collect_hosts(kafka["bootstrap_servers"], randomize=False):
        try:
            named = _greet_again(kafka, host, port, deadline)
        except BrokerRefused as error:
            refused = refused or error
        except KafkaError as error:
            away = error
        except OSError as error:
            away = KafkaConnectionError(f"{host}:{port}: {_plainly(error)}")
        else:
            _greet_others(kafka, named, f"{host}:{port}", deadline)
            return
    raise refused or away


def _greet_again(
    kafka: Mapping[str, Any], host: str, port: int, deadline: float
) -> list[tuple[str, int]]:
    """Greet one broker; one that only hung up may be stopping, and is greeted again."""
    for _ in range(HANG_UPS - 1):
        try:
            return _greet_one(kafka, host, port, deadline)
        except _Unsure:
            sleep(min(HANG_UP_PAUSE_SECONDS, _left(deadline)))
    return _greet_one(kafka, host, port, deadline)


def _greet_others(
    kafka: Mapping[str, Any], named: Iterable[tuple[str, int]], by: str, deadline: float
) -> None:
    """Greet those that a broker named; those that are away are no refusal."""
    for host, port in list(named)[:MAX_BROKERS]:
        if f"{host}:{port}" == by:
            continue
        try:
            _greet_one(kafka, host, port, deadline)
        except _Unsure:  # going away, most likely: how we speak is right for the first one
            continue
        except BrokerRefused as error:
            text = f"{error.text} ({by} sends clients there)"
            facts = {name: value for name, value in error.facts.items() if name != "reason"}
            raise BrokerRefused(text, reason=error.reason, **facts) from None
        except (OSError, KafkaError):
            continue


def _greet_one(
    kafka: Mapping[str, Any], host: str, port: int, deadline: float
) -> list[tuple[str, int]]:
    """Go through one broker's door; return where it sends its clients."""
    protocol = kafka.get("security_protocol", "PLAINTEXT")
    door = _Door(kafka, f"{host}:{port}")
    patience = min(CONNECT_SECONDS, _left(deadline))
    with socket.create_connection((host, port), patience) as plain:
        if not protocol.endswith("SSL"):
            return door.enter(plain, host, deadline)
        context = door.tls_context()
        with door.tls_errors():
            secured = context.wrap_socket(plain, server_hostname=host)
        with secured:
            return door.enter(secured, host, deadline)


class _Door:
    """One broker's door, and what it says."""

    def __init__(self, kafka: Mapping[str, Any], address: str) -> None:
        self._kafka = kafka
        self._address = address
        self._protocol = kafka.get("security_protocol", "PLAINTEXT")

    def _refused(
        self, reason: Reason, text: str, kind: type[BrokerRefused] = BrokerRefused
    ) -> BrokerRefused:
        return kind(
            text,
            reason=reason,
            principal=principal_of(self._kafka),
            broker=self._address,
            protocol=self._protocol,
        )

    def tls_context(self) -> ssl.SSLContext:
        """Read our own certificates, as kafka-python does.

        Raises:
            BrokerRefused: they can't be read; said as a refusal, since waiting doesn't help either.

        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        named = self._kafka.get("ssl_cafile")
        try:
            if named:
                context.load_verify_locations(named)
            else:
                context.load_default_certs()
            named = self._kafka.get("ssl_certfile")
            if named:
                password = self._kafka.get("ssl_password") or ""
                context.load_cert_chain(named, self._kafka.get("ssl_keyfile"), password)
        except (OSError, ssl.SSLError) as error:
            what = _plainly(error)
            text = f"{named} can't be used: {what}; it must be PEM, its key its own, and open to us"
            raise self._refused("certificate-files", text) from None
        return context

    @contextmanager
    def tls_errors(self) -> Iterator[None]:
        """Say what TLS found."""
        at = self._address
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            if "mismatch" in error.verify_message:
                text = f"{at} shows a certificate that is not for that name: {error.verify_message}"
                raise self._refused("certificate-name", text) from None
            if "expired" in error.verify_message or "not yet valid" in error.verify_message:
                text = f"{at} shows a certificate out of its term: {error.verify_message}"
                raise self._refused("certificate-expired", text) from None
            authority = self._kafka.get("ssl_cafile") or "any authority of the system"
            text = f"{at} shows a certificate that is not vouched for by {authority}: "
            text += error.verify_message
            raise self._refused("certificate-untrusted", text) from None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError):
            text = f"{at} hung up on TLS: see whether that port speaks it, or asks for no TLS"
            raise self._refused("expected-plain", text, _Unsure) from None
        except ssl.SSLError as error:
            if error.reason in {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"}:
                text = f"{at} does not speak TLS: see whether the protocol or the port is wrong"
                raise self._refused("expected-plain", text) from None
            raise self._client_certificate(error) from None

    def _client_certificate(self, error: ssl.SSLError) -> BrokerRefused:
        """Explain an alert, which with TLS 1.3 comes after the handshake."""
        ours, at, what = certificate_of(self._kafka), self._address, _plainly(error)
        if ours is None:
            text = f"{at} asks for a client's certificate, and we have none to show ({what})"
        elif ours.not_valid_after_utc < datetime.now(UTC):
            since = f"{ours.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
            text = f"{at} refuses our certificate, which expired at {since}: "
            text += f"{principal_of(self._kafka)}"
        else:
            text = f"{at} refuses our certificate ({what}): {ours.subject.rfc4514_string()}, "
            text += f"issued by {ours.issuer.rfc4514_string()}"
        return self._refused("client-certificate", text)

    def enter(self, sock: socket.socket, host: str, deadline: float) -> list[tuple[str, int]]:
        """Speak with the broker; return where it sends its clients."""
        talk = _Talk(sock, deadline)
        try:
            versions = talk.ask(ApiVersionsRequest(version=0))
        except ssl.SSLError as error:
            raise self._client_certificate(error) from None
        except (_HungUp, ConnectionError) as error:
            if self._protocol.endswith("SSL"):
                raise KafkaConnectionError(str(error)) from None
            sure = isinstance(error, _HungUp) and error.last.startswith(TLS_ALERT)
            speaks = "speaks TLS" if sure else "hung up, and may speak TLS"
            right = "SASL_SSL" if self._protocol.startswith("SASL_") else "SSL or SASL_SSL"
            text = f"{self._address} {speaks}, and the security protocol is {self._protocol}: "
            kind = BrokerRefused if sure else _Unsure
            raise self._refused("expected-tls", f"{text}it must be {right}", kind) from None
        talk.known = BrokerVersionData(
            api_versions={v.api_key: (v.min_version, v.max_version) for v in versions.api_keys}
        )
        if self._protocol.startswith("SASL_"):
            self._authenticate(talk, host)
        try:
            answer = talk.ask(MetadataRequest(topics=[]))
        except (_HungUp, ConnectionError):
            text = f"{self._address} hung up on the first question of {principal_of(self._kafka)}"
            text += f": it may ask for SASL, and the security protocol is {self._protocol}"
            raise self._refused("expected-sasl", text, _Unsure) from None
        return [(broker.host, broker.port) for broker in answer.brokers]

    def _authenticate(self, talk: "_Talk", host: str) -> None:
        mechanism = self._kafka["sasl_mechanism"]
        shaken = talk.ask(SaslHandshakeRequest(version=1, mechanism=mechanism))
        if shaken.error_code or mechanism not in shaken.mechanisms:
            if shaken.error_code == ILLEGAL_SASL_STATE:
                text = f"{self._address} asks for no SASL on that port, and the security protocol "
                raise self._refused("unexpected-sasl", f"{text}is {self._protocol}")
            others = ", ".join(name for name in shaken.mechanisms if name != mechanism)
            if shaken.error_code != UNSUPPORTED_MECHANISM:
                raise self._not_authenticated(mechanism, for_code(shaken.error_code).__name__)
            text = f"{self._address} does not take {mechanism}; it takes {others or 'no other'}"
            raise self._refused("mechanism", text)
        sasl = get_sasl_mechanism(mechanism)(host=host, **self._kafka)
        said = ""
        try:
            while not sasl.is_done():
                answer = talk.ask(SaslAuthenticateRequest(sasl.auth_bytes()))
                if answer.error_code:
                    why = answer.error_message or for_code(answer.error_code).__name__
                    raise self._not_authenticated(mechanism, said or why)
                if mechanism == "OAUTHBEARER":
                    said = answer.auth_bytes.decode("utf-8", "replace")
                sasl.receive(answer.auth_bytes)
        except (_HungUp, ConnectionError):
            kind = BrokerRefused if said else _Unsure
            raise self._not_authenticated(mechanism, said or "it hung up", kind) from None
        except (ValueError, KeyError) as error:  # what kafka-python's mechanisms raise
            raise self._not_authenticated(mechanism, str(error)) from None

    def _not_authenticated(
        self, mechanism: str, why: str, kind: type[BrokerRefused] = BrokerRefused
    ) -> BrokerRefused:
        text = f"{self._address} does not believe that we are {principal_of(self._kafka)}: {why} "
        refused = self._refused("authentication", f"{text}({mechanism})", kind)
        if mechanism == "OAUTHBEARER":
            self._kafka["sasl_oauth_token_provider"].forget()
        return refused


class _Unsure(BrokerRefused):
    """A refusal that is all that a hang-up means, unless the broker is just going away."""


class _HungUp(Exception):  # noqa: N818  it says what happened
    """The broker closed the connection instead of an answer."""

    def __init__(self, last: bytes) -> None:
        super().__init__("the broker closed the connection")
        self.last = last


class _Talk:
    """Questions and answers, one after the other."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._codec = KafkaProtocol(receive_message_max_bytes=MAX_ANSWER_BYTES)
        self.known: BrokerVersionData | None = None

    def ask(self, request: Any) -> Any:  # noqa: ANN401  kafka-python's messages
        """Return the answer.

        Raises:
            _HungUp: the broker closed the connection, or sent what is no answer.
            OSError: it takes too long, or TLS broke off.
            KafkaError: what came is no answer.

        """
        if request.API_VERSION is None and self.known is not None:
            request.API_VERSION = self.known.api_version(request)
        self._codec.send_request(request)
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(self._codec.send_bytes())
        read = b""
        while True:
            self._sock.settimeout(_left(self._deadline))
            data = self._sock.recv(READ_BYTES)
            read += data[:2]
            if not data or read.startswith(TLS_ALERT):
                raise _HungUp(read)
            for _, answer in self._codec.receive_bytes(data):
                return answer


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("the broker takes too long")
    return left


def _plainly(error: Exception) -> str:
    """Return what OpenSSL or the system said, without its own places."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return str(error.strerror) if isinstance(error, OSError) and error.strerror else str(error)
