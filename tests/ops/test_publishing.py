"""Files of messages are read line by line, and what nobody would take in is refused."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.publishing import Found, Reader, Value, Wrong, values, wrong_file
from ops.settings import read_settings
from ops.wiring import languages
from schemas.contract import ALL
from schemas.examples import NORA, NORA_SSIN, example
from schemas.parsing import MAX_EVENT_BYTES, Problem

KEY = {"RUGZAK_IDENTITY_KEY": "0123456789abcdef" * 4}
DIMONA = "be.rugzak.dimona.v1.periods.notify.declared"
SPELL = "be.rugzak.career.v1.statusSpells.notify.recorded"
ONE = json.dumps(example(SPELL)).encode()
LONG = b'"' + b"x" * (MAX_EVENT_BYTES - 2) + b'"'


def read(raw: bytes, environ: dict[str, str] | None = None, *, check: bool = True) -> list[object]:
    reader = Reader(read_settings({} if environ is None else environ), check=check)
    return list(reader.messages("jobs.jsonl", io.BytesIO(raw)))


def wrong(raw: bytes) -> list[str]:
    return [str(each) for each in read(raw) if isinstance(each, Wrong)]


@pytest.mark.parametrize("type_", ALL.messages)
def test_every_message_goes_to_a_topic_on_which_it_is_understood(type_: str) -> None:
    settings = read_settings(KEY)
    (found,) = read(json.dumps(example(type_)).encode(), KEY)
    assert isinstance(found, Found)
    message = found.message
    assert type_ in languages(settings)[message.topic].contract.messages
    assert message.key in {NORA.encode(), example(type_)["id"].encode()}
    assert NORA_SSIN.encode() not in message.key
    assert (found.source, found.id) == (example(type_)["source"], example(type_)["id"])


def test_without_a_key_notifications_have_no_topic_and_are_refused_with_their_line() -> None:
    settings = read_settings({})
    assert set(languages(settings)) == {
        "rugzak.career.v1",
        "rugzak.rights.v1",
        "rugzak.topups.v1",
    }
    (found, refused) = read(b"\n" + ONE + b"\n" + json.dumps(example(DIMONA)).encode())
    assert isinstance(found, Found)
    assert found.place.line == 2
    assert str(refused) == (
        "jobs.jsonl line 3: /type: be.rugzak.dimona.v1 is not taken in: RUGZAK_IDENTITY_KEY is not"
        " set"
    )


def laid_out(**changes: object) -> bytes:
    message = example(SPELL)
    message["data"] |= changes
    return json.dumps(message, indent=2).encode()


NO_NAME = "not JSON: Expecting property name enclosed in double quotes"
TOO_LARGE = "it is more than the 1048576 bytes that a message may have"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", ["1: message: there is nothing here"]),
        (b"\n \n", ["1: message: there is nothing here"]),
        (b"\n\n" + laid_out(quantiti=1), [
            "27: /data/quantiti: 'quantiti' is not a field here (did you mean quantity?)",
        ]),
        (b"{\n", [f"1: message: {NO_NAME}"]),
        (ONE + b"\n{nope\n" + ONE + b"\n\xff\n", [
            f"2: message: {NO_NAME}", "4: message: byte 0 is not UTF-8",
        ]),
        (ONE + b"\n" + LONG + b"x\n[]", [
            f"2: message: {TOO_LARGE}", "3: message: a message is a JSON object",
        ]),
        (b"x" * (2 * MAX_EVENT_BYTES), [f"1: message: {TOO_LARGE}"]),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(raw: bytes, told: list[str]) -> None:
    assert wrong(raw) == [f"jobs.jsonl line {each}" for each in told]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_lines_end_as_they_like(end: bytes) -> None:
    found = read((end or b"\n").join([ONE, ONE, ONE]) + end)
    assert [each.message.value for each in found if isinstance(each, Found)] == [ONE] * 3


def pieces(raw: bytes, *, whole: bool = False) -> list[tuple[int, Value]]:
    return list(values(io.BytesIO(raw), whole=whole))


def test_without_a_check_what_is_no_document_is_lines_whatever_they_hold() -> None:
    assert pieces(b"{no\n\n{json\n" + ONE) == [(1, b"{no"), (3, b"{json"), (4, ONE)]
    assert pieces(b"\n{\n}\n") == [(2, b"{\n}\n")]
    assert pieces(b"{no\n" + LONG + b"\nend") == [(1, b"{no"), (2, LONG), (3, b"end")]
    (first, long, last) = pieces(b"{no\n" + LONG + b"x\nend")
    assert (first, last) == ((1, b"{no"), (3, b"end"))
    assert isinstance(long[1], Problem)


class Endless(io.RawIOBase):
    """A pipe of as many messages as one cares to read; it counts its bytes."""

    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = (ONE + b"\n")[: len(buffer)] if len(buffer) > len(ONE) else b"\n"
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def test_no_more_is_read_than_is_asked_for() -> None:
    pipe = Endless()
    found: Iterator[object] = Reader(read_settings({}), check=True).messages(
        "-",
        io.BufferedReader(pipe, 64 * 1024),  # type: ignore[type-var]  # it is one
    )
    for _ in range(100):
        assert isinstance(next(found), Found)
    assert pipe.given < 100 * len(ONE) + 128 * 1024


def test_a_file_that_cannot_be_read_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "jobs.jsonl").write_bytes(ONE)
    assert wrong_file("-") is None
    assert wrong_file(str(tmp_path / "jobs.jsonl")) is None
    assert wrong_file(str(tmp_path)) == (
        f"{tmp_path} is a folder: name its files, such as {tmp_path}/*.jsonl"
    )
    assert wrong_file("nowhere.json") == "there is no file nowhere.json"
