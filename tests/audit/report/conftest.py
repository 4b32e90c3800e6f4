"""The log of random careers, as the tests of the books have it."""

from tests.audit.books.conftest import log

__all__ = ["log"]
