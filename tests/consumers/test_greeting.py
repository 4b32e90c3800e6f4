"""A broker is greeted step by step: one that is away is told from one that won't have us."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from kafka.errors import KafkaConnectionError
from structlog.testing import capture_logs

from consumers.access import Access
from consumers.greeting import HANG_UPS, greet
from consumers.refusals import BrokerRefused, lacks, principal_of
from ledger.service.outage import Outage, patiently
from ops.embedded.broker import Broker
from ops.embedded.child import LOOPBACK, free_port
from tests.secured import write_certificate

LOGIN = {"sasl_mechanism": "PLAIN", "sasl_plain_username": "rugzak", "sasl_plain_password": "x"}
CERTIFIED: dict[str, Any] = {"common_name": "rugzak", "organization_name": "A, B & C"}


def at(server: str, **more: Any) -> dict[str, Any]:
    return {"bootstrap_servers": [server], **more}


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answer each connection in a thread, until the block ends."""
    with socket.create_server((LOOPBACK, 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"{LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_the_embedded_broker_lets_us_in(kafka: str) -> None:
    greet(at(kafka))
    Access(kafka=at(kafka), reads=["nowhere"], writes=["nowhere"], group="anybody").demand()


def test_one_of_several_addresses_is_enough(broker: Broker) -> None:
    nobody = f"{LOOPBACK}:{free_port()}"
    greet({"bootstrap_servers": [nobody, broker.bootstrap_servers]})


@pytest.mark.parametrize("server", [f"{LOOPBACK}:1", "nowhere.invalid:9092"])
def test_a_broker_that_is_away_is_no_refusal(server: str) -> None:
    with pytest.raises(KafkaConnectionError, match=server):
        greet(at(server))


def test_a_broker_that_hangs_up_as_it_goes_away_is_no_refusal() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        server = f"{LOOPBACK}:{listener.getsockname()[1]}"

        def hang_up_and_go() -> None:
            listener.accept()[0].close()
            listener.close()

        going = threading.Thread(target=hang_up_and_go)
        going.start()
        with pytest.raises(KafkaConnectionError, match=server):
            greet(at(server))
        going.join()


def test_a_broker_that_only_hangs_up_is_taken_for_one_that_speaks_otherwise() -> None:
    greeted: list[socket.socket] = []
    with (
        listening(greeted.append) as server,
        pytest.raises(BrokerRefused, match="hung up, and may speak TLS"),
    ):
        greet(at(server))
    assert len(greeted) == HANG_UPS


def test_a_broker_that_says_nothing_is_given_up_in_time() -> None:
    def say_nothing(_: socket.socket) -> None:
        threading.Event().wait(0.5)

    with listening(say_nothing) as server, pytest.raises(KafkaConnectionError):
        greet(at(server), seconds=0.2)


@pytest.mark.parametrize(
    ("answer", "protocol", "said", "reason"),
    [
        (b"\x15\x03\x03\x00\x02\x02\x50", "PLAINTEXT", "speaks TLS", "expected-tls"),
        (b"HTTP/1.1 400 Bad\r\n\r\n", "SSL", "does not speak TLS", "expected-plain"),
    ],
)
def test_a_port_that_speaks_tls_is_told_from_one_that_does_not(
    answer: bytes, protocol: str, said: str, reason: str
) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    with listening(speak) as server, pytest.raises(BrokerRefused, match=said) as raised:
        greet(at(server, security_protocol=protocol))
    assert raised.value.reason == reason


def test_a_login_that_the_broker_does_not_want_is_a_refusal(broker: Broker) -> None:
    with pytest.raises(BrokerRefused, match="does not take PLAIN"):
        greet(at(broker.bootstrap_servers, security_protocol="SASL_PLAINTEXT", **LOGIN))


def test_a_key_is_opened_by_its_password_and_otherwise_told_and_never_asked_for(
    tmp_path: Path,
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    issued = ca.issue_cert("rugzak.example.be", **CERTIFIED)
    write_certificate(tmp_path, "client", issued)
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    (tmp_path / "client.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"opens"))
    )
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(LOOPBACK).configure_cert(server_side)

    def refuse(connection: socket.socket) -> None:
        with suppress(OSError), server_side.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)

    with listening(refuse) as server:
        tls = at(
            server,
            security_protocol="SSL",
            ssl_cafile=str(tmp_path / "ca.pem"),
            ssl_certfile=str(tmp_path / "client.crt"),
            ssl_keyfile=str(tmp_path / "client.key"),
        )
        for password in ("", "shuts"):
            with pytest.raises(BrokerRefused, match=r"client\.crt can't be used") as raised:
                greet({**tls, "ssl_password": password})
            assert raised.value.reason == "certificate-files"
        with pytest.raises(KafkaConnectionError, match="closed the connection"):
            greet({**tls, "ssl_password": "opens"})
    assert principal_of(tls) == r"User:CN=rugzak,OU=" + principal_of(tls).split("OU=")[1]


def test_as_whom_we_come_is_said_as_the_broker_says_it(tmp_path: Path) -> None:
    assert principal_of(at("kafka:9092")) == "User:ANONYMOUS"
    sasl = at("kafka:9092", security_protocol="SASL_SSL", **LOGIN)
    assert principal_of(sasl) == "User:rugzak"
    issued = trustme.CA().issue_cert("x.be", organization_unit_name="Ledger", **CERTIFIED)
    write_certificate(tmp_path, "client", issued)
    shown = principal_of(at("kafka:9092", ssl_certfile=str(tmp_path / "client.crt")))
    assert shown == r"User:CN=rugzak,OU=Ledger,O=A\, B & C"
    assert f"--allow-principal '{shown}' " in str(lacks(shown, "Read", "topic", ["t"]))


def test_a_refusal_is_said_once_until_it_is_another_one() -> None:
    stop = threading.Event()
    stop.set()
    outage = Outage("broker", stop)
    with capture_logs() as said:
        outage.wait(KafkaConnectionError("away"))
        for topic in ("one", "one", "two", "two"):
            outage.wait(lacks("User:rugzak", "Read", "topic", [topic]))
        outage.over()
        outage.wait(lacks("User:rugzak", "Read", "topic", ["two"]))
    assert [line["event"] for line in said] == [
        "server_unreachable",
        "broker_refused",
        "broker_refused",
        "server_reached_again",
        "broker_refused",
    ]
    assert {**said[1], "detail": ""} == {
        "event": "broker_refused",
        "log_level": "error",
        "detail": "",
        "reason": "topic",
        "topic": "one",
        "operation": "READ",
        "principal": "User:rugzak",
    }


def test_a_refusal_is_not_waited_for_at_the_start() -> None:
    def ask() -> None:
        raise lacks("User:rugzak", "Read", "group", ["rugzak"])

    with pytest.raises(BrokerRefused):
        patiently("broker", (Exception,), ask, threading.Event())
