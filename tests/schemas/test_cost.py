"""What a megabyte costs to read, however it was made to be slow."""

from collections.abc import Callable
from time import process_time

import orjson
import pytest

from schemas.check import MAX_VALUES, check_bytes
from schemas.contract import CAREER
from schemas.examples import example
from schemas.parsing import MAX_EVENT_BYTES, Problem
from schemas.reading import read

SPELL = "be.rugzak.career.v1.statusSpells.notify.recorded"
MESSAGE = orjson.dumps(example(SPELL))
ROOM_BYTES = MAX_EVENT_BYTES - len(MESSAGE) - 100
READ_SECONDS = 0.15
CHECK_SECONDS = 1.0


def filled(begin: bytes, piece: bytes, end: bytes) -> bytes:
    return begin + piece * ((ROOM_BYTES - len(begin) - len(end)) // len(piece)) + end


def put(before: bytes, what: bytes) -> bytes:
    assert before in MESSAGE
    return MESSAGE.replace(before, before + what, 1)


def keys(count: int, value: bytes = b"1") -> bytes:
    return b"".join(b'"%x":%b,' % (number, value) for number in range(count))


COSTLY: dict[str, tuple[Callable[[], bytes], str]] = {
    "lists in lists": (lambda: b"[" * MAX_EVENT_BYTES, "too-deep"),
    "objects in objects": (lambda: filled(b"", b'{"a":', b""), "too-deep"),
    "lists side by side": (lambda: filled(b"[", b"[],", b"1]"), "too-many-values"),
    "numbers side by side": (lambda: filled(b"[", b"0,", b"0]"), "too-many-values"),
    "texts side by side": (lambda: filled(b"[", b'"",', b"0]"), "too-many-values"),
    "quotes": (lambda: b'"' * MAX_EVENT_BYTES, "invalid-json"),
    "quotes that do not end": (lambda: filled(b'",', b'\\",', b""), "invalid-json"),
    "many keys": (lambda: b"{" + keys(90_000)[:-1] + b"}", "too-many-values"),
    "many keys in the data": (lambda: put(b'"data":{', keys(80_000)), "too-many-values"),
    "as many keys as may be": (
        lambda: put(b'"data":{', keys(MAX_VALUES - 100)), "invalid-data",
    ),
    "as many long keys as may be": (
        lambda: put(b'"data":{', keys(MAX_VALUES - 100).replace(b'":', b"k" * 90 + b'":')), "invalid-data",
    ),
    "as many attributes as may be": (
        lambda: put(b"{", keys(MAX_VALUES - 100, b"{}")), "invalid-envelope",
    ),
    "one key many times": (lambda: filled(b"{", b'"a":1,', b'"a":1}'), "too-many-values"),
    "one key twice, at the end": (
        lambda: b"{" + keys(MAX_VALUES - 100) + b'"x":1,"x":1}', "duplicate-key",
    ),
    "an integer of a million digits": (lambda: put(b'"version":', b"9" * ROOM_BYTES), "invalid-json"),
    "many long integers": (lambda: filled(b"[", b"9" * 4_000 + b",", b"0]"), "invalid-envelope"),
    "a fraction of a million digits": (
        lambda: put(b'"version":', b"0." + b"1" * ROOM_BYTES), "invalid-data",
    ),
    "a large exponent": (lambda: put(b'"version":', b"1e999999999"), "invalid-data"),
    "a long text": (lambda: put(b'"id":"', b"x" * ROOM_BYTES), "invalid-envelope"),
    "a long text of escapes": (
        lambda: put(b'"id":"', b"\\u00e9" * (ROOM_BYTES // 6)), "invalid-envelope",
    ),
    "a long text of commas": (lambda: put(b'"id":"', b"," * ROOM_BYTES), "invalid-envelope"),
    "a long text of backslashes": (
        lambda: put(b'"id":"', b"\\\\" * (ROOM_BYTES // 2)), "invalid-envelope",
    ),
    "a long type": (lambda: put(b'"type":"', b".v1" * (ROOM_BYTES // 3)), "unknown-type"),
    "a long reference": (lambda: put(b'"person":"', b"9" * ROOM_BYTES), "invalid-data"),
    "a long name": (lambda: put(b"{", b'"%b":1,' % (b"k" * ROOM_BYTES)), "invalid-envelope"),
    "a long name in the data": (
        lambda: put(b'"data":{', b'"%b":1,' % (b"k" * ROOM_BYTES)), "invalid-data",
    ),
    "spaces": (lambda: b" " * MAX_EVENT_BYTES, "invalid-json"),
}  # fmt: skip


@pytest.mark.parametrize("what", COSTLY)
def test_no_message_costs_more_than_a_moment_and_each_is_told_what_it_is(what: str) -> None:
    make, code = COSTLY[what]
    raw = make()
    assert len(raw) <= MAX_EVENT_BYTES
    spent = []
    for _ in range(2):
        began = process_time()
        outcome = read(raw, CAREER)
        spent.append(process_time() - began)
        assert isinstance(outcome, Problem)
        assert outcome.code == code
        assert len(outcome.message) < 500
    assert min(spent) < READ_SECONDS


@pytest.mark.parametrize("what", COSTLY)
def test_nor_does_its_check_which_finds_all_that_is_wrong(what: str) -> None:
    make, code = COSTLY[what]
    began = process_time()
    assert check_bytes(make())[0].code == code
    assert process_time() - began < CHECK_SECONDS


def test_a_message_with_a_long_text_that_is_allowed_is_read() -> None:
    raw = MESSAGE + b" " * ROOM_BYTES
    assert not isinstance(read(raw, CAREER), Problem)
