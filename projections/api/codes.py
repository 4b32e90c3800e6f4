"""One-time codes: random, readable, and known to nobody but who has them.

An alphabet of 32 without letters that look like digits or like one another, as Crockford's.
"""

import secrets
from hashlib import sha256
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_CHARACTERS: Final = 26
"""Of 5 bits each: 130 random bits."""

GROUP_CHARACTERS: Final = 5

_AS_MEANT: Final = str.maketrans("OIL", "011", "- ")


def new_code() -> str:
    """Return a code, in groups that can be read out."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
    starts = range(0, CODE_CHARACTERS, GROUP_CHARACTERS)
    return "-".join(drawn[start : start + GROUP_CHARACTERS] for start in starts)


def hash_of(code: str) -> bytes:
    """Return what is kept of a code, however it was typed."""
    return sha256(code.upper().translate(_AS_MEANT).encode()).digest()
