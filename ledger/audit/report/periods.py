"""Periods by their names: a year, a quarter, a month, or the two days between which they lie."""

import re
from datetime import date
from typing import Final

from ledger.audit.books.totals import Period

LIKE: Final = "2026, 2026-Q3, 2026-11 or 2026-11-01/2026-12-01"
"""How a period is written."""

_NAMED: Final = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d\d)))?", re.ASCII)
_MONTHS: Final = {"year": 12, "quarter": 3, "month": 1}


def named(text: str) -> Period:
    """Return the period of a name; of two days the second is the first after it.

    Raises:
        ValueError: there is no such period; says how one is written.

    """
    try:
        found = _between(text) if "/" in text else _calendar(text)
    except ValueError:
        raise ValueError(f"{text!r} is no period: write {LIKE}") from None
    if found.since is not None and found.until is not None and found.until <= found.since:
        raise ValueError(f"{text!r} has no day: its end is the first day after it")
    return found


def _calendar(text: str) -> Period:
    match = _NAMED.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, quarter, month = match.groups()
    if quarter:
        return _months(int(year), 3 * int(quarter) - 2, _MONTHS["quarter"])
    if month:
        return _months(int(year), int(month), _MONTHS["month"])
    return _months(int(year), 1, _MONTHS["year"])


def _months(year: int, month: int, count: int) -> Period:
    years, after = divmod(month - 1 + count, 12)
    return Period(since=date(year, month, 1), until=date(year + years, after + 1, 1))


def _between(text: str) -> Period:
    since, until = text.split("/")
    return Period(since=date.fromisoformat(since), until=date.fromisoformat(until))
