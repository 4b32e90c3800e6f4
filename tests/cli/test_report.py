"""`rugzak audit report`, as typed: one page, of which every figure is that of other commands."""

from pathlib import Path

import pytest

from tests.cli.conftest import Rugzak


@pytest.mark.usefixtures("told")
def test_try(rugzak: Rugzak, tmp_path: Path) -> None:
    for lang in ("en", "nl", "fr"):
        answer = rugzak("audit", "report", f"/tmp/h/report-{lang}.html", "--seed", "7", "--lang", lang)
        assert answer.code == 0, answer
