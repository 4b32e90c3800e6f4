"""A vault on the test's own database, and numbers of example people."""

from collections.abc import Iterator

import pytest

from consumers.identity import Pseudonyms
from ledger.vault.keys import MasterKeys
from ledger.vault.vault import Vault

SECRET = "an identity key of the tests, long enough for all"  # noqa: S105  of nobody
OLD, NEW = "2025:" + "ab" * 32, "2026:" + "cd" * 32
NORA, BIS, SAM = "93051822361", "93251822307", "85073003328"
"""Nora's national number, the BIS number that she had before, and somebody else's."""

PEOPLE = Pseudonyms(SECRET)


def opened(database: str, keys: str = OLD, secret: str = SECRET) -> Vault:
    """Return a vault with such keys, checked."""
    vault = Vault(database, MasterKeys.read(keys), Pseudonyms(secret).proof())
    try:
        vault.check()
    except BaseException:
        vault.close()
        raise
    return vault


@pytest.fixture
def vault(database: str) -> Iterator[Vault]:
    """Yield a vault under the old key."""
    with opened(database) as made:
        yield made
