"""A small right regulation, and how to spoil it."""

from pathlib import Path

from ledger.service import rulebook
from ledger.service.marked import Finding

RIGHT = """\
scheme: test/leave
name: {nl: verlof, fr: congé, en: leave}
unit: hour
funder: test
source: a decree
parameters:
  full-time:
    unit: hour
    values: {2020-01-01: 100, 2022-01-01: 120}
    source: {2020-01-01: first decree, 2022-01-01: second decree}
  half:
    values: {2020-01-01: 50 %}
    source: first decree
grants:
- of: calendar-year
  valid: {from: 2020-01-01}
  let:
    work: employment(sector='private', place='be-vlg')
    share: work.share_in(period)
  who:
    works-enough: share >= half
  amount: full_time * share
  rounding: nearest minute
  due: period start
  term: period
  source: article 1
use:
  in-time:
    if: day <= months_after(course_starts, 2)
    else: too late
portability:
- if: employment().exists_on(day)
  then: open
  because: employed
- then: keep
  because: not employed
conversions:
- to: test/leave
  give: 1 hour
  get: 1 hour
  rounding: nearest minute
  valid: {from: 2020-01-01}
  source: article 2
"""


def findings(folder: Path, text: str | bytes) -> list[Finding]:
    """Return what the loader says of a folder with only this file in it."""
    regulations = folder / "regulations"
    regulations.mkdir(exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    (regulations / "leave.yaml").write_bytes(data)
    return rulebook.check(regulations)


def spoiled(right: str, wrong: str) -> str:
    """Return the regulation with one thing in it replaced."""
    assert RIGHT.count(right) == 1, right
    return RIGHT.replace(right, wrong)


def place(text: str, of: str) -> tuple[int, int]:
    """Return line and column, from 1, at which a part of a text begins."""
    before = text[: text.index(of)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
