"""Whichever folders are named, laws are tried as `tests/conftest.py` says."""

import subprocess
import sys

WITHIN = """
import sys

import pytest


class Look:
    def pytest_collection_finish(self, session):
        laws = [each.obj for each in session.items if hasattr(each.obj, "is_hypothesis_test")]
        tried = {each._hypothesis_internal_use_settings.deadline for each in laws}
        print("deadlines", tried, flush=True)


folders = ["tests/audit/test_requests.py", "tests/laws/test_inputs.py"]
sys.exit(pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", *folders], plugins=[Look()]))
"""


def test_a_law_has_no_deadline_also_where_a_folders_own_conftest_imports_laws() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHIN], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deadlines {None}" in done.stdout
