"""Signed notes and checkpoints as C2SP writes them, signed with Ed25519.

Followed are signed-note, tlog-checkpoint and, for what witnesses sign, the Ed25519 form of
tlog-cosignature (c2sp.org). Keys are written as Go's `golang.org/x/mod/sumdb/note` does.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.audit.proofs.merkle import HASH_BYTES

ED25519: Final = 1
"""The kind of a log's key."""

COSIGNATURE: Final = 4
"""The kind of a witness's key: its signature tells when."""

KEY_BYTES: Final = 32
ID_BYTES: Final = 4
TIME_BYTES: Final = 8

MAX_SIGNATURES: Final = 64
"""A note with more is not read."""

_SECRET: Final = "PRIVATE+KEY+"  # noqa: S105  what a key begins with
_NAME: Final = re.compile(r"[^\s+]{1,200}")
_LINE: Final = "\N{EM DASH} "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class WrongNote(Exception):  # noqa: N818  it is an answer
    """A note, a key or a checkpoint is not what it should be."""


class Signature(NamedTuple):
    """A line under a note: whose it says it is, and the signature with the key's id before it."""

    name: str
    data: bytes

    def __str__(self) -> str:
        return f"{_LINE}{self.name} {b64encode(self.data).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key, with the name of who signs with it."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature names the key."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[
            :ID_BYTES
        ]

    def __str__(self) -> str:
        key = b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    def made(self, signature: Signature) -> bool:
        """Tell whether a signature says that it was made with this key."""
        return (signature.name, signature.data[:ID_BYTES]) == (self.name, self.id)

    def holds(self, text: str, signature: Signature) -> bool:
        """Tell whether it was."""
        signed, message = signature.data[ID_BYTES:], text
        if self.kind == COSIGNATURE:
            at = int.from_bytes(signed[:TIME_BYTES])
            signed, message = signed[TIME_BYTES:], _cosigned(text, at)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signed, message.encode())
        except InvalidSignature:
            return False
        return True


def read_verifier(text: str) -> Verifier:
    """Read a public key: `<name>+<id>+<key>`.

    Raises:
        WrongNote: it is written otherwise.

    """
    name, _, rest = text.strip().partition("+")
    id_, _, key = rest.partition("+")
    data = _base64(key)
    found = Verifier(name, data[0] if data else 0, data[1:])
    if (
        not _NAME.fullmatch(name)
        or found.kind not in {ED25519, COSIGNATURE}
        or len(found.public) != KEY_BYTES
        or found.id.hex() != id_
    ):
        raise WrongNote(f"no public key of Ed25519 is written so: {text.strip()[:100]!r}")
    return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, with the name of who signs with it; 32 bytes, shown nowhere."""

    name: str
    kind: int
    secret: bytes = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """Return the public key."""
        key = Ed25519PrivateKey.from_private_bytes(self.secret)
        return Verifier(self.name, self.kind, key.public_key().public_bytes_raw())

    def written(self) -> str:
        """Return the text that goes into the file of the key."""
        key = b64encode(bytes([self.kind]) + self.secret).decode()
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{key}\n"

    def sign(self, text: str, at: int = 0) -> Signature:
        """Sign a note's text; `at`, in seconds since 1970, is for a witness's key."""
        key, verifier = Ed25519PrivateKey.from_private_bytes(self.secret), self.verifier
        if self.kind == COSIGNATURE:
            signed = at.to_bytes(TIME_BYTES) + key.sign(_cosigned(text, at).encode())
        else:
            signed = key.sign(text.encode())
        return Signature(self.name, verifier.id + signed)


def new_signer(name: str, kind: int = ED25519) -> Signer:
    """Make a key.

    Raises:
        WrongNote: of such a name no key can be.

    """
    if not _NAME.fullmatch(name):
        raise WrongNote(f"a key's name has no space and no +, such as rights.example.be: {name!r}")
    return Signer(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())


def read_signer(text: str) -> Signer:
    """Read a private key; what was written is not repeated.

    Raises:
        WrongNote: it is written otherwise.

    """
    name, _, rest = text.strip().removeprefix(_SECRET).partition("+")
    id_, _, key = rest.partition("+")
    data = _base64(key)
    if text.startswith(_SECRET) and len(data) == 1 + KEY_BYTES:
        signer = Signer(name, data[0], data[1:])
        if signer.kind in {ED25519, COSIGNATURE} and signer.verifier.id.hex() == id_:
            return signer
    raise WrongNote(f"a private key is written {_SECRET}<name>+<id>+<key>")


@dataclass(frozen=True, slots=True)
class Note:
    """A text, and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return f"{self.text}\n{''.join(map(str, self.signatures))}".encode()

    def signed_by(self, keys: Collection[Verifier]) -> list[Verifier]:
        """Return those of some keys with which it was signed.

        Raises:
            WrongNote: a signature says so, and it is not true.

        """
        found = []
        for signature in self.signatures:
            for key in keys:
                if key.made(signature):
                    if not key.holds(self.text, signature):
                        raise WrongNote(f"the signature of {key.name} is not of this text")
                    found.append(key)
        return found

    def beside(self, more: Sequence[Signature]) -> "Note":
        """Return the note with further signatures, each once."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


def read_note(data: bytes) -> Note:
    """Read a note.

    Raises:
        WrongNote: it is written otherwise.

    """
    try:
        told = data.decode()
    except UnicodeDecodeError:
        raise WrongNote("a signed note is text in UTF-8") from None
    text, empty, lines = told.rpartition("\n\n")
    if not empty or not lines.endswith("\n") or _CONTROL.search(told):
        raise WrongNote("a signed note is lines of text, an empty line, and lines of signatures")
    signatures = [_signature(line) for line in lines.removesuffix("\n").split("\n")]
    if len(signatures) > MAX_SIGNATURES:
        raise WrongNote(f"a note has {MAX_SIGNATURES} signatures at most")
    return Note(text + "\n", tuple(signatures))


def _signature(line: str) -> Signature:
    name, _, data = line.removeprefix(_LINE).partition(" ")
    found = _base64(data)
    if not line.startswith(_LINE) or not _NAME.fullmatch(name) or len(found) <= ID_BYTES:
        raise WrongNote(f"no signature is written so: {line[:100]!r}")
    return Signature(name, found)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, its number of leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        WrongNote: it is written otherwise.

    """
    origin, size, root, *more = [*text.split("\n"), "", ""]
    found = Checkpoint(origin, int(size) if re.fullmatch(r"\d{1,19}", size) else -1, _base64(root))
    if len(found.root) != HASH_BYTES or any(more) or found.text() != text:
        raise WrongNote("a checkpoint is three lines: origin, size, and the root in base64")
    return found


def _cosigned(text: str, at: int) -> str:
    return f"cosignature/v1\ntime {at}\n{text}"


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        return b""
