"""Keys of the vault: a person's own, wrapped under a master key that is named, so it can rotate.

Everything is closed with AES-256-GCM under a nonce of its own, and bound to its place: what was
closed for one account or number doesn't open for another.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BITS: Final = 256

NONCE_BYTES: Final = 12
"""Random. One master key may close 2**32 of them (NIST SP 800-38D, 8.3): a person takes one."""

MAX_MASTER_KEYS: Final = 16
"""Those that rows may still be wrapped under, and the newest."""

_NAMED: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39}):([0-9a-fA-F]{64})")
_PROOF: Final = b"rugzak vault: this key is known by its name"


class WrongKey(Exception):  # noqa: N818  it is a finding
    """A key is missing, or is another than the one of that name; it is named, never shown."""


class Tampered(Exception):  # noqa: N818  it is a finding
    """What is kept of a person is not what the vault closed."""


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """Keys under which the people's own keys are wrapped, newest first.

    Attributes:
        newest: the name of the one that wraps; the others only open.

    """

    newest: str
    _keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `name:key`, the newest first, with white space between: a key is 64 hex digits.

        Raises:
            ValueError: it is something else; the message repeats nothing of it.

        """
        found: dict[str, bytes] = {}
        written = text.split()
        if not 0 < len(written) <= MAX_MASTER_KEYS:
            raise ValueError(f"there are 1 to {MAX_MASTER_KEYS} keys, not {len(written)}")
        for number, each in enumerate(written, start=1):
            match = _NAMED.fullmatch(each)
            if match is None:
                right = "a name of letters, digits, `.`, `_`, `-`, then `:` and 64 hex digits"
                raise ValueError(f"key {number} is not written as {right}")
            name, key = match[1], bytes.fromhex(match[2])
            if name in found:
                raise ValueError(f"two keys are called {name}")
            found[name] = key
        return cls(next(iter(found)), found)

    @property
    def names(self) -> list[str]:
        """The names, newest first."""
        return list(self._keys)

    def proof(self, name: str) -> bytes:
        """Return by what a key is known again, from which nobody gets the key."""
        return proof(self._keys[name])

    def wrap(self, data_key: bytes, account: UUID) -> bytes:
        """Wrap a person's key under the newest master key."""
        return close(self._keys[self.newest], data_key, _place(self.newest, account))

    def unwrap(self, name: str, wrapped: bytes, account: UUID) -> bytes:
        """Return a person's key.

        Raises:
            WrongKey: there is no master key of that name.
            Tampered: it is not what was wrapped for this account.

        """
        if name not in self._keys:
            raise WrongKey(f"the identity of {account} is closed with the master key {name}, "
                           f"which is not given; given: {', '.join(self._keys)}")  # fmt: skip
        try:
            return open_(self._keys[name], wrapped, _place(name, account))
        except InvalidTag:
            pass
        raise Tampered(f"the key of {account} in the vault is not what was put there")


def proof(key: bytes) -> bytes:
    """Return by what a key is known again."""
    return hmac.digest(key, _PROOF, "sha256")


def new_data_key() -> bytes:
    """Return a key for one person."""
    return AESGCM.generate_key(KEY_BITS)


def close(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Encrypt: the nonce comes first, then what AES-256-GCM makes."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def open_(key: bytes, closed: bytes, place: bytes) -> bytes:
    """Decrypt what `close` made for the same place.

    Raises:
        InvalidTag: with another key, for another place, or something else.

    """
    if len(closed) < NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], place)


def _place(name: str, account: UUID) -> bytes:
    return b"data key\0" + name.encode() + b"\0" + account.bytes
