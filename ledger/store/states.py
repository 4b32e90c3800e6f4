"""State rows: an account's canonical JSON, compressed; a cache of the fold of its events."""

from collections import OrderedDict

from ledger.domain.account import Account
from ledger.store.catalogue import CODEC
from ledger.store.compression import Zstandard

STATES_KEPT = 2_000
"""How many accounts are kept read, about 15 KiB each: who is told of is often told of again."""

MAX_STATE_BYTES = 1 << 26
"""Most bytes that a state may have once decompressed."""


class States:
    """Writes states and reads them; what it wrote last it need not read.

    Found by its bytes, a kept state is the one that they say, whoever wrote the row since.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: OrderedDict[bytes, Account] = OrderedDict()
        self._zstandard = Zstandard(MAX_STATE_BYTES)

    def encode(self, account: Account) -> bytes:
        """Return the bytes of a state that nobody changes any more."""
        data = self._zstandard.compress(CODEC.encode(account))
        self._kept[data] = account
        if len(self._kept) > STATES_KEPT:
            self._kept.popitem(last=False)
        return data

    def decode(self, data: bytes) -> Account:
        """Return the state that bytes hold.

        Raises:
            Undecodable: they hold none.

        """
        kept = self._kept.pop(data, None)
        return CODEC.decode(Account, self.plain(data)) if kept is None else kept

    def plain(self, data: bytes) -> bytes:
        """Return the canonical JSON that bytes hold; versions of the library compress otherwise.

        Raises:
            Undecodable: they are damaged.

        """
        return self._zstandard.decompress(data)
