"""`rugzak` as it is typed, on the test's own database."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import structlog

from ops.cli import main, output


@dataclass(frozen=True)
class Result:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code in {0, 1}, self.err
        return json.loads(self.out)


Rugzak: TypeAlias = Callable[..., Result]


@pytest.fixture
def rugzak(
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Rugzak]:
    """Yield a way to type a command."""
    monkeypatch.setattr(output, "WIDTH_KNOWN", False)
    monkeypatch.setattr(output.console, "width", output.PIPED_COLUMNS)
    monkeypatch.setenv("RUGZAK_DATABASE_URL", database)
    monkeypatch.setenv("RUGZAK_DATA_DIR", str(tmp_path))

    def run(*typed: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["rugzak", *map(str, typed)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        return Result(int(code), *capsys.readouterr())

    yield run
    structlog.reset_defaults()


@pytest.fixture
def tree(rugzak: Rugzak, told: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the published tree of Nora's life."""
    monkeypatch.setenv("RUGZAK_AUDIT_KEY_FILE", str(tmp_path / "log.key"))
    assert rugzak("audit", "keys", "generate", "rights.example.be/log").code == 0
    assert rugzak("audit", "checkpoint").code == 0
    return tmp_path / "audit"
