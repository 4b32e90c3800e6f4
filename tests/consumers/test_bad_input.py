"""What bad input gets: a refusal on record or a parked record, never a crash, a stall or a loss."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from kafka import KafkaProducer

from consumers.publisher import Message
from ledger.domain.events import RequestRefused
from schemas.examples import NORA, example
from tests.consumers.stories import CAREER, RIGHTS, employed, people, raw
from tests.lines import Line

MANY_BYTES = 10 * 1024 * 1024
SPELL = "be.rugzak.career.v1.statusSpells.notify.recorded"
RESERVE = "be.rugzak.rights.v1.reservations.create"


def changed(type_: str, *path: str, to: Any) -> bytes:
    """Return an example message with one thing in it changed."""
    message = example(type_)
    inner: Any = message
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return orjson.dumps(message)


def spell(*path: str, to: Any) -> Message:
    return raw(CAREER, changed(SPELL, *path, to=to))


def asked(*path: str, to: Any) -> Message:
    return raw(RIGHTS, changed(RESERVE, *path, to=to))


def _text(find: bytes, put: bytes) -> Callable[[], Message]:
    return lambda: raw(CAREER, orjson.dumps(example(SPELL)).replace(find, put))


PARKED: dict[str, tuple[Callable[[], Message], str]] = {
    "invalid UTF-8": (lambda: raw(CAREER, b'{"id":"\xc3\x28"}'), "invalid-utf8"),
    "bad JSON": (lambda: raw(CAREER, b'{"id":'), "invalid-json"),
    "no JSON number": (_text(b'"version":1', b'"version":NaN'), "not-a-number"),
    "a key twice": (_text(b'"version":1', b'"version":1,"version":2'), "duplicate-key"),
    "deep nesting": (lambda: raw(CAREER, b"[" * 100_000), "too-deep"),
    "unknown type": (lambda: spell("type", to="be.rugzak.career.v1.hats.create"), "unknown-type"),
    "unknown version": (
        lambda: spell("type", to=SPELL.replace(".v1.", ".v2.")), "unknown-version",
    ),
    "a text with NUL": (lambda: spell("data", "id", to="a\0b"), "forbidden-character"),
    "until before from": (
        lambda: spell("data", "period", to={"from": "2025-09-01", "until": "2025-01-01"}),
        "invalid-data",
    ),
    "year 0": (lambda: spell("data", "period", "from", to="0000-01-01"), "invalid-data"),
    "year 9999": (lambda: spell("data", "period", "from", to="9999-12-31"), "invalid-data"),
    "more than full time": (
        lambda: spell("data", "status", "fraction", to="3/2"), "invalid-data",
    ),
    "a negative quantity": (lambda: asked("data", "quantity", to=-60), "invalid-data"),
    "a fractional quantity": (lambda: asked("data", "quantity", to=1.5), "invalid-data"),
    "a unit that is none": (lambda: asked("data", "unit", to="hour"), "invalid-data"),
    "a misspelt field": (lambda: asked("data", "quantiti", to=5), "invalid-data"),
    "a national number": (
        lambda: spell("data", "person", to="93051822361"), "national-number",
    ),
    "another person's key": (
        lambda: raw(CAREER, employed().value, key=people(1)[0].encode()), "key-mismatch",
    ),
    "the wrong topic": (lambda: raw(RIGHTS, employed().value), "unknown-type"),
}  # fmt: skip

REFUSED: dict[str, tuple[Callable[[], Message], str]] = {
    "a wrong unit": (lambda: asked("data", "unit", to="cent"), "wrong-unit"),
    "a money of another country": (lambda: asked("data", "unit", to="sgd-cent"), "wrong-unit"),
    "an unknown scheme": (lambda: asked("data", "scheme", to="be-vlg/vof"), "unknown-scheme"),
    "more than there is": (lambda: asked("data", "quantity", to=7501), "not-enough"),
    "a provider not recognised at that date": (
        lambda: asked("data", "course", to={
            "id": "french-a2", "provider": "syntra-west", "startDate": "2025-10-06",
        }),
        "provider-not-recognised",
    ),
    "a day that has not come": (lambda: asked("data", "effectiveOn", to="2025-10-06"),
                                "in-the-future"),
}  # fmt: skip


@pytest.mark.parametrize("what", PARKED)
def test_it_is_parked_whole_with_its_reason_and_the_line_goes_on(line: Line, what: str) -> None:
    make, reason = PARKED[what]
    after = people(1)[0]
    line.publish(make(), employed(after))
    line.drain()
    (parked,) = line.store.parked(10)
    assert (parked.record.reason, parked.record.value) == (reason, make().value)
    assert parked.record.detail
    assert line.statuses() == [after]


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_on_record_in_words_that_say_what_would_be_right(
    line: Line, what: str
) -> None:
    make, reason = REFUSED[what]
    line.publish(employed())
    line.drain()
    line.publish(make())
    line.drain()
    (refused,) = line.events(RequestRefused)
    assert isinstance(refused, RequestRefused)
    assert refused.reason == reason
    assert len(refused.detail.split()) > 3
    assert line.store.parked(10) == []


def test_a_record_of_ten_megabytes_is_parked_whole(line: Line) -> None:
    producer = KafkaProducer(
        bootstrap_servers=line.bootstrap, max_request_size=2 * MANY_BYTES, acks="all"
    )
    value = b'{"id":"' + b"9" * MANY_BYTES + b'"}'
    producer.send(line.names[CAREER], key=NORA.encode(), value=value).get(30)
    producer.close()
    line.publish(employed())
    line.drain()
    (parked,) = line.store.parked(10)
    assert parked.record.reason == "too-large"
    assert parked.record.value == value
    assert len(line.statuses()) == 1
