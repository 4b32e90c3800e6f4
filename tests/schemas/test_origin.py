"""From whom a message is can be read though the rest is wrong; never more than that."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.origin import Origin, origin_of
from schemas.parsing import MAX_EVENT_BYTES

SOURCE = "https://payroll.example.be"


def message(**changes: object) -> bytes:
    return json.dumps(
        {"source": SOURCE, "id": "m-1", "data": {"nobody": "knows"}} | changes
    ).encode()


def test_the_origin_of_a_message_that_is_wrong_otherwise_is_read() -> None:
    assert origin_of(message(type=7, specversion=None)) == Origin(SOURCE, "m-1")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"id": "m-1"}',
        message(source=7),
        message(source="no uri"),
        message(id="x" * 101),
        message(id="a\x00b"),
        message(id="person 93.05.18-223.61"),
        message(source="urn:ssin:93051822361"),
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        message(padding="x" * MAX_EVENT_BYTES),
    ],
    ids=range(14),
)
def test_what_cannot_be_read_safely_is_not_told(raw: bytes | None) -> None:
    assert origin_of(raw) is None


def test_an_id_of_many_digits_is_an_id() -> None:
    assert origin_of(message(id="2025-10-05/123456789012345")) is not None


@given(st.binary())
@example(b'{"source":"a:\\ud800","id":"1"}')
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    assert origin_of(raw) is None
