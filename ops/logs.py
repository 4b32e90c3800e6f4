"""Logs go to standard error, for people or for machines; libraries' chatter stays out."""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import orjson
import structlog

QUIET_LIBRARIES = ("httpcore2", "httpx2", "kafka", "psycopg.pool", "uvicorn", "yoyo")
"""They repeat every failed attempt to connect; we say once that a server is away."""


Form: TypeAlias = Literal["json", "console"]


def configure(form: Form) -> None:
    """Set up structlog for this process."""
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(_written)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Standard error as it is when something is said: others may put theirs in its place.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _written(line: Any, default: Callable[[Any], Any]) -> str:  # noqa: ANN401  as structlog has it
    """Write a line as JSON; what orjson refuses, such as half a character, is written too."""
    try:
        return orjson.dumps(line, default).decode()
    except TypeError:
        return json.dumps(line, default=default)
