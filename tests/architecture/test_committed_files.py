"""What is committed builds the same anywhere: it names no registry and no machine."""

import re
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT, tracked

REGISTRY = re.compile(
    r"pypi\.org|files\.pythonhosted\.org|repo\.maven\.apache\.org|registry\.npmjs\.org"
    r"|proxy\.golang\.org"
)
MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:work|root|home|Users)/\w")


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    found = []
    for path in tracked():
        for number, line in enumerate(text(path).splitlines(), 1):
            if REGISTRY.search(line) or MACHINE_PATH.search(line) or str(ROOT) in line:
                found.append(f"{path}:{number}: {line.strip()}")
    assert found == []


@pytest.mark.parametrize(
    "line", ["cd /ro" + "ot/x", "(/ho" + "me/an/x)", "https://py" + "pi.org/simple"]
)
def test_such_a_line_would_be_found(line: str) -> None:
    assert REGISTRY.search(line) or MACHINE_PATH.search(line)


def text(path: Path) -> str:
    """Return a text file's text, and nothing of a binary one."""
    data = (ROOT / path).read_bytes()
    return "" if b"\0" in data else data.decode()
