"""Whatever comes in, the answer is a problem, and tells nothing of the inside."""

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from ops.running import http_protocol
from ops.settings import Settings
from projections.api import border
from projections.api.app import application
from projections.api.asking import Desk
from projections.api.document import METHODS
from tests.api.conftest import Headers, promised, served
from tests.api.test_border import problem
from tests.projections.logs import ListLog, person

NORA = f"/accounts/{person(0)}/balances"
INSIDE = re.compile(
    r"(?i)psycopg|postgres|traceback|\.py\b|select |insert |pydantic|starlette|site-packages|sqlstate|password"
)


def _tell(said: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    return said


@pytest.fixture
def echo(desk: Desk) -> Iterator[TestClient]:
    """Yield the application with one route more, which takes a body and tells it."""
    app: FastAPI = application(desk)
    app.post("/v1/echoes")(_tell)

    @app.get("/v1/defects")
    def fail() -> None:
        raise RuntimeError("password=secret in /srv/rugzak/ledger.py")

    with TestClient(
        app, base_url="http://rugzak.example.be/v1", raise_server_exceptions=False
    ) as api:
        yield api


def refused(answer: Response, status: int, kind: str) -> None:
    """Check that an answer is the problem that is expected, and that it tells nothing internal."""
    assert answer.status_code == status, answer.text
    assert problem(answer).type.rpartition(":")[2] == kind
    assert not INSIDE.search(answer.text), answer.text
    assert answer.headers["BelGov-Trace-Id"]


def test_a_defect_of_ours_tells_nothing_and_can_be_found_again(echo: TestClient) -> None:
    answer = echo.get("/defects")
    refused(answer, 500, "internalServerError")
    assert "secret" not in answer.text


JSON_TYPE = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "kind"),
    [
        (b'{"a": "\xff\xfe"}', JSON_TYPE, 400, "badRequest"),
        (b'{"a": 1', JSON_TYPE, 400, "badRequest"),
        (b"[" * 30_000, JSON_TYPE, 400, "badRequest"),
        (b"[]", JSON_TYPE, 400, "badRequest"),
        (b"", JSON_TYPE, 400, "badRequest"),
        (
            b"a=1",
            {"Content-Type": "application/x-www-form-urlencoded"},
            415,
            "unsupportedMediaType",
        ),
        (b"{}", {"Content-Type": "text/plain"}, 415, "unsupportedMediaType"),
        (b"{}", {}, 415, "unsupportedMediaType"),
        (b"{}", {"Content-Type": "application/json; charset=utf-16"}, 415, "unsupportedMediaType"),
        (b"x" * 65_537, JSON_TYPE, 413, "payloadTooLarge"),
        (b"{}", JSON_TYPE | {"Accept": "text/html"}, 406, "notAcceptable"),
        (b"{}", JSON_TYPE | {"Accept": "application/json;q=0, text/html"}, 406, "notAcceptable"),
    ],
)
def test_a_body_that_is_not_what_is_asked_for_is_refused(
    echo: TestClient, body: bytes, headers: dict[str, str], status: int, kind: str
) -> None:
    refused(echo.post("/echoes", content=body, headers=headers), status, kind)


def test_a_body_without_a_told_length_is_refused_as_soon_as_it_is_too_long(
    echo: TestClient,
) -> None:
    def chunks() -> Iterator[bytes]:
        yield from [b'{"a": "' + b"x" * 40_000] * 2

    refused(echo.post("/echoes", content=chunks(), headers=JSON_TYPE), 413, "payloadTooLarge")


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/json", "text/html, application/*;q=0.1", "application/problem+json"],
)
def test_who_takes_json_gets_it(echo: TestClient, accept: str) -> None:
    charset = {"Content-Type": 'application/json; charset="UTF-8"', "Accept": accept}
    answer = echo.post("/echoes", content='{"a": "é"}'.encode(), headers=charset)
    assert (answer.status_code, answer.json()) == (200, {"a": "é"})


SQL = (
    "'; DROP TABLE access.log; --",
    "1 OR 1=1",
    "\0",
    "%00",
    "../../etc/passwd",
    "${jndi:x}",
    "\ud800".encode("utf-8", "surrogatepass"),
)


@pytest.mark.parametrize("text", SQL)
def test_sql_and_its_like_in_parameters_are_no_reference_day_or_number(
    api: TestClient, log: ListLog, as_who: Headers, text: str | bytes
) -> None:
    said, headers = quote(text, safe=""), as_who("balances:read", "accesses:read", "accounts:any")
    for path in (
        f"{NORA}?on={said}",
        f"{NORA}?{said}=1",
        f"/accounts/{person(0)}/accesses?cursor={said}",
        f"/accounts/{person(0)}/accesses?pageSize={said}",
    ):
        refused(api.get(path, headers=headers), 400, "badRequest")
    answer = api.get(f"/accounts/{said}/balances", headers=headers)
    assert answer.status_code in (400, 404)  # some have a slash
    assert not INSIDE.search(answer.text)
    assert api.get(NORA, headers=headers).status_code == 200


@pytest.mark.parametrize("size", ["0", "201", "9" * 400, "-1", "1e3", "1_0", " 5", "+5", "05", ""])
def test_a_page_is_no_larger_than_it_may_be(
    api: TestClient, log: ListLog, as_who: Headers, size: str
) -> None:
    answer = api.get(
        f"/accounts/{person(0)}/accesses",
        params={"pageSize": size},
        headers=as_who("accesses:read", account=person(0)),
    )
    refused(answer, 400, "badRequest")


@pytest.mark.parametrize(
    "day",
    [
        "0",
        "1700000000",
        "2022-1-1",
        "2022-03-01T00:00:00",
        "20220301",
        "\u0662\u0660\u0662\u0662-03-01",
        "9999-12-31",
    ],
)
def test_a_day_is_written_as_the_document_says(
    api: TestClient, log: ListLog, as_who: Headers, day: str
) -> None:
    refused(api.get(NORA, params={"on": day}, headers=as_who()), 400, "badRequest")


def test_what_is_said_twice_is_refused(api: TestClient, log: ListLog, as_who: Headers) -> None:
    twice = api.get(f"{NORA}?on=2022-03-01&on=1999-01-01", headers=as_who())
    refused(twice, 400, "badRequest")
    assert twice.json()["issues"][0]["name"] == "on"
    for name in ("Authorization", "Rugzak-Purpose"):
        answer = api.get(NORA, headers=[*as_who().items(), (name, as_who()[name])])
        refused(answer, 400, "badRequest")
        assert (
            answer.json()["issues"][0] | {"in": "header", "name": name}
            == answer.json()["issues"][0]
        )


def test_a_parameter_that_is_a_list_may_be_repeated() -> None:
    lists = {
        each["name"]
        for item in promised()["paths"].values()
        for method in METHODS
        for each in item.get(method, {}).get("parameters", ())
        if each["in"] == "query" and each["schema"].get("type") == "array"
    }
    assert lists == border.REPEATABLE


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"]
)
def test_another_method_is_refused_and_told_which_is_taken(api: TestClient, method: str) -> None:
    answer = api.request(method, NORA)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    if method != "HEAD":
        refused(answer, 405, "methodNotAllowed")


class Served(NamedTuple):
    """A real API: where it is, and a token for it."""

    host: str
    port: int
    token: str

    def open(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=30)

    def asked(self, path: str = f"/v1{NORA}", **more: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        connection.request(
            "GET",
            path,
            headers={"Authorization": self.token, "Rugzak-Purpose": "x"} | more,
        )
        return connection.getresponse()


@pytest.fixture
def real(
    desk: Desk, log: ListLog, as_who: Headers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    """Yield the API as `rugzak serve` configures it, which waits less long for slow clients."""
    monkeypatch.setattr(http_protocol, "HEADERS_SECONDS", SOON_SECONDS)
    monkeypatch.setattr(border, "BODY_SECONDS", SOON_SECONDS)
    app = application(desk)
    app.post("/v1/echoes")(_tell)
    with served(app, Settings(data_dir=tmp_path)) as (host, port):
        yield Served(host, port, as_who()["Authorization"])


SOON_SECONDS = 1.0


def until_hung_up(connection: socket.socket) -> bytes:
    """Read what comes until the server hangs up."""
    came = b""
    try:
        while more := connection.recv(65_536):
            came += more
    except ConnectionResetError:
        pass
    return came


def trickled(connection: socket.socket) -> bytes:
    """Send a byte now and then until the server hangs up; return what it said."""
    until, came = time.monotonic() + 10 * SOON_SECONDS, b""
    connection.settimeout(0.2)
    while time.monotonic() < until:
        try:
            connection.sendall(b" ")
            if not (more := connection.recv(65_536)):
                break
            came += more
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            break
    return came


def status_and_problem(raw: bytes) -> tuple[int, str]:
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["type"].rpartition(":")[2]


def test_slow_and_endless_clients_are_hung_up_on_while_others_are_answered(real: Served) -> None:
    idle, slow, fed = real.open(), real.open(), real.open()
    began = time.monotonic()
    slow.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Long: ")
    fed.sendall(f"GET /v1/health HTTP/1.1\r\nHost: x\r\nX: {'y' * 40_000}".encode())
    assert real.asked().status == 200
    assert status_and_problem(until_hung_up(fed)) == (431, "headersTooLarge")
    assert status_and_problem(trickled(slow)) == (408, "requestTimeout")
    assert SOON_SECONDS * 0.9 <= time.monotonic() - began < 8 * SOON_SECONDS
    assert status_and_problem(until_hung_up(idle)) == (408, "requestTimeout")
    assert real.asked().status == 200


def test_headers_in_one_go_that_are_too_long_are_refused_too(real: Served) -> None:
    with real.open() as connection:
        many = "".join(f"X-{number}: {'y' * 1_000}\r\n" for number in range(40))
        connection.sendall(f"GET /v1/health HTTP/1.1\r\nHost: x\r\n{many}\r\n".encode())
        assert status_and_problem(until_hung_up(connection)) == (431, "headersTooLarge")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"NONSENSE\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    ],
    ids=["TLS", "no request", "two lengths", "smuggling", "NUL in a header"],
)
def test_what_is_no_request_is_a_problem_too(real: Served, raw: bytes) -> None:
    with real.open() as connection:
        connection.sendall(raw)
        assert status_and_problem(until_hung_up(connection)) == (400, "badRequest")


def test_a_body_after_the_answer_that_never_ends_is_hung_up_on(real: Served) -> None:
    with real.open() as connection:
        connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n")
        began = time.monotonic()
        came = trickled(connection)
        assert came.startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 8 * SOON_SECONDS


def test_a_body_that_trickles_is_waited_for_no_longer_than_the_bound(real: Served) -> None:
    with real.open() as slow:
        began = time.monotonic()
        slow.sendall(
            b"POST /v1/echoes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 60000\r\n\r\n"
        )
        assert status_and_problem(trickled(slow)) == (408, "requestTimeout")
        assert time.monotonic() - began < 8 * SOON_SECONDS


WISH = (
    b"POST /v1/echoes HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAAA\r\nContent-Type: application/json\r\n"
)
LENGTH = b'Content-Length: 10\r\n\r\n{"a":"bc"}'
CHUNKS = b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n5\r\n"bc"}\r\n0\r\n\r\n'


@pytest.mark.parametrize("packet", [1, 7, 1_000], ids=lambda size: f"{size} bytes a packet")
@pytest.mark.parametrize("body", [LENGTH, CHUNKS], ids=["length", "chunks"])
def test_who_wishes_for_http_2_as_java_does_is_answered_in_what_we_speak(
    real: Served, body: bytes, packet: int
) -> None:
    raw = WISH + body
    with real.open() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):  # the connection is as good as before
            for begin in range(0, len(raw), packet):
                connection.sendall(raw[begin : begin + packet])
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert (answer.status, answer.read()) == (200, b'{"a":"bc"}')
        connection.sendall(
            WISH.replace(b"POST /v1/echoes", b"GET /v1/health") + b"Connection: close\r\n\r\n"
        )
        assert until_hung_up(connection).startswith(b"HTTP/1.1 200")
