"""What a publisher is told about its messages."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.check import check_bytes
from schemas.contract import ALL, CAREER
from schemas.examples import DATA, example
from schemas.parsing import MAX_DEPTH_LEVELS, MAX_EVENT_BYTES, Problem
from schemas.published import json_schemas
from schemas.reading import Read, read

RECORDED = "be.rugzak.career.v1.statusSpells.notify.recorded"
RESERVE = "be.rugzak.rights.v1.reservations.create"


def changed(path: str, value: object, type_: str = RECORDED) -> dict[str, Any]:
    message: Any = json.loads(json.dumps(example(type_)))
    *steps, last = path.split("/")
    node = message
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return dict(message)


def only(raw: bytes) -> Problem:
    (problem,) = check_bytes(raw)
    return problem


def about(message: dict[str, Any]) -> Problem:
    return only(json.dumps(message).encode())


@pytest.mark.parametrize("type_", DATA)
def test_nothing_is_wrong_with_an_example_however_it_is_laid_out(type_: str) -> None:
    assert check_bytes(json.dumps(example(type_), indent=3).encode()) == []
    assert check_bytes(json.dumps(example(type_), ensure_ascii=True).encode()) == []


def test_json_lines_are_checked_line_by_line() -> None:
    lines = [json.dumps(example(RECORDED)), "", json.dumps(changed("data/version", 0)), "{"]
    assert [(p.line, p.path) for p in check_bytes("\n".join(lines).encode())] == [
        (3, "/data/version"),
        (4, ""),
    ]


def test_a_problem_says_the_line_in_a_document_of_many_lines() -> None:
    raw = json.dumps(changed("data/status/sector", "privat"), indent=1)
    problem = only(raw.encode())
    assert (problem.code, problem.path) == ("invalid-data", "/data/status/sector")
    assert '"sector"' in raw.splitlines()[(problem.line or 0) - 1]
    assert problem.hint == "allowed: 'private' or 'public'"


WRONG: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "misspelt type": (
        changed("type", RECORDED.replace("Spells", "Spels")),
        "unknown-type",
        "/type",
        f"did you mean {RECORDED}?",
    ),
    "no type": (changed("type", ...), "unknown-type", "/type", "such as"),
    "other version": (
        changed("type", RECORDED.replace("v1", "v2")),
        "unknown-version",
        "/type",
        "v1",
    ),
    "other service": (
        changed("service", "be.rugzak.rights.v1"),
        "invalid-envelope",
        "/service",
        "career",
    ),
    "no id": (changed("id", ...), "invalid-envelope", "/id", "Unique"),
    "relative source": (
        changed("source", "payroll"),
        "invalid-envelope",
        "/source",
        "absolute URI",
    ),
    "bad extension": (changed("traceParent", "x"), "invalid-envelope", "/traceParent", "a-z"),
    "extension object": (changed("trace", {}), "invalid-envelope", "/trace", "boolean"),
    "sensitive subject": (
        changed("subject", "88.04.12-123.45"),
        "invalid-envelope",
        "/subject",
        "",
    ),
    "no data": (changed("data", ...), "invalid-data", "/data", ""),
    "national number": (
        changed("data/person", "88041212345"),
        "national-number",
        "/data/person",
        "UUID",
    ),
    "no UUID": (changed("data/person", "nora"), "invalid-data", "/data/person", "UUID"),
    "misspelt field": (
        changed("data/evidance", "settled"),
        "invalid-data",
        "/data/evidance",
        "did you mean evidence?",
    ),
    "missing field": (
        changed("data/status/fraction", ...),
        "invalid-data",
        "/data/status/fraction",
        "4/5",
    ),
    "no kind": (changed("data/status/kind", ...), "invalid-data", "/data/status/kind", "which"),
    "unknown kind": (
        changed("data/status/kind", "worker"),
        "invalid-data",
        "/data/status",
        "employee",
    ),
    "share as a number": (
        changed("data/status/fraction", 0.8),
        "invalid-data",
        "/data/status/fraction",
        "4/5",
    ),
    "more than full time": (
        changed("data/status/fraction", "6/5"),
        "invalid-data",
        "/data/status/fraction",
        "4/5",
    ),
    "fractional minutes": (
        changed("data/status/weeklyMinutes", 30.5),
        "invalid-data",
        "/data/status/weeklyMinutes",
        "1824",
    ),
    "version zero": (changed("data/version", 0), "invalid-data", "/data/version", ""),
    "version as text": (changed("data/version", "1"), "invalid-data", "/data/version", ""),
    "until before from": (
        changed("data/period/until", "2025-09-01"),
        "invalid-data",
        "/data/period/until",
        "after the last",
    ),
    "null until": (
        changed("data/period/until", None),
        "invalid-data",
        "/data/period/until",
        "leave it out",
    ),
    "year 0": (changed("data/period/from", "0000-01-01"), "invalid-data", "/data/period/from", ""),
    "year 9999": (
        changed("data/period/from", "9999-12-31"),
        "invalid-data",
        "/data/period/from",
        "",
    ),
    "no such day": (
        changed("data/period/from", "2025-02-30"),
        "invalid-data",
        "/data/period/from",
        "",
    ),
    "negative quantity": (
        changed("data/quantity", -60, RESERVE),
        "invalid-data",
        "/data/quantity",
        "smallest",
    ),
    "fractional quantity": (
        changed("data/quantity", 1.5, RESERVE),
        "invalid-data",
        "/data/quantity",
        "smallest",
    ),
    "unknown unit": (
        changed("data/unit", "hour", RESERVE),
        "invalid-data",
        "/data/unit",
        "'minute'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_publisher_is_told_what_is_wrong_where_and_what_would_be_right(case: str) -> None:
    message, code, path, hint = WRONG[case]
    problem = about(message)
    assert (problem.code, problem.path) == (code, path)
    assert problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "invalid-json"),
        (b"\n \n", "invalid-json"),
        (b"{", "invalid-json"),
        (b"\xef\xbb\xbf{}", "invalid-json"),
        (b'{"id": ' + b"9" * 5000 + b"}", "invalid-json"),
        (b"[]", "invalid-envelope"),
        (b"1", "invalid-envelope"),
        (b'{"id": "\xff"}', "invalid-utf8"),
        ('{"id": "x"}'.encode("utf-16"), "invalid-utf8"),
        (b'{"id": 1, "id": 1}', "duplicate-key"),
        (b'{"id": NaN}', "not-a-number"),
        (b'{"id": -Infinity}', "not-a-number"),
        (b'{"id": "\\u0000"}', "forbidden-character"),
        (b'{"id": "\\ud800"}', "forbidden-character"),
        (b'{"\\udfff": 1}', "forbidden-character"),
        (b" " * MAX_EVENT_BYTES + b"{}", "too-large"),
        (b"[" * (MAX_DEPTH_LEVELS + 1) + b"]" * (MAX_DEPTH_LEVELS + 1), "too-deep"),
        (b"[" * 500_000, "too-deep"),
        (b'{"a":' * 150_000, "too-deep"),
    ],
)
def test_bytes_that_are_no_message_have_a_code_of_their_own(raw: bytes, code: str) -> None:
    assert only(raw).code == code


def test_json_of_just_the_permitted_depth_is_read() -> None:
    deepest = b"[" * MAX_DEPTH_LEVELS + b"]" * MAX_DEPTH_LEVELS
    assert only(deepest).code == "invalid-envelope"


@pytest.mark.parametrize("place", ["envelope", "data", "status"])
@pytest.mark.parametrize("extra", ["", "\\u0041"])
def test_a_repeated_key_is_found_wherever_it_is_and_whatever_surrounds_it(
    place: str, extra: str
) -> None:
    text = json.dumps(example(RECORDED)).replace("employment-1", f"employment-1{extra}")
    start = {"envelope": '{"specversion"', "data": '"data": {', "status": '"status": {'}[place]
    twice = {
        "envelope": '"type": "x", ',
        "data": '"version": 7, ',
        "status": '"sector": "public", ',
    }
    at = text.index(start) + (1 if place == "envelope" else len(start))
    problem = read((text[:at] + twice[place] + text[at:]).encode(), CAREER)
    assert isinstance(problem, Problem)
    assert problem.code == "duplicate-key"


def test_layout_and_key_order_do_not_change_the_content() -> None:
    message = example(RECORDED)
    shuffled = dict(reversed(message.items()))
    shuffled["data"] = dict(reversed(list(message["data"].items())))
    readings = [
        read(json.dumps(m, indent=i, ensure_ascii=a).encode(), CAREER)
        for m, i, a in [(message, None, True), (shuffled, 4, False)]
    ]
    first, second = (r for r in readings if isinstance(r, Read))
    assert first.digest == second.digest


def test_the_digest_of_an_example_stays_what_it_is() -> None:
    """A receipt holds it: another digest would refuse a redelivery as another content."""
    reading = read(json.dumps(example(RECORDED)).encode(), CAREER)
    assert isinstance(reading, Read)
    assert (
        reading.digest.hex() == "9c4ae4f537a121253f915e0a5055b4383f077d7de5fc45eb8a8cf787cb03ee17"
    )


def test_what_a_model_refuses_its_schema_refuses_too_but_for_what_json_schema_can_not_say() -> None:
    can_not_say = {
        "sensitive subject",
        "national number",
        "more than full time",
        "until before from",
        "no such day",
        "unknown kind",
    }
    for case, (message, *_) in WRONG.items():
        schema = json.loads(json_schemas().get(f"{message.get('type')}.json", "false"))
        valid = Draft202012Validator(schema).is_valid(message)
        assert not valid or case in can_not_say, case
    assert ALL.messages.keys() == DATA.keys()
