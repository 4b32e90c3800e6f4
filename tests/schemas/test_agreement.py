"""The reader, the JSON Schemas and the OpenAPI documents say the same of a message.

Messages are the examples with something changed at random; nobody thought of them.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import EXTENSION_PATTERN
from schemas.contract import ALL, SENT
from schemas.examples import example
from schemas.parsing import Problem
from schemas.reading import read
from tests.schemas.handed_out import TYPES, json_schema, openapi

Json = Any

VALUES: tuple[Json, ...] = (
    None, True, False, 0, 1, -1, 7, 1.5, 2**31 - 1, 2**31, 10**12 + 1, "", "x", "0", "1", "4/5",
    "6/5", "be-vlg", "BE", "small", "declared", "accepted", "employee", "student", "annulled",
    "cent", "2025-09-01", "2025-02-30", "1899-12-31", "2200-01-01", "2025-Q4", "0566988259",
    "2297964444", "93051822361", "93051822362", "6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7",
    "6F1D3A52-7C1E-4B8E-9A40-5D2C86B1F0A7", "https://payroll.example.be", "payroll",
    "2025-10-05T08:15:00Z", "2025-10-05 08:15", "application/json", "text/plain", "é", "x" * 60,
    "x" * 101, "x" * 201, "x" * 501, [], {}, [1], {"kind": "student"}, {"from": "2025-09-01"},
    {"from": "2025-09-01", "until": "2025-09-01"}, {"kind": "in"},
)  # fmt: skip
"""What is put in the place of another value: right, nearly right and wrong."""

LIKELY: dict[Json, tuple[Json, ...]] = {
    "version": (1, 2**31 - 1),
    "sequence": (1, 2**31 - 1),
    "position": (1, 2**40),
    "quantity": (1, 10**12),
    "id": ("x", "x" * 100),
    "periodId": ("x", "93051822361"),
    "reason": ("é", "x" * 500),
    "from": ("1900-01-01", "2025-07-02"),
    "until": ("2199-12-31", "2025-02-30"),
    "effectiveOn": ("2024-02-29", "2023-02-29"),
    "time": (None, "2025-10-05T08:15:00Z"),
    "datacontenttype": (None, "application/json; charset=utf-8"),
    "source": ("urn:x", "https://payroll.example.be/x"),
    "traceid": (None, True, 7, "é"),
    "person": ("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a8",),
    "sector": ("public",),
    "fraction": ("1", "6/5"),
    "placeOfWork": ("be-wal", "fr"),
    "weeklyMinutes": (0, 10080),
    "withBenefit": (False,),
    "unit": ("voucher", "sgd-cent"),
}
"""By the field's name, what may well be right there."""

NAMES = ("traceid", "traceParent", "trace-id", "until", "version", "kind", "assumed", "unknown")

DISCRIMINATORS = {"kind", "outcome"}

CAN_NOT_SAY = re.compile(
    "national number|check digits|is the first day after|at most 1|settle|occupation|a day in"
    "|day value is outside|month value is outside|the first six digits|counter|the month"
    "|an NSSO number"
)
"""Of what the reader refuses, what no schema can say: sums of digits, days that there are not, and
what one field says about another. And a schema takes 7.0 for a whole number."""


def places(node: Json) -> Iterator[tuple[Json, Json]]:
    """Yield each place of a message: what holds it, and its name or number there."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield node, name
            yield from places(inner)
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield node, number
            yield from places(inner)


@st.composite
def messages(draw: st.DrawFn, types: list[str]) -> tuple[str, Json]:
    """Draw a type, and its example with a few changes."""
    type_ = draw(st.sampled_from(types))
    message = deepcopy(example(type_))
    for _ in range(draw(st.integers(0, 3))):
        holder, name = draw(st.sampled_from([p for p in places(message) if p[1] != "type"]))
        change = draw(st.sampled_from(["likely", "likely", "put", "leave out", "add"]))
        if change == "leave out":
            del holder[name]
            continue
        if change == "add" and isinstance(holder, dict):
            name = draw(st.sampled_from(NAMES))
        value = draw(st.sampled_from(LIKELY.get(name, VALUES) if change == "likely" else VALUES))
        # The validator of OpenAPI fails on a discriminator that is a list or an object.
        if name not in DISCRIMINATORS or not isinstance(value, list | dict):
            holder[name] = deepcopy(value)
    return type_, message


@given(messages([type_ for type_ in TYPES if type_ in ALL.messages]))
def test_what_the_reader_accepts_is_what_the_schemas_accept(drawn: tuple[str, Json]) -> None:
    type_, message = drawn
    outcome = read(json.dumps(message).encode(), ALL)
    in_json, in_openapi = (schema(type_).is_valid(message) for schema in (json_schema, openapi))
    if all(re.search(EXTENSION_PATTERN, name) for name in message):
        assert in_json == in_openapi
    else:  # OpenAPI 3.0 has no word for the names of extensions
        assert not in_json
    if isinstance(outcome, Problem):
        assert not in_json or CAN_NOT_SAY.search(outcome.message), outcome
    else:
        assert in_json


@given(messages([type_ for type_ in TYPES if type_ in SENT.messages]))
def test_both_schemas_of_what_we_send_say_the_same(drawn: tuple[str, Json]) -> None:
    type_, message = drawn
    assert json_schema(type_).is_valid(message) == openapi(type_).is_valid(message)


def test_changes_of_both_kinds_are_made() -> None:
    verdicts = []

    @given(messages([type_ for type_ in TYPES if type_ in ALL.messages]))
    def look(drawn: tuple[str, Json]) -> None:
        type_, message = drawn
        if message != example(type_):
            verdicts.append(json_schema(type_).is_valid(message))

    look()
    assert verdicts.count(True) > len(verdicts) / 20
    assert verdicts.count(False) > len(verdicts) / 20
