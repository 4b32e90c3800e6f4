"""Logs for machines: a line of JSON for each thing said, whatever it holds."""

import json
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
import structlog

from ops import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("é", "é"),
        ("half a \ud83d", "half a \ud83d"),
        (2**70, 2**70),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2026, 11, 28), "2026-11-28"),
        ({1: "a key that is no text"}, {"1": "a key that is no text"}),
    ],
)
def test_whatever_is_said_is_one_line_of_json(
    what: object, told: object, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("json")
    structlog.get_logger().info("said", what=what)
    [line] = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert (found["event"], found["level"], found["what"]) == ("said", "info", told)
