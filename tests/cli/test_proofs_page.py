"""The page on proofs is true: its commands run as they stand there, one after another."""

import re
import shlex
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT
from tests.audit.proofs.fsck import fsck
from tests.cli.conftest import Rugzak

PAGE = (ROOT / "ops" / "docs" / "proofs.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


@pytest.mark.usefixtures("told")
def test_the_commands_of_the_page_run_in_their_order(
    rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_FOLDER", str(tmp_path / "witness"))
    ran = list[str]()
    for line in COMMANDS:
        here = re.sub(r"/(etc|srv)(/rugzak)?", str(tmp_path), line)
        program, *words = shlex.split(here, comments=True)
        if program == "export":
            monkeypatch.setenv(*words[0].split("=", 1))
        elif program == "fsck":
            assert "Successfully" in fsck(tmp_path / "audit", (tmp_path / "log.pub").read_text())
        elif program == "rugzak":
            done = rugzak(*words)
            assert done.code == 0, f"{line}: {done.err}"
            ran.append(words[1])
            if words[1:3] == ["keys", "generate"] and "--witness" not in words:
                (tmp_path / "log.pub").write_text(done.out.splitlines()[0])
            if words[1] == "checkpoint":
                (tmp_path / "receipt.json").write_text(rugzak("audit", "prove", 17).out)
    assert ran == ["keys", "checkpoint", "verify", "keys", "cosign"]
    assert rugzak("audit", "verify").code == 0


def test_settings_of_the_page_are_those_that_there_are() -> None:
    from ops.settings import Settings, variable

    named = set(re.findall(r"`(RUGZAK_AUDIT_\w+)`", PAGE))
    assert named == {variable(name) for name in Settings.model_fields if name.startswith("audit_")}
