"""The page that takes an auditor through an audit is true: all of it is typed, and prints what it says."""

import json
import re
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.architecture.checkout import ROOT
from tests.audit.proofs.fsck import fsck
from tests.cli.conftest import Rugzak

PAGE = (ROOT / "ops" / "docs" / "auditing.md").read_text("utf-8")
LEFT_OUT = "…"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def typed() -> list[tuple[str, list[str]]]:
    """Return each command of the page with the lines that it says are printed."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(blocks("console")).splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def as_shown(shown: list[str]) -> re.Pattern[str]:
    """Return what a printed text has to be, where lines or their ends are left out."""
    lines = (
        "(?:.*\n)*?" if line == LEFT_OUT else re.escape(line).replace(LEFT_OUT, ".*") + r"[ ]*\n"
        for line in shown
    )
    return re.compile("".join(lines))


@pytest.mark.usefixtures("told")
def test_an_audit_goes_as_the_page_says(
    rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("RUGZAK_AUDIT_KEY_FILE", str(tmp_path / "log.key"))
    monkeypatch.setenv("RUGZAK_AUDIT_DIR", str(tmp_path / "audit"))
    keys = rugzak("audit", "keys", "generate", "rights.example.be/log")
    (tmp_path / "log.pub").write_text(keys.out.splitlines()[0])
    rugzak("projections", "run", "--once")
    for command, shown in typed():
        line, _, into = command.partition(" > ")
        done = rugzak(*shlex.split(line)[1:])
        assert done.code == 0, f"{command}: {done.err}"
        assert as_shown(shown).fullmatch(done.out) or into, f"{command}\n{done.out}"
        if into:
            Path(into).write_text(done.out)
    receipt = json.loads(Path("receipt.json").read_text("utf-8"))
    form = json.loads(
        (ROOT / "schemas" / "receipts" / f"{receipt['kind']}.json").read_text("utf-8")
    )
    Draft202012Validator(form).validate(receipt)
    (other,) = blocks("sh")
    assert other.startswith("fsck ")
    assert "Successfully" in fsck(tmp_path / "audit", (tmp_path / "log.pub").read_text())
    assert Path("report.html").read_text("utf-8").startswith("<!doctype html>")
