"""At the border a number becomes an opaque reference to its holder, by a secret key.

That of a person is the national number, that of an enterprise its number in the KBO/BCE. The
reference is a keyed pseudonym: with the key everybody who may ask finds the same account, and
without it nobody finds the number, which a plain hash would not prevent (there are few numbers).
It follows the number: who gets another one (BIS to national) gets another account, unless the
identity vault says whose it is. The key is for ever: with another one all accounts are new.
"""

import hmac
from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from ledger.vault.vault import Asked, Vault

_VERSION_8: Final = 0x8 << 76
_VARIANT: Final = 0b10 << 62
_FREE: Final = ~(0xF << 76 | 0b11 << 62)


class Pseudonyms:
    """Turns numbers into references, and content that holds one into digests.

    What a number is of is part of what is hashed: no person has the reference of an enterprise.
    """

    def __init__(self, key: str, vault: Vault | None = None) -> None:
        """Take the secret, and the vault when there is one."""
        self._key = key.encode()
        self._vault = vault

    @property
    def vault(self) -> Vault | None:
        """What keeps the numbers, if anything does."""
        return self._vault

    def accounts(self, numbers: Collection[str]) -> Mapping[str, UUID]:
        """Return the account of each number: what the vault says, which keeps them, in one query.

        Without a vault each number leads to its own reference.

        Raises:
            StoreUnavailable: the vault's database gives no answer.

        """
        if self._vault is None:
            return {number: self.reference(number) for number in numbers}
        return self._vault.accounts([self.asked(number) for number in numbers])

    def proof(self) -> bytes:
        """Return by what this key is known again, from which nobody gets it."""
        return self._mac(b"proof", b"")

    def asked(self, number: str) -> Asked:
        """Return a number as the vault looks it up."""
        lookup = self._mac(b"vault", number.encode())
        return Asked(number, lookup, self.reference(number))

    def reference(self, number: str) -> UUID:
        """Return the number's own reference: a UUID of version 8 (RFC 9562), 122 bits of the HMAC.

        It is that of the person unless the vault knows better.

        Args:
            number: eleven digits, checked.

        """
        return self._made(b"person", number)

    def enterprise(self, number: str) -> UUID:
        """Return an enterprise's reference, made alike.

        Args:
            number: ten digits, checked.

        """
        return self._made(b"enterprise", number)

    def digest(self, plain: bytes) -> bytes:
        """Return what stands for a plain digest, from which a number could be guessed."""
        return self._mac(b"content", plain)

    def _made(self, holder: bytes, number: str) -> UUID:
        made = int.from_bytes(self._mac(holder, number.encode())[:16], "big")
        return UUID(int=made & _FREE | _VERSION_8 | _VARIANT)

    def _mac(self, purpose: bytes, data: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + data, "sha256")
