"""The page for auditors is true: its commands, queries and program run, its table makes the books."""

import csv
import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ledger.audit.books.journal import Journal
from ledger.audit.books.movements import MEANINGS
from ledger.store.catalogue import KINDS
from ops.books.booking import Stored
from tests.architecture.checkout import ROOT
from tests.audit.books.careers import MOVING, log_of
from tests.cli.conftest import Rugzak

PAGE = (ROOT / "ops" / "docs" / "exports.md").read_text("utf-8")
CAREERS = 40


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.usefixtures("told")
def test_all_that_the_page_says_to_type_works_and_agrees(
    rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (commands,) = blocks("sh")
    answers = {}
    for line in commands.splitlines():
        answers[line] = rugzak(*shlex.split(line)[1:])
        assert answers[line].code == 0, answers[line]
    (check,) = blocks("check")
    for folder in ("package", "flat"):
        subprocess.run(shlex.split(check), cwd=folder, check=True, capture_output=True)
    cast, sample = blocks("sql")
    monkeypatch.chdir(tmp_path / "package")
    stands = duckdb.execute(cast).fetchall()
    drawn = [entry for (entry,) in duckdb.execute(sample).fetchall()]
    (program,) = blocks("python")
    printed = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=tmp_path / "flat", check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    with (tmp_path / "flat" / "totals.csv").open(newline="") as file:
        totals = [
            (t["scheme"], t["unit"], t["name"], int(t["closing"])) for t in csv.DictReader(file)
        ]
    assert stands == sorted(totals)
    assert printed == [" ".join(map(str, total)) for total in totals]
    assert len(drawn) == 3
    told = answers["rugzak audit sample 3 --seed 2026"].out
    assert [line.split()[0] for line in told.splitlines()[1:4]] == drawn


def rows() -> list[list[str]]:
    """Return the page's table from events to entries."""
    table = PAGE.partition("| event | of which lot |")[2].partition("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in table.splitlines()[2:]
    ]


def booked(stored: Stored) -> Iterator[tuple[str, str, str, int]]:
    """Make an event's entries as the page says, from what is stored."""
    event = json.loads(stored.payload)["event"]
    for when, lot, debit, credit, quantity in rows():
        name, _, condition = when.partition(", if ")
        if name != stored.name.partition("@")[0]:
            continue
        if condition and event["reserved"] != (condition == "reserved"):
            continue
        parts = (
            event["allocation"] if lot == "allocation" else [[event[lot], amount(event, quantity)]]
        )
        for of, how_much in parts:
            if how_much:
                yield of, debit, credit, how_much


def amount(event: dict[str, Any], quantity: str) -> int:
    """Return what a cell of the table says: a field, or one less another."""
    first, *less = (int(event[name]) for name in quantity.split(" - "))
    return first - sum(less)


def test_who_follows_the_table_makes_the_same_books() -> None:
    journal = Journal(lambda envelope: pytest.fail(f"{envelope}"))
    seen: Counter[str] = Counter()
    for stored in log_of(CAREERS):
        entries = journal.post(stored.envelope, stored.name)
        found = [(e.lot, e.debit, e.credit, e.quantity) for e in entries]
        assert sorted(booked(stored)) == sorted(found), stored
        seen[stored.name.partition("@")[0]] += len(found)
    assert {name for name, count in seen.items() if count} == {
        row[0].partition(",")[0] for row in rows()
    }
    assert set(MOVING) <= {kind.name for kind in KINDS}
    assert {row[n] for row in rows() for n in (2, 3)} == set(MEANINGS) - {"merged"}
