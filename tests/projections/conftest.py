"""A connection to the test's own database."""

from collections.abc import Iterator

import psycopg
import pytest

from projections.tables import Conn


@pytest.fixture
def conn(database: str) -> Iterator[Conn]:
    """Yield a connection in which every statement commits."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection
