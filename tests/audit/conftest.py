"""The log of random careers, which the tests of the books and of reports share."""

import pytest

from ops.books.booking import Stored
from tests.audit.books.careers import CAREERS, log_of


@pytest.fixture(scope="session")
def log() -> list[Stored]:
    """Return the log of some hundred random careers."""
    return list(log_of(CAREERS))
