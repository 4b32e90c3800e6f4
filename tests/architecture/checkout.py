"""What git knows of this checkout."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked(*folders: str) -> list[Path]:
    """Return the files that git knows and that are there, relative to the root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", *folders]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout: what is committed can't be told")
    paths = [Path(name) for name in said.stdout.split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]
